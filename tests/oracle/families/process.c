/* Programs started by programs: each finds the terminal, however it was started and with whatever environment. */
#include "oracle.h"

#include <sched.h>
#include <spawn.h>
#include <sys/resource.h>

extern char **environ;

static char *const no_environment[] = {NULL};
static char *const other_environment[] = {"NAME=value", "LD_PRELOAD=", NULL};

/* What a started program says of its terminal. */
static int look(int count, char **arguments)
{
    const char *name = getenv("NAME");
    printf("%s %d: %d%d%d %s %s\n", arguments[0], count, isatty(0), isatty(1), isatty(2),
           name ? name : "-", tcgetpgrp(0) == getpgrp() ? "foreground" : "background");
    return 7;
}

static int read_a_line(int count, char **arguments)
{
    char line[100];
    (void)count;
    printf("%s: %s", arguments[0], fgets(line, sizeof line, stdin) ? line : "nothing\n");
    return 0;
}

static int set_no_echo(int count, char **arguments)
{
    (void)count;
    (void)arguments;
    set_flags(ECHO, 0);
    return 0;
}

static int fail_early(int count, char **arguments)
{
    (void)arguments;
    return 40 + count;
}

static char *const *look_arguments(void)
{
    static char *arguments[] = {NULL, "role", "look", NULL};
    arguments[0] = (char *)oracle_path;
    return arguments;
}

#define IN_CHILD(call)                                                                             \
    do {                                                                                           \
        pid_t child = fork();                                                                      \
        if (child == 0) {                                                                          \
            call;                                                                                  \
            _exit(99);                                                                             \
        }                                                                                          \
        await_child("child", child);                                                               \
    } while (0)

static void by_execve(void)
{
    IN_CHILD(execve(oracle_path, look_arguments(), environ));
}

static void by_execve_cleared(void)
{
    IN_CHILD(execve(oracle_path, look_arguments(), no_environment));
}

static void by_execve_other(void)
{
    IN_CHILD(execve(oracle_path, look_arguments(), other_environment));
}

static void by_execve_null(void)
{
    IN_CHILD(execve(oracle_path, look_arguments(), null_pointer));
}

static void by_execv(void)
{
    IN_CHILD(execv(oracle_path, look_arguments()));
}

static void by_execvp(void)
{
    IN_CHILD(execvp(oracle_path, look_arguments()));
}

static void by_execvpe(void)
{
    IN_CHILD(execvpe(oracle_path, look_arguments(), other_environment));
}

static void by_execl(void)
{
    IN_CHILD(execl(oracle_path, oracle_path, "role", "look", (char *)NULL));
}

static void by_execlp(void)
{
    IN_CHILD(execlp(oracle_path, oracle_path, "role", "look", "more", (char *)NULL));
}

static void by_execle(void)
{
    IN_CHILD(execle(oracle_path, oracle_path, "role", "look", (char *)NULL, other_environment));
}

static void by_fexecve(void)
{
    IN_CHILD(fexecve(open(oracle_path, O_RDONLY), look_arguments(), no_environment));
}

static void by_execveat(void)
{
    IN_CHILD(execveat(AT_FDCWD, oracle_path, look_arguments(), no_environment, 0));
}

static void by_execveat_empty(void)
{
    IN_CHILD(
        execveat(open(oracle_path, O_PATH), "", look_arguments(), no_environment, AT_EMPTY_PATH));
}

static void by_vfork(void)
{
    pid_t child = vfork();
    if (child == 0) {
        execve(oracle_path, look_arguments(), no_environment);
        _exit(99);
    }
    await_child("child", child);
}

static void by_clearenv(void)
{
    clearenv();
    IN_CHILD(execv(oracle_path, look_arguments()));
}

static void by_script(void)
{
    int file = open("script", O_WRONLY | O_CREAT | O_TRUNC, 0700);
    dprintf(file, "#!/bin/sh\n[ -t 0 ] && [ -t 1 ] && echo script\nexec \"$1\" role look\n");
    close(file);
    char *const arguments[] = {"./script", (char *)oracle_path, NULL};
    IN_CHILD(execve("./script", arguments, no_environment));
}

static void by_script_without_interpreter(void)
{
    int file = open("plain_script", O_WRONLY | O_CREAT | O_TRUNC, 0700);
    dprintf(file, "[ -t 0 ] && echo plain script\n");
    close(file);
    IN_CHILD(execlp("./plain_script", "plain_script", (char *)NULL));
    IN_CHILD(execl("./plain_script", "plain_script", (char *)NULL));
}

