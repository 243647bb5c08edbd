/* dense_life_test.c: the dense engine from begin to end: streams longer than the window, threads, marks, samples,
 * probabilities, what is refused, interruption, failing allocations. */
#include "dense_support.h"

#include "base/faults.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct caught {
    int count;
    char text[300], hint[300];
};

static void catch (void *state, const qry_diagnostic *diagnostic)
{
    struct caught *caught = state;
    caught->count++;
    snprintf(caught->text, sizeof caught->text, "%s", diagnostic->message);
    snprintf(caught->hint, sizeof caught->hint, "%s", diagnostic->hint ? diagnostic->hint : "");
}

static qry_circuit *new_circuit(qry_ctx *ctx, uint32_t width)
{
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition_group(qry_circuit_program(circuit), "q", width, QRY_ROLE_DATA);
    return circuit;
}

static void turn(qry_definition *d, qry_gate gate, double angle, qry_qubit q)
{
    qry_add_angle(d, gate, (qry_angle){angle, -1}, q, 0);
}

/* Layers of rotations and cx, all qubits in superposition. */
static void add_layers(qry_definition *d, qry_random *random, int layers)
{
    for (int i = 0; i < layers; i++) {
        for (qry_qubit q = 0; q < d->width; q++)
            turn(d, qry_random_below(random, 2) ? QRY_GATE_rx : QRY_GATE_ry, 6 * qry_random_unit(random), q);
        for (qry_qubit q = 0; q < d->width; q++) {
            qry_qubit other = (q + 1 + (qry_qubit)qry_random_below(random, d->width - 1)) % d->width;
            qry_add(d, QRY_GATE_cx, q, other, 0);
        }
    }
}

/* ---- streams ---- */

struct stream {
    qry_ctx *ctx;
    qry_circuit *circuit;
    const double *wanted;
};

static void check_stream(qry_simd simd, bool single, uint64_t seed, void *state)
{
    (void)seed;
    const struct stream *s = state;
    qry_arena *arena = qry_arena_new(s->ctx);
    qry_sim *sim = new_dense(s->ctx, s->circuit, simd, single, 1);
    dense_of(sim)->cut.chunk_bits = 7;
    dense_of(sim)->cut.low_bits = 5;
    qry_sim_shot(sim, NULL, NULL);
    assert_true(qry_tally_gates(qry_sim_executed(sim)) == 300 * 2 * (2 * 18 + 3));
    assert_true(distance(state_of(arena, sim, 9), s->wanted, 9) < (single ? 1e-3 : 1e-11));
    assert_true(qry_sim_planning_seconds(sim) > 0);
    qry_sim_free(sim);
    qry_arena_free(arena);
}

/* Many times the window, with swaps, under calls and repeats; the same flat for the reference. */
static void long_streams(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    qry_circuit *circuit = new_circuit(ctx, 9);
    qry_definition *part = qry_circuit_define(circuit, "part", 1), *program = qry_circuit_program(circuit);
    qry_random random;
    qry_random_seed(&random, 1, 0);
    qry_definition_group(part, "q", 9, QRY_ROLE_DATA);
    add_layers(part, &random, 2);
    qry_add_angle(part, QRY_GATE_cp, (qry_angle){1, 0}, 3, 7);
    qry_add(part, QRY_GATE_swap, 1, 8, 0);
    qry_add(part, QRY_GATE_cswap, 0, 4, 5);
    static const qry_qubit crossed[9] = {3, 4, 5, 0, 8, 7, 6, 1, 2}, straight[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    qry_begin_repeat(program, 300);
    qry_add_call(program, part, false, crossed, &(qry_angle){0.3, -1});
    qry_add_call(program, part, true, straight, &(qry_angle){0.7, -1});
    qry_end(program);
    struct stream s = {ctx, circuit, qry_reference_state(arena, circuit)};
    on_every_set(check_stream, 0, &s);
    qry_ctx_free(ctx);
}

/* ---- threads ---- */

static void check_threads(qry_simd simd, bool single, uint64_t seed, void *state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_circuit *circuit = new_circuit(ctx, 15);
    qry_random random;
    qry_random_seed(&random, seed, 0);
    add_layers(qry_circuit_program(circuit), &random, 2);
    qry_sim *one = new_dense(ctx, circuit, simd, single, 1), *two = new_dense(ctx, circuit, simd, single, 2);
    dense_of(one)->cut.shared_bits = dense_of(two)->cut.shared_bits = 0;
    dense_of(one)->cut.chunk_bits = dense_of(two)->cut.chunk_bits = 9 + (uint32_t)seed % 4;
    qry_sim_shot(one, NULL, NULL);
    qry_sim_shot(two, NULL, NULL);
    size_t bytes = (size_t)dense_of(one)->kernels->real_size << 15;
    assert_memory_equal(dense_of(one)->re, dense_of(two)->re, bytes);
    assert_memory_equal(dense_of(one)->im, dense_of(two)->im, bytes);
    assert_memory_equal(dense_of(one)->now.factor, dense_of(two)->now.factor, 2 * sizeof(double));
    qry_ctx_free(ctx);
}

static void threads_agree(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++)
        on_every_set(check_threads, seed, NULL);
}

