import { parseArgs } from "@std/cli";
import {
  type CommonOptions,
  DEFAULT_TIMEOUT_SECONDS,
  parseTimeout,
  UsageError,
} from "../cli/program.ts";

/** The arguments of rpty-master. */
export interface CommandLine extends CommonOptions {
  /** The transport and its arguments; empty if only help or the version is asked for. */
  readonly command: readonly string[];
  /** Whether the transport is a serial line. */
  readonly serial: boolean;
}

/** The text of --help. */
export const USAGE = `Usage: rpty-master [options] -- COMMAND [ARG...]

Lends this terminal to the programs of a host without pseudoterminals. COMMAND is the transport: its
stdin and stdout reach rpty-slave there.

    rpty-master -- nc build-host 9000
    rpty-master -- ssh -T build-host rpty-slave
    rpty-master -- docker exec -i box rpty-slave bash

Options:
  --timeout S   seconds in which the other side has to say hello, and seconds of silence after which it
                counts as lost (default ${DEFAULT_TIMEOUT_SECONDS})
  --serial      COMMAND is a serial line, which loses what is sent before its far end is open: send nothing
                until rpty-slave has sent something
  --verbose     show more messages
  --quiet       show no messages, not even why a session failed
  --help        show this help
  --version     show the version

After a newline, ~. disconnects, ~^Z suspends rpty-master and ~? lists these keys. With RPTY_DEBUG=FILE in
the environment, a trace of the session is appended to FILE. The exit status is the remote program's, 128+N
if signal N killed it, and 255 if rpty or the transport failed.
`;

/**
 * Parses the arguments.
 *
 * @throws {UsageError} if they are not valid.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const end = args.indexOf("--");
  const unknown: string[] = [];
  const options = parseArgs(end === -1 ? [...args] : args.slice(0, end), {
    boolean: ["serial", "verbose", "quiet", "help", "version"],
    string: ["timeout"],
    default: { timeout: `${DEFAULT_TIMEOUT_SECONDS}` },
    unknown: (arg) => {
      unknown.push(arg);
      return false;
    },
  });
  const command = end === -1 ? [] : args.slice(end + 1);
  if (unknown.length > 0) {
    throw new UsageError(
      unknown[0].startsWith("-")
        ? `unknown option "${unknown[0]}"`
        : `put "--" before the command: rpty-master -- ${unknown[0]} ...`,
    );
  }
  const { serial, verbose, quiet, help, version } = options;
  if (command.length === 0 && !help && !version) {
    throw new UsageError("no command: name the transport, as in rpty-master -- nc HOST 9000");
  }
  return { command, serial, timeout: parseTimeout(options.timeout), verbose, quiet, help, version };
}
