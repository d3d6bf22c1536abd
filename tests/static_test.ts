// Static programs with librpty.a.

import { assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "./harness/build.ts";
import { inBash } from "./harness/bash.ts";
import { ENTER } from "./harness/keys.ts";

/** The code block in docs/static.md in a language. */
async function documented(language: string): Promise<string> {
  const text = await Deno.readTextFile(`${ROOT}/docs/static.md`);
  const block = text.match(new RegExp("```" + language + "\n(.*?)```", "s"));
  if (block === null) throw new Error(`Cannot find ${language} in docs/static.md`);
  return block[1];
}

/** Runs shell lines in the checkout's root, without the line that calls make. */
async function runLines(lines: string, folder: string): Promise<void> {
  const script = lines.replace(/^make .*$/m, "").replaceAll("hello", `${folder}/hello`);
  const { success, stderr } = await new Deno.Command("sh", { args: ["-ec", script], cwd: ROOT })
    .output();
  if (!success) throw new Error(`Cannot build the example: ${new TextDecoder().decode(stderr)}`);
}

inBash("the documented static program has the terminal", async ({ session, place, snapshot }) => {
  await place.write("hello.c", await documented("c"));
  await runLines(await documented("sh"), place.home);
  const program = await Deno.readFile(`${place.home}/hello`);
  assertEquals(new TextDecoder("latin1").decode(program).includes("/ld-musl"), false);
  session.type(`./hello${ENTER}`);
  await session.waitFor(/24 lines of 80 characters. Press a key:$/);
  session.type("k");
  await session.waitFor("It was k.");
  await session.waitForPrompt();
  assertMatch((await session.run("stty")).join(" "), /^speed/);
  assertEquals(await session.run("./hello < /dev/null"), ["This is no terminal."]);
  await snapshot("after");
}, { needs: ["musl-gcc", `${ROOT}/build/librpty.a`] });
