/* The probe is rt_sigprocmask: it copies a set of eight bytes in or out, every program makes it, so that no
 * filter forbids it, and it does nothing else. */
#include "terminal/user_memory.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "terminal/memory.h"
#include "terminal/syscalls.h"

#define PROBE_SIZE sizeof(uint64_t)
#define NO_SUCH_OPERATION (-1) /* the set is read, and then refused */
#define STACK_LOOKED_AT 65536  /* callers' frames; a wild pointer this near is none that happens */

static bool is_on_stack(const void *at, size_t size)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), there = (uintptr_t)at;
    return there > here && there - here < STACK_LOOKED_AT && size < STACK_LOOKED_AT;
}

/* Aligned, so that it crosses no page. */
static bool can_read_at(uintptr_t at)
{
    const void *word = (const void *)(at & ~(uintptr_t)(PROBE_SIZE - 1));
    return SYS(rt_sigprocmask, NO_SUCH_OPERATION, word, NULL, PROBE_SIZE) != -EFAULT;
}

static bool can_write_at(void *at)
{
    return SYS(rt_sigprocmask, SIG_BLOCK, NULL, at, PROBE_SIZE) != -EFAULT;
}

bool user_can_read(const void *at, size_t size)
{
    uintptr_t start = (uintptr_t)at;
    if (size == 0 || is_on_stack(at, size))
        return true;
    return at != NULL && can_read_at(start) && can_read_at(start + size - 1);
}

/* The bytes at both ends are overwritten: they are about to be. */
bool user_can_write(void *at, size_t size)
{
    if (is_on_stack(at, size))
        return true;
    return at != NULL && can_write_at(at) &&
           (size <= PROBE_SIZE || can_write_at((char *)at + size - PROBE_SIZE));
}

long user_put(void *to, const void *from, size_t size)
{
    if (!user_can_write(to, size))
        return -EFAULT;
    memcpy(to, from, size);
    return 0;
}

/* An int is less than the probe writes; what FIONREAD writes is one. */
long user_put_int(int pipe, void *to, int value)
{
    if (!is_on_stack(to, sizeof value) && OWN_IOCTL(pipe, FIONREAD, to) == -EFAULT)
        return -EFAULT;
    memcpy(to, &value, sizeof value);
    return 0;
}

long user_get(void *to, const void *from, size_t size)
{
    if (!user_can_read(from, size))
        return -EFAULT;
    memcpy(to, from, size);
    return 0;
}
