// The home directory of all measured sessions: settings, and files to show.

import { Place } from "../tests/harness/place.ts";
import { TEXT, TREE } from "./scenarios/output.ts";
import { VIM_FILE, VIM_LINES, VIM_SETTINGS, vimLine } from "./scenarios/vim.ts";
import { PROMPT } from "./terminal.ts";

/** Makes it. */
export async function createHome(): Promise<Place> {
  const place = await Place.create();
  await place.write(".bashrc", `PS1='${PROMPT}'\nunset HISTFILE\n`);
  await place.write("vimrc", VIM_SETTINGS);
  const lines = Array.from({ length: VIM_LINES }, (_, index) => vimLine(index + 1));
  await place.write(VIM_FILE, lines.join("\n") + "\n");
  const line = `${"0123456789 ".repeat(7)}\n`;
  await place.write(TEXT.name, line.repeat(Math.floor(TEXT.bytes / line.length)));
  await growTree(`${place.home}/${TREE.name}`);
  return place;
}

async function growTree(root: string): Promise<void> {
  for (let folder = 0; folder < TREE.folders; folder++) {
    const path = `${root}/folder-${folder}`;
    await Deno.mkdir(path, { recursive: true });
    for (let file = 0; file < TREE.files; file++) {
      Deno.writeTextFileSync(`${path}/${"long-".repeat(18)}${file}`, "");
    }
  }
}
