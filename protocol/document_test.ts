// docs/protocol.md and the code name the same frames, with the same codes, senders, fields and types.

import { assert, assertEquals } from "@std/assert";
import { MASTER_HELLO, SLAVE_HELLO } from "../tests/fuzz/frame_samples.ts";
import { type FrameName, FRAMES } from "./frames.ts";
import { encodeMasterHello, encodeSlaveHello } from "./hello.ts";
import {
  MAX_BREAK_DURATION,
  MAX_DEPTH,
  MAX_ENVIRONMENT_NAME_LENGTH,
  MAX_ENVIRONMENT_VALUE_LENGTH,
  MAX_ENVIRONMENT_VARIABLES,
  MAX_FRAME_LENGTH,
  MAX_INPUT_AHEAD,
  MAX_ITEMS,
  MAX_NOISE_LENGTH,
  MAX_SIGNALS_AHEAD,
  MAX_STEPS,
  OUTPUT_LIMIT,
} from "./limits.ts";

const DOCUMENT = new URL("../docs/protocol.md", import.meta.url);
const TEXT = await Deno.readTextFile(DOCUMENT);

type CodeField = ((value: unknown) => unknown) & { readonly values?: readonly string[] };

/** One value of each type. A field's type is that of the first value that it takes. */
const PROBES: readonly [string, unknown][] = [
  ["flag", true],
  ["bytes", new Uint8Array()],
  ["text", ""],
  ["map", {}],
  ["numbers", []],
  ["count", 65_536],
  ["short", 65_535],
];

function typeOf(field: CodeField): string {
  if (field.values !== undefined) return "choice";
  const probe = PROBES.find(([, value]) => {
    try {
      field(value);
      return true;
    } catch {
      return false;
    }
  });
  return probe?.[0] ?? "unknown";
}

/** A frame as lines, one for each of its parts, to be compared. */
function describe(name: FrameName): string[] {
  const { code, sender, fields } = FRAMES[name];
  return [
    `${name} ${code} ${sender}`,
    ...Object.entries<CodeField>(fields).map(([field, read]) =>
      [field, typeOf(read), ...read.values ?? []].join(" ")
    ),
  ];
}

/** The same of the document: sections `### \`name\` (code, sender)`, each with a table of fields. */
function describeDocument(): string[][] {
  return [...TEXT.matchAll(/^### `(\w+)` \((\d+), (\w+)\)$([^]*?)(?=^##)/gm)].map(
    ([, name, code, sender, section]) => [
      `${name} ${code} ${sender}`,
      ...[...section.matchAll(/^\| `(\w+)` \| (\w+) \| (.*) \|$/gm)].map((
        [, field, type, meaning],
      ) => [field, type, ...type === "choice" ? choicesIn(meaning) : []].join(" ")),
    ],
  );
}

/** `0 \`raw\`: …; 1 \`line\`: …` as names, if they count up from 0. */
function choicesIn(meaning: string): string[] {
  return [...meaning.matchAll(/(?:^|; )(\d+) `(\w+)`/g)].map(([, code, name], index) => {
    assertEquals(Number(code), index, `codes of ${meaning}`);
    return name;
  });
}

/** Names in the first column of the table with this heading, with the second where it is asked for. */
function rowsOf(heading: string): string[][] {
  const start = TEXT.indexOf(`| ${heading} |`);
  assert(start !== -1, `no table "${heading}"`);
  const table = TEXT.slice(start, TEXT.indexOf("\n\n", start));
  return [...table.matchAll(/^\| `(\w+)` \| (\w+)/gm)].map(([, ...cells]) => cells);
}

Deno.test("docs/protocol.md describes each frame", () => {
  assertEquals(describeDocument(), (Object.keys(FRAMES) as FrameName[]).map(describe));
});

Deno.test("docs/protocol.md says which frames have no fields", () => {
  for (const [name, { fields }] of Object.entries(FRAMES)) {
    const [, section] = new RegExp(`^### \`${name}\`([^]*?)(?=^##)`, "m").exec(TEXT) ?? [];
    const bare = Object.keys(fields).length === 0;
    assertEquals(/It has no\s+fields\./.test(section ?? ""), bare, name);
  }
});

Deno.test("docs/protocol.md describes the hello's members", () => {
  const master = encodeMasterHello(MASTER_HELLO).body;
  const slave = encodeSlaveHello(SLAVE_HELLO).body;
  const members = [...new Set([...Object.keys(master), ...Object.keys(slave)])].map((member) => [
    member,
    member in master && member in slave ? "both" : member in master ? "master" : "slave",
  ]);
  assertEquals(rowsOf("member").sort(), members.sort());
  const terminal = rowsOf("member of `terminal`").map(([member]) => member);
  assertEquals(terminal.sort(), Object.keys(master.terminal as object).sort());
});

Deno.test("docs/protocol.md names the limits", () => {
  const environment = [
    MAX_ENVIRONMENT_VARIABLES,
    MAX_ENVIRONMENT_NAME_LENGTH,
    MAX_ENVIRONMENT_VALUE_LENGTH,
  ];
  const limits = [...TEXT.matchAll(/^\| .* \| ([\d,]+(?:, [\d,]+)*) \|$/gm)].map(([, limit]) =>
    limit
  );
  assertEquals(
    limits,
    [
      ...[MAX_NOISE_LENGTH, MAX_FRAME_LENGTH, OUTPUT_LIMIT, MAX_INPUT_AHEAD, MAX_SIGNALS_AHEAD],
      ...[MAX_STEPS, MAX_BREAK_DURATION],
    ].map((limit) => limit.toLocaleString("en")).concat(environment.join(", ")),
  );
  assert(TEXT.includes(`deeper than ${MAX_DEPTH}`));
  assert(new RegExp(`no more\\s+than ${MAX_ITEMS} items in all`).test(TEXT));
});

Deno.test("docs/protocol.md links to files that there are", async () => {
  const links = [...TEXT.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link);
  assert(links.length > 10);
  for (const link of links) await Deno.stat(new URL(link, DOCUMENT));
});
