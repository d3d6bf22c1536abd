// The directory of one test: a home, and the writable directories of the far side.

import { PATH } from "./needs.ts";

/** Not /tmp: that is empty on the far side. */
const PARENT = "/var/tmp";

/** Settings that make shells look alike: the same prompt everywhere, and no greetings. */
const HOME_FILES: Readonly<Record<string, string>> = {
  ".bashrc": "PS1='$ '\nPS2='> '\n",
  ".zshrc": "PROMPT='$ '\nunsetopt PROMPT_SP\n",
  ".config/fish/config.fish":
    "function fish_prompt; echo -n '$ '; end\nset -g fish_greeting\nset -g fish_color_command normal\n",
  ".gitconfig": "[user]\n  name = Ada\n  email = ada@example.org\n[init]\n  defaultBranch = main\n",
};

/** Folders of the far side, and the paths under which it sees them. At the end they must be empty. */
export const FAR_PATHS = { tmp: "/tmp", shm: "/dev/shm", run: "/run" } as const;

/** One of them. */
export type FarFolder = keyof typeof FAR_PATHS;

export const FAR_FOLDERS = Object.keys(FAR_PATHS) as FarFolder[];

/** A test's folder. */
export class Place implements AsyncDisposable {
  // Random, because test files that run in parallel share one process.
  readonly folder = `${PARENT}/rpty-test-${crypto.randomUUID().slice(0, 8)}`;
  readonly home = `${this.folder}/home`;

  /** Makes one. */
  static async create(): Promise<Place> {
    const place = new Place();
    await Deno.mkdir(place.folder);
    await Deno.chmod(place.folder, 0o755);
    await place.reset();
    return place;
  }

  /** Makes a new home and empties the rest, so that two runs of a script find the same. */
  async reset(): Promise<void> {
    for await (const entry of Deno.readDir(this.folder)) {
      await Deno.remove(`${this.folder}/${entry.name}`, { recursive: true });
    }
    await furnish(this.home);
    for (const name of FAR_FOLDERS) {
      await Deno.mkdir(this.far(name), { recursive: true });
      await Deno.chmod(this.far(name), 0o1777);
    }
  }

  /** A path on the far side's /tmp, /dev/shm or /run, as seen from here. */
  far(name: FarFolder): string {
    return `${this.folder}/far/${name}`;
  }

  /** Writes a file in the home. */
  write(name: string, text: string): Promise<void> {
    return writeFile(`${this.home}/${name}`, text);
  }

  /** The environment of the programs, without what the terminal adds. */
  get env(): Record<string, string> {
    return { PATH, HOME: this.home, USER: "ada", LOGNAME: "ada", SHELL: "/bin/bash", PS1: "$ " };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Makes a folder a home like any other. */
export async function furnish(home: string): Promise<void> {
  for (const [name, text] of Object.entries(HOME_FILES)) await writeFile(`${home}/${name}`, text);
}

/** Writes a file, and makes the folders above it. */
export async function writeFile(path: string, text: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** What the environment says about a terminal. */
export const TERMINAL_ENV: Readonly<Record<string, string>> = {
  TERM: "xterm-256color",
  LANG: "C.UTF-8",
};
