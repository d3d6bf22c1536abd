/* Small programs that use the terminal by its names. Each case is a shell command, and the outcome is what it
 * prints. $TTY is the terminal's name, which is not printed. */
#include "oracle.h"

/* Keys are typed, and have come, before the command starts. */
static void run(const char *command, const char *keys)
{
    setenv("TTY", ttyname(0), 1);
    if (keys) {
        type(keys);
        await_input(0, (int)strlen(keys));
    }
    say_status("status", system(command));
}

#define COMMANDS(X)                                                                                \
    X(tty_names_it, "[ \"$(tty)\" = \"$TTY\" ] && echo same", NULL)                                \
    X(tty_silent, "tty -s && echo yes; tty -s < /dev/null || echo no", NULL)                       \
    X(test_t, "for n in 0 1 2 3; do [ -t $n ] && echo $n; done", NULL)                             \
    X(test_kinds,                                                                                  \
      "for n in /dev/stdin /dev/stdout /dev/tty $TTY /dev/fd/2; do [ -c $n ] && "                  \
      "[ -r $n ] && [ -w $n ] && [ -e $n ] && [ ! -p $n ] && [ ! -x $n ] && "                      \
      "echo ok; done",                                                                             \
      NULL)                                                                                        \
    X(stat_kind, "stat -L -c '%F %t %h' /dev/stdin /dev/stdout /proc/self/fd/2", NULL)             \
    X(stat_of_name, "stat -c '%F %t %b' $TTY", NULL)                                               \
    X(stat_of_dev_tty, "stat -c '%F %t:%T' /dev/tty", NULL)                                        \
    X(readlink_f, "[ \"$(readlink -f /dev/stdin)\" = $TTY ] && echo same", NULL)                   \
    X(readlink_fd, "[ \"$(readlink /proc/self/fd/0)\" = $TTY ] && echo same", NULL)                \
    X(realpath_of, "[ \"$(realpath $TTY)\" = $TTY ] && echo same", NULL)                           \
    X(ls_fd, "ls -l /proc/self/fd/ | grep -c -- \"$TTY\"", NULL)                                   \
    X(ls_name, "ls -l $TTY | cut -c1", NULL)                                                       \
    X(stty_all, "stty -a | grep -v '^speed'", NULL)                                                \
    X(stty_g, "stty -g", NULL)                                                                     \
    X(stty_size, "stty size", NULL)                                                                \
    X(stty_by_dev_tty, "stty -F /dev/tty size", NULL)                                              \
    X(stty_by_name, "stty -F $TTY size", NULL)                                                     \
    X(stty_by_stdin, "stty size < /dev/tty; stty size < /dev/stdin", NULL)                         \
    X(stty_sets, "stty -echo erase x; stty -a | grep -o -e '-echo ' -e 'erase = x'", NULL)         \
    X(stty_sets_size, "stty rows 33 cols 99; stty size", NULL)                                     \
    X(stty_raw_and_back, "s=$(stty -g); stty raw -echo; stty $s; stty -g | grep -c $s", NULL)      \
    X(stty_sane, "stty raw; stty sane; stty -a | grep -o -e ' icanon' -e ' opost'", NULL)          \
    X(stty_of_none, "stty < /dev/null", NULL)                                                      \
    X(tput_size, "TERM=xterm tput cols; TERM=xterm tput lines", NULL)                              \
    X(echo_to_dev_tty, "echo one > /dev/tty; echo two >> /dev/tty", NULL)                          \
    X(echo_to_name, "echo one > $TTY", NULL)                                                       \
    X(echo_to_input, "echo one >&0; echo two > /dev/stdin; echo three > /dev/fd/0", NULL)          \
    X(tee_to_dev_tty, "echo twice | tee /dev/tty", NULL)                                           \
    X(cat_dev_tty, "head -n 1 /dev/tty", "by its name\n")                                          \
    X(cat_own_name, "head -n 1 $TTY", "by its name\n")                                             \
    X(cat_dev_stdin, "head -n 1 /dev/stdin", "by stdin\n")                                         \
    X(cat_output, "head -n 1 <&1", "by the output\n")                                              \
    X(cat_errors, "echo piped | head -n 1 <&2", "by the errors\n")                                 \
    X(dd_reads, "dd if=/dev/tty bs=100 count=1 2> /dev/null", "a block\n")                         \
    X(dd_writes, "echo block | dd of=/dev/tty 2> /dev/null", NULL)                                 \
    X(cp_to_tty, "echo copied > file; cp file /dev/tty; cat file > /dev/tty", NULL)                \
    X(sh_read, "read a b; echo \"$b $a\"", "one two\n")                                            \
    X(sh_read_fd, "exec 3< /dev/tty; read a <&3; echo \"<$a>\"", "three\n")                        \
    X(sh_both, "exec 4<> /dev/tty; echo out >&4; read a <&4; echo \"<$a>\"", "in\n")               \
    X(bash_read_t, "bash -c 'read -t 0 && echo there; read x; echo \"<$x>\"'", "now\n")            \
    X(bash_read_n, "bash -c 'read -n 3 x; echo \"<$x>\"; read y; echo \"<$y>\"'", "abcdef\n")      \
    X(bash_read_s, "bash -c 'read -s x; echo \"<$x>\"'", "typed\n")                                \
    X(bash_read_u, "bash -c 'exec {f}<>/dev/tty; read -u $f x; echo \"<$x>\" >&$f'", "line\n")     \
    X(bash_mapfile, "bash -c 'mapfile -n 2 a; echo \"${a[1]}\"'", "one\ntwo\n")                    \
    X(bash_select, "bash -c 'select x in a b; do echo \"<$x>\"; break; done' 2> /dev/null", "2\n") \
    X(sort_lines, "head -n 3 | sort", "c\na\nb\n")                                                 \
    X(wc_line, "head -n 1 | wc -c", "five!\n")                                                     \
    X(od_bytes, "head -c 3 | od -An -c; read rest", "a\tb\n")                                      \
    X(xargs_ends, "head -n 1 | xargs -n 1 echo", "a b\n")                                          \
    X(script_tests, "echo 'test -t 0 && echo tty' > s; sh s; sh < s", NULL)                        \
    X(nohup_runs, "nohup sh -c '[ -t 1 ] || echo no terminal' 2> /dev/null; cat nohup.out", NULL)  \
    X(setsid_loses, "setsid -w sh -c 'echo x > /dev/tty' 2> /dev/null || echo lost", NULL)         \
    X(setsid_keeps, "setsid -w sh -c '[ -t 0 ] && echo still a terminal'", NULL)                   \
    X(env_cleared, "env -i /bin/sh -c '[ -t 0 ] && [ -t 1 ] && echo both'", NULL)                  \
    X(timeout_runs, "timeout 5 sh -c '[ -t 0 ] && echo there'", NULL)                              \
    X(ls_in_columns, "mkdir -p d; touch d/a d/b d/c; ls d; ls d | cat", NULL)                      \
    X(ls_colours, "mkdir -p e/f; ls --color=auto e; ls --color=auto e | cat", NULL)                \
    X(grep_colours, "echo word | grep --color=auto or", NULL)                                      \
    X(less_is_cat, "echo text | less | cat", NULL)                                                 \
    X(python_asks,                                                                                 \
      "python3 -c 'import os, sys; print(sys.stdin.isatty(), os.isatty(1), "                       \
      "os.get_terminal_size(), os.ttyname(0) == os.environ[\"TTY\"])'",                            \
      NULL)                                                                                        \
    X(python_tcgetattr, "python3 -c 'import termios; print(termios.tcgetattr(0))'", NULL)          \
    X(python_reads, "python3 -c 'print(repr(input()))'", "line\n")                                 \
    X(python_getpass, "python3 -c 'import getpass, sys; print(getpass.getpass.__name__)'", NULL)   \
    X(python_opens_tty,                                                                            \
      "python3 -c 'f = open(\"/dev/tty\", \"r+b\", buffering=0); "                                 \
      "f.write(b\"out\\n\"); print(f.readline(), f.isatty())'",                                    \
      "in\n")                                                                                      \
    X(python_stat,                                                                                 \
      "python3 -c 'import os, stat; s = os.fstat(0); print(stat.S_ISCHR(s.st_mode), "              \
      "os.major(s.st_rdev))'",                                                                     \
      NULL)                                                                                        \
    X(perl_asks, "perl -e 'print -t STDIN ? 1 : 0, -t STDOUT ? 1 : 0, -c STDIN ? 1 : 0, \"\\n\"'", \
      NULL)                                                                                        \
    X(perl_reads, "perl -e '$x = <STDIN>; print \"<$x>\"'", "line\n")                              \
    X(perl_opens_tty,                                                                              \
      "perl -e 'open(F, \"+<\", \"/dev/tty\"); print F \"out\\n\"; "                               \
      "F->flush; print <F> . \"\"' | head -n 1",                                                   \
      "in\n")

#define FUNCTION_OF(name, command, keys)                                                           \
    static void name(void)                                                                         \
    {                                                                                              \
        run(command, keys);                                                                        \
    }
COMMANDS(FUNCTION_OF)

#define ENTRY_OF(name, command, keys) {#name, name},

const struct oracle_case oracle_cases[] = {COMMANDS(ENTRY_OF){NULL, NULL}};
const struct oracle_role oracle_roles[] = {{NULL, NULL}};
