/* batch.c: which gates the next pass over the state takes. A gate needs its target inside the chunks, and a phase at least
 * one of its qubits, so that it is done where that one is at hand; controls may be anywhere. Gates may go before others
 * that were passed over if they commute with them. */
#include "sim/dense/engine.h"

/* The inside positions: targets in the order in which they come, while there is room; then qubits of phases, since the
 * state must be touched for those too; then the lowest, which makes longer stretches of memory. */
static uint64_t choose_inside(const struct dense *d, uint32_t most)
{
    uint64_t inside = positions_below(d->cut.low_bits), all = positions_below(d->positions), phases = 0;
    struct passed passed = {0};
    for (size_t i = 0; i < d->waiting; i++) {
        const struct gate *g = &d->window[i];
        uint64_t target = gate_target(g);
        bool fits = target & inside || ones(inside) < most;
        if (passed_blocks(&passed, gate_action(g)) || (target && !fits)) {
            passed_add(&passed, gate_action(g));
            if (passed_targets(&passed) == d->targets)
                break;
        } else if (target)
            inside |= target;
        else if (!(g->controls & phases))
            phases |= g->controls & -g->controls;
    }
    for (phases &= ~inside; phases && ones(inside) < most; phases &= phases - 1)
        inside |= phases & -phases;
    for (uint64_t rest = all & ~inside; rest && ones(inside) < most; rest &= rest - 1)
        inside |= rest & -rest;
    return inside;
}

size_t dense_batch(struct dense *d)
{
    uint32_t bits = dense_chunk_bits(d);
    uint64_t all = positions_below(d->positions);
    uint64_t inside = bits == d->positions ? all : choose_inside(d, bits);
    d->plan.inside = inside;
    d->plan.chunk_bits = bits;
    struct passed passed = {0};
    size_t count = 0;
    for (size_t i = 0; i < d->waiting; i++) {
        const struct gate *g = &d->window[i];
        uint64_t needed = g->kind == GATE_PHASE ? g->controls : gate_target(g);
        if (needed & inside && !passed_blocks(&passed, gate_action(g))) {
            d->chosen[count++] = (uint32_t)i;
            continue;
        }
        passed_add(&passed, gate_action(g));
        if (passed_targets(&passed) == d->targets)
            break;
    }
    return count;
}
