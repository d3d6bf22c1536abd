import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseOptions } from "./options.ts";

Deno.test("parseOptions measures all, for docs, if nothing is said", () => {
  const { peers, roundTrips, output, samples } = parseOptions([]);
  assertEquals(peers, ["local", "ssh", "socat", "mosh", "rpty"]);
  assertEquals(roundTrips, [0, 20, 100, 300]);
  assert(output.endsWith("/docs"));
  assert(samples.endsWith("/build/bench"));
});

Deno.test("parseOptions leaves out what is not named, and keeps that out of docs", () => {
  const options = parseOptions(["--peer", "ssh,rpty", "--scenario=prompt", "--delay", "50"]);
  assertEquals(options.peers, ["ssh", "rpty"]);
  assertEquals(options.scenarios, ["prompt"]);
  assertEquals(options.roundTrips, [50]);
  assert(options.output.endsWith("/build/bench"));
});

Deno.test("parseOptions takes a peer that a quick run would leave out", () => {
  assertEquals(parseOptions(["--quick"]).peers, ["local", "ssh", "rpty"]);
  assertEquals(parseOptions(["--quick", "--peer", "mosh"]).peers, ["mosh"]);
});

Deno.test("parseOptions refuses what it does not know", () => {
  for (const args of [["--fast"], ["--peer", "telnet"], ["--delay", "long"], ["all"]]) {
    assertThrows(() => parseOptions(args), SyntaxError);
  }
});
