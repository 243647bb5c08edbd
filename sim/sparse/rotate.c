/* rotate.c: one-qubit gates that are no permutation, on qubits that are axes: butterflies of amplitudes, masked by
 * the planes of the controls.
 *
 * The gate's target is the qubit of an axis. Its value may be that of the axis, or that of the axis and something
 * else, as after a CX: in both rows of a pair that differ in the axis alone, it only matters that the two values are
 * unlike and that every other qubit is the same. Whether that is so follows from the state of the cells, and is found
 * out once in every state. */
#include "sim/sparse/rotate.h"

#include <string.h>

/* ---- the amplitudes ---- */

static const uint64_t bit_of_place[6] = {0xaaaaaaaaaaaaaaaau, 0xccccccccccccccccu, 0xf0f0f0f0f0f0f0f0u,
                                         0xff00ff00ff00ff00u, 0xffff0000ffff0000u, 0xffffffff00000000u};

/* A matrix on one axis, for the rows of a world. */
struct rotation {
    struct sparse *sim;
    const double *matrix;
    int axis;
    const uint64_t *value; /* of the target, by row; NULL: that of the axis */
    const uint64_t *on;    /* rows in which it acts; NULL: where the bits under the mask are these: */
    size_t mask, bits;
    bool real;
};

/* Rows 64 word .. of those in which it acts, as bits. */
static uint64_t on_word(const struct rotation *r, size_t word)
{
    if (r->on)
        return r->on[word];
    size_t first = 64 * word, above = r->mask & ~(size_t)63;
    uint64_t on = (first & above) == (r->bits & above) ? UINT64_MAX : 0;
    for (int axis = 0; axis < 6; axis++)
        if (r->mask >> axis & 1)
            on &= r->bits >> axis & 1 ? bit_of_place[axis] : ~bit_of_place[axis];
    return on;
}

static void add_product(double to[2], const double m[2], double re, double im)
{
    to[0] += m[0] * re - m[1] * im;
    to[1] += m[0] * im + m[1] * re;
}

/* Rows that differ in one of the six lowest axes, one pair after the other. */
static void rotate_within_words(const struct rotation *r)
{
    struct sparse *sim = r->sim;
    size_t half = (size_t)1 << r->axis;
    for (size_t row = 0; row < sim->world->rows; row++) {
        if (row & half || !(on_word(r, row / 64) >> row % 64 & 1))
            continue;
        bool swapped = r->value && r->value[row / 64] >> row % 64 & 1;
        size_t at[2] = {swapped ? row + half : row, swapped ? row : row + half};
        double to[2][2] = {{0, 0}, {0, 0}};
        for (int i = 0; i < 2; i++)
            for (int k = 0; k < 2; k++)
                add_product(to[i], r->matrix + 4 * i + 2 * k, sim->re[at[k]], r->real ? 0 : sim->im[at[k]]);
        for (int i = 0; i < 2; i++) {
            sim->re[at[i]] = to[i][0];
            if (!r->real)
                sim->im[at[i]] = to[i][1];
        }
    }
}

static void rotate(struct rotation *r)
{
    struct sparse *sim = r->sim;
    bool real_matrix = true;
    reflect_settle(sim);
    for (int i = 1; i < 8; i += 2)
        real_matrix = real_matrix && r->matrix[i] == 0;
    sim->complex = sim->complex || !real_matrix;
    r->real = !sim->complex;
    if (r->axis < 6) {
        rotate_within_words(r);
        return;
    }
    size_t half = (size_t)1 << r->axis;
    for (size_t low = 0; low < sim->world->rows; low += 64) {
        uint64_t on = low & half ? 0 : on_word(r, low / 64);
        if (on)
            sim->kernels->rotate(sim->re + low, r->real ? NULL : sim->im + low, half, r->matrix, on,
                                 r->value ? r->value[low / 64] : 0);
    }
}

/* ---- what is known of the state ---- */

/* Exclusive or of the planes with themselves, moved down by 2^axis rows: 0 where the rows of a pair agree. */
static bool pairs_agree(const plane *p, int axis)
{
    uint64_t unlike = 0;
    if (axis < 6)
        for (int i = 0; i < PLANE_WORDS; i++)
            unlike |= (p->word[i] ^ p->word[i] >> ((size_t)1 << axis)) & ~bit_of_place[axis];
    else
        for (int i = 0; i < PLANE_WORDS; i++)
            if (!(i >> (axis - 6) & 1))
                unlike |= p->word[i] ^ p->word[i | 1 << (axis - 6)];
    return !unlike;
}

/* Whether planes of two blocks, or of one if that is the same, agree in all pairs of rows. */
static bool blocks_agree(struct sparse *sim, uint32_t low, uint32_t high, int axis, literal *const wanted[2],
                         size_t count)
{
    plane *low_planes = qry_alloc_aligned(sim->base.ctx, 2 * count, sizeof *low_planes), *planes = low_planes + count;
    bool agree = true;
    execute_planes(sim, low, wanted[0], count, low_planes);
    if (low != high)
        execute_planes(sim, high, wanted[1], count, planes);
    for (size_t i = 0; agree && i < count; i++)
        agree = low != high ? !memcmp(&low_planes[i], &planes[i], sizeof(plane)) : pairs_agree(&low_planes[i], axis);
    qry_free(sim->base.ctx, low_planes);
    return agree;
}

/* The literals of all qubits that are in these two blocks but the target's, if they are not constants; false when two
 * constants differ. */
