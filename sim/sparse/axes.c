/* axes.c: keeps a world in the form in which Hadamards are cheap: row r is the basis state whose axis qubits spell r.
 * */
#include "sim/sparse/engine.h"

#include <math.h>
#include <string.h>

/* ---- settling ---- */

/* The cells of an axis say what the row number says. */
static bool is_straight(const struct world *w, uint32_t axis)
{
    uint32_t in_block = w->inputs, first, count = world_blocks(w, w->axis[axis], &first);
    if (!first != (axis < w->row_axes))
        return false;
    for (uint32_t b = first; b < first + count; b++) {
        struct cell c = *world_cell(w, b, w->axis[axis]);
        literal wanted = axis < in_block ? world_input(w, &w->block[b], axis) : (b - first) >> (axis - in_block) & 1;
        bool renamed = w->block[b].tag && axis < in_block && w->block[b].tag[literal_id(wanted)];
        if (c.f || c.v != wanted || renamed)
            return false;
    }
    return true;
}

static bool is_settled(const struct world *w)
{
    for (uint32_t i = 0; i < w->axis_count; i++)
        if (!is_straight(w, i))
            return false;
    for (qry_qubit q = 0; q < w->width; q++)
        if (!world_is_constant(w, q) && world_axis(w, q) < 0)
            return false;
    return true;
}

/* The qubits that hold data, all of them in the Z frame; false when one is not, or there are more than `most`. */
static bool data_qubits(const struct world *w, qry_qubit *qubits, uint32_t *count, uint32_t most)
{
    *count = 0;
    for (qry_qubit q = 0; q < w->width; q++) {
        if (world_is_constant(w, q))
            continue;
        if (*count == most || !world_is_in_z_frame(w, q))
            return false;
        qubits[(*count)++] = q;
    }
    return true;
}

/* Bit r of byte q becomes bit q of byte r. */
static uint64_t transpose(uint64_t x)
{
    uint64_t t = (x ^ x >> 7) & 0x00aa00aa00aa00aau;
    x ^= t ^ t << 7;
    t = (x ^ x >> 14) & 0x0000cccc0000ccccu;
    x ^= t ^ t << 14;
    t = (x ^ x >> 28) & 0x00000000f0f0f0f0u;
    return x ^ t ^ t << 28;
}

/* Bits first .. of the numbers of a block's rows, from at most eight planes. */
static void add_bits(const plane *planes, uint32_t count, uint32_t first, size_t *number, size_t rows)
{
    for (size_t row = 0; row < rows; row += 8) {
        uint64_t square = 0;
        for (uint32_t q = 0; q < count; q++)
            square |= (planes[q].word[row / 64] >> row % 64 & 0xff) << 8 * q;
        square = transpose(square);
        for (size_t r = 0; r < 8 && row + r < rows; r++)
            number[row + r] |= (size_t)(square >> 8 * r & 0xff) << first;
    }
}

/* Row number that each row has when `qubits` are the axes. */
static size_t *new_numbers(struct sparse *sim, const qry_qubit *qubits, uint32_t count)
{
    struct world *w = sim->world;
    size_t *number = qry_alloc(sim->base.ctx, w->rows, sizeof *number);
    plane *planes = qry_alloc_aligned(sim->base.ctx, count, sizeof *planes);
    for (uint32_t b = 0; b < w->parts; b++) {
        execute_columns(sim, b, qubits, NULL, count, planes);
        size_t begin = (size_t)b * PLANE_ROWS, rows = w->rows - begin < PLANE_ROWS ? w->rows - begin : PLANE_ROWS;
        for (uint32_t i = 0; i < count; i += 8)
            add_bits(planes + i, count - i < 8 ? count - i : 8, i, number + begin, rows);
    }
    qry_free(sim->base.ctx, planes);
    return number;
}

static void reorder(struct sparse *sim, double *part, const size_t *number, size_t rows)
{
    double *ordered = qry_alloc(sim->base.ctx, rows, sizeof *ordered);
    for (size_t r = 0; r < rows; r++)
        ordered[number[r]] = part[r];
    memcpy(part, ordered, rows * sizeof *part);
    qry_free(sim->base.ctx, ordered);
}

