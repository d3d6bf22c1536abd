// The master is stopped and continued from outside, below a shell with job control. Afterwards the job runs in the
// foreground with its settings in force, or it is stopped and the shell has the terminal as it was.

import { assert, assertEquals } from "@std/assert";
import { LOCAL, typeSuspend } from "./harness/below_shell.ts";
import { shellLine } from "./harness/far_side.ts";
import { ctrl, ENTER } from "./harness/keys.ts";
import { MASTER } from "./harness/links.ts";
import { exists } from "./harness/needs.ts";
import { startMaster } from "./harness/rpty.ts";
import { startSshd } from "./harness/sshd.ts";
import { eventually, processInfo, processTree } from "./harness/processes.ts";
import type { Session } from "./harness/session.ts";
import { inPlace, throughRpty } from "./harness/through_rpty.ts";

/** Milliseconds in which a process stops, or the terminal gets other settings. */
const PATIENCE = 10_000;

/** Milliseconds in which SIGTSTP may still be that of a key that was pressed before the settings changed. */
const SIGNAL_DELAY = 300;

/** Milliseconds: longer than a timeout of a second, shorter than the ten that the slave waits. */
const LONG_STOP = 3_000;

/** What the user may type to start the master. */
const FORMS: Readonly<Record<string, (master: string) => string>> = {
  "alone": (master) => master,
  "in a script": (master) => `sh -c ${shellLine([`${master}; true`])}`,
  "in make": (master) =>
    `make -s -f /dev/null --eval ${shellLine([`run: ; @${master.replaceAll("$", "$$$$")}`])} run`,
  "before tee": (master) => `${master} > /dev/tty | tee log`,
};

const SHELLS: Readonly<Record<string, readonly string[]>> = {
  bash: ["env", `PS1=${LOCAL.prompt}`, "bash", "--norc"],
  dash: ["env", `PS1=${LOCAL.prompt}`, "dash", "-i"],
  zsh: ["env", `PS1=${LOCAL.prompt}`, "zsh", "-f", "+o", "PROMPT_SP"],
};

/** `kill`'s signal and whom it is sent to; ~^Z is typed. */
type Stop = readonly ["SIGSTOP" | "SIGTSTP", "master" | "job" | "master, then job"] | "~^Z";

/** What continues the job. */
type Continuation = "fg" | "bg, fg" | "kill -CONT, fg" | "kill -CONT";

interface Scenario {
  readonly form?: keyof typeof FORMS;
  readonly shell?: keyof typeof SHELLS;
  readonly stop: Stop;
  readonly by?: Continuation;
  /** Whether a full-screen program runs there. */
  readonly less?: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  { stop: ["SIGSTOP", "master"] },
  { stop: ["SIGSTOP", "master"], by: "bg, fg" },
  { stop: ["SIGSTOP", "master"], by: "kill -CONT, fg" },
  { stop: ["SIGSTOP", "master"], less: true },
  { stop: ["SIGSTOP", "master"], shell: "zsh" },
  { stop: ["SIGTSTP", "master"] },
  { stop: ["SIGTSTP", "master"], by: "bg, fg", less: true },
  { stop: ["SIGTSTP", "master"], shell: "dash", less: true },
  { stop: ["SIGTSTP", "master"], shell: "zsh", less: true },
  { stop: ["SIGTSTP", "master"], form: "in a script" },
  { stop: ["SIGTSTP", "job"], by: "kill -CONT, fg" },
  { stop: ["SIGSTOP", "job"], form: "in a script" },
  { stop: ["SIGSTOP", "job"], form: "in make", by: "bg, fg" },
  { stop: ["SIGSTOP", "job"], form: "before tee", less: true },
  { stop: ["SIGTSTP", "job"], form: "in a script", less: true },
  { stop: ["SIGTSTP", "job"], form: "in make", shell: "zsh" },
  { stop: ["SIGTSTP", "job"], form: "before tee", by: "bg, fg" },
  { stop: ["SIGSTOP", "master, then job"], form: "in a script" },
  { stop: ["SIGSTOP", "master, then job"], form: "before tee" },
  { stop: ["SIGSTOP", "master"], form: "before tee" },
  { stop: ["SIGSTOP", "master"], form: "before tee", by: "bg, fg" },
  { stop: ["SIGSTOP", "master"], form: "in make", by: "kill -CONT" },
  { stop: "~^Z", by: "bg, fg" },
  { stop: "~^Z", by: "kill -CONT, fg" },
  { stop: "~^Z", form: "in a script" },
  { stop: "~^Z", form: "in make", by: "bg, fg" },
  { stop: "~^Z", form: "before tee" },
];

