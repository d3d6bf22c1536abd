// Escape keys end or suspend a session, whatever the far side has done to the user's terminal.

import { assertEquals } from "@std/assert";
import { encodeFrame } from "../protocol/frame_codec.ts";
import type { Frame } from "../protocol/frames.ts";
import { encodeSlaveHello } from "../protocol/hello.ts";
import { preamble } from "../protocol/preamble.ts";
import { encodeTermiosChange, type TermiosChange, VDISABLE } from "../tty/termios.ts";
import { concat } from "./fuzz/corpus.ts";
import { shellLine } from "./harness/far_side.ts";
import { LOCAL } from "./harness/below_shell.ts";
import { ctrl, ENTER } from "./harness/keys.ts";
import { direct, MASTER } from "./harness/links.ts";
import type { Place } from "./harness/place.ts";
import { startMaster } from "./harness/rpty.ts";
import { Session } from "./harness/session.ts";
import { inPlace } from "./harness/through_rpty.ts";

const FAILED = 255;
/** How soon an escape key must have worked, in ms. */
const SOON = 3_000;

const RAW: TermiosChange = { ICANON: false, ECHO: false };
const TILDE = 0x7e;
const DOT = 0x2e;
const RETURN = 0x0d;
const NEWLINE = 0x0a;

/** Settings under which the kernel takes escape keys, or never releases them. */
const SETTINGS: Readonly<Record<string, TermiosChange>> = {
  "as they were": {},
  "raw": RAW,
  "raw with echo": { ICANON: false },
  "~ as interrupt": { VINTR: TILDE },
  "~ as interrupt, raw": { ...RAW, VINTR: TILDE },
  ". as suspend": { VSUSP: DOT },
  ". as quit, raw with echo": { ICANON: false, VQUIT: DOT },
  "Return as interrupt, raw": { ...RAW, VINTR: RETURN },
  "newline as interrupt": { VINTR: NEWLINE },
  "~ as stop": { VSTOP: TILDE },
  ". as start, raw": { ...RAW, VSTART: DOT },
  "~ as erase": { VERASE: TILDE },
  ". as kill": { VKILL: DOT },
  "~ as end of file": { VEOF: TILDE },
  "~ as end of line": { VEOL: TILDE },
  ". as end of line 2": { VEOL2: DOT },
  "~ as literal next": { VLNEXT: TILDE },
  "~ as word erase": { VWERASE: TILDE },
  ". as reprint": { VREPRINT: DOT },
  "^Z as stop": { VSTOP: 0x1a },
  "^Z as end of line, no suspend": { VEOL: 0x1a, VSUSP: VDISABLE },
  "^Z as end of file, no suspend": { VEOF: 0x1a, VSUSP: VDISABLE },
  "no Return": { IGNCR: true },
  "no Return, raw": { ...RAW, IGNCR: true },
  "Return ends no line": { ICRNL: false },
  "nothing ends a line": { ICRNL: false, INLCR: true },
  "nothing is processed": { EXTPROC: true },
  "no signals": { ISIG: false },
  "signals that flush nothing": { NOFLSH: true },
  "signals that flush nothing, raw with echo": { ICANON: false, NOFLSH: true },
  "other ends of lines": { VEOL: 0x78, VEOL2: 0x79 },
  "another end of line": { VEOL: 0x78 },
  "suspend as erase": { VERASE: 0x19, VSUSP: 0x19 },
};

/** A slave that says hello, sets the terminal up, reads nothing, and never opens the input window. */
function serve(settings: TermiosChange): AsyncDisposable & { readonly port: number } {
  const frames: Frame[] = [
    encodeSlaveHello({ inputLimit: 0 }),
    {
      type: "termios",
      number: 1,
      seen: 0,
      flush: true,
      settings: encodeTermiosChange(settings),
    },
    { type: "output", offset: 0, bytes: new TextEncoder().encode("ready\r\n") },
  ];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      connections.push(connection);
      await connection.write(concat(preamble("slave"), ...frames.map(encodeFrame)));
    }
  })().catch(() => {});
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of connections) connection.close();
      await serving;
    },
  };
}

/** A kernel that edits lines releases an escape key only with the newline. */
function endOf(settings: TermiosChange): string {
  return settings.ICANON === false ? "" : ENTER;
}

/** Whether ^Z is an ordinary key for a kernel that edits lines. */
function isKey({ ISIG, VSUSP }: TermiosChange): boolean {
  return ISIG === false || VSUSP === 0x19;
}

for (const [name, settings] of Object.entries(SETTINGS)) {
  inPlace(`~. leaves a far side that has set: ${name}`, [], async (place) => {
    await using server = serve(settings);
    const transport = direct.near(server.port);
    await using session = await startMaster(place, {}, transport);
    const before = session.pty.settings;
    await session.waitForOutput("ready");
    session.type(`text${ENTER}~.${endOf(settings)}`);
    assertEquals(await session.exit(SOON), FAILED);
    assertEquals(session.pty.settings, before);
  });

  inPlace(`~^Z suspends under a far side that has set: ${name}`, [], async (place) => {
    await using server = serve(settings);
    await using session = await startInShell(place, server.port);
    await session.waitForOutput("ready");
    session.type(`text${ENTER}`);
    session.type(`~${ctrl("z")}${isKey(settings) ? ENTER : ""}`);
    await session.waitForOutput("Stopped");
    await session.waitForPrompt(LOCAL.prompt);
    session.type(`kill -KILL %1; exec true${ENTER}`);
    await session.exit();
  });
}

/** A master as a job of a shell. */
async function startInShell(place: Place, port: number): Promise<Session> {
  const session = await Session.start({
    command: ["bash", "--norc"],
    env: { ...place.env, PS1: LOCAL.prompt },
    cwd: place.home,
  });
  await session.waitForPrompt(LOCAL.prompt);
  session.type(shellLine([MASTER, "--", ...direct.near(port)]) + ENTER);
  return session;
}
