#include "library/preload.h"

#include "terminal/memory.h"
#include "terminal/page.h"

#define LIBRARY_LENGTH (sizeof RPTY_FILE_LIBRARY - 1)
#define VARIABLE_LENGTH (sizeof PRELOAD_VARIABLE - 1)

static bool is_preload(const char *variable)
{
    return strncmp(variable, PRELOAD_VARIABLE, VARIABLE_LENGTH) == 0;
}

const char *environment_value(char *const environment[], const char *assignment)
{
    size_t length = strlen(assignment);
    for (; environment && *environment; environment++) {
        if (strncmp(*environment, assignment, length) == 0)
            return *environment + length;
    }
    return NULL;
}

const char *preload_value(char *const environment[])
{
    return environment_value(environment, PRELOAD_VARIABLE);
}

/* Both C libraries separate by colons and white space. */
static bool is_separator(char c)
{
    return c == ':' || c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_ours(struct text entry)
{
    if (entry.length <= LIBRARY_LENGTH || entry.start[0] != '/')
        return false;
    const char *name = entry.start + entry.length - LIBRARY_LENGTH;
    return name[-1] == '/' && strncmp(name, RPTY_FILE_LIBRARY, LIBRARY_LENGTH) == 0;
}

/* The entry that `value` begins with, behind separators; of length 0 at its end. */
static struct text first_entry(const char *value)
{
    while (is_separator(*value))
        value++;
    struct text entry = {value, 0};
    while (value[entry.length] && !is_separator(value[entry.length]))
        entry.length++;
    return entry;
}

struct text preload_find(const char *value)
{
    if (value == NULL)
        return (struct text){NULL, 0};
    struct text entry = first_entry(value);
    while (entry.length > 0 && !is_ours(entry))
        entry = first_entry(entry.start + entry.length);
    return entry;
}

size_t environment_count(char *const environment[])
{
    size_t count = 0;
    while (environment && environment[count])
        count++;
    return count;
}

size_t preload_merged_size(char *const environment[], const char *entry)
{
    const char *old = preload_value(environment);
    return VARIABLE_LENGTH + strlen(entry) + (old && *old ? 1 + strlen(old) : 0) + 1;
}

static void write_variable(char *to, const char *entry, const char *old)
{
    memcpy(to, PRELOAD_VARIABLE, VARIABLE_LENGTH);
    to += VARIABLE_LENGTH;
    memcpy(to, entry, strlen(entry));
    to += strlen(entry);
    if (old && *old) {
        *to++ = ':';
        memcpy(to, old, strlen(old));
        to += strlen(old);
    }
    *to = '\0';
}

void preload_merge(char *const environment[], const char *entry, char *variable, char **merged)
{
    bool placed = false;
    write_variable(variable, entry, preload_value(environment));
    for (; environment && *environment; environment++) {
        bool replace = !placed && is_preload(*environment);
        *merged++ = replace ? variable : *environment;
        placed |= replace;
    }
    if (!placed)
        *merged++ = variable;
    *merged = NULL;
}

/* -> whether anything is left */
static bool write_others(char *to, const char *old)
{
    char *const start = to + VARIABLE_LENGTH;
    memcpy(to, PRELOAD_VARIABLE, VARIABLE_LENGTH);
    to = start;
    struct text entry = first_entry(old);
    for (; entry.length > 0; entry = first_entry(entry.start + entry.length)) {
        if (is_ours(entry))
            continue;
        if (to != start)
            *to++ = ':';
        memcpy(to, entry.start, entry.length);
        to += entry.length;
    }
    *to = '\0';
    return to != start;
}

void preload_remove(char *const environment[], char *variable, char **removed)
{
    bool done = false;
    for (; environment && *environment; environment++) {
        if (done || !is_preload(*environment))
            *removed++ = *environment;
        else if (write_others(variable, *environment + VARIABLE_LENGTH))
            *removed++ = variable;
        done |= is_preload(*environment);
    }
    *removed = NULL;
}
