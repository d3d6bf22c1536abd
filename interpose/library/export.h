/* How a function of ours becomes the program's, and how it fails as the C library's would. */
#ifndef RPTY_EXPORT_H
#define RPTY_EXPORT_H

#define EXPORT __attribute__((visibility("default")))

/* Another name for an exported function: the 64-bit forms are the same calls on 64-bit machines. By the
 * assembler, since the C library's headers may make macros of such names. */
#define ALIAS(name, of)                                                                            \
    __asm__(".globl " #name "\n.type " #name ", %function\n.set " #name ", " #of)

/* Alike in glibc and musl. */
extern int *__errno_location(void) __attribute__((weak));

static inline int get_errno(void)
{
    return __errno_location ? *__errno_location() : 0;
}

static inline void set_errno(int value)
{
    if (__errno_location)
        *__errno_location() = value;
}

/* What the program gives does not fit where it says: glibc's way to end it, or the processor's. */
extern void __chk_fail(void) __attribute__((weak));

static inline __attribute__((noreturn)) long check_failed(void)
{
    if (__chk_fail)
        __chk_fail();
    __builtin_trap();
}

/* A kernel-style result (-errno on failure) as a C library's: -1 with errno, which success leaves alone. */
static inline long libc_result(long result)
{
    if (result >= 0)
        return result;
    set_errno((int)-result);
    return -1;
}

#endif
