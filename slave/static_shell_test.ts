import { assertEquals, assertThrows } from "@std/assert";
import { inStaticShell } from "./static_shell.ts";

Deno.test("inStaticShell runs the shell or a command in it, and says what is missing", () => {
  const folder = Deno.makeTempDirSync();
  const program = `${folder}/rpty-slave`;
  try {
    const missing = (name: string) => `"${folder}/${name}" is missing`;
    assertThrows(() => inStaticShell([], program), Error, missing("rpty-bash"));
    Deno.writeTextFileSync(`${folder}/rpty-bash`, "");
    assertThrows(() => inStaticShell([], program), Error, missing("busybox-rpty"));
    Deno.writeTextFileSync(`${folder}/busybox-rpty`, "");
    const shell = `${folder}/rpty-bash`;
    assertEquals(inStaticShell([], program), [shell]);
    assertEquals(
      inStaticShell(["vi", "a b"], program),
      [shell, "-c", 'exec "$@"', "rpty-bash", "vi", "a b"],
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
