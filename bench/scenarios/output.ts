// Heavy output: a long listing, and throughput.

import type { Session } from "../session.ts";
import { repeat, type Scenario } from "./scenario.ts";

/** Names in the tree that is listed: half a megabyte of output. */
export const TREE = { name: "tree", folders: 50, files: 100 };
/** A file of text, in bytes. */
export const TEXT = { name: "much", bytes: 16 << 20 };
/** How often the file is shown if there is no line in between: half a second on a kernel pty. */
const TIMES = 2;

/** Milliseconds and bytes from a command's Enter to the prompt after it. */
async function flood(session: Session, command: string) {
  const { terminal } = session;
  await session.compose(command);
  const flooded = session.untilPromptAfterFlood();
  const [typed, { end, bytes }] = await Promise.all([terminal.type("\r"), flooded]);
  await terminal.timePrompt("clear\r");
  return { time: end - typed, bytes };
}

export const listing: Scenario = {
  name: "listing",
  measures: [{ name: "listing", title: "`ls -R` of a large tree", unit: "ms" }],
  run: async (session, { few }) => ({
    listing: await repeat(few, async () => (await flood(session, `ls -R ${TREE.name}`)).time),
  }),
};

export const throughput: Scenario = {
  name: "throughput",
  measures: [{ name: "throughput", title: "Throughput", unit: "MB/s" }],
  inTurns: true,
  leaves: { mosh: "shows only the last screen" },
  run: async (session, { heavy }) => {
    const near = session.options.line.rate === 0;
    const command = `cat${` ${TEXT.name}`.repeat(near ? TIMES : 1)}`;
    return {
      throughput: await repeat(heavy, async () => {
        const { time, bytes } = await flood(session, command);
        return bytes / 1e6 / (time / 1e3);
      }),
    };
  },
};
