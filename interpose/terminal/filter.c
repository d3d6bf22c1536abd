/* The calls that the keeper is told of. All others are allowed whatever their arguments are, which the kernel notes once for
 * each system call. "Own text" is that of the program itself: a call from there was not made by a C library.
 *
 *   ioctl          the requests of a terminal (requests.c), on any descriptor; not the library's own
 *   open, openat   for reading and writing, unless a file is made; from own text any, and openat2 and creat. Not of folders
 *   write, writev  to the descriptors for both ways that keeper/open.c gave; from own text also to descriptor 0
 *   fstat          and its like, from own text, of descriptors 0 to 2 and those that keeper/open.c gave
 *   read, readv    from descriptors 1 and 2; from own text also from 0 and those that keeper/open.c gave
 *   select         of none but descriptors 0 to 2 (keeper/read.c)
 *
 * fcntl is never among them: the library knows the terminal by one (page.h), and would pay for a filter that looks at it. */
#include "terminal/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <unistd.h>

#include "terminal/requests.h"
#include "terminal/syscalls.h"

#if defined(__x86_64__)
/* ELF_ET_DYN_BASE, where position-independent programs lie: two thirds of 2^47, and up to 2^40 above. */
#define TEXT_FIRST 0x55u
#define TEXT_LAST 0x56u
#elif defined(__aarch64__)
#define TEXT_FIRST 0xaau
#define TEXT_LAST 0xabu
#endif
/* In units of 2^40; 0: where the others lie. Libraries are at 0x7f or 0xff. */
#define TEXT_SHIFT 8

/* Kernels before 5.19 lack it: there a signal's handler may run before the answer, and the call is made again. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/* What follows until section_end is for one system call, whose number is loaded. -> where the next one's begins */
static struct label section_begin(struct filter *filter, uint32_t number)
{
    struct label next = {0};
    bpf_jump(filter, BPF_JEQ, number, NULL, &next);
    return next;
}

static void section_end(struct filter *filter, const struct label *next)
{
    bpf_return(filter, SECCOMP_RET_ALLOW);
    bpf_label(filter, next);
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
            bpf_return_if_equal(filter, terminal_requests[i].request, SECCOMP_RET_USER_NOTIF);
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
    struct label below = {0}, told = {0};
    bpf_jump(filter, BPF_JGE, first, NULL, &below);
    bpf_add(filter, BPF_LD | BPF_W | BPF_IMM, word_from(first));
    bpf_add(filter, BPF_ALU | BPF_RSH | BPF_X, 0);
    bpf_jump(filter, BPF_JSET, 1, &told, NULL);
    bpf_return(filter, SECCOMP_RET_ALLOW);
    bpf_label(filter, &told);
    bpf_return(filter, SECCOMP_RET_USER_NOTIF);
    bpf_label(filter, &below);
}

static void add_plain_requests(struct filter *filter)
{
    bpf_add(filter, BPF_ALU | BPF_AND | BPF_K, ~(PLAIN_COUNT - 1));
    bpf_return_unless_equal(filter, PLAIN_KIND, SECCOMP_RET_ALLOW);
    bpf_load(filter, ARGUMENT(1));
    bpf_add(filter, BPF_ALU | BPF_AND | BPF_K, WORD_BITS - 1);
    bpf_add(filter, BPF_MISC | BPF_TAX, 0);
    bpf_load(filter, ARGUMENT(1));
    for (uint32_t first = PLAIN_COUNT; first > 0; first -= WORD_BITS)
        give_if_in_word(filter, PLAIN_KIND + first - WORD_BITS);
}

static void add_ioctl(struct filter *filter)
{
    struct label next = section_begin(filter, __NR_ioctl);
    bpf_load(filter, ARGUMENT(3));
    bpf_return_if_equal(filter, OWN_IOCTL_MARK, SECCOMP_RET_ALLOW);
    bpf_load(filter, ARGUMENT(1));
    add_requests_of_size(filter);
    add_plain_requests(filter);
    section_end(filter, &next);
}

/* Ends the program here, with USER_NOTIF, where the call is made from the program's text. */
static void add_if_own_call(struct filter *filter)
{
    bpf_load(filter, DATA(instruction_pointer) + HIGH_HALF);
    bpf_add(filter, BPF_ALU | BPF_RSH | BPF_K, TEXT_SHIFT);
    bpf_return_if_equal(filter, 0, SECCOMP_RET_USER_NOTIF);
    bpf_return_if_equal(filter, TEXT_FIRST, SECCOMP_RET_USER_NOTIF);
    bpf_return_if_equal(filter, TEXT_LAST, SECCOMP_RET_USER_NOTIF);
}

