// The preloaded library changes nothing about a program except that it has a terminal.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { inBash } from "./harness/bash.ts";
import { helper, ROOT, type Variant } from "./harness/build.ts";
import { ctrl, ENTER } from "./harness/keys.ts";
import type { Scene } from "./harness/on_both.ts";
import { LIBC_OF_32_BITS, testWith } from "./harness/needs.ts";
import { throughRpty } from "./harness/through_rpty.ts";

/** How long, in ms, a busy machine may take for the threads' rounds. */
const PATIENCE = 60_000;
/** What terminal_reporter prints if all streams are a terminal. */
const ALL = ["111 24 80"];

const SHARED: Variant = { name: "shared.so", flags: ["-shared", "-fPIC"] };
const STATIC: Variant = { name: "static", flags: ["-static"] };
const THREADS: Variant = { name: "", flags: ["-pthread"] };
const MUSL: Variant = { name: "musl", compiler: "musl-gcc", flags: [] };
/** Linked only with the library, because the 32-bit files of the compiler exclude cross compilers. */
const OF_32_BITS: Variant = {
  name: "32",
  flags: [
    ...["-m32", "-ffreestanding", "-fno-pie", "-no-pie", "-nostdlib"],
    ...[LIBC_OF_32_BITS, "-Wl,--dynamic-linker=/lib/ld-linux.so.2"],
  ],
};

/** Each command must print exactly that, on both terminals. */
async function says(scene: Scene, words: readonly string[], ...commands: string[]): Promise<void> {
  for (const command of commands) {
    assertEquals(await scene.session.run(command), words, command);
  }
}

inBash("the preload survives a cleared environment", async (scene) => {
  const tells = await helper("terminal_reporter");
  await says(
    scene,
    ALL,
    tells,
    `env -i ${tells}`,
    `env -i env -i ${tells}`,
    `env -u LD_PRELOAD ${tells}`,
    `(exec -c ${tells})`,
    `(unset LD_PRELOAD; ${tells})`,
    `(unset LD_PRELOAD; exec ${tells})`,
    `LD_PRELOAD= ${tells}`,
    `env -i bash --norc -c '${tells}; true'`,
    `env -i dash -c '${tells}; true'`,
    `env -i sh -c 'exec ${tells}'`,
    `env -i zsh -fc '${tells}; true'`,
    `env -i fish -Nc '${tells}; true'`,
    `env -i busybox sh -c '${tells}; true'`,
    `env -i bash -pc '${tells}; true'`,
    `env -i nice setsid -w ${tells}`,
    `python3 -c 'import os; os.execve("${tells}", ["tells"], {})'`,
    `python3 -c 'import os; os.waitpid(os.posix_spawn("${tells}", ["tells"], {}), 0)'`,
    `python3 -c 'import subprocess; subprocess.run(["${tells}"], env={})'`,
    `perl -e '%ENV = (); exec "${tells}"'`,
    `perl -e '%ENV = (); system "${tells}"'`,
    `perl -e '%ENV = (); system "${tells}; true"'`,
  );
}, { needs: ["cc", "dash", "zsh", "fish", "busybox", "python3", "perl"] });

inBash("programs are started in every way", async (scene) => {
  const { session } = scene;
  await session.launch(
    `${await helper("spawn_every_way")} ${await helper("terminal_reporter")} > /dev/tty 2>&1`,
  );
  await session.waitForOutput("spawn on /dev/tty for both: started");
  const first = session.output;
  session.type(`a line${ENTER}`);
  await session.waitForOutput("popen: 0");
  await session.waitForPrompt();
  const lines = (first + session.output).split("\r\n");
  assertEquals(lines.filter((line) => line === ALL[0]).length, 10, session.output);
  assertEquals(lines.filter((line) => line === "got a line").length, 1);
  scene.same("lines", lines);
}, { needs: ["cc"] });

throughRpty("what the user preloads keeps its order", { needs: ["cc"] }, async (scene) => {
  const { session } = scene;
  const mine = await helper("tracing_preload", SHARED);
  await session.waitForPrompt();
  // A builtin of the shell, so that it starts no program.
  const own = (await session.run('clear; echo "$LD_PRELOAD"')).join("");
  assertMatch(own, /^\/\S+\/librpty\.so$/);
  await session.run(`a=${mine} b=/usr/lib/x86_64-linux-gnu/libm.so.6; clear`);
  const expected: Readonly<Record<string, string>> = {
    "$a": `${own}:$a`,
    "$a:$b": `${own}:$a:$b`,
    "$a $b": `${own}:$a $b`,
    "$a:$LD_PRELOAD:$b": `$a:${own}:$b`,
    "$LD_PRELOAD:$b": `${own}:$b`,
  };
  for (const [set, seen] of Object.entries(expected)) {
    const command = `LD_PRELOAD="${set}" env > seen 2> /dev/null; ` +
      `grep -cxF "LD_PRELOAD=${seen}" seen; rm seen`;
    assertEquals((await session.run(command)).at(-1), "1", set);
  }
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});

