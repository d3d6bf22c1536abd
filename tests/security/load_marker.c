/* A library that tells that it was loaded, and by whom: it makes the file MARKER. */
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void mark(void)
{
    close(open(MARKER, O_CREAT | O_WRONLY, 0600));
}
