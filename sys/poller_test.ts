import { assert, assertEquals } from "@std/assert";
import { libc } from "./libc.ts";
import { Poller, type ReadyCallbacks, type Watch } from "./poller.ts";

/** A pipe whose read end is watched. It is closed when a test ends. */
class WatchedPipe implements Disposable {
  readonly poller: Poller;
  readonly readEnd: number;
  readonly watch: Watch;
  #writeEnd: number | undefined;

  constructor(poller: Poller, callbacks: ReadyCallbacks) {
    this.poller = poller;
    [this.readEnd, this.#writeEnd] = libc.pipe();
    libc.setNonblocking(this.readEnd);
    this.watch = poller.watch(this.readEnd, callbacks);
  }

  write(length = 1): void {
    libc.write(this.#writeEnd as number, new Uint8Array(length));
  }

  /** Reads, and returns how many bytes there were. */
  drain(): number {
    return libc.read(this.readEnd, new Uint8Array(4096)) ?? 0;
  }

  closeWriteEnd(): void {
    if (this.#writeEnd !== undefined) libc.close(this.#writeEnd);
    this.#writeEnd = undefined;
  }

  [Symbol.dispose](): void {
    this.watch.close();
    this.closeWriteEnd();
    libc.close(this.readEnd);
  }
}

/** Counts calls, and lets a test wait for the n-th. */
class Calls {
  count = 0;
  #wanted = { count: Infinity, reached: () => {} };

  add(): void {
    this.count++;
    if (this.count >= this.#wanted.count) this.#wanted.reached();
  }

  until(count: number): Promise<void> {
    return new Promise((reached) => {
      this.#wanted = { count, reached };
      if (this.count >= count) reached();
    });
  }
}

/** Settles when the poller has looked at all its descriptors once more. */
async function turn(poller: Poller): Promise<void> {
  const calls = new Calls();
  using probe = new WatchedPipe(poller, { readable: () => calls.add() });
  probe.write();
  probe.watch.readable = true;
  await calls.until(1);
  probe.watch.readable = false;
}

/** Runs with a poller, which is closed even if the test fails. */
function withPoller(name: string, fn: (poller: Poller) => Promise<void>): void {
  Deno.test(`Poller ${name}`, async () => {
    const poller = new Poller();
    try {
      await fn(poller);
    } finally {
      await poller.close();
    }
  });
}

withPoller("calls as long as the descriptor is ready", async (poller) => {
  const calls = new Calls();
  using pipe = new WatchedPipe(poller, {
    readable: () => {
      calls.add();
      if (calls.count === 3) pipe.drain();
    },
  });
  pipe.write();
  pipe.watch.readable = true;
  await calls.until(3);
  await turn(poller);
  assertEquals(calls.count, 3);
});

withPoller("calls back for what comes while it waits", async (poller) => {
  const calls = new Calls();
  using pipe = new WatchedPipe(poller, { readable: () => (calls.add(), pipe.drain()) });
  pipe.watch.readable = true;
  await turn(poller);
  assertEquals(calls.count, 0);
  pipe.write();
  await calls.until(1);
});

withPoller("calls back soon, once, wherever it waits", async (poller) => {
  const calls = new Calls();
  poller.soon(() => calls.add());
  await calls.until(1);
  using pipe = new WatchedPipe(poller, { readable: () => pipe.drain() });
  pipe.watch.readable = true;
  poller.soon(() => calls.add());
  await calls.until(2);
  await turn(poller);
  poller.soon(() => calls.add());
  const asked = performance.now();
  await calls.until(3);
  assert(performance.now() - asked >= 1);
  await turn(poller);
  assertEquals(calls.count, 3);
});

withPoller("does not call back without interest", async (poller) => {
  const calls = new Calls();
  using pipe = new WatchedPipe(poller, {
    readable: () => {
      calls.add();
      pipe.watch.readable = false;
    },
  });
  pipe.write();
  await turn(poller);
  assertEquals(calls.count, 0);
  pipe.watch.readable = true;
  await calls.until(1);
  await turn(poller);
  await turn(poller);
  assertEquals(calls.count, 1);
});

withPoller("tells readable from writable", async (poller) => {
  const [readEnd, writeEnd] = libc.pipe();
  const readable = new Calls();
  const writable = new Calls();
  const watch = poller.watch(writeEnd, {
    readable: () => readable.add(),
    writable: () => writable.add(),
  });
  watch.readable = true;
  watch.writable = true;
  await writable.until(2);
  assertEquals(readable.count, 0);
  watch.close();
  libc.close(readEnd);
  libc.close(writeEnd);
});

withPoller("serves several descriptors", async (poller) => {
  const calls = [new Calls(), new Calls(), new Calls()];
  const pipes = calls.map((one) => {
    const pipe: WatchedPipe = new WatchedPipe(poller, {
      readable: () => (pipe.drain(), one.add()),
    });
    pipe.watch.readable = true;
    return pipe;
  });
  pipes[2].write();
  await calls[2].until(1);
  assertEquals(calls.map(({ count }) => count), [0, 0, 1]);
  pipes[0].write();
  pipes[1].write();
  await Promise.all([calls[0].until(1), calls[1].until(1)]);
  assertEquals(calls.map(({ count }) => count), [1, 1, 1]);
  for (const pipe of pipes) pipe[Symbol.dispose]();
});

withPoller("does not call back for a watch that a callback has closed", async (poller) => {
  const closed: string[] = [];
  const done = new Calls();
  const pipes: WatchedPipe[] = [];
  for (const name of ["first", "second"]) {
    const pipe = new WatchedPipe(poller, {
      readable: () => {
        closed.push(name);
        for (const { watch } of pipes) watch.close();
        done.add();
      },
    });
    pipe.write();
    pipe.watch.readable = true;
    pipes.push(pipe);
  }
  await done.until(1);
  await turn(poller);
  assertEquals(closed, ["first"]);
  for (const pipe of pipes) pipe[Symbol.dispose]();
});

withPoller("lets a callback close a watch and add one of the same number", async (poller) => {
  const second = new Calls();
  const pipes: WatchedPipe[] = [];
  const first = new WatchedPipe(poller, {
    readable: () => {
      first[Symbol.dispose]();
      // The kernel reuses the numbers.
      const next = new WatchedPipe(poller, { readable: () => second.add() });
      next.watch.readable = true;
      pipes.push(next);
    },
  });
  const { readEnd } = first;
  first.write();
  first.watch.readable = true;
  while (pipes.length === 0) await turn(poller);
  assertEquals(pipes[0].readEnd, readEnd);
  await turn(poller);
  assertEquals(second.count, 0, "what the old descriptor had to tell is not the new one's");
  pipes[0].write();
  await second.until(1);
  pipes[0][Symbol.dispose]();
});

withPoller("counts an end of file as readable", async (poller) => {
  const calls = new Calls();
  using pipe = new WatchedPipe(poller, { readable: () => calls.add() });
  pipe.watch.readable = true;
  await turn(poller);
  pipe.closeWriteEnd();
  await calls.until(1);
});

withPoller("counts a broken pipe as writable", async (poller) => {
  const [readEnd, writeEnd] = libc.pipe();
  libc.setNonblocking(writeEnd);
  while (libc.write(writeEnd, new Uint8Array(65536)) !== undefined) continue;
  const calls = new Calls();
  const watch = poller.watch(writeEnd, { writable: () => calls.add() });
  watch.writable = true;
  await turn(poller);
  assertEquals(calls.count, 0);
  libc.close(readEnd);
  await calls.until(1);
  watch.close();
  libc.close(writeEnd);
});

withPoller("lets promises settle before it calls back for the next event", async (poller) => {
  const order: string[] = [];
  const done = new Calls();
  using second = new WatchedPipe(poller, {
    readable: () => {
      order.push("second");
      second.drain();
      done.add();
    },
  });
  using first = new WatchedPipe(poller, {
    readable: () => {
      first.drain();
      second.write();
      void settleAfter(10).then(() => order.push("settled"));
    },
  });
  second.watch.readable = true;
  first.watch.readable = true;
  await turn(poller);
  first.write();
  await done.until(1);
  assertEquals(order, ["settled", "second"]);
});

/** Settles when so many promises have, one after the other. */
async function settleAfter(promises: number): Promise<void> {
  for (let settled = 0; settled < promises; settled++) await undefined;
}

/** Makes the pipe readable, and leaves it so; waits for the first call. */
async function callsAtEachLook(pipe: WatchedPipe, calls: Calls): Promise<void> {
  pipe.write();
  pipe.watch.readable = true;
  await calls.until(1);
}

withPoller("lets timers have their turn while one is always ready", async (poller) => {
  const calls = new Calls();
  using pipe = new WatchedPipe(poller, { readable: () => calls.add() });
  await callsAtEachLook(pipe, calls);
  await new Promise((resolve) => setTimeout(resolve, 0));
  const { count } = calls;
  await calls.until(count + 1);
});

Deno.test("Poller.close ends the waiting and gives its descriptors back", async () => {
  const open = () => Array.from(Deno.readDirSync("/proc/self/fd")).length;
  const before = open();
  const poller = new Poller();
  {
    using pipe = new WatchedPipe(poller, {});
    pipe.watch.readable = true;
    await turn(poller);
    await Promise.all([poller.close(), poller.close()]);
  }
  assertEquals(open(), before);

  const idle = new Poller();
  assert(open() > before);
  await idle.close();
  assertEquals(open(), before);
});

withPoller(
  "lets timers have their turn while it waits for what follows an event",
  async (poller) => {
    const calls = new Calls();
    using pipe = new WatchedPipe(poller, { readable: () => calls.add() });
    await callsAtEachLook(pipe, calls);
    pipe.drain();
    let ticks = 0;
    for (let timer = 0; timer < 3; timer++) {
      await new Promise((resolve) => setTimeout(resolve));
      ticks++;
    }
    assertEquals(ticks, 3);
    pipe.write();
    await calls.until(calls.count + 1);
  },
);

withPoller("gives way to a signal", async (poller) => {
  const calls = new Calls();
  using pipe = new WatchedPipe(poller, { readable: () => calls.add() });
  await callsAtEachLook(pipe, calls);
  pipe.drain();
  const told = Promise.withResolvers<void>();
  Deno.addSignalListener("SIGWINCH", told.resolve);
  libc.kill(Deno.pid, "SIGWINCH");
  await poller.giveWay(told.promise);
  Deno.removeSignalListener("SIGWINCH", told.resolve);
});

withPoller("lets signals be told while there is something at each look", async (poller) => {
  const calls = new Calls();
  using pipe = new WatchedPipe(poller, { readable: () => calls.add() });
  await callsAtEachLook(pipe, calls);
  for (let signal = 0; signal < 20; signal++) {
    const { promise: told, resolve } = Promise.withResolvers<void>();
    Deno.addSignalListener("SIGWINCH", resolve);
    const before = calls.count;
    // From within a look, so that it ends no wait.
    await calls.until(before + 10);
    libc.kill(Deno.pid, "SIGWINCH");
    await told;
    Deno.removeSignalListener("SIGWINCH", resolve);
    // A look takes some microseconds: so these are many times the 5 ms between turns.
    assert(calls.count - before < 20_000);
  }
});
