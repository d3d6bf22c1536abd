// Typing over a long distance: programs must get the same input as from a local kernel pty.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { BACKSPACE, ctrl, ENTER } from "./harness/keys.ts";
import { testWith } from "./harness/needs.ts";
import { startKernel } from "./harness/on_both.ts";
import { Place } from "./harness/place.ts";
import { type RptyOptions, RptySession } from "./harness/rpty.ts";
import type { Session } from "./harness/session.ts";
import { type Typed, Typist } from "./harness/typing.ts";
import { SECRET, TYPING_FILES, typingScript } from "./harness/typing_scripts.ts";

/** Round trips in ms. */
const DISTANCES = [20, 100, 300] as const;
/** Scripts that are typed at the same time. With more, the delays of a busy machine would matter. */
const AT_ONCE = 5;
const SAMPLE = 12;
const ALL = 200;
/** RPTY_TEST_SEED=N types only that script. */
const SEED = Deno.env.get("RPTY_TEST_SEED");
const NEEDS = ["namespaces"];
/** A terminal that answers no questions: answers would arrive late, as input of the next program. */
const TERMINAL = { TERM: "vt100", LANG: "C.UTF-8" };
/** Milliseconds in which a program starts when there is no delay. */
const START = 250;

/** The input that programs got, and the output. */
interface Outcome {
  readonly files: Readonly<Record<string, string>>;
  readonly status: number;
  /** All of it, and the screen at the end. */
  readonly shown: string;
  readonly screen: string;
}

/** A way to reach a shell, local or remote. */
type Way = (place: Place, use: (session: Session) => Promise<void>) => Promise<void>;

const byKernel: Way = async (place, use) => {
  await using session = await startKernel(place, { terminalEnv: TERMINAL });
  await use(session);
};

function byRpty(faults: RptyOptions["faults"]): Way {
  return async (place, use) => {
    const options = { command: ["bash"], terminalEnv: TERMINAL, faults };
    await using through = await RptySession.start(place, options);
    await use(through.session);
    await through.finish();
  };
}

function atDistance(roundTrip: number): Way {
  return byRpty({ delay: roundTrip / 2 });
}

/** What a user does from the shell's first prompt to its end. */
type Doing = (typist: Typist) => Promise<void>;

async function outcome(way: Way, doing: Doing): Promise<Outcome> {
  let result: Outcome | undefined;
  await using place = await Place.create();
  for (const [name, text] of Object.entries(TYPING_FILES)) await place.write(name, text);
  await way(place, async (session) => {
    const typist = new Typist(session);
    await session.waitForPrompt();
    await doing(typist);
    const status = await session.exit();
    const { shown } = typist;
    result = { files: await writtenFiles(place.home), status, shown, screen: session.screen.text };
  });
  return result as Outcome;
}

/** Runs several at the same time. A failure is reported when all have ended. */
async function outcomes(ways: readonly Way[], doing: Doing): Promise<Outcome[]> {
  const all = ways.map((way) => outcome(way, doing));
  await Promise.allSettled(all);
  return await Promise.all(all);
}

async function writtenFiles(home: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const names = [...Deno.readDirSync(home)].map(({ name }) => name);
  for (const name of names.filter((name) => /^(log|file\d*)$/.test(name)).sort()) {
    files[name] = await Deno.readTextFile(`${home}/${name}`);
  }
  return files;
}

/** Types a script locally and remotely. Returns how the remote result differs. */
async function difference(seed: number): Promise<string> {
  const roundTrip = DISTANCES[seed % DISTANCES.length];
  const script = typingScript(seed);
  const doing = (typist: Typist) => typist.type(...script);
  try {
    const [here, there] = await outcomes([byKernel, atDistance(roundTrip)], doing);
    assertEquals([there.files, there.status], [here.files, here.status]);
    assert(!SECRET.test(there.shown), `a secret was shown: ${JSON.stringify(there.shown)}`);
    return "";
  } catch (error) {
    return [
      `Seed ${seed}, at ${roundTrip} ms: repeat it with RPTY_TEST_SEED=${seed}`,
      error instanceof Error ? error.message : error,
      `typed: ${script.map(({ keys, after }) => `${after} ms ${JSON.stringify(keys)}`).join(", ")}`,
    ].join("\n");
  }
}