static struct world *world_with_axes(struct sparse *sim, const qry_qubit *axis, uint32_t count, uint32_t row_axes)
{
    for (struct world *w = sim->worlds; w; w = w->next)
        if (w->axis_count == count && !memcmp(w->axis, axis, count * sizeof *axis))
            return w;
    qry_must(count < 8 * sizeof(size_t));
    struct world *w = world_new(sim, axis, count, row_axes, (size_t)1 << count, 0);
    w->next = sim->worlds;
    sim->worlds = w;
    return w;
}

/* Goes on in a world with these axes; all other qubits keep the constants that they have. */
static void go_to(struct sparse *sim, const qry_qubit *axis, uint32_t count, uint32_t row_axes)
{
    struct world *from = sim->world, *to = world_with_axes(sim, axis, count, row_axes);
    struct cell *constant = qry_alloc(sim->base.ctx, from->width, sizeof *constant);
    memcpy(constant, from->block[0].cell, from->width * sizeof *constant);
    world_reset(to);
    for (qry_qubit q = 0; q < to->width; q++)
        if ((constant[q].v || constant[q].f) && world_axis(to, q) < 0)
            world_set_constant(to, q, constant[q]);
    qry_free(sim->base.ctx, constant);
    sim->world = to;
    if (from == sim->loose) {
        world_free(sim, from);
        sim->loose = NULL;
    }
}

/* If as many qubits hold data as there are bits in a row number, the rows are all their values: put them in order. */
static bool relabel(struct sparse *sim)
{
    struct world *w = sim->world;
    uint32_t axes = 0, count;
    while ((size_t)1 << axes < w->rows)
        axes++;
    if ((size_t)1 << axes != w->rows)
        return false;
    qry_qubit *qubits = qry_alloc(sim->base.ctx, axes + 1, sizeof *qubits);
    bool fits = data_qubits(w, qubits, &count, axes) && count == axes;
    if (fits) {
        reflect_settle(sim);
        size_t *number = new_numbers(sim, qubits, axes);
        reorder(sim, sim->re, number, w->rows);
        if (sim->complex)
            reorder(sim, sim->im, number, w->rows);
        qry_free(sim->base.ctx, number);
        go_to(sim, qubits, axes, axes);
    }
    qry_free(sim->base.ctx, qubits);
    return fits;
}

/* ---- more axes ---- */

/* Amplitudes of |0> and |1> in a constant cell. */
static void cell_amplitudes(struct cell c, double factor[2])
{
    factor[0] = c.f ? M_SQRT1_2 : c.v ? 0 : 1;
    factor[1] = c.f ? (c.v ? -M_SQRT1_2 : M_SQRT1_2) : c.v ? 1 : 0;
}

static void multiply_out(double *part, size_t rows, const double factor[2])
{
    for (size_t r = 0; r < rows; r++)
        part[rows + r] = factor[1] * part[r];
    for (size_t r = 0; r < rows; r++)
        part[r] *= factor[0];
}

/* Of the axes of a world and new ones, those that rows have. What was an axis before others is what a computation began
 * with, as an address; what came later, as a register that its result is compared with, had better be no part of
 * rows. */
static uint32_t row_axes_of(const struct world *w, uint32_t all)
{
    if (!w->axis_count || all <= AXES_IN_BLOCK)
        return all;
    return w->row_axes > AXES_IN_BLOCK ? w->row_axes : AXES_IN_BLOCK;
}

static void note_peak(struct sparse *sim)
{
    const struct world *w = sim->world;
    if (w->rows <= sim->peak_rows << sim->peak_axes)
        return;
    sim->peak_axes = w->axis_count - w->row_axes;
    sim->peak_rows = w->rows >> sim->peak_axes;
}

