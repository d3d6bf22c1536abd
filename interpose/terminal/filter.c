/* What is told, and what goes on untold:
 *
 *   ioctl          the requests of a terminal (requests.c), on whatever descriptor; not the library's own
 *   open, openat   for reading and writing, but to make a file; and any from the program's own text, where only
 *                  those make system calls that have no C library beside them; so openat2 and creat. Not of
 *                  folders
 *   write, writev  to the descriptors for both ways that keeper/open.c gave; to descriptor 0, from the program's own text
 *   fstat          and its like, of descriptors 0 to 2 and those that keeper/open.c gave, from the program's own text
 *   read, readv    from descriptor 0, and those that keeper/open.c gave, from the program's own text; from 1 and 2; and a select of no others than 0 to 2 (keeper/read.c)
 *
 * All else is allowed whatever its arguments are, which the kernel notes once for each system call. So is fcntl: the
 * library knows the terminal by one (page.h), and would pay for a filter that looks at it. */
#include "terminal/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <unistd.h>

#include "terminal/requests.h"
#include "terminal/syscalls.h"

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
/* ELF_ET_DYN_BASE, where position-independent programs lie: two thirds of 2^47, and up to 2^40 above. */
#define TEXT_FIRST 0x55u
#define TEXT_LAST 0x56u
#elif defined(__aarch64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
#define TEXT_FIRST 0xaau
#define TEXT_LAST 0xabu
#endif
/* In units of 2^40; 0: where the others lie. Libraries are at 0x7f or 0xff. */
#define TEXT_SHIFT 8

/* Kernels before 5.19 lack it: there a signal's handler may run before the answer, and the call is made again. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define DATA(member) ((uint32_t)offsetof(struct seccomp_data, member))
#define ARGUMENT(number) (DATA(args) + 8u * (number))
#define HIGH_HALF 4u

static void add(struct filter *filter, uint16_t code, uint8_t if_true, uint8_t if_false, uint32_t k)
{
    filter->code[filter->length++] = (struct sock_filter){code, if_true, if_false, k};
}

static void load(struct filter *filter, uint32_t offset)
{
    add(filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
}

static void give(struct filter *filter, uint32_t action)
{
    add(filter, BPF_RET | BPF_K, 0, 0, action);
}

static void give_if_equal(struct filter *filter, uint32_t value, uint32_t action)
{
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
    give(filter, action);
}

/* What follows until section_end is for one system call, whose number is loaded. -> its place */
static unsigned short section_begin(struct filter *filter, uint32_t number)
{
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, number);
    return filter->length;
}

static void section_end(struct filter *filter, unsigned short begin)
{
    give(filter, SECCOMP_RET_ALLOW);
    filter->code[begin - 1].jf = (uint8_t)(filter->length - begin);
}

/* The requests that are told, by their number. Most are the first of the kind 'T', one after another: those are
 * bits of four words. */
#define PLAIN_KIND 0x5400u
#define PLAIN_COUNT 128u
#define WORD_BITS 32u

static bool is_plain(uint32_t request)
{
    return request - PLAIN_KIND < PLAIN_COUNT;
}

static void add_requests_of_size(struct filter *filter)
{
    for (size_t i = 0; i < terminal_request_count; i++) {
        if (!is_plain(terminal_requests[i].request))
            give_if_equal(filter, terminal_requests[i].request, SECCOMP_RET_USER_NOTIF);
    }
}

static uint32_t word_from(uint32_t first)
{
    uint32_t word = 0;
    for (size_t i = 0; i < terminal_request_count; i++) {
        uint32_t bit = terminal_requests[i].request - first;
        word |= bit < WORD_BITS ? 1u << bit : 0;
    }
    return word;
}

