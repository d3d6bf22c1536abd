/* prctl. A program that filters its own system calls (file(1) does, libseccomp for many) lists those that its
 * reads and writes need on a terminal of the kernel's, and is killed for others; the oldest kind of sandbox has
 * room for none of ours. Filters that were there at
 * its start are others' and let through what any program needs. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>

#include "library/export.h"
#include "library/real.h"
#include "library/runtime.h"
#include "library/sandbox.h"
#include "terminal/bpf.h"
#include "terminal/syscalls.h"

/* The strict mode's calls. */
static void build_strict(struct filter *filter)
{
    static const uint32_t allowed[] = {__NR_read, __NR_write, __NR_exit, __NR_rt_sigreturn};
    filter->length = 0;
    bpf_load(filter, DATA(arch));
    bpf_return_unless_equal(filter, OUR_ARCHITECTURE, SECCOMP_RET_KILL);
    bpf_load(filter, DATA(nr));
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        bpf_return_if_equal(filter, allowed[i], SECCOMP_RET_ALLOW);
    bpf_return(filter, SECCOMP_RET_KILL);
}

/* Programs that can't exec have no privileges to get. */
static long strict_by_filter(void)
{
    struct filter filter;
    build_strict(&filter);
    const struct sock_fprog program = {filter.length, filter.code};
    SYS(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return SYS(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* Whoever is under a filter, the keeper's for one (filter.c), can't have the strict mode any more. */
static int set_strict(void)
{
    runtime_forget();
    long result = SYS(prctl, PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0);
    if (result == -EINVAL && SYS(prctl, PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTER)
        result = strict_by_filter();
    return (int)libc_result(result);
}

int rpty_prctl(int option, ...) __asm__("prctl");

/* PR_SET_NO_NEW_PRIVS comes before each filter that is set by seccomp(2), which has no function of its own. */
EXPORT int rpty_prctl(int option, ...)
{
    va_list list;
    va_start(list, option);
    unsigned long a = va_arg(list, unsigned long), b = va_arg(list, unsigned long);
    unsigned long c = va_arg(list, unsigned long), d = va_arg(list, unsigned long);
    va_end(list);
    if (option == PR_SET_SECCOMP || option == PR_SET_NO_NEW_PRIVS)
        sandbox_begin();
    if (option == PR_SET_SECCOMP && a == SECCOMP_MODE_STRICT)
        return set_strict();
    if (real()->prctl)
        return real()->prctl(option, a, b, c, d);
    return (int)libc_result(SYS(prctl, option, a, b, c, d));
}
