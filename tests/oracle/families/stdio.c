/* stdio streams on the terminal, however they were opened, and what the C library asks by itself. */
#include "oracle.h"

#include <pwd.h>
#include <wchar.h>

static void type_line(const char *text)
{
    type(text);
    await_input(0, (int)strlen(text));
}

static void say_line(const char *what, FILE *stream)
{
    char text[200];
    if (fgets(text, sizeof text, stream))
        say_bytes(what, text, (long)strlen(text));
    else
        say(" %s=%s", what, feof(stream) ? "EOF" : ferror(stream) ? "error" : "nothing");
}

/* What a stream can do: its descriptor, writing, reading, positions. */
static void try_out(FILE *stream)
{
    if (stream == NULL) {
        say_result("opened", -1);
        return;
    }
    int fd = fileno(stream);
    say_result("isatty", isatty(fd));
    say_result("write", fputs("out\n", stream) < 0 ? -1 : 0);
    say_result("flush", fflush(stream));
    clearerr(stream);
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_WRONLY)
        type_line("in\n");
    say_line("read", stream);
    clearerr(stream);
    say_result("write", fputs("more\n", stream) < 0 ? -1 : 0);
    say_result("ftell", ftell(stream) < 0 ? -1 : 0);
    say_result("fseek", fseek(stream, 0, SEEK_SET));
    say_result("close", fclose(stream));
    say_result("closed", fcntl(fd, F_GETFD));
}

#define OPENED(name, path)                                                                         \
    static void name##_r(void)                                                                     \
    {                                                                                              \
        try_out(fopen(path, "r"));                                                                 \
    }                                                                                              \
    static void name##_w(void)                                                                     \
    {                                                                                              \
        try_out(fopen(path, "w"));                                                                 \
    }                                                                                              \
    static void name##_a(void)                                                                     \
    {                                                                                              \
        try_out(fopen(path, "a"));                                                                 \
    }                                                                                              \
    static void name##_both(void)                                                                  \
    {                                                                                              \
        try_out(fopen(path, "r+"));                                                                \
    }                                                                                              \
    static void name##_w_both(void)                                                                \
    {                                                                                              \
        try_out(fopen(path, "w+e"));                                                               \
    }
OPENED(dev_tty, "/dev/tty")
OPENED(own, name_of_terminal())
OPENED(dev_stdin, "/dev/stdin")
OPENED(dev_stdout, "/dev/stdout")
OPENED(proc_fd_2, "/proc/self/fd/2")

#define ON_DESCRIPTOR(name, fd)                                                                    \
    static void name##_fd_r(void)                                                                  \
    {                                                                                              \
        try_out(fdopen(fd, "r"));                                                                  \
    }                                                                                              \
    static void name##_fd_w(void)                                                                  \
    {                                                                                              \
        try_out(fdopen(fd, "w"));                                                                  \
    }                                                                                              \
    static void name##_fd_both(void)                                                               \
    {                                                                                              \
        try_out(fdopen(fd, "r+"));                                                                 \
    }
ON_DESCRIPTOR(input, dup(0))
ON_DESCRIPTOR(output, dup(1))
ON_DESCRIPTOR(tty_both, open("/dev/tty", O_RDWR))
ON_DESCRIPTOR(tty_in, open("/dev/tty", O_RDONLY))
ON_DESCRIPTOR(tty_out, open("/dev/tty", O_WRONLY))

