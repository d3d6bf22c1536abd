/* A process that outlived its session, such as gpg-agent, starts programs on the terminals of later ones: by name. */
#ifndef RPTY_ADOPT_H
#define RPTY_ADOPT_H

#include <stdbool.h>

/* Makes the terminal of that name ours, where our own is gone and the caller's user has one so called. */
bool adopt_terminal(const char *name);

#endif
