/* diagonal.c: phases that come together become few operations. A phase acts in a pattern of registers and lanes, and
 * depends on the rest of the index: on the base of the tile through a table with an entry a tile, on the positions outside
 * through a factor that is worked out once a chunk. So all controlled phases between one qubit of the tile and any others,
 * as in a Fourier transform, are one operation. */
#include "sim/dense/engine.h"

#include <complex.h>
#include <string.h>

static const uint32_t DONE = UINT32_MAX; /* the owner of terms that have been dealt with */

static struct term term_of(const struct tile *tile, const struct local_gate *phase)
{
    uint32_t controls = (uint32_t)phase->action.controls;
    return (struct term){
        .registers = tile_registers(tile, controls, phase->values),
        .lanes = tile_lanes(tile, controls, phase->values),
        .base_mask = controls & ~tile->inner,
        .base_values = phase->values & ~tile->inner,
        .outside_mask = phase->outside_mask,
        .outside_values = phase->outside_values,
        .re = phase->matrix[0],
        .im = phase->matrix[1],
    };
}

static bool same_pattern(const struct term *a, const struct term *b)
{
    return a->registers == b->registers && a->lanes == b->lanes;
}

static struct op *new_diagonal(struct dense *d, int code, uint8_t registers, uint16_t lanes)
{
    struct plan *plan = &d->plan;
    QRY_GROW(d->sim.ctx, plan->diagonals, plan->diagonal_room, plan->diagonal_count + 1);
    struct op *op = dense_new_op(d, code, 2 * MOST_REGISTERS * VECTOR_BYTES);
    op->registers = registers;
    op->lanes = lanes;
    op->diagonal = (uint32_t)plan->diagonal_count++;
    struct diagonal *diagonal = &plan->diagonals[op->diagonal];
    memset(diagonal, 0, sizeof *diagonal);
    for (int a = 0; a < MOST_REGISTERS; a++)
        for (int lane = 0; lane < MOST_LANES; lane++)
            diagonal->factor[a][lane][0] = 1;
    return op;
}

/* ---- what does not depend on the base ---- */

static void multiply_pattern(struct diagonal *diagonal, const struct term *t)
{
    for (int a = 0; a < MOST_REGISTERS; a++)
        for (int lane = 0; lane < MOST_LANES; lane++)
            if (t->registers >> a & 1 && t->lanes >> lane & 1) {
                double *f = diagonal->factor[a][lane], re = f[0] * t->re - f[1] * t->im;
                f[1] = f[0] * t->im + f[1] * t->re;
                f[0] = re;
            }
}

/* All terms of a diagonal that depend on the chunk and have the pattern of terms[first]. */
static void add_group(struct dense *d, struct diagonal *diagonal, struct term *terms, size_t first, size_t count)
{
    struct plan *plan = &d->plan;
    const struct term pattern = terms[first];
    QRY_GROW(d->sim.ctx, plan->groups, plan->group_room, plan->group_count + 1);
    struct outside_group *group = &plan->groups[plan->group_count++];
    *group = (struct outside_group){pattern.registers, pattern.lanes, (uint32_t)plan->factor_count, 0};
    diagonal->group_count++;
    for (size_t i = first; i < count; i++) {
        struct term *t = &terms[i];
        if (t->owner != pattern.owner || !same_pattern(t, &pattern))
            continue;
        QRY_GROW(d->sim.ctx, plan->factors, plan->factor_room, plan->factor_count + 1);
        plan->factors[plan->factor_count++] = (struct outside_factor){t->outside_mask, t->outside_values, t->re, t->im};
        group->count++;
        t->owner = DONE;
    }
}

/* The terms without base that belong to diagonal `number`. */
static void collect(struct dense *d, uint32_t number, struct term *terms, size_t count)
{
    struct diagonal *diagonal = &d->plan.diagonals[number];
    diagonal->first_group = (uint32_t)d->plan.group_count;
    for (size_t i = 0; i < count; i++)
        if (terms[i].owner == number + 1) {
            if (terms[i].outside_mask)
                add_group(d, diagonal, terms, i, count);
            else
                multiply_pattern(diagonal, &terms[i]);
        }
}

