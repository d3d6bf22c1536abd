import { assert, assertEquals, assertMatch } from "@std/assert";
import { testWith } from "../tests/harness/needs.ts";
import { describeDistrust } from "./trusted_path.ts";

/** A user who is neither root nor ourselves. */
const STRANGER = 65534;

/** Changes the owner of a link itself. */
function chownLink(path: string): boolean {
  return new Deno.Command("chown", { args: ["-h", `${STRANGER}`, path] }).outputSync().success;
}

function withDirectory(name: string, fn: (path: string) => void): void {
  testWith(["root"], name, async () => {
    const path = await Deno.makeTempDir();
    try {
      await Deno.chmod(path, 0o755);
      fn(path);
    } finally {
      await Deno.remove(path, { recursive: true });
    }
  });
}

withDirectory("describeDistrust trusts what only root and we may change", (path) => {
  assertEquals(describeDistrust("/"), undefined);
  assertEquals(describeDistrust(path), undefined);
});

withDirectory("describeDistrust trusts a directory for all with the sticky bit", (path) => {
  Deno.chmodSync(path, 0o1777);
  assertEquals(describeDistrust(path), undefined);
  Deno.chmodSync(path, 0o777);
  assertMatch(
    describeDistrust(path) ?? "",
    /^others may write to ".*", which lacks the sticky bit$/,
  );
  Deno.chmodSync(path, 0o775);
  assertMatch(describeDistrust(path) ?? "", /which lacks the sticky bit$/);
});

withDirectory("describeDistrust distrusts another user's directory, and all below", (path) => {
  const below = `${path}/below`;
  Deno.mkdirSync(below);
  Deno.chownSync(path, STRANGER, STRANGER);
  for (const distrusted of [path, below]) {
    assertEquals(describeDistrust(distrusted), `"${path}" belongs to another user (${STRANGER})`);
  }
});

withDirectory("describeDistrust follows links, and distrusts those of another user's", (path) => {
  Deno.mkdirSync(`${path}/good`);
  Deno.mkdirSync(`${path}/bad`);
  Deno.chownSync(`${path}/bad`, STRANGER, STRANGER);
  Deno.symlinkSync("good", `${path}/to_good`);
  Deno.symlinkSync(`${path}/to_good/../bad`, `${path}/to_bad`);
  Deno.symlinkSync("good", `${path}/theirs`);
  assert(chownLink(`${path}/theirs`));
  Deno.symlinkSync("circle", `${path}/circle`);
  assertEquals(describeDistrust(`${path}/to_good`), undefined);
  assertMatch(describeDistrust(`${path}/to_bad`) ?? "", /bad" belongs to another user/);
  assertMatch(describeDistrust(`${path}/theirs`) ?? "", /theirs" belongs to another user/);
  assertMatch(describeDistrust(`${path}/circle`) ?? "", /is in a loop of symbolic links$/);
});

withDirectory(
  "describeDistrust distrusts one with the sticky bit, too, if it is another user's",
  (path) => {
    Deno.chownSync(path, STRANGER, STRANGER);
    Deno.chmodSync(path, 0o1777);
    assertMatch(describeDistrust(path) ?? "", /belongs to another user/);
  },
);
