/* The keeper answers for one terminal. */
#include "terminal/adopt.h"

bool adopt_terminal(const char *name)
{
    (void)name;
    return false;
}
