/* Writes a line and a part of one, character by character through stdio. The number of writes shows how stdout is
 * buffered. */
#include <stdio.h>

int main(void)
{
    for (const char *text = "ab\nc"; *text; text++)
        putchar(*text);
    return 0;
}
