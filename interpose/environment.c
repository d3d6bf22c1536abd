#include "environment.h"

#include <errno.h>
#include <stddef.h>

#include "preload.h"
#include "runtime.h"
#include "scratch.h"
#include "user_memory.h"

extern char **libc_environ __asm__("environ") __attribute__((weak));

#define ON_STACK 8192 /* bytes: an environment of a thousand strings */

char **environment_own(void)
{
    return &libc_environ ? libc_environ : NULL;
}

bool environment_lacks_preload(char *const environment[])
{
    return runtime_present() && preload_find(preload_value(environment)).length == 0;
}

/* A mapping is not freed where `start` succeeds by becoming another program, or in a child of vfork, which
 * leaves it with the parent: a few pages, for an environment of more than a thousand strings. */
long environment_with_preload(char *const environment[], long (*start)(char *const[], void *),
                              void *argument)
{
    bool is_bad = environment != NULL && user_is_nowhere(environment);
    if (is_bad || !environment_lacks_preload(environment))
        return start(environment, argument);
    char *stack[ON_STACK / sizeof(char *)];
    size_t strings = (environment_count(environment) + 2) * sizeof(char *);
    size_t size = strings + preload_merged_size(environment, runtime_entry());
    struct scratch memory = scratch_take(stack, sizeof stack, size);
    if (memory.memory == NULL)
        return -ENOMEM;
    preload_merge(environment, runtime_entry(), (char *)memory.memory + strings, memory.memory);
    long result = start(memory.memory, argument);
    scratch_free(memory);
    return result;
}
