/* Canonical input: editing keys, ends of lines and of files, switching ICANON while input waits. */
#include "oracle.h"

static void set_character(int index, cc_t value)
{
    struct termios t;
    tcgetattr(0, &t);
    t.c_cc[index] = value;
    tcsetattr(0, TCSANOW, &t);
}

static void set_input(tcflag_t off, tcflag_t on)
{
    struct termios t;
    tcgetattr(0, &t);
    t.c_iflag = (t.c_iflag & ~off) | on;
    tcsetattr(0, TCSANOW, &t);
}

/* Types, waits until something can be read, and reads it. */
static void say_typed(const char *keys)
{
    type(keys);
    await_events(0, POLLIN);
    say_read("read", 0, 4096);
}

/* Reads all there is, a read at a time. */
static void say_all(void)
{
    set_nonblocking(0, true);
    for (int i = 0; i < 20; i++) {
        if (say_read("read", 0, 4096) < 0)
            return;
    }
}

static void keys_of_a_line(void)
{
    say_typed("a line\n");
}

static void return_key(void)
{
    say_typed("enter\r");
}

static void empty_line(void)
{
    say_typed("\n");
}

static void erase(void)
{
    say_typed("abx\x7f"
              "c\n");
}

static void erase_all_and_more(void)
{
    say_typed("ab\x7f\x7f\x7f\x7f"
              "c\n");
}

static void erase_control(void)
{
    say_typed("a\001\x7f"
              "b\n");
}

static void erase_tab(void)
{
    say_typed("ab\tc\x7f\x7f"
              "d\n");
}

static void erase_utf8(void)
{
    set_input(0, IUTF8);
    say_typed("a\xc3\xa9\x7f"
              "b\n");
}

static void erase_word(void)
{
    say_typed("one two  \027three\n");
}

static void erase_word_of_punctuation(void)
{
    say_typed("one/two.three\027x\n");
}

static void kill_line(void)
{
    say_typed("gone\025kept\n");
}

static void kill_without_echoke(void)
{
    set_flags(ECHOKE | ECHOK, 0);
    say_typed("gone\025kept\n");
}

static void kill_with_echok(void)
{
    set_flags(ECHOKE, ECHOK);
    say_typed("gone\025kept\n");
}

static void erase_without_echoe(void)
{
    set_flags(ECHOE, 0);
    say_typed("abx\x7f"
              "c\n");
}

static void erase_with_echoprt(void)
{
    set_flags(ECHOE, ECHOPRT);
    say_typed("abx\x7f\x7f"
              "c\n");
}

static void reprint(void)
{
    say_typed("abc\022d\n");
}

static void literal_next(void)
{
    say_typed("a\026\003\026\x7f"
              "b\n");
}

static void literal_newline(void)
{
    say_typed("a\026\nb\n");
}

static void literal_end_of_file(void)
{
    say_typed("a\026\004b\n");
}

static void without_iexten(void)
{
    set_flags(IEXTEN, 0);
    say_typed("a b\027\026c\n");
}

static void control_echo(void)
{
    say_typed("\001\033[A\n");
}

static void control_echo_off(void)
{
    set_flags(ECHOCTL, 0);
    say_typed("\001\033[A\n");
}

static void high_bytes(void)
{
    say_typed("\xc3\xa9\xff\n");
}

static void erase_key_moved(void)
{
    set_character(VERASE, 'x');
    say_typed("abx\x7f\n");
}

static void erase_key_off(void)
{
    set_character(VERASE, 0);
    say_typed("ab\x7f\n");
}

static void escaped_erase_is_no_more(void)
{
    say_typed("a\\\x7f"
              "b\n");
}

/* Ends. */

static void end_of_file(void)
{
    say_typed("\004");
    say_typed("more\n");
}

static void end_of_file_twice(void)
{
    type("\004\004");
    await_events(0, POLLIN);
    say_read("read", 0, 10);
    await_events(0, POLLIN);
    say_read("read", 0, 10);
    say_all();
}

static void end_of_file_in_line(void)
{
    say_typed("no newline\004");
    say_typed("\n");
}

