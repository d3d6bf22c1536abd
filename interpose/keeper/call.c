#include "keeper/call.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "keeper/proc.h"

#define PIDFD_OF_THREAD O_EXCL /* PIDFD_THREAD, from Linux 6.9 on */
#define STATUS_SIZE 256        /* of /proc/PID/status, where Tgid is the fourth line */
#define USER_STATUS_SIZE 1024  /* where Uid is the ninth */

/* Whoever has the number now may be another, if the caller was killed. */
bool call_is_valid(const struct call *call)
{
    return ioctl(call->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &call->id) == 0;
}

bool call_answer(const struct call *call, long result)
{
    struct seccomp_notif_resp response = {.id = call->id};
    if (result == CALL_GOES_ON)
        response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else if (result < 0)
        response.error = (int32_t)result;
    else
        response.val = result;
    return ioctl(call->listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0;
}

static int give(const struct call *call, int ours, int there, int flags)
{
    struct seccomp_notif_addfd added = {.id = call->id,
                                        .flags = there < 0 ? 0 : SECCOMP_ADDFD_FLAG_SETFD,
                                        .srcfd = (uint32_t)ours,
                                        .newfd = there < 0 ? 0 : (uint32_t)there,
                                        .newfd_flags = (uint32_t)flags};
    int fd = ioctl(call->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &added);
    return fd < 0 ? -errno : fd;
}

bool call_answer_descriptor(const struct call *call, int ours, int there, int flags)
{
    int fd = give(call, ours, there, flags);
    if (fd == -EBADF && there >= 0)
        fd = give(call, ours, -1, flags);
    return call_answer(call, fd);
}

static void path_in_proc(char *path, size_t size, const struct call *call, const char *name)
{
    snprintf(path, size, "/proc/%d/%s", call->thread, name);
}

pid_t call_process(const struct call *call)
{
    char text[STATUS_SIZE];
    proc_read(call->thread, "status", text, sizeof text);
    const char *line = strstr(text, "\nTgid:");
    return line ? (pid_t)atoi(line + sizeof "\nTgid:" - 1) : call->thread;
}

/* Where a sandbox around all of us forbids the direct way (Docker's does). -> descriptor or -1 */
static int open_memory(const struct call *call, int mode)
{
    char path[32];
    path_in_proc(path, sizeof path, call, "mem");
    int fd = open(path, mode | O_CLOEXEC);
    if (fd < 0 || call_is_valid(call))
        return fd;
    close(fd);
    return -1;
}

static bool is_forbidden(ssize_t result)
{
    return result < 0 && (errno == EPERM || errno == ENOSYS);
}

bool call_read(const struct call *call, uint64_t from, void *to, size_t size)
{
    struct iovec here = {to, size}, there = {(void *)(uintptr_t)from, size};
    ssize_t got = process_vm_readv(call->thread, &here, 1, &there, 1, 0);
    if (is_forbidden(got)) {
        int memory = open_memory(call, O_RDONLY);
        got = memory < 0 ? -1 : pread(memory, to, size, (off_t)from);
        close(memory);
    }
    return got == (ssize_t)size && call_is_valid(call);
}

bool call_write(const struct call *call, uint64_t to, const void *from, size_t size)
{
    struct iovec here = {(void *)from, size}, there = {(void *)(uintptr_t)to, size};
    if (!call_is_valid(call))
        return false;
    ssize_t put = process_vm_writev(call->thread, &here, 1, &there, 1, 0);
    if (is_forbidden(put)) {
        int memory = open_memory(call, O_WRONLY);
        put = memory < 0 ? -1 : pwrite(memory, from, size, (off_t)to);
        close(memory);
    }
    return put == (ssize_t)size;
}

/* ---- The caller's process, its user, its descriptors */

static int open_process(const struct call *call)
{
    int process = (int)syscall(SYS_pidfd_open, call->thread, PIDFD_OF_THREAD);
    if (process < 0 && errno == EINVAL)
        process = (int)syscall(SYS_pidfd_open, call_process(call), 0);
    return process < 0 ? -errno : process;
}

/* The last caller's process is kept, by the thread that hears the calls, since most callers call again: that is most of
 * a call's time. */
static pid_t kept_thread;
static int kept_process = -1;

static int renew_process(const struct call *call)
{
    if (kept_process >= 0)
        close(kept_process);
    kept_thread = call->thread;
    return kept_process = open_process(call);
}

static int take_from(int process, int fd)
{
    int ours = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
    return ours < 0 ? -errno : ours;
}

static int take_apart(const struct call *call, int fd)
{
    int process = open_process(call);
    if (process < 0)
        return process;
    int ours = take_from(process, fd);
    close(process);
    return ours;
}

static int take_descriptor(const struct call *call, int fd)
{
    if (call->apart)
        return take_apart(call, fd);
    if (kept_process >= 0 && kept_thread == call->thread) {
        int ours = take_from(kept_process, fd);
        if (ours != -ESRCH)
            return ours;
    }
    int process = renew_process(call);
    return process < 0 ? process : take_from(process, fd);
}

/* What the kernel tells of a process by its pidfd (PIDFD_GET_INFO), from Linux 6.13 on. */
struct process_info {
    uint64_t mask, cgroup;
    uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
    int32_t exit_code;
};
#define GET_INFO _IOWR(0xFF, 11, struct process_info)
#define INFO_CREDENTIALS 2

static uid_t user_by_status(const struct call *call)
{
    char text[USER_STATUS_SIZE];
    unsigned effective = (unsigned)-1;
    proc_read(call->thread, "status", text, sizeof text);
    const char *line = strstr(text, "\nUid:");
    if (line)
        sscanf(line, "\nUid: %*u %u", &effective);
    return effective;
}

uid_t call_user(const struct call *call)
{
    struct process_info info = {.mask = INFO_CREDENTIALS};
    if (kept_process < 0 || kept_thread != call->thread)
        renew_process(call);
    if (ioctl(kept_process, GET_INFO, &info) == 0 && (info.mask & INFO_CREDENTIALS) &&
        call_is_valid(call))
        return info.euid;
    return user_by_status(call);
}

static bool is_path(int fd)
{
    return fcntl(fd, F_GETFL) & O_PATH;
}

/* What the caller's own descriptor was opened with (proc_pid_fdinfo(5)). */
static bool is_path_there(const struct call *call, int fd)
{
    char name[24], text[STATUS_SIZE];
    snprintf(name, sizeof name, "fdinfo/%d", fd);
    proc_read(call->thread, name, text, sizeof text);
    const char *line = strstr(text, "\nflags:");
    return line == NULL || (strtoul(line + sizeof "\nflags:" - 1, NULL, 8) & O_PATH);
}

static void path_of_descriptor(char *path, size_t size, const struct call *call, int fd)
{
    char name[16];
    snprintf(name, sizeof name, "fd/%d", fd);
    path_in_proc(path, size, call, name);
}

static int open_file_of(const struct call *call, int fd)
{
    char path[32];
    path_of_descriptor(path, sizeof path, call, fd);
    int ours = open(path, O_PATH | O_CLOEXEC);
    if (ours < 0)
        return -errno;
    if (!is_path_there(call, fd))
        return ours;
    close(ours);
    return -EBADF;
}

static int own_descriptor(const struct call *call, int fd)
{
    int ours = take_descriptor(call, fd);
    if (ours == -EPERM || ours == -ENOSYS)
        return open_file_of(call, fd);
    if (ours < 0 || !is_path(ours))
        return ours;
    close(ours);
    return -EBADF;
}

int call_descriptor(const struct call *call, int fd)
{
    int ours = own_descriptor(call, fd);
    if (ours < 0 || call_is_valid(call))
        return ours;
    close(ours);
    return -ESRCH;
}

bool call_has_descriptor(const struct call *call, int fd)
{
    char path[32], target[1];
    path_of_descriptor(path, sizeof path, call, fd);
    return readlink(path, target, sizeof target) >= 0;
}
