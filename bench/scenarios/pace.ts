// The same as prompt and echo at a person's pace. While nobody types, other programs run: the next key finds
// both sides asleep and the processor's caches cold.

import { typeLetters } from "./echo.ts";
import { pause, repeat, type Scenario } from "./scenario.ts";

/** Milliseconds between an echo and the next key: a person who thinks, and one who types fast. */
export const PAUSES = [500, 20] as const;

function measures(time: number) {
  return [
    { name: `prompt_${time}`, title: `Enter to prompt, every ${time} ms`, unit: "ms" },
    { name: `echo_${time}`, title: `Key to echo at readline, every ${time} ms`, unit: "ms" },
  ] as const;
}

export const pace: Scenario = {
  name: "pace",
  measures: PAUSES.flatMap(measures),
  roundTrips: [0, 100],
  run: async (session, { many, unhurried }) => {
    const { terminal } = session;
    const samples: Record<string, number[]> = {};
    for (const time of PAUSES) {
      const count = time < 100 ? many : unhurried;
      samples[`prompt_${time}`] = await repeat(count, async () => {
        await pause(time);
        return await terminal.timePrompt("\r");
      });
      samples[`echo_${time}`] = await typeLetters(session, count, time);
      await terminal.timePrompt("\x03");
    }
    return samples;
  },
};
