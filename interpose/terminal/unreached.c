/* A loader is named by a program header (PT_INTERP); Go's linker leaves a note (PT_NOTE "Go"), and so do
 * programs that have the interposer linked in ("rpty", small_hosts/archive.sh); rustc leaves its name in the section
 * .comment, which strip keeps. */
#include "terminal/unreached.h"

#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal/memory.h"
#include "terminal/syscalls.h"

#define HEADER_SIZE 4096   /* the file's beginning: program headers and notes lie there */
#define SECTIONS_SIZE 4096 /* 64 sections at once */
#define COMMENT_SIZE 1024  /* compilers' names and versions */

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
#else
#define OUR_MACHINE EM_AARCH64
#endif

struct start {
    long length;
    union {
        Elf64_Ehdr header;
        char bytes[HEADER_SIZE];
    };
};

static bool would_lose(int fd)
{
    struct stat status;
    char unused[32];
    if (SYS(fstat, fd, &status) < 0 || !S_ISREG(status.st_mode))
        return true;
    return status.st_mode & (S_ISUID | S_ISGID) ||
           SYS(fgetxattr, fd, "security.capability", unused, sizeof unused) > 0;
}

static bool is_program(const struct start *start)
{
    const Elf64_Ehdr *header = &start->header;
    return start->length >= (long)sizeof *header && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_machine == OUR_MACHINE &&
           (header->e_type == ET_EXEC || header->e_type == ET_DYN) &&
           header->e_phentsize == sizeof(Elf64_Phdr);
}

static const Elf64_Phdr *program_header(const struct start *start, unsigned number)
{
    uint64_t at = start->header.e_phoff + number * sizeof(Elf64_Phdr);
    if (number >= start->header.e_phnum || at % _Alignof(Elf64_Phdr) ||
        start->header.e_phoff > HEADER_SIZE || at + sizeof(Elf64_Phdr) > (uint64_t)start->length)
        return NULL;
    return (const Elf64_Phdr *)(start->bytes + at);
}

static bool has_loader(const struct start *start)
{
    const Elf64_Phdr *header;
    for (unsigned i = 0; (header = program_header(start, i)); i++) {
        if (header->p_type == PT_INTERP)
            return true;
    }
    return false;
}

static uint64_t rounded(uint32_t size)
{
    return ((uint64_t)size + 3) & ~3ul;
}

/* `length` of the name is as the note has it: Go's is padded. */
static bool holds_note(const char *notes, uint64_t size, const char *name, uint32_t length)
{
    Elf64_Nhdr note;
    for (uint64_t at = 0; at + sizeof note + length <= size;) {
        memcpy(&note, notes + at, sizeof note);
        if (note.n_namesz == length && memcmp(notes + at + sizeof note, name, length) == 0)
            return true;
        at += sizeof note + rounded(note.n_namesz) + rounded(note.n_descsz);
    }
    return false;
}

static bool has_note(int fd, const struct start *start, const char *name, uint32_t length)
{
    const Elf64_Phdr *header;
    char notes[COMMENT_SIZE];
    for (unsigned i = 0; (header = program_header(start, i)); i++) {
        if (header->p_type != PT_NOTE)
            continue;
        size_t size = header->p_filesz < sizeof notes ? header->p_filesz : sizeof notes;
        long got = SYS(pread64, fd, notes, size, header->p_offset);
        if (got > 0 && holds_note(notes, (uint64_t)got, name, length))
            return true;
    }
    return false;
}

static bool holds(const char *text, long size, const char *word)
{
    long length = (long)strlen(word);
    for (long at = 0; at + length <= size; at++) {
        if (memcmp(text + at, word, (size_t)length) == 0)
            return true;
    }
    return false;
}

/* Without its name, which lies elsewhere in the file: mergeable strings that are not loaded. */
static bool may_be_comment(const Elf64_Shdr *section)
{
    return section->sh_type == SHT_PROGBITS && section->sh_size <= COMMENT_SIZE &&
           (section->sh_flags & (SHF_ALLOC | SHF_MERGE | SHF_STRINGS)) == (SHF_MERGE | SHF_STRINGS);
}

static bool is_of_rust(int fd, const struct start *start)
{
    Elf64_Shdr sections[SECTIONS_SIZE / sizeof(Elf64_Shdr)];
    char comment[COMMENT_SIZE];
    if (start->header.e_shentsize != sizeof(Elf64_Shdr))
        return false;
    long size = SYS(pread64, fd, sections, sizeof sections, start->header.e_shoff);
    for (long i = 0; i < size / (long)sizeof *sections && i < start->header.e_shnum; i++) {
        if (!may_be_comment(&sections[i]))
            continue;
        long got = SYS(pread64, fd, comment, sections[i].sh_size, sections[i].sh_offset);
        if (holds(comment, got, "rustc version"))
            return true;
    }
    return false;
}

bool unreached_program(int fd)
{
    struct start start;
    start.length = SYS(pread64, fd, start.bytes, sizeof start.bytes, 0);
    if (!is_program(&start) || would_lose(fd))
        return false;
    if (has_note(fd, &start, "rpty", sizeof "rpty"))
        return false;
    return !has_loader(&start) || has_note(fd, &start, "Go\0", sizeof "Go\0") ||
           is_of_rust(fd, &start);
}
