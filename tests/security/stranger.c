/* The attacks of a stranger: a process of another user outside the session.
 *
 * usage: stranger ATTACK [PLACE...]      PLACE: as in ask.h
 *   possess       sends O_PATH descriptors of the FIFOs with every operation
 *   names WORD... looks for the words wherever anybody may look in /proc
 *   identity HOW  asks by a connection whose maker has ended, when the test says so
 *   silent COUNT  connects, says nothing or half a request, and tells how many connections stay
 *   linger COUNT  sends descriptors that take long to close
 *   watch         tells what changes, when the test says so
 *
 * Prints a line for everything that it got, and lines that the test expects. */
#include <dirent.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "descriptors.h"

enum {
    READ_AT_ONCE = 1 << 20,
    CLOSED_WITHIN = 15000, /* ms in which a silent connection is to be closed */
    MOST_WATCHED = 4 * MOST_PLACES,
};

static int possess(const struct places *places)
{
    int requests = 0;
    for (size_t i = 0; i < places->fifo_count; i++) {
        int fd = open(places->fifos[i], O_PATH | O_CLOEXEC);
        for (size_t at = 0; fd >= 0 && at < places->socket_count; at++) {
            for (uint32_t operation = 1; operation <= LAST_OPERATION; operation++) {
                for (int32_t argument = 0; argument < 3; argument++, requests++)
                    gets(places->sockets[at], operation, argument, fd);
            }
        }
        close(fd);
    }
    printf("%d requests\n", requests);
    return 0;
}

/* ---- names */

static size_t read_file(const char *path, char *bytes, size_t size)
{
    size_t length = 0;
    ssize_t got = 0;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    while (fd >= 0 && length < size && (got = read(fd, bytes + length, size - length)) > 0)
        length += (size_t)got;
    close(fd);
    return length;
}

static void look_for(const char *where, const char *bytes, size_t length, char **words)
{
    for (; *words; words++) {
        if (memmem(bytes, length, *words, strlen(*words)))
            printf("%s shows %s\n", where, *words);
    }
}

static void look_at_process(const char *process, char *bytes, char **words)
{
    static const char *const files[] = {"cmdline", "comm",      "status", "environ",
                                        "maps",    "mountinfo", "stat",   "wchan"};
    static const char *const links[] = {"exe", "cwd", "root"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "/proc/%s/%s", process, files[i]);
        look_for(path, bytes, read_file(path, bytes, READ_AT_ONCE), words);
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        snprintf(path, sizeof path, "/proc/%s/%s", process, links[i]);
        ssize_t length = readlink(path, bytes, READ_AT_ONCE);
        look_for(path, bytes, length > 0 ? (size_t)length : 0, words);
    }
}

static int find_names(char **words)
{
    static char bytes[READ_AT_ONCE];
    char own[16];
    int processes = 0;
    DIR *proc = opendir("/proc");
    snprintf(own, sizeof own, "%d", getpid());
    look_for("/proc/net/unix", bytes, read_file("/proc/net/unix", bytes, sizeof bytes), words);
    look_for("/proc/locks", bytes, read_file("/proc/locks", bytes, sizeof bytes), words);
    for (struct dirent *entry; (entry = readdir(proc));) {
        if (atoi(entry->d_name) <= 0 || strcmp(entry->d_name, own) == 0)
            continue;
        look_at_process(entry->d_name, bytes, words);
        processes++;
    }
    closedir(proc);
    printf("%d processes\n", processes);
    return 0;
}

/* ---- identity */

enum { PER_SOCKET = 2 }; /* one to ask for the input by, one for the output */

struct connections {
    int fds[MOST_PLACES * PER_SOCKET];
    size_t count;
};

static struct connections connect_all(const struct places *places)
{
    struct connections made = {.count = 0};
    for (size_t i = 0; i < places->socket_count; i++) {
        for (int j = 0; j < PER_SOCKET; j++) {
            int fd = connect_to(places->sockets[i], 0);
            if (fd >= 0)
                made.fds[made.count++] = fd;
        }
    }
    printf("process %d\n", getpid());
    fflush(stdout);
    return made;
}

