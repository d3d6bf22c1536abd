#include "library/executable.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>

#include "library/environment.h"
#include "library/preload.h"
#include "library/runtime.h"
#include "terminal/memory.h"
#include "terminal/search.h"
#include "terminal/syscalls.h"

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
#else
#define OUR_MACHINE EM_AARCH64
#endif

/* An ELF header up to e_machine, which is where it is in files of 32 and of 64 bits. */
#define HEADER_SIZE (offsetof(Elf64_Ehdr, e_machine) + sizeof(Elf64_Half))

bool executable_is_like_us(const unsigned char *header, long size)
{
    if (size < (long)HEADER_SIZE || memcmp(header, ELFMAG, SELFMAG) != 0)
        return true; /* a script: its interpreter is most likely like us */
    unsigned machine = header[offsetof(Elf64_Ehdr, e_machine)] |
                       (unsigned)header[offsetof(Elf64_Ehdr, e_machine) + 1] << 8;
    return header[EI_CLASS] == ELFCLASS64 && machine == OUR_MACHINE;
}

bool executable_takes_preload(int directory, const char *path)
{
    unsigned char header[HEADER_SIZE];
    if (!runtime_library_is_there())
        return false;
    long fd = SYS(openat, directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return true;
    long size = SYS(read, fd, header, sizeof header);
    SYS(close, fd);
    return executable_is_like_us(header, size);
}

bool executable_found_takes_preload(const char *name)
{
    char path[PATH_MAX];
    const char *places = environment_value(environment_own(), "PATH=");
    const char *found = search_find(name, places, path, sizeof path);
    return found ? executable_takes_preload(AT_FDCWD, found) : runtime_library_is_there();
}
