/* Who is at the other end, with pidfds and, as on older kernels, without. */
#include <sys/wait.h>

#include "testing/check.h"
#include "keeper/proc.c"
#include "keeper/peer.c"

/* A child that has connected to us, and waits until `hold` is closed. */
static pid_t start_client(int ends[2], int hold[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 || pipe(hold) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        char word;
        close(hold[1]);
        _exit(read(hold[0], &word, 1) == 0 ? 0 : 1);
    }
    return pid;
}

static void end_client(pid_t pid, int hold)
{
    close(hold);
    waitpid(pid, NULL, 0);
}

/* A socket pair's credentials are its maker's, ours. */
static void checks_ourselves(void)
{
    int ends[2], hold[2];
    struct peer peer;
    pid_t pid = start_client(ends, hold);
    check_number("found", true, peer_of(ends[0], peer_clock(), &peer));
    check_number("us", getpid(), peer.process);
    check_number("our user", geteuid(), peer.user);
    check_number("alive", true, peer_lives(&peer));
    end_client(pid, hold[1]);
}

static void checks_by_start(void)
{
    int ends[2], hold[2];
    uint64_t before = peer_clock() - 1;
    pid_t pid = start_client(ends, hold);
    struct peer peer = {.process = pid, .pidfd = -1};
    check_number("started before it connected", true, look_at_start(&peer, peer_clock()));
    check_number("alive", true, peer_lives(&peer));
    struct peer late = peer;
    check_number("started after", false, look_at_start(&late, before - 100));
    struct peer other = peer;
    other.started--;
    check_number("another of this number", false, peer_lives(&other));
    end_client(pid, hold[1]);
    check_number("gone", false, peer_lives(&peer));
    check_number("not found", false, look_at_start(&peer, peer_clock()));
}

static void checks_by_pidfd(void)
{
    int ends[2], hold[2];
    pid_t pid = start_client(ends, hold);
    struct peer peer = {.process = pid, .pidfd = (int)syscall(SYS_pidfd_open, pid, 0)};
    if (peer.pidfd >= 0)
        check_number("alive by pidfd", true, peer_lives(&peer));
    end_client(pid, hold[1]);
    if (peer.pidfd >= 0)
        check_number("gone by pidfd", false, peer_lives(&peer));
}

int main(void)
{
    struct peer outside = {.process = 0, .pidfd = -1};
    checks_ourselves();
    checks_by_start();
    checks_by_pidfd();
    check_number("out of our PID namespace", true, peer_lives(&outside));
    return checks_done();
}
