/**
 * Writes the import map that the build uses, and beside it the files of cbor-x that it names.
 *
 *     deno run -A tools/import_map.ts build/import_map.json
 *
 * If JSR answers, its packages are used. If not, or if JSR=no is set, our own stand-ins in sys/std/
 * are. cbor-x is one file of the npm package, not the package itself: `deno compile` would embed the
 * whole package with native addons that are never used, and with paths of this machine.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { sha256 } from "./sha256.ts";

/** How long JSR may take to answer, in milliseconds: a build must not hang on a silent network. */
const PATIENCE = 5000;

/** The import of cbor-x, the file of the package that it means, and that file's SHA-256. */
const CBOR_X = "cbor-x/index-no-eval";
const CBOR_X_FILE = "dist/index-no-eval.cjs";
const CBOR_X_SHA256 = "32fd6fea476495f32ef285810db1438881ae175faadad830d6ef397c195cbe8e";
const CBOR_X_TYPES = ["index.d.ts", "decode.d.ts", "encode.d.ts"];
/** Lines that the type checker needs at the top of the copies, because they no longer belong to a package. */
const MODULE_HEAD = '// @ts-self-types="./index.d.ts"\n';
const TYPES_HEAD = 'import type { Buffer } from "node:buffer";\n';

async function jsrAnswers(): Promise<boolean> {
  if (Deno.env.get("JSR") === "no") return false;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", "--no-config", "--no-lock", config.imports["@std/assert"]],
    signal: AbortSignal.timeout(PATIENCE),
    stdin: "null",
    stderr: "null",
  });
  return (await child.output()).success;
}

/** Maps `jsr:@std/NAME` to `sys/std/NAME.ts`, as seen from the build directory. */
function withStandIns(imports: Record<string, string>): Record<string, string> {
  const entries = Object.entries(imports).map(([name, target]) => [
    name,
    target.replace(/^jsr:@std\/(\w+)@.*$/, "../sys/std/$1.ts"),
  ]);
  return Object.fromEntries(entries);
}

/** Installs the npm packages of deno.lock into `folder`/node_modules. deno checks their sums. */
async function installPackages(folder: string): Promise<void> {
  for (const name of ["deno.json", "deno.lock"]) await Deno.copyFile(name, `${folder}/${name}`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", "--frozen", "--node-modules-dir=auto", config.imports[CBOR_X]],
    cwd: folder,
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot fetch ${config.imports[CBOR_X]}: see above`);
}

/** Copies cbor-x into `folder`, and returns the name of the module there. */
async function copyCborX(folder: string): Promise<string> {
  const packages = await Deno.makeTempDir();
  try {
    await installPackages(packages);
    const from = `${packages}/node_modules/cbor-x`;
    const module = await Deno.readFile(`${from}/${CBOR_X_FILE}`);
    const sum = await sha256(module);
    if (sum !== CBOR_X_SHA256) {
      throw new Error(`Cannot use ${CBOR_X_FILE} of cbor-x: its SHA-256 is ${sum}`);
    }
    await Deno.mkdir(folder, { recursive: true });
    const copy = (name: string, text: string) => Deno.writeTextFile(`${folder}/${name}`, text);
    await copy("index-no-eval.cjs", MODULE_HEAD + new TextDecoder().decode(module));
    for (const name of CBOR_X_TYPES) {
      await copy(name, TYPES_HEAD + await Deno.readTextFile(`${from}/${name}`));
    }
  } finally {
    await Deno.remove(packages, { recursive: true });
  }
  return "index-no-eval.cjs";
}

const [file] = Deno.args;
const folder = file.replace(/[^/]*$/, "cbor-x");
try {
  const imports = await jsrAnswers() ? config.imports : withStandIns(config.imports);
  const map = { imports: { ...imports, [CBOR_X]: `./cbor-x/${await copyCborX(folder)}` } };
  await Deno.writeTextFile(file, JSON.stringify(map, null, 2) + "\n");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