static void allow_unless_any(struct filter *filter, uint32_t argument, uint32_t bits)
{
    struct label any = {0};
    bpf_load(filter, ARGUMENT(argument));
    bpf_jump(filter, BPF_JSET, bits, &any, NULL);
    bpf_return(filter, SECCOMP_RET_ALLOW);
    bpf_label(filter, &any);
}

/* What makes or truncates a file, too: a shell opens all that it redirects to so. */
static void add_open(struct filter *filter, uint32_t number, uint32_t flags)
{
    struct label file = {0};
    struct label next = section_begin(filter, number);
    bpf_load(filter, ARGUMENT(flags));
    bpf_jump(filter, BPF_JSET, O_DIRECTORY | O_PATH, NULL, &file);
    bpf_return(filter, SECCOMP_RET_ALLOW);
    bpf_label(filter, &file);
    bpf_add(filter, BPF_ALU | BPF_AND | BPF_K, O_ACCMODE | O_CREAT);
    bpf_return_if_equal(filter, O_RDWR, SECCOMP_RET_USER_NOTIF);
    add_if_own_call(filter);
    section_end(filter, &next);
}

/* Whose flags lie elsewhere. */
static void add_own(struct filter *filter, uint32_t number)
{
    struct label next = section_begin(filter, number);
    add_if_own_call(filter);
    section_end(filter, &next);
}

/* Goes on with the standard streams, and what keeper/open.c gave. */
static void allow_unless_likely(struct filter *filter)
{
    struct label likely = {0};
    bpf_load(filter, ARGUMENT(0));
    bpf_jump(filter, BPF_JGT, STDERR_FILENO, NULL, &likely);
    bpf_add(filter, BPF_ALU | BPF_AND | BPF_K, ~(uint32_t)(GIVEN_COUNT - 1));
    bpf_return_unless_equal(filter, GIVEN_FIRST, SECCOMP_RET_ALLOW);
    bpf_label(filter, &likely);
}

/* `flags`: the argument that must hold AT_EMPTY_PATH; 0: there is none. */
static void add_stat(struct filter *filter, uint32_t number, uint32_t flags)
{
    struct label next = section_begin(filter, number);
    allow_unless_likely(filter);
    if (flags)
        allow_unless_any(filter, flags, AT_EMPTY_PATH);
    add_if_own_call(filter);
    section_end(filter, &next);
}

static void add_write(struct filter *filter, uint32_t number)
{
    struct label next = section_begin(filter, number);
    struct label input = {0};
    bpf_load(filter, ARGUMENT(0));
    bpf_jump(filter, BPF_JEQ, STDIN_FILENO, &input, NULL);
    bpf_add(filter, BPF_ALU | BPF_AND | BPF_K, ~(uint32_t)(BOTH_WAYS_COUNT - 1));
    bpf_return_if_equal(filter, BOTH_WAYS_FIRST, SECCOMP_RET_USER_NOTIF);
    bpf_return(filter, SECCOMP_RET_ALLOW);
    bpf_label(filter, &input);
    add_if_own_call(filter);
    section_end(filter, &next);
}

static void add_read(struct filter *filter, uint32_t number)
{
    struct label next = section_begin(filter, number);
    struct label input = {0};
    bpf_load(filter, ARGUMENT(0));
    bpf_jump(filter, BPF_JEQ, STDIN_FILENO, &input, NULL);
    bpf_return_if_equal(filter, STDOUT_FILENO, SECCOMP_RET_USER_NOTIF);
    bpf_return_if_equal(filter, STDERR_FILENO, SECCOMP_RET_USER_NOTIF);
    bpf_add(filter, BPF_ALU | BPF_AND | BPF_K, ~(uint32_t)(GIVEN_COUNT - 1));
    bpf_return_unless_equal(filter, GIVEN_FIRST, SECCOMP_RET_ALLOW);
    bpf_label(filter, &input);
    add_if_own_call(filter);
    section_end(filter, &next);
}

/* By how many descriptors it looks at. */
static void add_select(struct filter *filter, uint32_t number)
{
    struct label next = section_begin(filter, number);
    bpf_load(filter, ARGUMENT(0));
    bpf_return_if_equal(filter, STDOUT_FILENO + 1, SECCOMP_RET_USER_NOTIF);
    bpf_return_if_equal(filter, STDERR_FILENO + 1, SECCOMP_RET_USER_NOTIF);
    section_end(filter, &next);
}

void filter_build(struct filter *filter)
{
    filter->length = 0;
    bpf_load(filter, DATA(arch));
    bpf_return_unless_equal(filter, OUR_ARCHITECTURE, SECCOMP_RET_ALLOW);
    bpf_load(filter, DATA(nr));
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
    bpf_return(filter, SECCOMP_RET_ALLOW);
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
