// The rooms of the TypeScript code, and which may import which. No modules import each other in a circle.

import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url).pathname;

/** The rooms from which a program's module in each room may import, beside its own. */
const KNOWS: Readonly<Record<string, readonly string[]>> = {
  tty: [],
  protocol: ["tty"],
  sys: ["protocol", "tty"],
  cli: ["protocol", "sys", "tty"],
  master: ["cli", "protocol", "sys", "tty"],
  slave: ["cli", "protocol", "sys", "tty"],
};

/** Folders of what is built or fetched. */
const NOT_OURS = new Set(["build", "bin", "dist", "node_modules", ".git"]);

/** Modules by their path below the root, with the paths of those that they import. */
type Imports = ReadonlyMap<string, readonly string[]>;

function importsOf(path: string, text: string): string[] {
  return [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom "(\.[^"]*)";/gm)]
    .map(([, imported]) => new URL(imported, `file:///${path}`).pathname.slice(1));
}

async function readImports(folder = ""): Promise<Map<string, string[]>> {
  const imports = new Map<string, string[]>();
  for await (const { name, isDirectory } of Deno.readDir(ROOT + folder)) {
    const path = folder + name;
    if (isDirectory && !NOT_OURS.has(name)) {
      for (const [inner, imported] of await readImports(`${path}/`)) imports.set(inner, imported);
    } else if (name.endsWith(".ts")) {
      imports.set(path, importsOf(path, await Deno.readTextFile(ROOT + path)));
    }
  }
  return imports;
}

/** Imports that go against the arrows between rooms. Tests put together what they need. */
function violationsIn(imports: Imports): string[] {
  const room = (path: string) => path.split("/")[0];
  return [...imports].flatMap(([path, imported]) => {
    const known = path.endsWith("_test.ts") ? undefined : KNOWS[room(path)];
    if (known === undefined) return [];
    return imported.filter((one) => room(one) !== room(path) && !known.includes(room(one)))
      .map((one) => `${path} imports ${one}`);
  });
}

/** Modules that are left when those are taken away, again and again, that import none of the rest. */
function circlesIn(imports: Imports): string[] {
  const left = new Map(imports);
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const [path, imported] of left) {
      if (!imported.some((one) => left.has(one))) left.delete(path);
    }
  }
  return [...left.keys()];
}

Deno.test("imports run one way through the rooms, and in no circle", async () => {
  const imports = await readImports();
  assert(imports.size > 250, `${imports.size} modules`);
  assertEquals(violationsIn(imports), []);
  assertEquals(circlesIn(imports), []);
});

Deno.test("a wrong import and a circle would be seen", () => {
  const text = 'import {\n  a,\n} from "../slave/b.ts";\nexport type { c } from "./c.ts";\n';
  const imports = new Map([
    ["sys/a.ts", importsOf("sys/a.ts", text)],
    ["sys/c.ts", ["sys/a.ts"]],
    ["slave/b.ts", []],
  ]);
  assertEquals(violationsIn(imports), ["sys/a.ts imports slave/b.ts"]);
  assertEquals(circlesIn(imports), ["sys/a.ts", "sys/c.ts"]);
});
