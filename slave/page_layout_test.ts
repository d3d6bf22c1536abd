import { assertEquals } from "@std/assert";
import * as layout from "./page_layout.ts";

const HEADER = new URL("../interpose/page.h", import.meta.url).pathname;

/** Compiles a C program that prints the header's view of each name, and gives what it prints. */
async function printedByC(): Promise<Record<string, string>> {
  const numbers: Record<string, string> = {
    PAGE_MAGIC: "RPTY_PAGE_MAGIC",
    PAGE_VERSION: "RPTY_PAGE_VERSION",
    PAGE_SIZE: "RPTY_PAGE_SIZE",
    NAME_SIZE: "sizeof ((struct rpty_page *)0)->name",
    TERMIOS_SIZE: "sizeof (struct rpty_termios)",
    "PAGE_FLAGS.HUNG_UP": "RPTY_HUNG_UP",
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
  const prints = Object.entries(numbers).map(([name, expression]) =>
    `printf("${name} %lld\\n", (long long)(${expression}));`
  );
  const files = Object.keys(layout.FILES).map((name) =>
    `printf("FILES.${name} %s\\n", RPTY_FILE_${name.toUpperCase()});`
  );
  return await runC(`#include <stddef.h>
    #include <stdio.h>
    #include "${HEADER}"
    int main(void) { ${[...prints, ...files].join("\n")} return 0; }`);
}

async function runC(source: string): Promise<Record<string, string>> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/print.c`, source);
    const compiled = await new Deno.Command("cc", {
      args: ["-std=c11", "-Wall", "-Werror", "-o", `${directory}/print`, `${directory}/print.c`],
    }).output();
    assertEquals(new TextDecoder().decode(compiled.stderr), "");
    const printed = await new Deno.Command(`${directory}/print`).output();
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

Deno.test("page_layout.ts says what interpose/page.h says", async () => {
  assertEquals(flatten({ ...layout }), await printedByC());
});
