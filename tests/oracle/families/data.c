/* Reading and writing: the read and write families, and the calls that move bytes inside the kernel. */
#include "oracle.h"

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

static int file_with(const char *text)
{
    int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    write(fd, text, strlen(text));
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static void type_line(const char *text)
{
    type(text);
    await_input(0, (int)strlen(text));
}

static int dev_tty(int flags)
{
    return open("/dev/tty", flags);
}

/* Reading. */

static void read_line(void)
{
    type_line("one line\n");
    say_read("read", 0, 100);
}

static void read_parts_of_line(void)
{
    type_line("abcdef\n");
    say_read("2", 0, 2);
    say_read("3", 0, 3);
    say_read("rest", 0, 100);
}

static void read_nothing(void)
{
    say_result("no input", read(0, null_pointer, 0));
    type_line("x\n");
    say_result("input", read(0, null_pointer, 0));
    say_read("read", 0, 10);
}

static void read_one_by_one(void)
{
    type_line("xyz\n");
    for (int i = 0; i < 4; i++)
        say_read("read", i % 2, 1);
}

static void read_two_lines(void)
{
    type_line("one\n");
    type("two\n");
    await_input(0, 8);
    say_read("read", 0, 100);
    say_read("read", 1, 100);
}

static void readv_line(void)
{
    char a[3] = {0}, b[4] = {0}, c[20] = {0};
    struct iovec parts[] = {{a, 3}, {b, 0}, {b, 4}, {c, 20}};
    type_line("123456789\n");
    say_result("readv", readv(0, parts, 4));
    say_bytes("a", a, 3);
    say_bytes("b", b, 4);
    say_bytes("c", c, 4);
}

static void readv_short_line(void)
{
    char a[3] = {0}, b[4] = {0};
    struct iovec parts[] = {{a, 3}, {b, 4}};
    type_line("1\n");
    say_result("readv", readv(0, parts, 2));
    say_bytes("a", a, 3);
    type_line("12\n");
    say_result("readv", readv(0, parts, 2));
    say_bytes("a", a, 3);
}

static void readv_errors(void)
{
    char a[4];
    struct iovec part = {a, 4};
    set_nonblocking(0, true);
    say_result("0 parts", readv(0, &part, 0));
    say_result("-1 parts", readv(0, &part, -1));
    say_result("2000 parts", readv(0, &part, 2000));
    say_result("bad parts", readv(0, bad_pointer, 1));
    say_result("empty part", readv(0, &(struct iovec){a, 0}, 1));
    say_result("no input", readv(0, &part, 1));
}

static void read_bad_memory(void)
{
    set_nonblocking(0, true);
    say_result("no input", read(0, bad_pointer, 10));
    type_line("x\n");
    say_result("NULL", read(0, null_pointer, 10));
    say_result("bad", read(0, bad_pointer, 10));
}

static void readv_bad_memory(void)
{
    char a[2] = {0};
    struct iovec parts[] = {{a, 2}, {bad_pointer, 2}};
    set_nonblocking(0, true);
    type_line("xyz\n");
    say_result("readv", readv(0, parts, 2));
}

static void read_nonblocking(void)
{
    set_nonblocking(0, true);
    say_read("nothing", 0, 10);
    type("half");
    say_read("half", 0, 10);
    type("\n");
    await_input(0, 5);
    say_read("line", 0, 10);
    say_read("nothing", 0, 10);
}

static void read_by_own_open(void)
{
    int fd = dev_tty(O_RDONLY), both = dev_tty(O_RDWR);
    type_line("one\n");
    say_read("read only", fd, 10);
    type_line("two\n");
    say_read("both", both, 10);
}

static void read_after_dup(void)
{
    int fd = dup(0);
    close(0);
    dup2(fd, 0);
    type_line("line\n");
    say_read("read", 0, 10);
}

static void read_in_child(void)
{
    type_line("for the child\n");
    pid_t child = fork();
    if (child == 0) {
        say_read("read", 0, 100);
        _exit(0);
    }
    await_child("child", child);
}

static void read_shared_line(void)
{
    type_line("parent and child\n");
    say_read("parent", 0, 6);
    pid_t child = fork();
    if (child == 0) {
        say_read("child", 0, 100);
        _exit(0);
    }
    await_child("child", child);
}

static void read_waits(void)
{
    type_later("late\n");
    say_read("read", 0, 100);
}

static bool type_after_signal;

static void on_signal(int signal)
{
    (void)signal;
    if (type_after_signal)
        type_later("after\n");
}

static void read_interrupted(int flags)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
    sigaction(SIGUSR1, &action, NULL);
    type_after_signal = flags != 0;
    signal_later(SIGUSR1);
    say_read("read", 0, 100);
}

