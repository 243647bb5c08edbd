/* canonical.c: amplitude estimation by phase estimation (Brassard, Hoyer, Mosca, Tapp 2002, algorithm Est_Amp).
 *
 * The oracle is O = I - 2P with P on the marked states, the diffusion D = I - 2|s><s|. On the plane of |s> and P|s> the
 * iterate G = -D O turns by 2 theta, so its eigenvalues are e^(+-2 i theta) with sin^2 theta = <s|P|s>. The controlled
 * powers leave out the sign; (-1)^(2^i) is -1 for the first alone, so one Z on its counting qubit puts it back. */
#include "compiler/lower.h"

#include <math.h>

/* A power of D O under the control of one counting qubit. */
static void write_power(const qry_lowered *l, qry_definition *d, uint64_t power, qry_qubit control)
{
    const qry_definition *oracle = l->controlled_oracle, *diffusion = l->controlled_diffusion;
    qry_qubit *operands = qry_arena_alloc(l->arena, oracle->width, sizeof *operands);
    qry_qubit *reflected = qry_arena_alloc(l->arena, diffusion->width, sizeof *reflected);
    for (uint32_t i = 0; i < oracle->width; i++)
        operands[i] = i;
    for (uint32_t i = 0; i < diffusion->width; i++)
        reflected[i] = i < l->state ? i : l->work + i - l->state;
    operands[oracle->width - 1] = reflected[diffusion->width - 1] = control;
    qry_begin_repeat(d, power);
    qry_add_call(d, oracle, false, operands, NULL);
    qry_add_call(d, diffusion, false, reflected, NULL);
    qry_end(d);
}

/* Counting qubit q holds |0> + e^(2 pi i 2^q y / 2^bits) |1>: the last has the lowest bit of y, and so on without swaps.
 * Angles are written from 0 to 2 pi: readers differ about negative ones under a control. */
static void write_inverse_transform(qry_definition *d, qry_qubit first, uint32_t bits)
{
    qry_begin_section(d, "inverse QFT");
    for (uint32_t b = 0; b < bits; b++) {
        qry_qubit q = first + bits - 1 - b;
        for (uint32_t known = 0; known < b; known++) {
            double turn = 1 - ldexp(1, -(int)(b - known + 1));
            qry_add_angle(d, QRY_GATE_cp, (qry_angle){2 * qry_pi * turn, -1}, first + bits - 1 - known, q);
        }
        qry_add(d, QRY_GATE_h, q, 0, 0);
    }
    qry_end(d);
}

void qry_search_write_canonical(qry_search *search, uint32_t bits)
{
    qry_lowered *l = qry_lowered_of(search);
    qry_definition *d = l->draft[0];
    qry_must(bits > 0 && bits <= QRY_MAX_WIDTH);
    qry_need_bits(l, bits);
    qry_write_controlled(l);
    qry_write_registers(l, d, true);
    qry_qubit count = qry_definition_group(d, "count", bits, QRY_ROLE_DATA);
    qry_begin_section(d, "phase estimation");
    qry_write_prepare(l, d);
    for (uint32_t i = 0; i < bits; i++)
        qry_add(d, QRY_GATE_h, count + i, 0, 0);
    for (uint32_t i = 0; i < bits; i++)
        write_power(l, d, UINT64_C(1) << i, count + i);
    qry_add(d, QRY_GATE_z, count, 0, 0);
    write_inverse_transform(d, count, bits);
    qry_end(d);
    qry_begin_section(d, "measure");
    for (uint32_t i = 0; i < bits; i++)
        qry_add_measure(d, count + bits - 1 - i, i);
    qry_end(d);
    qry_settle_program(l);
}
