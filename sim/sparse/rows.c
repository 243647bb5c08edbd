/* rows.c: what any gate may do to the list of rows. Slow beside plans, and rarely needed: a dense gate on a qubit
 * that is not an axis, a frame that stands in the way of a control, the reduction after a measurement.
 *
 * Rows are paired by a 128-bit fingerprint of all their bits but those of the target: the exclusive or of a random
 * number for every bit that is set. */
#include "sim/sparse/engine.h"

#include "sim/sparse/rotate.h"

#include <math.h>
#include <string.h>

/* Values (or frames) of a qubit over all rows. */
struct column {
    qry_qubit qubit;
    bool frame;
    uint64_t *bits;
};

/* Everything about the state that is not the same in all rows. */
struct table {
    struct sparse *sim;
    struct column *column;
    size_t count, words;
};

/* ---- reading the state out ---- */

static bool varies(const struct world *w, qry_qubit q, bool frame)
{
    uint32_t begin, count = world_blocks(w, q, &begin);
    struct cell first = *world_cell(w, begin, q);
    for (uint32_t b = begin; b < begin + count; b++) {
        struct cell c = *world_cell(w, b, q);
        if (is_data(frame ? c.f : c.v) || (frame ? c.f != first.f : c.v != first.v))
            return true;
    }
    return false;
}

static struct table read_table(struct sparse *sim)
{
    const struct world *w = sim->world;
    reflect_settle(sim);
    struct table t = {.sim = sim, .words = (size_t)w->parts * PLANE_WORDS};
    size_t room = 0;
    for (qry_qubit q = 0; q < w->width; q++)
        for (int frame = 0; frame < 2; frame++)
            if (varies(w, q, frame)) {
                QRY_GROW(sim->base.ctx, t.column, room, t.count + 1);
                t.column[t.count++] = (struct column){q, frame, NULL};
            }
    qry_memory_require(sim->base.ctx, 3.0 * 8 * (double)t.words * (double)t.count, "the state after a general gate");
    for (size_t i = 0; i < t.count; i++)
        t.column[i].bits = qry_alloc(sim->base.ctx, t.words, sizeof(uint64_t));
    qry_qubit *qubit = qry_alloc(sim->base.ctx, t.count, sizeof *qubit);
    bool *frame = qry_alloc(sim->base.ctx, t.count, sizeof *frame);
    plane *planes = qry_alloc_aligned(sim->base.ctx, t.count, sizeof *planes);
    for (size_t i = 0; i < t.count; i++) {
        qubit[i] = t.column[i].qubit;
        frame[i] = t.column[i].frame;
    }
    for (uint32_t b = 0; b < w->parts; b++) {
        execute_columns(sim, b, qubit, frame, t.count, planes);
        for (size_t i = 0; i < t.count; i++)
            memcpy(t.column[i].bits + (size_t)b * PLANE_WORDS, planes[i].word, sizeof(plane));
    }
    qry_free(sim->base.ctx, planes);
    qry_free(sim->base.ctx, frame);
    qry_free(sim->base.ctx, qubit);
    return t;
}

static void free_table(struct table *t)
{
    for (size_t i = 0; i < t->count; i++)
        qry_free(t->sim->base.ctx, t->column[i].bits);
    qry_free(t->sim->base.ctx, t->column);
}

static const struct column *find_column(const struct table *t, qry_qubit q, bool frame)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->column[i].qubit == q && t->column[i].frame == frame)
            return &t->column[i];
    return NULL;
}

static bool bit_at(const uint64_t *bits, size_t row) { return bits[row / 64] >> row % 64 & 1; }

/* A qubit's value (or frame) in a row, whether it varies or not. */
static bool value_at(const struct table *t, const struct column *column, qry_qubit q, bool frame, size_t row)
{
    if (column)
        return bit_at(column->bits, row);
    uint32_t first;
    world_blocks(t->sim->world, q, &first);
    struct cell c = *world_cell(t->sim->world, first, q);
    return frame ? c.f : c.v;
}

/* ---- writing it back ---- */

/* Rows of a new state: which old row each is like, and its amplitude. */
struct new_rows {
    size_t count;
    size_t *like;
    uint64_t *target; /* values of the target, or NULL: as they were */
    double *re, *im;
};

