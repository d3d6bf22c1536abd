// Everything that the documents point to exists: links, headings, and paths in code marks.

import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("..", import.meta.url);

/** The folders of the repository. A text in code marks that starts with one of them and a slash is a path. */
const FOLDERS = Array.from(Deno.readDirSync(ROOT))
  .filter(({ name, isDirectory }) =>
    isDirectory && !["build", "bin", "dist", ".git"].includes(name)
  )
  .map(({ name }) => name);

async function documents(): Promise<URL[]> {
  const found: URL[] = [];
  for (const folder of [ROOT, new URL("docs/", ROOT)]) {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".md")) found.push(new URL(name, folder));
    }
  }
  return found;
}

/** The text without blocks of code, whose brackets are not links. */
async function textOf(document: URL): Promise<string> {
  const text = await Deno.readTextFile(document);
  return text.replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/^ {4}.*$/gm, "");
}

/** The anchors that GitHub makes of the headings. */
async function anchorsOf(document: URL): Promise<string[]> {
  return [...(await textOf(document)).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-")
  );
}

async function exists(file: URL): Promise<boolean> {
  try {
    await Deno.stat(file);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function isBroken(document: URL, link: string): Promise<boolean> {
  const target = new URL(link, document);
  const file = new URL(target.pathname, ROOT);
  if (!await exists(file)) return true;
  if (target.hash === "") return false;
  return !(await anchorsOf(file)).includes(decodeURIComponent(target.hash.slice(1)));
}

/** Paths in code marks, without placeholders and patterns: `tools/x.ts`, `small_hosts/shell/sources`. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`([\w.-]+\/[\w./-]*)`/g)].map(([, path]) => path).filter((path) =>
    FOLDERS.includes(path.slice(0, path.indexOf("/")))
  );
}

Deno.test("relative links in the documents lead to files and headings that there are", async () => {
  let count = 0;
  const broken: string[] = [];
  for (const document of await documents()) {
    for (const [, link] of (await textOf(document)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^\w+:/.test(link)) continue;
      count++;
      if (await isBroken(document, link)) broken.push(`${document.pathname}: ${link}`);
    }
  }
  assertEquals(broken, []);
  assert(count > 100);
});

Deno.test("files that the documents name exist", async () => {
  let count = 0;
  const missing: string[] = [];
  for (const document of await documents()) {
    for (const path of pathsIn(await textOf(document))) {
      count++;
      if (!await exists(new URL(path, ROOT))) missing.push(`${document.pathname}: ${path}`);
    }
  }
  assertEquals(missing, []);
  assert(count > 10);
});
