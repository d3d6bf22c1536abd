/* Asks for an io_uring, by syscall(2) as libuv does, and says what came of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    char parameters[256] = {0}; /* struct io_uring_params, and room for more */
    long ring = syscall(SYS_io_uring_setup, 1u, parameters);
    puts(ring < 0 ? strerrorname_np(errno) : "a ring");
    return 0;
}