static uint64_t *gather(struct sparse *sim, const uint64_t *bits, const struct new_rows *rows, size_t words)
{
    uint64_t *gathered = qry_alloc(sim->base.ctx, words, sizeof *gathered);
    for (size_t i = 0; i < words * 64; i++) { /* what follows the last row repeats it */
        size_t row = i < rows->count ? i : rows->count - 1;
        bool bit = rows->like ? bit_at(bits, rows->like[row]) : bit_at(bits, row);
        gathered[i / 64] |= (uint64_t)bit << i % 64;
    }
    return gathered;
}

static int constant_of(const uint64_t *bits, size_t words)
{
    if (bits[0] != 0 && bits[0] != UINT64_MAX)
        return -1;
    for (size_t i = 1; i < words; i++)
        if (bits[i] != bits[0])
            return -1;
    return (int)(bits[0] & 1);
}

/* A world without structure whose rows these are; target: the qubit whose values rows->target has. */
static void write_table(struct table *t, const struct new_rows *rows, qry_qubit target)
{
    struct sparse *sim = t->sim;
    struct world *old = sim->world;
    size_t words = (rows->count + PLANE_ROWS - 1) / PLANE_ROWS * PLANE_WORDS;
    struct column *column = qry_alloc(sim->base.ctx, t->count + 1, sizeof *column);
    struct cell *constant = qry_alloc(sim->base.ctx, old->width, sizeof *constant);
    for (qry_qubit q = 0; q < old->width; q++) {
        uint32_t first;
        world_blocks(old, q, &first);
        constant[q] = *world_cell(old, first, q);
    }
    size_t count = 0;
    for (size_t i = 0; i <= t->count; i++) {
        bool of_target = i == t->count || (rows->target && t->column[i].qubit == target);
        if (of_target && (i < t->count || !rows->target))
            continue; /* the target comes last, with its own values, in the Z frame */
        struct column c = i < t->count ? t->column[i] : (struct column){target, false, rows->target};
        uint64_t *bits = i < t->count ? gather(sim, c.bits, rows, words)
                                      : gather(sim, c.bits, &(struct new_rows){.count = rows->count}, words);
        int value = constant_of(bits, words);
        if (value >= 0) {
            *(c.frame ? &constant[c.qubit].f : &constant[c.qubit].v) = (literal)value;
            qry_free(sim->base.ctx, bits);
        } else
            column[count++] = (struct column){c.qubit, c.frame, bits};
    }
    if (rows->target)
        constant[target].f = 0;
    struct world *w = world_new(sim, NULL, 0, 0, rows->count, (uint32_t)count);
    for (uint32_t b = 0; b < w->block_count; b++) {
        memcpy(w->block[b].cell, constant, w->width * sizeof *constant);
        for (size_t i = 0; i < count; i++) {
            struct cell *c = &w->block[b].cell[column[i].qubit];
            *(column[i].frame ? &c->f : &c->v) = world_input(w, &w->block[b], (uint32_t)i);
            memcpy(w->block[b].storage[STORE_FIRST + i].word, column[i].bits + (size_t)b * PLANE_WORDS, sizeof(plane));
        }
    }
    for (size_t i = 0; i < count; i++)
        qry_free(sim->base.ctx, column[i].bits);
    qry_free(sim->base.ctx, column);
    qry_free(sim->base.ctx, constant);
    world_reserve_amplitudes(sim, rows->count);
    memcpy(sim->re, rows->re, rows->count * sizeof *sim->re);
    memcpy(sim->im, rows->im, rows->count * sizeof *sim->im);
    sim->complex = true;
    world_name_state(w);
    w->state.b ^= ++sim->next_tag; /* like no other */
    w->first = w->state;
    world_free(sim, sim->loose);
    sim->loose = sim->world = w;
    if (w->rows > sim->peak_rows << sim->peak_axes) {
        sim->peak_rows = w->rows;
        sim->peak_axes = 0;
    }
}

/* ---- pairing rows ---- */

struct fingerprint {
    uint64_t a, b;
};

