/* The command that runs a shell with our preload: quoting holds for whatever the command is. */
#include "testing/check.h"
#include "library/shell_command.c"

static char *written(const char *others, const char *command)
{
    struct shell_command parts = {"/r'x/librpty.so", others, command};
    size_t size = shell_command_size(&parts);
    char *text = malloc(size);
    shell_command_write(&parts, text);
    check_number("fits", 1, strlen(text) < size);
    return text;
}

/* The loader says on stderr that there is no such library. */
static char *output_of(const char *command)
{
    static char buffer[256];
    char *quiet = malloc(strlen(command) + 32);
    sprintf(quiet, "( %s ) 2>/dev/null", command);
    FILE *stream = popen(quiet, "r");
    free(quiet);
    size_t got = fread(buffer, 1, sizeof buffer - 1, stream);
    buffer[got] = '\0';
    pclose(stream);
    return strdup(buffer);
}

int main(void)
{
    char *command = written("/x.so", "true");
    check_text("text",
               "LD_PRELOAD='/r'\\''x/librpty.so:/x.so'; export LD_PRELOAD; exec /bin/sh -c 'true'",
               command);
    command = written(NULL, "echo \"it's $((1+1))\"; echo '$x'");
    check_text("as the shell takes it", "it's 2\n$x\n", output_of(command));
    free(command);
    return checks_done();
}
