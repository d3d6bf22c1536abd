#define _GNU_SOURCE
#include "line.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Bytes that a line without a rate may hold: more than the window of any peer. */
#define HELD_MAX (64u << 20)

int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int64_t time_to_send(const struct line *line, size_t length)
{
    return line->rate > 0 ? (int64_t)((double)length / line->rate * 1e9) : 0;
}

/* The bytes that the delay and the queue can hold. A receiver that does not read must not increase them. */
static size_t held_max(const struct line *line)
{
    if (line->rate <= 0)
        return HELD_MAX;
    return (size_t)(line->rate * (double)line->delay / 1e9) + line->queue;
}

int64_t line_open_at(const struct line *line, int64_t now)
{
    if (line->held > held_max(line))
        return line->first && line->first->due > now ? line->first->due : INT64_MAX;
    return line->free_at - time_to_send(line, line->queue);
}

void line_add(struct line *line, const void *bytes, size_t length, int64_t now)
{
    struct piece *piece = malloc(sizeof *piece + length);
    if (!piece)
        abort();
    if (line->free_at < now)
        line->free_at = now;
    line->free_at += time_to_send(line, length);
    *piece = (struct piece){.due = line->free_at + line->delay, .length = length};
    memcpy(piece->bytes, bytes, length);
    if (line->first)
        line->last->next = piece;
    else
        line->first = piece;
    line->last = piece;
    line->held += length;
    line->carried += length;
}

struct piece *line_head(const struct line *line, int64_t now)
{
    return line->first && line->first->due <= now ? line->first : NULL;
}

void line_drop_head(struct line *line)
{
    struct piece *head = line->first;
    line->held -= head->length;
    line->first = head->next;
    free(head);
}

void line_clear(struct line *line)
{
    while (line->first)
        line_drop_head(line);
    line->free_at = 0;
}
