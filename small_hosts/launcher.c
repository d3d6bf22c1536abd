/* The first part of the portable rpty-slave: a static program that carries glibc. It starts the slave, which follows
 * it in the same file, in its own process, as the kernel's execve would, so that /proc/self/exe stays this file. (The
 * slave reads its scripts from the end of that file.)
 *
 *   file:    [ this program, with loader and libraries ] [ the slave ]
 *   start:   libraries ─> DIR ─┐
 *            slave, loader ─> memory ─> loader ─ loads from DIR ─> loaded() ─ removes DIR ─> slave's entry
 *
 * The loader finds the directory by an entry in the slave's dynamic section in memory. LD_LIBRARY_PATH would be
 * inherited by the user's shell. */
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>

#include "../interpose/terminal/memory.h"
#include "../interpose/terminal/syscalls.h"

#define FAILED 255
#define PATH_SIZE 256
/* The slave starts at a multiple of the largest page size of all machines. */
#define LARGEST_PAGE 0x10000UL
#define PAGE_SIZE 0x1000UL /* the smallest: a program's segments are aligned to theirs */
#define RANDOM_DIGITS 12

/* The carried files: file name and symbol. The first is the loader. */
#define CARRIED(X)                                                                                 \
    X("loader", loader)                                                                            \
    X("libc.so.6", libc)                                                                           \
    X("libm.so.6", libm)                                                                           \
    X("libgcc_s.so.1", libgcc)                                                                     \
    X("libdl.so.2", libdl)                                                                         \
    X("libpthread.so.0", libpthread)                                                               \
    X("librt.so.1", librt)

#define INCLUDE(file, symbol)                                                                      \
    __asm__(".section .rodata\n.balign 16\n" #symbol "_start: .incbin \"" file "\"\n" #symbol      \
            "_end: .byte 0\n.previous");                                                           \
    extern const char symbol##_start[], symbol##_end[];
CARRIED(INCLUDE)
INCLUDE("licences", licences)

struct carried {
    const char *name, *start, *end;
};

#define ENTRY(file, symbol) {file, symbol##_start, symbol##_end},
static const struct carried carried[] = {CARRIED(ENTRY)};
#define CARRIED_COUNT (sizeof carried / sizeof *carried)

extern const Elf64_Ehdr own_header __asm__("__ehdr_start");

/* An ELF file in memory. */
struct image {
    unsigned long base;
    const Elf64_Phdr *headers;
    int count;
    unsigned long entry;
};

static char directory[PATH_SIZE];
unsigned long slave_entry; /* for `loaded` below */

/* ---- Words */

static void say(const char *text)
{
    SYS(write, 2, text, strlen(text));
}

static __attribute__((noreturn)) void fail(const char *what)
{
    say(what);
    say("\n");
    for (;;)
        SYS(exit_group, FAILED);
}

static bool write_all(long fd, const char *from, const char *to)
{
    while (from < to) {
        long written = SYS(write, fd, from, to - from);
        if (written <= 0)
            return false;
        from += written;
    }
    return true;
}

static void append(char *path, const char *text)
{
    memcpy(path + strlen(path), text, strlen(text) + 1);
}

/* ---- The directory of libraries, which exists until the loader has mapped them */

static void path_of(const char *name, char *path)
{
    path[0] = '\0';
    append(path, directory);
    append(path, "/");
    append(path, name);
}

static void remove_directory(void)
{
    char path[PATH_SIZE];
    for (size_t i = 0; i < CARRIED_COUNT; i++) {
        path_of(carried[i].name, path);
        SYS(unlinkat, AT_FDCWD, path, 0);
    }
    SYS(unlinkat, AT_FDCWD, directory, AT_REMOVEDIR);
}

static bool extract(const struct carried *file)
{
    char path[PATH_SIZE];
    path_of(file->name, path);
    long fd = SYS(openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500);
    if (fd < 0)
        return false;
    bool good = write_all(fd, file->start, file->end);
    SYS(close, fd);
    return good;
}

