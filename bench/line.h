/* One direction of a line: what goes in comes out later, and no faster than the line's rate.
 *
 *   line_add ──> bottleneck (rate, queue) ──> way (delay) ──> line_head, when it is due
 */
#ifndef BENCH_LINE_H
#define BENCH_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of data on the line. A piece without length marks the end. */
struct piece {
    struct piece *next;
    int64_t due; /* when it comes out, in ns */
    size_t length, sent;
    unsigned char bytes[];
};

struct line {
    int64_t delay;   /* ns */
    double rate;     /* bytes in a second; 0: no limit */
    size_t queue;    /* bytes that may wait at the bottleneck */
    int64_t free_at; /* when the bottleneck has sent what it has */
    size_t held;     /* bytes on the line */
    uint64_t carried;
    struct piece *first, *last;
};

/* CLOCK_MONOTONIC in ns. */
int64_t now_ns(void);

/* When the line can take more: in the past if it can now; INT64_MAX if something has to leave first. */
int64_t line_open_at(const struct line *line, int64_t now);

void line_add(struct line *line, const void *bytes, size_t length, int64_t now);

/* The piece that is due, or NULL. */
struct piece *line_head(const struct line *line, int64_t now);

void line_drop_head(struct line *line);

void line_clear(struct line *line);

#endif
