/* Reading the terminal. */
#ifndef RPTY_INPUT_H
#define RPTY_INPUT_H

#include <stddef.h>
#include <sys/uio.h>

#include "terminal/terminal.h"

/* As readv on a terminal. -> bytes, 0 at an end of file, or -errno */
long input_read(const struct terminal *terminal, const struct iovec *parts, int count);

#endif