/* ---- measurement ---- */

/* The number of ones of n trials lies within six standard deviations: fails once in 500 million times. */
static void expect_frequency(uint64_t ones, uint64_t n, double p)
{
    double far = fabs((double)ones - (double)n * p);
    assert_true(far <= 6 * sqrt((double)n * p * (1 - p)) + 1e-6);
}

static void add_norm(void *state, const uint8_t *label, double re, double im)
{
    (void)label;
    *(double *)state += re * re + im * im;
}

/* Much is measured in one shot: the norm in memory must not run out of the range of the numbers, neither where the qubit is
 * a lane, nor where it comes into the tile, nor where it is above the positions that all chunks have. */
static void check_many_measurements(qry_simd simd, bool single, uint64_t seed, void *state)
{
    (void)state;
    enum { WIDTH = 9, ROUNDS = 5000, MEASURED = 3 };
    static const qry_qubit measured[MEASURED] = {0, 5, 8};
    bool resets = seed % 2, whole = seed / 2;
    qry_ctx *ctx = qry_ctx_new();
    qry_circuit *circuit = new_circuit(ctx, WIDTH);
    qry_definition *program = qry_circuit_program(circuit);
    uint32_t first = qry_circuit_bits(circuit, MEASURED * ROUNDS);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        for (uint32_t k = 0; k < MEASURED; k++)
            turn(program, QRY_GATE_ry, resets ? 1 : acos(0), measured[k]);
        for (uint32_t k = 0; k < MEASURED; k++) {
            qry_add_measure(program, measured[k], first + MEASURED * i + k);
            if (resets)
                qry_add_reset(program, measured[k]);
        }
    }
    qry_sim *sim = new_dense(ctx, circuit, simd, single, 1);
    if (!whole) {
        dense_of(sim)->cut.chunk_bits = 7;
        dense_of(sim)->cut.low_bits = 5;
    }
    uint8_t *bits = qry_alloc(ctx, MEASURED * ROUNDS, 1);
    qry_random random;
    qry_random_seed(&random, seed, 0);
    qry_sim_shot(sim, &random, bits);
    for (uint32_t k = 0; k < MEASURED; k++) {
        uint64_t ones = 0;
        for (uint32_t i = 0; i < ROUNDS; i++)
            ones += bits[MEASURED * i + k];
        expect_frequency(ones, ROUNDS, resets ? sin(0.5) * sin(0.5) : 0.5);
    }
    double norm = 0;
    qry_sim_amplitudes(sim, 0, add_norm, &norm);
    assert_true(fabs(norm - 1) < (single ? 1e-6 : 1e-14));
    qry_ctx_free(ctx);
}

static void many_measurements(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++)
        on_every_set(check_many_measurements, seed, NULL);
}