static void end_of_file_in_line_twice(void)
{
    type("abc\004\004");
    await_input(0, 3);
    say_read("read", 0, 10);
    await_events(0, POLLIN);
    say_read("read", 0, 10);
    say_all();
}

static void end_of_file_between_lines(void)
{
    type("one\n\004two\n");
    await_events(0, POLLIN);
    say_read("read", 0, 10);
    await_events(0, POLLIN);
    say_read("read", 0, 10);
    await_events(0, POLLIN);
    say_read("read", 0, 10);
}

static void end_of_file_read_in_parts(void)
{
    type("abc\004def\n");
    await_input(0, 3);
    say_read("read", 0, 2);
    say_read("read", 0, 10);
    await_input(0, 4);
    say_read("read", 0, 10);
}

/* Exactly as many bytes as there are before the end: is the end still to be read? */
static void end_of_file_read_exactly(void)
{
    type("abc\004");
    await_input(0, 3);
    say_read("read", 0, 3);
    say_all();
}

static void end_of_file_moved(void)
{
    set_character(VEOF, 'x');
    say_typed("a\004x");
}

static void end_of_file_off(void)
{
    set_character(VEOF, 0);
    say_typed("a\004\n");
}

static void second_end_of_line(void)
{
    set_character(VEOL, ';');
    say_typed("one;");
    say_typed("two\n");
}

static void third_end_of_line(void)
{
    set_character(VEOL, ';');
    set_character(VEOL2, ',');
    type("one,two;three\n");
    await_input(0, 4);
    say_read("read", 0, 100);
    await_input(0, 4);
    say_read("read", 0, 100);
    await_input(0, 6);
    say_read("read", 0, 100);
}

static void end_of_line_erased_before(void)
{
    set_character(VEOL, ';');
    type("a;b\x7f\x7f"
         "c\n");
    await_input(0, 2);
    say_read("read", 0, 100);
    await_input(0, 2);
    say_read("read", 0, 100);
}

static void counted_lines(void)
{
    int count;
    type("one\ntwo\nthr");
    await_input(0, 8);
    ioctl(0, FIONREAD, &count);
    say(" %d", count);
    say_read("read", 0, 100);
    ioctl(0, FIONREAD, &count);
    say(" %d", count);
}

static void counted_end_of_file(void)
{
    int count;
    type("one\nab\004");
    await_input(0, 6);
    ioctl(0, FIONREAD, &count);
    say(" %d", count);
    say_read("read", 0, 100);
    ioctl(0, FIONREAD, &count);
    say(" %d", count);
}

static void long_line(void)
{
    char text[900];
    set_flags(ECHO, 0);
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 4; i++)
        type_bytes(text, 400);
    type("\n");
    await_input(0, 1601);
    static char all[8192];
    say_result("read", read(0, all, sizeof all));
}

/* 4095 bytes of a line are kept, the rest is lost but for the newline. */
static void line_too_long(void)
{
    char text[400];
    static char all[8192];
    set_flags(ECHO, 0);
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 11; i++)
        type_bytes(text, 400);
    type("\n");
    await_events(0, POLLIN);
    await_input(0, 4096);
    say_result("read", read(0, all, sizeof all));
    say_all();
}

/* ICANON switched while input waits. */

static void lines_become_raw(void)
{
    type("one\ntwo\n");
    await_input(0, 8);
    set_flags(ICANON, 0);
    await_input(0, 8);
    say_read("read", 0, 100);
}

static void half_line_becomes_raw(void)
{
    type("half");
    set_flags(ICANON, 0);
    await_input(0, 4);
    say_read("read", 0, 100);
}

static void rest_of_line_becomes_raw(void)
{
    type("line\nnext");
    await_input(0, 5);
    say_read("read", 0, 2);
    set_flags(ICANON, 0);
    await_input(0, 7);
    say_read("read", 0, 100);
}

static void end_of_file_becomes_raw(void)
{
    type("a\004b\n");
    await_input(0, 1);
    set_flags(ICANON, 0);
    await_input(0, 3);
    say_read("read", 0, 100);
}

