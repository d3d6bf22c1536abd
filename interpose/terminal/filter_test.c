/* Which calls the filter tells of: its program is run here by an interpreter of ours on calls of a table. */
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "testing/check.h"
#include "terminal/bpf.c"
#include "terminal/filter.c"
#include "terminal/requests.c"

#define LIBRARYS 0x7f0000001000u /* where the C library's calls come from */
#define STATICS 0x401000u
#if defined(__x86_64__)
#define OURS AUDIT_ARCH_X86_64
#define PIES 0x555555555000u
#else
#define OURS AUDIT_ARCH_AARCH64
#define PIES 0xaaaaaaaab000u
#endif

static bool is_true(const struct sock_filter *at, uint32_t a)
{
    switch (BPF_OP(at->code)) {
    case BPF_JEQ:
        return a == at->k;
    case BPF_JGT:
        return a > at->k;
    case BPF_JGE:
        return a >= at->k;
    default:
        return a & at->k;
    }
}

static uint32_t compute(const struct sock_filter *at, uint32_t a, uint32_t x)
{
    uint32_t operand = BPF_SRC(at->code) == BPF_X ? x : at->k;
    return BPF_OP(at->code) == BPF_AND ? a & operand : a >> operand;
}

static uint32_t interpret(const struct filter *filter, const struct seccomp_data *data)
{
    uint32_t a = 0, x = 0;
    for (const struct sock_filter *at = filter->code;; at++) {
        switch (BPF_CLASS(at->code)) {
        case BPF_LD:
            if (BPF_MODE(at->code) == BPF_IMM)
                a = at->k;
            else
                memcpy(&a, (const char *)data + at->k, sizeof a);
            break;
        case BPF_ALU:
            a = compute(at, a, x);
            break;
        case BPF_MISC:
            x = a;
            break;
        case BPF_JMP:
            at += is_true(at, a) ? at->jt : at->jf;
            break;
        default:
            return at->k;
        }
    }
}

struct call {
    const char *name;
    int told;
    uint64_t from; /* the instruction's address */
    int number;
    uint64_t arguments[4];
};

