// A session through rpty: far side, transport, and rpty-master on a kernel pty.

import { type FarOptions, FarSide } from "./far_side.ts";
import { direct, type Link, MASTER } from "./links.ts";
import { type Place, TERMINAL_ENV } from "./place.ts";
import { freePort, untilListening } from "./ports.ts";
import type { Size } from "./pty.ts";
import { type Faults, FaultyRelay } from "./relay.ts";
import { Session } from "./session.ts";

export interface RptyOptions {
  /** What the slave runs. */
  readonly command: readonly string[];
  readonly size?: Size;
  readonly link?: Link;
  /** Faults of the line between the sides. */
  readonly faults?: Faults;
  /** What the environment says about the terminal. */
  readonly terminalEnv?: Readonly<Record<string, string>>;
  readonly masterOptions?: readonly string[];
  readonly slaveOptions?: readonly string[];
  /** Puts the master's command into another one, such as a shell's. */
  readonly wrap?: (master: readonly string[]) => readonly string[];
  readonly far?: Omit<FarOptions, "command">;
}

/** A session through rpty and its far side. */
export class RptySession implements AsyncDisposable {
  readonly session: Session;
  readonly far: FarSide;
  readonly relay: FaultyRelay | undefined;

  private constructor(session: Session, far: FarSide, relay: FaultyRelay | undefined) {
    this.session = session;
    this.far = far;
    this.relay = relay;
  }

  /** Starts both sides. */
  static async start(place: Place, options: RptyOptions): Promise<RptySession> {
    const { link = direct, faults } = options;
    await Deno.stat(MASTER).catch(() => {
      throw new Error(`Cannot test rpty: "${MASTER}" is missing: run make first`);
    });
    const port = freePort();
    const relay = faults === undefined ? undefined : new FaultyRelay(port, faults);
    const [farPort, nearPort] = link.listener === "far"
      ? [port, relay?.port ?? port]
      : [relay?.port ?? port, port];
    const started: { far?: FarSide } = {};
    const near = () =>
      startMaster(place, options, link.near(nearPort), () => started.far?.errors ?? "");
    let session: Session | undefined;
    if (link.listener === "near") {
      session = await near();
      await untilListening(nearPort, "the near side");
    }
    const far = started.far = await FarSide.start(place, {
      ...options.far,
      env: { ...debugEnv("slave"), ...options.far?.env },
      command: link.far(farPort, ["rpty-slave", ...options.slaveOptions ?? [], ...options.command]),
    });
    if (session === undefined) {
      await listeningOrTold(far, farPort);
      session = await near();
    }
    return new RptySession(session, far, relay);
  }

  /** Ends the near side, and waits until the far side is empty. */
  async finish(): Promise<void> {
    await this.session[Symbol.asyncDispose]();
    await this.far.untilGone();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]();
    await this.far[Symbol.asyncDispose]();
    await this.relay?.[Symbol.asyncDispose]();
  }
}

/** Waits for the far side's transport. Its output is part of the error. */
async function listeningOrTold(far: FarSide, port: number): Promise<void> {
  try {
    await untilListening(port, "the far side");
  } catch (error) {
    await far[Symbol.asyncDispose]();
    throw new Error(`${error instanceof Error ? error.message : error}: ${far.errors}`);
  }
}

/** Starts rpty-master over any transport command. */
export function startMaster(
  place: Place,
  options: Omit<RptyOptions, "command">,
  transport: readonly string[],
  notes: () => string = () => "",
): Promise<Session> {
  const { wrap = (master) => master, terminalEnv = TERMINAL_ENV, masterOptions = [] } = options;
  return Session.start({
    command: wrap([MASTER, ...masterOptions, "--", ...transport]),
    env: { ...place.env, ...terminalEnv, ...debugEnv("master") },
    cwd: place.home,
    size: options.size,
    notes,
  });
}

/** RPTY_TEST_DEBUG=FOLDER, not below /tmp, keeps the RPTY_DEBUG trace of the last session. */
function debugEnv(side: "master" | "slave"): Record<string, string> {
  const folder = Deno.env.get("RPTY_TEST_DEBUG");
  return folder === undefined ? {} : { RPTY_DEBUG: `${folder}/${side}.log` };
}