/* The request is loaded, and X is its number in its word. */
static void give_if_in_word(struct filter *filter, uint32_t first)
{
    add(filter, BPF_JMP | BPF_JGE | BPF_K, 0, 5, first);
    add(filter, BPF_LD | BPF_W | BPF_IMM, 0, 0, word_from(first));
    add(filter, BPF_ALU | BPF_RSH | BPF_X, 0, 0, 0);
    add(filter, BPF_JMP | BPF_JSET | BPF_K, 1, 0, 1);
    give(filter, SECCOMP_RET_ALLOW);
    give(filter, SECCOMP_RET_USER_NOTIF);
}

static void add_plain_requests(struct filter *filter)
{
    add(filter, BPF_ALU | BPF_AND | BPF_K, 0, 0, ~(PLAIN_COUNT - 1));
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, PLAIN_KIND);
    give(filter, SECCOMP_RET_ALLOW);
    load(filter, ARGUMENT(1));
    add(filter, BPF_ALU | BPF_AND | BPF_K, 0, 0, WORD_BITS - 1);
    add(filter, BPF_MISC | BPF_TAX, 0, 0, 0);
    load(filter, ARGUMENT(1));
    for (uint32_t first = PLAIN_COUNT; first > 0; first -= WORD_BITS)
        give_if_in_word(filter, PLAIN_KIND + first - WORD_BITS);
}

static void add_ioctl(struct filter *filter)
{
    unsigned short begin = section_begin(filter, __NR_ioctl);
    load(filter, ARGUMENT(3));
    give_if_equal(filter, OWN_IOCTL_MARK, SECCOMP_RET_ALLOW);
    load(filter, ARGUMENT(1));
    add_requests_of_size(filter);
    add_plain_requests(filter);
    section_end(filter, begin);
}

/* Ends the program here, with USER_NOTIF, where the call is made from the program's text. */
static void add_if_own_call(struct filter *filter)
{
    load(filter, DATA(instruction_pointer) + HIGH_HALF);
    add(filter, BPF_ALU | BPF_RSH | BPF_K, 0, 0, TEXT_SHIFT);
    give_if_equal(filter, 0, SECCOMP_RET_USER_NOTIF);
    give_if_equal(filter, TEXT_FIRST, SECCOMP_RET_USER_NOTIF);
    give_if_equal(filter, TEXT_LAST, SECCOMP_RET_USER_NOTIF);
}

static void allow_unless_any(struct filter *filter, uint32_t argument, uint32_t bits)
{
    load(filter, ARGUMENT(argument));
    add(filter, BPF_JMP | BPF_JSET | BPF_K, 1, 0, bits);
    give(filter, SECCOMP_RET_ALLOW);
}

/* What makes or truncates a file, too: a shell opens all that it redirects to so. */
static void add_open(struct filter *filter, uint32_t number, uint32_t flags)
{
    unsigned short begin = section_begin(filter, number);
    load(filter, ARGUMENT(flags));
    add(filter, BPF_JMP | BPF_JSET | BPF_K, 0, 1, O_DIRECTORY | O_PATH);
    give(filter, SECCOMP_RET_ALLOW);
    add(filter, BPF_ALU | BPF_AND | BPF_K, 0, 0, O_ACCMODE | O_CREAT);
    give_if_equal(filter, O_RDWR, SECCOMP_RET_USER_NOTIF);
    add_if_own_call(filter);
    section_end(filter, begin);
}

/* Whose flags lie elsewhere. */
static void add_own(struct filter *filter, uint32_t number)
{
    unsigned short begin = section_begin(filter, number);
    add_if_own_call(filter);
    section_end(filter, begin);
}

/* Goes on with the standard streams, and what keeper/open.c gave. */
static void allow_unless_likely(struct filter *filter)
{
    load(filter, ARGUMENT(0));
    add(filter, BPF_JMP | BPF_JGT | BPF_K, 0, 3, STDERR_FILENO);
    add(filter, BPF_ALU | BPF_AND | BPF_K, 0, 0, ~(uint32_t)(GIVEN_COUNT - 1));
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, GIVEN_FIRST);
    give(filter, SECCOMP_RET_ALLOW);
}

