/* The parent's number in /proc/PID/stat, whatever the program is called. */
#include <sys/wait.h>
#include <unistd.h>

#include "testing/check.h"
#include "library/caller.c"
#include "terminal/process.c"

/* What a child finds of its own group, after `move`; in `deep`, a child of its in the same group does. */
static bool child_finds(int (*move)(void), bool deep)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (move)
            move();
        if (deep && fork() > 0)
            _exit(wait(&status) < 0 ? 2 : WEXITSTATUS(status));
        _exit(process_group_is_orphaned(getpgrp()));
    }
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

static int own_group(void)
{
    return setpgid(0, 0);
}

static int own_session(void)
{
    return setsid();
}

int main(void)
{
    check_number("plain", 1, process_parent_in("12 (sh) S 1 12 12 0"));
    check_number("parentheses", 77, process_parent_in("12 (a) S 5 (b)) R 77 12"));
    check_number("spaces", 345, process_parent_in("12 (a b  c) T 345 1"));
    check_number("cut off", 0, process_parent_in("12 (sh) S"));
    check_number("cut off earlier", 0, process_parent_in("12 (s"));
    check_number("ended", 0, process_parent_in("12 (sh) Z 345 12"));
    check_number("empty", 0, process_parent_in(""));
    check_number("a job of ours", false, child_finds(own_group, false));
    check_number("its second process", false, child_finds(own_group, true));
    check_number("a session's leader", true, child_finds(own_session, false));
    check_number("its second process", true, child_finds(own_session, true));
    return checks_done();
}
