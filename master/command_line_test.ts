import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../cli/program.ts";
import { parseCommandLine } from "./command_line.ts";

const DEFAULTS = {
  command: ["nc", "host", "9000"],
  serial: false,
  timeout: 60_000,
  verbose: false,
  quiet: false,
  help: false,
  version: false,
};

Deno.test("parseCommandLine takes the command behind the dashes as it is", () => {
  assertEquals(parseCommandLine(["--", "nc", "host", "9000"]), DEFAULTS);
  const command = ["sh", "-c", "a", "--", "--help", "7"];
  assertEquals(parseCommandLine(["--", ...command]), { ...DEFAULTS, command });
});

Deno.test("parseCommandLine takes options", () => {
  assertEquals(
    parseCommandLine(["--timeout", "1.5", "--verbose", "--", "nc", "host", "9000"]),
    { ...DEFAULTS, timeout: 1500, verbose: true },
  );
  assertEquals(parseCommandLine(["--timeout=3", "--quiet", "--", "nc", "host", "9000"]), {
    ...DEFAULTS,
    timeout: 3000,
    quiet: true,
  });
  assertEquals(parseCommandLine(["--serial", "--", "nc", "host", "9000"]), {
    ...DEFAULTS,
    serial: true,
  });
  assertEquals(parseCommandLine(["--help"]).help, true);
  assertEquals(parseCommandLine(["--version"]).version, true);
});

const BAD: readonly [args: string[], message: string][] = [
  [[], "no command: name the transport, as in rpty-master -- nc HOST 9000"],
  [["--"], "no command: name the transport, as in rpty-master -- nc HOST 9000"],
  [["nc", "host"], 'put "--" before the command: rpty-master -- nc ...'],
  [["--frobnicate", "--", "nc"], 'unknown option "--frobnicate"'],
  [["--timeout", "0", "--", "nc"], '--timeout must be a number of seconds greater than 0, not "0"'],
  [["--timeout", "x", "--", "nc"], '--timeout must be a number of seconds greater than 0, not "x"'],
  [["--timeout", "--", "nc"], '--timeout must be a number of seconds greater than 0, not ""'],
];

for (const [args, message] of BAD) {
  Deno.test(`parseCommandLine refuses ${JSON.stringify(args)}`, () => {
    assertThrows(() => parseCommandLine(args), UsageError, message);
  });
}
