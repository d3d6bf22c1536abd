#include "terminal/place.h"

#include "terminal/memory.h"
#include "terminal/page.h"

#define OWN RPTY_OWN_DIRECTORY "/"

/* Where the path's last part begins, which a slash may end. */
static size_t last_part(const char *path, size_t length)
{
    size_t at = length > 0 ? length - 1 : 0;
    while (at > 0 && path[at - 1] != '/')
        at--;
    return at;
}

bool place_of(const char *library, size_t length, struct place *place)
{
    size_t shared = last_part(library, length);
    size_t root = last_part(library, shared);
    if (root < sizeof "/" || length >= PLACE_SIZE || root + sizeof OWN > PLACE_SIZE)
        return false;
    memcpy(place->shared, library, shared);
    place->shared[shared] = '\0';
    memcpy(place->root, library, root);
    place->root[root] = '\0';
    place_path(place->root, OWN, place->own);
    return true;
}

void place_path(const char *directory, const char *name, char *path)
{
    size_t length = strlen(directory);
    memcpy(path, directory, length);
    memcpy(path + length, name, strlen(name) + 1);
}

void place_parent(const struct place *place, char *path)
{
    size_t length = last_part(place->root, strlen(place->root));
    memcpy(path, place->root, length);
    path[length] = '\0';
}

bool place_move(struct place *place, const char *name)
{
    size_t length = strlen(name), at = last_part(place->root, strlen(place->root));
    if (at + length + sizeof "/" OWN RPTY_FILE_CONTROL > PLACE_SIZE)
        return false;
    memcpy(place->root + at, name, length);
    memcpy(place->root + at + length, "/", sizeof "/");
    place_path(place->root, OWN, place->own);
    place->shared[0] = '\0';
    return true;
}
