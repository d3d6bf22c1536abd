#include "library/sandbox.h"

#include <stdatomic.h>

static atomic_bool is_on;

bool sandbox_is_on(void)
{
    return atomic_load_explicit(&is_on, memory_order_relaxed);
}

void sandbox_begin(void)
{
    atomic_store_explicit(&is_on, true, memory_order_relaxed);
}