/* Shots, samples and probabilities say the same of a state that is no product. */
static void check_statistics(qry_simd simd, bool single, uint64_t seed, void *state)
{
    (void)state;
    enum { WIDTH = 6, TRIALS = 3000 };
    qry_ctx *ctx = qry_ctx_new();
    qry_circuit *circuit = new_circuit(ctx, WIDTH);
    qry_definition *program = qry_circuit_program(circuit);
    qry_random random;
    qry_random_seed(&random, seed, 0);
    add_layers(program, &random, 2);
    qry_add(program, QRY_GATE_swap, 0, 3, 0);
    qry_sim *sim = new_dense(ctx, circuit, simd, single, 1);
    qry_sim_shot(sim, NULL, NULL);
    static const qry_qubit some[3] = {4, 0, 3};
    double p[8];
    qry_sim_probabilities(sim, some, 3, p);
    for (int i = 0; i < 3; i++)
        qry_add_measure(program, some[i], qry_circuit_bits(circuit, 1));
    uint64_t seen[8] = {0};
    for (int shot = 0; shot < TRIALS; shot++) {
        uint8_t bits[3];
        qry_sim_shot(sim, &random, bits);
        seen[bits[0] | bits[1] << 1 | bits[2] << 2]++;
    }
    for (int i = 0; i < 8; i++)
        expect_frequency(seen[i], TRIALS, p[i]);
    qry_ctx_free(ctx);
}

static void frequencies(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++)
        on_every_set(check_statistics, seed, NULL);
}

struct histogram {
    uint32_t count;
    uint64_t *seen;
    uint64_t total, same_as_last;
    size_t last;
};

static void count_value(void *state, const uint8_t *values)
{
    struct histogram *h = state;
    size_t value = 0;
    for (uint32_t i = 0; i < h->count; i++)
        value |= (size_t)values[i] << i;
    h->seen[value]++;
    h->same_as_last += h->total++ && value == h->last;
    h->last = value;
}

/* Samples have the probabilities of their values, come in no order, and leave the state alone. */
static void check_samples(qry_simd simd, bool single, uint64_t seed, void *state)
{
    (void)state;
    enum { WIDTH = 10, SHOTS = 60000 };
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    qry_circuit *circuit = new_circuit(ctx, WIDTH);
    qry_definition *program = qry_circuit_program(circuit);
    qry_random random;
    qry_random_seed(&random, seed, 0);
    add_layers(program, &random, 2);
    qry_add_measure(program, 2, qry_circuit_bits(circuit, 1)); /* so that a position is known */
    turn(program, QRY_GATE_ry, 1, 5);
    qry_add(program, QRY_GATE_x, 2, 0, 0);
    uint8_t bit;
    qry_sim *sim = new_dense(ctx, circuit, simd, single, 1);
    qry_sim_shot(sim, &random, &bit);
    static const qry_qubit some[4] = {9, 2, 5, 1};
    double p[16], sum = 0;
    uint64_t seen[16] = {0};
    qry_sim_probabilities(sim, some, 4, p);
    const double *amplitude = state_of(arena, sim, WIDTH);
    double added[16] = {0}, same = 0;
    for (size_t i = 0; i < 1 << WIDTH; i++) {
        size_t value = (i >> 9 & 1) | (i >> 2 & 1) << 1 | (i >> 5 & 1) << 2 | (i >> 1 & 1) << 3;
        added[value] += amplitude[2 * i] * amplitude[2 * i] + amplitude[2 * i + 1] * amplitude[2 * i + 1];
    }
    struct histogram h = {.count = 4, .seen = seen};
    qry_sim_sample(sim, some, 4, &random, SHOTS, count_value, &h);
    for (int i = 0; i < 16; i++) {
        assert_true(fabs(p[i] - added[i]) < (single ? 1e-5 : 1e-12));
        expect_frequency(seen[i], SHOTS, p[i]);
        sum += p[i];
        same += p[i] * p[i];
    }
    assert_true(fabs(sum - 1) < (single ? 1e-5 : 1e-12));
    assert_true(fabs((double)h.same_as_last - same * SHOTS) < 8 * sqrt(SHOTS));
    assert_true(distance(state_of(arena, sim, WIDTH), amplitude, WIDTH) == 0);
    qry_ctx_free(ctx);
}

