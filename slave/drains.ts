import type { Frame } from "../protocol/frames.ts";
import type { LateReply, Reply } from "./control_socket.ts";
import type { OutputPump } from "./output_pump.ts";

/** Programs that wait until the user has seen their output (tcdrain(3)). */
export class Drains {
  readonly #output: OutputPump;
  readonly #send: (frame: Frame) => void;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #lastId = 0;
  /** The drains that wait at one position of the output, while it still ends there. */
  #mark: { readonly position: number; readonly ids: Set<number> } | undefined;
  #hungUp = false;

  constructor(output: OutputPump, send: (frame: Frame) => void) {
    this.#output = output;
    this.#send = send;
  }

  /** Answers a request, when the master says that all output before it was shown. */
  answer(): Reply | LateReply {
    if (this.#hungUp) return { error: "EIO" };
    const id = ++this.#lastId;
    const reply = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    const ids = this.#markPosition(id);
    const abandon = () => {
      ids.delete(id);
      this.#waiting.delete(id);
    };
    return { reply, abandon };
  }

  /** The master has shown all output before the drain of this number. */
  done(id: number): void {
    this.#waiting.get(id)?.({});
    this.#waiting.delete(id);
  }

  /** The link is gone: a program that waits for the user would wait for ever, and we for the program. */
  hangUp(): void {
    this.#hungUp = true;
    for (const reply of this.#waiting.values()) reply({ error: "EIO" });
    this.#waiting.clear();
  }

  /**
   * Sends the drain at its place in the output. Drains at the same place share a mark: while output is stopped, programs
   * may ask and give up any number of times. Returns the ids at this mark.
   */
  #markPosition(id: number): Set<number> {
    const position = this.#output.end;
    if (this.#mark?.position === position) return this.#mark.ids.add(id);
    const mark = this.#mark = { position, ids: new Set([id]) };
    this.#output.mark(() => {
      if (this.#mark === mark) this.#mark = undefined;
      for (const one of mark.ids) this.#send({ type: "drain", id: one });
    }, position);
    return mark.ids;
  }
}
