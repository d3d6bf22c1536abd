/* prctl. A program that filters its own system calls (file(1) does, libseccomp for many) lists those that its
 * reads and writes need on a terminal of the kernel's, and is killed for others; the oldest kind of sandbox has
 * room for none of ours. Filters that were there at
 * its start are others' and let through what any program needs. */
#include "sandbox.h"

#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/prctl.h>

#include "export.h"
#include "real.h"
#include "runtime.h"
#include "syscalls.h"

static atomic_bool is_on;

bool sandbox_is_on(void)
{
    return atomic_load_explicit(&is_on, memory_order_relaxed);
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
    if (option == PR_SET_SECCOMP && a == SECCOMP_MODE_STRICT)
        runtime_forget();
    if (option == PR_SET_SECCOMP || option == PR_SET_NO_NEW_PRIVS)
        atomic_store_explicit(&is_on, true, memory_order_relaxed);
    if (real()->prctl)
        return real()->prctl(option, a, b, c, d);
    return (int)libc_result(SYS(prctl, option, a, b, c, d));
}
