/* Connecting to a socket in the file system. */
#ifndef RPTY_CONNECT_H
#define RPTY_CONNECT_H

/* -> a descriptor, which closes at an exec, or -errno */
long connect_to(const char *path);

#endif
