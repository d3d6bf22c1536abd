/* glibc's stdio calls the very functions that are exported as read and write. So a jump is written over their first
 * bytes, in a copy of the page, which then takes the page's place at once: no thread sees half of it, and where a
 * sandbox refuses one step nothing has changed. musl's streams carry pointers to the functions that read and write
 * (musl_stream.c). */
#include "library/inside.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/mman.h>

#include "library/cancel.h"
#include "library/export.h"
#include "library/input.h"
#include "library/musl_stream.h"
#include "library/real.h"
#include "library/sandbox.h"
#include "library/written.h"
#include "terminal/memory.h"
#include "terminal/outcome.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

/* Whether there is a glibc: musl has no such name. */
extern const char *gnu_get_libc_version(void) __attribute__((weak));
/* From 2.32 on: false once there has been another thread. */
extern char __libc_single_threaded __attribute__((weak));
extern int getpagesize(void) __attribute__((weak));

static bool ours;

/* ---- Calls of any file's, as the C library makes them: threads that wait can be cancelled */

static bool has_threads(void)
{
    return !&__libc_single_threaded || !__libc_single_threaded;
}

static ssize_t plain_read(int fd, void *buffer, size_t size)
{
    if (!has_threads())
        return libc_result(SYS(read, fd, buffer, size));
    int type = cancel_allow();
    long result = SYS(read, fd, buffer, size);
    cancel_forbid(type);
    return libc_result(result);
}

static ssize_t plain_write(int fd, const void *buffer, size_t size)
{
    if (!has_threads())
        return libc_result(SYS(write, fd, buffer, size));
    int type = cancel_allow();
    long result = SYS(write, fd, buffer, size);
    cancel_forbid(type);
    return libc_result(result);
}

/* ---- Descriptors that are known not to be the terminal, so that to read from them costs nothing more. One that becomes
 * the terminal by a system call of the program's own is read as a pipe. */

static _Atomic uint64_t others;

static bool is_known_other(int fd)
{
    return (unsigned)fd < 64 && (atomic_load_explicit(&others, memory_order_relaxed) >> fd & 1);
}

static void note_other(int fd)
{
    if ((unsigned)fd < 64)
        atomic_fetch_or_explicit(&others, 1ull << fd, memory_order_relaxed);
}

void inside_forget(void)
{
    atomic_store_explicit(&others, 0, memory_order_relaxed);
}

static ssize_t inside_read(int fd, void *buffer, size_t size)
{
    struct terminal terminal;
    if (is_known_other(fd) || sandbox_is_on())
        return plain_read(fd, buffer, size);
    if (!terminal_find(fd, &terminal)) {
        note_other(fd);
        return plain_read(fd, buffer, size);
    }
    return libc_result(input_read(&terminal, &(struct iovec){buffer, size}, 1));
}

static ssize_t inside_write(int fd, const void *buffer, size_t size)
{
    if (sandbox_is_on())
        return plain_write(fd, buffer, size);
    return written(fd, &(struct iovec){(void *)buffer, size}, plain_write);
}

/* ---- The jump */

#if defined(__x86_64__)
#define LANDING "\xf3\x0f\x1e\xfa"      /* endbr64: where indirect calls may arrive */
#define JUMP "\xff\x25\x00\x00\x00\x00" /* jmp *0(%rip): to the address that follows */
#else
#define LANDING "\x5f\x24\x03\xd5"              /* bti c */
#define JUMP "\x50\x00\x00\x58\x00\x02\x1f\xd6" /* ldr x16, .+8; br x16 */
#endif
#define LANDING_SIZE (sizeof LANDING - 1)
#define JUMP_SIZE (sizeof JUMP - 1)
#define PATCH_SIZE (LANDING_SIZE + JUMP_SIZE + sizeof(void *))

static void write_jump(char *at, const void *target)
{
    memcpy(at, LANDING, LANDING_SIZE);
    memcpy(at + LANDING_SIZE, JUMP, JUMP_SIZE);
    memcpy(at + LANDING_SIZE + JUMP_SIZE, &target, sizeof target);
}

/* Processors with separate caches must not go on with what they fetched before. */
static void settle(const char *code, size_t size)
{
#if defined(__aarch64__)
    for (size_t i = 0; i < size; i += 16) /* no line is shorter */
        __asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0" ::"r"(code + i) : "memory");
    __asm__ volatile("dsb ish\n\tisb" ::: "memory");
#else
    (void)code;
    (void)size;
#endif
}

static bool redirect(const void *function, const void *target)
{
    uintptr_t page = (uintptr_t)(getpagesize ? getpagesize() : 4096);
    uintptr_t start = (uintptr_t)function & ~(page - 1);
    size_t size = (((uintptr_t)function + PATCH_SIZE + page - 1) & ~(page - 1)) - start;
    long copy = SYS(mmap, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (is_failure(copy))
        return false;
    memcpy((void *)copy, (const void *)start, size);
    write_jump((char *)copy + ((uintptr_t)function - start), target);
    settle((const char *)copy, size);
    if (SYS(mprotect, copy, size, PROT_READ | PROT_EXEC) < 0 ||
        is_failure(SYS(mremap, copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, start))) {
        SYS(munmap, copy, size);
        return false;
    }
    settle((const char *)start, size);
    return true;
}

/* A call of ours that is for the C library must not come back here. */
static bool take_glibc(void)
{
    const void *libc_read = real_in_glibc("__read"), *libc_write = real_in_glibc("__write");
    if (!libc_read || !libc_write || !redirect(libc_read, inside_read))
        return false;
    real_replace_read(libc_read, plain_read);
    if (!redirect(libc_write, inside_write))
        return false;
    real_replace_write(libc_write, plain_write);
    return true;
}

bool inside_take_over(void)
{
    ours = gnu_get_libc_version ? take_glibc() : musl_stream_take_standard();
    return ours;
}

bool inside_streams_go_both_ways(void)
{
    return ours;
}

void inside_take_stream(FILE *stream)
{
    if (ours && !gnu_get_libc_version)
        musl_stream_take(stream);
}
