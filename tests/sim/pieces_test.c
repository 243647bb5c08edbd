/* pieces_test.c: a shot in pieces, going back to a mark, drawing from a state: for every engine, and what it then says
 * must be what it says of whole shots. */
#include "random_circuit.h"
#include "sim/sim.h"
#include "states.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* ---- what a shot leaves ---- */

struct result {
    uint32_t width, bit_count;
    uint8_t *bits;
    double *amplitude;
};

static struct result result_of(qry_arena *arena, qry_sim *sim, const qry_circuit *circuit, const uint8_t *bits)
{
    struct result r = {qry_circuit_program(circuit)->width, qry_circuit_bit_count(circuit), NULL, NULL};
    r.bits = qry_arena_alloc(arena, r.bit_count + 1, 1);
    memcpy(r.bits, bits, r.bit_count);
    r.amplitude = qry_arena_alloc(arena, (size_t)2 << r.width, sizeof *r.amplitude);
    qry_sim_amplitudes(sim, 0, list_row, &(struct listing){r.width, r.amplitude});
    return r;
}

static void assert_same(const struct result *a, const struct result *b, uint64_t seed, const char *what)
{
    double norm, overlap = overlap_of(a->amplitude, b->amplitude, a->width, &norm);
    if (memcmp(a->bits, b->bits, a->bit_count) != 0)
        fail_msg("seed %llu, %s: other bits", (unsigned long long)seed, what);
    if (fabs(overlap - 1) > 1e-10 || fabs(norm - 1) > 1e-10)
        fail_msg("seed %llu, %s: overlap %.12f, norm %.12f", (unsigned long long)seed, what, overlap, norm);
}

/* ---- cutting programs ---- */

/* The operation behind the one, or the block, at i. */
static size_t next_of(const qry_definition *program, size_t i)
{
    uint16_t kind = program->ops[i].kind;
    bool block = kind == QRY_OP_REPEAT || kind == QRY_OP_SECTION || kind == QRY_OP_IF;
    return (block ? program->ops[i].c : i) + 1;
}

/* Runs a program up to operation `end` in pieces of random lengths. */
static void run_pieces(qry_sim *sim, const qry_definition *program, size_t from, size_t end, qry_random *cuts)
{
    while (from < end) {
        uint64_t length = qry_random_below(cuts, 4) ? 1 + qry_random_below(cuts, 6) : 0;
        for (uint64_t k = 0; k < length && from < end; k++)
            from = next_of(program, from);
        qry_sim_continue_to(sim, from);
    }
}

static size_t random_place(const qry_definition *program, qry_random *random)
{
    size_t steps = qry_random_below(random, 40), at = 0;
    while (steps-- && at < program->op_count)
        at = next_of(program, at);
    return at;
}

/* ---- the tests ---- */

static const random_mix mixes[] = {
    {.permute = 20, .diagonal = 6, .hadamard = 4, .controlled = 5, .call = 4, .repeat = 1, .section = 1, .measure = 1},
    {.permute = 10,
     .diagonal = 3,
     .hadamard = 6,
     .controlled = 5,
     .barrier = 1,
     .measure = 1,
     .reset = 1,
     .condition = 2},
    {.permute = 30, .diagonal = 10, .hadamard = 1, .call = 6, .repeat = 1, .measure = 1, .condition = 2},
    {.permute = 5, .diagonal = 5, .hadamard = 3, .dense = 2, .call = 2, .repeat = 1, .reset = 1},
    {.hadamard = 1, .permute = 2, .measure = 1, .condition = 1},
};

struct trial {
    uint64_t seed;
    qry_ctx *ctx;
    qry_arena *arena;
    qry_circuit *circuit;
    qry_definition *program;
    qry_random draws, random; /* of measurements; of everything else */
    uint8_t *bits;
    qry_sim *sim;
};

static struct trial start(uint64_t seed, const qry_sim_options *options)
{
    struct trial t = {.seed = seed, .ctx = qry_ctx_new()};
    qry_random_seed(&t.random, seed, 1);
    qry_random_seed(&t.draws, seed, 2);
    t.arena = qry_arena_new(t.ctx);
    uint32_t width = 1 + (uint32_t)qry_random_below(&t.random, seed % 7 ? 6 : 11);
    int length = 5 + (int)(seed % 60);
    t.circuit = random_circuit(t.ctx, &t.random, width, length, &mixes[seed % (sizeof mixes / sizeof *mixes)]);
    t.program = qry_circuit_program(t.circuit);
    t.bits = qry_arena_alloc(t.arena, qry_circuit_bit_count(t.circuit) + 1, 1);
    t.sim = qry_sim_new(t.ctx, t.circuit, options);
    return t;
}

