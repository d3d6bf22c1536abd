/* The way in for programs of other users in the session.
 *
 *   program ── one request, with a descriptor ──> door ── by a worker of its own ──> control socket ── slave
 *           <── one reply ──────────────────────────────────────────────────────────
 *
 * What a stranger sends may hold up whoever touches it, for ever: to close a descriptor waits for a socket with
 * SO_LINGER, or for a file system that is a stranger's program (FUSE). So neither slave nor keeper does. A worker is a
 * process that serves one connection; there are so many of them for each user, and none waits for another. The slave
 * gets the request, who makes it, and a descriptor only if it is the terminal's. */
#ifndef RPTY_KEEPER_DOOR_H
#define RPTY_KEEPER_DOOR_H

/* Opens it, if we are root: no other user's session has programs of other users. */
void door_open(void);

/* Ends the door's process. Its file is removed with the others. */
void door_close(void);

#endif
