/* Whether the caller may do what only an administrator may: CAP_SYS_ADMIN, in the user namespace that the session
 * began in. In one of its own anybody has it (user_namespaces(7)). */
#ifndef RPTY_ADMIN_H
#define RPTY_ADMIN_H

#include <stdbool.h>

#define CAP_SYS_ADMIN 21 /* capabilities(7) */

bool caller_is_admin(void);

#endif
