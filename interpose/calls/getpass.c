/* getpass. The C library's opens /dev/tty, and takes its echo away, by internal calls. */
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>
#include <unistd.h>

#include "library/export.h"
#include "library/open.h"
#include "library/real.h"
#include "terminal/memory.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

#define LONGEST 4096 /* a line of a terminal's */

/* Where the password is asked for. */
struct asking {
    int in, out;
    bool opened;
};

/* As the C library: the controlling terminal, or else the standard streams. -> false: none of ours */
static bool find_terminal(struct asking *asking)
{
    struct terminal terminal;
    long fd = open_terminal("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd >= 0) {
        *asking = (struct asking){(int)fd, (int)fd, true};
        return true;
    }
    *asking = (struct asking){STDIN_FILENO, STDERR_FILENO, false};
    return terminal_find(STDIN_FILENO, &terminal);
}

static void say(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t written = write(fd, text, left);
        if (written <= 0)
            return;
        text += written;
        left -= (size_t)written;
    }
}

/* A line without its end; what does not fit is dropped. -> whether it had one */
static bool read_line(int fd, char *line, size_t room)
{
    size_t length = 0;
    for (;;) {
        char rest;
        bool full = length + 1 >= room;
        ssize_t got = read(fd, full ? &rest : line + length, 1);
        bool ended = got > 0 && (full ? rest : line[length]) == '\n';
        if (got <= 0 || ended) {
            line[length] = '\0';
            return ended;
        }
        length += !full;
    }
}

static void ask(const struct asking *asking, const char *prompt, char *line)
{
    struct termios found, hidden;
    bool hides = tcgetattr(asking->in, &found) == 0;
    hidden = found;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    hides = hides && tcsetattr(asking->in, TCSAFLUSH, &hidden) == 0;
    say(asking->out, prompt);
    bool ended = read_line(asking->in, line, LONGEST);
    if (!hides)
        return;
    if (ended)
        say(asking->out, "\n");
    tcsetattr(asking->in, TCSAFLUSH, &found);
}

EXPORT char *getpass(const char *prompt)
{
    static char line[LONGEST];
    struct asking asking;
    if (!find_terminal(&asking))
        return real()->getpass ? real()->getpass(prompt) : NULL;
    ask(&asking, prompt, line);
    if (asking.opened)
        SYS(close, asking.in);
    return line;
}
