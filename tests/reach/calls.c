/* Prints what a program without the library sees of its terminal, one line for each answer.
 *
 *   calls           asks            calls lines        reads lines to their end, twice
 *   calls change    changes         calls run CMD...   becomes CMD
 *   calls tty       by /dev/tty     calls user         prints its user */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const char *name_of(int result)
{
    return result < 0 ? strerror(errno) : "ok";
}

static void show_settings(int fd)
{
    struct termios settings;
    struct winsize size;
    int result = tcgetattr(fd, &settings);
    printf("tcgetattr %s", name_of(result));
    if (result == 0)
        printf(" %x %x %x %x %d %d", settings.c_iflag, settings.c_oflag, settings.c_cflag,
               settings.c_lflag, settings.c_cc[VMIN], settings.c_cc[VINTR]);
    result = ioctl(fd, TIOCGWINSZ, &size);
    printf("\nTIOCGWINSZ %s", name_of(result));
    if (result == 0)
        printf(" %d %d", size.ws_row, size.ws_col);
    printf("\n");
}

static void show_number(const char *name, unsigned long request)
{
    int number = -1, result = ioctl(0, request, &number);
    printf("%s %s %d\n", name, name_of(result), number);
}

static void show(void)
{
    for (int fd = 0; fd < 3; fd++)
        printf("isatty %d %d\n", fd, isatty(fd));
    show_settings(0);
    show_settings(1);
    int null = open("/dev/null", O_RDWR);
    printf("isatty /dev/null %d %s\n", isatty(null), strerror(errno));
    printf("isatty closed %d %s\n", isatty(77), strerror(errno));
    printf("tcgetpgrp %d\n", tcgetpgrp(0) == getpgrp());
    printf("tcgetsid %d\n", tcgetsid(0) == getsid(0));
    printf("bad address %s\n", name_of(ioctl(0, TIOCGWINSZ, (void *)8)));
    printf("bad tcsetpgrp %s\n", name_of(tcsetpgrp(0, 999999)));
    show_number("TIOCGETD", TIOCGETD);
    show_number("FIONREAD", FIONREAD);
    printf("tcdrain %s\n", name_of(tcdrain(1)));
    printf("tcflush %s\n", name_of(tcflush(0, TCIFLUSH)));
}

static void change(void)
{
    struct termios before, raw;
    tcgetattr(0, &before);
    raw = before;
    cfmakeraw(&raw);
    raw.c_cc[VINTR] = 24;
    printf("raw %s\n", name_of(tcsetattr(0, TCSADRAIN, &raw)));
    tcgetattr(0, &raw);
    printf("is raw %d %d\r\n", !(raw.c_lflag & ICANON), raw.c_cc[VINTR]);
    printf("back %s\n", name_of(tcsetattr(0, TCSAFLUSH, &before)));
    struct winsize size = {10, 40, 0, 0};
    printf("TIOCSWINSZ %s\n", name_of(ioctl(0, TIOCSWINSZ, &size)));
    show_settings(0);
}

static void read_lines(void)
{
    char line[64];
    for (int ends = 0; ends < 2;) {
        ssize_t length = read(0, line, sizeof line);
        if (length > 0)
            printf("<%.*s>\n", (int)length - 1, line);
        else
            printf("end %zd\n", length);
        ends += length <= 0;
    }
}

static void by_name(void)
{
    int fd = open("/dev/tty", O_RDWR), child;
    char line[64];
    printf("open %s\n", name_of(fd));
    show_settings(fd);
    dprintf(fd, "asks: ");
    struct iovec parts[] = {{"in ", 3}, {"parts: ", 7}};
    writev(fd, parts, 2);
    ssize_t length = read(fd, line, sizeof line);
    printf("<%.*s>\n", length > 0 ? (int)length - 1 : 0, line);
    if ((child = fork()) == 0) {
        setsid();
        printf("elsewhere %s\n", name_of(open("/dev/tty", O_RDWR)));
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

static void become(char **command)
{
    execv(command[0], command);
    printf("%s %s\n", command[0], strerror(errno));
}

static void show_user(void)
{
    printf("user %d\n", geteuid());
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    setvbuf(stdout, NULL, _IONBF, 0);
    if (strcmp(what, "change") == 0)
        change();
    else if (strcmp(what, "lines") == 0)
        read_lines();
    else if (strcmp(what, "tty") == 0)
        by_name();
    else if (strcmp(what, "run") == 0)
        become(argv + 2);
    else if (strcmp(what, "user") == 0)
        show_user();
    else
        show();
    return 0;
}
