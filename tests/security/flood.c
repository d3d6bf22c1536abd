/* A stranger keeps the session's sockets busy until its standard input ends.
 *
 * usage: flood KIND PLACE...      PLACE: as in ask.h
 *   silent        a thousand silent connections, replaced when they are closed
 *   connections   connects and hangs up
 *   garbage       requests of random bytes and lengths
 *   requests      whole requests, each with a descriptor
 *   lingering     descriptors that are slow to close
 *
 * Prints "flooding" when it has begun, and what it has done at the end. */
#include "descriptors.h"

enum {
    SILENT_CONNECTIONS = 1000,
    MOST_LINGERING = 2000, /* what the flooder may itself hold is limited */
    LONGEST_GARBAGE = 200,
};

static struct places places;
static unsigned long done, refused;
static uint32_t state = 1;

static uint32_t chance(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

/* Counts. If nothing can be reached, it must not spin. */
static int connect_again(void)
{
    int fd = connect_to(places.sockets[done++ % places.socket_count], SOCK_NONBLOCK);
    if (fd >= 0)
        return fd;
    refused++;
    poll(NULL, 0, 1);
    return -1;
}

static void flood_silent(void)
{
    static struct pollfd open[SILENT_CONNECTIONS];
    static size_t count;
    if (count < SILENT_CONNECTIONS) {
        int fd = connect_again();
        if (fd >= 0)
            open[count++] = (struct pollfd){.fd = fd};
    }
    if (count > 0 && poll(open, count, count < SILENT_CONNECTIONS ? 0 : 10) > 0) {
        for (size_t i = 0; i < count;) {
            if (open[i].revents == 0) {
                i++;
                continue;
            }
            close(open[i].fd);
            open[i] = open[--count];
        }
    }
}

static void flood_connections(void)
{
    close(connect_again());
}

static void flood_garbage(void)
{
    unsigned char bytes[LONGEST_GARBAGE];
    size_t length = 1 + chance(LONGEST_GARBAGE);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (unsigned char)chance(256);
    int fd = connect_again();
    if (fd >= 0)
        send_with(fd, bytes, length, NULL, 0);
    close(fd);
}

static void send_request(int on)
{
    struct rpty_request request = request_for(1 + chance(LAST_OPERATION), (int32_t)chance(3));
    int fd = connect_again();
    if (fd >= 0)
        send_with(fd, &request, sizeof request, &on, on >= 0);
    close(fd);
}

static void flood_requests(void)
{
    int on = make_descriptor(&places, chance((uint32_t)kind_count(&places)));
    send_request(on);
    close(on);
}

static void flood_lingering(void)
{
    static int made;
    int on = made++ < MOST_LINGERING ? lingering() : -1;
    send_request(on);
    close_at_once(on);
}

static const struct {
    const char *name;
    void (*once)(void);
} floods[] = {
    {"silent", flood_silent},     {"connections", flood_connections}, {"garbage", flood_garbage},
    {"requests", flood_requests}, {"lingering", flood_lingering},
};

static bool is_over(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) > 0;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    allow_descriptors();
    places = places_in(argv + 2);
    for (size_t i = 0; argc > 2 && i < sizeof floods / sizeof *floods; i++) {
        if (strcmp(argv[1], floods[i].name) != 0)
            continue;
        floods[i].once();
        printf("flooding\n");
        while (!is_over())
            floods[i].once();
        printf("%lu attempts, %lu refused\n", done, refused);
        return 0;
    }
    fprintf(stderr, "usage: flood KIND PLACE...\n");
    return 2;
}
