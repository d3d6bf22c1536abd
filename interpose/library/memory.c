/* The compiler emits calls to these four; the library must not take the program's. */
#include <stddef.h>

#include "terminal/memory.h"

/* Or the compiler would see memcpy in memcpy's own loop, and call it. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    for (size_t i = 0; i < length; i++)
        t[i] = f[i];
    return to;
}

void *memmove(void *to, const void *from, size_t length)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    if (t < f)
        return memcpy(to, from, length);
    for (size_t i = length; i > 0; i--)
        t[i - 1] = f[i - 1];
    return to;
}

void *memset(void *to, int value, size_t length)
{
    unsigned char *t = to;
    for (size_t i = 0; i < length; i++)
        t[i] = (unsigned char)value;
    return to;
}

int memcmp(const void *one, const void *other, size_t length)
{
    const unsigned char *a = one, *b = other;
    for (size_t i = 0; i < length; i++) {
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

int strcmp(const char *one, const char *other)
{
    while (*one && *one == *other)
        one++, other++;
    return (unsigned char)*one - (unsigned char)*other;
}

int strncmp(const char *one, const char *other, size_t length)
{
    for (; length > 0; one++, other++, length--) {
        if (*one != *other)
            return (unsigned char)*one - (unsigned char)*other;
        if (!*one)
            return 0;
    }
    return 0;
}
