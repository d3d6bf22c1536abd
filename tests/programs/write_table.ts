/**
 * Writes the table of the last full run.
 *
 *     make programs
 *
 * @module
 */

import { type Record, RECORDS } from "./record.ts";

const HEAD = `# The program matrix

This table shows which programs were tried under rpty, and with which result. Read it to see whether a program that you need
works. Each program is started in a shell, driven by keys, and judged by the screen: after every step text, colours, cursor and modes
must be the same as on a kernel pty. The remote side runs in a namespace without ptys. Both runs go on side by side, and a key is typed
when both screens show the expected text.

The rows are tests in [tests/programs/](../tests/programs): \`make test\` runs one of each table, chosen at random, and \`make test-long\`
runs all. [CONTRIBUTING.md](../CONTRIBUTING.md) says how to add a program. The suite writes this file:

    make programs                         # or: deno task programs
`;

function read(): Record[] {
  return Array.from(Deno.readDirSync(RECORDS), ({ name }) => {
    return JSON.parse(Deno.readTextFileSync(`${RECORDS}/${name}`)) as Record;
  });
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/[<>]/g, (sign) => sign === "<" ? "&lt;" : "&gt;");
}

function line({ program, does, version, screens, masks, result }: Record): string {
  const masked = [...new Set(masks)].join("; ");
  return `| ${
    [program, does, version, `${screens ?? ""}`, masked].map(cell).join(" | ")
  } | ${result} |`;
}

function table(kind: string, rows: readonly Record[]): string {
  return [
    `## ${kind}`,
    "",
    "| program | does | version | screens | not compared | result |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map(line),
  ].join("\n");
}

function summary(rows: readonly Record[]): string {
  const count = (start: string) => rows.filter(({ result }) => result.startsWith(start)).length;
  const screens = rows.reduce((sum, row) => sum + (row.screens ?? 0), 0);
  const date = new Date().toISOString().slice(0, 10);
  const release = Deno.osRelease();
  return `${date}, ${Deno.build.os} ${release}: ${rows.length} rows, ${
    count("same")
  } the same in all of ` +
    `${screens} screens, ${count("differs")} known to differ, ${count("**failed")} failed, ` +
    `${count("not run")} not run.`;
}

const rows = read();
const kinds = [...new Set(rows.map(({ kind }) => kind))].sort();
const tables = kinds.map((kind) => {
  const own = rows.filter((row) => row.kind === kind);
  return table(kind, own.sort((a, b) => a.program.localeCompare(b.program)));
});
await Deno.writeTextFile(
  Deno.args[0],
  `${[HEAD + "\n" + summary(rows), ...tables].join("\n\n")}\n`,
);