inBash("calls pass through another preload, as through the C library", async (scene) => {
  const [mine, calls] = [await helper("tracing_preload", SHARED), await helper("traced_calls")];
  const tells = await helper("terminal_reporter");
  const lines = await scene.session.run(
    `(export LD_PRELOAD=${mine}; exec ${calls} ${tells})`,
  );
  scene.same("calls", lines);
  assertEquals(lines.filter((line) => line.endsWith("by the preload")).length, 3);
}, { needs: ["cc"] });

inBash("other preloads and sanitizers work beside it", async (scene) => {
  const tells = await helper("terminal_reporter");
  const sanitized = (kind: string) =>
    helper("terminal_reporter", { name: kind, flags: [`-fsanitize=${kind}`, "-g"] });
  const threads = await sanitized("thread");
  await says(
    scene,
    ALL,
    await sanitized("address"),
    `env -i ${await sanitized("address")}`,
    `ASAN_OPTIONS=detect_leaks=0 ${await sanitized("address")}`,
    await sanitized("undefined"),
    await sanitized("leak"),
    `setarch -R ${threads}`,
    `LD_PRELOAD=$(cc -print-file-name=libasan.so) ${tells}`,
    `LD_PRELOAD=$(cc -print-file-name=libasan.so):$LD_PRELOAD ${tells}`,
  );
}, { needs: ["cc"] });

const JEMALLOC = "libjemalloc.so.2";

inBash("another allocator is preloaded beside it", async (scene) => {
  const tells = await helper("terminal_reporter");
  await says(
    scene,
    ALL,
    `LD_PRELOAD=${JEMALLOC} ${tells}`,
    `LD_PRELOAD=${JEMALLOC}:$LD_PRELOAD ${tells}`,
    `LD_PRELOAD=$LD_PRELOAD:${JEMALLOC} ${tells}`,
    `LD_PRELOAD=${JEMALLOC} python3 -c 'import os; os.system("${tells}")'`,
  );
}, { needs: ["cc", "python3", `/usr/lib/x86_64-linux-gnu/${JEMALLOC}`] });

inBash("stdbuf buffers as it is told", async (scene) => {
  const { session } = scene;
  const putting = await helper("stdout_buffering");
  const counts: string[] = [];
  for (const how of ["", "stdbuf -o0", "stdbuf -oL", "stdbuf -o100"]) {
    await session.run(`strace -f -e trace=write -o trace ${how} ${putting} > /dev/tty; clear`);
    counts.push(...await session.run("grep -c 'write(1, ' trace"));
  }
  assertEquals(counts, ["2", "4", "2", "1"]);
}, { needs: ["cc", "strace"] });

inBash("fakeroot shows what it fakes, on the terminal", async (scene) => {
  const tells = await helper("terminal_reporter");
  const command = "touch file; chown 12:34 file; stat -c %u:%g file; ls -ln file | cut -c12-18";
  await says(scene, ["12:34", "1 12 34"], `fakeroot sh -c '${command}'`);
  await says(scene, ALL, `fakeroot ${tells}`, `fakeroot env -i ${tells}`);
}, { needs: ["cc", "fakeroot"] });

inBash("musl's programs and glibc's start each other", async (scene) => {
  const [glibc, musl] = [
    await helper("terminal_reporter"),
    await helper("terminal_reporter", MUSL),
  ];
  await says(scene, ALL, glibc, musl, `env -i ${musl}`, `env -i busybox env ${musl}`);
}, { needs: ["cc", "musl-gcc", "busybox"] });

