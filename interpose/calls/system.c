/* system and popen. They start the shell by internal calls, with the program's environment as it is. Where
 * that has lost our preload, the shell is told to run itself once more with it: so nothing that other
 * threads can see is changed. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "library/environment.h"
#include "library/export.h"
#include "library/preload.h"
#include "library/real.h"
#include "library/runtime.h"
#include "library/scratch.h"
#include "library/shell_command.h"

#define ON_STACK 4096

/* A command as it must be given to the shell, and where it lives. */
struct amended {
    const char *command;
    struct scratch memory;
};

/* Without memory the command runs as it is. */
static struct amended amend(const char *command, char *stack, size_t room)
{
    char *const *own = environment_own();
    if (!environment_lacks_preload(own))
        return (struct amended){command, {NULL, 0}};
    struct shell_command parts = {runtime_entry(), preload_value(own), command};
    struct scratch memory = scratch_take(stack, room, shell_command_size(&parts));
    if (memory.memory)
        shell_command_write(&parts, memory.memory);
    return (struct amended){memory.memory ? memory.memory : command, memory};
}

EXPORT int system(const char *command)
{
    char stack[ON_STACK];
    if (!real()->system)
        return -1;
    if (command == NULL)
        return real()->system(NULL);
    struct amended amended = amend(command, stack, sizeof stack);
    int status = real()->system(amended.command);
    scratch_free(amended.memory);
    return status;
}

EXPORT FILE *popen(const char *command, const char *mode)
{
    char stack[ON_STACK];
    if (!real()->popen)
        return NULL;
    struct amended amended = amend(command, stack, sizeof stack);
    FILE *stream = real()->popen(amended.command, mode);
    scratch_free(amended.memory);
    return stream;
}
