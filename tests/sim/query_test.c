/* query_test.c: circuits of the kind that the engine is made for. Queries and oracles from the compiler, whole and with
 * gates changed at random, in every mode against the reference simulator; measurement, feedback and errors. */
#include "base/faults.h"
#include "compiler/compiler.h"
#include "sim/sim.h"
#include "states.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct compiled {
    qry_program *program;
    qry_search *search;
};

static struct compiled compile(qry_ctx *ctx, const char *text)
{
    struct compiled c = {.program = qry_program_read(ctx, qry_source_from_text(ctx, "test.qry", text, strlen(text)))};
    assert_non_null(c.program);
    c.search = qry_program_compile(c.program, NULL);
    assert_non_null(c.search);
    return c;
}

/* ---- states ---- */

static void compare_with_reference(qry_ctx *ctx, const qry_circuit *circuit, const char *what, uint64_t seed)
{
    qry_arena *arena = qry_arena_new(ctx);
    uint32_t width = qry_circuit_program(circuit)->width;
    double *wanted = qry_reference_state(arena, circuit);
    for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = mode});
        for (int shot = 0; shot < 4; shot++) { /* plans are reordered when they have run a few times */
            double *got = qry_arena_alloc(arena, (size_t)2 << width, sizeof *got), norm;
            qry_sim_shot(sim, NULL, NULL);
            qry_sim_amplitudes(sim, 0, list_row, &(struct listing){width, got});
            double overlap = overlap_of(got, wanted, width, &norm);
            if (fabs(1 - overlap) > 1e-10 || fabs(1 - norm) > 1e-10)
                fail_msg("%s, seed %llu, mode %s, shot %d: overlap %.12f", what, (unsigned long long)seed,
                         qry_sim_mode_name(sim), shot, overlap);
        }
        qry_sim_free(sim);
    }
    qry_arena_free(arena);
}

/* ---- whole and damaged queries ---- */

static const char *const programs[] = {
    "table T[4] : uint(2) = [1, 2, 3, 0]; hits: search all j in T where T[j] == 3;",
    "table T[4] : uint(3) = [5, 2, 7, 0]; hits: search one j in T where T[j] > 4;",
    "table T[3] : int(2) = [-1, 1, -2]; hits: search all j in T where T[j] < 0;",
    ("table T[4] : uint(1) = [1, 0, 1, 1]; table U[4] : uint(2) = [3, 1, 2, 0];"
     "hits: search one j in T where T[j] + U[j] == 2;"),
};

/* Drops the measurements, which the reference does not have. */
static void drop_measurements(qry_definition *d)
{
    for (size_t i = 0; i < d->op_count; i++)
        if (d->ops[i].kind == QRY_OP_MEASURE)
            d->ops[i] = (qry_op){.kind = QRY_GATE_id, .a = d->ops[i].a};
}

static void whole_programs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        qry_ctx *ctx = qry_ctx_new();
        struct compiled c = compile(ctx, programs[i]);
        qry_search_write_round(c.search, 2);
        drop_measurements(qry_circuit_program(c.search->circuit));
        if (qry_circuit_program(c.search->circuit)->width <= 18)
            compare_with_reference(ctx, c.search->circuit, programs[i], i);
        qry_ctx_free(ctx);
    }
}

/* Replaces, swaps or blanks gates of a body, keeping operands in range and different. */
static void damage(qry_definition *d, qry_random *random, int times)
{
    while (times-- && d->op_count) {
        size_t i = qry_random_below(random, d->op_count), k = qry_random_below(random, d->op_count);
        if (d->ops[i].kind >= QRY_GATES || d->ops[k].kind >= QRY_GATES)
            continue;
        switch (qry_random_below(random, 4)) {
        case 0:
            d->ops[i] = (qry_op){.kind = QRY_GATE_id, .a = d->ops[i].a};
            break;
        case 1: {
            qry_op t = d->ops[i];
            d->ops[i] = d->ops[k];
            d->ops[k] = t;
            break;
        }
        case 2:
            d->ops[i] = d->ops[k];
            break;
        default: {
            static const qry_gate one[] = {QRY_GATE_x, QRY_GATE_z, QRY_GATE_h, QRY_GATE_s};
            static const qry_gate two[] = {QRY_GATE_cx, QRY_GATE_cz, QRY_GATE_swap, QRY_GATE_cy};
            int qubits = qry_gate_table[d->ops[i].kind].qubits;
            if (qry_gate_table[d->ops[i].kind].angles)
                break;
            if (qubits == 1)
                d->ops[i].kind = (uint16_t)one[qry_random_below(random, 4)];
            else if (qubits == 2)
                d->ops[i].kind = (uint16_t)two[qry_random_below(random, 4)];
            else
                d->ops[i].kind = d->ops[i].kind == QRY_GATE_ccx ? QRY_GATE_cswap : QRY_GATE_ccx;
        }
        }
    }
}

