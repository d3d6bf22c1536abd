// ^C during heavy output on a slow line, and how old that output is when it is shown.

import { pause, repeat, type Scenario } from "./scenario.ts";

/** The slow line, in bytes a second. */
const SLOW = 1e6;
/** How long the output runs before ^C, in ms: long enough to fill every queue on the way. */
const FLOOD = 1500;
/** The longest wait for the prompt, in ms: some queues grow to many seconds. */
const PATIENCE = 30_000;
/** What build/bench/stamps writes: the time in ns. */
const STAMP = /=(\d{10,})\r\n/g;

export const interrupt: Scenario = {
  name: "interrupt",
  measures: [{ name: "interrupt", title: "^C during `yes`, 1 MB/s", unit: "ms" }],
  rate: SLOW,
  run: async (session, { heavy }) => {
    const { terminal } = session;
    const once = async () => {
      await session.compose("yes");
      const flooded = session.untilPromptAfterFlood(PATIENCE);
      await terminal.type("\r");
      await pause(FLOOD);
      const [typed, { end }] = await Promise.all([terminal.type("\x03"), flooded]);
      await terminal.timePrompt("clear\r");
      return end - typed;
    };
    return { interrupt: await repeat(heavy, once) };
  },
};

export const age: Scenario = {
  name: "age",
  measures: [{ name: "age", title: "Age of heavy output when shown, 1 MB/s", unit: "ms" }],
  rate: SLOW,
  roundTrips: [100, 300],
  leaves: { mosh: "shows only the last screen" },
  run: async (session) => {
    const { terminal } = session;
    const ages: { at: number; age: number }[] = [];
    const decoder = new TextDecoder();
    await session.compose("$BENCH/stamps");
    terminal.drawing = false;
    terminal.onRead = (bytes, at) => {
      const last = [...decoder.decode(bytes).matchAll(STAMP)].at(-1);
      if (last !== undefined) ages.push({ at, age: at - Number(last[1]) / 1e6 });
    };
    const begin = await terminal.type("\r");
    await pause(2 * FLOOD);
    await Promise.all([terminal.untilPrompt(PATIENCE), terminal.type("\x03")]);
    terminal.onRead = () => {};
    terminal.drawing = true;
    const late = ages.filter(({ at }) => at > begin + FLOOD && at < begin + 2 * FLOOD);
    return { age: late.map((one) => one.age) };
  },
};
