/* Memory for one call without an allocator: the stack for what is usual, a mapping for what is large. */
#ifndef RPTY_SCRATCH_H
#define RPTY_SCRATCH_H

#include <stddef.h>
#include <sys/mman.h>

#include "terminal/outcome.h"
#include "terminal/syscalls.h"

struct scratch {
    void *memory; /* NULL: there was none to be had */
    size_t mapped;
};

static inline struct scratch scratch_take(void *stack, size_t room, size_t size)
{
    if (size <= room)
        return (struct scratch){stack, 0};
    long address = SYS(mmap, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (is_failure(address))
        return (struct scratch){NULL, 0};
    return (struct scratch){(void *)address, size};
}

static inline void scratch_free(struct scratch scratch)
{
    if (scratch.mapped)
        SYS(munmap, scratch.memory, scratch.mapped);
}

#endif