/* What is damaged need not return its work qubits; nothing may be asserted of them. */
static void promise_nothing(const qry_circuit *circuit)
{
    for (uint32_t i = 0; i < qry_circuit_definitions(circuit); i++) {
        qry_definition *d = qry_circuit_definition(circuit, i);
        for (size_t g = 0; g < d->group_count; g++)
            if (d->groups[g].role != QRY_ROLE_ADDRESS)
                d->groups[g].role = QRY_ROLE_DATA;
    }
}

static void damaged_programs(void **state)
{
    (void)state;
    int rounds = getenv("QUARRY_ROUNDS") ? atoi(getenv("QUARRY_ROUNDS")) : 400, compared = 0;
    for (int seed = 0; seed < rounds; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, (uint64_t)seed, 9);
        struct compiled c = compile(ctx, programs[seed % 3]);
        if (seed % 5)
            qry_search_write_round(c.search, 1 + (uint64_t)seed % 2);
        else
            assert_true(qry_search_write_part(c.search, "load:T", 1, true));
        qry_definition *program = qry_circuit_program(c.search->circuit);
        drop_measurements(program);
        promise_nothing(c.search->circuit);
        for (uint32_t i = 1; i < qry_circuit_definitions(c.search->circuit); i++)
            if (qry_random_below(&random, 2))
                damage(qry_circuit_definition(c.search->circuit, i), &random, 1 + (int)qry_random_below(&random, 4));
        if (program->width <= 16) {
            compare_with_reference(ctx, c.search->circuit, "damaged", (uint64_t)seed);
            compared++;
        }
        qry_ctx_free(ctx);
    }
    assert_true(compared > rounds * 9 / 10);
}

/* ---- damaged queries that are too wide for the reference: the modes against each other ---- */

struct entry {
    uint64_t label[2]; /* a fingerprint */
    double re, im;
};

struct entries {
    uint32_t width;
    struct entry *entry;
    size_t count, room;
    qry_ctx *ctx;
};

static void keep_entry(void *state, const uint8_t *label, double re, double im)
{
    struct entries *e = state;
    struct entry x = {{1, 2}, re, im};
    for (uint32_t q = 0; q < e->width; q++)
        for (int k = 0; k < 2; k++)
            x.label[k] = (x.label[k] + label[q] + 1) * (k ? 0x9e3779b97f4a7c15u : 0xbf58476d1ce4e5b9u);
    QRY_GROW(e->ctx, e->entry, e->room, e->count + 1);
    e->entry[e->count++] = x;
}

static int by_label(const void *a, const void *b) { return memcmp(a, b, sizeof(uint64_t[2])); }

static struct entries entries_of(qry_ctx *ctx, const qry_circuit *circuit, qry_sim_mode mode)
{
    struct entries e = {.ctx = ctx, .width = qry_circuit_program(circuit)->width};
    qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = mode});
    qry_sim_shot(sim, NULL, NULL);
    qry_sim_shot(sim, NULL, NULL);
    qry_sim_amplitudes(sim, 1e-13, keep_entry, &e);
    qsort(e.entry, e.count, sizeof *e.entry, by_label);
    qry_sim_free(sim);
    return e;
}

static double overlap(const struct entries *x, const struct entries *y)
{
    double re = 0, im = 0;
    for (size_t i = 0, k = 0; i < x->count && k < y->count;) {
        const struct entry *a = &x->entry[i], *b = &y->entry[k];
        int order = by_label(a, b);
        if (!order) {
            re += a->re * b->re + a->im * b->im;
            im += a->re * b->im - a->im * b->re;
        }
        i += order <= 0;
        k += order >= 0;
    }
    return re * re + im * im;
}