static void read_ended_by_signal(void)
{
    read_interrupted(0);
}

static void read_restarted(void)
{
    read_interrupted(SA_RESTART);
}

static void read_end_of_file(void)
{
    type("\004");
    say_read("read", 0, 10);
    set_nonblocking(0, true);
    say_read("again", 0, 10);
}

static void read_large(void)
{
    char text[1001];
    memset(text, 'x', 1000);
    text[999] = '\n';
    text[1000] = '\0';
    set_flags(ECHO, 0);
    type_bytes(text, 400);
    type_bytes(text + 400, 400);
    type_bytes(text + 800, 200);
    await_input(0, 1000);
    char buffer[2000];
    say_result("read", read(0, buffer, sizeof buffer));
}

static void read_closed(void)
{
    say_read("59", 59, 10);
    say_read("-1", -1, 10);
    close(0);
    say_read("0", 0, 10);
}

/* With an offset. */

static void positions(int fd)
{
    char byte;
    struct iovec part = {&byte, 1};
    say_result("lseek SET", lseek(fd, 0, SEEK_SET));
    say_result("lseek CUR", lseek(fd, 0, SEEK_CUR));
    say_result("lseek END", lseek(fd, 0, SEEK_END));
    say_result("lseek bad", lseek(fd, 0, 99));
    say_result("lseek -1", lseek(fd, -1, SEEK_SET));
    say_result("pread", pread(fd, &byte, 1, 0));
    say_result("pwrite", pwrite(fd, "p", 1, 0));
    say_result("pread -1", pread(fd, &byte, 1, -1));
    say_result("preadv", preadv(fd, &part, 1, 0));
    say_result("pwritev", pwritev(fd, &part, 1, 0));
}

static void positions_of_input(void)
{
    positions(0);
}

static void positions_of_output(void)
{
    positions(1);
}

static void positions_of_both(void)
{
    positions(dev_tty(O_RDWR));
}

static void preadv2_without_offset(void)
{
    char bytes[10] = {0};
    struct iovec part = {bytes, sizeof bytes};
    type_line("line\n");
    say_result("preadv2", preadv2(0, &part, 1, -1, 0));
    say_bytes("bytes", bytes, 5);
}

static void preadv2_nowait(void)
{
    char bytes[10] = {0};
    struct iovec part = {bytes, sizeof bytes};
    say_result("preadv2", preadv2(0, &part, 1, -1, RWF_NOWAIT));
}

static void pwritev2_without_offset(void)
{
    struct iovec part = {"written", 7};
    say_result("pwritev2", pwritev2(1, &part, 1, -1, 0));
    say_result("pwritev2", pwritev2(0, &part, 1, -1, 0));
}

/* Writing. */

static void write_each(void)
{
    say_result("0", write(0, "zero ", 5));
    say_result("1", write(1, "one ", 4));
    say_result("2", write(2, "two\n", 4));
}

static void writev_each(void)
{
    struct iovec parts[] = {{"a", 1}, {"", 0}, {"bc\n", 3}};
    say_result("0", writev(0, parts, 3));
    say_result("1", writev(1, parts, 3));
}

static void write_nothing(void)
{
    say_result("0", write(0, "", 0));
    say_result("1", write(1, "", 0));
    say_result("NULL", write(1, null_pointer, 0));
    say_result("writev", writev(1, NULL, 0));
}

static void write_bad_memory(void)
{
    struct iovec part = {bad_pointer, 3};
    say_result("0", write(0, bad_pointer, 3));
    say_result("1", write(1, bad_pointer, 3));
    say_result("NULL", write(1, null_pointer, 3));
    say_result("writev 0", writev(0, &part, 1));
    say_result("writev 1", writev(1, &part, 1));
    say_result("writev parts", writev(1, bad_pointer, 1));
    say_result("writev 0 parts", writev(0, bad_pointer, 1));
    say_result("writev count", writev(0, &part, -1));
}

static void write_closed(void)
{
    say_result("59", write(59, "x", 1));
    say_result("-1", write(-1, "x", 1));
}

static void write_large(void)
{
    char text[3000];
    memset(text, '.', sizeof text);
    say_result("write", write(1, text, sizeof text));
    say_result("write", write(0, text, sizeof text));
}

static void write_by_own_open(void)
{
    say_result("both", write(dev_tty(O_RDWR), "both\n", 5));
    say_result("only", write(dev_tty(O_WRONLY), "only\n", 5));
    say_result("append", write(dev_tty(O_WRONLY | O_APPEND), "append\n", 7));
    say_result("read only", write(dev_tty(O_RDONLY), "x", 1));
}

static void write_nonblocking(void)
{
    set_nonblocking(1, true);
    say_result("write", write(1, "nonblocking\n", 12));
}

