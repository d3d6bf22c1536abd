/* stdio streams on the terminal with unusual descriptors: asks for a line, and writes the answer.
 * usage: unusual_streams HOW, one of the cases below. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As getty gives a terminal to login. */
static void open_for_all(void)
{
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    if (open("/dev/tty", O_RDWR) == 0)
        fcntl(0, F_SETFD, dup(0) == 1 && dup(0) == 2 ? 0 : FD_CLOEXEC);
}

static void open_again(const char *mode)
{
    if (freopen("/dev/tty", mode, stdin) == NULL)
        perror("freopen");
}

int main(int count, char **arguments)
{
    const char *how = count > 1 ? arguments[1] : "";
    char line[100] = "";
    if (strcmp(how, "getty") == 0)
        open_for_all();
    else if (strcmp(how, "freopen") == 0)
        open_again("r");
    else if (strcmp(how, "freopen-both") == 0)
        open_again("r+");
    else if (strcmp(how, "output-as-input") == 0)
        dup2(1, 0);
    else if (strcmp(how, "errors-as-input") == 0)
        dup2(2, 0);
    else if (strcmp(how, "input-as-output") == 0)
        dup2(0, 1);
    printf("line? ");
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL)
        perror("fgets");
    printf("got %s", line);
    return 0;
}
