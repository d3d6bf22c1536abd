#include "library/real.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

static struct real table;
static atomic_bool ready;

#ifdef RPTY_STATIC
/* In librpty.a they have names of their own (small_hosts/archive.sh), those that the C library has. */
#define REAL_DECLARE(result, name, arguments)                                                      \
    extern result rpty_real_##name arguments __attribute__((weak));
REAL_FUNCTIONS(REAL_DECLARE)
#define LOOK_UP(name) rpty_real_##name

void *real_in_glibc(const char *name)
{
    (void)name;
    return NULL;
}
#else
/* Weak and unversioned: glibc before 2.34 keeps dlsym in a library that the program need not have loaded;
 * there, the C library's internal pair serves. */
extern void *dlsym(void *, const char *) __attribute__((weak));
extern void *__libc_dlopen_mode(const char *, int) __attribute__((weak));
extern void *__libc_dlsym(void *, const char *) __attribute__((weak));

extern void *dlopen(const char *, int) __attribute__((weak));

#define NEXT ((void *)-1L) /* RTLD_NEXT, alike in both C libraries */
#define LOADED 5           /* RTLD_LAZY | RTLD_NOLOAD of glibc */
#define GLIBC "libc.so.6"
#define INTERNAL_LAZY 0x80000001 /* __RTLD_DLOPEN | RTLD_LAZY */

static void *look_up(const char *name)
{
    if (dlsym)
        return dlsym(NEXT, name);
    if (__libc_dlopen_mode && __libc_dlsym)
        return __libc_dlsym(__libc_dlopen_mode(GLIBC, (int)INTERNAL_LAZY), name);
    return NULL;
}

void *real_in_glibc(const char *name)
{
    if (__libc_dlopen_mode && __libc_dlsym)
        return __libc_dlsym(__libc_dlopen_mode(GLIBC, (int)INTERNAL_LAZY), name);
    void *library = dlopen && dlsym ? dlopen(GLIBC, LOADED) : NULL;
    return library ? dlsym(library, name) : NULL;
}

#define LOOK_UP(name) (__typeof__(table.name))look_up(#name)
#endif

static void fill(void)
{
#define REAL_LOOK_UP(result, name, arguments) table.name = LOOK_UP(name);
    REAL_FUNCTIONS(REAL_LOOK_UP)
#undef REAL_LOOK_UP
    atomic_store_explicit(&ready, true, memory_order_release);
}

const struct real *real(void)
{
    if (!atomic_load_explicit(&ready, memory_order_acquire))
        fill();
    return &table;
}

void real_replace_read(const void *found, ssize_t (*read)(int, void *, size_t))
{
    if ((const void *)real()->read == found)
        table.read = read;
}

void real_replace_write(const void *found, ssize_t (*write)(int, const void *, size_t))
{
    if ((const void *)real()->write == found)
        table.write = write;
}
