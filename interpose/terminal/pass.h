/* A listener on its way to the keeper: a message with the descriptor, or with the errno why there is none. */
#ifndef RPTY_PASS_H
#define RPTY_PASS_H

/* `listener`: a descriptor or -errno. */
void pass_send(int socket, long listener);

/* -> the listener, or -errno as it was sent; -ECONNRESET: nothing came */
int pass_receive(int socket);

#endif
