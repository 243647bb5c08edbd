/* sample.c: draws values of qubits from the state without changing it. */
#include "sim/sparse/engine.h"

#include <string.h>

/* What a draw reads: the weights of the rows added up, and of every qubit either its bit in each row or what it is in
 * all of them. */
struct urn {
    size_t rows;
    double *sum;   /* of the weights of rows 0 .. r */
    size_t *guide; /* by the r-th part of the whole: the first row that can be meant */
    uint32_t count;
    uint64_t **column; /* NULL: the same in all rows, */
    bool *coin;        /* and a coin of its own, */
    uint8_t *values;   /* or what stands here */
};

static void add_up(const struct sparse *sim, struct urn *u)
{
    double sum = 0;
    for (size_t r = 0; r < u->rows; r++) {
        sum += sim->re[r] * sim->re[r] + (sim->complex ? sim->im[r] * sim->im[r] : 0);
        u->sum[r] = sum;
    }
    size_t row = 0;
    for (size_t k = 0; k < u->rows; k++) {
        while (row + 1 < u->rows && u->sum[row] <= sum * (double)k / (double)u->rows)
            row++;
        u->guide[k] = row;
    }
}

/* The first row up to which the weights add up to more than this part of the whole. */
static size_t draw_row(const struct urn *u, double part)
{
    double wanted = part * u->sum[u->rows - 1];
    size_t row = u->guide[(size_t)(part * (double)u->rows)];
    while (row > 0 && u->sum[row - 1] > wanted) /* the guide was rounded */
        row--;
    while (row + 1 < u->rows && u->sum[row] <= wanted)
        row++;
    return row;
}

/* Columns of the qubits that are not the same in all rows. */
static void read_columns(struct sparse *sim, const qry_qubit *qubits, struct urn *u)
{
    struct world *w = sim->world;
    qry_qubit *wanted = qry_alloc(sim->base.ctx, u->count, sizeof *wanted);
    plane *planes = qry_alloc_aligned(sim->base.ctx, u->count, sizeof *planes);
    uint32_t *place = qry_alloc(sim->base.ctx, u->count, sizeof *place), count = 0;
    size_t words = (size_t)w->parts * PLANE_WORDS;
    for (uint32_t i = 0; i < u->count; i++) {
        struct cell cell = w->block[0].cell[qubits[i]];
        if (!world_is_constant(w, qubits[i]))
            place[count++] = i;
        else if (cell.f)
            u->coin[i] = true;
        else
            u->values[i] = (uint8_t)cell.v;
    }
    qry_memory_require(sim->base.ctx, 8.0 * (double)words * count, "the bits of the qubits to be sampled");
    for (uint32_t k = 0; k < count; k++)
        u->column[place[k]] = qry_alloc(sim->base.ctx, words, sizeof(uint64_t));
    for (uint32_t k = 0; k < count; k++)
        wanted[k] = qubits[place[k]];
    for (uint32_t b = 0; b < w->parts; b++) {
        execute_columns(sim, b, wanted, NULL, count, planes);
        for (uint32_t k = 0; k < count; k++)
            memcpy(u->column[place[k]] + (size_t)b * PLANE_WORDS, planes[k].word, sizeof(plane));
    }
    qry_free(sim->base.ctx, place);
    qry_free(sim->base.ctx, planes);
    qry_free(sim->base.ctx, wanted);
}

static struct urn urn_new(struct sparse *sim, const qry_qubit *qubits, uint32_t count)
{
    qry_ctx *ctx = sim->base.ctx;
    struct urn u = {.rows = sim->world->rows, .count = count};
    qry_memory_require(ctx, (double)u.rows * (sizeof *u.sum + sizeof *u.guide), "the weights of the rows");
    u.sum = qry_alloc(ctx, u.rows, sizeof *u.sum);
    u.guide = qry_alloc(ctx, u.rows, sizeof *u.guide);
    u.column = qry_alloc(ctx, count, sizeof(uint64_t *));
    u.coin = qry_alloc(ctx, count, sizeof *u.coin);
    u.values = qry_alloc(ctx, count, 1);
    add_up(sim, &u);
    read_columns(sim, qubits, &u);
    return u;
}

static void urn_free(qry_ctx *ctx, struct urn *u)
{
    for (uint32_t i = 0; i < u->count; i++)
        qry_free(ctx, u->column[i]);
    void *gone[] = {u->sum, u->guide, u->column, u->coin, u->values};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        qry_free(ctx, gone[i]);
}

void sparse_sample(qry_sim *base, const qry_qubit *qubits, uint32_t count, qry_random *random, uint64_t shots,
                   void (*visit)(void *state, const uint8_t *values), void *state)
{
    enum { SHOTS_BETWEEN_CHECKS = 1 << 16 };
    struct sparse *sim = sparse_of(base);
    measure_settle(sim);
    rows_resolve_mixed(sim);
    for (uint32_t i = 0; i < count; i++)
        if (!world_is_constant(sim->world, qubits[i]))
            rows_resolve(sim, qubits[i]);
    reflect_settle(sim);
    struct urn u = urn_new(sim, qubits, count);
    for (uint64_t shot = 0; shot < shots; shot++) {
        if (shot % SHOTS_BETWEEN_CHECKS == 0)
            qry_check_interrupt(base->ctx);
        size_t row = draw_row(&u, qry_random_unit(random));
        for (uint32_t i = 0; i < count; i++)
            if (u.column[i])
                u.values[i] = u.column[i][row / 64] >> row % 64 & 1;
            else if (u.coin[i])
                u.values[i] = (uint8_t)qry_random_below(random, 2);
        visit(state, u.values);
    }
    urn_free(base->ctx, &u);
}
