#include "library/environment.h"

#include <errno.h>
#include <stddef.h>

#include "library/preload.h"
#include "library/runtime.h"
#include "library/scratch.h"
#include "terminal/user_memory.h"

extern char **libc_environ __asm__("environ") __attribute__((weak));

#define ON_STACK 8192 /* bytes: an environment of a thousand strings */

char **environment_own(void)
{
    return &libc_environ ? libc_environ : NULL;
}

static bool has_preload(char *const environment[])
{
    return preload_find(preload_value(environment)).length > 0;
}

bool environment_lacks_preload(char *const environment[])
{
    return runtime_present() && !has_preload(environment);
}

/* A mapping is not freed where `start` succeeds by becoming another program, or in a child of vfork, which
 * leaves it with the parent: a few pages, for an environment of more than a thousand strings. */
long environment_amended(char *const environment[], bool takes,
                         long (*start)(char *const[], void *), void *argument)
{
    bool is_bad = environment != NULL && user_is_nowhere(environment);
    if (is_bad || !runtime_present() || has_preload(environment) == takes)
        return start(environment, argument);
    char *stack[ON_STACK / sizeof(char *)];
    size_t strings = (environment_count(environment) + 2) * sizeof(char *);
    size_t size = strings + preload_merged_size(environment, runtime_entry());
    struct scratch memory = scratch_take(stack, sizeof stack, size);
    if (memory.memory == NULL)
        return -ENOMEM;
    char *variable = (char *)memory.memory + strings;
    if (takes)
        preload_merge(environment, runtime_entry(), variable, memory.memory);
    else
        preload_remove(environment, variable, memory.memory);
    long result = start(memory.memory, argument);
    scratch_free(memory);
    return result;
}
