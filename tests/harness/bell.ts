// Waits for an event without polling.

/** Milliseconds until a test gives up. */
const PATIENCE = 10_000;

/** Rings when something has happened. Those who wait for a condition check it then, and only then. */
export class Bell {
  readonly #waiting = new Set<() => void>();

  ring(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Settles when the condition holds, at once if it does already. */
  async until(condition: () => boolean, patience = PATIENCE): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (condition()) resolve();
    };
    const timer = setTimeout(
      () => reject(new Error(`Cannot wait any longer: ${condition}`)),
      patience,
    );
    this.#waiting.add(look);
    look();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }
}

/** `promise`, but no longer than a test's patience. */
export async function soon<Value>(promise: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("Cannot wait any longer")), PATIENCE);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
