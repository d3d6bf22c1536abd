#include "keeper/directory.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "keeper/runtime.h"
#include "terminal/clock.h"

#define REFRESH_MS (60 * 60 * 1000)

static void remove_own(const char *name)
{
    char path[RUNTIME_PATH_SIZE];
    runtime_path(name, path);
    unlink(path);
}

static void remove_shared(const char *name)
{
    char path[RUNTIME_PATH_SIZE];
    runtime_shared_path(name, path);
    unlink(path);
}

void directory_lock(void)
{
    int fd = open(keeper_runtime_root(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        flock(fd, LOCK_SH);
}

static void look_used(void)
{
    char path[RUNTIME_PATH_SIZE];
    utimensat(AT_FDCWD, keeper_runtime_root(), NULL, 0);
    runtime_shared_path("", path);
    utimensat(AT_FDCWD, path, NULL, 0);
    runtime_shared_path(RPTY_FILE_LIBRARY, path);
    utimensat(AT_FDCWD, path, NULL, 0);
}

int directory_refresh(void)
{
    static int64_t next;
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    int64_t now = clock_from_timespec(&time) / NS_PER_MS;
    if (now >= next) {
        look_used();
        next = now + REFRESH_MS;
    }
    return (int)(next - now);
}

void directory_remove_terminal(void)
{
    char path[RUNTIME_PATH_SIZE];
    remove_shared(RPTY_FILE_DOOR);
    remove_own(RPTY_FILE_PAGE);
    remove_own(RPTY_FILE_CONTROL);
    remove_own(RPTY_FILE_INPUT);
    remove_own(RPTY_FILE_OUTPUT);
    remove_own(RPTY_FILE_DATA);
    remove_own(RPTY_FILE_KEEPER);
    remove_own(RPTY_FILE_REACH);
    runtime_path("", path);
    rmdir(path);
}

void directory_remove(void)
{
    char path[RUNTIME_PATH_SIZE];
    remove_shared(RPTY_FILE_LIBRARY);
    runtime_shared_path("", path);
    rmdir(path);
    rmdir(keeper_runtime_root());
}