/* The mode of the descriptors below streams for both ways, which is not always what they were opened with. */
static void flags_of_streams(void)
{
    static const char *const modes[] = {"r", "w", "a", "r+", "w+e"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        say(" %x", fcntl(fileno(fopen("/dev/tty", modes[i])), F_GETFL) & ~O_LARGEFILE);
    for (int fd = 0; fd < 3; fd++)
        say(" %x", fcntl(fileno(fdopen(dup(fd), fd ? "w" : "r")), F_GETFL) & ~O_LARGEFILE);
}

static void standard_streams(void)
{
    say(" %d %d %d", fileno(stdin), fileno(stdout), fileno(stderr));
    printf("prompt: ");
    type_line("answer\n");
    say_line("read", stdin);
    fprintf(stderr, "error\n");
    puts("done");
}

static void prompt_comes_before_reading(void)
{
    printf("prompt: ");
    type_later("answer\n");
    say_line("read", stdin);
}

static void line_buffered(void)
{
    printf("first line\nsecond");
    write(1, "|", 1);
    fflush(stdout);
    printf("\n");
    write(1, "|", 1);
}

static void unbuffered_errors(void)
{
    fprintf(stderr, "a");
    write(1, "|", 1);
    fprintf(stderr, "b");
}

static void fully_buffered(void)
{
    setvbuf(stdout, NULL, _IOFBF, 1024);
    printf("a\nb\n");
    write(1, "|", 1);
}

static void exit_flushes(void)
{
    pid_t child = fork();
    if (child == 0) {
        printf("no newline");
        exit(3);
    }
    await_child("child", child);
}

static void scanf_numbers(void)
{
    int a = 0, b = 0;
    type_line("12 34\n");
    say_result("scanf", scanf("%d %d", &a, &b));
    say(" %d %d", a, b);
}

static void getchar_each(void)
{
    type_line("ab\n");
    for (int i = 0; i < 3; i++)
        say(" %d", getchar());
}

static void getline_two(void)
{
    char *line = NULL;
    size_t size = 0;
    type_line("one\n");
    say_result("getline", getline(&line, &size, stdin));
    type_line("two\n");
    say_result("getline", getline(&line, &size, stdin));
    say_bytes("is", line, 4);
}

static void end_of_file_ends_once(void)
{
    type_later("\004");
    say_line("read", stdin);
    say(" eof=%d", feof(stdin));
    clearerr(stdin);
    type_line("more\n");
    say_line("read", stdin);
}

static void end_of_file_typed_ahead(void)
{
    type("\004");
    await_events(0, POLLIN);
    say_line("read", stdin);
    clearerr(stdin);
    type("more\n");
    say_line("read", stdin);
}

static void fread_part(void)
{
    char bytes[4];
    type_line("abc\n");
    say_result("fread", (long)fread(bytes, 1, 4, stdin));
    say_bytes("is", bytes, 4);
}

static void fread_until_end(void)
{
    char bytes[100];
    type_line("abc\n");
    type("\004");
    long got = (long)fread(bytes, 1, sizeof bytes, stdin);
    say_bytes("fread", bytes, got);
    say(" eof=%d", feof(stdin));
}

static void ungetc_one(void)
{
    type_line("x\n");
    int c = getchar();
    say(" %c %d %c", c, ungetc('y', stdin), getchar());
}

static void freopen_input(void)
{
    say_result("freopen", freopen("/dev/tty", "r", stdin) ? fileno(stdin) : -1);
    say_result("isatty", isatty(0));
    type_line("line\n");
    say_line("read", stdin);
}

static void freopen_output(void)
{
    say_result("freopen", freopen("/dev/tty", "w", stdout) ? fileno(stdout) : -1);
    say_result("isatty", isatty(1));
    printf("by freopen\n");
}

static void freopen_both(void)
{
    FILE *stream = freopen("/dev/tty", "r+", stdin);
    say_result("freopen", stream ? fileno(stream) : -1);
    if (stream)
        try_out(stream);
}

static void freopen_after_file(void)
{
    say_result("freopen", freopen("/dev/null", "w", stdout) ? fileno(stdout) : -1);
    say_result("isatty", isatty(1));
    say_result("freopen", freopen("/dev/tty", "w", stdout) ? fileno(stdout) : -1);
    say_result("isatty", isatty(1));
    printf("back\n");
}

static void freopen_mode(void)
{
    say_result("freopen", freopen(NULL, "w", stdout) ? 0 : -1);
    printf("again\n");
}

static void both_ways_by_turns(void)
{
    FILE *stream = fopen("/dev/tty", "r+");
    for (int i = 0; i < 3 && stream; i++) {
        fprintf(stream, "question %d? ", i);
        fflush(stream);
        type_line("answer\n");
        say_line("read", stream);
        fseek(stream, 0, SEEK_CUR);
    }
}

static void both_ways_unbuffered(void)
{
    FILE *stream = fopen("/dev/tty", "r+");
    setbuf(stream, NULL);
    fprintf(stream, "name? ");
    type_line("Ada\n");
    say_line("read", stream);
    fprintf(stream, "hello\n");
}

static void both_ways_descriptor(void)
{
    FILE *stream = fopen("/dev/tty", "r+");
    struct termios t;
    int fd = fileno(stream);
    say_result("tcgetattr", tcgetattr(fd, &t));
    say_result("fileno_unlocked", fileno_unlocked(stream) == fd);
    say_result("dup", isatty(dup(fd)));
    say_result("FD_CLOEXEC", fcntl(fd, F_GETFD));
    say_result("write", write(fd, "raw\n", 4));
    say_result("fclose", fclose(stream));
    say_result("closed", fcntl(fd, F_GETFD));
}

static void two_streams_on_one(void)
{
    int fd = open("/dev/tty", O_RDWR);
    FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
    fprintf(out, "both? ");
    fflush(out);
    type_line("yes\n");
    say_line("read", in);
}

static void bad_modes(void)
{
    say_result("fopen", fopen("/dev/tty", "q") ? 0 : -1);
    say_result("fdopen", fdopen(0, "q") ? 0 : -1);
    say_result("fdopen closed", fdopen(59, "r") ? 0 : -1);
    say_result("fdopen w of r", fdopen(open("/dev/tty", O_RDONLY), "w") ? 0 : -1);
    say_result("fdopen r of w", fdopen(open("/dev/tty", O_WRONLY), "r") ? 0 : -1);
    say_result("fdopen r+ of w", fdopen(open("/dev/tty", O_WRONLY), "r+") ? 0 : -1);
    say_result("fopen x", fopen("/dev/tty", "wx") ? 0 : -1);
}

static void close_standard(void)
{
    say_result("fclose", fclose(stdout));
    say_result("1", fcntl(1, F_GETFD));
    FILE *stream = fopen("/dev/tty", "w");
    say_result("fileno", fileno(stream));
}

static void wide_characters(void)
{
    wprintf(L"wide\n");
    type_line("w\n");
    say(" %ld", (long)getwchar());
}

/* The standard streams as getty opens them, and others that are the terminal in an unusual way. */
static void both_ways_in_place(void)
{
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    say_open("open", "/dev/tty", O_RDWR);
    say(" %d %d", dup(0), dup(0));
    printf("name? ");
    type_line("Ada\n");
    say_line("read", stdin);
    printf("hello\n");
    fprintf(stderr, "error\n");
}

static void output_in_place_of_input(void)
{
    for (int fd = 1; fd < 3; fd++) {
        say_result("dup2", dup2(fd, 0));
        type_line("line\n");
        say_line("fgets", stdin);
        type_line("c\n");
        say(" %d %d", getchar(), getchar());
    }
}

static void input_in_place_of_output(void)
{
    say_result("dup2", dup2(0, 1));
    say_result("printf", printf("by the input\n"));
    say_result("fflush", fflush(stdout));
    say_result("dprintf", dprintf(1, "and again\n"));
}

static void file_in_place_of_input(void)
{
    int terminal = dup(0), file = open("/dev/null", O_RDONLY);
    dup2(file, 0);
    say_line("file", stdin);
    clearerr(stdin);
    dup2(terminal, 0);
    type_line("line\n");
    say_line("terminal", stdin);
}

static void try_wide(FILE *stream)
{
    wchar_t line[20] = L"";
    say_result("fputws", stream ? fputws(L"wide? ", stream) : -1);
    fflush(stream);
    type_line("line\n");
    say(" %d", fgetws(line, 20, stream) != NULL && wcscmp(line, L"line\n") == 0);
}

static void wide_both_ways(void)
{
    try_wide(fopen("/dev/tty", "r+"));
}

static void wide_both_ways_again(void)
{
    try_wide(freopen("/dev/tty", "r+", stdin));
}

static void nonblocking_stdio(void)
{
    set_nonblocking(1, true);
    say_result("getchar", getchar() == EOF ? -1 : 0);
    say(" error=%d eof=%d", ferror(stdin), feof(stdin));
    clearerr(stdin);
    set_nonblocking(0, false);
    type_line("line\n");
    say_line("read", stdin);
}

static void raw_stdio(void)
{
    set_raw(3, 0);
    type("a");
    type_later("bc");
    say(" %d %d %d", getchar(), getchar(), getchar());
}

static void getpass_on_terminal(void)
{
    type_later("secret\n");
    char *answer = getpass("Password: ");
    say(" %s", answer ? answer : "none");
}

static void getpass_restores(void)
{
    struct termios t;
    type_later("secret\n");
    getpass("Password: ");
    tcgetattr(0, &t);
    say_termios("is", &t);
    type_line("shown\n");
}

static void getpass_away_from_standard(void)
{
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 2);
    type_later("secret\n");
    char *answer = getpass("Password: ");
    say(" %s", answer ? answer : "none");
}

