/* Which executables are known as past every preload. */
#include <stdio.h>
#include <sys/wait.h>

#include "testing/check.h"
#include "terminal/unreached.c"

#define FILE_SIZE 1024
#define NOTE_AT 512
#define COMMENT_AT 640
#define SECTIONS_AT 704

/* An executable in the making: headers for a loader, a note and a section, as wanted. */
struct made {
    const char *loader, *note, *comment;
    int machine, mode;
};

static size_t write_headers(char *file, const struct made *made)
{
    Elf64_Phdr *header = (Elf64_Phdr *)(file + sizeof(Elf64_Ehdr));
    size_t count = 0;
    if (made->loader)
        header[count++].p_type = PT_INTERP;
    if (made->note) {
        size_t length = strlen(made->note) + 1;
        Elf64_Nhdr note = {length < 4 ? 4 : (Elf64_Word)length, 8, 4};
        memcpy(file + NOTE_AT, &note, sizeof note);
        memcpy(file + NOTE_AT + sizeof note, made->note, length);
        header[count++] = (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = NOTE_AT, .p_filesz = 64};
    }
    return count;
}

static size_t write_sections(char *file, const struct made *made)
{
    Elf64_Shdr *section = (Elf64_Shdr *)(file + SECTIONS_AT);
    if (made->comment == NULL)
        return 0;
    strcpy(file + COMMENT_AT, made->comment);
    section[1] = (Elf64_Shdr){.sh_type = SHT_PROGBITS,
                              .sh_flags = SHF_MERGE | SHF_STRINGS,
                              .sh_offset = COMMENT_AT,
                              .sh_size = strlen(made->comment) + 1};
    return 2;
}

static bool is_unreached(const struct made *made, size_t size)
{
    _Alignas(8) char file[FILE_SIZE] = {0};
    Elf64_Ehdr *header = (Elf64_Ehdr *)file;
    memcpy(header->e_ident, ELFMAG, SELFMAG);
    header->e_ident[EI_CLASS] = ELFCLASS64;
    header->e_type = ET_EXEC;
    header->e_machine = (Elf64_Half)(made->machine ? made->machine : OUR_MACHINE);
    header->e_phoff = sizeof *header;
    header->e_phentsize = sizeof(Elf64_Phdr);
    header->e_phnum = (Elf64_Half)write_headers(file, made);
    header->e_shentsize = sizeof(Elf64_Shdr);
    header->e_shoff = SECTIONS_AT;
    header->e_shnum = (Elf64_Half)write_sections(file, made);
    FILE *stream = tmpfile();
    int fd = fileno(stream);
    bool unreached = write(fd, file, size) == (ssize_t)size &&
                     fchmod(fd, (mode_t)made->mode) == 0 && unreached_program(fd);
    fclose(stream);
    return unreached;
}

static void check_made(const char *name, bool wanted, struct made made)
{
    made.mode |= 0755;
    check_number(name, wanted, is_unreached(&made, FILE_SIZE));
}

static bool named_is_unreached(const char *path)
{
    int fd = open(path, O_RDONLY);
    bool unreached = unreached_program(fd);
    close(fd);
    return unreached;
}

int main(void)
{
    check_made("static", true, (struct made){0});
    check_made("dynamic", false, (struct made){.loader = "/lib/ld.so"});
    check_made("of Go", true, (struct made){.loader = "/lib/ld.so", .note = "Go"});
    check_made("of GNU", false, (struct made){.loader = "/lib/ld.so", .note = "GNU"});
    check_made("of Rust", true, (struct made){.loader = "/", .comment = "GCC\nrustc version 1.80"});
    check_made("of C", false, (struct made){.loader = "/", .comment = "GCC: (Debian) 12"});
    check_made("set-uid", false, (struct made){.mode = S_ISUID});
    check_made("set-gid", false, (struct made){.mode = S_ISGID});
    check_made("with the interposer in it", false, (struct made){.note = "rpty"});
    check_made("of another machine", false, (struct made){.machine = EM_S390});
    const struct made plain = {.mode = 0755};
    check_number("cut short", false, is_unreached(&plain, 32));
    check_number("a script", false, named_is_unreached("/usr/bin/ldd"));
    check_number("/bin/true", false, named_is_unreached("/bin/true"));
    check_number("a folder", false, named_is_unreached("/"));
    check_number("a device", false, named_is_unreached("/dev/null"));
    return checks_done();
}
