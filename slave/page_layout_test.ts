import { assertEquals } from "@std/assert";
import { LINUX } from "../sys/platform_linux.ts";
import { testWith } from "../tests/harness/needs.ts";
import * as layout from "./page_layout.ts";

const HEADER = new URL("../interpose/terminal/page.h", import.meta.url).pathname;

/** A machine: how C is compiled for it, and what runs the result. */
interface Machine {
  readonly name: string;
  readonly compiler: readonly [string, ...string[]];
  readonly emulator: readonly string[];
}

const HERE: Machine = { name: "here", compiler: ["cc"], emulator: [] };
const AARCH64: Machine = {
  name: "on aarch64",
  compiler: ["aarch64-linux-gnu-gcc", "-static"],
  emulator: ["qemu-aarch64-static"],
};

/** What page_layout.ts has a number for: its name there, and the expression in C. */
function mirrored(): Record<string, string> {
  const numbers: Record<string, string> = {
    PAGE_MAGIC: "RPTY_PAGE_MAGIC",
    PAGE_VERSION: "RPTY_PAGE_VERSION",
    PAGE_SIZE: "RPTY_PAGE_SIZE",
    NAME_SIZE: "sizeof ((struct rpty_page *)0)->name",
    TERMIOS_SIZE: "sizeof (struct rpty_termios)",
    "PAGE_FLAGS.HUNG_UP": "RPTY_HUNG_UP",
    "PAGE_FLAGS.STOPPED": "RPTY_STOPPED",
    "PAGE_FLAGS.EXCLUSIVE": "RPTY_EXCLUSIVE",
    SILENCE_LIMIT: "RPTY_SILENCE_LIMIT_MS",
    "VIA.ITSELF": "RPTY_VIA_ITSELF",
    "VIA.KEEPER": "RPTY_VIA_KEEPER",
    "VIA.DOOR": "RPTY_VIA_DOOR",
    "NOTE.STDIO": "RPTY_NOTE_STDIO",
    "JOB.FOREGROUND": "RPTY_JOB_FOREGROUND",
    "JOB.IS_IN_FRONT": "RPTY_JOB_IS_IN_FRONT",
    "REQUEST.size": "sizeof (struct rpty_request)",
    "REPLY.size": "sizeof (struct rpty_reply)",
  };
  for (const name of Object.keys(layout.PAGE)) {
    numbers[`PAGE.${name}`] = `offsetof(struct rpty_page, ${name})`;
  }
  for (const name of Object.keys(layout.OPERATIONS)) {
    numbers[`OPERATIONS.${name}`] = `RPTY_${name}`;
  }
  for (
    const [constant, struct] of [["REQUEST", "rpty_request"], ["REPLY", "rpty_reply"]] as const
  ) {
    for (const name of Object.keys(layout[constant])) {
      if (name !== "size") numbers[`${constant}.${name}`] = `offsetof(struct ${struct}, ${name})`;
    }
  }
  return numbers;
}

/** The same for texts. */
function mirroredTexts(): Record<string, string> {
  const files = Object.keys(layout.FILES).map((name) => [
    `FILES.${name}`,
    `RPTY_FILE_${name.toUpperCase()}`,
  ]);
  return { ...Object.fromEntries(files), OWN_DIRECTORY: "RPTY_OWN_DIRECTORY" };
}

/** Compiles a C program that prints the header's view of each name, and gives what it prints. */
async function printedByC(machine: Machine): Promise<Record<string, string>> {
  const prints = Object.entries(mirrored()).map(([name, expression]) =>
    `printf("${name} %lld\\n", (long long)(${expression}));`
  );
  const files = Object.entries(mirroredTexts()).map(([name, expression]) =>
    `printf("${name} %s\\n", ${expression});`
  );
  return await runC(
    machine,
    `#include <stddef.h>
    #include <stdio.h>
    #include "${HEADER}"
    int main(void) { ${[...prints, ...files].join("\n")} return 0; }`,
  );
}

async function runC(machine: Machine, source: string): Promise<Record<string, string>> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/print.c`, source);
    const [compiler, ...flags] = machine.compiler;
    const compiled = await new Deno.Command(compiler, {
      args: [
        ...flags,
        "-std=c11",
        "-Wall",
        "-Werror",
        "-o",
        `${directory}/print`,
        `${directory}/print.c`,
      ],
    }).output();
    assertEquals(new TextDecoder().decode(compiled.stderr), "");
    const [program, ...args] = [...machine.emulator, `${directory}/print`];
    const printed = await new Deno.Command(program, { args }).output();
    const lines = new TextDecoder().decode(printed.stdout).trim().split("\n");
    return Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function flatten(constants: Record<string, unknown>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(constants)) {
    if (typeof value !== "object") flat[name] = String(value);
    else {for (const [member, number] of Object.entries(value as object)) {
        flat[`${name}.${member}`] = String(number);
      }}
  }
  return flat;
}

/** The requests that interpose/terminal/ioctl.c answers, by their names in the C library's headers. */
const REQUESTS = [
  ..."TCGETS TCSETS TCSETSW TCSETSF TCGETA TCSETA TCSETAW TCSETAF TIOCGWINSZ TIOCSWINSZ".split(" "),
  ..."TIOCGPGRP TIOCSPGRP TIOCGSID TIOCSCTTY TIOCNOTTY FIONREAD TIOCOUTQ TCFLSH TCXONC".split(" "),
  ..."TCSBRK TCSBRKP FIOASYNC TIOCGETD".split(" "),
];

/** What the C library's headers say of terminals. */
function terminalByC(machine: Machine): Promise<Record<string, string>> {
  const numbers: Record<string, string> = {
    size: "sizeof (struct termios)",
    characters: "offsetof(struct termios, c_cc)",
    speeds: "offsetof(struct termios, c_ispeed)",
    ...Object.fromEntries(REQUESTS.map((name) => [name, name])),
  };
  const prints = Object.entries(numbers).map(([name, expression]) =>
    `printf("${name} %lld\\n", (long long)(${expression}));`
  );
  const includes = ["stddef.h", "stdio.h", "sys/ioctl.h", "termios.h"]
    .map((header) => `#include <${header}>`);
  return runC(machine, [...includes, `int main(void) { ${prints.join("\n")} }`].join("\n"));
}

