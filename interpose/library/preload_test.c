/* LD_PRELOAD: finding our entry, and putting it into an environment. */
#include "testing/check.h"
#include "library/preload.c"

static void finds(const char *value, const char *expected)
{
    struct text found = preload_find(value);
    check_text(value ? value : "(null)", expected,
               found.length ? strndup(found.start, found.length) : strdup(""));
}

static char *joined(char **strings)
{
    char *text = calloc(1, 1024);
    for (; *strings; strings++)
        strcat(strcat(text, *strings), "|");
    return text;
}

static void merges(char **environment, const char *expected)
{
    char *variable = malloc(preload_merged_size(environment, "/r/librpty.so"));
    char **merged = malloc((environment_count(environment) + 2) * sizeof *merged);
    preload_merge(environment, "/r/librpty.so", variable, merged);
    check_text("merge", expected, joined(merged));
    free(variable);
    free(merged);
}

static void removes(char **environment, const char *expected)
{
    const char *old = preload_value(environment);
    char *variable = malloc(VARIABLE_LENGTH + (old ? strlen(old) : 0) + 1);
    char **removed = malloc((environment_count(environment) + 1) * sizeof *removed);
    preload_remove(environment, variable, removed);
    check_text("remove", expected, joined(removed));
    free(variable);
    free(removed);
}

#define ENVIRONMENT(...) ((char *[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

int main(void)
{
    finds(NULL, "");
    finds("", "");
    finds("librpty.so", "");
    finds("/a/xlibrpty.so", "");
    finds("/a/librpty.so.1", "");
    finds("/a/librpty.so", "/a/librpty.so");
    finds("/librpty.so", "/librpty.so");
    finds(" :/a/b.so:\t/r/librpty.so /c.so", "/r/librpty.so");
    finds("/a/librpty.so:/b/librpty.so", "/a/librpty.so");
    merges(NULL, "LD_PRELOAD=/r/librpty.so|");
    merges(ENVIRONMENT(), "LD_PRELOAD=/r/librpty.so|");
    merges(ENVIRONMENT("A=1", "B=2"), "A=1|B=2|LD_PRELOAD=/r/librpty.so|");
    merges(ENVIRONMENT("LD_PRELOAD=", "A=1"), "LD_PRELOAD=/r/librpty.so|A=1|");
    merges(ENVIRONMENT("A=1", "LD_PRELOAD=/x.so /y.so"),
           "A=1|LD_PRELOAD=/r/librpty.so:/x.so /y.so|");
    merges(ENVIRONMENT("LD_PRELOAD=a", "LD_PRELOAD=b"), "LD_PRELOAD=/r/librpty.so:a|LD_PRELOAD=b|");
    removes(NULL, "");
    removes(ENVIRONMENT("A=1", "LD_PRELOAD=/r/librpty.so", "B=2"), "A=1|B=2|");
    removes(ENVIRONMENT("LD_PRELOAD=/x.so:/r/librpty.so /y.so", "A=1"),
            "LD_PRELOAD=/x.so:/y.so|A=1|");
    removes(ENVIRONMENT("LD_PRELOAD=/x.so", "A=1"), "LD_PRELOAD=/x.so|A=1|");
    removes(ENVIRONMENT("LD_PRELOAD=", "LD_PRELOAD=b"), "LD_PRELOAD=b|");
    return checks_done();
}
