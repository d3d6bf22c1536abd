/* interpose/runtime.h for the keeper, which is told where the runtime directory is. */
#include "keeper_runtime.h"

#include <stdio.h>

static const char *directory;
static const struct rpty_page *page;

void keeper_runtime_set(const char *path, const struct rpty_page *mapped)
{
    directory = path;
    page = mapped;
}

bool runtime_present(void)
{
    return page != NULL;
}

void runtime_path(const char *name, char *path)
{
    snprintf(path, RUNTIME_PATH_SIZE, "%s/%s", directory, name);
}

const struct rpty_page *runtime_page(void)
{
    return page;
}

const struct rpty_page *runtime_page_if_mapped(void)
{
    return page;
}
