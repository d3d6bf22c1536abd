// The cost of a program's calls on its terminal: on a kernel pty, and through rpty's library.

import type { Session } from "../session.ts";
import type { Samples, Scenario } from "./scenario.ts";

/** Input for the reads: 200 of a page each. */
const TYPED = "x".repeat(205 * 4096);
/** How long all calls may take, in ms. */
const PATIENCE = 60_000;
const KERNEL = "uses a kernel pty";

/** Runs the helper, and returns what it wrote. `asked` is called when it wants input. */
async function timed(session: Session, kind: "tty" | "pipe", asked = () => {}): Promise<Samples> {
  const { terminal, options: { place } } = session;
  const file = `${place.home}/calls`;
  await session.compose(`$BENCH/calls ${kind} calls`);
  const decoder = new TextDecoder();
  let told = "";
  terminal.onRead = (bytes) => {
    told = told.slice(-16) + decoder.decode(bytes);
    if (!told.includes("@read")) return;
    told = "";
    asked();
  };
  const prompt = terminal.untilPrompt(PATIENCE);
  await terminal.type("\r");
  await prompt;
  terminal.onRead = () => {};
  await terminal.timePrompt("clear\r");
  return parse(await Deno.readTextFile(file));
}

function parse(text: string): Record<string, number[]> {
  const samples: Record<string, number[]> = {};
  for (const line of text.trim().split("\n")) {
    const [name, value] = line.split(" ");
    (samples[`call_${name}`] ??= []).push(Number(value));
  }
  return samples;
}

/** Calls without the C library. For root rpty's filter sees them first; without rpty they go straight to the kernel. */
const RAW = [
  ["winsize", "TIOCGWINSZ"],
  ["tcsetattr", "tcsetattr, a change"],
  ["isatty", "TCGETS of /dev/null"],
  ["foreign_ioctl", "another ioctl"],
  ["read", "read of /dev/null"],
  ["write", "write to /dev/null"],
  ["open", "open and close of /dev/null"],
].map(([name, title]) => (
  { name: `call_raw_${name}`, title: `${title}, without the C library`, unit: "ns" } as const
));

export const calls: Scenario = {
  name: "calls",
  measures: [
    { name: "call_isatty", title: "isatty", unit: "ns" },
    { name: "call_tcgetattr", title: "tcgetattr", unit: "ns" },
    { name: "call_winsize", title: "TIOCGWINSZ", unit: "ns" },
    { name: "call_tcsetattr", title: "tcsetattr, a change", unit: "ns" },
    { name: "call_read", title: "read of 4 KiB", unit: "ns" },
    { name: "call_write", title: "write of 4 KiB", unit: "ns" },
    { name: "call_fork_exec", title: "fork, exec of `true`, wait", unit: "ns" },
    { name: "call_isatty_file", title: "isatty of a file", unit: "ns" },
    { name: "call_open", title: "open and close of /dev/null", unit: "ns" },
    ...RAW,
    { name: "pipe_read", title: "read of 4 KiB from a pipe", unit: "ns" },
    { name: "pipe_write", title: "write of 4 KiB to a pipe", unit: "ns" },
  ],
  roundTrips: [0],
  leaves: { ssh: KERNEL, socat: KERNEL, mosh: KERNEL },
  run: async (session) => {
    const { terminal } = session;
    const samples = await timed(session, "tty", () => void terminal.type(TYPED));
    const pipes = await timed(session, "pipe");
    return { ...samples, pipe_read: pipes.call_read, pipe_write: pipes.call_write };
  },
};
