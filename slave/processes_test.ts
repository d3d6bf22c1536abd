import { assertEquals, assertNotEquals } from "@std/assert";
import { libc } from "../sys/libc.ts";
import { spawn } from "../sys/spawn.ts";
import { soon } from "../tests/harness/bell.ts";
import { testWith, UNSHARE } from "../tests/harness/needs.ts";
import { processTree } from "../tests/harness/processes.ts";
import { Script } from "../tests/harness/script.ts";
import { ensureVisibleSession } from "../tests/harness/visible_session.ts";
import {
  groupNamedBy,
  groupOf,
  groupReadsPipe,
  groupSeenBy,
  isAdministrator,
  sessionOf,
  sessionOfGroup,
  signalGroup,
  signalProcess,
} from "./processes.ts";

ensureVisibleSession();

/** More than any process number (PID_MAX_LIMIT). */
const NOBODY = 1 << 22;

/** Starts a program that, also as root, lacks CAP_SYS_ADMIN. */
const WITHOUT_CAPABILITY = Deno.uid() === 0 ? "exec setpriv --bounding-set=-sys_admin " : "exec ";

Deno.test("sessionOf tells a process's session", async () => {
  assertEquals(sessionOf(Deno.pid), libc.getsid(0));
  assertEquals(sessionOf(NOBODY), undefined);
  const leader = new Script("cat", { detached: true });
  assertEquals(sessionOf(leader.pid), leader.pid);
  await leader.end();
  assertEquals(sessionOf(leader.pid), undefined);
});

Deno.test("sessionOf knows no process 0, the number of all processes outside our PID namespace", () => {
  assertEquals([sessionOf(0), sessionOfGroup(0)], [undefined, undefined]);
});

Deno.test("sessionOfGroup tells a group's session", () => {
  assertEquals(sessionOfGroup(libc.getpgrp()), libc.getsid(0));
  assertEquals(sessionOfGroup(NOBODY), undefined);
});

Deno.test("sessionOfGroup takes a process's number for that of a group", async () => {
  const script = new Script("echo ready; read x");
  assertEquals(await script.line(), "ready");
  assertNotEquals(libc.getpgid(script.pid), script.pid);
  assertEquals(sessionOfGroup(script.pid), libc.getsid(0));
  await script.end();
});

testWith(["namespaces"], "groups have other numbers in another PID namespace", async () => {
  const inner = "setsid sh -c 'echo ready; read x; exit'";
  const script = new Script(`exec unshare ${UNSHARE.join(" ")} ${inner}`);
  assertEquals(await script.line(), "ready");
  const [, { pid }] = await processTree(script.pid);
  assertEquals(groupOf(pid), pid);
  assertEquals(groupSeenBy(pid, pid), 1);
  assertEquals(groupSeenBy(pid, libc.getpgrp()), 0);
  assertEquals(groupSeenBy(Deno.pid, pid), pid);
  assertEquals(groupNamedBy(pid, 1), pid);
  assertEquals(groupNamedBy(pid, 2), undefined);
  assertEquals(groupNamedBy(Deno.pid, pid), pid);
  await script.end();
});

Deno.test("isAdministrator knows capabilities", async () => {
  assertEquals(isAdministrator(NOBODY), false);
  const script = new Script(`${WITHOUT_CAPABILITY}sh -c 'echo ready; read x'`);
  assertEquals(await script.line(), "ready");
  assertEquals(isAdministrator(script.pid), false);
  await script.end();
});

Deno.test("sessionOfGroup finds a group whose leader is gone", async () => {
  const [stdin, lifeline] = libc.pipe();
  const streams = { stdin, stdout: 1, stderr: 2, processGroup: true };
  const leader = spawn(["sh", "-c", "exec 3<&0; cat <&3 &"], streams);
  libc.close(stdin);
  assertEquals(await soon(leader.status), { code: 0 });
  assertEquals(sessionOf(leader.pid), undefined);
  assertEquals(sessionOfGroup(leader.pid), libc.getsid(0));
  libc.close(lifeline);
});

Deno.test("signalGroup signals all of a group, in order", async () => {
  const script = new Script("exec 3<&0; cat <&3 & echo ready; cat", { detached: true });
  assertEquals(await script.line(), "ready");
  signalGroup(script.pid, "SIGSTOP", "SIGCONT", "SIGTERM");
  assertEquals((await soon(script.ended())).signal, "SIGTERM");
});

Deno.test("signalProcess signals a process, and ignores one that is gone", async () => {
  const script = new Script("trap 'exit 5' TERM; echo ready; read x");
  assertEquals(await script.line(), "ready");
  signalProcess(script.pid, "SIGCONT", "SIGTERM");
  assertEquals((await script.end()).code, 5);
  signalProcess(script.pid, "SIGTERM");
  signalGroup(script.pid, "SIGTERM");
});

Deno.test("groupReadsPipe finds a process that sleeps in a read of a pipe", async () => {
  const [readEnd, writeEnd] = libc.pipe();
  const child = spawn(["cat"], { stdin: readEnd, stdout: 2, stderr: 2, processGroup: true });
  libc.close(readEnd);
  try {
    // Once it runs it sleeps in nothing else; until then it is being started.
    while (!groupReadsPipe(child.pid)) await new Promise((resolve) => setTimeout(resolve, 1));
  } finally {
    libc.close(writeEnd);
    await soon(child.status);
  }
  assertEquals(groupReadsPipe(child.pid), false);
});