static void only_end_of_file_becomes_raw(void)
{
    type("\004");
    await_events(0, POLLIN);
    set_flags(ICANON, 0);
    type("x");
    for (char key = 0; key != 'x' && read(0, &key, 1) == 1;)
        say_bytes("read", &key, 1);
}

static void edited_line_becomes_raw(void)
{
    type("abx\x7f"
         "c");
    set_flags(ICANON, 0);
    await_input(0, 3);
    say_read("read", 0, 100);
}

static void raw_becomes_lines(void)
{
    set_flags(ICANON, 0);
    type("raw");
    await_input(0, 3);
    set_flags(0, ICANON);
    int count = -1;
    ioctl(0, FIONREAD, &count);
    say(" %d", count);
    set_nonblocking(0, true);
    say_read("read", 0, 100);
    type(" rest\n");
    await_events(0, POLLIN);
    say_all();
}

static void raw_with_newline_becomes_lines(void)
{
    set_flags(ICANON, 0);
    type("one\ntwo");
    await_input(0, 7);
    set_flags(0, ICANON);
    set_nonblocking(0, true);
    say_poll("poll", 0, POLLIN, 0);
    say_read("read", 0, 100);
    type("\n");
    await_events(0, POLLIN);
    say_all();
}

static void there_and_back(void)
{
    type("half");
    set_flags(ICANON, 0);
    await_input(0, 4);
    set_flags(0, ICANON);
    set_nonblocking(0, true);
    say_read("read", 0, 100);
    type(" line\n");
    await_events(0, POLLIN);
    say_all();
}

static void flush_when_becoming_raw(void)
{
    struct termios t;
    type("gone\n");
    await_input(0, 5);
    tcgetattr(0, &t);
    t.c_lflag &= ~(tcflag_t)ICANON;
    tcsetattr(0, TCSAFLUSH, &t);
    set_nonblocking(0, true);
    say_read("read", 0, 100);
    type("kept");
    await_input(0, 4);
    say_read("read", 0, 100);
}

static void echo_switched_between_keys(void)
{
    type("ab");
    set_flags(ECHO, 0);
    type("cd");
    set_flags(0, ECHO);
    type("ef\n");
    await_input(0, 7);
    say_read("read", 0, 100);
}

static void extproc(void)
{
    set_flags(0, EXTPROC);
    type("a\x7f"
         "b\n");
    await_events(0, POLLIN);
    say_read("read", 0, 100);
}

static void stop_and_start_keys(void)
{
    say_typed("\023\021after\n");
}

static void any_key_starts(void)
{
    set_input(0, IXANY);
    say_typed("\023after\n");
}

static void stop_keys_without_ixon(void)
{
    set_input(IXON, 0);
    say_typed("\023\021x\n");
}

static void quit_key_in_line(void)
{
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGQUIT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    type("gone\034");
    say(" SIG%d", sigtimedwait(&set, NULL, &patience));
    say_typed("kept\n");
}

static void interrupt_keeps_with_noflsh(void)
{
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    set_flags(0, NOFLSH);
    type("kept\003");
    say(" SIG%d", sigtimedwait(&set, NULL, &patience));
    say_typed(" too\n");
}

static void interrupt_drops_lines_that_wait(void)
{
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    type("gone\n");
    await_input(0, 5);
    type("\003");
    say(" SIG%d", sigtimedwait(&set, NULL, &patience));
    set_nonblocking(0, true);
    say_read("read", 0, 100);
}

static void readers_take_a_line_each(void)
{
    type("one\ntwo\n");
    await_input(0, 8);
    pid_t child = fork();
    if (child == 0) {
        say_read("child", 0, 100);
        _exit(0);
    }
    await_child("child", child);
    await_input(0, 4);
    say_read("parent", 0, 100);
}

static void stdio_leaves_the_next_line(void)
{
    char line[100];
    type("one\ntwo\n");
    await_input(0, 8);
    pid_t child = fork();
    if (child == 0) {
        say(" child=%s", fgets(line, sizeof line, stdin) ? strtok(line, "\n") : "nothing");
        _exit(0);
    }
    await_child("child", child);
    await_input(0, 4);
    say_read("parent", 0, 100);
}

