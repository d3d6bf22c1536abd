/* Nobody takes up all the room. */
#include "testing/check.h"
#include "keeper/crowd.c"

static size_t enters(struct crowd *crowd, uid_t user)
{
    size_t count = 0;
    while (crowd_enter(crowd, user))
        count++;
    return count;
}

int main(void)
{
    struct crowd crowd = {0};
    check_number("one user's", CROWD_OF_A_USER, (long)enters(&crowd, 1));
    check_number("another's", CROWD_OF_A_USER, (long)enters(&crowd, 2));
    crowd_leave(&crowd, 1);
    check_number("after one has left", 1, (long)enters(&crowd, 1));
    crowd_leave(&crowd, 3);
    check_number("who was not there leaves", 0, (long)enters(&crowd, 1));
    for (uid_t user = 3; user < 10; user++)
        enters(&crowd, user);
    check_number("all", CROWD_MOST, (long)crowd.count);
    check_number("nobody else", false, crowd_enter(&crowd, 11));
    return checks_done();
}