static struct fingerprint *find_fingerprints(const struct table *t, qry_qubit target)
{
    size_t rows = t->sim->world->rows;
    struct fingerprint *print = qry_alloc(t->sim->base.ctx, rows, sizeof *print);
    for (size_t i = 0; i < t->count; i++) {
        const struct column *c = &t->column[i];
        if (c->qubit == target)
            continue;
        uint64_t seed = 2 * (uint64_t)c->qubit + c->frame + 0x9e3779b97f4a7c15u;
        struct fingerprint word = {scramble(seed * 0xd1342543de82ef95u), scramble(seed * 0xaf251af3b0f025b5u + 1)};
        for (size_t row = 0; row < rows; row++)
            if (bit_at(c->bits, row)) {
                print[row].a ^= word.a;
                print[row].b ^= word.b;
            }
    }
    return print;
}

/* Group numbers by fingerprint, in order of first appearance; returns how many. */
static size_t find_groups(struct sparse *sim, const struct fingerprint *print, size_t rows, size_t *group,
                          size_t *first)
{
    size_t mask = 15, groups = 0;
    while (mask < 2 * rows)
        mask = 2 * mask + 1;
    size_t *slot = qry_alloc(sim->base.ctx, mask + 1, sizeof *slot); /* group + 1 */
    for (size_t row = 0; row < rows; row++) {
        size_t s = print[row].a & mask;
        while (slot[s] && (print[first[slot[s] - 1]].a != print[row].a || print[first[slot[s] - 1]].b != print[row].b))
            s = (s + 1) & mask;
        if (!slot[s]) {
            first[groups] = row;
            slot[s] = ++groups;
        }
        group[row] = slot[s] - 1;
    }
    qry_free(sim->base.ctx, slot);
    return groups;
}

static void add_product(double to[2], const double m[2], double re, double im)
{
    to[0] += m[0] * re - m[1] * im;
    to[1] += m[0] * im + m[1] * re;
}

/* Amplitudes of the two values of the target in every group. */
struct pair {
    double zero[2], one[2];
};

/* Which rows a matrix acts on. */
struct condition {
    bool frame_of_target; /* rows in which the target is in the X frame; else: */
    const qry_qubit *controls;
    size_t count;
};

static bool holds(const struct table *t, const struct condition *c, qry_qubit target, const struct column *frame,
                  size_t row)
{
    if (c->frame_of_target)
        return value_at(t, frame, target, true, row);
    for (size_t i = 0; i < c->count; i++) {
        qry_qubit q = c->controls[i] & ~QRY_NEGATIVE;
        if (value_at(t, find_column(t, q, false), q, false, row) == !!(c->controls[i] & QRY_NEGATIVE))
            return false;
    }
    return true;
}

static void spread(struct sparse *sim, const double matrix[8], qry_qubit target, const struct condition *condition)
{
    struct table t = read_table(sim);
    size_t rows = sim->world->rows;
    qry_memory_require(sim->base.ctx, (double)rows * 200, "the state after a general gate");
    struct fingerprint *print = find_fingerprints(&t, target);
    size_t *group = qry_alloc(sim->base.ctx, rows, sizeof *group),
           *first = qry_alloc(sim->base.ctx, rows, sizeof *first);
    size_t groups = find_groups(sim, print, rows, group, first);
    struct pair *pair = qry_alloc(sim->base.ctx, groups, sizeof *pair);
    const struct column *value = find_column(&t, target, false), *frame = find_column(&t, target, true);
    for (size_t row = 0; row < rows; row++) {
        bool v = value_at(&t, value, target, false, row);
        struct pair *p = &pair[group[row]];
        double re = sim->re[row], im = sim->complex ? sim->im[row] : 0;
        if (holds(&t, condition, target, frame, row)) {
            add_product(p->zero, matrix + 2 * v, re, im);
            add_product(p->one, matrix + 4 + 2 * v, re, im);
        } else
            add_product(v ? p->one : p->zero, (const double[2]){1, 0}, re, im);
    }
    struct new_rows new = {.like = qry_alloc(sim->base.ctx, 2 * groups, sizeof *new.like),
                           .target = qry_alloc(sim->base.ctx, groups / 32 + 1, sizeof *new.target),
                           .re = qry_alloc(sim->base.ctx, 2 * groups, sizeof *new.re),
                           .im = qry_alloc(sim->base.ctx, 2 * groups, sizeof *new.im)};
    for (int v = 0; v < 2; v++)
        for (size_t g = 0; g < groups; g++) {
            const double *a = v ? pair[g].one : pair[g].zero;
            if (hypot(a[0], a[1]) < SIM_CANCELLED)
                continue;
            new.target[new.count / 64] |= (uint64_t)v << new.count % 64;
            new.like[new.count] = first[g];
            new.re[new.count] = a[0];
            new.im[new.count++] = a[1];
        }
    qry_must(new.count);
    write_table(&t, &new, target);
    void *gone[] = {print, group, first, pair, new.like, new.target, new.re, new.im};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        qry_free(sim->base.ctx, gone[i]);
    free_table(&t);
}

