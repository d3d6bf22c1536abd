import { assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { toText } from "@std/streams";
import { cFunction } from "./c_functions.ts";
import { libc, SystemError } from "./libc.ts";
import { PLATFORM } from "./platform.ts";
import { type ExitReport, spawn, type SpawnOptions } from "./spawn.ts";

/** Milliseconds for a child. Waiting for its status does not keep a program running, but a timer does. */
const PATIENCE = 10_000;

function soon<Value>(promise: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("Cannot wait any longer")), PATIENCE);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** What a shell command writes to its 1 and 2, and how it ends. */
async function shell(
  command: string,
  options: Partial<SpawnOptions> = {},
): Promise<{ output: string; end: ExitReport; pid: number }> {
  const [readEnd, writeEnd] = libc.pipe();
  const stdin = libc.open("/dev/null", PLATFORM.open.O_RDONLY);
  const child = spawn(["sh", "-c", command], {
    stdin,
    stdout: writeEnd,
    stderr: writeEnd,
    ...options,
  });
  libc.close(stdin);
  libc.close(writeEnd);
  const file = await Deno.open(`/dev/fd/${readEnd}`);
  libc.close(readEnd);
  const output = await toText(file.readable);
  return { output, end: await soon(child.status), pid: child.pid };
}

Deno.test("spawn tells the exit status", async () => {
  assertEquals((await shell("exit 0")).end, { code: 0 });
  assertEquals((await shell("exit 255")).end, { code: 255 });
});

Deno.test("spawn tells the signal that killed", async () => {
  assertEquals((await shell("kill -KILL $$")).end, { signal: PLATFORM.signal.SIGKILL });
});

Deno.test("spawn wires the streams: one descriptor may be two", async () => {
  const { output } = await shell("cat; echo to 1; echo to 2 >&2; echo to 1 again");
  assertEquals(output, "to 1\nto 2\nto 1 again\n");
});

Deno.test("spawn throws ENOENT where there is no such program", () => {
  const streams = { stdin: 0, stdout: 1, stderr: 2 };
  const error = assertThrows(() => spawn(["rpty-no-such-program"], streams), SystemError);
  assertEquals(error.code, "ENOENT");
  assertEquals(error.message, 'Cannot run "rpty-no-such-program": No such file or directory');
  assertEquals(assertThrows(() => spawn(["/"], streams), SystemError).code, "EACCES");
});

Deno.test("spawn leaves the process group, or makes one", async () => {
  const group = "cut -d' ' -f5 /proc/$$/stat 2>/dev/null || ps -o pgid= -p $$";
  assertEquals(Number((await shell(group)).output), libc.getpgrp());
  const { output, pid } = await shell(group, { processGroup: true });
  assertEquals(Number(output), pid);
  assertNotEquals(pid, libc.getpgrp());
});

/** Which of the signals that a child should not ignore are ignored, by /proc's status. */
function ignoredIn(status: string): string[] {
  const ignored = BigInt(`0x${/^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1]}`);
  const names = ["SIGPIPE", "SIGTTIN", "SIGTTOU", "SIGTSTP"] as const;
  return names.filter((name) => ignored >> BigInt(PLATFORM.signal[name] - 1) & 1n);
}

Deno.test("spawn undoes ignored signals", async () => {
  const signal = cFunction("signal", { parameters: ["i32", "usize"], result: "usize" });
  const SIG_DFL = 0n;
  const stops = ["SIGTTIN", "SIGTTOU", "SIGTSTP"] as const;
  for (const name of stops) libc.ignoreSignal(name);
  // Deno itself ignores SIGPIPE.
  assertEquals(ignoredIn(await Deno.readTextFile("/proc/self/status")), ["SIGPIPE", ...stops]);
  assertEquals(ignoredIn((await shell("cat /proc/self/status")).output), []);
  for (const name of stops) signal(PLATFORM.signal[name], SIG_DFL);
});

Deno.test("spawn gives its environment, or ours", async () => {
  const environment = { PATH: "/usr/bin:/bin", NAME: "a = b\nc é" };
  const { output } = await shell("env -0 | sort -z", { environment });
  const variables = output.split("\0").filter((text) =>
    text !== "" && !/^(PWD|_|SHLVL)=/.test(text)
  );
  assertEquals(variables, ["NAME=a = b\nc é", "PATH=/usr/bin:/bin"]);
  assertEquals((await shell('printf %s "$PATH"')).output, Deno.env.get("PATH"));
});

Deno.test("spawn reaps each child, and none of Deno's", async () => {
  const command = new Deno.Command("sh", { args: ["-c", "exit 9"] }).output();
  const ends = await Promise.all([3, 4, 5].map((code) => shell(`exit ${code}`)));
  assertEquals(ends.map(({ end }) => end), [{ code: 3 }, { code: 4 }, { code: 5 }]);
  assertEquals((await command).code, 9);
  for (const { pid } of ends) {
    const gone = assertThrows(() => libc.kill(pid, "SIGCONT"), SystemError);
    assertEquals(gone.code, "ESRCH");
  }
});

Deno.test("spawn's children hold no pipe of ours", async () => {
  const [readEnd, writeEnd] = libc.pipe();
  const { ino } = libc.fstat(readEnd);
  const { output } = await shell("ls -l /proc/self/fd");
  assertStringIncludes(output, "1 -> pipe:[");
  assertEquals(output.includes(`pipe:[${ino}]`), false);
  libc.close(readEnd);
  libc.close(writeEnd);
});
