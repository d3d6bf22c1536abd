import { assertEquals, assertThrows } from "@std/assert";
import { cFunction } from "./c_functions.ts";
import { libc, SystemError } from "./libc.ts";
import { socketCalls } from "./standard_streams.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;

function socketPair(): [number, number] {
  const socketpair = cFunction("socketpair", {
    parameters: ["i32", "i32", "i32", "buffer"],
    result: "i32",
  });
  const fds = new Int32Array(2);
  assertEquals(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
  return [fds[0], fds[1]];
}

Deno.test("socketCalls read, write, and tell what would block", () => {
  const [near, far] = socketPair();
  const calls = socketCalls();
  const buffer = new Uint8Array(8);
  assertEquals(calls.read(near, buffer), undefined);
  assertEquals(calls.write(far, new TextEncoder().encode("x")), 1);
  assertEquals(calls.read(near, buffer), 1);
  calls.close(far);
  assertEquals(calls.read(near, buffer), 0);
  calls.close(near);
});

Deno.test("socketCalls take a broken connection for an error, not for an end", () => {
  const [near, far] = socketPair();
  const calls = socketCalls();
  calls.write(near, new Uint8Array(1));
  libc.close(far); // with a byte that was not read
  assertThrows(() => calls.read(near, new Uint8Array(8)), SystemError, "reset");
  calls.close(near);
});
