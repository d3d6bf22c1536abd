// Runs a family's program on a terminal, types the keys that it asks for, and returns the outcome of each case.

import type { Place } from "../harness/place.ts";
import { eventually } from "../harness/processes.ts";
import type { Session } from "../harness/session.ts";
import { MarkReader, type Piece } from "./marks.ts";

/** The outcome of each case, by its name. */
export type Outcomes = ReadonlyMap<string, string>;

/** How long, in ms, a family may take. A case that hangs ends itself after ten seconds. */
const PATIENCE = 60_000;

/** Creates the files that the program needs in its home. */
export async function prepare(place: Place): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", { args: [`${place.home}/told`] }).output();
  if (!success) throw new Error(`Cannot make a FIFO in "${place.home}"`);
}

/** Drives the program that was started in a session. */
export class Driver {
  readonly #session: Session;
  readonly #place: Place;
  readonly #reader = new MarkReader();
  readonly #shown = new Map<string, string>();
  #case: string | undefined;
  #done = false;
  #told: Deno.FsFile | undefined;
  #hangup: Promise<void> | undefined;

  /** Must be created before the session has any output. */
  constructor(session: Session, place: Place) {
    this.#session = session;
    this.#place = place;
    session.onOutput = (chunk) => {
      for (const piece of this.#reader.take(chunk)) this.#take(piece);
    };
  }

  /** Waits for the program's end. */
  async outcomes(): Promise<Outcomes> {
    const done = () =>
      this.#done || this.#hangup !== undefined || this.#session.exitCode !== undefined;
    const what = { toString: () => `the end of the oracle; it is at "${this.#case}"` };
    await this.#session.waitFor(Object.assign(done, what), PATIENCE);
    await this.#hangup;
    this.#told?.close();
    if (this.#hangup === undefined) await this.#untilExit();
    return await this.#results();
  }

  async #untilExit(): Promise<void> {
    const status = await this.#session.exit();
    if (!this.#done || status !== 0) {
      throw this.#session.failure(`the oracle ended with ${status} at "${this.#case}"`);
    }
  }

  /** The results that the program has written, when they are complete. */
  async #results(): Promise<Outcomes> {
    let lines: string[] = [];
    const complete = async () => {
      lines = (await Deno.readTextFile(`${this.#place.home}/results`)).trimEnd().split("\n");
      return lines.at(-1)?.startsWith("ALL") ?? false;
    };
    if (!await eventually(complete, PATIENCE)) {
      throw this.#session.failure(`the oracle did not end, and has told ${JSON.stringify(lines)}`);
    }
    const outcomes = new Map(lines.slice(0, -1).map((line) => this.#outcome(line)));
    const count = Number(lines.at(-1)?.split("\t")[1]);
    if (outcomes.size !== count) {
      throw new Error(`Cannot find the outcomes of ${count} cases: there are ${outcomes.size}`);
    }
    return outcomes;
  }

  #outcome(line: string): [name: string, outcome: string] {
    const at = line.indexOf("\t");
    const name = line.slice(0, at);
    const shown = this.#shown.get(name) ?? "";
    const said = line.slice(at + 1).trim();
    return [name, shown === "" ? said : `${said} shown="${shown}"`];
  }

  #take(piece: Piece): void {
    if (piece.kind === "shown") this.#show(piece.bytes);
    else if (piece.word === "CASE") this.#case = piece.about;
    else if (piece.word === "END") this.#end();
    else if (piece.word === "KEYS") void this.#type(piece.about);
    else if (piece.word === "LATER") void this.#session.pty.write(Uint8Array.fromHex(piece.about));
    else if (piece.word === "HANGUP") this.#hangup = this.#session.pty.close();
    else if (piece.word === "ALL") this.#done = true;
  }

  #show(bytes: Uint8Array): void {
    const name = this.#case;
    if (name === undefined) return;
    this.#shown.set(name, (this.#shown.get(name) ?? "") + printable(bytes));
  }

  #end(): void {
    this.#case = undefined;
    void this.#tell();
  }

  async #type(hex: string): Promise<void> {
    await this.#session.pty.writeThrough(Uint8Array.fromHex(hex));
    await this.#tell();
  }

  /** Tells the program that its request is done. */
  async #tell(): Promise<void> {
    this.#told ??= await Deno.open(`${this.#place.home}/told`, { write: true });
    await this.#told.write(new Uint8Array(1));
  }
}

function printable(bytes: Uint8Array): string {
  return [...bytes].map((byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${hex(byte)}`
  ).join("");
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