/** What the kernel's headers say of its own forms. */
function kernelByC(machine: Machine): Promise<Record<string, string>> {
  return runC(
    machine,
    `#include <stdio.h>
    #include <asm/ioctls.h>
    #include <asm/termbits.h>
    #include <asm/ioctl.h>
    int main(void) {
      printf("TCGETS2 %x\\nTCSETS2 %x\\n", (unsigned)TCGETS2, (unsigned)TCSETS2);
      printf("termios %zu\\ntermios2 %zu\\n", sizeof (struct termios), sizeof (struct termios2));
    }`,
  );
}

async function assertLayouts(machine: Machine): Promise<void> {
  assertEquals(flatten({ ...layout }), await printedByC(machine));
  const terminal = await terminalByC(machine);
  assertEquals(Number(terminal.size), LINUX.termios.size);
  assertEquals(Number(terminal.characters), LINUX.termios.characters.offset);
  assertEquals(Number(terminal.speeds), LINUX.termios.speedOffset);
  for (const [name, number] of Object.entries(LINUX.ioctl)) {
    assertEquals(BigInt(terminal[name]), number, name);
  }
  // As interpose/terminal/ioctl.c and interpose/terminal/termios_form.h have them.
  assertEquals(await kernelByC(machine), {
    TCGETS2: "802c542a",
    TCSETS2: "402c542b",
    termios: "36",
    termios2: "44",
  });
}

/** Constants that the programs and the keeper know alone, without the slave. */
const FOR_C_ALONE = [
  "RPTY_PAGE_H",
  "RPTY_MARK_INPUT",
  "RPTY_MARK_OUTPUT",
  "RPTY_MARK_ONE_WAY",
  "RPTY_MARK_DEV_TTY",
  "RPTY_MARK_BY_NAME",
  "RPTY_MARK_FIRST",
  "RPTY_REACHES", // the keeper's flag
];

/** The structs that are mirrored by their fields; rpty_termios and rpty_winsize are the C library's own. */
const STRUCTS = { rpty_page: layout.PAGE, rpty_request: layout.REQUEST, rpty_reply: layout.REPLY };
const WHOLE_STRUCTS = ["rpty_termios", "rpty_winsize"];

/** The constants that a header defines, by #define or in an enum. */
function constantsIn(header: string): string[] {
  const defined = [...header.matchAll(/^#define (\w+)/gm)];
  const enumerated = [...header.matchAll(/^ +(\w+) =\s+\d+,/gm)];
  return [...defined, ...enumerated].map(([, name]) => name);
}

/** The names of the fields of each struct that a header defines. */
function fieldsIn(header: string): Record<string, string[]> {
  const structs = [...header.matchAll(/^struct (\w+) \{\n(.*?)^\};/gms)];
  return Object.fromEntries(structs.map(([, struct, body]) => {
    const declarations = [...body.matchAll(/^ +(?:struct )?\w+ ([^;]+);/gm)];
    const names = declarations.flatMap(([, list]) => list.split(",").map((name) => name.trim()));
    return [struct, names.map((name) => name.replace(/\[\d+\]$/, ""))];
  }));
}

function withoutComments(header: string): string {
  return header.replaceAll(/\/\*.*?\*\//gs, "");
}

Deno.test("page_layout.ts has each constant and field of interpose/terminal/page.h that is not for C alone", async () => {
  const header = withoutComments(await Deno.readTextFile(HEADER));
  const expressions = Object.values({ ...mirrored(), ...mirroredTexts() }).join(" ");
  const known = new Set([...expressions.match(/\bRPTY_\w+/g) ?? [], ...FOR_C_ALONE]);
  assertEquals(new Set(constantsIn(header)), known);
  const fields = fieldsIn(header);
  assertEquals(Object.keys(fields).sort(), [...Object.keys(STRUCTS), ...WHOLE_STRUCTS].sort());
  for (const [struct, mirror] of Object.entries(STRUCTS)) {
    assertEquals(fields[struct], Object.keys(mirror).filter((name) => name !== "size"), struct);
  }
});

Deno.test("page_layout.ts says what interpose/terminal/page.h says, and the platform what C's headers say", async () => {
  await assertLayouts(HERE);
});

testWith(
  [AARCH64.compiler[0], ...AARCH64.emulator],
  "page_layout.ts and the platform are right on aarch64, too",
  async () => {
    await assertLayouts(AARCH64);
    assertEquals(await terminalByC(AARCH64), await terminalByC(HERE));
  },
);
