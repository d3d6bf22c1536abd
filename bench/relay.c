/* relay tcp|udp PORT DELAY RATE QUEUE: a long line to a port of this machine.
 *
 *   client ──> relay ──> PORT      each way: DELAY in us, RATE in bytes a second (0: none), QUEUE in bytes
 *
 * Writes to stdout where it listens, and for each line on stdin how many bytes it has carried to the server and
 * to the client. Ends when stdin does. (The tests' relay damages data on purpose; this one delivers on time, to
 * some tens of us.)
 */
#define _GNU_SOURCE
#include "line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Sessions at a time. Each has two directions. */
#define SESSIONS 8
/* Bytes taken at once if there is a rate: an Ethernet packet, so that they come out evenly. */
#define PACKET 1448
/* Bytes taken at once if there is no rate. */
#define CHUNK (256 << 10)
/* The kernel's buffer before a line with a rate, in bytes: small, or it would be the longer queue. */
#define LIMITED_BUFFER (32 << 10)

enum { TO_SERVER, TO_CLIENT };

struct way {
    struct line line;
    int from, to;
    bool ended;   /* nothing more comes in */
    bool full;    /* the receiver takes nothing now */
    bool through; /* the end has come out */
};

struct session {
    bool used;
    struct way ways[2];
};

static struct session sessions[SESSIONS];
static struct line pattern; /* what each line is like */
static uint64_t carried[2];
static bool datagrams;
static struct sockaddr_in server, client;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static struct sockaddr_in local(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* Packets as on Ethernet. Those of the loopback interface are longer than the buffer, and would wait for room in it. */
static void limit_socket(int fd)
{
    int size = LIMITED_BUFFER, packet = PACKET;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &packet, sizeof packet);
}

static int new_socket(void)
{
    int fd = socket(AF_INET, datagrams ? SOCK_DGRAM : SOCK_STREAM, 0);
    if (fd < 0)
        fail("socket");
    if (pattern.rate > 0 && !datagrams)
        limit_socket(fd);
    return fd;
}

