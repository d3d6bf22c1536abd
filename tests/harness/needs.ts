// What a test needs from the machine that it runs on.

/** Where the tests' programs are looked for, here and on the far side. */
export const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** On CI nothing may be missing: there a test that can't run has failed. */
const CI = Deno.env.get("CI") === "true";
/** Long tests run only on request. */
const LONG = Deno.env.get("RPTY_TEST_LONG") === "1";
const ROOT_USER = Deno.uid() === 0;

/** Options of `unshare` for a separate mount namespace, as root or as another user. */
export const UNSHARE_MOUNTS: readonly string[] = [
  ...(ROOT_USER ? [] : ["--user", "--map-root-user"]),
  "--mount",
];

/** The same, and a separate process namespace. */
export const UNSHARE: readonly string[] = [
  ...UNSHARE_MOUNTS,
  "--pid",
  "--fork",
  "--mount-proc",
  "--kill-child",
];

/** Where `make program-packages` puts what comes from npm and PyPI. */
export const PACKAGES = new URL("../../build/programs", import.meta.url).pathname;

/** The C library for programs of 32 bits. */
export const LIBC_OF_32_BITS = "/lib32/libc.so.6";

/** Needs besides programs. */
const PROVIDED: Record<string, () => boolean> = {
  root: () => ROOT_USER,
  namespaces: () =>
    hasProgram("unshare") &&
    new Deno.Command("unshare", { args: [...UNSHARE, "true"] }).outputSync().success,
  long: () => LONG,
  TIOCSTI: mayUseTiocsti,
  "Linux 6.3": () => isLinux(6, 3),
  "libc6-i386": () => exists(LIBC_OF_32_BITS),
  "packages of PyPI": () => exists(`${PACKAGES}/python`),
  "packages of npm": () => exists(`${PACKAGES}/node`),
};

/** Since Linux 6.2 programs without CAP_SYS_ADMIN may be kept from putting input into their terminal. */
function mayUseTiocsti(): boolean {
  const CAP_SYS_ADMIN = 21n;
  const status = Deno.readTextFileSync("/proc/self/status");
  const capabilities = BigInt(`0x${status.match(/^CapEff:\s*(\w+)/m)?.[1] ?? 0}`);
  const setting = "/proc/sys/dev/tty/legacy_tiocsti";
  const isForAll = !exists(setting) || Deno.readTextFileSync(setting).trim() === "1";
  return isForAll || (capabilities >> CAP_SYS_ADMIN & 1n) === 1n;
}

function isLinux(major: number, minor: number): boolean {
  const [ours, less] = Deno.osRelease().split(".").map((part) => parseInt(part));
  return Deno.build.os === "linux" && (ours > major || ours === major && less >= minor);
}

const known = new Map<string, boolean>();

function has(need: string): boolean {
  let answer = known.get(need);
  if (answer === undefined) {
    answer = need in PROVIDED
      ? PROVIDED[need]()
      : need.startsWith("/")
      ? exists(need)
      : hasProgram(need);
    known.set(need, answer);
  }
  return answer;
}

function hasProgram(name: string): boolean {
  return PATH.split(":").some((folder) => exists(`${folder}/${name}`));
}

/** Whether there is a file of any kind. */
export function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The needs that this machine lacks. */
export function missing(needs: readonly string[]): string[] {
  return needs.filter((need) => !has(need));
}

/**
 * Registers a test that needs programs. If one is missing, the test is ignored under a name that says so. On
 * CI it runs all the same, and fails.
 */
export function testWith(needs: readonly string[], name: string, fn: () => Promise<void>): void {
  const lacks = missing(needs);
  const ignore = lacks.length > 0 && (!CI || lacks.includes("long"));
  Deno.test({
    name: ignore ? `${name} (not here: ${lacks.join(", ")})` : name,
    ignore,
    fn: () => {
      if (lacks.length > 0) throw new Error(`Cannot test: ${lacks.join(", ")} missing here`);
      return fn();
    },
  });
}
