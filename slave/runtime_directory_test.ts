import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { libc } from "../sys/libc.ts";
import { FILES } from "./page_layout.ts";
import {
  candidateDirectories,
  makeRuntimeDirectory,
  type RuntimeDirectory,
  RuntimeDirectoryError,
} from "./runtime_directory.ts";

const PROGRAMS = {
  library: new TextEncoder().encode("the library"),
  keeper: new TextEncoder().encode("the keeper"),
};

function withParent(name: string, fn: (parent: string) => Promise<void> | void): void {
  Deno.test(name, async () => {
    const parent = await Deno.makeTempDir();
    try {
      await fn(parent);
    } finally {
      await Deno.remove(parent, { recursive: true });
    }
  });
}

function parentOf({ path }: RuntimeDirectory): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function end(directory: RuntimeDirectory): void {
  libc.close(directory.control);
  directory.remove();
}

/** Makes a directory in one of `candidates`, and tells in which. */
function chosen(candidates: readonly string[]): string {
  const directory = makeRuntimeDirectory(candidates, PROGRAMS);
  end(directory);
  return parentOf(directory);
}

function refusal(candidates: readonly string[]): string {
  return assertThrows(() => makeRuntimeDirectory(candidates, PROGRAMS), RuntimeDirectoryError)
    .message;
}

Deno.test("candidateDirectories tries what was named first, each once", () => {
  const named = { TMPDIR: "/a", XDG_RUNTIME_DIR: "/b", HOME: "/tmp" };
  assertEquals(
    candidateDirectories(named, false),
    ["/a", "/tmp", "/b", "/run", "/dev/shm", "/var/tmp", Deno.cwd()],
  );
  assertEquals(candidateDirectories({ TMPDIR: "relative", HOME: "" }, false)[0], "/tmp");
});

Deno.test("candidateDirectories has root try a directory where nobody else can make names", () => {
  assertEquals(candidateDirectories({ TMPDIR: "/a" }, true).slice(0, 3), ["/a", "/run", "/tmp"]);
});

withParent("candidateDirectories bears a working directory that is gone", (parent) => {
  const before = Deno.cwd();
  const gone = `${parent}/gone`;
  Deno.mkdirSync(gone);
  Deno.chdir(gone);
  Deno.removeSync(gone);
  try {
    assertEquals(candidateDirectories({ HOME: "/home/ada" }).at(-1), "/home/ada");
  } finally {
    Deno.chdir(before);
  }
});

withParent("makeRuntimeDirectory puts all files in their places", async (parent) => {
  const before = Deno.umask(0o077);
  const directory = makeRuntimeDirectory([parent], PROGRAMS);
  Deno.umask(before);
  const mode = (path: string) => (Deno.statSync(path).mode as number) & 0o7777;
  const modes = (["library", "keeper", "input", "output", "data", "control"] as const)
    .map((name) => [name, mode(directory.file(name)).toString(8)]);
  assertEquals(mode(directory.path), 0o711);
  assertEquals(mode(`${directory.path}/own`), 0o700);
  assertEquals(mode(directory.file("library").replace(/\/librpty.so$/, "")), 0o711);
  assertEquals(Object.fromEntries(modes), {
    ...{ library: "755", keeper: "700" },
    // They carry passwords.
    ...{ input: "600", output: "600", data: "600" },
    control: "600",
  });
  assert(Deno.statSync(directory.file("input")).isFifo);
  assert(Deno.statSync(directory.file("control")).isSocket);
  assertEquals(await Deno.readTextFile(directory.file("library")), "the library");
  assertEquals(await Deno.readTextFile(directory.file("keeper")), "the keeper");
  assertEquals(directory.file("page"), `${directory.path}/own/${FILES.page}`);
  end(directory);
  assertEquals([...Deno.readDirSync(parent)], []);
});

withParent(
  "makeRuntimeDirectory gives what strangers may reach a name that they can't guess",
  (parent) => {
    const names = [1, 2].map(() => {
      const directory = makeRuntimeDirectory([parent], PROGRAMS);
      const [name] = directory.file("library").split("/").slice(-2);
      assertEquals(directory.file("door"), `${directory.path}/${name}/door`);
      end(directory);
      return name;
    });
    for (const name of names) assertMatch(name, /^[0-9a-f]{20}$/);
    assert(names[0] !== names[1]);
  },
);

