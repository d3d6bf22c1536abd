import { assertEquals } from "@std/assert";
import {
  afterAgain,
  filterFor,
  isAnythingRun,
  isExplained,
  join,
  lacks,
  readReport,
  UNEXPLAINED,
  withOutcome,
} from "./results.ts";

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

Deno.test("readReport() keeps a test that failed, though it is named like a step of one that passed", () => {
  const report = `<testcase name="a" classname="./a.ts"></testcase>
    <testcase name="a &gt; b" classname="./a.ts"><failure message="x">x</failure></testcase>
    <testcase name="a &gt; c" classname="./a.ts"></testcase>`;
  assertEquals(readReport(report), { "./a.ts: a": "passed", "./a.ts: a > b": "failed" });
});

Deno.test("isAnythingRun() is false where a filter has left all out", () => {
  assertEquals(isAnythingRun({}), false);
  assertEquals(isAnythingRun({ a: "skipped" }), false);
  assertEquals(isAnythingRun({ "a (not here: zsh)": "skipped" }), true);
  assertEquals(isAnythingRun({ a: "skipped", b: "passed" }), true);
});

Deno.test("isExplained() takes no failure for a test's that isn't", () => {
  const results = { a: "passed", b: "failed" } as const;
  assertEquals(isExplained(results, "FAILED | 1 passed | 1 failed (2s)\n"), true);
  assertEquals(
    isExplained(results, "FAILED | 1 passed (2 steps) | 1 failed (1 step) (2s)\n"),
    true,
  );
  // A module could not be loaded; nothing was said at all.
  assertEquals(isExplained(results, "FAILED | 1 passed | 2 failed (2s)\n"), false);
  assertEquals(isExplained(results, ""), false);
  assertEquals(isExplained({ a: "passed" }, "FAILED | 1 passed | 0 failed (2s)\n"), false);
});

Deno.test("afterAgain() takes for flaky what was seen to pass, if nothing failed then", () => {
  const results = { a: "passed", b: "failed", c: "failed", d: "failed", e: "skipped" } as const;
  assertEquals(afterAgain(results, { b: "passed", c: "passed" }), {
    ...results,
    b: "flaky",
    c: "flaky",
  });
  // A filter that finds nothing, or a crash; a module that can't be loaded; another of that name.
  assertEquals(afterAgain(results, {}), results);
  assertEquals(afterAgain(results, { b: "passed", [UNEXPLAINED]: "failed" }), results);
  assertEquals(afterAgain(results, { b: "passed", "b #2": "failed" }), results);
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
