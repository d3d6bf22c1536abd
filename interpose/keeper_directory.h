/* The runtime directory's end, and what keeps it until then. */
#ifndef RPTY_KEEPER_DIRECTORY_H
#define RPTY_KEEPER_DIRECTORY_H

/* Milliseconds between refreshes: those who clean up look for what was not used for days. */
#define DIRECTORY_REFRESH_MS (60 * 60 * 1000)

/* Locks it for as long as the keeper lives: so systemd-tmpfiles(8) leaves it alone. */
void directory_lock(void);

/* Makes it look just used, for others who clean up. A library that was removed could be made again by somebody else,
 * and programs that live on would load it. */
void directory_refresh(void);

/* Removes all but the library, for which the loader of each program that lives on looks. */
void directory_remove_terminal(void);

/* Removes the rest. */
void directory_remove(void);

#endif
