#!/bin/bash
# Runs the README's commands as newcomers do: on fresh, minimal machines of Debian 12 and 13 which have only what
# the README asks for. Needs root, debootstrap and the build of this checkout; writes build/results/fresh.json.
set -u
cd "$(dirname "$0")/../.." || exit 1
FRESH=$PWD/build/fresh
LOGS=$FRESH/logs
MIN_TESTS=250 # that must pass in each leg
BARE_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# What the README asks for, by Debian's names, and what it takes to fetch the sources.
PACKAGES="gcc libc6-dev make nodejs npm git ca-certificates"
if grep -qs '^export DENORT_BIN' build/denort/host.sh; then
    echo "Deno's runtime cannot be downloaded here: the machines get pip too, to take it from PyPI"
    PACKAGES+=" python3 python3-pip"
fi

# How this machine reaches the network holds for the others, too.
NETWORK_NAMES='SSL_CERT_FILE|NODE_EXTRA_CA_CERTS|PIP_.*|npm_config_.*|(https?|no)_proxy|(HTTPS?|NO)_PROXY'
NETWORK=$(compgen -e | grep -xE "$NETWORK_NAMES" | while read -r name; do echo "$name=${!name}"; done)
NETWORK_FILES="/etc/resolv.conf /etc/pip.conf /etc/npmrc /etc/ssl/certs/ca-certificates.crt
    ${SSL_CERT_FILE:-} ${NODE_EXTRA_CA_CERTS:-} ${PIP_CERT:-}"

copy_settings() {
    local file
    for file in $NETWORK_FILES; do
        if [ -f "$file" ]; then install -D -m 644 "$file" "$1$file"; fi
    done
}

mirror() {
    grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list* 2>/dev/null | grep -m 1 . ||
        echo http://deb.debian.org/debian
}

# in_machine RELEASE USER PATH COMMAND [ARG...]
in_machine() {
    local machine=$FRESH/$1 user=$2 path=$3 home=/root settings
    shift 3
    [ "$user" = root ] || home=/home/$user
    mapfile -t settings < <(printf '%s' "$NETWORK")
    env -i PATH="$BARE_PATH" unshare --mount --pid --fork --kill-child \
        tests/fresh/in_machine.sh "$machine" "$user" \
        env PATH="$path" HOME="$home" USER="$user" TERM=xterm NO_COLOR=1 "${settings[@]}" "$@"
}

# Made once; what was downloaded is kept even if that fails.
make_machine() {
    local release=$1 machine=$FRESH/$1
    rm -rf --one-file-system "$machine"
    mkdir -p "$FRESH/downloads/$release"
    debootstrap --variant=minbase --cache-dir="$FRESH/downloads/$release" \
        "$release" "$machine" "$(mirror)" || return 1
    copy_settings "$machine"
    echo force-unsafe-io >"$machine/etc/dpkg/dpkg.cfg.d/fast" # the disk need not be waited for
    # shellcheck disable=SC2086 # words are packages
    in_machine "$release" root "$BARE_PATH" env DEBIAN_FRONTEND=noninteractive sh -ec '
        apt-get update -q
        apt-get install -qy --no-install-recommends "$@"
        useradd --create-home --shell /bin/bash ada' sh $PACKAGES || return 1
    copy_settings "$machine" # once more: the packages have made files of their own
    in_machine "$release" root "$BARE_PATH" npm install --prefix /opt/newest deno || return 1
    touch "$machine/ready"
}

# The files of HEAD with the working tree's changes, in an empty home.
give_sources() {
    local release=$1 user=$2 home=$FRESH/$1/root
    [ "$user" = root ] || home=$FRESH/$release/home/$user
    rm -rf --one-file-system "$home"
    mkdir -p -m 700 "$home"
    mkdir "$home/rpty"
    git -c safe.directory='*' ls-files -z --cached --others --exclude-standard |
        tar -c --null --files-from=- --ignore-failed-read 2>/dev/null | tar -x -C "$home/rpty" --no-same-owner
    if [ -f ~/.npmrc ]; then cp ~/.npmrc "$home"; fi
    in_machine "$release" root "$BARE_PATH" chown -R "$user:" "${home#"$FRESH/$release"}"
}

# The README's commands, one a line.
readme_commands() {
    sed -n '/^## Try it/,/^## Use it/s/^ *\(make [a-z-]*\) *#.*/\1/p' README.md
}

# Whether what a command has said is right: `make run` was typed a sum.
is_right() {
    case $1 in
    "make run") grep -q 'sum 42' "$2" ;;
    "make test") [ "$(sed -n 's/ passed, 0 failed.*//p' "$2" | tail -n 1)" -ge $MIN_TESTS ] ;;
    esac
}

summary=()
outcomes=()
# record NAME STATUS SECONDS LOG
record() {
    local outcome=failed
    if [ "$2" = 0 ]; then outcome=passed; else tail -n 60 "$4" | sed "s/^/    /"; fi
    outcomes+=("\"fresh machine: $1\": \"$outcome\"")
    summary+=("$1: $outcome, $3 s$(grep -E ' passed, [0-9]+ failed|^Not run here' "$4" | tail -n 2 | sed 's/^/; /' | tr -d '\r\n')")
}

# check NAME COMMAND RELEASE USER PATH: a command in the checkout, on a terminal of its own.
check() {
    local name=$1 command=$2 log=$LOGS/${1//[^a-z0-9]/-}.log start=$SECONDS status
    shift 2
    # shellcheck disable=SC2016 # the shell at the other end adds
    printf 'echo "sum" $((6 * 7))\nexit\n' |
        in_machine "$@" sh -c "cd ~/rpty && script -qec '$command' /dev/null" >"$log" 2>&1
    status=$?
    if [ $status = 0 ]; then is_right "$command" "$log"; status=$?; fi
    record "$name" $status $((SECONDS - start)) "$log"
}

# leg RELEASE USER PATH WORDS: all of the README's commands.
leg() {
    local command log=$LOGS/$1.log start=$SECONDS
    if [ ! -e "$FRESH/$1/ready" ] && ! make_machine "$1" >"$log" 2>&1; then
        record "$1: debootstrap" 1 $((SECONDS - start)) "$log"
        return
    fi
    echo "fresh machine: $1, $4"
    give_sources "$1" "$2"
    while read -r command; do
        check "$1, $4: $command" "$command" "$1" "$2" "$3" </dev/null
    done < <(readme_commands)
}

# Where JSR answers, the leg before has built with the packages of JSR.
jsr_leg() {
    if grep -qs jsr: "$FRESH/$1/root/rpty/build/import_map.json"; then
        check "$1, the types of JSR's packages" "make check-types" "$1" root "$2"
    else
        summary+=("the types of JSR's packages: not run, JSR does not answer")
    fi
}

rm -rf "$LOGS"
mkdir -p "$LOGS" build/results
[ -n "$(readme_commands)" ] || { echo "Cannot find the commands in README.md: no \"make ...\" below \"Try it\"" >&2; exit 1; }
leg bookworm ada "$BARE_PATH" "as a user"
leg trixie root "$BARE_PATH" "as root"
leg trixie root "/opt/newest/node_modules/.bin:$BARE_PATH" "as root, with the newest Deno"
jsr_leg trixie "/opt/newest/node_modules/.bin:$BARE_PATH"
rm -rf --one-file-system "$FRESH"/*/root "$FRESH"/*/home/ada
(IFS=,; echo "{${outcomes[*]}}") >build/results/fresh.json
printf '%s\n' "${summary[@]}"
! grep -q '"failed"' build/results/fresh.json
