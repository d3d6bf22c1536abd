/* LD_PRELOAD: finding our entry, and putting it into an environment. */
#include "check.h"
#include "preload.c"

static void finds(const char *value, const char *expected)
{
    struct text found = preload_find(value);
    check_text(value ? value : "(null)", expected,
               found.length ? strndup(found.start, found.length) : strdup(""));
}

static void merges(char **environment, const char *expected)
{
    size_t count = environment_count(environment), size = 0;
    char *variable = malloc(preload_merged_size(environment, "/r/librpty.so"));
    char **merged = malloc((count + 2) * sizeof *merged);
    preload_merge(environment, "/r/librpty.so", variable, merged);
    for (char **m = merged; *m; m++)
        size += strlen(*m) + 1;
    char *joined = calloc(1, size + 1);
    for (char **m = merged; *m; m++)
        strcat(strcat(joined, *m), "|");
    check_text("merge", expected, joined);
    free(variable);
    free(merged);
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
    return checks_done();
}
