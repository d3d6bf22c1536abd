#include "terminal/requests.h"

#include <sys/ioctl.h>

#include "terminal/termios_form.h"

#define TERMIOS sizeof(struct kernel_termios)
#define TERMIOS2 sizeof(struct kernel_termios2)
#define TERMIO sizeof(struct kernel_termio)
#define WINSIZE sizeof(struct rpty_winsize)
#define NUMBER sizeof(int32_t)

const struct terminal_request terminal_requests[] = {
    {TCGETS, 0, TERMIOS, true},
    {TIOCGWINSZ, 0, WINSIZE, true},
    {GET_TERMIOS2, 0, TERMIOS2, true},
    {TCGETA, 0, TERMIO, true},
    {TCSETS, TERMIOS, 0, false},
    {TCSETSW, TERMIOS, 0, false},
    {TCSETSF, TERMIOS, 0, false},
    {SET_TERMIOS2, TERMIOS2, 0, false},
    {SET_TERMIOS2 + 1, TERMIOS2, 0, false},
    {SET_TERMIOS2 + 2, TERMIOS2, 0, false},
    {TCSETA, TERMIO, 0, false},
    {TCSETAW, TERMIO, 0, false},
    {TCSETAF, TERMIO, 0, false},
    {TIOCSWINSZ, WINSIZE, 0, false},
    {TIOCGPGRP, 0, NUMBER, true},
    {TIOCSPGRP, NUMBER, 0, false},
    {TIOCGSID, 0, NUMBER, true},
    {TIOCSCTTY, 0, 0, false},
    {TIOCNOTTY, 0, 0, false},
    {FIONREAD, 0, NUMBER, true},
    {TIOCOUTQ, 0, NUMBER, false},
    {TIOCGETD, 0, NUMBER, true},
    {TCFLSH, 0, 0, false},
    {TCXONC, 0, 0, false},
    {TCSBRK, 0, 0, false},
    {TCSBRKP, 0, 0, false},
    {TIOCSETD, NUMBER, 0, false},
    {TIOCSTI, 1, 0, true},
    {TIOCEXCL, 0, 0, false},
    {TIOCNXCL, 0, 0, false},
    {TIOCGEXCL, 0, NUMBER, true},
    {TIOCGSOFTCAR, 0, NUMBER, true},
    {TIOCSSOFTCAR, NUMBER, 0, false},
    {TIOCGLCKTRMIOS, 0, TERMIOS, true},
    {TIOCSLCKTRMIOS, TERMIOS, 0, true},
    {TIOCSSERIAL, SERIAL_SIZE, 0, true},
    {TIOCSBRK, 0, 0, false},
    {TIOCCBRK, 0, 0, false},
    {GET_PEER, 0, 0, true},
    {FIOASYNC, 0, 0, true},
};
const size_t terminal_request_count = sizeof terminal_requests / sizeof *terminal_requests;

const struct terminal_request *terminal_request_find(uint32_t request)
{
    for (size_t i = 0; i < terminal_request_count; i++) {
        if (terminal_requests[i].request == request)
            return &terminal_requests[i];
    }
    return NULL;
}
