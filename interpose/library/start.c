/* Before main. What may allocate or lock is done now, and the page is mapped now where the program is
 * likely to need it, since some programs forbid themselves open and mmap later. */
#include <fcntl.h>
#include <stddef.h>

#include "library/inside.h"
#include "library/real.h"
#include "library/stream.h"
#include "terminal/control.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

/* Where stdio reads by calls that do not come here, a standard input for both ways, which is the output FIFO and
 * cannot be read, becomes the input FIFO: there the library lets programs write, too. */
static void make_stdin_readable(void)
{
    struct terminal terminal;
    if (!terminal_find(0, &terminal) || terminal.end != OUTPUT_END || terminal_is_one_way(0))
        return;
    long flags = SYS(fcntl, 0, F_GETFL);
    long input = terminal_open_end(0, O_RDONLY, (int)flags & O_NONBLOCK);
    if (input < 0)
        return;
    SYS(dup3, input, 0, 0);
    SYS(close, input);
}

__attribute__((constructor)) static void start(void)
{
    real();
    if (!runtime_present() || !terminal_likely() || !runtime_page())
        return;
    if (!inside_take_over()) {
        control_note(terminal_marked(), RPTY_NOTE_STDIO);
        make_stdin_readable();
    }
    stream_buffer_standard();
}
