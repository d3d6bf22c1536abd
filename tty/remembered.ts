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
