#include "keeper/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keeper/call.h"
#include "keeper/caller.h"
#include "keeper/crowd.h"
#include "keeper/job.h"
#include "keeper/listen.h"
#include "keeper/open.h"
#include "keeper/read.h"
#include "keeper/standby.h"
#include "keeper/stat.h"
#include "terminal/ioctl.h"
#include "terminal/pass.h"
#include "terminal/requests.h"
#include "terminal/runtime.h"

/* From Linux 6.6 on: the one who waits for an answer runs on the CPU of who gives it. A third of the time. */
#define SET_FLAGS _IOW('!', 4, uint64_t)
#define SYNC_WAKE_UP 1UL

#define STACK_SIZE (256 * 1024) /* of a thread that waits for one answer */

/* What is watched: the socket, where listeners arrive that came by it, then the listeners. */
enum { SOCKET, ARRIVALS, FIRST };
static struct pollfd *watched;
static int arrivals[2]; /* a pipe of their numbers */
static size_t count, room;
static void (*tell_refused)(int error);

/* A call on the terminal that is under way. */
struct pending {
    struct call call;
    struct terminal terminal;
    const struct terminal_request *request;
};

static void answer_for(const struct call *call, bool needs_process)
{
    caller_is(needs_process ? call_process(call) : call->thread, call->thread);
}

/* Where the caller's own descriptor could not be had, one like it: that the caller's is one to read or write by has been
 * looked at (call_descriptor). */
static int usable(int ours, enum terminal_end end)
{
    if (!(fcntl(ours, F_GETFL) & O_PATH))
        return ours;
    close(ours);
    return (int)terminal_open_end(-1, end == INPUT_END ? O_RDONLY : O_WRONLY,
                                  O_NONBLOCK | O_CLOEXEC);
}

/* Whether `fd` there is the terminal; then `terminal` has a descriptor of ours that is to be closed. */
static bool find_terminal(const struct call *call, int fd, struct terminal *terminal)
{
    struct stat status;
    int ours = call_descriptor(call, fd);
    if (ours < 0)
        return false;
    terminal->page = runtime_page();
    terminal->end = fstat(ours, &status) == 0 ? terminal_end_of(&status) : NO_TERMINAL;
    if (terminal->end != NO_TERMINAL)
        terminal->fd = usable(ours, terminal->end);
    else
        close(ours);
    return terminal->end != NO_TERMINAL;
}

static long perform(const struct pending *pending)
{
    const struct terminal_request *request = pending->request;
    const struct call *call = &pending->call;
    char memory[REQUEST_MEMORY];
    bool by_value = request->in == 0 && request->out == 0;
    uint64_t argument = call->arguments[2];
    bool nowhere = request->in && !call_read(call, argument, memory, request->in);
    /* Of this one the kernel looks first who calls. */
    if (nowhere && request->request != TIOCSPGRP)
        return -EFAULT;
    long result = ioctl_answer(&pending->terminal, request->request,
                               by_value  ? (void *)(uintptr_t)argument
                               : nowhere ? NULL
                                         : memory);
    if (result == NOT_OURS)
        return CALL_GOES_ON;
    if (result >= 0 && request->out && !call_write(call, argument, memory, request->out))
        return -EFAULT;
    return result < 0 ? result : 0;
}

static void finish(const struct pending *pending)
{
    answer_for(&pending->call, !pending->request->quick);
    call_answer(&pending->call, perform(pending));
    close(pending->terminal.fd);
}

static void *finish_ioctl(void *pending)
{
    finish(pending);
    free(pending);
    return NULL;
}

static void *finish_read(void *pending)
{
    struct pending *reading = pending;
    answer_for(&reading->call, true);
    if (reading->call.number == SYS_read || reading->call.number == SYS_readv)
        keeper_read(&reading->call, &reading->terminal);
    else
        keeper_select(&reading->call, &reading->terminal);
    close(reading->terminal.fd);
    free(pending);
    return NULL;
}

static void *finish_write(void *call)
{
    answer_for(call, true);
    keeper_write(call);
    free(call);
    return NULL;
}

/* A copy of what is to be done goes to a thread of its own. */
static bool start_thread(void *(*run)(void *), const void *what, size_t size)
{
    pthread_attr_t attributes;
    pthread_t thread;
    void *copy = malloc(size);
    if (copy == NULL)
        return false;
    memcpy(copy, what, size);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    bool started = pthread_create(&thread, &attributes, run, copy) == 0;
    pthread_attr_destroy(&attributes);
    if (!started)
        free(copy);
    return started;
}

