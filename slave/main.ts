// The program rpty-slave.

import { parseArgs } from "@std/cli";
import { LinkLostError } from "../protocol/errors.ts";
import { VERSION } from "../protocol/hello.ts";
import { libc } from "../sys/libc.ts";
import { setNoDelay, setNoDelayOf } from "../sys/no_delay.ts";
import { standardInput, standardOutput } from "../sys/standard_streams.ts";
import { Poller } from "../sys/poller.ts";
import {
  BAD_USAGE,
  type CommonOptions,
  DEFAULT_TIMEOUT_SECONDS,
  FAILED,
  openTrace,
  parseTimeout,
  say,
  UsageError,
} from "../cli/program.ts";
import { embeddedPrograms } from "./embedded.ts";
import { type Reach, REACHES } from "./keeper.ts";
import { runSlave } from "./slave.ts";
import { inStaticShell } from "./static_shell.ts";

const PROGRAM = "rpty-slave";

const USAGE = `Usage: rpty-slave [options] [COMMAND [ARG...]]

Runs COMMAND (default: $SHELL, else /bin/sh) on the terminal of the rpty-master at the other end of
standard input and output. Needs no pseudoterminal on this host.

    ncat -l 9000 -c 'rpty-slave bash'     on this host
    rpty-master -- nc THIS_HOST 9000      in the user's terminal

Options:
  --timeout S   seconds in which the master has to say hello (default ${DEFAULT_TIMEOUT_SECONDS}); after that it may be
                silent for ten times as long
  --shell=embedded
                run COMMAND in the static shell beside rpty-slave (rpty-bash, busybox-rpty)
  --reach HOW   how to give the terminal to programs that make system calls themselves (static programs, Go
                programs): "auto" (default), as root by one filter for the session, else by one for each
                program that needs it; "all", always by one filter for the session, so that set-uid
                programs don't work if you aren't root; "preload", not at all
  --verbose     show more messages
  --quiet       show no messages, not even why a session failed
  --help        show this help
  --version     show the version

With RPTY_DEBUG=FILE in the environment, a trace of the session is appended to FILE. The exit status is 0
when COMMAND has ended, even if it failed, and 255 if rpty or the transport failed.
`;

interface Arguments extends CommonOptions {
  readonly reach: Reach;
  readonly command: readonly string[];
}

function readArguments(args: readonly string[]): Arguments {
  const [options, command] = splitCommand(args);
  const { timeout, reach, shell, verbose, quiet, help, version } = parseArgs([...options], {
    string: ["timeout", "reach", "shell"],
    boolean: ["help", "version", "verbose", "quiet"],
    default: { timeout: `${DEFAULT_TIMEOUT_SECONDS}`, reach: "auto" },
    unknown: (arg: string) => {
      throw new UsageError(`unknown option "${arg}"`);
    },
  });
  return {
    command: shell === undefined ? inShell(command) : inNamedShell(shell, command),
    timeout: parseTimeout(timeout),
    reach: parseReach(reach),
    verbose,
    quiet,
    help,
    version,
  };
}

function inShell(command: readonly string[]): readonly string[] {
  return command.length > 0 ? command : [Deno.env.get("SHELL") || "/bin/sh"];
}

function inNamedShell(shell: string, command: readonly string[]): readonly string[] {
  if (shell !== "embedded") throw new UsageError(`unknown shell "${shell}"`);
  return inStaticShell(command, Deno.execPath());
}

function parseReach(text: string): Reach {
  const reach = REACHES.find((known) => known === text);
  if (reach === undefined) throw new UsageError(`--reach must be ${REACHES.join(", ")}`);
  return reach;
}

/** Options whose value is the next word. */
const WITH_VALUE: ReadonlySet<string> = new Set(["--timeout", "--reach", "--shell"]);

/** Splits our options from the command, whose own arguments may look like options or be "--". */
function splitCommand(args: readonly string[]): [readonly string[], readonly string[]] {
  let end = 0;
  while (args[end]?.startsWith("-") && args[end] !== "--") end += WITH_VALUE.has(args[end]) ? 2 : 1;
  return [args.slice(0, end), args.slice(args[end] === "--" ? end + 1 : end)];
}

async function main(): Promise<number> {
  let quiet = false;
  try {
    const line = readArguments(Deno.args);
    ({ quiet } = line);
    if (line.help || line.version) {
      console.log(line.help ? USAGE.trimEnd() : `rpty-slave ${VERSION}`);
      return 0;
    }
    await serve(line);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      say(PROGRAM, `${error.message} (--help tells more)`);
      return BAD_USAGE;
    }
    if (!quiet) say(PROGRAM, messageOf(error));
    return FAILED;
  }
}

async function serve({ command, timeout, reach, verbose }: Arguments): Promise<void> {
  refuseUserTerminal();
  hurryTransport();
  const poller = new Poller();
  const connection = { source: standardInput(poller), sink: standardOutput(poller) };
  await runSlave(connection, {
    poller,
    command,
    timeout,
    environment: Deno.env.toObject(),
    programs: embeddedPrograms(),
    trace: openTrace("slave"),
    reach,
    notice: (text) => verbose && say(PROGRAM, text),
  });
  if (verbose) say(PROGRAM, `"${command[0]}" has ended`);
}

/** A user's terminal is no transport. A serial line is a terminal too, but one that has been made raw. */
function refuseUserTerminal(): void {
  if (!Deno.stdin.isTerminal()) return;
  const { ICANON, ECHO, ISIG, IXON, ICRNL, OPOST } = libc.tcgetattr(0);
  if (!(ICANON || ECHO || ISIG || IXON || ICRNL || OPOST)) return;
  throw new UsageError(
    "standard input is a terminal: rpty-slave speaks to an rpty-master at the other end of a pipe, " +
      "such as ncat -l 9000 -c 'rpty-slave bash', or of a serial line after stty raw -echo",
  );
}

/** The transport is our standard streams or, if those are pipes, the process that started us. */
function hurryTransport(): void {
  setNoDelay(0);
  setNoDelay(1);
  setNoDelayOf(Deno.ppid);
}

function messageOf(error: unknown): string {
  if (error instanceof LinkLostError) return `the connection was lost: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

// Without exit the program would wait for a read of standard input.
Deno.exit(await main());
