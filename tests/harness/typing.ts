// A user who types a script, and waits only where the script says so.

import { ENTER } from "./keys.ts";
import type { Session } from "./session.ts";

/** One act of typing. */
export interface Typed {
  readonly keys: string;
  /** Milliseconds since the previous keys, or since `when` was shown. */
  readonly after: number;
  /** What must be shown first: the prompt of a password. */
  readonly when?: string;
}

/** A session whose complete output is kept. */
export class Typist {
  readonly session: Session;
  /** Everything that was shown. */
  shown = "";
  readonly #decoder = new TextDecoder();

  constructor(session: Session) {
    this.session = session;
    session.onOutput = (chunk) => {
      this.shown += this.#decoder.decode(chunk, { stream: true });
    };
  }

  /** Types one after the other. */
  async type(...script: readonly Typed[]): Promise<void> {
    for (const { keys, after, when } of script) {
      if (when !== undefined) await this.seen(when);
      if (after > 0) await new Promise((resolve) => setTimeout(resolve, after));
      this.session.type(keys);
    }
  }

  /** Types a line and Enter, after a pause. */
  enter(line: string, after = 0): Promise<void> {
    return this.type({ keys: line + ENTER, after });
  }

  /** Waits until a text was shown. */
  seen(text: string): Promise<void> {
    const shown = () => this.shown.includes(text);
    return this.session.waitFor(Object.assign(shown, { toString: () => `"${text}" to be shown` }));
  }
}
