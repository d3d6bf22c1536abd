#include "keeper/door.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper/crowd.h"
#include "keeper/helper.h"
#include "keeper/listen.h"
#include "keeper/peer.h"
#include "keeper/runtime.h"
#include "terminal/control.h"
#include "terminal/rights.h"
#include "terminal/terminal.h"

/* ---- A worker: one connection */

/* In one piece, as the library sends it. `shown`: the descriptor that came along, or -1 */
static bool receive_request(int connection, struct rpty_request *request, int *shown)
{
    struct timeval patience = {.tv_sec = RPTY_SILENCE_LIMIT_MS / 1000};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    long got = rights_receive(connection, request, sizeof *request, shown, MSG_CMSG_CLOEXEC);
    return got == (long)sizeof *request && request->magic == RPTY_PAGE_MAGIC;
}

/* A program that is no longer interested, after a signal say, closes its connection. */
static bool wait_for_reply(int slave, int connection)
{
    struct pollfd ready[] = {{.fd = slave, .events = POLLIN},
                             {.fd = connection, .events = POLLRDHUP}};
    while (poll(ready, 2, -1) < 0 && errno == EINTR)
        continue;
    return ready[0].revents != 0;
}

static void send_reply(int connection, const struct rpty_reply *reply, int fd)
{
    long sent = rights_send(connection, reply, sizeof *reply, fd, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)sent; /* whoever asked may be gone */
}

static void serve(int connection, const struct peer *peer)
{
    struct rpty_request request;
    struct rpty_reply reply;
    int shown = -1, received = -1;
    if (!receive_request(connection, &request, &shown))
        return;
    bool possesses = shown >= 0 && terminal_end_shown(shown) != NO_TERMINAL;
    request.process = peer->process;
    request.via = RPTY_VIA_DOOR;
    int slave = control_send(possesses ? shown : -1, &request);
    if (slave < 0 || !wait_for_reply(slave, connection))
        return;
    control_receive(slave, &reply, (struct waiting){false, MSG_CMSG_CLOEXEC, &received});
    /* Else the reply would be for whoever has got its number. */
    if (peer_lives(peer))
        send_reply(connection, &reply, received);
}

/* ---- The door: accepts, and knows its workers */

/* Workers that only end, for connections that there is no room for: they end at once, if nothing keeps them. */
#define REFUSED_MOST 16

static struct crowd crowd;
static struct worker {
    pid_t process;
    uid_t user;
    bool admitted;
} workers[CROWD_MOST + REFUSED_MOST];
static size_t count, refused;

static void forget(const struct worker *worker)
{
    if (worker->admitted)
        crowd_leave(&crowd, worker->user);
    else
        refused--;
}

static void reap(void)
{
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
        for (size_t i = 0; i < count; i++) {
            if (workers[i].process == pid) {
                forget(&workers[i]);
                workers[i] = workers[--count];
                break;
            }
        }
    }
}

/* In the worker. The door must have let go of the connection before it ends: whoever closes it last may have to wait.
 * Nobody does who only exits. */
_Noreturn static void work(int connection, const int go[2], const struct peer *peer, bool admitted)
{
    char nothing;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(go[1]);
    if (read(go[0], &nothing, 1) == 0 && admitted)
        serve(connection, peer);
    _exit(0);
}

static void start_worker(int connection, const struct peer *peer, bool admitted)
{
    int go[2] = {-1, -1};
    pid_t pid = pipe(go) == 0 ? fork() : -1;
    if (pid == 0)
        work(connection, go, peer, admitted);
    struct worker worker = {pid, peer->user, admitted};
    refused += !admitted;
    if (pid > 0)
        workers[count++] = worker;
    else
        forget(&worker);
    close(connection);
    close(go[0]);
    close(go[1]);
}

/* -> false: there was none to be had */
static bool accept_one(int listener)
{
    struct peer peer = {.pidfd = -1};
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0)
        return false;
    bool admitted = peer_of(connection, peer_clock(), &peer) && crowd_enter(&crowd, peer.user);
    start_worker(connection, &peer, admitted);
    if (peer.pidfd >= 0)
        close(peer.pidfd);
    return true;
}

static int watch_workers(void)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

_Noreturn static void keep_door(int listener, pid_t keeper)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int signals = watch_workers();
    bool accepts = true;
    while (getppid() == keeper) {
        struct pollfd ready[] = {
            {.fd = signals, .events = POLLIN},
            {.fd = accepts && refused < REFUSED_MOST ? listener : -1, .events = POLLIN}};
        struct signalfd_siginfo info;
        if (poll(ready, 2, accepts ? -1 : LISTEN_REST_MS) < 0)
            continue;
        if (read(signals, &info, sizeof info) > 0)
            reap();
        accepts = ready[1].revents == 0 || accept_one(listener);
    }
    _exit(0);
}

static pid_t door;

void door_open(void)
{
    char path[RUNTIME_PATH_SIZE];
    pid_t keeper = getpid();
    if (geteuid() != 0)
        return;
    runtime_shared_path(RPTY_FILE_DOOR, path);
    int listener = listen_at(path, 0666);
    if (listener < 0)
        return;
    door = helper_start("rpty-door", listener);
    if (door == 0)
        keep_door(HELPER_KEPT, keeper);
    close(listener);
}

void door_close(void)
{
    if (door <= 0)
        return;
    kill(door, SIGKILL);
    waitpid(door, NULL, __WALL);
}
