/* Writes a line and a beginning, by stdio and a character at a time: how often it writes shows how stdout is buffered. */
#include <stdio.h>

int main(void)
{
    for (const char *text = "ab\nc"; *text; text++)
        putchar(*text);
    return 0;
}
