/* Writes programs for seccomp's filter (bpf(4)), whose jumps go to labels. Pure. */
#ifndef RPTY_BPF_H
#define RPTY_BPF_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define FILTER_SIZE 512

struct filter {
    struct sock_filter code[FILTER_SIZE];
    unsigned short length;
};

/* Where in a call's description a member lies; an argument, its lower half first. */
#define DATA(member) ((uint32_t)offsetof(struct seccomp_data, member))
#define ARGUMENT(number) (DATA(args) + 8u * (number))
#define HIGH_HALF 4u

/* A place that comes later. It starts as {0}. */
#define LABEL_JUMPS 4 /* as many may go to one */

struct label {
    struct {
        unsigned short at;
        uint8_t is_false;
    } jumps[LABEL_JUMPS];
    uint8_t count;
};

/* An instruction that does not jump. */
void bpf_add(struct filter *filter, uint16_t code, uint32_t k);

/* Loads a word of the call's description. */
void bpf_load(struct filter *filter, uint32_t offset);

/* Ends the program. */
void bpf_return(struct filter *filter, uint32_t action);

/* `comparison`: BPF_JEQ, BPF_JGT, BPF_JGE or BPF_JSET, of what is loaded with `value`. NULL: the next instruction */
void bpf_jump(struct filter *filter, uint16_t comparison, uint32_t value, struct label *if_true,
              struct label *if_false);

/* The jumps to the label go here. */
void bpf_label(struct filter *filter, const struct label *label);

/* Ends the program if what is loaded is the value; or is not. */
void bpf_return_if_equal(struct filter *filter, uint32_t value, uint32_t action);
void bpf_return_unless_equal(struct filter *filter, uint32_t value, uint32_t action);

#endif
