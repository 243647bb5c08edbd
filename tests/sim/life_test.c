/* life_test.c: what may happen to an engine between shots and after failures: circuits rewritten under it in any order,
 * failing allocations, calls that nest too deep, bodies that need random numbers. */
#include "sim/sim.h"

#include "base/faults.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct caught {
    int count;
    char text[300];
};

static void catch (void *state, const qry_diagnostic *diagnostic)
{
    struct caught *caught = state;
    caught->count++;
    snprintf(caught->text, sizeof caught->text, "%s", diagnostic->message);
}

/* ---- definitions rewritten in any order ---- */

enum { PARTS = 4 };

/* A part flips the qubit or does not, and calls the part behind it. */
static void write_part(qry_definition *part, qry_definition *next, bool flips)
{
    static const qry_qubit q[1] = {0};
    qry_definition_clear(part);
    qry_definition_group(part, "q", 1, QRY_ROLE_DATA);
    if (flips)
        qry_add(part, QRY_GATE_x, 0, 0, 0);
    if (next)
        qry_add_call(part, next, false, q, NULL);
}

/* A kept engine says after every rewriting what the circuit says now. */
static void rewriting(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 3, 0);
    for (int trial = 0; trial < 300; trial++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_circuit *circuit = qry_circuit_new(ctx);
        qry_definition *program = qry_circuit_program(circuit), *part[PARTS];
        for (uint64_t spare = qry_random_below(&random, 5); spare-- > 0;)
            qry_circuit_define(circuit, "spare", 0);
        for (int i = 0; i < PARTS; i++)
            part[i] = qry_circuit_define(circuit, "part", 0);
        bool flips[PARTS] = {0}, sum = false;
        for (int i = PARTS; i-- > 0;)
            write_part(part[i], i + 1 < PARTS ? part[i + 1] : NULL, false);
        qry_definition_group(program, "q", 1, QRY_ROLE_DATA);
        qry_circuit_bits(circuit, 1);
        qry_add_call(program, part[0], false, (const qry_qubit[]){0}, NULL);
        qry_add_measure(program, 0, 0);
        qry_sim_mode mode = QRY_SIM_GATES + (qry_sim_mode)qry_random_below(&random, 3);
        qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = mode});
        for (int round = 0; round < 20; round++) {
            for (uint64_t writes = qry_random_below(&random, 5); writes-- > 0;) {
                int i = (int)qry_random_below(&random, PARTS);
                flips[i] = qry_random_below(&random, 2);
                write_part(part[i], i + 1 < PARTS ? part[i + 1] : NULL, flips[i]);
            }
            sum = flips[0] ^ flips[1] ^ flips[2] ^ flips[3];
            uint8_t bit;
            qry_sim_shot(sim, &random, &bit);
            assert_int_equal(bit, sum);
        }
        qry_ctx_free(ctx);
    }
}

/* ---- failures ---- */

struct run {
    qry_ctx *ctx;
    qry_circuit *circuit;
    qry_sim *sim;
};

static void one_shot(void *state)
{
    struct run *r = state;
    uint8_t bits[16];
    qry_random random;
    qry_random_seed(&random, 1, 1);
    qry_sim_shot(r->sim, &random, bits);
}

static void ignore_values(void *state, const uint8_t *values) { (void)state, (void)values; }

/* Everything else that an engine offers. */
static void one_marked_shot(void *state)
{
    struct run *r = state;
    qry_random random;
    qry_random_seed(&random, 1, 1);
    double p[4];
    static const qry_qubit qubits[2] = {0, 10};
    qry_sim_shot(r->sim, NULL, NULL);
    bool marked = qry_sim_mark(r->sim);
    qry_sim_sample(r->sim, qubits, 2, &random, 10, ignore_values, NULL);
    if (marked)
        qry_sim_rewind(r->sim);
    qry_sim_probabilities(r->sim, qubits, 2, p);
}

/* Ten qubits in superposition, two blocks of rows, so that threads have something to share; many calls and worlds. */
static void build(struct run *r, qry_sim_options options)
{
    enum { WIDTH = 10, KINDS = 2 };
    r->circuit = qry_circuit_new(r->ctx);
    qry_definition *program = qry_circuit_program(r->circuit);
    qry_definition_group(program, "q", WIDTH + 1, QRY_ROLE_DATA);
    qry_circuit_bits(r->circuit, WIDTH);
    for (qry_qubit q = 0; q < WIDTH; q++)
        qry_add(program, QRY_GATE_h, q, 0, 0);
    for (qry_qubit k = 0; k < KINDS; k++) {
        qry_definition *d = qry_circuit_define(r->circuit, "d", 0);
        qry_definition_group(d, "q", 3, QRY_ROLE_DATA);
        for (qry_qubit i = 0; i < 86; i++) {
            qry_add(d, QRY_GATE_ccx, i % 3, (i + 1) % 3, (i + 2) % 3);
            qry_add(d, QRY_GATE_t, k % 3, 0, 0);
            qry_add(d, QRY_GATE_cx, 2, 0, 0);
        }
        qry_qubit operands[3] = {k % WIDTH, (k + 1) % WIDTH, WIDTH};
        qry_add_call(program, d, k % 2, operands, NULL);
    }
    qry_add(program, QRY_GATE_h, WIDTH, 0, 0);
    for (qry_qubit q = 0; q < WIDTH; q++)
        qry_add_measure(program, q, q);
    r->sim = qry_sim_new(r->ctx, r->circuit, &options);
}

