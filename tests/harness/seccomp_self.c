/* Puts itself into a seccomp sandbox that kills it for all but a few system calls, then reads and writes the terminal.
 * seccomp_self filter: by a filter; seccomp_self strict: in strict mode, which allows only read, write and exit. */
#define _GNU_SOURCE
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ALLOW(name)                                                                                \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1),                                         \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static int filter(void)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(read),
        ALLOW(write),
        ALLOW(fcntl),
        ALLOW(fstat),
        ALLOW(exit),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog all = {sizeof program / sizeof *program, program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, 1, 0, &all);
}

int main(int count, char **arguments)
{
    char line[64];
    int strict = count > 1 && strcmp(arguments[1], "strict") == 0;
    if (strict ? prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0) : filter())
        return 1;
    ssize_t length = write(1, "type: ", 6) == 6 ? read(0, line, sizeof line) : 0;
    if (length <= 0 || write(1, "got ", 4) != 4 || write(1, line, (size_t)length) != length)
        syscall(SYS_exit, 3);
    syscall(SYS_exit, read(0, line, sizeof line) == 0 ? 0 : 4);
}
