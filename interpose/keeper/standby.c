#include "keeper/standby.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keeper/call.h"
#include "keeper/helper.h"
#include "terminal/pass.h"

#define MOST 1024 /* listeners: of as many programs that need one, at once */

static int standby = -1; /* the keeper's end of the socket */

/* [0] is the socket; while that is open, the keeper listens. */
static struct pollfd watched[MOST + 1];
static size_t count = 1;

static void let_go_on(int listener)
{
    struct seccomp_notif heard = {0};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &heard) < 0)
        return;
    struct call call = {.listener = listener, .id = heard.id};
    call_answer(&call, CALL_GOES_ON);
}

static void add(int listener)
{
    if (count <= MOST)
        watched[count++] = (struct pollfd){.fd = listener};
    else
        close(listener);
}

/* -> whether the keeper is there */
static bool hear_keeper(void)
{
    int listener = pass_receive(watched[0].fd);
    if (listener >= 0)
        add(listener);
    return listener >= 0;
}

static void take_over(void)
{
    close(watched[0].fd);
    watched[0].fd = -1;
    for (size_t i = 1; i < count; i++)
        watched[i].events = POLLIN;
}

static void look(void)
{
    for (size_t i = 1; i < count;) {
        if (watched[i].revents & POLLIN)
            let_go_on(watched[i].fd);
        if (watched[i].revents & POLLHUP) {
            close(watched[i].fd);
            watched[i] = watched[--count];
        } else {
            i++;
        }
    }
}

_Noreturn static void stand_by(int keeper)
{
    watched[0] = (struct pollfd){.fd = keeper, .events = POLLIN};
    while (watched[0].fd >= 0 || count > 1) {
        if (poll(watched, count, -1) < 0)
            continue;
        look();
        if (watched[0].revents && !hear_keeper())
            take_over();
    }
    _exit(0);
}

void standby_start(void)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return;
    if (helper_start("rpty-standby", ends[1]) == 0)
        stand_by(HELPER_KEPT);
    close(ends[1]);
    standby = ends[0];
}

void standby_give(int listener)
{
    if (standby >= 0)
        pass_send(standby, listener);
}