static void damaged_wide_queries(void **state)
{
    (void)state;
    static const char text[] = "table K[29][2] : int(3) = npy(\"none.npy\");"
                               "hits: search all j in K where 2 * K[j][0] - K[j][1] >= 3;";
    int rounds = getenv("QUARRY_ROUNDS") ? atoi(getenv("QUARRY_ROUNDS")) : 100;
    for (int seed = 0; seed < rounds; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, (uint64_t)seed, 10);
        struct compiled c = {.program =
                                 qry_program_read(ctx, qry_source_from_text(ctx, "w.qry", text, sizeof text - 1))};
        int64_t mantissas[58];
        for (int i = 0; i < 58; i++)
            mantissas[i] = (int64_t)qry_random_below(&random, 8) - 4;
        qry_program_bind(c.program, "K", mantissas);
        c.search = qry_program_compile(c.program, NULL);
        qry_search_write_round(c.search, 1);
        drop_measurements(qry_circuit_program(c.search->circuit));
        promise_nothing(c.search->circuit);
        for (uint32_t i = 1; i < qry_circuit_definitions(c.search->circuit); i++)
            if (qry_random_below(&random, 3) == 0)
                damage(qry_circuit_definition(c.search->circuit, i), &random, 1);
        struct entries wanted = entries_of(ctx, c.search->circuit, QRY_SIM_GATES);
        for (qry_sim_mode mode = QRY_SIM_NUMBERED; mode <= QRY_SIM_REPLAY; mode++) {
            struct entries got = entries_of(ctx, c.search->circuit, mode);
            double same = overlap(&wanted, &got);
            if (fabs(1 - same) > 1e-9)
                fail_msg("seed %d, mode %d: overlap %.12f", seed, (int)mode, same);
        }
        qry_ctx_free(ctx);
    }
}

/* ---- large queries: modes, instruction sets and threads agree, and counts are what was walked ---- */

static bool count_step(void *state, const qry_step *step)
{
    qry_tally *tally = state;
    if (step->kind < QRY_GATES)
        tally->gate[step->kind]++;
    return true;
}

static const char large[] = "table K[1000][3] : int(5) = npy(\"none.npy\"); const q[3] : int(4) = [3, -5, 7];"
                            "hits: search all j in K where dot(q, K[j]) >= 90;";

static qry_search *compile_large(qry_ctx *ctx)
{
    qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "large.qry", large, strlen(large)));
    int64_t *mantissas = qry_alloc(ctx, 3000, sizeof *mantissas);
    qry_random random;
    qry_random_seed(&random, 4, 4);
    for (int i = 0; i < 3000; i++)
        mantissas[i] = (int64_t)qry_random_below(&random, 32) - 16;
    assert_true(qry_program_bind(program, "K", mantissas));
    qry_search *search = qry_program_compile(program, NULL);
    assert_non_null(search);
    return search;
}

static void all_ways_agree(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = compile_large(ctx);
    qry_search_write_round(search, 3);
    qry_tally walked = {0};
    qry_walk(qry_circuit_program(search->circuit), false, NULL, &(qry_visitor){.state = &walked, .step = count_step});
    double marked = (double)qry_search_count_matches(search), theta = asin(sqrt(marked / 1024));
    double *first = NULL, theory = pow(sin(7 * theta), 2);
    for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++)
        for (qry_simd simd = QRY_SIMD_PLAIN; simd <= QRY_SIMD_AVX512; simd++)
            for (int threads = 1; qry_simd_available(simd) && threads <= 2; threads++) {
                qry_sim *sim = qry_sim_new(ctx, search->circuit,
                                           &(qry_sim_options){.mode = mode, .simd = simd, .threads = threads});
                qry_qubit address[10];
                double *p = qry_alloc(ctx, 1024, sizeof *p), found = 0;
                for (uint32_t i = 0; i < 10; i++)
                    address[i] = search->first + i;
                for (int shot = 1; shot <= 2; shot++) {
                    qry_sim_shot(sim, NULL, NULL);
                    for (int g = 0; g < QRY_GATES; g++)
                        assert_true(qry_sim_executed(sim)->gate[g] == (qry_u128)shot * walked.gate[g]);
                }
                qry_sim_probabilities(sim, address, 10, p);
                for (uint64_t j = 0; j < 1000; j++)
                    found += qry_search_matches(search, j) ? p[j] : 0;
                assert_true(fabs(found - theory) < 1e-12);
                if (first)
                    assert_memory_equal(p, first, 1024 * sizeof *p); /* the same to the last bit */
                else
                    first = p;
                qry_sim_free(sim);
            }
    qry_ctx_free(ctx);
}

/* ---- changes between shots ---- */