/* Whether the mount allows programs to run (no noexec). */
static bool is_executable(const struct carried *file)
{
    char path[PATH_SIZE];
    path_of(file->name, path);
    long fd = SYS(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    long address = SYS(mmap, 0, PAGE_SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    SYS(close, fd);
    if (address < 0 && address > -4096)
        return false;
    SYS(munmap, address, PAGE_SIZE);
    return true;
}

/* -> NULL, or what is wrong with the directory */
static const char *extract_all(void)
{
    for (size_t i = 0; i < CARRIED_COUNT; i++) {
        if (!extract(&carried[i]))
            return "it has no room";
    }
    return is_executable(&carried[0]) ? NULL : "it is mounted noexec";
}

/* Whether the loader sees neither a separator nor a variable in the path. */
static bool is_plain(const char *path)
{
    if (path[0] != '/' || strlen(path) > PATH_SIZE / 2)
        return false;
    for (; *path; path++) {
        if (*path == ':' || *path == '$')
            return false;
    }
    return true;
}

static void append_random(char *path, const unsigned char *random)
{
    char *to = path + strlen(path);
    for (int i = 0; i < RANDOM_DIGITS; i++)
        *to++ = "0123456789abcdef"[random[i] & 15];
    *to = '\0';
}

static const char *extract_in(const char *parent, const unsigned char *random)
{
    if (!is_plain(parent))
        return "its name is long, or has a colon or a dollar sign";
    directory[0] = '\0';
    append(directory, parent);
    append(directory, "/rpty-");
    append_random(directory, random);
    if (SYS(mkdirat, AT_FDCWD, directory, 0700) < 0)
        return "it is not there, or may not be written to";
    const char *fault = extract_all();
    if (fault)
        remove_directory();
    return fault;
}

static const char *variable(char *const environment[], const char *name)
{
    size_t length = strlen(name);
    for (; *environment; environment++) {
        if (strncmp(*environment, name, length) == 0)
            return *environment + length;
    }
    return NULL;
}

/* Why the directories that were tried are not suitable, for the error message. */
static void note(char *tried, size_t room, const char *parent, const char *fault)
{
    if (strlen(tried) + strlen(parent) + strlen(fault) + sizeof ",  ()" > room)
        return;
    append(tried, tried[0] ? ", " : "");
    append(tried, parent);
    append(tried, " (");
    append(tried, fault);
    append(tried, ")");
}

/* In the first suitable directory, chosen as slave/runtime_directory.ts does. */
static void make_directory(char *const environment[], const unsigned char *random)
{
    char own[PATH_SIZE] = "", tried[2048] = "";
    const char *candidates[] = {variable(environment, "TMPDIR="),
                                "/tmp",
                                variable(environment, "XDG_RUNTIME_DIR="),
                                "/run",
                                "/dev/shm",
                                "/var/tmp",
                                variable(environment, "HOME="),
                                own};
    SYS(getcwd, own, sizeof own);
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        if (candidates[i] == NULL || candidates[i][0] == '\0')
            continue;
        const char *fault = extract_in(candidates[i], random);
        if (fault == NULL)
            return;
        note(tried, sizeof tried, candidates[i], fault);
    }
    say("rpty-slave: Cannot place its libraries: tried ");
    say(tried);
    fail(": set TMPDIR to a directory with room for 4 MB, where programs may be run from");
}

/* ---- Programs in memory */

static unsigned long down(unsigned long address)
{
    return address & ~(PAGE_SIZE - 1);
}

static unsigned long up(unsigned long address)
{
    return down(address + PAGE_SIZE - 1);
}

static long map(unsigned long address, unsigned long size, int protection, int flags, long fd,
                unsigned long offset)
{
    long mapped = SYS(mmap, address, size, protection, MAP_PRIVATE | flags, fd, offset);
    if (mapped < 0 && mapped > -4096)
        fail("rpty-slave: Cannot start: there is no memory for it");
    return mapped;
}

static int protection_of(const Elf64_Phdr *segment)
{
    return (segment->p_flags & PF_R ? PROT_READ : 0) | (segment->p_flags & PF_W ? PROT_WRITE : 0) |
           (segment->p_flags & PF_X ? PROT_EXEC : 0);
}

static void clear(unsigned long from, unsigned long to)
{
    memset((void *)from, 0, to - from);
}

static void map_segment(const struct image *image, const Elf64_Phdr *segment, long fd,
                        unsigned long offset)
{
    unsigned long start = image->base + segment->p_vaddr;
    unsigned long file_end = start + segment->p_filesz, end = start + segment->p_memsz;
    unsigned long page = down(start);
    int protection = protection_of(segment);
    map(page, up(file_end) - page, protection, MAP_FIXED, fd, offset + down(segment->p_offset));
    if (end == file_end)
        return;
    if (up(end) > up(file_end))
        map(up(file_end), up(end) - up(file_end), protection, MAP_FIXED | MAP_ANONYMOUS, -1, 0);
    clear(file_end, up(file_end));
}

/* Bytes of address space from the first segment to the end of the last. */
static unsigned long span_of(const Elf64_Phdr *headers, int count)
{
    unsigned long span = 0;
    for (int i = 0; i < count; i++) {
        if (headers[i].p_type == PT_LOAD)
            span = up(headers[i].p_vaddr + headers[i].p_memsz);
    }
    return span;
}

/* The file's first page has its headers. */
static struct image map_image(long fd, unsigned long offset)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)map(0, PAGE_SIZE, PROT_READ, 0, fd, offset);
    const Elf64_Phdr *headers = (const Elf64_Phdr *)((const char *)header + header->e_phoff);
    unsigned long span = span_of(headers, header->e_phnum);
    /* A program that was linked for huge pages may want them; none of ours does. */
    long base = map(0, span + LARGEST_PAGE, PROT_NONE, MAP_ANONYMOUS, -1, 0);
    base = (long)((unsigned long)(base + LARGEST_PAGE - 1) & ~(LARGEST_PAGE - 1));
    struct image image = {.base = (unsigned long)base,
                          .headers = (const Elf64_Phdr *)(base + header->e_phoff),
                          .count = header->e_phnum,
                          .entry = (unsigned long)base + header->e_entry};
    for (int i = 0; i < header->e_phnum; i++) {
        if (headers[i].p_type == PT_LOAD)
            map_segment(&image, &headers[i], fd, offset);
    }
    SYS(munmap, header, PAGE_SIZE);
    return image;
}

