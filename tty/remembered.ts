/**
 * `find`, called once for each object. Shells switch between few settings, and working out what follows from them is
 * slow while the code is cold.
 */
export function remembered<Key extends WeakKey, Value>(
  find: (key: Key) => Value,
): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, value = find(key));
    return value;
  };
}

/** The last few results, for keys that have to be compared because equal ones are different objects. */
export class Recent<Found> {
  readonly #most: number;
  readonly #found: Found[] = [];

  /** Keeps the `most` results that were asked for last. */
  constructor(most: number) {
    this.#most = most;
  }

  find(fits: (one: Found) => boolean): Found | undefined {
    const at = this.#found.findIndex(fits);
    if (at > 0) this.#found.unshift(...this.#found.splice(at, 1));
    return at === -1 ? undefined : this.#found[0];
  }

  add(one: Found): void {
    this.#found.unshift(one);
    if (this.#found.length > this.#most) this.#found.pop();
  }
}
