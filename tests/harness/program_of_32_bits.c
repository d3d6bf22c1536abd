/* A 32-bit program that can be built without the compiler's 32-bit files or 32-bit headers. */
int puts(const char *text);
void exit(int status);

void _start(void)
{
    puts("of 32 bits");
    exit(0);
}
