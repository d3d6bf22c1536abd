// Run on a kernel pseudoterminal.

import { assertEquals } from "@std/assert";
import { Pty } from "../tests/harness/kernel_pty.ts";
import { libc } from "../sys/libc.ts";
import { isLinuxPty, mapsNewlines, writeMapped } from "./linux_pty.ts";

const onLinux = Deno.build.os === "linux";

function onPty(name: string, fn: (pty: Pty) => void): void {
  Deno.test({
    name,
    ignore: !onLinux,
    fn: () => {
      using pty = new Pty();
      fn(pty);
    },
  });
}

onPty("isLinuxPty knows one by its name", ({ slave }) => {
  assertEquals(isLinuxPty(libc.ttyname(slave)), true);
  for (const other of ["/dev/tty1", "/dev/rpty/12", "/dev/ttys001", "/dev/tty", undefined]) {
    assertEquals(isLinuxPty(other), false);
  }
});

onPty("mapsNewlines says whether CR before NL is all that is made of output", ({ slave }) => {
  const usual = libc.tcgetattr(slave);
  assertEquals(mapsNewlines(slave), true);
  for (
    const other of [{ OPOST: false }, { ONLCR: false }, { OLCUC: true }, { OCRNL: true }, {
      ONOCR: true,
    }, {
      ONLRET: true,
    }, { TABDLY: 3 }]
  ) {
    libc.tcsetattr(slave, "TCSANOW", { ...usual, ...other });
    assertEquals(mapsNewlines(slave), false, JSON.stringify(other));
  }
});

onPty("writeMapped puts no CR before an NL, and leaves the settings as it found them", (pty) => {
  const before = pty.struct;
  assertEquals(writeMapped(pty.slave, new TextEncoder().encode("one\r\ntwo\n")), 9);
  assertEquals(pty.struct, before);
  libc.write(pty.slave, new TextEncoder().encode("three\n"));
  const shown = "one\r\ntwo\nthree\r\n";
  assertEquals(pty.shown(shown.length), shown);
});

onPty("writeMapped keeps the column, by which a tab is erased", (pty) => {
  const text = `${"text\r\n".repeat(10)}12345`;
  writeMapped(pty.slave, new TextEncoder().encode(text));
  pty.type("\t\x7f");
  const shown = `${text}\t\b\b\b`;
  assertEquals(pty.shown(shown.length), shown);
});