static Elf64_Dyn *dynamic_entry(Elf64_Dyn *entry, Elf64_Sxword tag)
{
    for (; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == tag)
            return entry;
    }
    fail("rpty-slave: Cannot start: this file is damaged: the slave in it lacks an entry");
}

static Elf64_Dyn *dynamic_section(const struct image *image)
{
    for (int i = 0; i < image->count; i++) {
        if (image->headers[i].p_type == PT_DYNAMIC)
            return (Elf64_Dyn *)(image->base + image->headers[i].p_vaddr);
    }
    fail("rpty-slave: Cannot start: this file is damaged: the slave in it has no dynamic section");
}

/* Makes the loader look in our directory first. This replaces the entry for debuggers. A string's place is an
 * offset from the string table, but nothing requires it to be inside the table. */
static void set_library_path(const struct image *image, const char *path)
{
    Elf64_Dyn *dynamic = dynamic_section(image);
    unsigned long strings = image->base + dynamic_entry(dynamic, DT_STRTAB)->d_un.d_ptr;
    Elf64_Dyn *spare = dynamic_entry(dynamic, DT_DEBUG);
    spare->d_tag = DT_RPATH;
    spare->d_un.d_val = (unsigned long)path - strings;
}

/* ---- Start */

/* The offset of the slave in our file. */
static unsigned long slave_offset(void)
{
    unsigned long end =
        own_header.e_shoff + (unsigned long)own_header.e_shnum * own_header.e_shentsize;
    return (end + LARGEST_PAGE - 1) & ~(LARGEST_PAGE - 1);
}

