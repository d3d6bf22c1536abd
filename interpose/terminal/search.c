#include "terminal/search.h"

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "terminal/memory.h"
#include "terminal/syscalls.h"

#define USUAL_PLACES "/bin:/usr/bin" /* where there is no PATH */

static bool has_folder(const char *file)
{
    while (*file && *file != '/')
        file++;
    return *file == '/';
}

static size_t length_of_folder(const char *places)
{
    size_t length = 0;
    while (places[length] && places[length] != ':')
        length++;
    return length;
}

static bool is_executable(const char *folder, size_t length, const char *file, char *path,
                          size_t size)
{
    size_t rest = strlen(file) + 1;
    if (length + 1 + rest > size)
        return false;
    memcpy(path, folder, length);
    path[length] = '/';
    memcpy(path + length + (length > 0), file, rest);
    return SYS(faccessat, AT_FDCWD, path, X_OK) == 0;
}

const char *search_find(const char *file, const char *places, char *path, size_t size)
{
    if (*file == '\0' || has_folder(file))
        return *file ? file : NULL;
    for (places = places ? places : USUAL_PLACES;; places++) {
        size_t length = length_of_folder(places);
        if (is_executable(places, length, file, path, size))
            return path;
        places += length;
        if (*places == '\0')
            return NULL;
    }
}
