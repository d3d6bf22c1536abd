#!/bin/bash
# build.sh NAME FOLDER: builds the programs that the tests in FOLDER need.
set -euo pipefail

name=$1 folder=$2

# Programs that bash's tests call. Nothing of what configure would find out matters to them.
build_bash() {
    local program
    mkdir -p "$folder/programs"
    touch "$folder/config.h"
    for program in recho zecho xcase printenv; do
        cc -O1 -w -DHAVE_STRING_H -DHAVE_STDLIB_H -DHAVE_UNISTD_H -I"$folder" -I"$folder/include" \
            -o "$folder/programs/$program" "$folder/support/$program.c"
    done
}

build_libuv() {
    cmake -S "$folder" -B "$folder/build" -DCMAKE_C_FLAGS=-w -DBUILD_TESTING=ON >/dev/null
    cmake --build "$folder/build" --target uv_run_tests --parallel 2 >/dev/null
}

# A program that fish's tests have as a job.
build_fish() {
    c++ -O1 -w -o "$folder/fish_test_helper" "$folder/src/fish_test_helper.cpp"
}

case $name in
bash | libuv | fish) "build_$name" ;;
esac
