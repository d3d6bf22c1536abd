/* In rpty-bash and busybox-rpty: if the host lacks a script's interpreter, the shell or the applet of that name runs
 * the script. For "#!/bin/sh" without a /bin/sh the kernel returns ENOENT, and this does what execve would have done:
 *
 *   ./script a     #!/usr/bin/env sh     ->     busybox-rpty as /usr/bin/env, arguments: sh ./script a
 *
 * The linker puts it before the C library's execve (ld --wrap), under the name that librpty.a uses. */
#include "script.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 4096
/* The part of a file that the kernel looks at (BINPRM_BUF_SIZE). */
#define HEAD_SIZE 256
#define BLANKS " \t"

struct script {
    char head[HEAD_SIZE];
    char *interpreter;
    char *argument; /* NULL: none. All behind the interpreter is one. */
};

int __real_rpty_real_execve(const char *path, char *const arguments[], char *const environment[]);
int __wrap_rpty_real_execve(const char *path, char *const arguments[], char *const environment[]);

static bool read_head(const char *path, char head[HEAD_SIZE])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, head, HEAD_SIZE - 1);
    close(fd);
    head[length > 0 ? length : 0] = '\0';
    return strncmp(head, "#!", 2) == 0;
}

static void trim_end(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && strchr(BLANKS, text[length - 1]))
        text[--length] = '\0';
}

static bool read_script(const char *path, struct script *script)
{
    if (!read_head(path, script->head))
        return false;
    char *line = script->head + 2, *end = strchr(line, '\n');
    if (end == NULL)
        return false;
    *end = '\0';
    trim_end(line);
    script->interpreter = line + strspn(line, BLANKS);
    script->argument = strpbrk(script->interpreter, BLANKS);
    if (script->argument) {
        *script->argument++ = '\0';
        script->argument += strspn(script->argument, BLANKS);
    }
    return script->interpreter[0] == '/';
}

/* The two programs are side by side. */
static bool find_beside(const char *program, char path[PATH_SIZE])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_SIZE - 1);
    path[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL || slash - path + 1 + strlen(program) >= PATH_SIZE)
        return false;
    strcpy(slash + 1, program);
    return true;
}

static bool find_program(const char *interpreter, char path[PATH_SIZE])
{
    const char *name = strrchr(interpreter, '/') + 1;
    if (strcmp(name, "bash") == 0)
        return find_beside("rpty-bash", path);
    return script_is_applet(name) && find_beside("busybox-rpty", path);
}

static void run(const struct script *script, const char *path, char *const arguments[],
                char *const environment[])
{
    char program[PATH_SIZE];
    if (access(script->interpreter, F_OK) == 0 || !find_program(script->interpreter, program))
        return;
    int count = 0, used = 0;
    while (arguments[count])
        count++;
    char *all[count + 4];
    all[used++] = script->interpreter;
    if (script->argument)
        all[used++] = script->argument;
    all[used++] = (char *)path;
    for (int i = 1; i < count; i++)
        all[used++] = arguments[i];
    all[used] = NULL;
    __real_rpty_real_execve(program, all, environment);
}

int __wrap_rpty_real_execve(const char *path, char *const arguments[], char *const environment[])
{
    struct script script;
    __real_rpty_real_execve(path, arguments, environment);
    if (errno != ENOENT)
        return -1;
    if (read_script(path, &script))
        run(&script, path, arguments, environment);
    errno = ENOENT;
    return -1;
}