/* `flags`: the argument that must hold AT_EMPTY_PATH; 0: there is none. */
static void add_stat(struct filter *filter, uint32_t number, uint32_t flags)
{
    unsigned short begin = section_begin(filter, number);
    allow_unless_likely(filter);
    if (flags)
        allow_unless_any(filter, flags, AT_EMPTY_PATH);
    add_if_own_call(filter);
    section_end(filter, begin);
}

static void add_write(struct filter *filter, uint32_t number)
{
    unsigned short begin = section_begin(filter, number);
    load(filter, ARGUMENT(0));
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 4, 0, STDIN_FILENO);
    add(filter, BPF_ALU | BPF_AND | BPF_K, 0, 0, ~(uint32_t)(BOTH_WAYS_COUNT - 1));
    give_if_equal(filter, BOTH_WAYS_FIRST, SECCOMP_RET_USER_NOTIF);
    give(filter, SECCOMP_RET_ALLOW);
    add_if_own_call(filter);
    section_end(filter, begin);
}

static void add_read(struct filter *filter, uint32_t number)
{
    unsigned short begin = section_begin(filter, number);
    load(filter, ARGUMENT(0));
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 7, 0, STDIN_FILENO);
    give_if_equal(filter, STDOUT_FILENO, SECCOMP_RET_USER_NOTIF);
    give_if_equal(filter, STDERR_FILENO, SECCOMP_RET_USER_NOTIF);
    add(filter, BPF_ALU | BPF_AND | BPF_K, 0, 0, ~(uint32_t)(GIVEN_COUNT - 1));
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, GIVEN_FIRST);
    give(filter, SECCOMP_RET_ALLOW);
    add_if_own_call(filter);
    section_end(filter, begin);
}

/* By how many descriptors it looks at. */
static void add_select(struct filter *filter, uint32_t number)
{
    unsigned short begin = section_begin(filter, number);
    load(filter, ARGUMENT(0));
    give_if_equal(filter, STDOUT_FILENO + 1, SECCOMP_RET_USER_NOTIF);
    give_if_equal(filter, STDERR_FILENO + 1, SECCOMP_RET_USER_NOTIF);
    section_end(filter, begin);
}

void filter_build(struct filter *filter)
{
    filter->length = 0;
    load(filter, DATA(arch));
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, OUR_ARCHITECTURE);
    give(filter, SECCOMP_RET_ALLOW);
    load(filter, DATA(nr));
    add_read(filter, __NR_read);
    add_write(filter, __NR_write);
    add_write(filter, __NR_writev);
    add_read(filter, __NR_readv);
    add_open(filter, __NR_openat, 2);
#ifdef __NR_open
    add_open(filter, __NR_open, 1);
    add_own(filter, __NR_creat);
#endif
    add_own(filter, __NR_openat2);
    add_stat(filter, __NR_fstat, 0);
    add_stat(filter, __NR_newfstatat, 3);
    add_stat(filter, __NR_statx, 2);
    add_select(filter, __NR_pselect6);
#ifdef __NR_select
    add_select(filter, __NR_select);
#endif
    add_ioctl(filter);
    give(filter, SECCOMP_RET_ALLOW);
}

static long install(const struct filter *filter, unsigned long flags)
{
    struct sock_fprog program = {filter->length, (struct sock_filter *)filter->code};
    return SYS(seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static long install_as_able(const struct filter *filter)
{
    const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    long listener = install(filter, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
    return listener == -EINVAL ? install(filter, flags) : listener;
}

/* no_new_privs can't be taken back: so the kernel is asked first whether it can notify at all. */
long filter_install(bool at_that_price)
{
    struct filter filter;
    uint32_t action = SECCOMP_RET_USER_NOTIF;
    long missing = SYS(seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
    if (missing)
        return missing;
    filter_build(&filter);
    long listener = install_as_able(&filter);
    if (listener != -EACCES || !at_that_price)
        return listener;
    long refused = SYS(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return refused ? refused : install_as_able(&filter);
}