static int ask_by_all(struct connections all)
{
    static const int32_t ways[PER_SOCKET] = {O_RDONLY, O_WRONLY};
    if (!hear())
        return 1;
    for (size_t i = 0; i < all.count; i++) {
        struct rpty_reply reply;
        struct rpty_request request = request_for(RPTY_OPEN, ways[i % PER_SOCKET]);
        send_with(all.fds[i], &request, sizeof request, NULL, 0);
        enum outcome outcome = outcome_of(all.fds[i], PATIENCE, &reply);
        if (outcome > REFUSED)
            printf("%s: connection %zu\n", outcome_names[outcome], i);
    }
    printf("%zu connections\n", all.count);
    return 0;
}

/* The maker connects, and leaves its child behind, whose connections say who made them. */
static int inherit(const struct places *places)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (fork() == 0) {
        struct connections all = connect_all(places);
        if (fork() == 0)
            _exit(ask_by_all(all));
        _exit(0);
    }
    while (wait(NULL) > 0)
        continue;
    return 0;
}

static struct connections receive_all(int socket)
{
    struct connections all = {.count = 0};
    char space[CMSG_SPACE(sizeof all.fds)], byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *header = recvmsg(socket, &message, 0) > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header) {
        all.count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(all.fds, CMSG_DATA(header), all.count * sizeof(int));
    }
    return all;
}

static int pass(const struct places *places)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return 1;
    if (fork() == 0) {
        struct connections all = connect_all(places);
        send_with(ends[1], "", 1, all.fds, all.count);
        _exit(0);
    }
    struct connections all = receive_all(ends[0]);
    wait(NULL);
    return ask_by_all(all);
}

/* ---- silence, and what takes long to close */

static size_t count_open(struct pollfd *open, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        if (open[i].revents & (POLLHUP | POLLERR))
            open[i].fd = -1;
        left += open[i].fd >= 0;
    }
    return left;
}

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int be_silent(const struct places *places, int each)
{
    struct pollfd *open = calloc(places->socket_count * (size_t)each + 1, sizeof *open);
    struct rpty_request request = request_for(RPTY_GET_STATE, 0);
    size_t count = 0, left;
    for (size_t i = 0; i < places->socket_count * (size_t)each; i++) {
        int fd = connect_to(places->sockets[i % places->socket_count], 0);
        if (fd < 0)
            continue;
        if (i % 2)
            send_with(fd, &request, sizeof request / 2, NULL, 0);
        open[count++] = (struct pollfd){.fd = fd};
    }
    printf("connected\n");
    long end = now() + CLOSED_WITHIN;
    left = count;
    while (left > 0 && now() < end) {
        poll(open, count, (int)(end - now()) + 1);
        left = count_open(open, count);
    }
    printf("%zu of %zu connections stay\n", left, count);
    return 0;
}

static int linger_on(const struct places *places, int each)
{
    struct rpty_request request = request_for(RPTY_GET_STATE, 0);
    size_t count = 0;
    for (size_t i = 0; i < places->socket_count * (size_t)each; i++) {
        const char *path = places->sockets[i % places->socket_count];
        int fd = lingering(), socket = connect_to(path, SOCK_NONBLOCK);
        if (fd >= 0 && socket >= 0)
            count += send_with(socket, &request, sizeof request, &fd, 1) > 0;
        close_at_once(fd);
    }
    printf("%zu descriptors sent\n", count);
    return !hear();
}

/* ---- what shows when a key is pressed */

struct watched {
    const char *path;
    int inotify; /* the watch, or -1 */
    struct stat status;
    bool has_status;
    char *mapped; /* the file's first page, or NULL */
    char before[4096];
    size_t entries; /* of a folder that can be listed */
};

