import { setImmediate } from "node:timers";
import { assertEquals } from "@std/assert";
import { cFunction } from "./c_functions.ts";
import { signalSet } from "./libc.ts";
import { PLATFORM } from "./platform.ts";
import { closeTurns, nextTurn, openTurns } from "./turns.ts";

function withTurns(name: string, fn: () => Promise<void>): void {
  Deno.test(`nextTurn ${name}`, async () => {
    openTurns();
    // Deno would end the program: it does not count the wait for a signal as work.
    const alive = setInterval(() => {}, 1000);
    try {
      await fn();
    } finally {
      clearInterval(alive);
      closeTurns();
    }
  });
}

/**
 * Sends a signal to the calling thread: its handler has run when this returns (raise(3)). kill(2) would not do. A
 * test runs on a thread of its own, and the kernel gives a process's signals to its main thread, which may run the
 * handler much later on a loaded machine.
 */
const raise = cFunction("raise", { parameters: ["i32"], result: "i32" });

withTurns("settles, the second time, when signals that came before were told", async () => {
  let told = 0;
  const listener = () => told++;
  Deno.addSignalListener("SIGQUIT", listener);
  for (let signal = 1; signal <= 50; signal++) {
    raise(PLATFORM.signal.SIGQUIT);
    await nextTurn();
    await nextTurn();
    await new Promise((resolve) => setImmediate(resolve));
    assertEquals(told, signal);
  }
  Deno.removeSignalListener("SIGQUIT", listener);
});

withTurns("gives a caller that comes while a turn is on its way a turn of its own", async () => {
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

Deno.test("nextTurn settles when the last user is gone, and the next user can call it again", async () => {
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
