#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD /* from Linux 6.5 on */
#define SO_PEERPIDFD 77
#endif

#define STAT_SIZE 1024 /* of /proc/PID/stat */
#define START_FIELD 22 /* in it: when the process started (proc_pid_stat(5)) */
#define NAME_FIELD 2   /* which is in parentheses, and may hold anything */
#define NS_PER_S 1000000000ull

uint64_t peer_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    uint64_t ns_per_tick = NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK);
    return ((uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec) / ns_per_tick;
}

/* -> ticks; 0: there is no such process */
static uint64_t start_of(pid_t process)
{
    char path[32], text[STAT_SIZE];
    snprintf(path, sizeof path, "/proc/%d/stat", process);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    const char *at = strrchr(text, ')');
    for (int field = NAME_FIELD; at && field < START_FIELD; field++)
        at = strchr(at + 1, ' ');
    return at ? strtoull(at, NULL, 10) : 0;
}

static int pidfd_of_peer(int connection)
{
    int pidfd = -1;
    socklen_t size = sizeof pidfd;
    return getsockopt(connection, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size) == 0 ? pidfd : -1;
}

/* Without a pidfd: one that was started after it had connected is another. */
static bool look_at_start(struct peer *peer, uint64_t accepted)
{
    peer->started = start_of(peer->process);
    return peer->started > 0 && peer->started <= accepted;
}

bool peer_of(int connection, uint64_t accepted, struct peer *peer)
{
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
        return false;
    *peer = (struct peer){.process = credentials.pid, .user = credentials.uid, .pidfd = -1};
    if (peer->process == 0)
        return true;
    peer->pidfd = pidfd_of_peer(connection);
    if (peer->pidfd >= 0)
        return peer_lives(peer);
    /* ESRCH: it has ended. */
    return errno != ESRCH && look_at_start(peer, accepted);
}

bool peer_lives(const struct peer *peer)
{
    if (peer->process == 0)
        return true;
    if (peer->pidfd < 0)
        return start_of(peer->process) == peer->started;
    return syscall(SYS_pidfd_send_signal, peer->pidfd, 0, NULL, 0) == 0 || errno == EPERM;
}