/* ---- what depends on the base: tables ---- */

/* Doubles the table for one base bit after the other, with the phases of that bit alone; then multiplies the phases of
 * several. */
static void fill_table(struct dense *d, double complex *table, const struct tile *tile, const struct term *pattern,
                       const struct term *terms, size_t count)
{
    uint32_t base = (uint32_t)positions_below(d->plan.chunk_bits) & ~tile->inner;
    size_t size = 1;
    table[0] = 1;
    for (uint32_t rest = base; rest; rest &= rest - 1, size *= 2) {
        uint32_t bit = rest & -rest;
        double complex factor[2] = {1, 1};
        for (size_t i = 0; i < count; i++)
            if (terms[i].base_mask == bit && !terms[i].outside_mask && same_pattern(&terms[i], pattern))
                factor[terms[i].base_values == bit] *= terms[i].re + I * terms[i].im;
        for (size_t k = 0; k < size; k++) {
            table[size + k] = table[k] * factor[1];
            table[k] *= factor[0];
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct term *t = &terms[i];
        if (ones(t->base_mask) < 2 || t->outside_mask || !same_pattern(t, pattern))
            continue;
        size_t mask = (size_t)extract(t->base_mask, base), values = (size_t)extract(t->base_values, base);
        for (size_t k = 0; k < size; k++)
            if ((k & mask) == values)
                table[k] *= t->re + I * t->im;
    }
}

static void add_table(struct dense *d, const struct tile *tile, struct term *terms, size_t first, size_t count)
{
    struct plan *plan = &d->plan;
    const struct term pattern = terms[first];
    struct op *op = new_diagonal(d, OP_DIAGONAL_TABLE, pattern.registers, pattern.lanes);
    uint32_t number = op->diagonal;
    size_t size = (size_t)2 << (plan->chunk_bits - tile->lane_bits - tile->tile_bits);
    QRY_GROW(d->sim.ctx, plan->table, plan->table_room, plan->table_count + size);
    plan->diagonals[number].table = plan->table_count;
    fill_table(d, (double complex *)(plan->table + plan->table_count), tile, &pattern, terms, count);
    plan->table_count += size;
    for (size_t i = 0; i < count; i++) {
        struct term *t = &terms[i];
        if (t->base_mask && !t->outside_mask && same_pattern(t, &pattern))
            t->owner = DONE;
        else if (!t->base_mask && !t->owner && !(t->registers & ~pattern.registers))
            t->owner = number + 1;
    }
    collect(d, number, terms, count);
}

void dense_diagonal(struct dense *d, const struct tile *tile, const struct local_gate *phases, size_t count)
{
    struct term *terms = d->terms;
    uint8_t registers = 0;
    for (size_t i = 0; i < count; i++)
        terms[i] = term_of(tile, &phases[i]);
    for (size_t i = 0; i < count; i++)
        if (terms[i].base_mask && !terms[i].outside_mask && !terms[i].owner)
            add_table(d, tile, terms, i, count);
    for (size_t i = 0; i < count; i++) {
        const struct term *t = &terms[i];
        if (t->base_mask && t->outside_mask) {
            struct op *op = new_diagonal(d, OP_DIAGONAL, t->registers, t->lanes);
            op->base_mask = t->base_mask;
            op->base_value = t->base_values;
            op->outside_mask = t->outside_mask;
            op->outside_value = t->outside_values;
            multiply_pattern(&d->plan.diagonals[op->diagonal], t);
        } else if (!t->base_mask && !t->owner)
            registers |= t->registers;
    }
    if (!registers)
        return;
    uint32_t number = new_diagonal(d, OP_DIAGONAL, registers, 0xffff)->diagonal;
    for (size_t i = 0; i < count; i++)
        if (!terms[i].base_mask && !terms[i].owner)
            terms[i].owner = number + 1;
    collect(d, number, terms, count);
}
