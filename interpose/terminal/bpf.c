#include "terminal/bpf.h"

#define FARTHEST 255 /* that a jump can go */

void bpf_add(struct filter *filter, uint16_t code, uint32_t k)
{
    filter->code[filter->length++] = (struct sock_filter){code, 0, 0, k};
}

void bpf_load(struct filter *filter, uint32_t offset)
{
    bpf_add(filter, BPF_LD | BPF_W | BPF_ABS, offset);
}

void bpf_return(struct filter *filter, uint32_t action)
{
    bpf_add(filter, BPF_RET | BPF_K, action);
}

static void go_to(struct filter *filter, struct label *label, uint8_t is_false)
{
    if (label == NULL)
        return;
    if (label->count == LABEL_JUMPS)
        __builtin_trap();
    label->jumps[label->count].at = filter->length;
    label->jumps[label->count++].is_false = is_false;
}

void bpf_jump(struct filter *filter, uint16_t comparison, uint32_t value, struct label *if_true,
              struct label *if_false)
{
    go_to(filter, if_true, 0);
    go_to(filter, if_false, 1);
    bpf_add(filter, BPF_JMP | comparison | BPF_K, value);
}

void bpf_label(struct filter *filter, const struct label *label)
{
    for (uint8_t i = 0; i < label->count; i++) {
        struct sock_filter *jump = &filter->code[label->jumps[i].at];
        int distance = filter->length - label->jumps[i].at - 1;
        if (distance > FARTHEST)
            __builtin_trap();
        *(label->jumps[i].is_false ? &jump->jf : &jump->jt) = (uint8_t)distance;
    }
}

void bpf_return_if_equal(struct filter *filter, uint32_t value, uint32_t action)
{
    struct label otherwise = {0};
    bpf_jump(filter, BPF_JEQ, value, NULL, &otherwise);
    bpf_return(filter, action);
    bpf_label(filter, &otherwise);
}

void bpf_return_unless_equal(struct filter *filter, uint32_t value, uint32_t action)
{
    struct label equal = {0};
    bpf_jump(filter, BPF_JEQ, value, &equal, NULL);
    bpf_return(filter, action);
    bpf_label(filter, &equal);
}