static void write_by_printf(void)
{
    say_result("dprintf", dprintf(0, "to %d ", 0));
    say_result("dprintf", dprintf(2, "to %d\n", 2));
}

static void order_of_streams(void)
{
    for (int i = 0; i < 9; i++)
        dprintf(i % 3, "%d", i);
}

/* Inside the kernel. */

static void sendfile_to(int fd)
{
    int file = file_with("from a file\n");
    off_t offset = 5;
    say_result("sendfile", sendfile(fd, file, NULL, 100));
    say_result("position", lseek(file, 0, SEEK_CUR));
    say_result("offset", sendfile(fd, file, &offset, 100));
    say(" %ld", (long)offset);
    say_result("end", sendfile(fd, file, NULL, 100));
}

static void sendfile_to_output(void)
{
    sendfile_to(1);
}

static void sendfile_to_input(void)
{
    sendfile_to(0);
}

static void sendfile_to_both(void)
{
    sendfile_to(dev_tty(O_RDWR));
}

static void sendfile_from(int fd)
{
    int file = file_with("");
    type_line("line\n");
    say_result("sendfile", sendfile(file, fd, NULL, 5));
    set_nonblocking(0, true);
    say_read("left", 0, 10);
}

static void sendfile_from_input(void)
{
    sendfile_from(0);
}

static void sendfile_from_output(void)
{
    sendfile_from(1);
}

static void sendfile_from_both(void)
{
    sendfile_from(dev_tty(O_RDWR));
}

static void splice_from_pipe(int fd)
{
    int ends[2];
    pipe(ends);
    write(ends[1], "by a pipe\n", 10);
    say_result("splice", splice(ends[0], NULL, fd, NULL, 100, 0));
}

static void splice_to_output(void)
{
    splice_from_pipe(1);
}

static void splice_to_input(void)
{
    splice_from_pipe(0);
}

static void splice_to_both(void)
{
    splice_from_pipe(dev_tty(O_RDWR));
}

static void splice_to_pipe(int fd)
{
    int ends[2];
    pipe(ends);
    type_line("line\n");
    say_result("splice", splice(fd, NULL, ends[1], NULL, 5, 0));
    set_nonblocking(0, true);
    set_nonblocking(ends[0], true);
    say_read("pipe", ends[0], 10);
    say_read("left", 0, 10);
}

static void splice_from_input(void)
{
    splice_to_pipe(0);
}

static void splice_from_output(void)
{
    splice_to_pipe(1);
}

static void splice_from_both(void)
{
    splice_to_pipe(dev_tty(O_RDWR));
}

static void splice_with_files(void)
{
    int file = file_with("text\n");
    loff_t offset = 0;
    say_result("file to 1", splice(file, NULL, 1, NULL, 100, 0));
    say_result("file to 0", splice(file, NULL, 0, NULL, 100, 0));
    say_result("0 to file", splice(0, NULL, file, NULL, 5, SPLICE_F_NONBLOCK));
    say_result("0 to 1", splice(0, NULL, 1, NULL, 5, SPLICE_F_NONBLOCK));
    say_result("offset", splice(file, &offset, 1, NULL, 100, 0));
    say_result("offset of it", splice(file, NULL, 1, &offset, 100, 0));
    say_result("closed", splice(59, NULL, 1, NULL, 100, 0));
}

static void tee_each(void)
{
    int ends[2];
    pipe(ends);
    write(ends[1], "text", 4);
    say_result("pipe to 1", tee(ends[0], 1, 100, SPLICE_F_NONBLOCK));
    say_result("pipe to 0", tee(ends[0], 0, 100, SPLICE_F_NONBLOCK));
    say_result("0 to pipe", tee(0, ends[1], 100, SPLICE_F_NONBLOCK));
    say_result("0 to 1", tee(0, 1, 100, SPLICE_F_NONBLOCK));
    say_result("tty to pipe", tee(dev_tty(O_RDWR), ends[1], 100, SPLICE_F_NONBLOCK));
}

static void vmsplice_each(void)
{
    char bytes[4] = "abc";
    struct iovec part = {bytes, 3};
    say_result("1", vmsplice(1, &part, 1, 0));
    say_result("0", vmsplice(0, &part, 1, SPLICE_F_NONBLOCK));
}

static void copy_range_each(void)
{
    int file = file_with("text\n");
    say_result("file to 1", copy_file_range(file, NULL, 1, NULL, 100, 0));
    say_result("file to 0", copy_file_range(file, NULL, 0, NULL, 100, 0));
    say_result("0 to file", copy_file_range(0, NULL, file, NULL, 100, 0));
    say_result("0 to 1", copy_file_range(0, NULL, 1, NULL, 100, 0));
    say_result("tty", copy_file_range(file, NULL, dev_tty(O_RDWR), NULL, 100, 0));
}

