/* Who answers when the keeper has been killed: without a listener every call that the filter tells of would fail
 * (ENOSYS), opening files among them. The programs that live on then see pipes, as without a filter. */
#ifndef RPTY_KEEPER_STANDBY_H
#define RPTY_KEEPER_STANDBY_H

/* Starts it. */
void standby_start(void);

/* Gives it a listener, too. */
void standby_give(int listener);

#endif