/** A local shell on a session's terminal, and the master below it. */
class LocalShell {
  readonly session: Session;
  #found = "";

  constructor(session: Session) {
    this.session = session;
  }

  /** Starts the master by a command line. */
  async start(line: string): Promise<void> {
    await this.session.waitForPrompt(LOCAL.prompt);
    this.#found = await this.#settings();
    this.session.type(line + ENTER);
  }

  /** The shell has the terminal, and its settings are those of before. */
  async hasTerminal(): Promise<void> {
    await this.session.waitForPrompt(LOCAL.prompt);
    assertEquals(await this.#settings(), this.#found);
  }

  /** As programs have them that the shell starts. What else was on the screen stands before them. */
  async #settings(): Promise<string> {
    const lines = (await this.session.run("stty -g", LOCAL)).join("");
    return /([0-9a-f]+:){20,}[0-9a-f]+/.exec(lines)?.[0] ?? lines;
  }

  async master(): Promise<number> {
    const tree = await processTree(this.session.process.pid);
    const master = tree.find(({ command }) => command.startsWith(MASTER));
    if (master === undefined) throw this.session.failure("there is no master");
    return master.pid;
  }

  /** The process group that the shell made for the job: that of its first process. */
  async job(): Promise<number> {
    const tree = await processTree(this.session.process.pid);
    const children = tree.filter(({ parent }) => parent === this.session.process.pid);
    for (const { pid } of children) if (await groupOf(pid) === pid) return pid;
    throw this.session.failure("there is no job");
  }

  /** Sends the signal, and waits until the master is stopped. */
  async stop(stop: Stop): Promise<void> {
    const master = await this.master();
    if (stop === "~^Z") return await this.#typeSuspend(master);
    const [signal, whom] = stop;
    if (signal === "SIGTSTP") await new Promise((resolve) => setTimeout(resolve, SIGNAL_DELAY));
    if (whom !== "job") Deno.kill(master, signal);
    if (whom === "master, then job") await this.#untilState(master, "T");
    if (whom !== "master") Deno.kill(-await this.job(), signal);
    await this.#untilState(master, "T");
  }

  async #typeSuspend(master: number): Promise<void> {
    await this.session.run("");
    await typeSuspend(this.session);
    await this.#untilState(master, "T");
  }

  async continue(by: Continuation): Promise<void> {
    if (by.startsWith("kill")) Deno.kill(await this.master(), "SIGCONT");
    else await this.hasTerminal();
    if (by === "kill -CONT") return;
    if (by.startsWith("bg")) await this.session.run("bg", LOCAL);
    if (by !== "fg") await this.stopsAgain();
    await this.session.settle();
    this.session.type(`fg${ENTER}`);
    await this.session.waitForOutput(/fg[^]*\n/);
  }

  /** In the background the job stops, and does nothing to the terminal. */
  async stopsAgain(): Promise<void> {
    await this.#untilState(await this.master(), "T");
    for (let jobs = ""; !/stopped|suspended/i.test(jobs);) {
      jobs = (await this.session.run("jobs", LOCAL)).join();
    }
    await this.hasTerminal();
  }

  async #untilState(pid: number, state: string): Promise<void> {
    const reached = await eventually(async () => await stateOf(pid) === state, PATIENCE);
    if (!reached) throw this.session.failure(`process ${pid} is in state ${await stateOf(pid)}`);
  }
}