/* Socket calls, and mapping: none of a terminal's. */

static void socket_calls(void)
{
    char byte;
    say_result("recv", recv(0, &byte, 1, 0));
    say_result("send", send(1, "x", 1, 0));
    say_result("shutdown", shutdown(0, SHUT_RD));
}

static void mapping(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, 0, 0);
    say_result("mmap", memory == MAP_FAILED ? -1 : 0);
    say_result("readahead", readahead(0, 0, 10));
    say_result("sync_file_range", sync_file_range(1, 0, 0, 0));
}

#ifdef __GLIBC__
/* What programs call that were built with _FORTIFY_SOURCE. */
long __read_chk(int fd, void *buffer, size_t size, size_t room);
long __pread_chk(int fd, void *buffer, size_t size, off_t offset, size_t room);
long __readlink_chk(const char *path, char *buffer, size_t size, size_t room);
int __ttyname_r_chk(int fd, char *buffer, size_t size, size_t room);

static void checked_forms(void)
{
    char buffer[256] = {0}, name[256] = {0};
    type_line("line\n");
    say_result("read", __read_chk(0, buffer, 10, sizeof buffer));
    say_bytes("is", buffer, 5);
    say_result("pread", __pread_chk(0, buffer, 10, 0, sizeof buffer));
    say_error("ttyname_r", __ttyname_r_chk(0, buffer, sizeof buffer, sizeof buffer));
    say_result("readlink",
               __readlink_chk("/proc/self/fd/0", name, sizeof name - 1, sizeof name) > 0);
    say(" %d", strcmp(buffer, name));
}

static void checked_read_of_too_much(void)
{
    char buffer[4];
    int null = open("/dev/null", O_WRONLY);
    dup2(null, 2); /* what the C library says then is its own affair */
    __read_chk(0, buffer, 10, sizeof buffer);
}

#endif

const struct oracle_case oracle_cases[] = {
    {"read a line", read_line},
    {"read parts of a line", read_parts_of_line},
    {"read nothing", read_nothing},
    {"read by single bytes from two descriptors", read_one_by_one},
    {"read one of two lines", read_two_lines},
    {"readv a line", readv_line},
    {"readv a line shorter than the first part", readv_short_line},
    {"readv with errors", readv_errors},
    {"read into bad memory", read_bad_memory},
    {"readv into memory that is partly bad", readv_bad_memory},
    {"read with O_NONBLOCK", read_nonblocking},
    {"read from /dev/tty", read_by_own_open},
    {"read from a duplicate in place", read_after_dup},
    {"read in a child", read_in_child},
    {"read a line in parent and child", read_shared_line},
    {"read waits", read_waits},
    {"read is ended by a signal", read_ended_by_signal},
    {"read is restarted after a signal", read_restarted},
    {"read an end of file", read_end_of_file},
    {"read a line of 1000 bytes", read_large},
    {"read of closed descriptors", read_closed},
    {"lseek and pread of the input", positions_of_input},
    {"lseek and pread of the output", positions_of_output},
    {"lseek and pread of /dev/tty", positions_of_both},
    {"preadv2 without an offset", preadv2_without_offset},
    {"preadv2 with RWF_NOWAIT", preadv2_nowait},
    {"pwritev2 without an offset", pwritev2_without_offset},
    {"write to each stream", write_each},
    {"writev", writev_each},
    {"write nothing", write_nothing},
    {"write bad memory", write_bad_memory},
    {"write to closed descriptors", write_closed},
    {"write much", write_large},
    {"write to /dev/tty", write_by_own_open},
    {"write with O_NONBLOCK", write_nonblocking},
    {"dprintf", write_by_printf},
    {"writes to three descriptors keep their order", order_of_streams},
    {"sendfile to the output", sendfile_to_output},
    {"sendfile to the input", sendfile_to_input},
    {"sendfile to /dev/tty", sendfile_to_both},
    {"sendfile from the input", sendfile_from_input},
    {"sendfile from the output", sendfile_from_output},
    {"sendfile from /dev/tty", sendfile_from_both},
    {"splice to the output", splice_to_output},
    {"splice to the input", splice_to_input},
    {"splice to /dev/tty", splice_to_both},
    {"splice from the input", splice_from_input},
    {"splice from the output", splice_from_output},
    {"splice from /dev/tty", splice_from_both},
    {"splice with files", splice_with_files},
    {"tee", tee_each},
    {"vmsplice", vmsplice_each},
    {"copy_file_range", copy_range_each},
    {"recv, send, shutdown", socket_calls},
    {"mmap and the like", mapping},
#ifdef __GLIBC__
    {"checked forms", checked_forms},
    {"checked read of more than there is room for", checked_read_of_too_much},
#endif
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {{NULL, NULL}};
