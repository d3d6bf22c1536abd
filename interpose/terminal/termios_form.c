#include "terminal/termios_form.h"

#include <termios.h>

#include "terminal/memory.h"

_Static_assert(sizeof(struct termios) == sizeof(struct rpty_termios), "the C library's form");
_Static_assert(sizeof(struct kernel_termios) == 36, "TCGETS");
_Static_assert(sizeof(struct kernel_termios2) == 44, "TCGETS2");
_Static_assert(sizeof(struct kernel_termio) == 18, "TCGETA");

#define SPEED_CODES (CBAUD | CBAUDEX)
#define ANY_SPEED CBAUDEX /* BOTHER: the speed is the number in c_ospeed */
#define LOW_SPEEDS 16

/* Codes 0 to B38400, then CBAUDEX | 1 and on. */
static const uint32_t low_speeds[LOW_SPEEDS] = {0,   50,   75,   110,  134,  150,  200,   300,
                                                600, 1200, 1800, 2400, 4800, 9600, 19200, 38400};
static const uint32_t high_speeds[] = {57600,   115200,  230400,  460800,  500000,
                                       576000,  921600,  1000000, 1152000, 1500000,
                                       2000000, 2500000, 3000000, 3500000, 4000000};
#define HIGH_SPEEDS (sizeof high_speeds / sizeof *high_speeds)

static uint32_t speed_of(uint32_t code)
{
    uint32_t index = code & ~CBAUDEX;
    if (!(code & CBAUDEX))
        return low_speeds[index];
    return index >= 1 && index <= HIGH_SPEEDS ? high_speeds[index - 1] : 0;
}

/* `otherwise`: the code for a speed that has none. */
static uint32_t code_of(uint32_t speed, uint32_t otherwise)
{
    for (uint32_t i = 0; i < LOW_SPEEDS; i++) {
        if (low_speeds[i] == speed)
            return i;
    }
    for (uint32_t i = 0; i < HIGH_SPEEDS; i++) {
        if (high_speeds[i] == speed)
            return CBAUDEX | (i + 1);
    }
    return otherwise;
}

struct kernel_termios form_to_kernel(const struct rpty_termios *termios)
{
    struct kernel_termios kernel = {termios->c_iflag, termios->c_oflag, termios->c_cflag,
                                    termios->c_lflag, termios->c_line,  {0}};
    memcpy(kernel.c_cc, termios->c_cc, sizeof kernel.c_cc);
    return kernel;
}

struct kernel_termios2 form_to_kernel2(const struct rpty_termios *termios)
{
    uint32_t speed = speed_of(termios->c_cflag & SPEED_CODES);
    return (struct kernel_termios2){form_to_kernel(termios), speed, speed};
}

struct kernel_termio form_to_termio(const struct rpty_termios *termios)
{
    struct kernel_termio termio = {(uint16_t)termios->c_iflag,
                                   (uint16_t)termios->c_oflag,
                                   (uint16_t)termios->c_cflag,
                                   (uint16_t)termios->c_lflag,
                                   termios->c_line,
                                   {0},
                                   0};
    memcpy(termio.c_cc, termios->c_cc, sizeof termio.c_cc);
    return termio;
}

struct rpty_termios form_from_kernel(const struct kernel_termios *kernel)
{
    struct rpty_termios termios = {.c_iflag = kernel->c_iflag,
                                   .c_oflag = kernel->c_oflag,
                                   .c_cflag = kernel->c_cflag,
                                   .c_lflag = kernel->c_lflag,
                                   .c_line = kernel->c_line};
    memcpy(termios.c_cc, kernel->c_cc, sizeof kernel->c_cc);
    form_as_pts(&termios);
    return termios;
}

struct rpty_termios form_from_kernel2(const struct kernel_termios2 *kernel)
{
    struct kernel_termios plain = kernel->plain;
    if ((plain.c_cflag & SPEED_CODES) == ANY_SPEED)
        plain.c_cflag = (plain.c_cflag & ~SPEED_CODES) | code_of(kernel->c_ospeed, B38400);
    return form_from_kernel(&plain);
}

static uint32_t low_half(uint32_t old, uint16_t new)
{
    return (old & 0xffff0000u) | new;
}

struct rpty_termios form_from_termio(const struct kernel_termio *termio,
                                     const struct rpty_termios *old)
{
    struct rpty_termios termios = *old;
    termios.c_iflag = low_half(old->c_iflag, termio->c_iflag);
    termios.c_oflag = low_half(old->c_oflag, termio->c_oflag);
    termios.c_cflag = low_half(old->c_cflag, termio->c_cflag);
    termios.c_lflag = low_half(old->c_lflag, termio->c_lflag);
    termios.c_line = termio->c_line;
    memcpy(termios.c_cc, termio->c_cc, sizeof termio->c_cc);
    form_as_pts(&termios);
    return termios;
}

void form_as_pts(struct rpty_termios *termios)
{
    termios->c_cflag = (termios->c_cflag & ~(uint32_t)(CSIZE | PARENB)) | CS8 | CREAD;
    termios->c_ispeed = termios->c_ospeed = termios->c_cflag & SPEED_CODES;
    memset(termios->c_cc + KERNEL_CHARACTERS, 0, sizeof termios->c_cc - KERNEL_CHARACTERS);
}

bool form_equal(const struct rpty_termios *one, const struct rpty_termios *other)
{
    return one->c_iflag == other->c_iflag && one->c_oflag == other->c_oflag &&
           one->c_cflag == other->c_cflag && one->c_lflag == other->c_lflag &&
           one->c_line == other->c_line && memcmp(one->c_cc, other->c_cc, KERNEL_CHARACTERS) == 0;
}