/* Every allocation of a run fails once; then the engine, its circuit and its context can be freed. */
static void fail_everywhere(void (*body)(void *))
{
    for (int threads = 1; threads <= 2; threads++)
        for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++)
            for (size_t n = 1;; n++) {
                struct run r = {.ctx = qry_ctx_new()};
                struct caught caught = {0};
                build(&r, (qry_sim_options){.mode = mode, .threads = threads});
                qry_ctx_on_diagnostic(r.ctx, catch, &caught);
                qry_memory_fail_at(r.ctx, n);
                bool finished = qry_protect(r.ctx, body, &r);
                qry_memory_fail_at(r.ctx, 0);
                assert_true(finished == (caught.count == 0));
                qry_sim_free(r.sim);
                qry_circuit_free(r.circuit);
                qry_ctx_free(r.ctx);
                if (finished)
                    break;
            }
}

static void failing_allocations(void **state)
{
    (void)state;
    fail_everywhere(one_shot);
    fail_everywhere(one_marked_shot);
}

/* An engine with threads need not be freed: it goes with its context. */
static void context_alone(void **state)
{
    (void)state;
    for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        struct run r = {.ctx = qry_ctx_new()};
        build(&r, (qry_sim_options){.mode = mode, .threads = 2});
        one_shot(&r);
        qry_ctx_free(r.ctx);
    }
}

/* ---- qubits in a product with the rest ---- */

/* |+> and |-> beside a Bell pair: each is a fair coin of its own, stays what it was measured to be, and is 0 after a
 * reset. Four coins in 4000 shots; one of 16 frequencies is 5.5 sigma off once in a million times, and with
 * this seed never. */
static void coins(void **state)
{
    (void)state;
    enum { SHOTS = 4000 };
    for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_circuit *circuit = qry_circuit_new(ctx);
        qry_definition *program = qry_circuit_program(circuit);
        qry_definition_group(program, "q", 5, QRY_ROLE_DATA);
        qry_circuit_bits(circuit, 9);
        qry_add(program, QRY_GATE_x, 1, 0, 0);
        for (qry_qubit q = 0; q < 3; q++)
            qry_add(program, QRY_GATE_h, q, 0, 0);
        qry_add(program, QRY_GATE_cx, 2, 3, 0); /* 2 and 3 are a Bell pair */
        qry_add_measure(program, 0, 0);
        qry_add_measure(program, 2, 1);
        qry_add_measure(program, 1, 2);
        qry_add_measure(program, 0, 3);
        qry_add_measure(program, 1, 4);
        qry_add_measure(program, 3, 5);
        qry_add(program, QRY_GATE_cx, 0, 4, 0); /* what was measured controls others */
        qry_add_measure(program, 4, 6);
        qry_add(program, QRY_GATE_h, 1, 0, 0); /* |+> or |-> again, as it was measured; and reset */
        qry_add_reset(program, 1);
        qry_add_measure(program, 1, 7);
        qry_add(program, QRY_GATE_h, 0, 0, 0);
        qry_add_measure(program, 0, 8); /* a new coin */
        qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = mode});
        qry_random random;
        qry_random_seed(&random, 5, (uint64_t)mode);
        int count[16] = {0};
        for (int shot = 0; shot < SHOTS; shot++) {
            uint8_t bit[9];
            qry_sim_shot(sim, &random, bit);
            assert_int_equal(bit[3], bit[0]);
            assert_int_equal(bit[4], bit[2]);
            assert_int_equal(bit[5], bit[1]);
            assert_int_equal(bit[6], bit[0]);
            assert_int_equal(bit[7], 0);
            count[bit[0] | bit[1] << 1 | bit[2] << 2 | bit[8] << 3]++;
        }
        double sigma = sqrt(SHOTS / 16.0 * 15 / 16);
        for (int i = 0; i < 16; i++)
            assert_true(fabs(count[i] - SHOTS / 16.0) < 5.5 * sigma);
        qry_ctx_free(ctx);
    }
}

