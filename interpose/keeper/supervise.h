/* The keeper's answers to programs that the preload can't reach.
 *
 *   program ── ioctl, as the filter says (filter.c) ──> kernel ── listener ──> this thread
 *           <── the answer, from the state page, or of the control socket ──────────
 *
 * Listeners come from the session's first process, or, each with a program, over a socket in the runtime
 * directory (reach_start.c). */
#ifndef RPTY_KEEPER_SUPERVISE_H
#define RPTY_KEEPER_SUPERVISE_H

/* Starts the thread that answers what comes by `listener` (-1: none) and by the listeners that come to the
 * listening `socket` (-1: none). `refused` is told, in that thread, of each program that could get no filter,
 * with the errno. -> 0 or an errno */
int supervise(int listener, int socket, void (*refused)(int error));

#endif