/** A field of /proc/PID/stat behind the name, which may have blanks: 0 is the state, 2 the process group. */
async function statField(pid: number, field: number): Promise<string> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[field];
}

const stateOf = (pid: number) => statField(pid, 0);
const groupOf = async (pid: number) => Number(await statField(pid, 2));

/** The terminal has these settings in the end: until then it may still be the shell's. */
async function untilSettings(session: Session, settings: string): Promise<void> {
  const same = await eventually(() => session.pty.settings === settings, PATIENCE);
  if (!same) throw session.failure(`the settings are ${session.pty.settings}, not ${settings}`);
}

function describe({ form = "alone", shell = "bash", stop, by = "fg", less }: Scenario): string {
  const how = typeof stop === "string" ? stop : `${stop[0]} to the ${stop[1]}`;
  return `the master ${form} below ${shell}: ${how}${less ? " while less runs" : ""}, then ${by}`;
}

for (const scenario of SCENARIOS) {
  const { form = "alone", shell = "bash", stop, by = "fg", less = false } = scenario;
  let line = "";
  throughRpty(describe(scenario), {
    needs: [shell, "make", "less"],
    wrap: (master) => {
      line = FORMS[form](shellLine(master));
      return SHELLS[shell];
    },
  }, async ({ session }) => {
    const local = new LocalShell(session);
    await local.start(line);
    await session.waitForPrompt();
    if (less) await startLess(session);
    await session.settle();
    const { settings } = session.pty;
    await local.stop(stop);
    await local.continue(by);
    await untilSettings(session, settings);
    if (less) await quitLess(session);
    await session.run("clear");
    assertEquals(await session.run("echo here; stty size"), ["here", "24 80"]);
    session.type(`exit${ENTER}`);
    await local.hasTerminal();
  });
}

async function startLess(session: Session): Promise<void> {
  await session.run("seq 200 > numbers");
  session.type(`less numbers${ENTER}`);
  await session.waitFor(() => session.screen.alternate && session.screen.text.startsWith("1\n"));
}

async function quitLess(session: Session): Promise<void> {
  session.type("G");
  await session.waitForOutput("200");
  session.type("q");
  await session.waitFor(() => !session.screen.alternate);
  await session.waitForPrompt();
}

let floodLine = "";
throughRpty("in the background the master writes nothing, though much has come", {
  wrap: (master) => {
    floodLine = shellLine(master);
    return SHELLS.bash;
  },
}, async ({ session, place }) => {
  const local = new LocalShell(session);
  await local.start(floodLine);
  await session.waitForPrompt();
  // It is stopped while it waits: within a write it would go on with that, as any program does.
  await session.launch(
    "echo rea''dy; until [ -e go ]; do sleep 0.05; done; yes flood | head -c 100000; touch flooded; yes flood",
  );
  await session.waitForOutput("ready\r\n");
  await local.stop(["SIGSTOP", "master"]);
  await session.waitForPrompt(LOCAL.prompt);
  await session.run("clear", LOCAL);
  await place.write("go", "");
  assert(await eventually(() => exists(`${place.home}/flooded`), PATIENCE));
  Deno.kill(await local.master(), "SIGCONT");
  await local.stopsAgain();
  if (session.screen.text.includes("flood")) throw session.failure("the master has written");
  session.type(`fg${ENTER}`);
  await session.waitForOutput(/flood[^]*flood/);
  session.type(ctrl("c"));
  await session.waitForPrompt();
  session.type(`exit${ENTER}`);
  await local.hasTerminal();
});