/* ---- the operations ---- */

static bool is_constant(const struct world *w, qry_qubit q) { return !varies(w, q, false) && !varies(w, q, true); }

void rows_resolve(struct sparse *sim, qry_qubit q)
{
    static const double hadamard[8] = {M_SQRT1_2, 0, M_SQRT1_2, 0, M_SQRT1_2, 0, -M_SQRT1_2, 0};
    uint32_t first;
    world_blocks(sim->world, q, &first);
    if (!varies(sim->world, q, true) && !world_cell(sim->world, first, q)->f)
        return;
    bool settled = axes_settle(sim);
    if (settled && is_constant(sim->world, q))
        axes_add(sim, &q, 1);
    else if (!settled)
        spread(sim, hadamard, q, &(struct condition){.frame_of_target = true});
}

void rows_resolve_mixed(struct sparse *sim)
{
    for (qry_qubit q = 0; q < sim->world->width; q++)
        if (varies(sim->world, q, true))
            rows_resolve(sim, q);
}

void rows_apply(struct sparse *sim, const double matrix[8], qry_qubit target, const qry_qubit *controls, size_t count)
{
    if (!axes_settle(sim) && rotate_unsettled(sim, matrix, target, controls, count))
        return;
    rows_resolve(sim, target);
    for (size_t i = 0; i < count; i++)
        rows_resolve(sim, controls[i] & ~QRY_NEGATIVE);
    if (!axes_settle(sim)) {
        spread(sim, matrix, target, &(struct condition){.controls = controls, .count = count});
        return;
    }
    size_t mask = 0, bits = 0;
    for (size_t i = 0; i < count; i++) {
        qry_qubit q = controls[i] & ~QRY_NEGATIVE;
        bool one = q == controls[i];
        int axis = world_axis(sim->world, q);
        if (axis >= 0) {
            mask |= (size_t)1 << axis;
            bits |= (size_t)one << axis;
        } else if (sim->world->block[0].cell[q].v != (literal)one)
            return;
    }
    if (world_axis(sim->world, target) < 0)
        axes_add(sim, &target, 1);
    rotate_settled(sim, matrix, world_axis(sim->world, target), mask, bits);
}

void rows_renew(struct sparse *sim)
{
    struct table t = read_table(sim);
    size_t rows = sim->world->rows;
    struct new_rows new = {.count = rows};
    new.re = qry_alloc(sim->base.ctx, rows, sizeof *new.re);
    new.im = qry_alloc(sim->base.ctx, rows, sizeof *new.im);
    memcpy(new.re, sim->re, rows * sizeof *new.re);
    if (sim->complex)
        memcpy(new.im, sim->im, rows * sizeof *new.im);
    write_table(&t, &new, UINT32_MAX);
    qry_free(sim->base.ctx, new.re);
    qry_free(sim->base.ctx, new.im);
    free_table(&t);
}

void rows_keep(struct sparse *sim, const uint64_t *kept)
{
    struct table t = read_table(sim);
    size_t rows = sim->world->rows;
    struct new_rows new = {.like = qry_alloc(sim->base.ctx, rows, sizeof *new.like),
                           .re = qry_alloc(sim->base.ctx, rows, sizeof *new.re),
                           .im = qry_alloc(sim->base.ctx, rows, sizeof *new.im)};
    double norm = 0;
    for (size_t row = 0; row < rows; row++) {
        if (!bit_at(kept, row))
            continue;
        double re = sim->re[row], im = sim->complex ? sim->im[row] : 0;
        norm += re * re + im * im;
        new.like[new.count] = row;
        new.re[new.count] = re;
        new.im[new.count++] = im;
    }
    for (size_t i = 0; i < new.count; i++) {
        new.re[i] /= sqrt(norm);
        new.im[i] /= sqrt(norm);
    }
    write_table(&t, &new, UINT32_MAX);
    qry_free(sim->base.ctx, new.like);
    qry_free(sim->base.ctx, new.re);
    qry_free(sim->base.ctx, new.im);
    free_table(&t);
}
