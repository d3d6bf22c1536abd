/* fileno, which the C library cannot answer for a custom stream. */
#include <stdio.h>

#include "library/custom_stream.h"
#include "library/export.h"
#include "library/real.h"

EXPORT int fileno(FILE *stream)
{
    int fd = custom_stream_descriptor(stream);
    if (fd >= 0 || !real()->fileno)
        return fd;
    return real()->fileno(stream);
}

ALIAS(fileno_unlocked, fileno);
