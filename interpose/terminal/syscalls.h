/* System calls without a C library: the same object file must load into glibc and musl programs, and
 * must work before either is initialised. Each returns the kernel's value: a result, or -errno. */
#ifndef RPTY_SYSCALLS_H
#define RPTY_SYSCALLS_H

#include <asm/unistd.h>
#include <stdint.h>

#if defined(__x86_64__)
static inline long sys6(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
static inline long sys6(long number, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}
#else
#error "librpty.so knows x86_64 and aarch64"
#endif

/* SYS(name, up to six arguments): the system call __NR_name. */
#define SYS_PAD(number, a, b, c, d, e, f, ...)                                                     \
    sys6((number), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define SYS(name, ...) SYS_PAD(__NR_##name, __VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* A fourth argument, which ioctl does not have, tells the keeper's filter (filter.c) that this one is
 * ours: nobody need be asked, and the kernel's own answer is wanted. */
#define OWN_IOCTL_MARK 0x72707479 /* "rpty" */
#define OWN_IOCTL(fd, request, argument) SYS(ioctl, fd, request, argument, OWN_IOCTL_MARK)

/* What getdents64 writes, one behind the other. */
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

#endif