static void cut_shots(const qry_sim_options *options, uint64_t seed)
{
    struct trial t = start(seed, options);
    qry_random draws = t.draws;
    qry_sim_shot(t.sim, &draws, t.bits);
    struct result whole = result_of(t.arena, t.sim, t.circuit, t.bits);
    for (int again = 0; again < 3; again++) {
        draws = t.draws;
        qry_sim_begin(t.sim, &draws, t.bits);
        run_pieces(t.sim, t.program, 0, t.program->op_count, &t.random);
        struct result cut = result_of(t.arena, t.sim, t.circuit, t.bits);
        assert_same(&whole, &cut, seed, "in pieces");
    }
    qry_sim_free(t.sim);
    qry_ctx_free(t.ctx);
}

/* Other operations behind the mark than there were. */
static void write_other_end(struct trial *t, size_t mark, const random_mix *mix)
{
    qry_definition_truncate(t->program, mark);
    add_random_ops(t->program, &t->random, 10, mix, 1);
}

/* A whole shot with a fresh sparse engine and with random numbers that go on at the mark as those of the other did. */
static struct result shot_with_fresh_engine(struct trial *t, qry_random draws)
{
    uint8_t *bits = qry_arena_alloc(t->arena, qry_circuit_bit_count(t->circuit) + 1, 1);
    qry_sim *sim = qry_sim_new(t->ctx, t->circuit, NULL);
    qry_sim_shot(sim, &draws, bits);
    struct result r = result_of(t->arena, sim, t->circuit, bits);
    qry_sim_free(sim);
    return r;
}

static void marked_shots(const qry_sim_options *options, uint64_t seed)
{
    struct trial t = start(seed, options);
    size_t mark = random_place(t.program, &t.random);
    uint8_t *bits = qry_arena_alloc(t.arena, 4096, 1); /* enough for what is appended too */
    qry_random draws = t.draws;
    qry_sim_begin(t.sim, &draws, bits);
    run_pieces(t.sim, t.program, 0, mark, &t.random);
    assert_true(qry_sim_mark(t.sim));
    qry_random at_mark = draws;
    for (int again = 0; again < 6; again++) {
        struct result wanted = shot_with_fresh_engine(&t, t.draws);
        draws = at_mark;
        run_pieces(t.sim, t.program, mark, t.program->op_count, &t.random);
        struct result got = result_of(t.arena, t.sim, t.circuit, bits);
        assert_same(&wanted, &got, seed, again ? "after going back" : "after a mark");
        qry_sim_rewind(t.sim);
        if (again % 2)
            write_other_end(&t, mark, &mixes[(seed + (uint64_t)again) % (sizeof mixes / sizeof *mixes)]);
    }
    qry_sim_free(t.sim);
    qry_ctx_free(t.ctx);
}

static void every_option(void (*check)(const qry_sim_options *, uint64_t), uint64_t rounds)
{
    for (uint64_t seed = 0; seed < rounds; seed++) {
        for (qry_sim_mode mode = QRY_SIM_AUTO; mode <= QRY_SIM_REPLAY; mode++)
            check(&(qry_sim_options){.mode = mode, .threads = 1 + (int)(seed + mode) % 2}, seed);
        check(&(qry_sim_options){.engine = QRY_SIM_DENSE, .threads = 1 + (int)seed % 2}, seed);
    }
}

static void pieces(void **state)
{
    (void)state;
    every_option(cut_shots, 300);
}

static void marks(void **state)
{
    (void)state;
    every_option(marked_shots, 300);
}

/* ---- circuits that grow while they run ---- */

/* More of everything but qubits: definitions and calls of them, bits, operations. */
static void grow(struct trial *t)
{
    const random_mix *mix = &mixes[qry_random_below(&t->random, sizeof mixes / sizeof *mixes)];
    if (qry_random_below(&t->random, 2)) {
        qry_definition *d = qry_circuit_define(t->circuit, "new", 1);
        qry_definition_group(d, "arg", 1 + (uint32_t)qry_random_below(&t->random, t->program->width), QRY_ROLE_DATA);
        add_random_ops(d, &t->random, qry_random_below(&t->random, 4) ? 5 : 40, mix, 1);
    }
    add_random_ops(t->program, &t->random, 6, mix, 1);
}