inBash("32-bit programs and static programs run without messages", async (scene) => {
  const [small, still] = [
    await helper("program_of_32_bits", OF_32_BITS),
    await helper("terminal_reporter", STATIC),
  ];
  await says(
    scene,
    ["of 32 bits"],
    small,
    `env ${small}`,
    `env -i ${small}`,
    `(exec -c ${small})`,
    `(PATH=/none:${small.replace(/\/[^/]*$/, "")}; ${small.replace(/^.*\//, "")})`,
    `python3 -c 'import os; os.execvp("${small}", ["small"])'`,
    `python3 -c 'import os; os.waitpid(os.posix_spawnp("${small}", ["small"], os.environ), 0)'`,
    `perl -e 'system "${small}"'`,
    `dash -c ${small}`,
  );
  const [line] = await scene.session.run(`${still}; true`);
  assertMatch(line, /^[01]{3} \d+ \d+$/);
}, { needs: ["libc6-i386", "python3", "perl", "dash"] });

throughRpty("programs see none of our descriptors", { needs: ["python3"] }, async (scene) => {
  const { session } = scene;
  const list = async (command: string) => (await session.run(command)).join();
  await session.waitForPrompt();
  assertEquals(await list("ls /proc/self/fd | xargs"), "0 1 2 3", "the last is the folder");
  const calls = "os.isatty(0), len(os.ttyname(0)) > 0, os.get_terminal_size().lines";
  const seen = '[f for f in range(64) if os.path.exists(f"/proc/self/fd/{f}")]';
  const command = `python3 -c 'import os; print(${calls}, ${seen})'`;
  assertEquals(await list(command), "True True 24 [0, 1, 2]");
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});

inBash("closing all descriptors does no harm", async (scene) => {
  const tells = await helper("terminal_reporter");
  await says(
    scene,
    ["True 24 0"],
    `python3 -c 'import os, termios as t; os.closerange(3, 4096); a = t.tcgetattr(0); ` +
      `t.tcsetattr(0, t.TCSANOW, a); os.closerange(3, 4096); ` +
      `print(os.isatty(0), os.get_terminal_size().lines, os.system("test -t 0"))'`,
  );
  await says(scene, ALL, `perl -MPOSIX -e 'POSIX::close($_) for 3 .. 255; exec "${tells}"'`);
  await says(scene, ["0"], `(for f in {3..255}; do eval "exec $f>&-"; done; test -t 0; echo $?)`);
}, { needs: ["cc", "python3", "perl"] });

inBash("file reads the terminal", async (scene) => {
  const { session } = scene;
  assertMatch((await session.run("file /bin/sh")).join(), /^\/bin\/sh: symbolic link/);
  assertMatch((await session.run("file -L /bin/sh")).join(""), /ELF 64-bit/);
  await session.launch("file -");
  session.type(`#!/bin/sh${ENTER}`);
  await session.waitForOutput("#!/bin/sh\r\n");
  await session.waitForOutput("/dev/stdin: POSIX shell script");
  await session.waitForPrompt();
}, { needs: ["file"] });

for (const kind of ["filter", "strict"]) {
  inBash(`a program that forbids itself system calls (${kind}) is not killed`, async (scene) => {
    const { session } = scene;
    await session.launch(`${await helper("seccomp_self")} ${kind}`);
    await session.waitForOutput("type: ");
    session.type(`a line${ENTER}`);
    await session.waitForOutput("got a line\r\n");
    session.type(ctrl("d"));
    await session.waitForPrompt();
    assertEquals(await session.run("echo $?"), ["0"]);
  }, { needs: ["cc"] });
}

inBash(
  "programs in bwrap have the terminal if they have the library, and run in any case",
  async (scene) => {
    const tells = await helper("terminal_reporter");
    const wrapped = "bwrap --ro-bind / / --dev /dev --proc /proc";
    await says(scene, ALL, `${wrapped} ${tells}`, `${wrapped} --unshare-all ${tells}`);
    await says(scene, ALL, `${wrapped} --unshare-pid --die-with-parent sh -c '${tells}; true'`);
    const bare = `${wrapped} --tmpfs /tmp --ro-bind ${tells} ${tells} --clearenv`;
    const lines = await scene.session.run(`${bare} ${tells}; true`);
    assertEquals(lines.length, 1, lines.join());
    assertMatch(lines[0], /^[01]{3} \d+ \d+$/);
  },
  { needs: ["cc", "bwrap"] },
);

inBash("threads, handlers and forks work with it", async (scene) => {
  const { session } = scene;
  const lines = ["first", "second", "third", "fourth"];
  await session.launch(`${await helper("terminal_threads", THREADS)} ${lines.length}`);
  await session.waitForOutput("go\r\n");
  for (const line of lines) {
    session.type(line + ENTER);
    await session.waitForOutput(`${line}\r\n`);
  }
  await session.waitFor(/^\d+ faults, /m, PATIENCE);
  await session.waitForPrompt();
  assertMatch(session.screen.text, /^0 faults, interrupted$/m);
}, { needs: ["cc"] });

