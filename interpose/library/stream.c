#include "library/stream.h"

#include <stdbool.h>
#include <stddef.h>

#include "library/environment.h"
#include "library/preload.h"
#include "terminal/terminal.h"

/* Data of the C library's, by the names that both give them. */
extern FILE *libc_stdin __asm__("stdin") __attribute__((weak));
extern FILE *libc_stdout __asm__("stdout") __attribute__((weak));
extern int libc_setvbuf(FILE *, char *, int, size_t) __asm__("setvbuf") __attribute__((weak));

void stream_buffer_by_lines(FILE *stream)
{
    if (libc_setvbuf)
        libc_setvbuf(stream, NULL, _IOLBF, 0);
}

void stream_buffer_terminal(int fd, FILE *stream)
{
    struct terminal terminal;
    if (stream && terminal_find(fd, &terminal))
        stream_buffer_by_lines(stream);
}

/* stdbuf(1) has said how, by a preload that was there before us. */
static bool is_decided(const char *variable)
{
    return environment_value(environment_own(), variable) != NULL;
}

/* A line-buffered stdin makes glibc flush stdout before it reads: so it comes by its prompt. */
void stream_buffer_standard(void)
{
    if (!libc_setvbuf || !&libc_stdin || !&libc_stdout)
        return;
    if (!is_decided("_STDBUF_I="))
        stream_buffer_terminal(0, libc_stdin);
    if (!is_decided("_STDBUF_O="))
        stream_buffer_terminal(1, libc_stdout);
}