/* What may have to wait for the terminal does so in a thread of its own; without one, the call goes on as if there were
 * no terminal. `what` begins with the call. */
static void run_apart(void *(*run)(void *), const void *what, size_t size)
{
    if (!start_thread(run, what, size))
        call_answer(what, CALL_GOES_ON);
}

static void take_ioctl(const struct call *call)
{
    struct pending pending = {.call = *call};
    pending.request = terminal_request_find((uint32_t)call->arguments[1]);
    if (pending.request == NULL || !find_terminal(call, (int)call->arguments[0], &pending.terminal))
        call_answer(call, CALL_GOES_ON);
    else if (pending.request->quick)
        finish(&pending);
    else
        run_apart(finish_ioctl, &pending, sizeof pending);
}

/* -> whether the read is dealt with */
static bool read_input(const struct call *call, const struct terminal *terminal)
{
    answer_for(call, true);
    long result = keeper_read_look(call, terminal);
    if (result == READ_WAITS)
        return false;
    call_answer(call, result);
    return true;
}

static void let_go_on(const struct pending *pending)
{
    call_answer(&pending->call, CALL_GOES_ON);
    close(pending->terminal.fd);
}

static void take_read(const struct call *call)
{
    struct pending pending = {.call = *call};
    if (!find_terminal(call, (int)call->arguments[0], &pending.terminal))
        call_answer(call, CALL_GOES_ON);
    else if (pending.terminal.end == INPUT_END && read_input(call, &pending.terminal))
        close(pending.terminal.fd);
    else if (pending.terminal.end == OUTPUT_END && terminal_is_one_way(pending.terminal.fd))
        let_go_on(&pending);
    else
        run_apart(finish_read, &pending, sizeof pending);
}

static void take_select(const struct call *call)
{
    struct pending pending = {.call = *call};
    if (keeper_select_is_ours(call, &pending.terminal))
        run_apart(finish_read, &pending, sizeof pending);
    else
        call_answer(call, CALL_GOES_ON);
}

static void take_stat(const struct call *call)
{
    struct terminal terminal;
    if (!find_terminal(call, (int)call->arguments[0], &terminal)) {
        call_answer(call, CALL_GOES_ON);
        return;
    }
    call_answer(call, keeper_stat(call, &terminal));
    close(terminal.fd);
}

static void take_write(const struct call *call)
{
    if (keeper_write_is_ours(call))
        run_apart(finish_write, call, sizeof *call);
    else
        call_answer(call, CALL_GOES_ON);
}

static void take(const struct call *call)
{
    answer_for(call, false);
    switch (call->number) {
    case SYS_ioctl:
        take_ioctl(call);
        break;
    case SYS_openat:
        keeper_open(call, call->arguments[1], (int)call->arguments[2]);
        break;
#ifdef SYS_open
    case SYS_open:
        keeper_open(call, call->arguments[0], (int)call->arguments[1]);
        break;
    case SYS_creat:
        keeper_open(call, call->arguments[0], O_CREAT | O_WRONLY | O_TRUNC);
        break;
#endif
    case SYS_openat2:
        keeper_open_by(call, call->arguments[1], call->arguments[2]);
        break;
    case SYS_fstat:
    case SYS_newfstatat:
    case SYS_statx:
        take_stat(call);
        break;
    case SYS_read:
    case SYS_readv:
        take_read(call);
        break;
    case SYS_pselect6:
#ifdef SYS_select
    case SYS_select:
#endif
        take_select(call);
        break;
    case SYS_write:
    case SYS_writev:
        take_write(call);
        break;
    default:
        call_answer(call, CALL_GOES_ON);
    }
}

/* ---- Programs of other users
 *
 * To look at a descriptor or into the memory of a hostile program may take for ever: a socket with SO_LINGER waits when
 * it is closed, and a file system that is a stranger's program (FUSE) when its file is, or is read by a page that maps
 * it. So each of their calls is answered in a thread of its own, of which a user has so many. */

static struct crowd crowd;
static pthread_mutex_t crowd_lock = PTHREAD_MUTEX_INITIALIZER;

struct others_call {
    struct call call;
    uid_t user;
};

static bool enter(uid_t user)
{
    pthread_mutex_lock(&crowd_lock);
    bool admitted = crowd_enter(&crowd, user);
    pthread_mutex_unlock(&crowd_lock);
    return admitted;
}

static void leave(uid_t user)
{
    pthread_mutex_lock(&crowd_lock);
    crowd_leave(&crowd, user);
    pthread_mutex_unlock(&crowd_lock);
}

