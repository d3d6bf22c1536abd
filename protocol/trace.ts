/** Writes one event: its name, and details. */
export type Trace = (event: string, details?: object) => void;

/** Bytes of a byte string that are shown. */
const SHOWN_BYTES = 64;

/** A trace that writes one line for each event: seconds since the start, the event, details as JSON. */
export function traceTo(write: (line: string) => void): Trace {
  const start = performance.now();
  return (event, details) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(6);
    write(`${seconds} ${event} ${details === undefined ? "" : JSON.stringify(details, shorten)}\n`);
  };
}

function shorten(_key: string, value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  const text = String.fromCharCode(...value.subarray(0, SHOWN_BYTES));
  return value.length > SHOWN_BYTES ? `${text}… (${value.length} bytes)` : text;
}
