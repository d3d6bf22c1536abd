// Runs one script on two terminals, first a kernel pty, then rpty. The script must see the same on both.

import { testWith } from "./needs.ts";
import { Place, TERMINAL_ENV } from "./place.ts";
import type { Size } from "./pty.ts";
import { type RptyOptions, RptySession } from "./rpty.ts";
import { Session } from "./session.ts";

/** RPTY_TEST_RIG=kernel runs scripts twice on a kernel pty, to test the scripts without rpty. */
const KERNEL_ONLY = Deno.env.get("RPTY_TEST_RIG") === "kernel";

export interface BothOptions {
  /** What runs on the terminal. */
  readonly command?: readonly string[];
  readonly needs?: readonly string[];
  readonly size?: Size;
  /** What the environment says about the terminal. */
  readonly terminalEnv?: Readonly<Record<string, string>>;
  /** Options for the run through rpty only. */
  readonly rpty?: Omit<RptyOptions, "command" | "size" | "terminalEnv">;
}

/** Removes from a dump what differs by nature. */
export type Mask = (dump: string) => string;

/** What a script gets. */
export interface Scene {
  readonly session: Session;
  readonly place: Place;
  /** The screen must be the same in both runs: it is recorded when it is at rest in the first run, and awaited in the second. */
  snapshot(name: string, mask?: Mask): Promise<void>;
  /** The value must be the same in both runs. */
  same(name: string, value: unknown): void;
}

/** Keeps the results of the first run, and compares the second run with them. */
export class Judge {
  recording = true;
  readonly #patience: number | undefined;
  readonly #screens = new Map<string, string>();
  readonly #values = new Map<string, string>();

  /** `patience` is how long, in ms, a screen may take to become equal. */
  constructor(patience?: number) {
    this.#patience = patience;
  }

  /** What a script gets in a run. */
  scene(session: Session, place: Place): Scene {
    return {
      session,
      place,
      snapshot: (name, mask) => this.#snapshot(session, name, mask),
      same: (name, value) => this.#same(session, name, value),
    };
  }

  async #snapshot(session: Session, name: string, mask: Mask = (dump) => dump): Promise<void> {
    const seen = () => mask(session.screen.dump());
    if (this.recording) {
      await session.settle();
      this.#screens.set(name, seen());
      return;
    }
    const wanted = this.#screens.get(name);
    const equal = () => seen() === wanted;
    const differs = `the kernel pty's screen "${name}", which is\n${wanted}\nbut the screen is`;
    await session.waitFor(Object.assign(equal, { toString: () => differs }), this.#patience);
    // A screen that is equal and then differs again is a fault, too.
    await session.settle();
    if (!equal()) throw session.failure(`went past ${differs}`);
  }

  #same(session: Session, name: string, value: unknown): void {
    const text = JSON.stringify(value);
    if (this.recording) {
      this.#values.set(name, text);
    } else if (this.#values.get(name) !== text) {
      throw session.failure(`"${name}" gave ${text}, on a kernel pty ${this.#values.get(name)}`);
    }
  }
}

/** Registers a test that runs the script under a kernel pty and through rpty, and compares. */
export function onBoth(
  name: string,
  options: BothOptions,
  script: (scene: Scene) => Promise<void>,
): void {
  const { needs = [] } = options;
  const rig = KERNEL_ONLY ? [] : ["namespaces"];
  testWith([...needs, ...rig], name, async () => {
    await using place = await Place.create();
    const judge = new Judge();
    {
      await using session = await startKernel(place, options);
      await script(judge.scene(session, place)).catch((error) => {
        throw new Error(`Cannot run the script under a kernel pty: ${error.message}`);
      });
    }
    await place.reset();
    judge.recording = false;
    if (KERNEL_ONLY) {
      await using session = await startKernel(place, options);
      return await script(judge.scene(session, place));
    }
    const { command = ["bash"], size, terminalEnv, rpty = {} } = options;
    await using through = await RptySession.start(place, { ...rpty, command, size, terminalEnv });
    await script(judge.scene(through.session, place));
    await through.finish();
  });
}

/** Starts a program directly on a kernel pty. */
export function startKernel(place: Place, options: BothOptions): Promise<Session> {
  const { command = ["bash"], size, terminalEnv = TERMINAL_ENV } = options;
  return Session.start({
    command,
    env: { ...place.env, ...terminalEnv },
    cwd: place.home,
    size,
  });
}
