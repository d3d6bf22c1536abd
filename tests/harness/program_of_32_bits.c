/* A program of 32 bits that needs no compiler's or C library's files for those, but the library itself. */
int puts(const char *text);
void exit(int status);

void _start(void)
{
    puts("of 32 bits");
    exit(0);
}