/** Runs `work` for each number, some at the same time. */
async function forEach(numbers: number[], work: (number: number) => Promise<void>): Promise<void> {
  const rest = [...numbers];
  const worker = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function typeScripts(name: string, needs: readonly string[], seeds: number[]): void {
  testWith([...NEEDS, "python3", "vim", ...needs], name, async () => {
    const found: string[] = [];
    await forEach(seeds, async (seed) => {
      const differs = await difference(seed);
      if (differs !== "") found.push(differs);
    });
    assertEquals(found.join("\n\n"), "");
  });
}

const seeds = Array.from({ length: ALL }, (_, index) => index + 1);
if (SEED !== undefined) {
  typeScripts(`script ${SEED} of typing`, [], [Number(SEED)]);
} else {
  typeScripts("scripts of typing at 20, 100 and 300 ms", [], seeds.slice(0, SAMPLE));
  typeScripts("more scripts of typing", ["long"], seeds.slice(SAMPLE));
}

/** Registers a script with equal results locally and remotely, at each distance. `check` makes sure that the result is right. */
function sameFar(name: string, doing: Doing, check: (outcome: Outcome) => void): void {
  testWith([...NEEDS, "python3"], name, async () => {
    const ways = [byKernel, ...DISTANCES.map(atDistance)];
    const [here, ...others] = await outcomes(ways, doing);
    check(here);
    others.forEach((there, index) => {
      const place = `at ${DISTANCES[index]} ms`;
      assertEquals([there.files, there.status], [here.files, here.status], place);
      check(there);
    });
  });
}

/** A line, and Enter, after a pause. */
function line(text: string, after = 0): Typed {
  return { keys: text + ENTER, after };
}

/** The shell's end. */
const LEAVE = line("exit", START);

const NUMBERS = Array.from({ length: 20 }, (_, number) => number);

sameFar("command lines typed ahead run once each, in order", (typist) =>
  typist.type(
    ...NUMBERS.map((number) => line(`echo ${number} >> log`)),
    line("sleep 0.5; echo slept >> log"),
    ...NUMBERS.map((number) => line(`echo ${number} >> log`, 30)),
    LEAVE,
  ), ({ files }) => {
  assertEquals(files.log.split("\n"), [...NUMBERS, "slept", ...NUMBERS, ""].map(String));
});

sameFar(
  "^D typed in flight ends a program, or releases an unfinished line",
  (typist) =>
    typist.type(
      line("cat > file1; cat > file2; echo both >> log"),
      { keys: `one${ENTER}`, after: START },
      { keys: ctrl("d"), after: 0 },
      { keys: "two", after: START },
      { keys: ctrl("d") + ctrl("d"), after: 0 },
      line("echo after >> log", START),
      LEAVE,
    ),
  ({ files }) => {
    assertEquals(files, { file1: "one\n", file2: "two", log: "both\nafter\n" });
  },
);

sameFar(
  "^C with text before and after it in one write drops the text before it",
  (typist) =>
    typist.type(
      line('bash -c \'trap "echo caught >> log" INT; while read x; do echo "$x" >> log; done\''),
      { keys: `abc${ctrl("c")}def${ENTER}`, after: 2 * START },
      { keys: ctrl("d"), after: START },
      line("echo after >> log", START),
      LEAVE,
    ),
  ({ files }) => assertEquals(files.log, "caught\ndef\nafter\n"),
);

sameFar(
  "^S typed ahead of a program that takes all keys does not lock the terminal",
  (typist) =>
    typist.type(
      line("python3 .takes_all.py"),
      // Not before bash has taken Enter: that locks a kernel pty, too.
      { keys: `${ctrl("s")}x`, after: 0, when: "starting" },
      { keys: "q", after: 6 * START },
      line("echo after >> log", START),
      LEAVE,
    ),
  ({ files, shown }) => {
    assertEquals(files.log, "xq\nafter\n");
    assertStringIncludes(shown, "ready ");
  },
);

sameFar("Backspace takes a character that was typed before line mode had come", async (typist) => {
  await typist.type(line("cat > file"), { keys: "lx", after: START });
  await typist.session.waitFor(/^lx$/m);
  await typist.type({ keys: BACKSPACE, after: 0 });
  await typist.session.waitFor(/^l$/m);
  await typist.type({ keys: `s${ENTER}`, after: 0 });
  await typist.session.waitFor(/^ls$/m);
  await typist.type({ keys: ctrl("d"), after: 0 });
  await typist.session.waitForPrompt();
  await typist.type(LEAVE);
}, ({ files, screen }) => {
  assertEquals(files.file, "ls\n");
  assertEquals(screen, "$ cat > file\nls\n$ exit\nexit");
});

sameFar(
  "a password that is typed right after its prompt has appeared is not shown",
  (typist) =>
    typist.type(
      line("password 1"),
      { keys: `%@+&%@${ENTER}`, after: 0, when: "Password 1: " },
      { ...line("hidden 2"), when: "Thanks 1" },
      { keys: `@@%%&+${ENTER}`, after: 0, when: "Secret 2: " },
      LEAVE,
    ),
  ({ files, shown }) => {
    assertEquals(files.log, "getpass 1 <%@+&%@>\nhidden 2 <@@%%&+>\n");
    assert(!SECRET.test(shown), JSON.stringify(shown));
  },
);

/** A home connection. After ^C the second of `yes` that its queue can hold must not be in it. */
const HOME_LINE = { delay: 50, rate: 1_000_000 };
/** Milliseconds from ^C to the prompt: enough for two round trips, and too little for a queue of a second. */
const PROMPT_PATIENCE = 1000;

testWith(NEEDS, "^C under `yes` brings the prompt back over a slow line", async () => {
  await outcome(byRpty(HOME_LINE), async (typist) => {
    const { session } = typist;
    await typist.type(line("yes"));
    const flooded = () => typist.shown.length > 2_000_000;
    await session.waitFor(flooded);
    await typist.type({ keys: ctrl("c"), after: 0 });
    await session.waitForPrompt("$ ", PROMPT_PATIENCE);
    await typist.type(line("exit"));
  });
});