static void getpass_at_end_of_file(void)
{
    type_later("\004");
    char *answer = getpass("Password: ");
    say(" %s", answer == NULL ? "none" : *answer ? answer : "empty");
}

static void getpass_long(void)
{
    char text[301];
    memset(text, 'p', 299);
    text[299] = '\n';
    text[300] = '\0';
    type_later(text);
    char *answer = getpass("");
    say(" %zu", answer ? strlen(answer) : 0);
}

static void perror_of_it(void)
{
    errno = ENOTTY;
    perror("it");
    errno = EIO;
    psignal(SIGINT, "signal");
}

static void temporary_line_of_stdin_is_shared(void)
{
    type_line("for stdio\n");
    say_line("read", stdin);
    type_line("for read\n");
    say_read("read", 0, 100);
}

#define ENTRIES_OF(name)                                                                           \
    {"fopen " #name " r", name##_r}, {"fopen " #name " w", name##_w},                              \
        {"fopen " #name " a", name##_a}, {"fopen " #name " r+", name##_both},                      \
    {                                                                                              \
        "fopen " #name " w+e", name##_w_both                                                       \
    }

#define DESCRIPTOR_ENTRIES_OF(name)                                                                \
    {"fdopen " #name " r", name##_fd_r}, {"fdopen " #name " w", name##_fd_w},                      \
    {                                                                                              \
        "fdopen " #name " r+", name##_fd_both                                                      \
    }

const struct oracle_case oracle_cases[] = {
    ENTRIES_OF(dev_tty),
    ENTRIES_OF(own),
    ENTRIES_OF(dev_stdin),
    ENTRIES_OF(dev_stdout),
    ENTRIES_OF(proc_fd_2),
    DESCRIPTOR_ENTRIES_OF(input),
    DESCRIPTOR_ENTRIES_OF(output),
    DESCRIPTOR_ENTRIES_OF(tty_both),
    DESCRIPTOR_ENTRIES_OF(tty_in),
    DESCRIPTOR_ENTRIES_OF(tty_out),
    {"flags of streams", flags_of_streams},
    {"standard streams", standard_streams},
    {"a prompt comes before the read", prompt_comes_before_reading},
    {"stdout is line-buffered", line_buffered},
    {"stderr is unbuffered", unbuffered_errors},
    {"setvbuf to full buffers", fully_buffered},
    {"exit flushes", exit_flushes},
    {"scanf", scanf_numbers},
    {"getchar", getchar_each},
    {"getline", getline_two},
    {"an end of file, then more", end_of_file_ends_once},
    {"an end of file typed ahead, then more", end_of_file_typed_ahead},
    {"fread of a line's length", fread_part},
    {"fread until an end of file", fread_until_end},
    {"ungetc", ungetc_one},
    {"freopen of stdin", freopen_input},
    {"freopen of stdout", freopen_output},
    {"freopen for both", freopen_both},
    {"freopen to a file and back", freopen_after_file},
    {"freopen without a name", freopen_mode},
    {"a stream for both, by turns", both_ways_by_turns},
    {"a stream for both, unbuffered", both_ways_unbuffered},
    {"the descriptor of a stream for both", both_ways_descriptor},
    {"two streams on one descriptor", two_streams_on_one},
    {"bad modes", bad_modes},
    {"fclose of stdout", close_standard},
    {"wide characters", wide_characters},
    {"standard streams for both ways", both_ways_in_place},
    {"the output in the input's place", output_in_place_of_input},
    {"the input in the output's place", input_in_place_of_output},
    {"a file in the input's place, and back", file_in_place_of_input},
    {"wide characters on a stream for both", wide_both_ways},
    {"wide characters on a stream that is reopened for both", wide_both_ways_again},
    {"a stream that does not wait", nonblocking_stdio},
    {"a stream in raw mode", raw_stdio},
    {"getpass", getpass_on_terminal},
    {"getpass restores the settings", getpass_restores},
    {"getpass without standard streams", getpass_away_from_standard},
    {"getpass at an end of file", getpass_at_end_of_file},
    {"getpass of much", getpass_long},
    {"perror", perror_of_it},
    {"stdio and read by turns", temporary_line_of_stdin_is_shared},
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {{NULL, NULL}};
