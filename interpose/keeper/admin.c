#include "terminal/admin.h"

#include <stdio.h>
#include <sys/stat.h>

#include "keeper/caller.h"
#include "keeper/proc.h"
#include "terminal/runtime.h"

static bool is_of_our_namespace(pid_t thread)
{
    char path[40];
    struct stat namespace;
    snprintf(path, sizeof path, "/proc/%d/ns/user", thread);
    return stat(path, &namespace) == 0 && namespace.st_ino == runtime_page()->user_namespace;
}

bool caller_is_admin(void)
{
    char text[PROC_STATUS_SIZE];
    if (!is_of_our_namespace(caller_thread()))
        return false;
    proc_read(caller_thread(), "status", text, sizeof text);
    return proc_field(text, "\nCapEff:", 16) >> CAP_SYS_ADMIN & 1;
}