static struct image map_loader(void)
{
    char path[PATH_SIZE];
    path_of(carried[0].name, path);
    long fd = SYS(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    struct image image = map_image(fd, 0);
    SYS(close, fd);
    return image;
}

static struct image map_slave(long own)
{
    struct image image = map_image(own, slave_offset());
    SYS(close, own);
    return image;
}

/* The loader has done its work, and returns to us on its way to the slave. */
void loaded(void)
{
    remove_directory();
}

extern const char after_loader[];

static void set_auxiliary(Elf64_auxv_t *auxiliary, const struct image *slave,
                          const struct image *loader)
{
    for (; auxiliary->a_type != AT_NULL; auxiliary++) {
        unsigned long *value = &auxiliary->a_un.a_val;
        switch (auxiliary->a_type) {
        case AT_PHDR:
            *value = (unsigned long)slave->headers;
            break;
        case AT_PHNUM:
            *value = (unsigned long)slave->count;
            break;
        case AT_BASE:
            *value = loader->base;
            break;
        case AT_ENTRY:
            *value = (unsigned long)after_loader;
            break;
        }
    }
}

static void say_licences_if_asked(long count, char *const arguments[])
{
    if (count != 2 || strcmp(arguments[1], "--licences") != 0)
        return;
    bool good = write_all(1, licences_start, licences_end);
    for (;;)
        SYS(exit_group, good ? 0 : FAILED);
}

/* `stack` is as the kernel made it: argc, argv, environment, auxiliary vector. -> the address to continue at */
unsigned long launch(long *stack)
{
    char **arguments = (char **)stack + 1, **environment = arguments + *stack + 1;
    char **end = environment;
    unsigned char random[RANDOM_DIGITS];
    say_licences_if_asked(*stack, arguments);
    while (*end)
        end++;
    long own = SYS(openat, AT_FDCWD, "/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (own < 0)
        fail("rpty-slave: Cannot start: it finds itself through /proc, which is not there: "
             "mount -t proc proc /proc");
    if (SYS(getrandom, random, sizeof random, 0) != sizeof random)
        fail("rpty-slave: Cannot start: the kernel gives no random bytes");
    make_directory(environment, random);
    struct image loader = map_loader();
    struct image slave = map_slave(own);
    set_library_path(&slave, directory);
    slave_entry = slave.entry;
    set_auxiliary((Elf64_auxv_t *)(end + 1), &slave, &loader);
    return loader.entry;
}

/* In both cases the stack pointer must be as the kernel or the loader left it. The loader also passes a function in
 * a register, which the program has to call at its end. */
#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n"
        "  mov %rsp, %rdi\n  mov %rsp, %rbx\n  and $-16, %rsp\n  call launch\n"
        "  mov %rbx, %rsp\n  xor %edx, %edx\n  xor %ebx, %ebx\n  jmp *%rax\n"
        ".globl after_loader\nafter_loader:\n"
        "  mov %rsp, %rbx\n  push %rdx\n  and $-16, %rsp\n  call loaded\n"
        "  mov -8(%rbx), %rdx\n  mov %rbx, %rsp\n  xor %ebx, %ebx\n  jmp *slave_entry(%rip)\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start:\n"
        "  mov x0, sp\n  bl launch\n  mov x30, #0\n  mov x16, x0\n  mov x0, #0\n  br x16\n"
        ".globl after_loader\nafter_loader:\n"
        "  str x0, [sp, #-16]!\n  bl loaded\n  ldr x0, [sp], #16\n  mov x30, #0\n"
        "  adrp x16, slave_entry\n  ldr x16, [x16, :lo12:slave_entry]\n  br x16\n");
#endif
