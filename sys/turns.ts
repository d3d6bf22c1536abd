// Turns of Deno's event loop, for who else does not leave it: a loop of awaits that are each ready at once makes Deno look
// neither at signals nor at its own streams and timers, for seconds.
//
//   nextTurn() ── a signal to ourselves ──> Deno learns of it ──> settled

import { libc, SystemError } from "./libc.ts";

/** A signal that nobody minds: it is for out-of-band data that nobody sends. Go's runtime sends itself it, too. */
const NUDGE = "SIGURG";

/** How many may take turns. */
let users = 0;
/** Whom the signal on its way is for, and those who came after it was sent. */
let current: (() => void)[] = [];
let later: (() => void)[] = [];

/** Before the first turn of one who takes turns. */
export function openTurns(): void {
  if (users++ > 0) return;
  libc.unblockSignal(NUDGE);
  Deno.addSignalListener(NUDGE, endTurn);
}

/** After the last. Those that are waited for end here. */
export function closeTurns(): void {
  if (--users > 0) return;
  Deno.removeSignalListener(NUDGE, endTurn);
  for (const end of [...current.splice(0), ...later.splice(0)]) end();
}

/**
 * Settles when Deno has looked at signals, and at what its streams and timers wait for, if nothing keeps it busy
 * meanwhile. Of a signal that came before it has learnt after two of them, at the latest, and its listeners run just
 * after that: each signal has a promise of its own.
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

/** A sandbox may forbid it: then a timer has to do, which signals may come behind. */
function nudge(): void {
  try {
    libc.kill(Deno.pid, NUDGE);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    setTimeout(endTurn);
  }
}