static void exec_errors(void)
{
    char *const arguments[] = {"x", NULL};
    say_result("missing", execve("/no/such", arguments, environ));
    say_result("missing, cleared", execve("/no/such", arguments, no_environment));
    say_result("directory", execve("/", arguments, no_environment));
    say_result("NULL", execve(null_pointer, arguments, no_environment));
    say_result("bad", execve(bad_pointer, arguments, no_environment));
    say_result("bad arguments", execve(oracle_path, bad_pointer, no_environment));
    say_result("bad environment", execve(oracle_path, arguments, bad_pointer));
    say_result("execvp", execvp("no-such-program", arguments));
    say_result("fexecve", fexecve(59, arguments, no_environment));
    say_result("execveat", execveat(59, "", arguments, no_environment, AT_EMPTY_PATH));
}

/* posix_spawn. */

static void spawned(const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
                    char *const environment[])
{
    pid_t child = -1;
    if (say_error("spawn", posix_spawn(&child, oracle_path, actions, attributes, look_arguments(),
                                       environment)) == 0)
        await_child("child", child);
}

static void by_spawn(void)
{
    spawned(NULL, NULL, environ);
}

static void by_spawn_cleared(void)
{
    spawned(NULL, NULL, no_environment);
}

static void by_spawn_null(void)
{
    spawned(NULL, NULL, NULL);
}

static void by_spawnp(void)
{
    pid_t child = -1;
    say_error("spawn",
              posix_spawnp(&child, oracle_path, NULL, NULL, look_arguments(), no_environment));
    await_child("child", child);
}

static void by_spawn_opening(const char *path, int flags)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, path, flags, 0);
    spawned(&actions, NULL, environ);
}

static void by_spawn_opening_dev_tty(void)
{
    by_spawn_opening("/dev/tty", O_RDWR);
}

static void by_spawn_opening_own_name(void)
{
    by_spawn_opening(name_of_terminal(), O_RDWR);
}

static void by_spawn_opening_null(void)
{
    by_spawn_opening("/dev/null", O_RDWR);
}

static void by_spawn_with_duplicates(void)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclose(&actions, 0);
    posix_spawn_file_actions_adddup2(&actions, 1, 0);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    spawned(&actions, NULL, environ);
}

static void by_spawn_in_group(void)
{
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    spawned(NULL, &attributes, environ);
}

static void by_spawn_in_session(void)
{
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    spawned(NULL, &attributes, environ);
}

static void spawn_errors(void)
{
    pid_t child;
    char *const arguments[] = {"x", NULL};
    say_error("missing", posix_spawn(&child, "/no/such", NULL, NULL, arguments, no_environment));
    say_error("spawnp", posix_spawnp(&child, "no-such-program", NULL, NULL, arguments, environ));
}

/* Shells. */

static void by_system(void)
{
    char command[512];
    snprintf(command, sizeof command, "%s role look", oracle_path);
    say_status("system", system(command));
}

static void by_system_cleared(void)
{
    char command[512];
    snprintf(command, sizeof command, "%s role look", oracle_path);
    clearenv();
    say_status("system", system(command));
}

static void by_system_quoted(void)
{
    clearenv();
    setenv("NAME", "it's", 1);
    say_status("system", system("echo \"$NAME\" 'a b' \\\\ `echo c`; exit 5"));
}

static void system_reads(void)
{
    char command[512];
    snprintf(command, sizeof command, "%s role read_a_line", oracle_path);
    type("for the child\n");
    await_input(0, 14);
    say_status("system", system(command));
}

static void system_sets(void)
{
    char command[512];
    struct termios t;
    snprintf(command, sizeof command, "%s role set_no_echo", oracle_path);
    say_status("system", system(command));
    tcgetattr(0, &t);
    say_termios("is", &t);
}

static void system_stty(void)
{
    say_status("system", system("stty size; stty -echo; stty | grep -o -- '-echo'; tty -s"));
}

static void system_of_nothing(void)
{
    say_result("system", system(NULL));
    say_status("false", system("exit 3"));
    say_status("killed", system("kill -9 $$"));
    say_status("missing", system("no-such-program 2> no-such"));
}

static void by_popen_reading(void)
{
    char command[512], line[200];
    snprintf(command, sizeof command, "%s role look", oracle_path);
    clearenv();
    FILE *stream = popen(command, "r");
    say(" %s", fgets(line, sizeof line, stream) ? strchr(line, ' ') : "nothing");
    line[strcspn(line, "\n")] = '\0';
    say_status("pclose", pclose(stream));
}

static void by_popen_writing(void)
{
    FILE *stream = popen("cat; [ -t 0 ] || echo a pipe; [ -t 1 ] && echo a terminal", "w");
    fprintf(stream, "to the child\n");
    say_status("pclose", pclose(stream));
}

static void popen_of_dev_tty(void)
{
    char line[100];
    type("by /dev/tty\n");
    await_input(0, 12);
    FILE *stream = popen("head -n 1 < /dev/tty", "r");
    say_bytes("read", line, fgets(line, sizeof line, stream) ? (long)strlen(line) : 0);
    say_status("pclose", pclose(stream));
}

