/* What the static bash has to know about the applets of the busybox beside it. */
#ifndef RPTY_APPLETS_H
#define RPTY_APPLETS_H

/* The program that runs an applet by the name in argv[0], from malloc; NULL: there is no such applet, or the
 * program is not there. The shell's own name works, too: such a host has no "bash" in PATH. */
char *applet_path(const char *name);

/* The names one after the other; NULL after the last. */
const char *applet_name(int index);

/* Lists them for `help`. */
void applets_show(void);

/* A termcap entry for a host without a termcap file; NULL: the terminal is dumb. */
char *applet_termcap(const char *terminal);

#endif
