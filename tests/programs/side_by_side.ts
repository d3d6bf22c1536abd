// One program on two terminals at the same time, a kernel pty and rpty, with the same keys.
//
//   keys ─┬─> kernel pty ── bash ── program            both see a home of their own as /srv,
//         └─> rpty-master ══ rpty-slave ── bash ── …   and a /tmp, /run and /dev/shm of their own

import { Bell } from "../harness/bell.ts";
import { mountFolder, shellLine, shellWord } from "../harness/far_side.ts";
import { UNSHARE_MOUNTS } from "../harness/needs.ts";
import { FAR_FOLDERS, furnish, type Place, TERMINAL_ENV, writeFile } from "../harness/place.ts";
import { RptySession } from "../harness/rpty.ts";
import { Session } from "../harness/session.ts";
import {
  AT_PROMPT,
  HOME,
  isSeen,
  type Moment,
  moment,
  type Program,
  type Step,
} from "./program.ts";

/** How long, in ms, a screen may take to show what is expected: two rows run at a time, on slow machines. */
const PATIENCE = Number(Deno.env.get("RPTY_PROGRAMS_PATIENCE") ?? 20_000);
/** The same for rows with a known difference, which always wait that long. */
const DIFFERING_PATIENCE = 6_000;
/** How often, in ms, the terminal's settings are checked. */
const GLANCE = 20;
/** The status that ends the shell, and must come back. */
const STATUS = 7;
/** For authors of rows: prints the screens of the kernel pty. */
const SHOW = Deno.env.get("RPTY_PROGRAMS_SHOW") === "1";

const SIDES = ["kernel", "rpty"] as const;

/** The kernel pty's screen showed what is expected. rpty's did not, or was different. */
export class Difference extends Error {
  override name = "Difference";
}

/** The two runs of a program. */
export class SideBySide implements AsyncDisposable {
  /** How many screens were compared. */
  screens = 0;
  readonly #program: Program;
  readonly #kernel: Session;
  readonly #through: RptySession;
  readonly #bell = new Bell();
  readonly #patience: number;

