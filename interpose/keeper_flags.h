/* What fcntl tells of the terminal's descriptors to programs of their own system calls. */
#ifndef RPTY_KEEPER_FLAGS_H
#define RPTY_KEEPER_FLAGS_H

#include "keeper_call.h"

/* Performs F_GETFL and F_SETFL where a terminal does other than a FIFO. -> the call's result */
long keeper_fcntl(const struct call *call);

#endif
