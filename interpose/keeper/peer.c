#include "keeper/peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "keeper/proc.h"
#include "terminal/clock.h"

#ifndef SO_PEERPIDFD /* from Linux 6.5 on */
#define SO_PEERPIDFD 77
#endif

#define STAT_SIZE 1024 /* of /proc/PID/stat */
#define START_FIELD 22 /* in it: when the process started (proc_pid_stat(5)) */
#define NAME_FIELD 2   /* which is in parentheses, and may hold anything */

uint64_t peer_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)(clock_from_timespec(&now) / (NS_PER_S / sysconf(_SC_CLK_TCK)));
}

/* -> ticks; 0: there is no such process */
static uint64_t start_of(pid_t process)
{
    char text[STAT_SIZE];
    proc_read(process, "stat", text, sizeof text);
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
