// Turns of Deno's event loop, for code that would not return to it: in a loop of awaits that are each ready at once Deno
// looks neither at signals nor at its own streams and timers, for seconds.
//
//   nextTurn() ── a signal to ourselves ──> Deno learns of it ──> settled

import { libc, SystemError } from "./libc.ts";

/**
 * The signal that ends a turn. It does no harm by default, and nothing else sends it to us: it is for out-of-band data of
 * sockets. Go's runtime sends it to itself, too.
 */
const NUDGE = "SIGURG";

/** How many callers of {@linkcode openTurns} have not called {@linkcode closeTurns} yet. */
let users = 0;
/** Calls of `nextTurn` that the signal on its way settles. */
let current: (() => void)[] = [];
/** Calls that came after it was sent, for the next signal. */
let later: (() => void)[] = [];

/** To be called before the first `nextTurn`. */
export function openTurns(): void {
  if (users++ > 0) return;
  libc.unblockSignal(NUDGE);
  Deno.addSignalListener(NUDGE, endTurn);
}

/** To be called after the last `nextTurn`. Settles the calls that still wait. */
export function closeTurns(): void {
  if (--users > 0) return;
  Deno.removeSignalListener(NUDGE, endTurn);
  for (const end of [...current.splice(0), ...later.splice(0)]) end();
}

/**
 * Settles when Deno has looked at signals, and at what its streams and timers wait for, if nothing keeps it busy
 * meanwhile. A signal that came before is known to Deno after two calls, at the latest: Deno's thread may have looked
 * for that signal just before it came, and for ours just after. The signal's listeners run just after that, since
 * each signal has a promise of its own.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (current.length > 0) {
      later.push(resolve);
      return;
    }
    current.push(resolve);
    nudge();
  });
}

function endTurn(): void {
  const ended = current;
  [current, later] = [later, []];
  if (current.length > 0) nudge();
  for (const end of ended) end();
}

/** A sandbox may forbid kill(2). A timer is the substitute, but may fire before listeners of earlier signals run. */
function nudge(): void {
  try {
    libc.kill(Deno.pid, NUDGE);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    setTimeout(endTurn);
  }
}