static void shell_redirections(void)
{
    say_status("system", system("echo a > /dev/tty; echo b >> /dev/tty; echo c <> /dev/tty >&0; "
                                "[ -t 3 ] 3< /dev/tty && echo d; [ -c /dev/tty ] && echo e"));
}

/* Children without exec. */

static int on_stack(void *unused)
{
    (void)unused;
    say(" isatty=%d", isatty(0));
    say_result("write", write(1, "clone\n", 6));
    return 4;
}

static void by_clone(void)
{
    static char stack[65536];
    await_child("child", clone(on_stack, stack + sizeof stack, SIGCHLD, NULL));
}

static void by_clone_vfork(void)
{
    static char stack[65536];
    await_child("child",
                clone(on_stack, stack + sizeof stack, SIGCHLD | CLONE_VM | CLONE_VFORK, NULL));
}

static void grandchildren(void)
{
    say_status("system", system("sh -c 'sh -c \"[ -t 0 ] && echo deep\"'"));
    say_status("env", system("env -i sh -c '[ -t 0 ] && echo cleared'"));
}

static void exit_statuses(void)
{
    char *const arguments[] = {(char *)oracle_path, "role", "fail_early", "a", "b", NULL};
    IN_CHILD(execve(oracle_path, arguments, environ));
}

static void descriptors_of_child(void)
{
    say_status("ls", system("ls /proc/self/fd | tr '\\n' ' '"));
}

static void closed_streams(void)
{
    pid_t child = fork();
    if (child == 0) {
        close(0);
        close(2);
        execve(oracle_path, look_arguments(), environ);
        _exit(99);
    }
    await_child("child", child);
}

static void few_descriptors(void)
{
    struct rlimit limit = {3, 3};
    struct termios t;
    pid_t child = fork();
    if (child == 0) {
        int fd = open("/dev/tty", O_RDWR);
        say_result("before", fd < 0 ? -1 : 0);
        close(fd);
        setrlimit(RLIMIT_NOFILE, &limit);
        say_result("open", open("/dev/tty", O_RDWR));
        say_result("tcgetattr", tcgetattr(0, &t));
        say_result("isatty", isatty(0));
        say_result("write", write(1, "x", 1));
        _exit(0);
    }
    await_child("child", child);
}

const struct oracle_case oracle_cases[] = {
    {"execve", by_execve},
    {"execve with no environment", by_execve_cleared},
    {"execve with another environment", by_execve_other},
    {"execve with NULL for environment", by_execve_null},
    {"execv", by_execv},
    {"execvp", by_execvp},
    {"execvpe", by_execvpe},
    {"execl", by_execl},
    {"execlp", by_execlp},
    {"execle", by_execle},
    {"fexecve", by_fexecve},
    {"execveat", by_execveat},
    {"execveat with AT_EMPTY_PATH", by_execveat_empty},
    {"vfork", by_vfork},
    {"execv after clearenv", by_clearenv},
    {"a script", by_script},
    {"scripts without interpreter", by_script_without_interpreter},
    {"exec with errors", exec_errors},
    {"posix_spawn", by_spawn},
    {"posix_spawn with no environment", by_spawn_cleared},
    {"posix_spawn with NULL for environment", by_spawn_null},
    {"posix_spawnp", by_spawnp},
    {"posix_spawn opening /dev/tty", by_spawn_opening_dev_tty},
    {"posix_spawn opening the own name", by_spawn_opening_own_name},
    {"posix_spawn opening /dev/null", by_spawn_opening_null},
    {"posix_spawn with duplicates", by_spawn_with_duplicates},
    {"posix_spawn in a group", by_spawn_in_group},
    {"posix_spawn in a session", by_spawn_in_session},
    {"posix_spawn with errors", spawn_errors},
    {"system", by_system},
    {"system after clearenv", by_system_cleared},
    {"system with quotes after clearenv", by_system_quoted},
    {"system reads", system_reads},
    {"system sets", system_sets},
    {"system with stty", system_stty},
    {"system with statuses", system_of_nothing},
    {"popen for reading", by_popen_reading},
    {"popen for writing", by_popen_writing},
    {"popen reads /dev/tty", popen_of_dev_tty},
    {"a shell's redirections", shell_redirections},
    {"clone", by_clone},
    {"clone as vfork", by_clone_vfork},
    {"grandchildren", grandchildren},
    {"exit statuses", exit_statuses},
    {"descriptors of a child", descriptors_of_child},
    {"a child with closed streams", closed_streams},
    {"no descriptors left", few_descriptors},
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {{"look", look},
                                           {"read_a_line", read_a_line},
                                           {"set_no_echo", set_no_echo},
                                           {"fail_early", fail_early},
                                           {NULL, NULL}};
