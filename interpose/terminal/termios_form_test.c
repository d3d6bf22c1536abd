/* The forms of terminal settings: what a pts makes of them, and that nothing is lost from one to another. */
#include "terminal/termios_form.c"

#include "testing/check.h"

static struct rpty_termios sample(void)
{
    struct rpty_termios termios = {.c_iflag = 0x12345,
                                   .c_oflag = 0x23456,
                                   .c_cflag = B9600 | CS8 | CREAD,
                                   .c_lflag = 0x34567,
                                   .c_line = 3};
    for (int i = 0; i < KERNEL_CHARACTERS; i++)
        termios.c_cc[i] = (uint8_t)(i + 1);
    termios.c_ispeed = termios.c_ospeed = B9600;
    return termios;
}

static void kernel_forms(void)
{
    struct rpty_termios termios = sample();
    struct kernel_termios plain = form_to_kernel(&termios);
    struct kernel_termios2 two = form_to_kernel2(&termios);
    struct rpty_termios back = form_from_kernel(&plain), back2 = form_from_kernel2(&two);
    check_number("TCGETS and back", 0, memcmp(&back, &termios, sizeof back));
    check_number("TCGETS2 and back", 0, memcmp(&back2, &termios, sizeof back2));
    check_number("TCGETS2 speed", 9600, two.c_ospeed);
}

static void small_form(void)
{
    struct rpty_termios termios = sample();
    struct kernel_termio small = form_to_termio(&termios);
    check_number("TCGETA keeps sixteen bits", 0x2345, small.c_iflag);
    small.c_iflag = 1;
    small.c_cc[2] = 99;
    struct rpty_termios back = form_from_termio(&small, &termios);
    check_number("TCSETA keeps the upper bits", 0x10001, back.c_iflag);
    check_number("TCSETA sets characters", 99, back.c_cc[2]);
    check_number("TCSETA keeps later characters", 11, back.c_cc[10]);
}

static void as_pts(void)
{
    struct rpty_termios termios = sample();
    termios.c_cflag = B115200 | CS5 | PARENB | HUPCL;
    termios.c_cc[30] = 7;
    form_as_pts(&termios);
    check_number("eight bits, no parity", B115200 | CS8 | CREAD | HUPCL, termios.c_cflag);
    check_number("speed as c_cflag says", B115200, termios.c_ospeed);
    check_number("no more characters than the kernel's", 0, termios.c_cc[30]);
}

static void speeds(void)
{
    struct rpty_termios termios = sample();
    struct kernel_termios2 two = form_to_kernel2(&termios);
    two.plain.c_cflag = ANY_SPEED | CS8;
    two.c_ospeed = 921600;
    check_number("BOTHER with a known speed", B921600 | CS8 | CREAD,
                 form_from_kernel2(&two).c_cflag);
    two.c_ospeed = 12345;
    check_number("BOTHER with another", B38400 | CS8 | CREAD, form_from_kernel2(&two).c_cflag);
    termios.c_cflag = B4000000;
    check_number("the highest code", 4000000, form_to_kernel2(&termios).c_ospeed);
    termios.c_cflag = B50;
    check_number("the lowest", 50, form_to_kernel2(&termios).c_ospeed);
}

static void equality(void)
{
    struct rpty_termios one = sample(), other = sample();
    other.c_cc[25] = 1;
    other.c_ispeed = 0;
    check_number("what the kernel does not hold", true, form_equal(&one, &other));
    other.c_cc[18]++;
    check_number("a character", false, form_equal(&one, &other));
}

int main(void)
{
    kernel_forms();
    small_form();
    as_pts();
    speeds();
    equality();
    return checks_done();
}
