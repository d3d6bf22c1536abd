/* Where a search for a program finds it. */
#include <sys/stat.h>

#include "testing/check.h"
#include "terminal/search.c"

static void check_found(const char *file, const char *places, const char *wanted)
{
    char path[64];
    const char *found = search_find(file, places, path, sizeof path);
    check_text(file, wanted, strdup(found ? found : "nowhere"));
}

static void make_program(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY, 0700);
    check_number(path, true, fd >= 0);
    close(fd);
}

/* An empty place is the current folder. */
static void checks_in_folder(void)
{
    make_program("x");
    mkdir("a", 0700);
    mkdir("b", 0700);
    make_program("b/x");
    check_found("x", "a:b", "b/x");
    check_found("x", "b:", "b/x");
    check_found("x", "a:", "x");
    check_found("x", ":b", "x");
    check_found("x", "a::b", "x");
    check_found("x", "", "x");
    check_found("y", "a:b:", "nowhere");
    unlink("b/x");
    unlink("x");
    rmdir("a");
    rmdir("b");
}

int main(void)
{
    char folder[] = "/tmp/rpty-search-XXXXXX";
    check_found("sh", "/rpty-none:/bin", "/bin/sh");
    check_found("sh", NULL, "/bin/sh");
    check_found("sh", "/:/bin", "/bin/sh");
    check_found("/bin/cat", "/rpty-none", "/bin/cat");
    check_found("rpty-none", "/bin:/usr/bin", "nowhere");
    check_found("", "/bin", "nowhere");
    check_found("a-name-that-is-longer-than-there-is-room-for", "/bin/bin/bin/bin/bin", "nowhere");
    if (mkdtemp(folder) && chdir(folder) == 0)
        checks_in_folder();
    check_number("folder", 0, rmdir(folder));
    return checks_done();
}
