/* Asks questions through stdio only, as old C programs do. */
#include <stdio.h>

int main(void)
{
    char name[64], line[64];
    int age;
    printf("name? ");
    if (scanf("%63s", name) != 1)
        return 1;
    printf("age? ");
    if (scanf("%d%*c", &age) != 1)
        return 1;
    printf("line? ");
    if (fgets(line, sizeof line, stdin) == NULL)
        return 1;
    printf("%s is %d and says %s", name, age, line);
    return 0;
}
