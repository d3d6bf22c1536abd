/* Sends requests of every kind, each from its own seed, to the sockets of a session.
 *
 * usage: requests WHO SEED COUNT PLACE...      PLACE: as in ask.h
 *   stranger   from a process that must get nothing
 *   owner      from a program of the session's own user, which also sends its terminal along, and restores it at the end
 *   guest      the same from a program of another user
 *
 * Prints the number of requests for each outcome, as "OUTCOME COUNT", and "GOT seed SEED" if a stranger got something. */
#include <sys/ioctl.h>
#include <termios.h>

#include "descriptors.h"

enum {
    KEPT = 64,     /* connections that are left open for a while */
    SHORT = 200,   /* ms for a reply that may not come */
    AT_ONCE = 40,  /* connections of a small flood */
    LONGEST = 400, /* bytes of a request, which has fewer than a quarter of that */
    LINGERING = 8, /* of a run: each takes a stranger's memory, too */
};

static struct places places;
static bool is_member;
static bool is_owner; /* and of the session's own user */
static unsigned long outcomes[OUTCOMES];
static int kept[KEPT];
static uint64_t state;

/* splitmix64: seeds that follow each other give what has nothing in common */
static uint32_t chance(uint32_t below)
{
    uint64_t mixed = state += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((mixed ^ mixed >> 31) >> 32) % below;
}

static int any_descriptor(void)
{
    static int lingered;
    if (is_member && chance(2))
        return dup((int)chance(2));
    /* The session's own user may stop the slave in any way. */
    if (!is_owner && chance(100) == 0 && lingered++ < LINGERING)
        return lingering();
    return make_descriptor(&places, chance((uint32_t)kind_count(&places)));
}

static size_t any_descriptors(int *fds)
{
    static const uint32_t most[] = {1, 2, 2, 2, 4, MOST_DESCRIPTORS + 1};
    size_t count = 0, wanted = chance(most[chance(sizeof most / sizeof *most)]);
    while (count < wanted) {
        int fd = any_descriptor();
        if (fd < 0)
            break;
        fds[count++] = fd;
    }
    return count;
}

static void any_bytes(void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)bytes)[i] = (unsigned char)chance(256);
}

static int32_t any_argument(void)
{
    static const int32_t telling[] = {0, 1, 2, 3, -1, INT32_MAX, INT32_MIN, 1000};
    uint32_t which = chance(10);
    return which < 8 ? telling[which] : which == 8 ? getpid() : (int32_t)chance(5000);
}

static struct rpty_request any_request(void)
{
    struct rpty_request request;
    any_bytes(&request, sizeof request);
    if (chance(20))
        request.magic = RPTY_PAGE_MAGIC;
    if (chance(20))
        request.operation = chance(LAST_OPERATION);
    request.argument = any_argument();
    if (chance(2))
        request.process = 0;
    return request;
}

static size_t any_length(void)
{
    return chance(8) ? sizeof(struct rpty_request) : 1 + chance(LONGEST);
}

/* In one piece or in two, and maybe with other descriptors in each. */
static void send_pieces(int socket, const unsigned char *bytes, size_t length)
{
    int fds[MOST_DESCRIPTORS];
    size_t first = chance(8) ? length : chance((uint32_t)length + 1);
    for (int piece = 0; piece < 2; piece++) {
        size_t size = piece ? length - first : first;
        size_t count = size ? any_descriptors(fds) : 0;
        if (size)
            send_with(socket, bytes + (piece ? first : 0), size, fds, count);
        for (size_t i = 0; i < count; i++)
            close_at_once(fds[i]);
    }
}

static void keep(int socket)
{
    size_t place = chance(KEPT);
    close(kept[place]);
    kept[place] = socket;
}

static bool note(enum outcome outcome)
{
    outcomes[outcome]++;
    return outcome == GRANTED || outcome == DESCRIPTOR;
}

/* -> whether it got something */
static bool await_reply(int socket)
{
    struct rpty_reply reply;
    bool got = note(outcome_of(socket, SHORT, &reply));
    close(socket);
    return got;
}

static bool ask_anything(const char *path)
{
    unsigned char bytes[LONGEST];
    struct rpty_request request = any_request();
    int socket = connect_to(path, 0);
    if (socket < 0)
        return note(UNREACHED);
    any_bytes(bytes, sizeof bytes);
    memcpy(bytes, &request, sizeof request);
    send_pieces(socket, bytes, any_length());
    if (chance(8) == 0)
        shutdown(socket, SHUT_WR);
    if (chance(4))
        return await_reply(socket);
    if (chance(2))
        keep(socket);
    else
        close(socket);
    return false;
}

static void flood(const char *path)
{
    int sockets[AT_ONCE];
    for (int i = 0; i < AT_ONCE; i++)
        sockets[i] = connect_to(path, SOCK_NONBLOCK);
    for (int i = 0; i < AT_ONCE; i++)
        close(sockets[i]);
}

static bool try_one(void)
{
    const char *path = places.sockets[chance((uint32_t)places.socket_count)];
    uint32_t what = chance(30);
    if (what == 0)
        flood(path);
    else if (what == 1)
        keep(connect_to(path, SOCK_NONBLOCK));
    else
        return ask_anything(path);
    return false;
}

static void put_right(const struct termios *settings, const struct winsize *size)
{
    static const uint32_t operations[][2] = {
        {RPTY_FLOW, 1}, {RPTY_FLOW, 3}, {RPTY_SET_EXCLUSIVE, 0}};
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        for (size_t at = 0; at < places.socket_count; at++) {
            struct rpty_reply reply;
            struct rpty_request request = request_for(operations[i][0], (int32_t)operations[i][1]);
            ask(places.sockets[at], &request, 0, &reply);
        }
    }
    tcsetpgrp(0, getpgrp());
    ioctl(0, TIOCSWINSZ, size);
    tcsetattr(0, TCSANOW, settings);
}

static void try_all(uint64_t seed, unsigned long count)
{
    for (unsigned long i = 0; i < count; i++) {
        state = seed + i;
        if (try_one() && !is_member)
            printf("GOT seed %llu\n", (unsigned long long)(seed + i));
    }
    for (size_t i = 0; i < KEPT; i++)
        close(kept[i]);
}

int main(int argc, char **argv)
{
    struct termios settings;
    struct winsize size;
    if (argc < 5) {
        fprintf(stderr, "usage: requests WHO SEED COUNT PLACE...\n");
        return 2;
    }
    is_owner = strcmp(argv[1], "owner") == 0;
    is_member = is_owner || strcmp(argv[1], "guest") == 0;
    places = places_in(argv + 4);
    memset(kept, -1, sizeof kept);
    allow_descriptors();
    signal(SIGTTOU, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    if (is_member && (tcgetattr(0, &settings) < 0 || ioctl(0, TIOCGWINSZ, &size) < 0)) {
        perror("the terminal");
        return 2;
    }
    try_all(strtoull(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
    if (is_member)
        put_right(&settings, &size);
    for (size_t i = 0; i < OUTCOMES; i++)
        printf("%s %lu\n", outcome_names[i], outcomes[i]);
    return 0;
}
