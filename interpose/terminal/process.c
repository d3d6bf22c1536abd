#include "terminal/process.h"

#include <fcntl.h>
#include <stdint.h>

#include "terminal/caller.h"
#include "terminal/memory.h"
#include "terminal/syscalls.h"

#define STAT_SIZE 256     /* "PID (a name of 15 bytes) S PARENT": well within it */
#define LISTING_SIZE 2048 /* of /proc, a piece at a time */

static bool can_continue(pid_t parent, pid_t group, long session)
{
    return parent > 0 && SYS(getpgid, parent) != group && SYS(getsid, parent) == session;
}

/* The name may hold anything, parentheses and spaces too; nothing after it does. */
pid_t process_parent_in(const char *text)
{
    const char *end = NULL;
    for (const char *c = text; *c; c++) {
        if (*c == ')')
            end = c;
    }
    if (end == NULL || end[1] != ' ' || end[2] == '\0' || end[2] == 'Z' || end[3] != ' ')
        return 0;
    pid_t parent = 0;
    for (const char *c = end + 4; *c >= '0' && *c <= '9'; c++)
        parent = parent * 10 + (*c - '0');
    return parent;
}

static pid_t parent_of(int directory, const char *name)
{
    char path[32], text[STAT_SIZE];
    size_t length = strlen(name);
    if (length + sizeof "/stat" > sizeof path)
        return 0;
    memcpy(path, name, length);
    memcpy(path + length, "/stat", sizeof "/stat");
    long fd = SYS(openat, directory, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    long got = SYS(read, fd, text, sizeof text - 1);
    SYS(close, fd);
    text[got > 0 ? got : 0] = '\0';
    return process_parent_in(text);
}

static pid_t number_of(const char *name)
{
    pid_t number = 0;
    for (; *name; name++) {
        if (*name < '0' || *name > '9')
            return 0;
        number = number * 10 + (*name - '0');
    }
    return number;
}

static bool has_guardian(int directory, const char *listing, long size, pid_t group, long session)
{
    for (long at = 0; at < size;) {
        const struct directory_entry *entry = (const struct directory_entry *)(listing + at);
        pid_t member = number_of(entry->name);
        if (member > 0 && SYS(getpgid, member) == group &&
            can_continue(parent_of(directory, entry->name), group, session))
            return true;
        at += entry->length;
    }
    return false;
}

bool process_group_is_orphaned(pid_t group)
{
    long session = SYS(getsid, caller());
    if (can_continue((pid_t)SYS(getppid, 0), group, session))
        return false;
    long directory = SYS(openat, AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return true;
    char listing[LISTING_SIZE] __attribute__((aligned(8)));
    bool found = false;
    long size;
    while (!found && (size = SYS(getdents64, directory, listing, sizeof listing)) > 0)
        found = has_guardian((int)directory, listing, size, group, session);
    SYS(close, directory);
    return !found;
}
