/* mount. bwrap binds the terminal that it runs on to a /dev/console of its sandbox's, by the name that ttyname
 * gave, below the old root. There is no such file: what is there instead is the output's FIFO. */
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mount.h>

#include "library/export.h"
#include "terminal/memory.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"

/* Where in `path` the terminal's name begins that it ends with; NULL: it does not. */
static const char *name_at_end(const char *path)
{
    const struct rpty_page *page = runtime_page();
    if (page == NULL || path == NULL || strlen(path) < strlen(page->name))
        return NULL;
    const char *end = path + strlen(path) - strlen(page->name);
    return strcmp(end, page->name) == 0 ? end : NULL;
}

/* Writes the output's path below the same root. -> false: it is too long */
static bool output_below(const char *path, const char *name, char output[PATH_MAX])
{
    size_t root = (size_t)(name - path);
    if (root + RUNTIME_PATH_SIZE > PATH_MAX)
        return false;
    memcpy(output, path, root);
    runtime_path(RPTY_FILE_OUTPUT, output + root);
    return true;
}

EXPORT int mount(const char *source, const char *target, const char *type, unsigned long flags,
                 const void *data)
{
    char output[PATH_MAX];
    const char *name = flags & MS_BIND ? name_at_end(source) : NULL;
    if (name && output_below(source, name, output))
        source = output;
    return (int)libc_result(SYS(mount, source, target, type, flags, data));
}
