import { assert, assertEquals, assertLess } from "@std/assert";
import { OutputWindow } from "./output_window.ts";

/** Bytes that the master takes at most. */
const LIMIT = 1 << 20;

interface Line {
  /** Bytes per millisecond. */
  readonly rate: number;
  /** Milliseconds there and back. */
  readonly roundTrip: number;
}

/**
 * Sends chunks over a line for `time` ms, as fast as the window allows. Returns the longest time in the queue in the
 * second half, and the rate.
 */
function flood(line: Line, time: number, chunk = 4096) {
  const window = new OutputWindow(LIMIT, 0);
  const acks: { at: number; offset: number }[] = [];
  let sent = 0, acknowledged = 0, lineFree = 0, queue = 0, half = 0;
  for (let now = 0; now < time; now += 0.25) {
    while (acks.length > 0 && acks[0].at <= now) {
      acknowledged = (acks.shift() as { offset: number }).offset;
      window.acknowledged(acknowledged, now);
    }
    while (window.size - (sent - acknowledged) >= chunk) {
      sent += chunk;
      window.sent(sent, now);
      lineFree = Math.max(lineFree, now) + chunk / line.rate;
      acks.push({ at: lineFree + line.roundTrip, offset: sent });
      if (now > time / 2) queue = Math.max(queue, lineFree - now);
    }
    if (now <= time / 2) half = acknowledged;
  }
  return { queue, rate: (acknowledged - half) / (time / 2), size: window.size };
}

for (const roundTrip of [1, 20, 100, 300]) {
  Deno.test(`OutputWindow fills a 1 MB/s line of ${roundTrip} ms and queues little`, () => {
    const line = { rate: 1000, roundTrip };
    const { queue, rate } = flood(line, 10_000);
    assert(rate > 0.95 * line.rate, `rate ${rate}`);
    assertLess(queue, 100);
  });
}

Deno.test("OutputWindow ends its start when a queue stands, and leaves none behind", () => {
  const { queue, rate } = flood({ rate: 1000, roundTrip: 100 }, 1_600);
  assert(rate > 950, `rate ${rate}`);
  assertLess(queue, 60);
});

Deno.test("OutputWindow lets a first flood go after prompts, which tell nothing of the line", () => {
  const window = new OutputWindow(LIMIT, 0);
  const before = window.size;
  for (let end = 100; end < 2_000; end += 100) {
    window.sent(end, end);
    window.acknowledged(end, end + 100);
  }
  assertEquals(window.size, before);
});

Deno.test("OutputWindow learns nothing from output that a signal has dropped", () => {
  const window = new OutputWindow(LIMIT, 0);
  // 100 bytes a ms.
  for (let end = 0; end < 200_000; end += 4096) {
    window.sent(end, end / 100);
    window.acknowledged(end, end / 100 + 50);
  }
  const before = window.size;
  window.sent(200_000, 3_000);
  window.forget(300_000);
  window.acknowledged(200_000, 3_001);
  // A prompt.
  window.sent(300_100, 3_010);
  window.acknowledged(300_100, 3_060);
  assert(window.size <= before, `${window.size} after ${before}`);
});

Deno.test("OutputWindow is small on a line that has shown to be slow before any flood", () => {
  const window = new OutputWindow(LIMIT, 0);
  // 11 bytes a ms.
  for (const [end, at] of [[50, 0], [1_550, 1_000], [1_600, 2_000]]) {
    window.sent(end, at);
    window.acknowledged(end, at + (end === 1_550 ? 140 : 8));
  }
  assertLess(window.size, 20 * 1024);
});

Deno.test("OutputWindow is at the master's limit on a fast line", () => {
  assertEquals(flood({ rate: 100_000, roundTrip: 1 }, 2_000).size, LIMIT);
});

Deno.test("OutputWindow on a line of 50 kB/s still lets a few frames through", () => {
  const { size, rate, queue } = flood({ rate: 50, roundTrip: 200 }, 60_000, 1024);
  assertLess(size, 20 * 1024);
  assert(rate > 47, `rate ${rate}`);
  assertLess(queue, 250);
});

Deno.test("OutputWindow remembers the rate of a flood over any number of prompts", () => {
  const window = new OutputWindow(LIMIT, 0);
  let offset = 0;
  for (let now = 0; now < 5_000; now += 100) {
    const size = Math.floor(window.size);
    window.sent(offset + size / 2, now);
    window.sent(offset += size, now);
    window.acknowledged(offset, now + 100);
  }
  assertEquals(window.size, LIMIT);
  for (let now = 5_000; now < 600_000; now += 30_000) {
    window.sent(offset += 100, now);
    window.acknowledged(offset, now + 100);
  }
  window.sent(offset += 100, 600_000);
  window.acknowledged(offset, 600_100);
  assert(window.size > LIMIT / 2, `size ${window.size}`);
});

Deno.test("OutputWindow.size is an integer: a fraction of a byte would never be sent", () => {
  const window = new OutputWindow(LIMIT, 0);
  for (let end = 1000; end < 50_000; end += 1000) {
    window.sent(end, end / 300);
    window.acknowledged(end, end / 300 + 1.3);
    assert(Number.isInteger(window.size), `${window.size}`);
  }
});
