#include "library/shell_command.h"

#include "terminal/memory.h"

#define BEFORE "LD_PRELOAD='"
#define BETWEEN "'; export LD_PRELOAD; exec /bin/sh -c '"
#define AFTER "'"
#define QUOTE "'\\''" /* a quote within quotes */

static size_t quoted_length(const char *text)
{
    size_t length = 0;
    for (; *text; text++)
        length += *text == '\'' ? sizeof QUOTE - 1 : 1;
    return length;
}

size_t shell_command_size(const struct shell_command *parts)
{
    return sizeof BEFORE + sizeof BETWEEN + sizeof AFTER + quoted_length(parts->entry) +
           (parts->others ? 1 + quoted_length(parts->others) : 0) + quoted_length(parts->command);
}

static char *add(char *to, const char *text)
{
    size_t length = strlen(text);
    memcpy(to, text, length);
    return to + length;
}

static char *add_quoted(char *to, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            to = add(to, QUOTE);
        else
            *to++ = *text;
    }
    return to;
}

void shell_command_write(const struct shell_command *parts, char *to)
{
    to = add_quoted(add(to, BEFORE), parts->entry);
    if (parts->others && *parts->others)
        to = add_quoted(add(to, ":"), parts->others);
    to = add(add_quoted(add(to, BETWEEN), parts->command), AFTER);
    *to = '\0';
}
