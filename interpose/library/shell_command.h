/* A shell command that gets our preload before it runs. Pure. */
#ifndef RPTY_SHELL_COMMAND_H
#define RPTY_SHELL_COMMAND_H

#include <stddef.h>

struct shell_command {
    const char *entry;  /* ours */
    const char *others; /* what LD_PRELOAD holds already, or NULL */
    const char *command;
};

/* Bytes of `LD_PRELOAD='ENTRY:OTHERS'; export LD_PRELOAD; exec /bin/sh -c 'COMMAND'`, its NUL included. */
size_t shell_command_size(const struct shell_command *parts);
void shell_command_write(const struct shell_command *parts, char *to);

#endif
