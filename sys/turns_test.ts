import { setImmediate } from "node:timers";
import { assertEquals } from "@std/assert";
import { cFunction, libc, signalSet } from "./libc.ts";
import { closeTurns, nextTurn, openTurns } from "./turns.ts";

function withTurns(name: string, fn: () => Promise<void>): void {
  Deno.test(`nextTurn ${name}`, async () => {
    openTurns();
    // To wait for a signal keeps no program running.
    const alive = setInterval(() => {}, 1000);
    try {
      await fn();
    } finally {
      clearInterval(alive);
      closeTurns();
    }
  });
}

withTurns("settles, the second time, when signals that came before were told", async () => {
  let told = 0;
  const listener = () => told++;
  Deno.addSignalListener("SIGQUIT", listener);
  for (let signal = 1; signal <= 50; signal++) {
    libc.kill(Deno.pid, "SIGQUIT");
    await nextTurn();
    await nextTurn();
    await new Promise((resolve) => setImmediate(resolve));
    assertEquals(told, signal);
  }
  Deno.removeSignalListener("SIGQUIT", listener);
});

withTurns("gives who comes while one is on its way a turn of his own", async () => {
  const ended: string[] = [];
  const first = nextTurn().then(() => ended.push("first"));
  const second = nextTurn().then(() => ended.push("second"));
  await first;
  assertEquals(ended, ["first"]);
  await second;
});

Deno.test("nextTurn settles where the signal was blocked", async () => {
  const mask = cFunction("sigprocmask", {
    parameters: ["i32", "buffer", "pointer"],
    result: "i32",
  });
  const SIG_BLOCK = Deno.build.os === "linux" ? 0 : 1;
  mask(SIG_BLOCK, signalSet(["SIGURG"]), null);
  openTurns();
  const alive = setTimeout(() => {}, 10_000);
  await nextTurn();
  clearTimeout(alive);
  closeTurns();
});

Deno.test("nextTurn settles when the last user is gone, and is had again by the next", async () => {
  openTurns();
  const left = nextTurn();
  closeTurns();
  await left;
  openTurns();
  const alive = setTimeout(() => {}, 10_000);
  await nextTurn();
  clearTimeout(alive);
  closeTurns();
});
