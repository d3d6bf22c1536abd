/* Writes when it is in the foreground: "ready" at its start, "awake" whenever it is continued. */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

static void on_continue(int number)
{
    (void)number;
    if (write(1, "awake\n", 6) < 0)
        _exit(1);
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_continue};
    sigaction(SIGCONT, &action, NULL);
    if (write(1, "ready\n", 6) < 0)
        return 1;
    for (;;)
        pause();
}