static void circuit_changes(void **state)
{
    (void)state;
    for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        qry_ctx *ctx = qry_ctx_new();
        static const char text[] = "table K[8][2] : int(3) = [[1,2],[3,-4],[0,1],[-2,2],[3,3],[1,-1],[2,0],[-4,3]];"
                                   "const q[2] : int(4) = [1, 1]; param tau = 3;"
                                   "hits: search all j in K where dot(q, K[j]) >= tau;";
        struct compiled c = compile(ctx, text);
        qry_random random;
        qry_random_seed(&random, 8, (uint64_t)mode);
        qry_sim *sim = qry_sim_new(ctx, c.search->circuit, &(qry_sim_options){.mode = mode});
        qry_qubit address[3] = {c.search->first, c.search->first + 1, c.search->first + 2};
        for (int round = 0; round < 60; round++) {
            if (round % 3 == 0) {
                int64_t q[2] = {(int64_t)qry_random_below(&random, 16) - 8, (int64_t)qry_random_below(&random, 16) - 8};
                qry_program_bind(c.program, "q", q);
                qry_program_set_param(c.program, "tau", (qry_rational){(int64_t)qry_random_below(&random, 20) - 10, 1});
                assert_true(qry_search_refresh(c.search));
            }
            uint8_t alive[8];
            int marked = 0;
            for (uint64_t j = 0; j < 8; j++) {
                alive[j] = round % 3 == 0 || qry_random_below(&random, 3) > 0;
                marked += alive[j] && qry_search_matches(c.search, j);
            }
            qry_search_set_alive(c.search, alive);
            uint64_t iterations = qry_random_below(&random, 4);
            qry_search_write_round(c.search, iterations);
            qry_sim_shot(sim, NULL, NULL);
            double p[8], found = 0, theta = asin(sqrt(marked / 8.0));
            qry_sim_probabilities(sim, address, 3, p);
            for (uint64_t j = 0; j < 8; j++)
                found += alive[j] && qry_search_matches(c.search, j) ? p[j] : 0;
            assert_true(fabs(found - pow(sin(((double)iterations * 2 + 1) * theta), 2)) < 1e-12);
        }
        qry_ctx_free(ctx);
    }
}

/* ---- measurement and feedback ---- */

static void teleport(void **state)
{
    (void)state;
    for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_circuit *circuit = qry_circuit_new(ctx);
        qry_definition *p = qry_circuit_program(circuit);
        qry_qubit a = qry_definition_group(p, "alice", 2, QRY_ROLE_DATA), b = qry_definition_group(p, "bob", 1, 0);
        uint32_t bits = qry_circuit_bits(circuit, 3);
        qry_add_angle(p, QRY_GATE_ry, (qry_angle){1.0, -1}, a, 0);
        qry_add(p, QRY_GATE_h, a + 1, 0, 0);
        qry_add(p, QRY_GATE_cx, a + 1, b, 0);
        qry_add(p, QRY_GATE_cx, a, a + 1, 0);
        qry_add(p, QRY_GATE_h, a, 0, 0);
        qry_add_measure(p, a, bits);
        qry_add_measure(p, a + 1, bits + 1);
        qry_begin_if(p, bits + 1, true);
        qry_add(p, QRY_GATE_x, b, 0, 0);
        qry_end(p);
        qry_begin_if(p, bits, true);
        qry_add(p, QRY_GATE_z, b, 0, 0);
        qry_end(p);
        qry_add_angle(p, QRY_GATE_ry, (qry_angle){-1.0, -1}, b, 0); /* undoes what was teleported */
        qry_add_reset(p, a);
        qry_add(p, QRY_GATE_h, a, 0, 0);
        qry_add_measure(p, b, bits + 2);
        qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = mode});
        qry_random random;
        qry_random_seed(&random, 1, 2);
        int seen[4] = {0};
        for (int shot = 0; shot < 4000; shot++) {
            uint8_t got[3];
            qry_sim_shot(sim, &random, got);
            assert_int_equal(got[2], 0);
            seen[got[0] + 2 * got[1]]++;
        }
        for (int i = 0; i < 4; i++) /* each 1000, standard deviation 27 */
            assert_true(abs(seen[i] - 1000) < 150);
        qry_ctx_free(ctx);
    }
}

