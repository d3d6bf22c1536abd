// Bytes that cross the line: payload of TCP or UDP in both directions, including acknowledgements.

import type { Relay } from "../relay.ts";
import type { Session } from "../session.ts";
import { typeLetters } from "./echo.ts";
import { repeat, type Scenario } from "./scenario.ts";

/** Keys or prompts in a mean. */
const COUNT = 20;

async function total(relay: Relay): Promise<number> {
  const { toServer, toClient } = await relay.carriedAtRest();
  return toServer + toClient;
}

async function mean({ relay }: Session, what: () => Promise<unknown>): Promise<number> {
  if (relay === undefined) throw new Error("Cannot count bytes: there is no relay");
  const before = await total(relay);
  await what();
  return (await total(relay) - before) / COUNT;
}

export const bytes: Scenario = {
  name: "bytes",
  measures: [
    { name: "bytes_key", title: "Bytes per keystroke at readline", unit: "bytes" },
    { name: "bytes_prompt", title: "Bytes per prompt", unit: "bytes" },
  ],
  counted: true,
  roundTrips: [0, 20],
  leaves: { local: "uses no connection" },
  run: async (session) => {
    const { terminal } = session;
    const bytes_key = await mean(session, () => typeLetters(session, COUNT));
    await terminal.timePrompt("\x03");
    const prompts = () => repeat(COUNT, () => terminal.timePrompt("\r"));
    return { bytes_key: [bytes_key], bytes_prompt: [await mean(session, prompts)] };
  },
};
