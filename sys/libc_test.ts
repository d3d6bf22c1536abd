// The calls, on a kernel pseudoterminal.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Pty } from "../tests/harness/kernel_pty.ts";
import { cFunction, cString, cSymbol } from "./c_functions.ts";
import { describeErrno, libc, SystemError } from "./libc.ts";
import { PLATFORM } from "./platform.ts";

const { O_RDONLY, O_RDWR } = PLATFORM.open;
const onLinux = Deno.build.os === "linux";

const setStruct = cFunction("tcsetattr", { parameters: ["i32", "i32", "buffer"], result: "i32" });

function errorOf(call: () => unknown): SystemError {
  return assertThrows(call, SystemError);
}

Deno.test("libc.tcsetattr sets what tcgetattr then tells", () => {
  using pty = new Pty();
  const raw = { ...libc.tcgetattr(pty.slave), ICANON: false, ECHO: false, VMIN: 3, VINTR: -1 };
  libc.tcsetattr(pty.slave, "TCSANOW", raw);
  assertEquals(libc.tcgetattr(pty.slave), raw);
});

Deno.test("libc.tcsetattr keeps the bits that no setting names", { ignore: !onLinux }, () => {
  using pty = new Pty();
  const NAMELESS_BIT = 0x40000000;
  const struct = pty.struct;
  new DataView(struct.buffer).setUint32(0, NAMELESS_BIT, true);
  assertEquals(setStruct(pty.slave, 0, struct), 0);
  libc.tcsetattr(pty.slave, "TCSANOW", { ...libc.tcgetattr(pty.slave), ISTRIP: true });
  const ISTRIP = PLATFORM.termios.iflag.ISTRIP as number;
  assertEquals(new DataView(pty.struct.buffer).getUint32(0, true), NAMELESS_BIT | ISTRIP);
});

Deno.test("libc.setWinsize sets what getWinsize then tells", () => {
  using pty = new Pty();
  const winsize = { rows: 43, cols: 132, xpixel: 1056, ypixel: 65535 };
  libc.setWinsize(pty.master, winsize);
  assertEquals(libc.getWinsize(pty.slave), winsize);
});

Deno.test("libc.inputQueue counts what can be read", () => {
  using pty = new Pty();
  assertEquals(libc.inputQueue(pty.slave), 0);
  pty.type("line\nhal");
  assertEquals(libc.inputQueue(pty.slave), 5);
});

Deno.test("libc.read gives nothing where it would block, and 0 at an end of file", () => {
  using pty = new Pty();
  const buffer = new Uint8Array(8);
  assertEquals(libc.read(pty.slave, buffer), undefined);
  pty.type("\x04");
  assertEquals(libc.read(pty.slave, buffer), 0);
  assertEquals(libc.read(pty.slave, buffer), undefined);
});

Deno.test("libc.write gives nothing where it would block", () => {
  const [readEnd, writeEnd] = libc.pipe();
  libc.setNonblocking(writeEnd);
  const chunk = new Uint8Array(65536);
  let written = 0;
  for (let part; (part = libc.write(writeEnd, chunk)) !== undefined;) written += part;
  assert(written >= chunk.length);
  libc.close(readEnd);
  assertEquals(errorOf(() => libc.write(writeEnd, chunk)).code, "EPIPE");
  libc.close(writeEnd);
});

Deno.test("libc.tcflush drops one queue", () => {
  using pty = new Pty();
  pty.type("typed\n");
  libc.tcflush(pty.slave, "output");
  assertEquals(libc.inputQueue(pty.slave), 6);
  libc.tcflush(pty.slave, "input");
  assertEquals(libc.inputQueue(pty.slave), 0);
});

Deno.test("libc.ttyname and isatty know a terminal", () => {
  using pty = new Pty();
  assertEquals(libc.ttyname(pty.slave), pty.name);
  assertEquals(libc.isatty(pty.slave), true);
  const [readEnd, writeEnd] = libc.pipe();
  assertEquals(libc.ttyname(readEnd), undefined);
  assertEquals(libc.isatty(readEnd), false);
  libc.close(readEnd);
  libc.close(writeEnd);
});

Deno.test("libc.fstat tells device, inode and kind", async () => {
  const path = await Deno.makeTempFile();
  const fd = libc.open(path, O_RDONLY);
  const { dev, ino, mode } = await Deno.stat(path);
  const status = libc.fstat(fd);
  assertEquals([Number(status.dev), Number(status.ino), status.mode], [dev, ino ?? 0, mode ?? 0]);
  libc.close(fd);
  await Deno.remove(path);

  using pty = new Pty();
  assertEquals(Number(libc.fstat(pty.slave).rdev), (await Deno.stat(pty.name)).rdev);
});

Deno.test("libc.open makes files of the mode that it is given", async () => {
  const directory = await Deno.makeTempDir();
  const fd = libc.open(`${directory}/new`, O_RDWR | PLATFORM.open.O_CREAT, 0o600);
  assertEquals(libc.fstat(fd).mode & 0o777, 0o600);
  libc.close(fd);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("libc.pipe's ends are closed on exec", () => {
  const { F_GETFD, FD_CLOEXEC } = PLATFORM.fcntl;
  for (const fd of libc.pipe()) {
    assertEquals(libc.fcntl(fd, F_GETFD, 0), FD_CLOEXEC);
    libc.close(fd);
  }
});

Deno.test("libc.getpgrp is our own group", () => {
  assertEquals(libc.getpgrp(), libc.getpgid(Deno.pid));
});

Deno.test("libc.groupExists knows a group that has processes", () => {
  assertEquals(libc.groupExists(libc.getpgrp()), true);
  // Larger than any process number.
  assertEquals(libc.groupExists(0x7fff_fffe), false);
});

Deno.test("SystemError tells call, number and name", () => {
  const missing = errorOf(() => libc.open("/no such place", O_RDONLY));
  assertEquals([missing.code, missing.errno], ["ENOENT", PLATFORM.errno.ENOENT]);
  assertEquals(missing.message, 'Cannot open "/no such place": No such file or directory');

  const [readEnd, writeEnd] = libc.pipe();
  assertEquals(errorOf(() => libc.tcgetattr(readEnd)).code, "ENOTTY");
  assertEquals(errorOf(() => libc.getWinsize(readEnd)).code, "ENOTTY");
  libc.close(readEnd);
  libc.close(writeEnd);
  // EBADF is not an error that rpty knows by name.
  assertEquals(errorOf(() => libc.close(readEnd)).code, "9");
});

Deno.test("describeErrno gives the system's words", () => {
  assertEquals(describeErrno(PLATFORM.errno.EACCES), "Permission denied");
});

Deno.test("cSymbol refuses what the C library hasn't", () => {
  assertThrows(() => cSymbol("rpty_is_not_in_libc"), TypeError, "rpty_is_not_in_libc");
  assertEquals(cString("é"), new Uint8Array([0xc3, 0xa9, 0]));
});