static void measured_frequencies(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct compiled c =
        compile(ctx, "table T[5] : uint(3) = [5, 2, 7, 0, 5]; hits: search all j in T where T[j] == 5;");
    qry_search_write_round(c.search, 1);
    qry_sim *sim = qry_sim_new(ctx, c.search->circuit, NULL);
    qry_random random;
    qry_random_seed(&random, 5, 5);
    double theta = asin(sqrt(2 / 8.0)), p = pow(sin(3 * theta), 2) / 2;
    int seen[8] = {0}, shots = 20000;
    for (int shot = 0; shot < shots; shot++) {
        uint8_t bits[8];
        qry_sim_shot(sim, &random, bits);
        seen[bits[0] + 2 * bits[1] + 4 * bits[2]]++;
    }
    for (int j = 0; j < 8; j++) { /* five standard deviations: once in two million */
        double q = j == 0 || j == 4 ? p : (1 - 2 * p) / 6;
        assert_true(fabs(seen[j] - shots * q) <= 5 * sqrt(shots * q * (1 - q)) + 1e-6);
    }
    qry_ctx_free(ctx);
}

/* ---- errors ---- */

struct caught {
    int count;
    char text[512];
};

static void catch (void *state, const qry_diagnostic *d)
{
    struct caught *c = state;
    c->count++;
    strncpy(c->text, d->message, sizeof c->text - 1);
}

static void run_shot(void *sim) { qry_sim_shot(sim, NULL, NULL); }

static void dirty_work_qubits(void **state)
{
    (void)state;
    for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++)
        for (int large_call = 0; large_call < 2; large_call++) {
            qry_ctx *ctx = qry_ctx_new();
            struct caught caught = {0};
            qry_ctx_on_diagnostic(ctx, catch, &caught);
            qry_circuit *circuit = qry_circuit_new(ctx);
            qry_definition *d = qry_circuit_define(circuit, "forgetful", 0), *p = qry_circuit_program(circuit);
            qry_definition_group(d, "data", 1, QRY_ROLE_DATA);
            qry_definition_group(d, "work", 1, QRY_ROLE_WORK);
            for (int i = 0; i < (large_call ? 601 : 1); i++)
                qry_add(d, QRY_GATE_cx, 0, 1, 0);
            qry_definition_group(p, "all", 2, QRY_ROLE_DATA);
            qry_add(p, QRY_GATE_h, 0, 0, 0);
            qry_add_call(p, d, false, (const qry_qubit[]){0, 1}, NULL);
            qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = mode});
            assert_false(qry_protect(ctx, run_shot, sim));
            assert_int_equal(caught.count, 1);
            assert_non_null(strstr(caught.text, "forgetful"));
            qry_ctx_free(ctx);
        }
}

static void too_many_states(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct caught caught = {0};
    qry_ctx_on_diagnostic(ctx, catch, &caught);
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *p = qry_circuit_program(circuit);
    qry_definition_group(p, "all", 38, QRY_ROLE_DATA);
    for (qry_qubit q = 0; q < 37; q++)
        qry_add(p, QRY_GATE_h, q, 0, 0);
    for (qry_qubit q = 0; q < 37; q++)
        qry_add(p, QRY_GATE_cx, q, 37, 0);
    qry_sim *sim = qry_sim_new(ctx, circuit, NULL);
    assert_false(qry_protect(ctx, run_shot, sim));
    assert_int_equal(caught.count, 1);
    assert_non_null(strstr(caught.text, "GB"));
    qry_ctx_free(ctx);
}

static volatile sig_atomic_t interrupted;

static void interrupts(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct caught caught = {0};
    qry_ctx_on_diagnostic(ctx, catch, &caught);
    struct compiled c = compile(ctx, programs[0]);
    qry_search_write_round(c.search, 1000000000);
    qry_sim *sim = qry_sim_new(ctx, c.search->circuit, NULL);
    interrupted = 1;
    qry_ctx_set_interrupt(ctx, &interrupted);
    assert_false(qry_protect(ctx, run_shot, sim));
    assert_non_null(strstr(caught.text, "interrupted"));
    interrupted = 0;
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_programs),       cmocka_unit_test(damaged_programs),
        cmocka_unit_test(damaged_wide_queries), cmocka_unit_test(all_ways_agree),
        cmocka_unit_test(circuit_changes),      cmocka_unit_test(teleport),
        cmocka_unit_test(measured_frequencies), cmocka_unit_test(interrupts),
        cmocka_unit_test(dirty_work_qubits),    cmocka_unit_test(too_many_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