/* ---- what a circuit may do wrong ---- */

/* Runs the circuit with the engine's options; the message with which it gave up, or "". */
static const char *message_of(struct run *r, qry_sim_options options, struct caught *caught)
{
    *caught = (struct caught){0};
    qry_ctx_on_diagnostic(r->ctx, catch, caught);
    r->sim = qry_sim_new(r->ctx, r->circuit, &options);
    bool finished = qry_protect(r->ctx, one_shot, r);
    assert_int_equal(caught->count, finished ? 0 : 1);
    qry_sim_free(r->sim);
    return caught->text;
}

static void dirty_in_threads(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 2; threads++) {
        struct run r = {.ctx = qry_ctx_new()};
        struct caught caught;
        r.circuit = qry_circuit_new(r.ctx);
        qry_definition *culprit = qry_circuit_define(r.circuit, "culprit", 0);
        qry_definition_group(culprit, "q", 1, QRY_ROLE_DATA);
        qry_definition_group(culprit, "w", 1, QRY_ROLE_WORK);
        qry_add(culprit, QRY_GATE_cx, 0, 1, 0);
        qry_definition *program = qry_circuit_program(r.circuit);
        qry_definition_group(program, "q", 13, QRY_ROLE_DATA);
        for (qry_qubit q = 0; q < 12; q++)
            qry_add(program, QRY_GATE_h, q, 0, 0);
        for (qry_qubit q = 0; q < 12; q++)
            qry_add(program, QRY_GATE_t, q, 0, 0);
        qry_add_call(program, culprit, false, (const qry_qubit[]){0, 12}, NULL);
        assert_non_null(strstr(message_of(&r, (qry_sim_options){.threads = threads}, &caught), "culprit"));
        qry_circuit_free(r.circuit);
        qry_ctx_free(r.ctx);
    }
}

/* Calls nested 990 deep run; 300,000 deep is too much, and said so. */
static void nested(void **state)
{
    (void)state;
    static const int depths[] = {990, 300000};
    for (int i = 0; i < 2; i++) {
        struct run r = {.ctx = qry_ctx_new()};
        struct caught caught;
        r.circuit = qry_circuit_new(r.ctx);
        static const qry_qubit q[1] = {0};
        qry_definition *last = NULL;
        for (int k = 0; k < depths[i]; k++) {
            qry_definition *d = qry_circuit_define(r.circuit, "d", 0);
            qry_definition_group(d, "q", 1, QRY_ROLE_DATA);
            if (last)
                qry_add_call(d, last, false, q, NULL);
            else
                qry_add(d, QRY_GATE_x, 0, 0, 0);
            last = d;
        }
        qry_definition *program = qry_circuit_program(r.circuit);
        qry_definition_group(program, "q", 1, QRY_ROLE_DATA);
        qry_add_call(program, last, false, q, NULL);
        const char *message = message_of(&r, (qry_sim_options){.threads = 1}, &caught);
        assert_true(i == 0 ? !*message : strstr(message, "nested") != NULL);
        qry_ctx_free(r.ctx);
    }
}

static void shot_without_random(void *state)
{
    struct run *r = state;
    qry_sim_shot(r->sim, NULL, NULL);
}

/* A reset of a qubit in superposition needs a random number; of one that is not, none. */
static void reset_without_random(void **state)
{
    (void)state;
    for (int superposed = 0; superposed < 3; superposed++) { /* 2: in a product with the rest */
        struct run r = {.ctx = qry_ctx_new()};
        struct caught caught = {0};
        r.circuit = qry_circuit_new(r.ctx);
        qry_definition *program = qry_circuit_program(r.circuit);
        qry_definition_group(program, "q", 2, QRY_ROLE_DATA);
        qry_add(program, superposed ? QRY_GATE_h : QRY_GATE_x, 0, 0, 0);
        if (superposed < 2)
            qry_add(program, QRY_GATE_cx, 0, 1, 0);
        qry_add_reset(program, 0);
        qry_ctx_on_diagnostic(r.ctx, catch, &caught);
        r.sim = qry_sim_new(r.ctx, r.circuit, NULL);
        assert_int_equal(qry_protect(r.ctx, shot_without_random, &r), !superposed);
        assert_int_equal(caught.count, superposed > 0);
        if (!superposed) {
            double p[4];
            qry_sim_probabilities(r.sim, (const qry_qubit[]){0, 1}, 2, p);
            assert_true(p[2] > 1 - 1e-12);
        }
        qry_ctx_free(r.ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rewriting),
        cmocka_unit_test(failing_allocations),
        cmocka_unit_test(context_alone),
        cmocka_unit_test(coins),
        cmocka_unit_test(dirty_in_threads),
        cmocka_unit_test(nested),
        cmocka_unit_test(reset_without_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
