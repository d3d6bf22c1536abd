/**
 * `find`, asked once for each object: shells go to and fro between few settings, and what follows from them takes
 * long to find while the code is cold.
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

/** The last few of what was found, for what is known by a comparison rather than by an object of its own. */
export class Recent<Found> {
  readonly #most: number;
  readonly #found: Found[] = [];

  /** Keeps `most` of them: those asked for last. */
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
