import { assert, assertEquals } from "@std/assert";
import { cFunction } from "./c_functions.ts";
import { setNoDelay, setNoDelayBelow } from "./no_delay.ts";
import { soon } from "../tests/harness/bell.ts";
import { eventually } from "../tests/harness/processes.ts";
import { spawn } from "./spawn.ts";

/** How long, in ms, a busy machine may take to start a shell. */
const PATIENCE = 10_000;

const AF_INET = 2;
const SOCK_STREAM = 1;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;

const close = cFunction("close", { parameters: ["i32"], result: "i32" });
const getsockopt = cFunction("getsockopt", {
  parameters: ["i32", "i32", "i32", "buffer", "buffer"],
  result: "i32",
});

function tcpSocket(): number {
  const socket = cFunction("socket", { parameters: ["i32", "i32", "i32"], result: "i32" });
  return socket(AF_INET, SOCK_STREAM, 0);
}

function hasNoDelay(fd: number): boolean {
  const [value, length] = [new Int32Array(1), new Uint32Array([4])];
  getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, value, length);
  return value[0] !== 0;
}

Deno.test("setNoDelay sets a TCP socket, and leaves anything else alone", () => {
  const socket = tcpSocket();
  assertEquals(hasNoDelay(socket), false);
  setNoDelay(socket);
  assertEquals(hasNoDelay(socket), true);
  close(socket);
  setNoDelay(socket);
});

Deno.test("setNoDelayBelow sets what a process and its children hold", async () => {
  const socket = tcpSocket();
  const child = spawn(["sh", "-c", "cat & wait"], { stdin: socket, stdout: socket, stderr: 2 });
  try {
    // Both processes share the socket. While the shell is still being started, users may not look into it.
    const isSet = () => (setNoDelayBelow(child.pid), hasNoDelay(socket));
    assert(await eventually(isSet, PATIENCE), "Nagle's algorithm is still on");
  } finally {
    Deno.kill(child.pid, "SIGKILL");
    await soon(child.status);
    close(socket);
  }
});
