/* Runs a program so that neither it nor its children can change code once it is loaded (PR_SET_MDWE, Linux 6.3 or
 * later), as systemd's MemoryDenyWriteExecute= does.
 * deny_write_execute PROGRAM [ARGUMENT...] */
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

int main(int count, char **arguments)
{
    if (count < 2 || prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) < 0) {
        perror("PR_SET_MDWE");
        return 2;
    }
    execvp(arguments[1], arguments + 1);
    perror(arguments[1]);
    return 127;
}