  /** Starts both. */
  static async start(
    place: Place,
    program: Program,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<SideBySide> {
    await Promise.all(SIDES.map((side) => prepare(homeOf(place, side), program)));
    const env = { HOME, ...program.env, ...extra };
    const kernel = await startKernel(place, program, env);
    try {
      return new SideBySide(program, kernel, await startRpty(place, program, env));
    } catch (error) {
      await kernel[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(program: Program, kernel: Session, through: RptySession) {
    this.#program = program;
    this.#kernel = kernel;
    this.#through = through;
    this.#patience = program.differs === undefined ? PATIENCE : DIFFERING_PATIENCE;
    for (const session of this.#sessions) session.onChange = () => this.#bell.ring();
  }

  /** Waits for the first prompt, types all keys, and leaves. */
  async run(): Promise<void> {
    await this.#await(["", AT_PROMPT], this.#sessions.map(() => NOTHING));
    for (const step of this.#program.steps) await this.#step(step);
    await this.#leave();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kernel[Symbol.asyncDispose]();
    await this.#through[Symbol.asyncDispose]();
  }

  get #sessions(): readonly [Session, Session] {
    return [this.#kernel, this.#through.session];
  }

  async #step(step: Step): Promise<void> {
    const before = this.#sessions.map(({ screen }) => moment(screen));
    for (const session of this.#sessions) session.type(step[0]);
    await this.#await(step, before);
    this.screens++;
    if (SHOW) console.log(`after ${JSON.stringify(step[0])}:\n${this.#dumps()[0]}`);
  }

  /** Waits until both show what is expected, and then the same screen. */
  async #await([keys, expected]: Step, before: readonly Moment[]): Promise<void> {
    const shown = () =>
      this.#sessions.map(({ screen, output, pty }, i) =>
        (keys === "" || output !== "") && isSeen(expected, screen, before[i], pty)
      );
    const ended = () => this.#sessions.some(({ exitCode }) => exitCode !== undefined);
    const done = () => ended() || shown().every(Boolean) && this.#equal();
    // A change of the terminal's settings causes no event.
    const glances = setInterval(() => this.#bell.ring(), GLANCE);
    const inTime = await this.#bell.until(done, this.#patience).then(() => true, () => false);
    clearInterval(glances);
    if (inTime && !ended()) return;
    const late = shown().indexOf(false);
    const both = shown().every((one) => !one);
    const side = both ? "both terminals" : SIDES[late];
    if (late >= 0) {
      const { message } = this.#sessions[late].failure(`waited for ${expected} on ${side}`);
      throw side === "rpty" ? new Difference(message) : new Error(message);
    }
    throw new Difference(
      `Screens differ after ${JSON.stringify(keys)}:\n${this.#difference()}`,
    );
  }

  #equal(): boolean {
    const [kernel, rpty] = this.#dumps();
    return kernel === rpty;
  }

  #dumps(): string[] {
    const { masks = [] } = this.#program;
    return this.#sessions.map(({ screen }) =>
      masks.reduce((dump, { what }) => dump.replaceAll(what, ""), screen.dump())
    );
  }

  #difference(): string {
    const [kernel, rpty] = this.#dumps().map((dump) => dump.split("\n"));
    const only = (one: string[], other: string[]) => one.filter((line) => !other.includes(line));
    return [
      "only on the kernel's:",
      ...only(kernel, rpty),
      "only on rpty's:",
      ...only(rpty, kernel),
      "all of the kernel's:",
      ...kernel,
    ].join("\n");
  }

  async #leave(): Promise<void> {
    for (const session of this.#sessions) session.type(`exit ${STATUS}\r`);
    for (const session of this.#sessions) {
      const status = await session.exit(this.#patience);
      if (status !== STATUS) throw session.failure(`ended with ${status}, not ${STATUS}`);
    }
    await this.#through.finish();
  }
}

const NOTHING: Moment = { lineFeeds: 0, beforeCursor: "" };

function homeOf(place: Place, side: typeof SIDES[number]): string {
  return `${place.folder}/${side}/home`;
}

async function prepare(home: string, { files = {}, prepare: script }: Program): Promise<void> {
  await furnish(home);
  for (const [name, text] of Object.entries(files)) await writeFile(`${home}/${name}`, text);
  if (script === undefined) return;
  const { success, stderr } = await new Deno.Command("bash", {
    args: ["-ec", script],
    cwd: home,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", HOME: home, LANG: "C.UTF-8" },
    stdin: "null",
  }).output();
  if (!success) throw new Error(`Cannot prepare: ${new TextDecoder().decode(stderr)}`);
}

/** What runs on the terminal, in the home as the programs see it. */
function command({ shell = ["bash"] }: Program): string[] {
  return ["env", "-C", HOME, ...shell];
}

async function startKernel(
  place: Place,
  program: Program,
  env: Readonly<Record<string, string>>,
): Promise<Session> {
  const folder = (name: string) => `${place.folder}/kernel/${name}`;
  for (const name of FAR_FOLDERS) {
    await Deno.mkdir(folder(name), { recursive: true });
    await Deno.chmod(folder(name), 0o1777);
  }
  const script = [
    ...FAR_FOLDERS.flatMap((name) => mountFolder(folder(name), name)),
    mountHome(place, "kernel"),
    program.mounts ?? "",
    `exec ${shellLine(command(program))}`,
  ].join("\n");
  return Session.start({
    // Without a process namespace: its first process would lead the session, but is not the shell.
    command: ["unshare", ...UNSHARE_MOUNTS, "sh", "-ec", script],
    env: { ...place.env, ...TERMINAL_ENV, ...env },
    cwd: place.home,
    size: program.size,
  });
}

function startRpty(
  place: Place,
  program: Program,
  env: Readonly<Record<string, string>>,
): Promise<RptySession> {
  const setup = [mountHome(place, "rpty"), program.mounts ?? ""].join("\n");
  return RptySession.start(place, {
    command: command(program),
    size: program.size,
    far: { setup, env },
  });
}

function mountHome(place: Place, side: typeof SIDES[number]): string {
  return `mount -n --bind ${shellWord(homeOf(place, side))} ${HOME}`;
}
