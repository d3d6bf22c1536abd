import { assertEquals } from "@std/assert";
import { SANE_TERMIOS, type Termios, VDISABLE } from "../tty/termios.ts";
import { DARWIN } from "./platform_darwin.ts";
import { decodeTermios, encodeTermios } from "./termios_codec.ts";

/** The names and values of Darwin's headers, as they stand there. */
const HEADERS = {
  // sys/termios.h, c_cc
  characterIndex: `VEOF 0 VEOL 1 VEOL2 2 VERASE 3 VWERASE 4 VKILL 5 VREPRINT 6 VINTR 8 VQUIT 9
    VSUSP 10 VDSUSP 11 VSTART 12 VSTOP 13 VLNEXT 14 VDISCARD 15 VMIN 16 VTIME 17 VSTATUS 18`,
  iflag: `IGNBRK 0x00000001 BRKINT 0x00000002 IGNPAR 0x00000004 PARMRK 0x00000008
    INPCK 0x00000010 ISTRIP 0x00000020 INLCR 0x00000040 IGNCR 0x00000080 ICRNL 0x00000100
    IXON 0x00000200 IXOFF 0x00000400 IXANY 0x00000800 IMAXBEL 0x00002000 IUTF8 0x00004000`,
  oflag: `OPOST 0x00000001 ONLCR 0x00000002 ONOEOT 0x00000008 OCRNL 0x00000010 ONOCR 0x00000020
    ONLRET 0x00000040 OFILL 0x00000080 OFDEL 0x00020000`,
  cflag: `CSTOPB 0x00000400 CREAD 0x00000800 PARENB 0x00001000 PARODD 0x00002000 HUPCL 0x00004000
    CLOCAL 0x00008000 CRTSCTS 0x00030000`,
  lflag: `ECHOKE 0x00000001 ECHOE 0x00000002 ECHOK 0x00000004 ECHO 0x00000008 ECHONL 0x00000010
    ECHOPRT 0x00000020 ECHOCTL 0x00000040 ISIG 0x00000080 ICANON 0x00000100 ALTWERASE 0x00000200
    IEXTEN 0x00000400 EXTPROC 0x00000800 TOSTOP 0x00400000 FLUSHO 0x00800000
    NOKERNINFO 0x02000000 PENDIN 0x20000000 NOFLSH 0x80000000`,
  // sys/signal.h
  signal: `SIGHUP 1 SIGINT 2 SIGQUIT 3 SIGKILL 9 SIGPIPE 13 SIGTERM 15 SIGURG 16 SIGSTOP 17
    SIGTSTP 18 SIGCONT 19 SIGCHLD 20 SIGTTIN 21 SIGTTOU 22 SIGWINCH 28`,
  // sys/fcntl.h
  open: `O_RDONLY 0x0000 O_WRONLY 0x0001 O_RDWR 0x0002 O_NONBLOCK 0x00000004 O_CREAT 0x00000200
    O_NOCTTY 0x00020000 O_CLOEXEC 0x01000000 O_APPEND 0x00000008 O_NOFOLLOW 0x00000100`,
  fcntl: "F_GETFD 1 F_SETFD 2 F_GETFL 3 F_SETFL 4 FD_CLOEXEC 1",
  // sys/poll.h
  poll: "POLLIN 0x0001 POLLOUT 0x0004 POLLERR 0x0008 POLLHUP 0x0010 POLLNVAL 0x0020",
  // sys/socket.h
  message: "MSG_DONTWAIT 0x80",
  tcsetattr: "TCSANOW 0 TCSADRAIN 1 TCSAFLUSH 2",
  tcflow: "TCOOFF 1 TCOON 2 TCIOFF 3 TCION 4",
  // sys/wait.h
  wait: "WSTOPPED 0x00000008",
  // sys/errno.h
  errno:
    `EPERM 1 ENOENT 2 ESRCH 3 EINTR 4 EIO 5 ENXIO 6 EACCES 13 EBUSY 16 EEXIST 17 EINVAL 22 ENOTTY 25
    EPIPE 32 EAGAIN 35 ENOSYS 78`,
} as const;

