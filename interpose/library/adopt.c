/* Other sessions' runtime directories lie beside ours, and each has a page that says its terminal's name. Only
 * those of our own user are looked at: others could show us a terminal that listens. */
#include "terminal/adopt.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "library/runtime.h"
#include "terminal/memory.h"
#include "terminal/outcome.h"
#include "terminal/state.h"
#include "terminal/syscalls.h"

#define PREFIX "rpty-" /* of a runtime directory's name (slave/runtime_directory.ts) */
#define LISTING_SIZE 2048

static bool is_our_users(long fd)
{
    struct stat status;
    return SYS(fstat, fd, &status) == 0 && status.st_uid == (uid_t)SYS(geteuid, 0);
}

/* One that is being made has no length yet, and could not be read. */
static bool is_whole(long fd)
{
    struct stat status;
    return SYS(fstat, fd, &status) == 0 && status.st_size == RPTY_PAGE_SIZE;
}

static bool is_called(const struct rpty_page *page, const char *name)
{
    return runtime_is_page(page) && strcmp(page->name, name) == 0 && !state_hung_up(page);
}

/* -> the page of DIRECTORY if it is that of the terminal of that name; else NULL */
static const struct rpty_page *page_in(long directory, const char *name)
{
    long fd = SYS(openat, directory, RPTY_OWN_DIRECTORY "/" RPTY_FILE_PAGE,
                  O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return NULL;
    long address = -1;
    if (is_whole(fd))
        address = SYS(mmap, 0, RPTY_PAGE_SIZE, PROT_READ, MAP_SHARED, fd, 0);
    SYS(close, fd);
    if (is_failure(address))
        return NULL;
    if (is_called((const struct rpty_page *)address, name))
        return (const struct rpty_page *)address;
    SYS(munmap, address, RPTY_PAGE_SIZE);
    return NULL;
}

static bool adopt(long parent, const char *entry, const char *name)
{
    long directory = SYS(openat, parent, entry, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (directory < 0)
        return false;
    const struct rpty_page *page = is_our_users(directory) ? page_in(directory, name) : NULL;
    SYS(close, directory);
    return page && runtime_move(entry, page);
}

static bool adopt_in(long parent, const char *listing, long size, const char *name)
{
    for (long at = 0; at < size;) {
        const struct directory_entry *entry = (const struct directory_entry *)(listing + at);
        if (strncmp(entry->name, PREFIX, sizeof PREFIX - 1) == 0 &&
            adopt(parent, entry->name, name))
            return true;
        at += entry->length;
    }
    return false;
}

bool adopt_terminal(const char *name)
{
    char path[RUNTIME_PATH_SIZE];
    char listing[LISTING_SIZE] __attribute__((aligned(8)));
    const struct rpty_page *own = runtime_page();
    if (own && !state_hung_up(own))
        return false;
    runtime_parent(path);
    long parent = SYS(openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0)
        return false;
    bool found = false;
    long size;
    while (!found && (size = SYS(getdents64, parent, listing, sizeof listing)) > 0)
        found = adopt_in(parent, listing, size, name);
    SYS(close, parent);
    return found;
}
