/* What the stat family shows of the terminal: a character device, as a pts is. */
#ifndef RPTY_DISGUISE_H
#define RPTY_DISGUISE_H

#include <linux/stat.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "terminal/runtime.h"
#include "terminal/terminal.h"

#define DEV_TTY 0x500u /* makedev(5, 0) */

#define PTS_MAJOR 136
#define PTS_MODE (S_IFCHR | 0620)
#define PTS_BLOCK_SIZE 1024

/* The encoding of both C libraries' makedev. */
static inline uint64_t device_number(uint32_t major, uint32_t minor)
{
    return (uint64_t)(major & 0xfffu) << 8 | (minor & 0xffu) | (uint64_t)(minor & ~0xffu) << 12 |
           (uint64_t)(major & ~0xfffu) << 32;
}

/* Both ends show one identity: a program that compares its standard streams must find them the same. */
static inline void disguise(struct stat *status)
{
    const struct rpty_page *page = runtime_page();
    status->st_dev = page->input_dev;
    status->st_ino = page->input_ino;
    status->st_mode = PTS_MODE;
    status->st_rdev = device_number(PTS_MAJOR, page->minor);
    status->st_blksize = PTS_BLOCK_SIZE;
    status->st_size = 0;
    status->st_blocks = 0;
}

static inline bool statx_is_terminal(const struct statx *status)
{
    struct stat plain = {
        .st_mode = status->stx_mode,
        .st_ino = status->stx_ino,
        .st_dev = device_number(status->stx_dev_major, status->stx_dev_minor),
    };
    return S_ISFIFO(plain.st_mode) && terminal_end_of(&plain) != NO_TERMINAL;
}

static inline void disguise_statx(struct statx *status)
{
    status->stx_ino = runtime_page()->input_ino;
    status->stx_mode = PTS_MODE;
    status->stx_rdev_major = PTS_MAJOR;
    status->stx_rdev_minor = runtime_page()->minor;
    status->stx_blksize = PTS_BLOCK_SIZE;
    status->stx_size = 0;
    status->stx_blocks = 0;
}

#endif