static size_t count_entries(const char *path)
{
    size_t count = 0;
    DIR *folder = opendir(path);
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

static char *map_first_page(const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    char *mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    return mapped == MAP_FAILED ? NULL : mapped;
}

static struct watched begin(const char *path, int inotify)
{
    struct watched it = {.path = path, .mapped = map_first_page(path)};
    if (it.mapped)
        memcpy(it.before, it.mapped, sizeof it.before);
    it.entries = count_entries(path);
    it.inotify = inotify_add_watch(inotify, path, IN_ALL_EVENTS);
    it.has_status = stat(path, &it.status) == 0;
    return it;
}

static bool same_time(struct timespec one, struct timespec other)
{
    return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

static void compare_status(const struct watched *it)
{
    struct stat status;
    if (!it->has_status || stat(it->path, &status) < 0)
        return;
    if (!same_time(status.st_mtim, it->status.st_mtim) ||
        !same_time(status.st_atim, it->status.st_atim) ||
        !same_time(status.st_ctim, it->status.st_ctim))
        printf("CHANGED: times of %s\n", it->path);
    if (status.st_size != it->status.st_size || status.st_blocks != it->status.st_blocks)
        printf("CHANGED: size of %s\n", it->path);
}

static void compare_content(const struct watched *it)
{
    if (it->mapped && memcmp(it->before, it->mapped, sizeof it->before) != 0)
        printf("CHANGED: content of %s\n", it->path);
    if (count_entries(it->path) != it->entries)
        printf("CHANGED: entries of %s\n", it->path);
}

static void tell_event(const struct watched *all, size_t count, const struct inotify_event *event)
{
    for (size_t i = 0; i < count; i++) {
        if (all[i].inotify == event->wd)
            printf("NOTICED: %s %x\n", all[i].path, event->mask);
    }
}

static void tell_events(int inotify, const struct watched *all, size_t count)
{
    char bytes[65536] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t length = read(inotify, bytes, sizeof bytes);
    for (ssize_t at = 0; at < length;) {
        const struct inotify_event *event = (void *)(bytes + at);
        tell_event(all, count, event);
        at += (ssize_t)(sizeof *event + event->len);
    }
}

static int watch(const struct places *places)
{
    static struct watched all[MOST_WATCHED];
    size_t count = 0;
    int inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    for (size_t i = 0; i < MOST_PLACES; i++) {
        const char *const paths[] = {places->sockets[i], places->fifos[i], places->files[i],
                                     places->folders[i]};
        for (size_t j = 0; j < 4; j++) {
            if (paths[j])
                all[count++] = begin(paths[j], inotify);
        }
    }
    printf("watching %zu\n", count);
    if (!hear())
        return 1;
    for (size_t i = 0; i < count; i++)
        compare_status(&all[i]);
    tell_events(inotify, all, count);
    for (size_t i = 0; i < count; i++)
        compare_content(&all[i]);
    return 0;
}

int main(int argc, char **argv)
{
    const char *attack = argc > 1 ? argv[1] : "", *value = argc > 2 ? argv[2] : "";
    setvbuf(stdout, NULL, _IOLBF, 0);
    allow_descriptors();
    if (strcmp(attack, "possess") == 0) {
        struct places places = places_in(argv + 2);
        return possess(&places);
    }
    if (strcmp(attack, "names") == 0)
        return find_names(argv + 2);
    if (strcmp(attack, "watch") == 0) {
        struct places places = places_in(argv + 2);
        return watch(&places);
    }
    struct places places = places_in(argc > 3 ? argv + 3 : argv + argc);
    if (strcmp(attack, "identity") == 0)
        return strcmp(value, "inherited") == 0 ? inherit(&places) : pass(&places);
    if (strcmp(attack, "silent") == 0)
        return be_silent(&places, atoi(value));
    if (strcmp(attack, "linger") == 0)
        return linger_on(&places, atoi(value));
    fprintf(stderr, "usage: stranger ATTACK [PLACE...]\n");
    return 2;
}