throughRpty("a program on the terminal gets no io_uring, which would pass the library by", {
  needs: ["cc"],
}, async ({ session }) => {
  const ring = await helper("io_uring_setup");
  const { stdout } = await new Deno.Command(ring).output();
  const elsewhere = new TextDecoder().decode(stdout).trim();
  await session.waitForPrompt();
  assertEquals(await session.run(ring), ["EPERM"]);
  assertEquals(await session.run(`${ring} < /dev/null 2> /dev/null | cat`), [elsewhere]);
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});

inBash("strace and valgrind run programs with it", async (scene) => {
  const tells = await helper("terminal_reporter");
  await says(scene, ALL, `strace -f -o /dev/null ${tells}`, `strace -fo trace env ${tells}`);
  await says(scene, ["1"], "grep -c 'exited with 0' trace; rm trace");
  await says(scene, ALL, `valgrind -q --error-exitcode=9 ${tells}`);
  await says(scene, ["0"], `valgrind -q --error-exitcode=9 ${tells} > /dev/null; echo $?`);
}, { needs: ["cc", "strace", "valgrind"] });

inBash("gdb stops, steps and continues a program on the terminal", async (scene) => {
  const { session } = scene;
  const asks = await helper("stdio_questions");
  session.type(`gdb -q -nx -iex 'set debuginfod enabled off' ${asks}${ENTER}`);
  await session.waitForPrompt("(gdb) ");
  await session.run("set style enabled off", { prompt: "(gdb) " });
  await session.run("break main", { prompt: "(gdb) " });
  assertMatch((await session.run("run", { prompt: "(gdb) " })).join(), /Breakpoint 1,/);
  session.type(`continue${ENTER}`);
  await session.waitForOutput("name? ");
  session.type(`Ada${ENTER}`);
  await session.waitForOutput("age? ");
  session.type(ctrl("c"));
  await session.waitForOutput("SIGINT");
  await session.waitForPrompt("(gdb) ");
  session.type(`continue${ENTER}`);
  await session.waitForOutput("Continuing.");
  session.type(`36${ENTER}`);
  await session.waitForOutput("line? ");
  session.type(`all${ENTER}`);
  await session.waitForOutput("Ada is 36 and says all");
  await session.waitForPrompt("(gdb) ");
  session.type(`quit${ENTER}`);
  await session.waitForPrompt();
}, { needs: ["cc", "gdb"] });

/** The output of readelf for the library. */
function readelf(option: string): string {
  const args = ["--wide", option, `${ROOT}/build/librpty.so`];
  const { stdout, success } = new Deno.Command("readelf", { args }).outputSync();
  assert(success);
  return new TextDecoder().decode(stdout);
}

testWith(
  ["readelf"],
  "one library for every C library: it needs no version, and no library",
  () => {
    const dynamic = readelf("--dynamic");
    for (const tag of ["NEEDED", "TEXTREL", "VERNEED", "RPATH", "RUNPATH"]) {
      assert(!dynamic.includes(`(${tag})`), tag);
    }
    assertMatch(readelf("--version-info"), /No version information found/);
    assertMatch(readelf("--program-headers"), /GNU_STACK .* RW /);
    return Promise.resolve();
  },
);

testWith(["readelf"], "one library for every C library: what it borrows it can do without", () => {
  // Num, value, size, type, bind, visibility, section, name.
  const symbols = readelf("--dyn-syms").split("\n").map((line) => line.trim().split(/\s+/))
    .filter((fields) => /^\d+:$/.test(fields[0]) && fields[7] !== undefined);
  const borrowed = symbols.filter(([, , , , , , section]) => section === "UND");
  assert(borrowed.length > 0);
  assertEquals(borrowed.filter(([, , , , bind]) => bind !== "WEAK").map((fields) => fields[7]), []);
  assertEquals(symbols.filter((fields) => fields[7].includes("@")), []);
  // All of what both C libraries have; glibc's own only where it is asked for whether it is there.
  const names = borrowed.map((fields) => fields[7]).sort();
  assertEquals(names, [
    "__chk_fail",
    "__errno_location",
    "__libc_dlopen_mode",
    "__libc_dlsym",
    "__libc_single_threaded",
    "dlopen",
    "dlsym",
    "environ",
    "getpagesize",
    "gnu_get_libc_version",
    "pthread_setcanceltype",
    "setvbuf",
    "stderr",
    "stdin",
    "stdout",
  ]);
  return Promise.resolve();
});
