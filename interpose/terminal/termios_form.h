/* The forms in which programs and the kernel hold terminal settings, and ours, which is the C library's
 * struct termios. Pure. */
#ifndef RPTY_TERMIOS_FORM_H
#define RPTY_TERMIOS_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "terminal/page.h"

#define KERNEL_CHARACTERS 19

/* TCGETS. */
struct kernel_termios {
    uint32_t c_iflag, c_oflag, c_cflag, c_lflag;
    uint8_t c_line;
    uint8_t c_cc[KERNEL_CHARACTERS];
};

/* TCGETS2: the same, and the speeds in bits a second. */
struct kernel_termios2 {
    struct kernel_termios plain;
    uint32_t c_ispeed, c_ospeed;
};

/* TCGETA. */
struct kernel_termio {
    uint16_t c_iflag, c_oflag, c_cflag, c_lflag;
    uint8_t c_line;
    uint8_t c_cc[8];
    uint8_t padding; /* which the kernel gives as 0 */
};

struct kernel_termios form_to_kernel(const struct rpty_termios *termios);
struct kernel_termios2 form_to_kernel2(const struct rpty_termios *termios);
struct kernel_termio form_to_termio(const struct rpty_termios *termios);

struct rpty_termios form_from_kernel(const struct kernel_termios *kernel);
struct rpty_termios form_from_kernel2(const struct kernel_termios2 *kernel);
/* `old` gives what the form does not hold. */
struct rpty_termios form_from_termio(const struct kernel_termio *termio,
                                     const struct rpty_termios *old);

/* What a pts makes of settings: eight bits, no parity, receiver on; speeds as c_cflag says. */
void form_as_pts(struct rpty_termios *termios);

/* Whether a pts would see a difference. */
bool form_equal(const struct rpty_termios *one, const struct rpty_termios *other);

#endif
