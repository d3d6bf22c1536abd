// The time from Enter on an empty line to the shell's next prompt.

import { repeat, type Scenario } from "./scenario.ts";

export const prompt: Scenario = {
  name: "prompt",
  measures: [{ name: "prompt", title: "Enter to prompt", unit: "ms" }],
  run: async ({ terminal }, { many }) => ({
    prompt: await repeat(many, () => terminal.timePrompt("\r")),
  }),
};