static void samples(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++)
        on_every_set(check_samples, seed, NULL);
}

/* More shots than are drawn at once. */
static void many_samples(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_circuit *circuit = new_circuit(ctx, 2);
    turn(qry_circuit_program(circuit), QRY_GATE_ry, 1, 0);
    qry_sim *sim = new_dense(ctx, circuit, QRY_SIMD_BEST, false, 1);
    qry_sim_shot(sim, NULL, NULL);
    qry_random random;
    qry_random_seed(&random, 1, 0);
    uint64_t seen[2] = {0};
    struct histogram h = {.count = 1, .seen = seen};
    qry_sim_sample(sim, (const qry_qubit[1]){0}, 1, &random, 2500000, count_value, &h);
    assert_true(seen[0] + seen[1] == 2500000);
    expect_frequency(seen[1], 2500000, sin(0.5) * sin(0.5));
    qry_ctx_free(ctx);
}

/* ---- marks and pieces ---- */

/* What comes after a mark is the same every time, whatever was done in between. */
static void check_mark(qry_simd simd, bool single, uint64_t seed, void *state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    qry_circuit *circuit = new_circuit(ctx, 9);
    qry_definition *program = qry_circuit_program(circuit);
    uint32_t bit = qry_circuit_bits(circuit, 1);
    qry_random random;
    qry_random_seed(&random, seed, 0);
    qry_sim *sim = new_dense(ctx, circuit, simd, single, 1);
    dense_of(sim)->cut.chunk_bits = 7;
    dense_of(sim)->cut.low_bits = 5;
    uint8_t bits[1];
    qry_sim_begin(sim, &random, bits);
    if (seed % 2)
        add_layers(program, &random, 1);
    else
        turn(program, QRY_GATE_ry, 0.5, 8); /* most are known */
    qry_add(program, QRY_GATE_x, 3, 0, 0);
    qry_add(program, QRY_GATE_swap, 3, 8, 0);
    qry_sim_continue(sim);
    size_t end = program->op_count;
    const double *before = state_of(arena, sim, 9);
    assert_true(qry_sim_mark(sim));
    for (int again = 0; again < 3; again++) {
        add_layers(program, &random, 1);
        qry_add_measure(program, 4, bit);
        qry_add(program, QRY_GATE_swap, 1, 2, 0);
        qry_sim_continue(sim);
        assert_true(distance(state_of(arena, sim, 9), before, 9) > 1e-3);
        qry_sim_rewind(sim);
        qry_definition_truncate(program, end);
        assert_true(distance(state_of(arena, sim, 9), before, 9) == 0);
    }
    qry_sim_shot(sim, &random, bits);
    assert_true(distance(state_of(arena, sim, 9), before, 9) < (single ? 1e-6 : 1e-14));
    qry_ctx_free(ctx);
}

static void marks(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++)
        on_every_set(check_mark, seed, NULL);
}

/* A program that gets wider between shots. */
static void wider(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    qry_circuit *circuit = new_circuit(ctx, 3);
    qry_definition *program = qry_circuit_program(circuit);
    qry_sim *sim = new_dense(ctx, circuit, QRY_SIMD_BEST, false, 2);
    for (uint32_t width = 3; width < 12; width += 2) {
        qry_add(program, QRY_GATE_h, width - 1, 0, 0);
        qry_add(program, QRY_GATE_cx, width - 1, 0, 0);
        qry_sim_shot(sim, NULL, NULL);
        const double *wanted = qry_reference_state(arena, circuit);
        assert_true(distance(state_of(arena, sim, width), wanted, width) < 1e-13);
        qry_definition_group(program, "more", 2, QRY_ROLE_DATA);
    }
    qry_ctx_free(ctx);
}

/* ---- what is refused ---- */

struct attempt {
    qry_ctx *ctx;
    qry_circuit *circuit;
    bool single;
    qry_random *random;
};

