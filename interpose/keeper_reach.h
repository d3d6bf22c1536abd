/* rpty-keeper as the way to a program that the preload can't reach, where not the whole session is under the
 * filter: puts itself under it, and becomes the program. reach.c in the library sends programs this way. */
#ifndef RPTY_KEEPER_REACH_H
#define RPTY_KEEPER_REACH_H

/* A listening socket in the runtime directory for what reach_become sends; -1: there can be none. */
int reach_listen(const char *directory);

/* `arguments`: DIRECTORY, PATH, the program's own arguments. Where there can be no filter, the program runs
 * without. Comes back never. */
_Noreturn void reach_become(char **arguments);

#endif
