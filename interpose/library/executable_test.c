/* Which programs the loader would take our preload for. */
#include "testing/check.h"
#include "library/executable.c"
#include "library/preload.c"
#include "terminal/search.c"

char **environment_own(void)
{
    static char *environment[] = {"A=1", "PATH=/none::/bin", NULL};
    return environment;
}

bool runtime_library_is_there(void)
{
    return true;
}

static bool is_like_us(unsigned char class, unsigned machine)
{
    unsigned char header[HEADER_SIZE] = ELFMAG;
    header[EI_CLASS] = class;
    header[HEADER_SIZE - 2] = (unsigned char)machine;
    header[HEADER_SIZE - 1] = (unsigned char)(machine >> 8);
    return executable_is_like_us(header, sizeof header);
}

int main(void)
{
    check_number("ours", true, is_like_us(ELFCLASS64, OUR_MACHINE));
    check_number("32 bits", false, is_like_us(ELFCLASS32, EM_386));
    check_number("x32", false, is_like_us(ELFCLASS32, OUR_MACHINE));
    check_number("another machine", false, is_like_us(ELFCLASS64, EM_RISCV));
    check_number("a script", true, executable_is_like_us((const unsigned char *)"#!/bin/sh", 9));
    check_number("cut off", true, executable_is_like_us((const unsigned char *)ELFMAG, 4));
    check_number("unreadable", true, executable_is_like_us(NULL, -13));
    check_number("itself", true, executable_takes_preload(AT_FDCWD, "/proc/self/exe"));
    check_number("not there", true, executable_takes_preload(AT_FDCWD, "/none"));
    check_number("found", true, executable_found_takes_preload("sh"));
    check_number("not found", true, executable_found_takes_preload("no-such-program"));
    check_number("by path", true, executable_found_takes_preload("/proc/self/exe"));
    return checks_done();
}
