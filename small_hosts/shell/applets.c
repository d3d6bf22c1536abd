#include "applets.h"
#include "script.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PROGRAM "busybox-rpty"
#define PATH_SIZE 4096

static const char *const names[] = {
#include "applet_names.h"
    NULL};

/* What nearly every terminal of today can do, as an xterm does it. */
static char common_terminal[] =
    "rpty:am:km:mi:ms:xn:co#80:li#24:it#8:bl=^G:cr=^M:do=^J:le=^H:nd=\\E[C:up=\\E[A:ho=\\E[H:"
    "cm=\\E[%i%d;%dH:cl=\\E[H\\E[2J:ce=\\E[K:cd=\\E[J:dc=\\E[P:DC=\\E[%dP:ic=\\E[@:IC=\\E[%d@:"
    "im=\\E[4h:ei=\\E[4l:al=\\E[L:dl=\\E[M:so=\\E[7m:se=\\E[27m:us=\\E[4m:ue=\\E[24m:md=\\E[1m:"
    "mr=\\E[7m:me=\\E[m:ks=\\E[?1h\\E=:ke=\\E[?1l\\E>:ku=\\EOA:kd=\\EOB:kr=\\EOC:kl=\\EOD:kh=\\EOH:"
    "@7=\\EOF:kD=\\E[3~:kI=\\E[2~:kP=\\E[5~:kN=\\E[6~:";

static const char *const dumb_terminals[] = {"", "dumb", "unknown", "emacs"};

char *applet_termcap(const char *terminal)
{
    for (size_t i = 0; i < sizeof dumb_terminals / sizeof *dumb_terminals; i++) {
        if (terminal == NULL || strcmp(terminal, dumb_terminals[i]) == 0)
            return NULL;
    }
    return common_terminal;
}

bool script_is_applet(const char *name)
{
    for (int i = 0; names[i]; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* The shell's own file. */
static const char *own_path(void)
{
    static char path[PATH_SIZE];
    if (path[0] == '\0') {
        ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof PROGRAM);
        path[length > 0 ? length : 0] = '\0';
    }
    return path;
}

static const char *busybox_path(void)
{
    static char path[PATH_SIZE];
    if (path[0] == '\0') {
        strcpy(path, own_path());
        char *slash = strrchr(path, '/');
        strcpy(slash ? slash + 1 : path, PROGRAM);
    }
    return path;
}

char *applet_path(const char *name)
{
    const char *path = strcmp(name, "bash") == 0 ? own_path()
                       : script_is_applet(name)  ? busybox_path()
                                                 : "";
    return access(path, X_OK) == 0 ? strdup(path) : NULL;
}

const char *applet_name(int index)
{
    return access(busybox_path(), X_OK) == 0 ? names[index] : NULL;
}

static int columns(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void applets_show(void)
{
    int room = columns(), used = 0;
    if (applet_name(0) == NULL)
        return;
    printf("\nThese commands are applets of %s (`NAME --help' tells more):\n\n", busybox_path());
    for (int i = 0; names[i]; i++) {
        int width = (int)strlen(names[i]) + 1;
        if (used > 0 && used + width >= room) {
            putchar('\n');
            used = 0;
        }
        used += printf(" %s", names[i]);
    }
    putchar('\n');
}