for (const stop of [["SIGSTOP", "master"], ["SIGTSTP", "master"], "~^Z"] as const) {
  let line = "";
  throughRpty(
    `a master stopped by ${stop.toString()} ends by kill, and the terminal stays the shell's`,
    {
      wrap: (master) => {
        line = shellLine(master);
        return SHELLS.bash;
      },
    },
    async ({ session }) => {
      const local = new LocalShell(session);
      await local.start(line);
      await session.waitForPrompt();
      await local.stop(stop);
      await local.hasTerminal();
      session.type(`kill %1${ENTER}`);
      // The message comes behind the shell's prompt, and a moment before the shell sees the end.
      await session.waitForOutput(/ended by SIGTERM\r\n/);
      session.type(`clear${ENTER}`);
      await session.waitForPrompt(LOCAL.prompt);
      for (let jobs = "rpty-master"; jobs.includes("rpty-master");) {
        jobs = (await session.run("jobs", LOCAL)).join();
      }
      await local.hasTerminal();
    },
  );
}

for (const form of ["alone", "in a script", "before tee"] as const) {
  for (const stop of [["SIGSTOP", "master"], "~^Z"] as const) {
    let line = "";
    throughRpty(`the master ${form} stopped by ${stop}: it ends with its window`, {
      wrap: (master) => {
        line = FORMS[form](shellLine(master));
        return SHELLS.bash;
      },
    }, async ({ session }) => {
      const local = new LocalShell(session);
      await local.start(line);
      await session.waitForPrompt();
      const master = await local.master();
      await local.stop(stop);
      await session[Symbol.asyncDispose]();
      const ended = await eventually(async () => await processInfo(master) === undefined, PATIENCE);
      assert(ended, "the master is left behind");
    });
  }
}

let patientLine = "";
throughRpty("a stop that is longer than the timeout ends no session", {
  masterOptions: ["--timeout", "1"],
  slaveOptions: ["--timeout", "1"],
  wrap: (master) => {
    patientLine = shellLine(master);
    return SHELLS.bash;
  },
}, async ({ session }) => {
  const local = new LocalShell(session);
  await local.start(patientLine);
  await session.waitForPrompt();
  await local.stop(["SIGSTOP", "master"]);
  await new Promise((resolve) => setTimeout(resolve, LONG_STOP));
  await local.continue("fg");
  await session.run("clear");
  assertEquals(await session.run("echo here"), ["here"]);
  session.type(`exit${ENTER}`);
  await local.hasTerminal();
});

/** Starts ssh as the transport below a local bash, and comes back when it asks for the password. */
function atPassword(
  name: string,
  script: (local: LocalShell, password: string) => Promise<void>,
): void {
  const needs = ["root", "namespaces", "ssh", "sshd"];
  inPlace(name, needs, async (place) => {
    await using server = await startSshd(place);
    let line = "";
    const wrap = (master: readonly string[]) => {
      line = shellLine(master);
      return SHELLS.bash;
    };
    await using session = await startMaster(place, { wrap }, server.client);
    const local = new LocalShell(session);
    await local.start(line);
    await session.waitFor(/continue connecting \(yes\/no/);
    session.type(`yes${ENTER}`);
    await session.waitForOutput("password:");
    await script(local, server.password);
    await local.hasTerminal();
  });
}

/** The password is asked for anew, is not shown, and lets us in. */
async function logIn({ session }: LocalShell, password: string): Promise<void> {
  await session.waitForOutput("password:");
  const hidden = await eventually(() => !session.pty.echoes, PATIENCE);
  if (!hidden) throw session.failure("the terminal shows the password");
  await session.settle();
  session.type(`${password}${ENTER}`);
  await session.waitForPrompt();
  session.type(`exit${ENTER}`);
}

for (const signal of ["SIGTSTP", "SIGSTOP"] as const) {
  for (const by of ["fg", "bg, fg"] as const) {
    const name = `while ssh asks for the password: ${signal} to the master, then ${by}`;
    atPassword(name, async (local, password) => {
      await local.stop([signal, "master"]);
      await local.session.waitForPrompt(LOCAL.prompt);
      // Ssh itself was not stopped, and still waits for a key: it gets this one, and no other.
      if (signal === "SIGSTOP") local.session.type(" ");
      await local.continue(by);
      await logIn(local, password);
    });
  }
}
