/* Whether the program has begun to forbid itself system calls: then we make none that it does not expect. */
#ifndef RPTY_SANDBOX_H
#define RPTY_SANDBOX_H

#include <stdbool.h>

bool sandbox_is_on(void);

/* From now on it has. */
void sandbox_begin(void);

#endif