static int open_listener(void)
{
    int fd = new_socket();
    struct sockaddr_in address = local(0);
    socklen_t length = sizeof address;
    if (bind(fd, (struct sockaddr *)&address, length))
        fail("bind");
    if (!datagrams && listen(fd, SESSIONS))
        fail("listen");
    getsockname(fd, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void begin_session(int near, int far)
{
    for (int i = 0; i < SESSIONS; i++) {
        if (sessions[i].used)
            continue;
        sessions[i] = (struct session){.used = true,
                                       .ways = {{.line = pattern, .from = near, .to = far},
                                                {.line = pattern, .from = far, .to = near}}};
        return;
    }
    close(near);
    close(far);
}

static int connect_server(void)
{
    int far = new_socket();
    if (connect(far, (struct sockaddr *)&server, sizeof server)) {
        close(far);
        return -1;
    }
    return far;
}

static void accept_client(int listener)
{
    int near = accept(listener, NULL, NULL);
    if (near < 0)
        return;
    int far = connect_server(), on = 1;
    if (far < 0) {
        close(near);
        return;
    }
    setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(far, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    begin_session(near, far);
}

static void end_session(struct session *session)
{
    close(session->ways[0].from);
    close(session->ways[0].to);
    for (int i = 0; i < 2; i++)
        line_clear(&session->ways[i].line);
    session->used = false;
}

static ssize_t take(struct way *way, unsigned char *bytes, size_t size)
{
    if (!datagrams || way->from != sessions[0].ways[TO_SERVER].from)
        return recv(way->from, bytes, size, MSG_DONTWAIT);
    socklen_t length = sizeof client;
    return recvfrom(way->from, bytes, size, MSG_DONTWAIT, (struct sockaddr *)&client, &length);
}

/* Takes incoming data. A datagram that finds no room is lost, as on a real line. */
static void read_way(struct way *way, int direction, int64_t now)
{
    static unsigned char bytes[CHUNK];
    ssize_t length = take(way, bytes, pattern.rate > 0 && !datagrams ? PACKET : CHUNK);
    if (length < 0 && (errno == EAGAIN || datagrams))
        return;
    if (datagrams && line_open_at(&way->line, now) > now)
        return;
    if (length <= 0) {
        way->ended = true;
        length = 0;
    }
    line_add(&way->line, bytes, (size_t)length, now);
    carried[direction] += (uint64_t)length;
}

static ssize_t give(struct way *way, struct piece *piece)
{
    const unsigned char *bytes = piece->bytes + piece->sent;
    size_t length = piece->length - piece->sent;
    if (datagrams && way->to == sessions[0].ways[TO_SERVER].from) {
        sendto(way->to, bytes, length, 0, (struct sockaddr *)&client, sizeof client);
        return (ssize_t)length;
    }
    ssize_t sent = send(way->to, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    return datagrams ? (ssize_t)length : sent;
}

/* Passes on data that is due. -> false: the receiver is gone */
static bool write_way(struct way *way, int64_t now)
{
    struct piece *piece;
    while ((piece = line_head(&way->line, now))) {
        if (piece->length == 0) {
            shutdown(way->to, SHUT_WR);
            way->through = true;
        } else {
            ssize_t sent = give(way, piece);
            if (sent < 0 && errno != EAGAIN)
                return false;
            if (sent > 0)
                piece->sent += (size_t)sent;
            way->full = piece->sent < piece->length;
            if (way->full)
                return true;
        }
        line_drop_head(&way->line);
    }
    return true;
}

static void watch(struct way *way, struct pollfd *fds, int64_t now, int64_t *wake)
{
    int64_t open_at = datagrams ? 0 : line_open_at(&way->line, now);
    fds[0] =
        (struct pollfd){.fd = !way->ended && open_at <= now ? way->from : -1, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = way->full ? way->to : -1, .events = POLLOUT};
    if (!way->ended && open_at > now && open_at < *wake)
        *wake = open_at;
    const struct piece *first = way->line.first;
    if (first && !way->full && first->due < *wake)
        *wake = first->due;
}

static void serve(struct session *session, const struct pollfd *fds, int64_t now)
{
    for (int i = 0; i < 2; i++) {
        struct way *way = &session->ways[i];
        if (fds[2 * i].revents)
            read_way(way, i, now);
        if (fds[2 * i + 1].revents)
            way->full = false;
        if (!way->full && !write_way(way, now))
            return end_session(session);
    }
    if (session->ways[0].through && session->ways[1].through)
        end_session(session);
}

static void wait_until(struct pollfd *fds, nfds_t count, int64_t wake)
{
    int64_t rest = wake - now_ns();
    if (rest < 0)
        rest = 0;
    struct timespec timeout = {.tv_sec = rest / 1000000000, .tv_nsec = rest % 1000000000};
    if (ppoll(fds, count, wake == INT64_MAX ? NULL : &timeout, NULL) < 0 && errno != EINTR)
        fail("ppoll");
}

static void answer(void)
{
    char line[64];
    if (read(STDIN_FILENO, line, sizeof line) <= 0)
        exit(0);
    printf("%llu %llu\n", (unsigned long long)carried[0], (unsigned long long)carried[1]);
    fflush(stdout);
}

static void run(int listener)
{
    struct pollfd fds[2 + 4 * SESSIONS];
    for (;;) {
        int64_t now = now_ns(), wake = INT64_MAX;
        fds[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = datagrams ? -1 : listener, .events = POLLIN};
        for (int i = 2; i < 2 + 4 * SESSIONS; i++)
            fds[i].fd = -1;
        for (int i = 0; i < SESSIONS; i++)
            for (int w = 0; sessions[i].used && w < 2; w++)
                watch(&sessions[i].ways[w], fds + 2 + 4 * i + 2 * w, now, &wake);
        wait_until(fds, 2 + 4 * SESSIONS, wake);
        now = now_ns();
        if (fds[0].revents)
            answer();
        for (int i = 0; i < SESSIONS; i++)
            if (sessions[i].used)
                serve(&sessions[i], fds + 2 + 4 * i, now);
        if (fds[1].revents)
            accept_client(listener);
    }
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: relay tcp|udp PORT DELAY RATE QUEUE\n");
        return 2;
    }
    datagrams = strcmp(argv[1], "udp") == 0;
    server = local((uint16_t)atoi(argv[2]));
    pattern = (struct line){
        .delay = atoll(argv[3]) * 1000, .rate = atof(argv[4]), .queue = (size_t)atoll(argv[5])};
    prctl(PR_SET_TIMERSLACK, 1UL);
    int listener = open_listener();
    if (datagrams)
        begin_session(listener, connect_server());
    run(listener);
}
