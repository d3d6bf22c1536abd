import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { openTrace, parseTimeout, say, UsageError } from "./program.ts";

Deno.test("parseTimeout takes seconds and gives milliseconds", () => {
  assertEquals(parseTimeout("1.5"), 1500);
  for (const text of ["", " ", "0", "-1", "soon", "NaN", "1e9"]) {
    assertThrows(() => parseTimeout(text), UsageError, text);
  }
});

Deno.test("say writes one line to standard error, in which nothing is a control", () => {
  const { stderr } = Deno;
  const write = stderr.writeSync;
  let written = "";
  stderr.writeSync = (bytes) => {
    written += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  try {
    say("rpty-x", "the peer said \x1b[2J\nrpty-x: all is well\u202e\u009b");
  } finally {
    stderr.writeSync = write;
  }
  assertEquals(
    written,
    "rpty-x: the peer said \\x1b[2J\\x0arpty-x: all is well\\u{202e}\\x9b\n",
  );
});

function withDebug<Result>(path: string, run: () => Result): Result {
  const before = Deno.env.get("RPTY_DEBUG");
  Deno.env.set("RPTY_DEBUG", path);
  try {
    return run();
  } finally {
    if (before === undefined) Deno.env.delete("RPTY_DEBUG");
    else Deno.env.set("RPTY_DEBUG", before);
  }
}

// The file stays open for as long as the program runs.
const KEEPS_OPEN = { sanitizeResources: false };
Deno.test(
  "openTrace appends to RPTY_DEBUG's file, which only its owner reads",
  KEEPS_OPEN,
  async () => {
    const directory = await Deno.makeTempDir();
    const path = `${directory}/trace`;
    try {
      withDebug(path, () => openTrace("one"))?.("begins");
      withDebug(path, () => openTrace("two"))?.("ends");
      assertMatch(await Deno.readTextFile(path), /^one \S+ begins \ntwo \S+ ends \n$/);
      assertEquals(((await Deno.stat(path)).mode as number) & 0o777, 0o600);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

Deno.test("openTrace makes an old file of the user's private", KEEPS_OPEN, async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/old`, "", { mode: 0o644 });
    withDebug(`${directory}/old`, () => openTrace("x"));
    assertEquals(((await Deno.stat(`${directory}/old`)).mode as number) & 0o777, 0o600);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("openTrace refuses links, FIFOs, directories and files of others", async () => {
  const directory = await Deno.makeTempDir();
  const own = `${directory}/own`;
  try {
    await Deno.writeTextFile(own, "before");
    await Deno.symlink(own, `${directory}/symlink`);
    await Deno.link(own, `${directory}/link`);
    await new Deno.Command("mkfifo", { args: [`${directory}/fifo`] }).output();
    // So that it can be opened to be written.
    using _reader = await Deno.open(`${directory}/fifo`, { read: true, write: true });
    const refused = [`${directory}/symlink`, `${directory}/link`, `${directory}/fifo`, directory];
    if (Deno.uid() === 0) {
      await Deno.writeTextFile(`${directory}/other`, "");
      await Deno.chown(`${directory}/other`, 65534, 65534);
      refused.push(`${directory}/other`);
    }
    for (const path of refused) {
      assertThrows(() => withDebug(path, () => openTrace("x")), UsageError, path);
    }
    assertEquals(await Deno.readTextFile(own), "before");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("openTrace says which file it can't write", () => {
  assertThrows(
    () => withDebug("/no/such/place", () => openTrace("x")),
    UsageError,
    "/no/such/place",
  );
  assertEquals(withDebug("", () => openTrace("x")), undefined);
});
