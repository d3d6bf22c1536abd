#!/bin/sh
# Makes the archive $1 from the library's objects $3…, for programs that are linked with the musl in $2.
#
# In a static program our functions replace the C library's functions of the same names. Ours still call the replaced
# ones, so the archive contains copies of musl's members that define such a name, with rpty_real_ before it. The
# member's other names stay as they are. So musl's own member is not linked in, which would define our names twice.
set -eu

archive=$1
libc=$(realpath "$2")
shift 2
TOOLS=${TOOLS:-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${TOOLS}ld" -r -z noexecstack -o "$work/all.o" "$@"

# The names that programs and C library see of us; all others become local.
"${TOOLS}nm" --defined-only --extern-only "$work/all.o" | awk '{print $3}' | sort >"$work/defined"
"${TOOLS}readelf" -sW "$work/all.o" | awk '$6 == "HIDDEN" {print $8}' | sort >"$work/hidden"
comm -23 "$work/defined" "$work/hidden" >"$work/ours"

# What the shared library takes if it is there, must be there: a weak reference pulls nothing in.
"${TOOLS}nm" -A --defined-only "$libc" 2>/dev/null |
    awk -F '[: ]+' '$(NF-1) ~ /[TWDBRV]/ {print $2, $NF}' >"$work/members"
"${TOOLS}nm" "$work/all.o" | awk '$1 == "w" {print $2}' | sort >"$work/weak"
{
    echo '.section .rpty_needs, "a"'
    awk 'NR == FNR {there[$2]; next} {name = $1; sub(/^rpty_real_/, "", name)}
        name in there {print ".quad " $1}' "$work/members" "$work/weak"
    # By this the shared library knows such programs (interpose/terminal/unreached.c).
    echo '.section .note.rpty, "a", %note; .balign 4; .long 5, 0, 1; .asciz "rpty"; .balign 4'
    echo '.section .note.GNU-stack, ""'
} | "${TOOLS}as" -o "$work/needs.o"
"${TOOLS}ld" -r -z noexecstack -o "$work/rpty.o" "$work/all.o" "$work/needs.o"
"${TOOLS}objcopy" --localize-hidden "$work/rpty.o"

# The members with names of ours, or with names that we ask for.
"${TOOLS}nm" --undefined-only "$work/rpty.o" | awk '{print $2}' | sed -n 's/^rpty_real_//p' |
    sort -u - "$work/ours" >"$work/names"
sed 's/.*/& rpty_real_&/' "$work/names" >"$work/renamed"
(
    cd "$work" && mkdir members.d && cd members.d
    awk 'NR == FNR {ours[$1]; next} $2 in ours {print $1}' ../names ../members | sort -u |
        xargs "${TOOLS}ar" x "$libc"
    for member in *; do
        "${TOOLS}objcopy" --redefine-syms=../renamed "$member" "rpty-${member%.*}.o"
        rm "$member"
    done
)
rm -f "$archive"
"${TOOLS}ar" rcD "$archive" "$work/rpty.o" "$work/members.d"/*.o
