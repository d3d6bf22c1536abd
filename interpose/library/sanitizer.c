/* Programs built with AddressSanitizer refuse to run where another library than its own comes first among the
 * shared ones, as each preload does, unless they are told not to look. We call what is next, so that the order
 * does no harm. The sanitizer asks the first function of this name: a program's own comes before ours. */
#include "library/export.h"

const char *__asan_default_options(void);

EXPORT const char *__asan_default_options(void)
{
    return "verify_asan_link_order=0";
}
