/* Pointers that are good, none, wild, read-only, and at the end of memory. */
#include "terminal/user_memory.c"

#include <sys/mman.h>
#include <unistd.h>

#include "testing/check.h"

#define PAGE_BYTES 4096

/* The bytes before it may be used so, those behind not at all. */
static char *end_of_memory(int protection)
{
    char *pages =
        mmap(NULL, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages, PAGE_BYTES, protection);
    mprotect(pages + PAGE_BYTES, PAGE_BYTES, PROT_NONE);
    return pages + PAGE_BYTES;
}

static void good(void)
{
    static char there[100];
    char on_stack[100];
    check_number("read static", true, user_can_read(there, sizeof there));
    check_number("write static", true, user_can_write(there, sizeof there));
    check_number("read stack", true, user_can_read(on_stack, sizeof on_stack));
    check_number("write stack", true, user_can_write(on_stack, sizeof on_stack));
    check_number("static is somewhere", false, user_is_nowhere(there));
    check_number("nothing asked for", true, user_can_read(NULL, 0));
}

static void bad(void)
{
    void *wild = (void *)0x123456789000;
    check_number("read NULL", false, user_can_read(NULL, 1));
    check_number("write NULL", false, user_can_write(NULL, 8));
    check_number("read wild", false, user_can_read(wild, 8));
    check_number("write wild", false, user_can_write(wild, 36));
    check_number("NULL is nowhere", true, user_is_nowhere(NULL));
    check_number("so is the kernel's half", true, user_is_nowhere((void *)-4096L));
}

static void at_the_end(void)
{
    char *end = end_of_memory(PROT_READ | PROT_WRITE);
    check_number("read up to the end", true, user_can_read(end - 36, 36));
    check_number("read beyond it", false, user_can_read(end - 35, 36));
    check_number("write up to the end", true, user_can_write(end - 36, 36));
    check_number("write beyond it", false, user_can_write(end - 35, 36));
    check_number("read one byte", true, user_can_read(end - 1, 1));
}

static void read_only(void)
{
    char *end = end_of_memory(PROT_READ);
    check_number("read what is read-only", true, user_can_read(end - 36, 36));
    check_number("write what is read-only", false, user_can_write(end - 36, 36));
}

static void copies(void)
{
    static const char from[12] = "twelve bytes";
    static char to[12];
    static int number;
    int ends[2];
    check_number("put", 0, user_put(to, from, sizeof from));
    check_number("what was put", 0, strncmp(to, from, sizeof from));
    check_number("put to NULL", -EFAULT, user_put(NULL, from, sizeof from));
    check_number("get", 0, user_get(to, from, sizeof from));
    check_number("get from NULL", -EFAULT, user_get(to, NULL, sizeof from));
    check_number("pipe", 0, pipe(ends));
    check_number("put an int", 0, user_put_int(ends[0], &number, 42));
    check_number("what was put", 42, number);
    check_number("put an int to NULL", -EFAULT, user_put_int(ends[0], NULL, 42));
    check_number("put an int to what is read-only", -EFAULT,
                 user_put_int(ends[0], end_of_memory(PROT_READ) - 4, 42));
}

int main(void)
{
    good();
    bad();
    at_the_end();
    read_only();
    copies();
    return checks_done();
}
