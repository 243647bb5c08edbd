/* measure.c: measurement and reset. What was measured only strikes rows out; the state is reduced to the others when
 * something else happens to it. So to measure all qubits of a uniform superposition costs little more than to read its
 * amplitudes twice, as every value that is found halves the rows. */
#include "sim/sparse/engine.h"

#include <string.h>

void measure_settle(struct sparse *sim)
{
    if (sim->struck)
        rows_keep(sim, sim->left);
    sim->counted = sim->struck = false;
}

/* ---- rows that are left ---- */

/* All rows, which are orthogonal if no frame differs between them: then their weights are probabilities. */
static void count_all_rows(struct sparse *sim)
{
    rows_resolve_mixed(sim);
    reflect_settle(sim);
    const struct world *w = sim->world;
    size_t words = (size_t)w->parts * PLANE_WORDS;
    QRY_GROW(sim->base.ctx, sim->left, sim->left_room, words);
    memset(sim->left, 0, words * sizeof *sim->left);
    memset(sim->left, 0xff, w->rows / 64 * sizeof *sim->left);
    if (w->rows % 64)
        sim->left[w->rows / 64] = ((uint64_t)1 << w->rows % 64) - 1;
    sim->counted = true;
    sim->struck = false;
}

/* Whether any row of a block is left. */
static bool is_open(const struct sparse *sim, uint32_t b)
{
    uint64_t any = 0;
    for (int i = 0; i < PLANE_WORDS; i++)
        any |= sim->left[(size_t)b * PLANE_WORDS + i];
    return any;
}

/* The values of a qubit in the blocks that are open. */
static void read_values(struct sparse *sim, qry_qubit q, plane *values)
{
    for (uint32_t b = 0; b < sim->world->parts; b++) {
        uint32_t number = world_block(sim->world, b, q);
        struct block *block = &sim->world->block[number];
        literal v = world_cell(sim->world, number, q)->v;
        if (!is_open(sim, b))
            continue;
        if (!is_data(v))
            memset(&values[b], v ? 0xff : 0, sizeof *values);
        else if (block->graph && literal_id(v) < block->inputs && !is_inverted(v)) /* an axis, mostly: no plan needed */
            values[b] = block->storage[STORE_FIRST + literal_id(v)];
        else
            execute_planes(sim, number, &v, 1, &values[b]);
    }
}

/* Weights of the rows left whose value is 0, and 1. */
struct weights {
    double of[2];
};

/* Of 64 rows. */
static void add_weights(const struct sparse *sim, size_t word, uint64_t values, struct weights *sum)
{
    const double *re = sim->re + 64 * word, *im = sim->im + 64 * word;
    for (uint64_t left = sim->left[word]; left; left &= left - 1) {
        int i = LOWEST_BIT(left);
        double p = re[i] * re[i] + (sim->complex ? im[i] * im[i] : 0);
        sum->of[0] += values >> i & 1 ? 0 : p;
        sum->of[1] += values >> i & 1 ? p : 0;
    }
}

static struct weights weigh(const struct sparse *sim, const plane *values)
{
    struct weights sum = {{0, 0}};
    for (uint32_t b = 0; b < sim->world->parts; b++)
        for (size_t i = 0; i < PLANE_WORDS; i++)
            add_weights(sim, (size_t)b * PLANE_WORDS + i, values[b].word[i], &sum);
    return sum;
}

static void strike(struct sparse *sim, const plane *values, bool kept)
{
    for (uint32_t b = 0; b < sim->world->parts; b++)
        for (size_t i = 0; i < PLANE_WORDS; i++) {
            uint64_t *left = &sim->left[(size_t)b * PLANE_WORDS + i];
            uint64_t struck = *left & (kept ? ~values[b].word[i] : values[b].word[i]);
            *left ^= struck;
            sim->struck |= struck != 0;
        }
}

/* ---- measurement ---- */

/* Of a qubit that is one of |0>, |1>, |+>, |-> and in a product with the rest. */
static bool measure_constant(struct sparse *sim, qry_qubit q, struct cell c)
{
    if (!c.f)
        return c.v;
    bool one = sim_draw(&sim->base, sim->random, 0.5, false);
    world_set_constant(sim->world, q, (struct cell){.v = one});
    return one;
}

static bool measure(struct sparse *sim, qry_qubit q)
{
    if (world_is_constant(sim->world, q))
        return measure_constant(sim, q, sim->world->block[0].cell[q]);
    if (!world_is_in_z_frame(sim->world, q)) {
        measure_settle(sim);
        rows_resolve(sim, q);
    }
    if (!sim->counted)
        count_all_rows(sim);
    plane *values = qry_alloc_aligned(sim->base.ctx, sim->world->parts, sizeof *values);
    read_values(sim, q, values);
    struct weights w = weigh(sim, values);
    double p = w.of[1] / (w.of[0] + w.of[1]);
    bool one = sim_draw(&sim->base, sim->random, p, false);
    strike(sim, values, one);
    qry_free(sim->base.ctx, values);
    return one;
}

void measure_into(struct sparse *sim, qry_qubit q, uint32_t bit)
{
    sim->executed.measurements++;
    sim->bits[bit] = measure(sim, q);
}

void measure_reset(struct sparse *sim, qry_qubit q)
{
    static const double flip[8] = {0, 0, 1, 0, 1, 0, 0, 0};
    sim->executed.resets++;
    bool one = measure(sim, q);
    if (!world_is_constant(sim->world, q))
        measure_settle(sim);
    if (world_is_constant(sim->world, q))
        world_set_constant(sim->world, q, (struct cell){0});
    else if (one)
        rows_apply(sim, flip, q, NULL, 0);
}
