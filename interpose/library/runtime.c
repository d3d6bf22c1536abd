#include "library/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "library/preload.h"
#include "terminal/control.h"
#include "terminal/memory.h"
#include "terminal/outcome.h"
#include "terminal/place.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

extern char **libc_environ __asm__("environ") __attribute__((weak));

static struct place place;
static char entry[RUNTIME_PATH_SIZE];
static atomic_bool present;
static struct stat library; /* as it was when the program started */
static atomic_bool looked;
static _Atomic(const struct rpty_page *) mapped;
static atomic_bool unmappable; /* do not try at each call what cannot succeed */

/* Two threads may do this at once: they write the same. */
static void look(void)
{
    struct text found = preload_find(&libc_environ ? preload_value(libc_environ) : NULL);
    if (found.length > 0 && place_of(found.start, found.length, &place)) {
        memcpy(entry, found.start, found.length);
        SYS(newfstatat, AT_FDCWD, entry, &library, 0);
        atomic_store_explicit(&present, true, memory_order_relaxed);
    }
    atomic_store_explicit(&looked, true, memory_order_release);
}

bool runtime_present(void)
{
    if (!atomic_load_explicit(&looked, memory_order_acquire))
        look();
    return atomic_load_explicit(&present, memory_order_relaxed);
}

void runtime_forget(void)
{
    atomic_store_explicit(&looked, true, memory_order_relaxed);
    atomic_store_explicit(&present, false, memory_order_relaxed);
    atomic_store_explicit(&mapped, NULL, memory_order_release);
}

bool runtime_move(const char *name, const struct rpty_page *page)
{
    if (!place_move(&place, name))
        return false;
    atomic_store_explicit(&mapped, page, memory_order_release);
    return true;
}

const char *runtime_entry(void)
{
    return runtime_present() ? entry : "";
}

bool runtime_library_is_there(void)
{
    struct stat now;
    return runtime_present() && SYS(newfstatat, AT_FDCWD, entry, &now, 0) == 0 &&
           now.st_ino == library.st_ino && now.st_dev == library.st_dev;
}

void runtime_path(const char *name, char *path)
{
    place_path(place.own, name, path);
}

void runtime_shared_path(const char *name, char *path)
{
    place_path(place.shared, name, path);
}

bool runtime_has_shared(void)
{
    return place.shared[0] != '\0';
}

void runtime_parent(char *path)
{
    place_parent(&place, path);
}

bool runtime_is_page(const struct rpty_page *page)
{
    return page->magic == RPTY_PAGE_MAGIC && page->version == RPTY_PAGE_VERSION;
}

/* Another user's program has to ask for it. It shows a standard stream that looks like the terminal: whose it is
 * can't be known without the page. */
static long open_page(void)
{
    char path[RUNTIME_PATH_SIZE];
    runtime_path(RPTY_FILE_PAGE, path);
    long fd = SYS(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    return fd == -EACCES ? control_open_page(terminal_marked()) : fd;
}

static long map_file(void)
{
    long fd = open_page();
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
    if (is_failure(address))
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
