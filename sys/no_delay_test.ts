import { assertEquals } from "@std/assert";
import { cFunction } from "./c_functions.ts";
import { libc } from "./libc.ts";
import { setNoDelay, setNoDelayBelow } from "./no_delay.ts";
import { soon } from "../tests/harness/bell.ts";
import { type Child, spawn } from "./spawn.ts";

const AF_INET = 2;
const SOCK_STREAM = 1;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;

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
  libc.close(socket);
  setNoDelay(socket);
});

/** A shell whose child alone holds the socket, and goes on until `end`. */
function shellWithChild(socket: number): { child: Child; end: () => void } {
  const [input, inputEnd] = libc.pipe();
  const [told, outputEnd] = libc.pipe();
  // A program in the background reads /dev/null unless it is told otherwise.
  const script = "exec 3<&0; cat <&3 & exec >&2; echo; wait";
  const child = spawn(["sh", "-c", script], { stdin: input, stdout: socket, stderr: outputEnd });
  for (const fd of [input, outputEnd]) libc.close(fd);
  assertEquals(libc.read(told, new Uint8Array(1)), 1);
  libc.close(told);
  return { child, end: () => libc.close(inputEnd) };
}

Deno.test("setNoDelayBelow sets what a process's child holds", async () => {
  const socket = tcpSocket();
  const { child, end } = shellWithChild(socket);
  assertEquals(hasNoDelay(socket), false);
  setNoDelayBelow(child.pid);
  assertEquals(hasNoDelay(socket), true);
  end();
  await soon(child.status);
  libc.close(socket);
});