static const struct call calls[] = {
    {"TCGETS", 1, LIBRARYS, SYS_ioctl, {7, TCGETS}},
    {"TCGETS, the upper half of a word set", 1, LIBRARYS, SYS_ioctl, {7, 1ull << 32 | TCGETS}},
    {"TIOCGWINSZ", 1, STATICS, SYS_ioctl, {1, TIOCGWINSZ}},
    {"TCSETSF2", 1, STATICS, SYS_ioctl, {1, 0x402c542d}},
    {"TIOCSPGRP", 1, PIES, SYS_ioctl, {1, TIOCSPGRP}},
    {"FIONREAD", 1, PIES, SYS_ioctl, {5, FIONREAD}},
    {"FIONBIO", 0, STATICS, SYS_ioctl, {1, FIONBIO}},
    {"FIOCLEX", 0, STATICS, SYS_ioctl, {1, FIOCLEX}},
    {"TCGETS of the library's", 0, LIBRARYS, SYS_ioctl, {7, TCGETS, 0, 0x72707479}},
    {"TIOCGPTN", 0, STATICS, SYS_ioctl, {1, TIOCGPTN}},
    {"openat O_RDWR", 1, LIBRARYS, SYS_openat, {0, 0, O_RDWR}},
    {"openat O_RDWR O_CREAT", 0, LIBRARYS, SYS_openat, {0, 0, O_RDWR | O_CREAT}},
    {"openat by a static shell", 1, STATICS, SYS_openat, {0, 0, O_WRONLY | O_CREAT | O_TRUNC}},
    {"openat by the library", 0, LIBRARYS, SYS_openat, {0, 0, O_RDONLY | O_CLOEXEC}},
    {"openat by a static program", 1, STATICS, SYS_openat, {0, 0, O_RDONLY | O_CLOEXEC}},
    {"openat by a position-independent one", 1, PIES, SYS_openat, {0, 0, O_WRONLY | O_CLOEXEC}},
    {"openat to be inherited", 1, STATICS, SYS_openat, {0, 0, O_RDONLY}},
    {"openat2", 1, STATICS, SYS_openat2, {0}},
    {"openat2 by the library", 0, LIBRARYS, SYS_openat2, {0}},
    {"openat of a folder", 0, STATICS, SYS_openat, {0, 0, O_RDONLY | O_CLOEXEC | O_DIRECTORY}},
    {"openat O_PATH", 0, STATICS, SYS_openat, {0, 0, O_RDWR | O_PATH}},
#ifdef SYS_open
    {"open O_RDWR", 1, LIBRARYS, SYS_open, {0, O_RDWR}},
    {"open O_RDONLY", 0, LIBRARYS, SYS_open, {0, O_RDONLY}},
    {"creat", 1, STATICS, SYS_creat, {0}},
    {"select of 2", 1, LIBRARYS, SYS_select, {2}},
#endif
    {"read 0 by the library", 0, LIBRARYS, SYS_read, {0}},
    {"read 0 by a static program", 1, STATICS, SYS_read, {0}},
    {"readv 0 by a static program", 1, STATICS, SYS_readv, {0}},
    {"readv 3", 0, STATICS, SYS_readv, {3}},
    {"read 1", 1, LIBRARYS, SYS_read, {1}},
    {"read 2", 1, STATICS, SYS_read, {2}},
    {"read 3", 0, STATICS, SYS_read, {3}},
    {"read 896", 1, STATICS, SYS_read, {896}},
    {"read 1024", 0, STATICS, SYS_read, {1024}},
    {"read -1", 0, STATICS, SYS_read, {(uint64_t)-1}},
    {"write 0", 1, STATICS, SYS_write, {0}},
    {"write 0 by the library", 0, LIBRARYS, SYS_write, {0}},
    {"write 1", 0, STATICS, SYS_write, {1}},
    {"write 959", 0, STATICS, SYS_write, {959}},
    {"write 960", 1, STATICS, SYS_write, {960}},
    {"writev 1023", 1, LIBRARYS, SYS_writev, {1023}},
    {"write 1024", 0, STATICS, SYS_write, {1024}},
    {"pselect6 of 1", 0, STATICS, SYS_pselect6, {1}},
    {"pselect6 of 3", 1, STATICS, SYS_pselect6, {3}},
    {"pselect6 of 4", 0, STATICS, SYS_pselect6, {4}},
    {"fstat 0", 1, STATICS, SYS_fstat, {0}},
    {"fstat 0 by the library", 0, LIBRARYS, SYS_fstat, {0}},
    {"fstat 3", 0, STATICS, SYS_fstat, {3}},
    {"fstat 895", 0, STATICS, SYS_fstat, {895}},
    {"fstat 896", 1, STATICS, SYS_fstat, {896}},
    {"fstat 1023", 1, STATICS, SYS_fstat, {1023}},
    {"F_GETFL", 0, STATICS, SYS_fcntl, {0, F_GETFL}},
    {"newfstatat of a descriptor", 1, STATICS, SYS_newfstatat, {1, 0, 0, AT_EMPTY_PATH}},
    {"newfstatat of a path", 0, STATICS, SYS_newfstatat, {(uint32_t)AT_FDCWD, 0, 0, 0}},
    {"statx of a descriptor", 1, STATICS, SYS_statx, {2, 0, AT_EMPTY_PATH}},
    {"getpid", 0, STATICS, SYS_getpid, {0}},
};

static uint32_t outcome(const struct filter *filter, uint32_t architecture, const struct call *call)
{
    struct seccomp_data data = {
        .nr = call->number, .arch = architecture, .instruction_pointer = call->from};
    for (int i = 0; i < 4; i++)
        data.args[i] = call->arguments[i];
    return interpret(filter, &data);
}

/* All that look like a terminal's, and those of a size. */
static void check_requests(const struct filter *filter)
{
    static const uint32_t others[] = {0x80045430, 0x8912,     0x40045431, 0x5480,
                                      0x53ff,     0xc0105500, 0};
    struct call call = {"a request", 0, STATICS, SYS_ioctl, {0}};
    for (size_t i = 0; i < terminal_request_count; i++) {
        call.arguments[1] = terminal_requests[i].request;
        check_number("a terminal's request", SECCOMP_RET_USER_NOTIF, outcome(filter, OURS, &call));
    }
    for (uint32_t request = 0x5400; request < 0x5500; request++) {
        call.arguments[1] = request;
        check_number("a request by its number",
                     terminal_request_find(request) ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW,
                     outcome(filter, OURS, &call));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        call.arguments[1] = others[i];
        check_number("another request", SECCOMP_RET_ALLOW, outcome(filter, OURS, &call));
    }
}

int main(void)
{
    static struct filter filter;
    filter_build(&filter);
    check_number("it fits", 1, filter.length < FILTER_SIZE);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        uint32_t wanted = calls[i].told ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW;
        check_number(calls[i].name, wanted, outcome(&filter, OURS, &calls[i]));
        check_number("of another architecture", SECCOMP_RET_ALLOW,
                     outcome(&filter, AUDIT_ARCH_I386, &calls[i]));
    }
    check_requests(&filter);
    return checks_done();
}
