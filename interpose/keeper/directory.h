/* The runtime directory's end, and what keeps it until then. */
#ifndef RPTY_KEEPER_DIRECTORY_H
#define RPTY_KEEPER_DIRECTORY_H

/* Locks it for as long as the keeper lives: so systemd-tmpfiles(8) leaves it alone. */
void directory_lock(void);

/* Makes it look just used where it is time to, for others who clean up: they look for what was not used for days. A
 * library that was removed could be made again by somebody else, and programs that live on would load it.
 * -> milliseconds until the next time, for poll */
int directory_refresh(void);

/* Removes all but the library, for which the loader of each program that lives on looks. */
void directory_remove_terminal(void);

/* Removes the rest. */
void directory_remove(void);

#endif