/* Goes on with more axes; factor: amplitudes of |0> and |1> of each. */
static void extend(struct sparse *sim, const qry_qubit *qubits, size_t count, const double (*factor)[2])
{
    struct world *w = sim->world;
    uint32_t old = w->axis_count;
    reflect_settle(sim);
    if (old + count >= 40) {
        qry_error(sim->base.ctx, "%zu qubits are in superposition, that is 2^%zu basis states: too many to hold",
                  old + count, old + count);
        qry_give_up(sim->base.ctx);
    }
    qry_qubit *axis = qry_alloc(sim->base.ctx, old + count, sizeof *axis);
    if (old)
        memcpy(axis, w->axis, old * sizeof *axis);
    memcpy(axis + old, qubits, count * sizeof *axis);
    world_reserve_amplitudes(sim, w->rows << count);
    for (size_t i = 0; i < count; i++) {
        multiply_out(sim->re, w->rows << i, factor[i]);
        if (sim->complex)
            multiply_out(sim->im, w->rows << i, factor[i]);
        else
            memset(sim->im, 0, (w->rows << (i + 1)) * sizeof *sim->im);
    }
    go_to(sim, axis, old + (uint32_t)count, row_axes_of(w, old + (uint32_t)count));
    qry_free(sim->base.ctx, axis);
    note_peak(sim);
}

void axes_add(struct sparse *sim, const qry_qubit *qubits, size_t count)
{
    double(*factor)[2] = qry_alloc(sim->base.ctx, count, sizeof *factor);
    for (size_t i = 0; i < count; i++)
        cell_amplitudes(sim->world->block[0].cell[qubits[i]], factor[i]);
    extend(sim, qubits, count, (const double(*)[2])factor);
    qry_free(sim->base.ctx, factor);
}

/* ---- |+> and |-> by row ---- */

/* The only qubit that is no constant and no axis, if that is |+> in some rows and |-> in others; else UINT32_MAX. */
static qry_qubit signed_qubit(const struct world *w)
{
    qry_qubit found = UINT32_MAX;
    for (uint32_t i = 0; i < w->axis_count; i++)
        if (!is_straight(w, i))
            return UINT32_MAX;
    for (qry_qubit q = 0; q < w->width; q++) {
        if (world_is_constant(w, q) || world_axis(w, q) >= 0)
            continue;
        if (found != UINT32_MAX)
            return UINT32_MAX;
        found = q;
    }
    uint32_t first, count = found == UINT32_MAX ? 0 : world_blocks(w, found, &first);
    for (uint32_t b = 0; b < count; b++)
        if (world_cell(w, first + b, found)->f != 1)
            return UINT32_MAX;
    return found;
}

/* A phase under a qubit in |+> leaves it so: it becomes an axis. */
static bool add_signed(struct sparse *sim)
{
    static const double even[2] = {M_SQRT1_2, M_SQRT1_2};
    size_t rows = sim->world->rows;
    qry_qubit q = sim->world->axis ? signed_qubit(sim->world) : UINT32_MAX;
    if (q == UINT32_MAX)
        return false;
    size_t *sign = new_numbers(sim, &q, 1);
    extend(sim, &q, 1, &even);
    for (size_t r = 0; r < rows; r++)
        if (sign[r]) {
            sim->re[rows + r] = -sim->re[rows + r];
            sim->im[rows + r] = -sim->im[rows + r];
        }
    qry_free(sim->base.ctx, sign);
    return true;
}

bool axes_settle(struct sparse *sim)
{
    struct world *w = sim->world;
    if (same_identity(w->known, w->state))
        return w->known_settled;
    const identity state = w->state;
    struct transition *note = transition_note(sim, NOTE_SETTLED, 0);
    if (note->proved)
        return note->outcome == OUTCOME_RUNS;
    bool settled = w->axis && is_settled(w);
    if (!settled) {
        struct transition *fold = transition_fold(sim);
        transition_run(sim, fold, false, NULL);
        settled = w->axis && is_settled(w);
    }
    if (!settled)
        settled = add_signed(sim) || relabel(sim);
    if (sim->world == w && same_identity(w->state, state)) {
        note->proved = true;
        note->outcome = settled ? OUTCOME_RUNS : OUTCOME_DESCEND;
    }
    w = sim->world; /* these may have gone to another */
    w->known = w->state;
    w->known_settled = settled;
    return settled;
}