withParent("makeRuntimeDirectory shows its name nowhere", (parent) => {
  const directory = makeRuntimeDirectory([parent], PROGRAMS);
  const sockets = Deno.readTextFileSync("/proc/net/unix");
  assert(!sockets.includes(directory.path), "its control socket does");
  end(directory);
});

withParent("makeRuntimeDirectory makes one for each session", (parent) => {
  const two = [1, 2].map(() => makeRuntimeDirectory([parent], PROGRAMS));
  assert(two[0].path !== two[1].path);
  two.forEach(end);
});

withParent("RuntimeDirectory.remove bears that it is gone", (parent) => {
  const directory = makeRuntimeDirectory([parent], PROGRAMS);
  end(directory);
  directory.remove();
});

withParent("makeRuntimeDirectory takes the first that does", (parent) => {
  const good = `${parent}/good/`;
  Deno.mkdirSync(good);
  assertEquals(chosen([`${parent}/missing`, "/proc/self", good, parent]), `${parent}/good`);
});

withParent("makeRuntimeDirectory passes over what LD_PRELOAD would cut", (parent) => {
  for (const name of ["a b", "a:b", "a$b"]) {
    Deno.mkdirSync(`${parent}/${name}`);
    assertEquals(chosen([`${parent}/${name}`, parent]), parent);
  }
});

withParent("makeRuntimeDirectory passes over a path too long for a socket", (parent) => {
  // "/rpty-", eight digits, "/", twenty digits, "/door" and NUL must fit into 108 bytes behind it.
  const longest = 108 - 6 - 8 - 1 - 20 - 5 - 1;
  const named = (length: number, letter: string) => {
    const bytes = new TextEncoder().encode(letter).length;
    const path = `${parent}/${letter.repeat((length - parent.length - 1) / bytes)}`;
    Deno.mkdirSync(path);
    return path;
  };
  const fits = named(longest, "x");
  assertEquals(chosen([fits, parent]), fits);
  assertEquals(chosen([named(longest + 1, "x"), parent]), parent);
  assertEquals(chosen([named(longest + 2, "é"), parent]), parent);
});

withParent("makeRuntimeDirectory names all that it tried", (parent) => {
  Deno.mkdirSync(`${parent}/a b`);
  const long = `${parent}/${"x".repeat(100)}`;
  Deno.mkdirSync(long);
  const message = refusal([`${parent}/missing`, `${parent}/a b`, long]);
  assertMatch(message, /^Cannot make a runtime directory: tried /);
  assertMatch(message, new RegExp(`${parent}/missing \\([^)]*No such file or directory`));
  assert(message.includes(`${parent}/a b (its name has a space`), message);
  assert(message.includes(`${"x".repeat(100)} (its name is too long)`), message);
  assert(message.endsWith("set TMPDIR to a directory where programs may be run from"), message);
  const left = [...Deno.readDirSync(parent)].map(({ name }) => name).sort();
  assertEquals(left, ["a b", "x".repeat(100)], "nothing else is left");
});

function mount(path: string): boolean {
  const args = ["-t", "tmpfs", "-o", "noexec", "tmpfs", path];
  return new Deno.Command("mount", { args, stderr: "null" }).outputSync().success;
}

function unmount(path: string): void {
  assert(new Deno.Command("umount", { args: [path] }).outputSync().success);
}

function mayMount(): boolean {
  const path = Deno.makeTempDirSync();
  const may = Deno.uid() === 0 && mount(path);
  if (may) unmount(path);
  Deno.removeSync(path);
  return may;
}

const ignore = !mayMount();

Deno.test({
  name: `makeRuntimeDirectory passes over a noexec mount${ignore ? " (not here: mount)" : ""}`,
  ignore,
  fn: () => {
    const path = Deno.makeTempDirSync();
    assert(mount(path));
    try {
      assertEquals(chosen([path, "/tmp"]), "/tmp");
      assert(refusal([path]).includes(`${path} (it is mounted noexec)`));
      assertEquals([...Deno.readDirSync(path)], []);
    } finally {
      unmount(path);
      Deno.removeSync(path);
    }
  },
});
