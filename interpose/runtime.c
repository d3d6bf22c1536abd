#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

#include "memory.h"
#include "preload.h"
#include "syscalls.h"

extern char **libc_environ __asm__("environ") __attribute__((weak));

static char directory[RUNTIME_PATH_SIZE]; /* with a slash at its end */
static char entry[RUNTIME_PATH_SIZE];
static atomic_bool looked;
static _Atomic(const struct rpty_page *) mapped;
static atomic_bool unmappable; /* do not try at each call what cannot succeed */

/* Names in the directory are at most as long as the library's. */
static bool fits(struct text found)
{
    return found.length > 0 && found.length < RUNTIME_PATH_SIZE;
}

/* Two threads may do this at once: they write the same. */
static void look(void)
{
    struct text found = preload_find(&libc_environ ? preload_value(libc_environ) : NULL);
    if (fits(found)) {
        memcpy(entry, found.start, found.length);
        memcpy(directory, found.start, found.length - (sizeof RPTY_FILE_LIBRARY - 1));
    }
    atomic_store_explicit(&looked, true, memory_order_release);
}

bool runtime_present(void)
{
    if (!atomic_load_explicit(&looked, memory_order_acquire))
        look();
    return directory[0] != '\0';
}

void runtime_forget(void)
{
    atomic_store_explicit(&looked, true, memory_order_relaxed);
    directory[0] = '\0';
    atomic_store_explicit(&mapped, NULL, memory_order_release);
}

/* Where the last part of the directory's path begins. */
static size_t last_part(void)
{
    size_t at = strlen(directory) - 1;
    while (at > 0 && directory[at - 1] != '/')
        at--;
    return at;
}

bool runtime_move(const char *name, const struct rpty_page *page)
{
    size_t at = last_part(), length = strlen(name);
    if (at + length + sizeof RPTY_FILE_LIBRARY >= RUNTIME_PATH_SIZE)
        return false;
    memcpy(directory + at, name, length);
    memcpy(directory + at + length, "/", 2);
    atomic_store_explicit(&mapped, page, memory_order_release);
    return true;
}

const char *runtime_entry(void)
{
    return runtime_present() ? entry : "";
}

void runtime_path(const char *name, char *path)
{
    size_t length = strlen(directory);
    memcpy(path, directory, length);
    memcpy(path + length, name, strlen(name) + 1);
}

bool runtime_is_page(const struct rpty_page *page)
{
    return page->magic == RPTY_PAGE_MAGIC && page->version == RPTY_PAGE_VERSION;
}

static long map_file(void)
{
    char path[RUNTIME_PATH_SIZE];
    runtime_path(RPTY_FILE_PAGE, path);
    long fd = SYS(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fd;
    long address = SYS(mmap, 0, RPTY_PAGE_SIZE, PROT_READ, MAP_SHARED, fd, 0);
    SYS(close, fd);
    return address;
}

static bool is_passing(long error)
{
    return error == -EMFILE || error == -ENFILE || error == -ENOMEM || error == -EINTR;
}

static const struct rpty_page *give_up(long error)
{
    if (!is_passing(error))
        atomic_store(&unmappable, true);
    return NULL;
}

static const struct rpty_page *map(void)
{
    long address = map_file();
    if (address < 0 && address > -4096)
        return give_up(address);
    const struct rpty_page *page = (const struct rpty_page *)address;
    const struct rpty_page *none = NULL;
    if (!runtime_is_page(page)) {
        SYS(munmap, address, RPTY_PAGE_SIZE);
        return give_up(-EPROTO);
    }
    if (!atomic_compare_exchange_strong(&mapped, &none, page)) {
        SYS(munmap, address, RPTY_PAGE_SIZE); /* another thread was first */
        return none;
    }
    return page;
}

const struct rpty_page *runtime_page_if_mapped(void)
{
    return atomic_load_explicit(&mapped, memory_order_acquire);
}

const struct rpty_page *runtime_page(void)
{
    const struct rpty_page *page = runtime_page_if_mapped();
    if (page || !runtime_present() || atomic_load_explicit(&unmappable, memory_order_relaxed))
        return page;
    return map();
}
