#include "keeper/crowd.h"

static size_t count_of(const struct crowd *crowd, uid_t user)
{
    size_t count = 0;
    for (size_t i = 0; i < crowd->count; i++)
        count += crowd->users[i] == user;
    return count;
}

bool crowd_enter(struct crowd *crowd, uid_t user)
{
    if (crowd->count == CROWD_MOST || count_of(crowd, user) >= CROWD_OF_A_USER)
        return false;
    crowd->users[crowd->count++] = user;
    return true;
}

void crowd_leave(struct crowd *crowd, uid_t user)
{
    for (size_t i = 0; i < crowd->count; i++) {
        if (crowd->users[i] == user) {
            crowd->users[i] = crowd->users[--crowd->count];
            return;
        }
    }
}
