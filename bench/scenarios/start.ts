// The time from the start of the near side to the first prompt. The far side is already listening.

import { Session } from "../session.ts";
import { repeat, type Scenario } from "./scenario.ts";

export const start: Scenario = {
  name: "start",
  measures: [{ name: "start", title: "Start to prompt", unit: "ms" }],
  run: async (session, { few }) => ({
    start: await repeat(few, async () => {
      await using another = await Session.open(session.options);
      return another.start;
    }),
  }),
};
