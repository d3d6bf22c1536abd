// What a test needs of the machine it runs on.

/** Where the tests' programs are looked for, here and on the far side. */
export const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** On CI nothing may be missing: there a test that can't run has failed. */
const CI = Deno.env.get("CI") === "true";
/** Long tests run only where they are asked for. */
const LONG = Deno.env.get("RPTY_TEST_LONG") === "1";
const ROOT_USER = Deno.uid() === 0;

/** How `unshare` gets a mount and a process namespace of its own, as root or as anyone. */
export const UNSHARE: readonly string[] = [
  ...(ROOT_USER ? [] : ["--user", "--map-root-user"]),
  "--mount",
  "--pid",
  "--fork",
  "--mount-proc",
  "--kill-child",
];

/** What a test may ask for besides programs: "root", "namespaces" and "long". */
const PROVIDED: Record<string, () => boolean> = {
  root: () => ROOT_USER,
  namespaces: () =>
    hasProgram("unshare") &&
    new Deno.Command("unshare", { args: [...UNSHARE, "true"] }).outputSync().success,
  long: () => LONG,
};

const known = new Map<string, boolean>();

function has(need: string): boolean {
  let answer = known.get(need);
  if (answer === undefined) {
    answer = need in PROVIDED ? PROVIDED[need]() : hasProgram(need);
    known.set(need, answer);
  }
  return answer;
}

/** A path names one, too: what the Makefile builds of tests/reach. */
function hasProgram(name: string): boolean {
  if (name.startsWith("/")) return isFile(name);
  return PATH.split(":").some((folder) => isFile(`${folder}/${name}`));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Registers a test that needs programs. Where one is missing it is ignored under a name that says so; on
 * CI it runs all the same, and fails.
 */
export function testWith(needs: readonly string[], name: string, fn: () => Promise<void>): void {
  const missing = needs.filter((need) => !has(need));
  const ignore = missing.length > 0 && (!CI || missing.includes("long"));
  Deno.test({
    name: ignore ? `${name} (not here: ${missing.join(", ")})` : name,
    ignore,
    fn: () => {
      if (missing.length > 0) throw new Error(`Cannot test: ${missing.join(", ")} missing here`);
      return fn();
    },
  });
}
