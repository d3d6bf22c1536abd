/* init DRIVER:MINOR [OPTION...]: process 1 of an initramfs that has only the portable slave and the static
 * shell. It mounts /proc, which the slave needs, and runs the slave with one of the machine's lines, a
 * character device, as its transport:
 *
 *   virtio-portsdev:1     the first port of a virtio-serial device, a plain stream of bytes
 *   ttyS:65, ttyAMA:64    a serial line, which is a terminal of this kernel's, too
 *
 * The options are the slave's. init reaps all processes, writes the slave's status to the console, and
 * switches the machine off. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define SLAVE "/rpty-slave-portable"
#define LINE "/line"
/* syslog(2) */
#define CONSOLE_OFF 6
#define NAME_SIZE 64
#define OPTIONS 8
/* A device may appear some time after its driver: how often to look for it, and at which interval in ms. */
#define GLANCES 500
#define GLANCE 20

static _Noreturn void end(void)
{
    reboot(RB_POWER_OFF);
    for (;;)
        pause();
}

static _Noreturn void fail(const char *what)
{
    dprintf(STDERR_FILENO, "init: %s: %s\n", what, strerror(errno));
    end();
}

static void load(const char *path, int module)
{
    if (syscall(SYS_finit_module, module, "", 0) < 0)
        fail(path);
    close(module);
}

/* They are numbered in the order in which they depend on each other: /0.ko, /1.ko, … */
static void load_modules(void)
{
    char path[NAME_SIZE];
    for (int i = 0;; i++) {
        snprintf(path, sizeof path, "/%d.ko", i);
        int module = open(path, O_RDONLY);
        if (module < 0)
            return;
        load(path, module);
    }
}

/* The number that this kernel gave to a driver's character devices, which it lists before the others. */
static unsigned major_of(const char *driver)
{
    char line[NAME_SIZE], name[NAME_SIZE];
    unsigned number;
    FILE *devices = fopen("/proc/devices", "r");
    while (devices && fgets(line, sizeof line, devices)) {
        if (sscanf(line, "%u %63s", &number, name) == 2 && strcmp(name, driver) == 0) {
            fclose(devices);
            return number;
        }
    }
    errno = ENODEV;
    fail(driver);
}

/* There are no nodes in /dev, and nothing else would create them. */
static int open_line(char *name)
{
    char *minor = strchr(name, ':');
    if (minor == NULL) {
        errno = EINVAL;
        fail(name);
    }
    *minor++ = '\0';
    if (mknod(LINE, S_IFCHR | 0600, makedev(major_of(name), (unsigned)atoi(minor))) < 0)
        fail(LINE);
    for (int i = 0; i < GLANCES; i++) {
        int line = open(LINE, O_RDWR | O_NOCTTY);
        if (line >= 0)
            return line;
        poll(NULL, 0, GLANCE);
    }
    fail(LINE);
}

/* Does what `stty raw -echo clocal` does. Otherwise the line discipline would edit, echo and pause what the two
 * sides say. */
static void make_raw(int line)
{
    struct termios settings;
    if (tcgetattr(line, &settings) < 0)
        return;
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL | CREAD;
    tcsetattr(line, TCSANOW, &settings);
}

static _Noreturn void run_slave(int line, char **options)
{
    char *arguments[OPTIONS + 3] = {SLAVE, "--shell=embedded"};
    for (int i = 0; i < OPTIONS && options[i]; i++)
        arguments[2 + i] = options[i];
    dup2(line, 0);
    dup2(line, 1);
    close(line);
    setenv("PS1", "$ ", 1);
    execv(SLAVE, arguments);
    fail(SLAVE);
}

static void reap_all(pid_t slave)
{
    int status;
    pid_t ended;
    while ((ended = wait(&status)) > 0) {
        if (ended == slave && WIFEXITED(status))
            printf("init: the slave's status is %d\n", WEXITSTATUS(status));
        else if (ended == slave)
            printf("init: the slave was ended by signal %d\n", WTERMSIG(status));
    }
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc < 2)
        fail("which line?");
    mkdir("/proc", 0555);
    if (mount("proc", "/proc", "proc", 0, NULL) < 0)
        fail("/proc");
    load_modules();
    int line = open_line(argv[1]);
    make_raw(line);
    /* If the console is the line, later kernel messages would end up inside frames. */
    klogctl(CONSOLE_OFF, NULL, 0);
    pid_t slave = fork();
    if (slave == 0)
        run_slave(line, argv + 2);
    close(line);
    reap_all(slave);
    end();
}