static void programs_take_a_line_each(void)
{
    type("one\ntwo\nthree\n");
    await_input(0, 14);
    say_status("head", system("head -n 1"));
    say_status("read", system("read x; echo \"<$x>\""));
    await_input(0, 6);
    say_read("parent", 0, 100);
}

static void cat_ends_at_end_of_file(void)
{
    type("one\ntwo\n\004");
    await_input(0, 8);
    say_status("cat", system("cat"));
    say_typed("after\n");
}

const struct oracle_case oracle_cases[] = {
    {"a line", keys_of_a_line},
    {"the return key", return_key},
    {"an empty line", empty_line},
    {"VERASE", erase},
    {"VERASE beyond the start", erase_all_and_more},
    {"VERASE of a control character", erase_control},
    {"VERASE of a tab", erase_tab},
    {"VERASE with IUTF8", erase_utf8},
    {"VWERASE", erase_word},
    {"VWERASE of punctuation", erase_word_of_punctuation},
    {"VKILL", kill_line},
    {"VKILL without ECHOKE and ECHOK", kill_without_echoke},
    {"VKILL with ECHOK", kill_with_echok},
    {"VERASE without ECHOE", erase_without_echoe},
    {"VERASE with ECHOPRT", erase_with_echoprt},
    {"VREPRINT", reprint},
    {"VLNEXT", literal_next},
    {"VLNEXT of a newline", literal_newline},
    {"VLNEXT of VEOF", literal_end_of_file},
    {"IEXTEN off", without_iexten},
    {"ECHOCTL", control_echo},
    {"ECHOCTL off", control_echo_off},
    {"bytes above 127", high_bytes},
    {"VERASE moved", erase_key_moved},
    {"VERASE off", erase_key_off},
    {"a backslash before VERASE", escaped_erase_is_no_more},
    {"VEOF", end_of_file},
    {"VEOF twice", end_of_file_twice},
    {"VEOF in a line", end_of_file_in_line},
    {"VEOF in a line, twice", end_of_file_in_line_twice},
    {"VEOF between lines", end_of_file_between_lines},
    {"VEOF in a line read in parts", end_of_file_read_in_parts},
    {"VEOF after exactly what is read", end_of_file_read_exactly},
    {"VEOF moved", end_of_file_moved},
    {"VEOF off", end_of_file_off},
    {"VEOL", second_end_of_line},
    {"VEOL and VEOL2", third_end_of_line},
    {"VERASE after VEOL", end_of_line_erased_before},
    {"FIONREAD of lines", counted_lines},
    {"FIONREAD with VEOF", counted_end_of_file},
    {"a line of 1600 bytes", long_line},
    {"a line of 4400 bytes", line_too_long},
    {"lines become raw", lines_become_raw},
    {"half a line becomes raw", half_line_becomes_raw},
    {"the rest of a line becomes raw", rest_of_line_becomes_raw},
    {"VEOF in a line becomes raw", end_of_file_becomes_raw},
    {"VEOF alone becomes raw", only_end_of_file_becomes_raw},
    {"an edited line becomes raw", edited_line_becomes_raw},
    {"raw bytes become a line's start", raw_becomes_lines},
    {"raw bytes with a newline become lines", raw_with_newline_becomes_lines},
    {"raw and back", there_and_back},
    {"raw with TCSAFLUSH", flush_when_becoming_raw},
    {"ECHO switched between keys", echo_switched_between_keys},
    {"EXTPROC", extproc},
    {"VSTOP and VSTART", stop_and_start_keys},
    {"VSTOP and IXANY", any_key_starts},
    {"VSTOP without IXON", stop_keys_without_ixon},
    {"VQUIT in a line", quit_key_in_line},
    {"VINTR with NOFLSH", interrupt_keeps_with_noflsh},
    {"VINTR drops lines that wait", interrupt_drops_lines_that_wait},
    {"two readers take a line each", readers_take_a_line_each},
    {"stdio leaves the next line", stdio_leaves_the_next_line},
    {"programs take a line each", programs_take_a_line_each},
    {"cat ends at VEOF", cat_ends_at_end_of_file},
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {{NULL, NULL}};
