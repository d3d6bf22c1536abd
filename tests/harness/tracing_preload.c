/* A preload that reports the calls that reach it and passes them on, as bear(1) and fakeroot(1) do. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int execve(const char *path, char *const arguments[], char *const environment[])
{
    dprintf(2, "execve by the preload\n");
    return NEXT(execve)(path, arguments, environment);
}

int fstat(int fd, struct stat *status)
{
    dprintf(2, "fstat by the preload\n");
    return NEXT(fstat)(fd, status);
}

int lstat(const char *path, struct stat *status)
{
    dprintf(2, "lstat by the preload\n");
    return NEXT(lstat)(path, status);
}
