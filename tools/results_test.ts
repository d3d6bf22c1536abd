import { assertEquals } from "@std/assert";
import { afterAgain, filterFor, join, lacks, readReport, withOutcome } from "./results.ts";

const REPORT = `<testsuites name="deno test" tests="5" failures="1">
  <testsuite name="./a_test.ts">
    <testcase name="f() takes &lt;a&gt; &amp; &quot;b&quot;" classname="./a_test.ts" line="1">
    </testcase>
    <testcase name="x &gt; y" classname="./a_test.ts" time="0.1">
    </testcase>
    <testcase name="fails" classname="./a_test.ts" time="0.1">
      <failure message="Leaks detected">A timer &lt;testcase name=&quot;no&quot;&gt;</failure>
    </testcase>
    <testcase name="fails" classname="./a_test.ts" time="0.1">
    </testcase>
    <testcase name="zsh" classname="./a_test.ts" line="3" col="6">
      <skipped/>
    </testcase>
    <testcase name="fails &gt; inner step" classname="./a_test.ts">
      <failure message="x">x</failure>
    </testcase>
  </testsuite>
</testsuites>`;

Deno.test("readReport() gives each test's outcome, without its steps", () => {
  assertEquals(readReport(REPORT), {
    './a_test.ts: f() takes <a> & "b"': "passed",
    "./a_test.ts: x > y": "passed",
    "./a_test.ts: fails": "failed",
    "./a_test.ts: fails #2": "passed",
    "./a_test.ts: zsh": "skipped",
  });
});

Deno.test("join() counts a test once: failed in any run, then flaky, skipped in all", () => {
  const joined = join([
    { a: "passed", b: "passed", c: "failed", d: "skipped", e: "skipped", f: "flaky" },
    { a: "passed", b: "failed", c: "passed", d: "passed", e: "skipped", f: "passed" },
    { "a (not here: long)": "skipped", "g (not here: zsh)": "skipped" },
    { "g": "passed", "h (not here: ncat)": "skipped" },
  ]);
  assertEquals(withOutcome(joined, "passed"), ["a", "d", "g"]);
  assertEquals(withOutcome(joined, "failed"), ["c", "b"]);
  assertEquals(withOutcome(joined, "flaky"), ["f"]);
  assertEquals(withOutcome(joined, "skipped"), ["e", "h (not here: ncat)"]);
});

Deno.test("lacks() says what a test's name says", () => {
  assertEquals(lacks("./a.ts: zsh (1) (not here: zsh, Linux 6.3)"), ["zsh", "Linux 6.3"]);
  assertEquals(lacks("./a.ts: zsh"), ["an unnamed reason"]);
});

Deno.test("afterAgain() takes for flaky what was seen to pass, and nothing else", () => {
  const results = { a: "passed", b: "failed", c: "failed", d: "failed", e: "skipped" } as const;
  assertEquals(afterAgain(results, { b: "passed", c: "failed" }), {
    ...results,
    b: "flaky",
  });
  // A filter that matches nothing, or a crash.
  assertEquals(afterAgain(results, {}), results);
  assertEquals(afterAgain(results, { "deno test --filter=x": "failed", "d": "skipped" }), results);
});

Deno.test("filterFor names just these tests", () => {
  const filter = filterFor([
    "./a.ts: ^C ends (all) of it: now",
    "./b.ts: plain #2",
    "./b.ts: x (2)",
  ]);
  const pattern = new RegExp(filter.slice(1, -1));
  assertEquals(pattern.test("^C ends (all) of it: now"), true);
  assertEquals(pattern.test("plain"), true);
  assertEquals(pattern.test("plain #2 and more"), false);
  assertEquals(pattern.test("x (2)"), true);
  assertEquals(pattern.test("x"), false);
});