static void run_attempt(void *state)
{
    const struct attempt *a = state;
    uint8_t bits[8];
    qry_sim *sim = new_dense(a->ctx, a->circuit, QRY_SIMD_BEST, a->single, 1);
    qry_sim_shot(sim, a->random, bits);
    qry_sim_free(sim);
}

static struct caught expect_failure(struct attempt *a)
{
    struct caught caught = {0};
    qry_ctx_on_diagnostic(a->ctx, catch, &caught);
    assert_false(qry_protect(a->ctx, run_attempt, a));
    assert_int_equal(caught.count, 1);
    return caught;
}

static void too_wide(void **state)
{
    (void)state;
    static const struct {
        uint32_t width;
        bool single;
        const char *text;
    } cases[] = {
        {45, false,
         "the state of 45 qubits has 2^45 amplitudes; in double precision they need 5.63e+05 GB of memory, "
         "more than there is"},
        {46, true,
         "the state of 46 qubits has 2^46 amplitudes; in single precision they need 5.63e+05 GB of memory, "
         "more than there is"},
        {5000, false,
         "the state of 5000 qubits has 2^5000 amplitudes; in double precision they need more than any machine has"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        qry_ctx *ctx = qry_ctx_new();
        struct attempt a = {ctx, new_circuit(ctx, cases[i].width), cases[i].single, NULL};
        struct caught caught = expect_failure(&a);
        assert_string_equal(caught.text, cases[i].text);
        assert_string_equal(caught.hint,
                            "the sparse engine (--engine sparse) keeps only the amplitudes that are not zero");
        assert_true(qry_memory_peak(ctx) < 10u << 20);
        qry_ctx_free(ctx);
    }
}

static void reset_without_random(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct attempt a = {ctx, new_circuit(ctx, 2), false, NULL};
    qry_add(qry_circuit_program(a.circuit), QRY_GATE_h, 1, 0, 0);
    qry_add_reset(qry_circuit_program(a.circuit), 1);
    assert_string_equal(expect_failure(&a).text,
                        "a qubit in superposition is reset, and there are no random numbers to measure it with");
    qry_ctx_free(ctx);
}

static void interruption(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct attempt a = {ctx, new_circuit(ctx, 3), false, NULL};
    qry_definition *program = qry_circuit_program(a.circuit);
    qry_begin_repeat(program, UINT64_C(1) << 60);
    for (qry_qubit q = 0; q < 3; q++)
        turn(program, QRY_GATE_rx, 1, q);
    qry_add(program, QRY_GATE_cx, 0, 1, 0);
    qry_end(program);
    volatile sig_atomic_t flag = 1;
    qry_ctx_set_interrupt(ctx, &flag);
    assert_string_equal(expect_failure(&a).text, "interrupted");
    qry_ctx_free(ctx);
}

/* Every allocation fails once; whatever was there is then freed with the context. */
static void failing_allocations(void **state)
{
    (void)state;
    bool finished = false;
    for (size_t n = 1; !finished; n++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, 1, 0);
        struct attempt a = {ctx, new_circuit(ctx, 8), false, &random};
        add_layers(qry_circuit_program(a.circuit), &random, 1);
        qry_add_angle(qry_circuit_program(a.circuit), QRY_GATE_cp, (qry_angle){1, -1}, 0, 7);
        qry_add_measure(qry_circuit_program(a.circuit), 3, qry_circuit_bits(a.circuit, 1));
        struct caught caught = {0};
        qry_ctx_on_diagnostic(ctx, catch, &caught);
        qry_memory_fail_at(ctx, n);
        finished = qry_protect(ctx, run_attempt, &a);
        assert_int_equal(caught.count, !finished);
        assert_true(n < 1000);
        qry_ctx_free(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_streams),
        cmocka_unit_test(threads_agree),
        cmocka_unit_test(many_measurements),
        cmocka_unit_test(frequencies),
        cmocka_unit_test(samples),
        cmocka_unit_test(many_samples),
        cmocka_unit_test(marks),
        cmocka_unit_test(wider),
        cmocka_unit_test(too_wide),
        cmocka_unit_test(reset_without_random),
        cmocka_unit_test(interruption),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
