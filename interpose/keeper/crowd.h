/* Whom the keeper serves at the moment, by user: one that keeps it busy leaves room for the others. Pure. */
#ifndef RPTY_CROWD_H
#define RPTY_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CROWD_MOST 128     /* at once */
#define CROWD_OF_A_USER 32 /* of those, of one user */

struct crowd {
    uid_t users[CROWD_MOST];
    size_t count;
};

/* One more of the user's. -> false: there is no room */
bool crowd_enter(struct crowd *crowd, uid_t user);

/* One less. */
void crowd_leave(struct crowd *crowd, uid_t user);

#endif
