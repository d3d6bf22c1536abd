/* A library that shows that it was loaded, and by which user: it creates the file MARKER. */
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void mark(void)
{
    close(open(MARKER, O_CREAT | O_WRONLY, 0600));
}
