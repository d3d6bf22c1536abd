/* stamps: writes the time (CLOCK_MONOTONIC, ns) line by line, as fast as the terminal takes it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    char line[80];
    for (;;) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        int length =
            snprintf(line, sizeof line, "%060d=%lld\n", 0, now.tv_sec * 1000000000LL + now.tv_nsec);
        if (write(STDOUT_FILENO, line, (size_t)length) < 0)
            return 1;
    }
}
