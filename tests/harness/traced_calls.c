/* Makes the calls that the tracing preload (tracing_preload.c) reports. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    struct stat status;
    if (count < 2)
        return 2;
    printf("fstat %d\n", fstat(0, &status));
    printf("%d\n", S_ISCHR(status.st_mode));
    printf("lstat %d\n", lstat("/", &status));
    fflush(stdout);
    return execve(arguments[1], arguments + 1, (char *[]){NULL});
}