/* Beside a shot of the reference with the circuit that has become of it. */
static void growing_shots(const qry_sim_options *options, uint64_t seed)
{
    struct trial t = start(seed, options);
    if (t.program->width > 8) { /* the reference would take long */
        qry_ctx_free(t.ctx);
        return;
    }
    qry_definition_truncate(t.program, 0);
    uint8_t *bits = qry_arena_alloc(t.arena, 4096, 1);
    for (int shot = 0; shot < 3; shot++) {
        qry_random draws = t.draws, same = t.draws;
        qry_sim_begin(t.sim, &draws, bits);
        for (int piece = 0; piece < 5; piece++) {
            grow(&t);
            qry_sim_continue(t.sim);
        }
        struct result got = result_of(t.arena, t.sim, t.circuit, bits), wanted = got;
        wanted.bits = qry_arena_alloc(t.arena, 4096, 1);
        wanted.amplitude = qry_reference_shot(t.arena, t.circuit, &same, wanted.bits);
        assert_same(&got, &wanted, seed, "grown");
        qry_definition_truncate(t.program,
                                random_place(t.program, &t.random)); /* the next shot: some of it, and others */
    }
    qry_sim_free(t.sim);
    qry_ctx_free(t.ctx);
}

static void growing(void **state)
{
    (void)state;
    every_option(growing_shots, 100);
}

/* Going back again and again, to other operations every time, takes no more and more memory. */
static void endless_rewinds(const qry_sim_options *options, uint64_t seed)
{
    enum { FEW = 300, MANY = 3000 };
    struct trial t = start(5 * seed, options);
    size_t mark = random_place(t.program, &t.random), few = 0;
    uint8_t *bits = qry_arena_alloc(t.arena, 100000, 1);
    qry_sim_begin(t.sim, &t.draws, bits);
    run_pieces(t.sim, t.program, 0, mark, &t.random);
    assert_true(qry_sim_mark(t.sim));
    for (int shot = 0; shot < MANY; shot++) {
        qry_definition_truncate(t.program, mark);
        add_random_ops(t.program, &t.random, 4, &mixes[1], 0);
        qry_sim_continue(t.sim);
        qry_sim_rewind(t.sim);
        if (shot == FEW)
            few = qry_memory_used(t.ctx);
    }
    assert_true(qry_memory_used(t.ctx) < 2 * few);
    qry_sim_free(t.sim);
    qry_ctx_free(t.ctx);
}

static void rewinds(void **state)
{
    (void)state;
    every_option(endless_rewinds, 3);
}

/* ---- samples ---- */

enum { SAMPLED = 4, SHOTS = 4000 };

static void count_values(void *state, const uint8_t *values)
{
    unsigned value = 0;
    for (int i = 0; i < SAMPLED; i++)
        value |= (unsigned)values[i] << i;
    ((int *)state)[value]++;
}

/* Frequencies are the probabilities within 5.5 sigma and one, and the state is what it was. */
static void sampled_states(const qry_sim_options *options, uint64_t seed)
{
    struct trial t = start(seed, options);
    uint32_t width = t.program->width;
    if (width < SAMPLED) {
        qry_ctx_free(t.ctx);
        return;
    }
    qry_sim_shot(t.sim, &t.draws, t.bits);
    qry_qubit qubits[SAMPLED];
    random_operands(&t.random, width, SAMPLED, qubits);
    int count[1 << SAMPLED] = {0};
    double p[1 << SAMPLED];
    qry_sim_sample(t.sim, qubits, SAMPLED, &t.draws, SHOTS, count_values, count);
    struct result before = result_of(t.arena, t.sim, t.circuit, t.bits);
    qry_sim_sample(t.sim, qubits, SAMPLED, &t.draws, SHOTS, count_values, count);
    struct result after = result_of(t.arena, t.sim, t.circuit, t.bits);
    assert_same(&before, &after, seed, "after sampling");
    qry_sim_probabilities(t.sim, qubits, SAMPLED, p);
    for (int i = 0; i < 1 << SAMPLED; i++) {
        double mean = 2 * SHOTS * p[i];
        assert_true(fabs(count[i] - mean) < 1 + 5.5 * sqrt(mean * (1 - p[i] < 0 ? 0 : 1 - p[i])));
        assert_true(p[i] > 1e-12 || !count[i]);
    }
    qry_sim_free(t.sim);
    qry_ctx_free(t.ctx);
}

static void samples(void **state)
{
    (void)state;
    every_option(sampled_states, 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pieces), cmocka_unit_test(marks), cmocka_unit_test(growing),
                                       cmocka_unit_test(rewinds), cmocka_unit_test(samples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
