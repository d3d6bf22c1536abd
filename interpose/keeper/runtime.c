/* terminal/runtime.h for the keeper, which is told where the library is. */
#include "keeper/runtime.h"

#include <string.h>

static struct place place;
static const struct rpty_page *page;

bool keeper_runtime_set(const char *library)
{
    return place_of(library, strlen(library), &place);
}

const char *keeper_runtime_root(void)
{
    return place.root;
}

void keeper_runtime_map(const struct rpty_page *mapped)
{
    page = mapped;
}

bool runtime_present(void)
{
    return page != NULL;
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
    return true;
}

const struct rpty_page *runtime_page(void)
{
    return page;
}

const struct rpty_page *runtime_page_if_mapped(void)
{
    return page;
}