static void *take_others(void *others)
{
    const struct others_call *call = others;
    take(&call->call);
    leave(call->user);
    free(others);
    return NULL;
}

static void take_apart(const struct call *call, uid_t user)
{
    struct others_call others = {*call, user};
    others.call.apart = true;
    if (!enter(user)) {
        call_answer(call, CALL_GOES_ON);
    } else if (!start_thread(take_others, &others, sizeof others)) {
        leave(user);
        call_answer(call, CALL_GOES_ON);
    }
}

/* Only root's sessions have programs of other users: the kernel keeps others' keepers out of them. */
static void take_from_anybody(const struct call *call)
{
    uid_t ours = geteuid(), user = ours == 0 ? call_user(call) : ours;
    if (user == ours)
        take(call);
    else
        take_apart(call, user);
}

/* A caller that has been killed since poll is no longer to be heard: ENOENT. */
static void receive(int listener)
{
    struct seccomp_notif heard = {0};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &heard) < 0)
        return;
    struct call call = {
        .listener = listener, .id = heard.id, .thread = (pid_t)heard.pid, .number = heard.data.nr};
    for (int i = 0; i < 6; i++)
        call.arguments[i] = heard.data.args[i];
    take_from_anybody(&call);
}

static bool watch(int fd)
{
    if (count == room) {
        size_t more = room ? 2 * room : 16;
        struct pollfd *grown = realloc(watched, more * sizeof *watched);
        if (grown == NULL)
            return false;
        watched = grown;
        room = more;
    }
    watched[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
    return true;
}

/* What else somebody may send would keep us busy: no listener knows a call of this number. */
static bool is_listener(int fd)
{
    uint64_t none = 0;
    return ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &none) < 0 && errno == ENOENT;
}

static void add_listener(int listener)
{
    ioctl(listener, SET_FLAGS, SYNC_WAKE_UP);
    standby_give(listener);
    if (!watch(listener))
        close(listener);
}

/* In a thread of its own, since who connects may say nothing. */
static void *receive_listener(void *argument)
{
    int connection = *(int *)argument;
    struct timeval patience = {.tv_sec = RPTY_SILENCE_LIMIT_MS / 1000};
    free(argument);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    int listener = pass_receive(connection);
    close(connection);
    leave(geteuid());
    if (listener >= 0 && is_listener(listener)) {
        if (write(arrivals[1], &listener, sizeof listener) < 0)
            close(listener);
    } else if (listener >= 0) {
        close(listener);
    } else if (listener != -ECONNRESET) {
        tell_refused(-listener);
    }
    return NULL;
}

/* -> false: there was none to be had */
static bool accept_listener(int socket)
{
    int connection = accept4(socket, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0)
        return false;
    if (!enter(geteuid())) {
        close(connection);
    } else if (!start_thread(receive_listener, &connection, sizeof connection)) {
        leave(geteuid());
        close(connection);
    }
    return true;
}

static void take_arrivals(void)
{
    int listener;
    while (read(arrivals[0], &listener, sizeof listener) == sizeof listener)
        add_listener(listener);
}

static void remove_ended(void)
{
    for (size_t i = FIRST; i < count;) {
        if (watched[i].revents & (POLLHUP | POLLERR | POLLNVAL)) {
            close(watched[i].fd);
            watched[i] = watched[--count];
        } else {
            i++;
        }
    }
}

static void *run(void *unused)
{
    const int socket = watched[SOCKET].fd;
    bool accepts = true;
    (void)unused;
    for (;;) {
        watched[SOCKET].fd = accepts ? socket : -1;
        if (poll(watched, count, accepts ? -1 : LISTEN_REST_MS) < 0)
            continue;
        for (size_t i = FIRST; i < count; i++) {
            if (watched[i].revents & POLLIN)
                receive(watched[i].fd);
        }
        bool arrived = watched[ARRIVALS].revents & POLLIN, asked = watched[SOCKET].revents & POLLIN;
        remove_ended();
        if (arrived)
            take_arrivals();
        accepts = !asked || accept_listener(socket);
    }
    return NULL;
}

int supervise(int listener, int socket, void (*refused)(int error))
{
    pthread_t thread;
    tell_refused = refused;
    if (pipe2(arrivals, O_CLOEXEC | O_NONBLOCK) < 0)
        return errno;
    if (!watch(socket) || !watch(arrivals[0]))
        return ENOMEM;
    if (listener >= 0)
        add_listener(listener);
    return pthread_create(&thread, NULL, run, NULL);
}
