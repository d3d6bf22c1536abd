/* What script.c needs from the program that it is linked with, bash or busybox. */
#ifndef RPTY_SCRIPT_H
#define RPTY_SCRIPT_H

#include <stdbool.h>

/* Whether busybox has an applet of this name. */
bool script_is_applet(const char *name);

#endif
