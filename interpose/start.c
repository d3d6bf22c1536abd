/* Before main. What may allocate or lock is done now, and the page is mapped now where the program is
 * likely to need it, since some programs forbid themselves open and mmap later. */
#include "real.h"
#include "runtime.h"
#include "stream.h"
#include "terminal.h"

__attribute__((constructor)) static void start(void)
{
    real();
    if (!runtime_present() || !terminal_likely() || !runtime_page())
        return;
    stream_buffer_standard();
}
