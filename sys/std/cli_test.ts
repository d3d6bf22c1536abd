import { assertEquals } from "@std/assert";
import { parseArgs } from "./cli.ts";

function parse(...args: string[]) {
  const unknown: string[] = [];
  const values = parseArgs(args, {
    boolean: ["quiet", "help"],
    string: ["timeout", "reach"],
    default: { timeout: "30" },
    unknown: (arg) => unknown.push(arg),
  });
  return { values, unknown };
}

const ABSENT = { quiet: false, help: false, timeout: "30" };

Deno.test("parseArgs gives what is absent its default", () => {
  const { values, unknown } = parse();
  const typed: { quiet: boolean; timeout: string; reach?: string } = values;
  assertEquals<unknown>(typed, ABSENT);
  assertEquals(unknown, []);
});

Deno.test("parseArgs reads values in all their places", () => {
  assertEquals(parse("--timeout", "7").values.timeout, "7");
  assertEquals(parse("--timeout=7").values.timeout, "7");
  assertEquals(parse("--reach=a=b").values.reach, "a=b");
  assertEquals(parse("--timeout=7", "--timeout=8").values.timeout, "8");
  assertEquals(parse("--reach").values.reach, "");
  assertEquals(parse("--quiet", "--help=false").values, { ...ABSENT, quiet: true });
});

Deno.test("parseArgs asks about what is not declared, as it was said", () => {
  const { values, unknown } = parse("--bogus=1", "--quiet", "word", "-v", "--timeout", "5");
  assertEquals(unknown, ["--bogus=1", "word", "-v"]);
  assertEquals(values, { ...ABSENT, quiet: true, timeout: "5" });
});
