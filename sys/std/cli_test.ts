import { assertEquals } from "@std/assert";
import { parseArgs } from "./cli.ts";

Deno.test("parseArgs() leaves the command's own options alone", () => {
  const args = parseArgs(["-v", "--timeout", "5", "nc", "-v", "host", "9"], {
    boolean: ["verbose"],
    string: ["timeout", "_"],
    alias: { verbose: "v" },
    stopEarly: true,
  });
  const verbose: boolean = args.verbose;
  const timeout: string | undefined = args.timeout;
  assertEquals(verbose, true);
  assertEquals(timeout, "5");
  assertEquals(args._, ["nc", "-v", "host", "9"]);
});

Deno.test("parseArgs() ends the options at the first `--` and drops it", () => {
  const given = ["--quiet", "--", "sh", "-c", "x", "--"];
  const options = { boolean: ["quiet"], string: ["_"], stopEarly: true } as const;
  assertEquals(parseArgs(given, options)._, ["sh", "-c", "x", "--"]);
  assertEquals(parseArgs(given, { ...options, "--": true })["--"], ["sh", "-c", "x", "--"]);
  assertEquals(parseArgs(["bash", "--", "x"], options)._, ["bash", "x"]);
});

Deno.test("parseArgs() asks about what is not declared", () => {
  const asked: unknown[] = [];
  parseArgs(["--bogus=1", "--help", "word"], {
    boolean: ["help"],
    unknown: (...call) => {
      asked.push(call);
      return false;
    },
  });
  assertEquals(asked, [["--bogus=1", "bogus", "1"], ["word"]]);
});

Deno.test("parseArgs() reads values in all their places", () => {
  const options = {
    string: ["timeout"],
    boolean: ["help"],
    alias: { timeout: "t", help: "h" },
    default: { timeout: "30" },
  } as const;
  const timeoutOf = (...args: string[]): string => parseArgs(args, options).timeout;
  assertEquals(timeoutOf(), "30");
  assertEquals(timeoutOf("--timeout=7"), "7");
  assertEquals(timeoutOf("--timeout=a=b"), "a=b");
  assertEquals(timeoutOf("-t", "8"), "8");
  assertEquals(timeoutOf("-ht9"), "9");
  assertEquals(timeoutOf("-t=10"), "10");
  assertEquals(timeoutOf("--timeout", "--help"), "");
  assertEquals(parseArgs(["--help", "true", "x"], options)._, ["x"]);
  assertEquals(parseArgs(["12", "0x1f", "-"], options)._, [12, 31, "-"]);
});
