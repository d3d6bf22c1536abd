/* librpty.so as a program, "rpty-reach": the way to a program that the preload can't reach, where not the whole
 * session is under the filter. It puts itself under it, sends the listener to the keeper, and becomes the program.
 * Here no loader has been: nothing may be used that needs one, such as another library's functions. (A program
 * with a C library would take ten times as long to start.)
 *
 *   rpty-reach PATH [ARGUMENT...]
 *
 * Where there can be no filter, the program runs without. */
#include <elf.h>
#include <errno.h>
#include <stddef.h>

#include "terminal/connect.h"
#include "terminal/exit_status.h"
#include "terminal/filter.h"
#include "terminal/memory.h"
#include "terminal/page.h"
#include "terminal/pass.h"
#include "terminal/place.h"
#include "terminal/syscalls.h"

/* The kernel leaves argc, argv and envp on the stack. */
#if defined(__x86_64__)
__asm__(".globl rpty_reach_start\n.hidden rpty_reach_start\n.type rpty_reach_start, %function\n"
        "rpty_reach_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall rpty_reach_main\n");
#elif defined(__aarch64__)
__asm__(".globl rpty_reach_start\n.hidden rpty_reach_start\n.type rpty_reach_start, %function\n"
        "rpty_reach_start:\n\tmov x0, sp\n\tbl rpty_reach_main\n");
#endif

#define USAGE 2 /* an exit status */

/* Not before somebody is there who listens. Whoever is under the filter already has it from an ancestor. */
static void go_under_filter(const char *path)
{
    long keeper = connect_to(path);
    if (keeper < 0)
        return;
    long listener = filter_install(true);
    if (listener != -EBUSY)
        pass_send((int)keeper, listener);
    if (listener >= 0)
        SYS(close, listener);
    SYS(close, keeper);
}

/* The path that this was started by, the library's, as the kernel tells it behind the environment (getauxval(3)). */
static const char *started_as(char **environment)
{
    while (*environment)
        environment++;
    const Elf64_auxv_t *value = (const Elf64_auxv_t *)(environment + 1);
    for (; value->a_type != AT_NULL; value++) {
        if (value->a_type == AT_EXECFN)
            return (const char *)value->a_un.a_val;
    }
    return "";
}

static void reach_keeper(const char *library)
{
    struct place place;
    char path[PLACE_SIZE];
    if (!place_of(library, strlen(library), &place))
        return;
    place_path(place.own, RPTY_FILE_REACH, path);
    go_under_filter(path);
}

__attribute__((used, noreturn)) void rpty_reach_main(long *stack)
{
    long count = stack[0];
    char **arguments = (char **)(stack + 1), **environment = arguments + count + 1;
    if (count < 3)
        SYS(exit_group, USAGE);
    reach_keeper(started_as(environment));
    long failed = SYS(execve, arguments[1], arguments + 2, environment);
    for (;;)
        SYS(exit_group, exit_status_of((int)-failed));
}