function definitions(text: string): Record<string, number> {
  const words = text.split(/\s+/);
  return Object.fromEntries(
    words.filter((_, i) => i % 2 === 0).map((name, i) => [name, Number(words[i * 2 + 1])]),
  );
}

for (const [table, text] of Object.entries(HEADERS)) {
  Deno.test(`DARWIN has the header's values of ${table}`, () => {
    const tables = { ...DARWIN, ...DARWIN.termios } as unknown as Record<string, unknown>;
    assertEquals(tables[table], definitions(text));
  });
}

/** sys/ioccom.h's _IOC: direction, bytes of the argument, group, number. */
function ioc(direction: bigint, group: string, number: number, bytes: number): bigint {
  return direction | BigInt(bytes) << 16n | BigInt(group.charCodeAt(0)) << 8n | BigInt(number);
}

Deno.test("DARWIN has the ioctl numbers that sys/ttycom.h and sys/filio.h compute", () => {
  const IOC_OUT = 0x40000000n;
  const IOC_IN = 0x80000000n;
  assertEquals(DARWIN.ioctl, {
    TIOCGWINSZ: ioc(IOC_OUT, "t", 104, 8),
    TIOCSWINSZ: ioc(IOC_IN, "t", 103, 8),
    FIONREAD: ioc(IOC_OUT, "f", 127, 4),
    TIOCOUTQ: ioc(IOC_OUT, "t", 115, 4),
  });
});

/** What `stty sane` gives in Terminal, as the struct's 64-bit words and c_cc. */
function saneStruct(): Uint8Array {
  const struct = new Uint8Array(72);
  const view = new DataView(struct.buffer);
  const words = [0x6b02n, 0x3n, 0x4b00n, 0x200005cbn];
  words.forEach((word, index) => view.setBigUint64(index * 8, word, true));
  const characters = [
    4,
    0xff,
    0xff,
    127,
    23,
    21,
    18,
    0xff,
    3,
    28,
    26,
    25,
    17,
    19,
    22,
    15,
    1,
    0,
    20,
  ];
  struct.set(characters, 32);
  view.setBigUint64(56, 38400n, true);
  view.setBigUint64(64, 38400n, true);
  return struct;
}

Deno.test("DARWIN's struct termios is read by name", () => {
  const termios = decodeTermios(saneStruct(), DARWIN.termios);
  const expected: Partial<Termios> = {
    ICANON: true,
    ECHO: true,
    ISIG: true,
    IEXTEN: true,
    PENDIN: true,
    NOFLSH: false,
    ICRNL: true,
    IXON: true,
    IUTF8: true,
    OPOST: true,
    ONLCR: true,
    CREAD: true,
    HUPCL: true,
    CSIZE: 8,
    TABDLY: 0,
    VEOF: 4,
    VEOL: VDISABLE,
    VINTR: 3,
    VDSUSP: 25,
    VSTATUS: 20,
    VMIN: 1,
    VTIME: 0,
    ISPEED: 38400,
    OSPEED: 38400,
  };
  for (const [name, value] of Object.entries(expected)) {
    assertEquals([name, termios[name as keyof Termios]], [name, value]);
  }
});

Deno.test("DARWIN's struct termios is written as it was read", () => {
  const struct = saneStruct();
  const written = saneStruct();
  encodeTermios(decodeTermios(struct, DARWIN.termios), written, DARWIN.termios);
  assertEquals(written, struct);
});

Deno.test("DARWIN's highest flag and its split tab field are written and read", () => {
  const struct = saneStruct();
  encodeTermios({ ...SANE_TERMIOS, NOFLSH: true, TABDLY: 3 }, struct, DARWIN.termios);
  const view = new DataView(struct.buffer);
  assertEquals(view.getBigUint64(24, true) & 0x80000000n, 0x80000000n);
  assertEquals(view.getBigUint64(8, true), 0x7n);
  const { NOFLSH, TABDLY } = decodeTermios(struct, DARWIN.termios);
  assertEquals({ NOFLSH, TABDLY }, { NOFLSH: true, TABDLY: 3 });
});