static bool list_pair(const struct world *w, uint32_t low, uint32_t high, qry_qubit target, literal *const wanted[2],
                      size_t *count)
{
    bool upper = low >= w->lower;
    *count = 0;
    for (uint32_t i = 0; i < (upper ? w->slot_count : w->width); i++) {
        qry_qubit q = upper ? w->slot_qubit[i] : i;
        if (q == target || world_is_upper(w, q) != upper)
            continue;
        struct cell x = w->block[low].cell[i], y = w->block[high].cell[i];
        const literal of_x[2] = {x.v, x.f}, of_y[2] = {y.v, y.f};
        for (int k = 0; k < 2; k++) {
            if (!is_data(of_x[k]) && !is_data(of_y[k]) && of_x[k] != of_y[k])
                return false;
            if (is_data(of_x[k]) || is_data(of_y[k])) {
                wanted[0][*count] = of_x[k];
                wanted[1][(*count)++] = of_y[k];
            }
        }
    }
    return true;
}

/* Whether the qubits but the target are the same in both rows of every pair. */
static bool stands_alone(struct sparse *sim, qry_qubit target, int axis)
{
    struct world *w = sim->world;
    uint32_t step = axis >= AXES_IN_BLOCK ? (uint32_t)1 << (axis - AXES_IN_BLOCK) : 0;
    literal *wanted[2];
    bool alone = true;
    for (int i = 0; i < 2; i++)
        wanted[i] = qry_alloc(sim->base.ctx, 2 * (size_t)w->width, sizeof *wanted[i]);
    for (uint32_t b = 0; alone && b < w->block_count; b++) {
        uint32_t first = b < w->lower ? 0 : w->lower, partner = first + ((b - first) | step);
        size_t count;
        if ((b - first) & step || (b < w->lower && axis >= (int)w->row_axes))
            continue;
        alone = list_pair(w, b, partner, target, wanted, &count) && blocks_agree(sim, b, partner, axis, wanted, count);
    }
    for (int i = 0; i < 2; i++)
        qry_free(sim->base.ctx, wanted[i]);
    return alone;
}

/* Values of a qubit in all rows; to be freed. */
static uint64_t *read_column(struct sparse *sim, qry_qubit q)
{
    const struct world *w = sim->world;
    size_t words = (size_t)w->parts * PLANE_WORDS;
    qry_memory_require(sim->base.ctx, 8.0 * (double)words, "the values of a qubit in all rows");
    uint64_t *column = qry_alloc(sim->base.ctx, words, sizeof *column);
    for (uint32_t part = 0; part < w->parts; part++) {
        uint32_t b = world_block(w, part, q);
        plane values;
        execute_kept(sim, b, world_cell(w, b, q)->v, &values);
        memcpy(column + (size_t)part * PLANE_WORDS, values.word, sizeof values);
    }
    return column;
}

static bool has_unlike_values(struct sparse *sim, const uint64_t *value, int axis)
{
    size_t words = (size_t)sim->world->parts * PLANE_WORDS;
    for (size_t i = 0; i < words; i++) {
        uint64_t unlike = axis < 6 ? (value[i] ^ value[i] >> ((size_t)1 << axis)) | bit_of_place[axis]
                                   : value[i] ^ value[i ^ (size_t)1 << (axis - 6)];
        if (sim->world->rows >= 64 ? ~unlike != 0 : ~unlike & (((uint64_t)1 << sim->world->rows) - 1))
            return false;
    }
    return true;
}

/* Whether pairs of rows that differ in the axis of a qubit differ in its value, and in nothing else.
 * value: its column. */
static bool is_an_axis(struct sparse *sim, qry_qubit q, const uint64_t *value, int axis)
{
    struct transition *t = transition_note(sim, NOTE_AXIS, q);
    if (!t->proved) {
        t->proved = true;
        bool holds = has_unlike_values(sim, value, axis) && stands_alone(sim, q, axis);
        t->outcome = holds ? OUTCOME_RUNS : OUTCOME_DESCEND;
    }
    return t->outcome == OUTCOME_RUNS;
}

/* ---- the gate ---- */

void rotate_settled(struct sparse *sim, const double matrix[8], int axis, size_t mask, size_t bits)
{
    rotate(&(struct rotation){.sim = sim, .matrix = matrix, .axis = axis, .mask = mask, .bits = bits});
}

/* The rows in which all controls are on, to be freed; NULL if there are none. */
static uint64_t *read_product(struct sparse *sim, const qry_qubit *controls, size_t count)
{
    size_t words = (size_t)sim->world->parts * PLANE_WORDS;
    uint64_t *on = NULL;
    for (size_t i = 0; i < count; i++) {
        uint64_t *column = read_column(sim, controls[i] & ~QRY_NEGATIVE);
        uint64_t inverted = controls[i] & QRY_NEGATIVE ? UINT64_MAX : 0;
        for (size_t k = 0; k < words; k++)
            column[k] = (column[k] ^ inverted) & (on ? on[k] : UINT64_MAX);
        qry_free(sim->base.ctx, on);
        on = column;
    }
    return on;
}

bool rotate_unsettled(struct sparse *sim, const double matrix[8], qry_qubit target, const qry_qubit *controls,
                      size_t count)
{
    struct world *w = sim->world;
    int axis = w->axis ? world_axis(w, target) : -1;
    for (size_t i = 0; i < count; i++)
        if (!world_is_in_z_frame(w, controls[i] & ~QRY_NEGATIVE))
            return false;
    if (axis < 0 || !world_is_in_z_frame(w, target))
        return false;
    uint64_t *value = read_column(sim, target), *on = NULL;
    bool holds = is_an_axis(sim, target, value, axis);
    if (holds) {
        on = read_product(sim, controls, count);
        rotate(&(struct rotation){.sim = sim, .matrix = matrix, .axis = axis, .value = value, .on = on});
    }
    qry_free(sim->base.ctx, on);
    qry_free(sim->base.ctx, value);
    return holds;
}
