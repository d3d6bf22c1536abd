/* Where the session's files are, by the library's path. */
#include "testing/check.h"
#include "terminal/memory.h"
#include "terminal/place.c"

static bool finds(const char *library, struct place *place)
{
    return place_of(library, strlen(library), place);
}

static void checks_places(void)
{
    struct place place;
    char parent[PLACE_SIZE];
    check_number("a library", true, finds("/tmp/rpty-1/secret/librpty.so", &place));
    check_text("root", "/tmp/rpty-1/", strdup(place.root));
    check_text("own", "/tmp/rpty-1/own/", strdup(place.own));
    check_text("shared", "/tmp/rpty-1/secret/", strdup(place.shared));
    place_parent(&place, parent);
    check_text("parent", "/tmp/", strdup(parent));
    check_number("too high up", false, finds("/secret/librpty.so", &place));
    check_number("at the root", false, finds("/librpty.so", &place));
    check_number("no path", false, finds("librpty.so", &place));
    check_number("nothing", false, finds("", &place));
}

static void checks_lengths(void)
{
    struct place place;
    char path[2 * PLACE_SIZE];
    memset(path, 'x', sizeof path);
    path[0] = '/';
    memcpy(path + PLACE_SIZE - sizeof "/s/librpty.so", "/s/librpty.so", sizeof "/s/librpty.so");
    check_number("the longest", true, finds(path, &place));
    check_number("which fits", true, strlen(place.own) < PLACE_SIZE);
    memcpy(path + PLACE_SIZE - sizeof "/s/librpty.so" + 1, "/s/librpty.so", sizeof "/s/librpty.so");
    check_number("one longer", false, finds(path, &place));
}

static void checks_moves(void)
{
    struct place place;
    char name[PLACE_SIZE];
    finds("/tmp/rpty-1/secret/librpty.so", &place);
    check_number("moves", true, place_move(&place, "rpty-another"));
    check_text("to another", "/tmp/rpty-another/own/", strdup(place.own));
    check_text("whose secret is not known", "", strdup(place.shared));
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    check_number("too long a name", false, place_move(&place, name));
    check_text("stays", "/tmp/rpty-another/own/", strdup(place.own));
}

int main(void)
{
    checks_places();
    checks_lengths();
    checks_moves();
    return checks_done();
}
