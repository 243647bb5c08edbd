/* Which engine is chosen, for circuits of which everybody knows which is better. */
#include "sim/sim.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

struct made {
    qry_ctx *ctx;
    qry_circuit *circuit;
    qry_definition *program;
    uint32_t width;
};

static struct made make(uint32_t width)
{
    struct made m = {.ctx = qry_ctx_new(), .width = width};
    m.circuit = qry_circuit_new(m.ctx);
    m.program = qry_circuit_program(m.circuit);
    qry_definition_group(m.program, "q", width, QRY_ROLE_DATA);
    return m;
}

static void check_choice(struct made m, qry_sim_engine engine, const char *why)
{
    double start = qry_seconds();
    qry_sim_choice choice = qry_sim_choose(qry_arena_new(m.ctx), m.circuit);
    assert_int_equal(choice.engine, engine);
    assert_non_null(strstr(choice.why, why));
    assert_true(qry_seconds() - start < 20); /* it is to be a small part of running it */
    qry_ctx_free(m.ctx);
}

static void fourier(struct made m)
{
    for (uint32_t i = m.width; i-- > 0;) {
        qry_add(m.program, QRY_GATE_h, i, 0, 0);
        for (uint32_t j = i; j-- > 0;)
            qry_add_angle(m.program, QRY_GATE_cp, (qry_angle){M_PI / (double)(1 << (i - j)), -1}, j, i);
    }
}

static void layers(struct made m, int count)
{
    qry_random random;
    qry_random_seed(&random, 1, 0);
    for (int layer = 0; layer < count; layer++)
        for (uint32_t q = 0; q < m.width; q++) {
            qry_add_angle(m.program, layer % 2 ? QRY_GATE_ry : QRY_GATE_rx,
                          (qry_angle){6 * qry_random_unit(&random), -1}, q, 0);
            qry_add(m.program, QRY_GATE_cx, q, (q + 1) % m.width, 0);
        }
}

static void ghz(struct made m)
{
    qry_add(m.program, QRY_GATE_h, 0, 0, 0);
    for (uint32_t q = 1; q < m.width; q++)
        qry_add(m.program, QRY_GATE_cx, q - 1, q, 0);
}

static void test_dense(void **state)
{
    (void)state;
    struct made m = make(2);
    ghz(m);
    check_choice(m, QRY_SIM_DENSE, "few");
    m = make(20);
    fourier(m);
    for (uint32_t i = m.width; i-- > 0;) /* of a state that is in use: after as many gates as before */
        qry_add(m.program, QRY_GATE_h, i, 0, 0);
    check_choice(m, QRY_SIM_DENSE, "suits");
    m = make(24);
    layers(m, 8);
    check_choice(m, QRY_SIM_DENSE, "suits");
}

static void test_sparse(void **state)
{
    (void)state;
    struct made m = make(60);
    ghz(m);
    check_choice(m, QRY_SIM_SPARSE, "memory");
    m = make(1000);
    layers(m, 2);
    check_choice(m, QRY_SIM_SPARSE, "memory");
    m = make(24);
    ghz(m);
    check_choice(m, QRY_SIM_SPARSE, "2^1 of 2^24");
    m = make(22); /* arithmetic: additions of a register in superposition, by Toffoli gates */
    for (uint32_t q = 0; q < 6; q++)
        qry_add(m.program, QRY_GATE_h, q, 0, 0);
    for (int round = 0; round < 100; round++)
        for (uint32_t q = 0; q < 6; q++)
            qry_add(m.program, QRY_GATE_ccx, q, 6 + q, 14 + (q + (uint32_t)round) % 8);
    check_choice(m, QRY_SIM_SPARSE, "2^6 of 2^22");
}

/* Grover's search: many gates that mix, but they undo each other, so that few basis states are ever in use. */
static void test_scout(void **state)
{
    (void)state;
    enum { ADDRESS = 5 };
    struct made m = make(20);
    for (uint32_t q = 0; q < ADDRESS; q++)
        qry_add(m.program, QRY_GATE_h, q, 0, 0);
    for (int round = 0; round < 40; round++) {
        for (uint32_t q = 0; q < ADDRESS; q++) {
            qry_add(m.program, QRY_GATE_cx, q, ADDRESS + q, 0);
            qry_add(m.program, QRY_GATE_ccx, q, ADDRESS + q, 10 + q);
        }
        qry_add(m.program, QRY_GATE_cz, 10, 11, 0);
        for (uint32_t q = ADDRESS; q-- > 0;) {
            qry_add(m.program, QRY_GATE_ccx, q, ADDRESS + q, 10 + q);
            qry_add(m.program, QRY_GATE_cx, q, ADDRESS + q, 0);
        }
        for (uint32_t q = 0; q < ADDRESS; q++)
            qry_add(m.program, QRY_GATE_h, q, 0, 0);
        qry_add_controlled(m.program, QRY_GATE_z, NULL, (const qry_qubit[]){0},
                           (const qry_qubit[]){1, 2, 3 | QRY_NEGATIVE, 4}, 4);
        for (uint32_t q = 0; q < ADDRESS; q++)
            qry_add(m.program, QRY_GATE_h, q, 0, 0);
    }
    check_choice(m, QRY_SIM_SPARSE, "of 2^20 basis states 32 are in use");

    /* The same gates without what undoes: the state fills. */
    m = make(20);
    for (int round = 0; round < 40; round++)
        for (uint32_t q = 0; q < m.width; q++) {
            qry_add(m.program, QRY_GATE_h, q, 0, 0);
            qry_add(m.program, QRY_GATE_cx, q, (q + 7) % m.width, 0);
        }
    check_choice(m, QRY_SIM_DENSE, "suits");
}

static void turn(struct made m, qry_gate gate, double angle, uint32_t qubit)
{
    qry_add_angle(m.program, gate, (qry_angle){angle, -1}, qubit, 0);
}

/* Steps of time of an Ising chain, and layers of an ansatz near zero: by small angles the amplitudes of most basis states are
 * small for long, but they are there. */
static void test_small_angles(void **state)
{
    (void)state;
    struct made m = make(20);
    qry_add(m.program, QRY_GATE_x, 10, 0, 0);
    for (int step = 0; step < 50; step++) {
        for (uint32_t q = 0; q + 1 < m.width; q++) {
            qry_add(m.program, QRY_GATE_cx, q, q + 1, 0);
            turn(m, QRY_GATE_rz, 0.01, q + 1);
            qry_add(m.program, QRY_GATE_cx, q, q + 1, 0);
        }
        for (uint32_t q = 0; q < m.width; q++)
            turn(m, QRY_GATE_rx, 0.005, q);
    }
    check_choice(m, QRY_SIM_DENSE, "suits");
    m = make(20);
    for (int layer = 0; layer < 6; layer++) {
        for (uint32_t q = 0; q < m.width; q++)
            turn(m, QRY_GATE_ry, 0.002 * (1 + (q * 7 + (uint32_t)layer) % 20), q);
        for (uint32_t q = 0; q + 1 < m.width; q++)
            qry_add(m.program, QRY_GATE_cx, q, q + 1, 0);
    }
    check_choice(m, QRY_SIM_DENSE, "suits");
}

/* Grover's search on 12 of 20 qubits, as it stands in books: the dense engine has only those to go through. */
static void test_idle_qubits(void **state)
{
    (void)state;
    enum { BUSY = 12 };
    struct made m = make(20);
    for (uint32_t q = 0; q < BUSY; q++)
        qry_add(m.program, QRY_GATE_h, q, 0, 0);
    qry_qubit control[BUSY - 1];
    for (uint32_t q = 0; q < BUSY - 1; q++)
        control[q] = q + 1;
    for (int round = 0; round < 30; round++)
        for (int part = 0; part < 2; part++) {
            for (uint32_t q = 0; part && q < BUSY; q++) {
                qry_add(m.program, QRY_GATE_h, q, 0, 0);
                qry_add(m.program, QRY_GATE_x, q, 0, 0);
            }
            qry_add_controlled(m.program, QRY_GATE_z, NULL, (const qry_qubit[]){0}, control, BUSY - 1);
            for (uint32_t q = 0; part && q < BUSY; q++) {
                qry_add(m.program, QRY_GATE_x, q, 0, 0);
                qry_add(m.program, QRY_GATE_h, q, 0, 0);
            }
        }
    check_choice(m, QRY_SIM_DENSE, "suits");
}

/* A Hadamard gate that nothing depends on is put off by the sparse engine, and measured as a coin. */
static void test_coins(void **state)
{
    (void)state;
    struct made m = make(20);
    qry_circuit_bits(m.circuit, m.width);
    for (int round = 0; round < 2; round++)
        for (uint32_t q = 0; q < m.width; q++) {
            qry_add(m.program, QRY_GATE_h, q, 0, 0);
            if (q + 1 == m.width)
                for (uint32_t k = 0; k < m.width; k++)
                    qry_add_measure(m.program, k, k);
        }
    check_choice(m, QRY_SIM_SPARSE, "of 2^20 basis states 1 are in use");
    m = make(20); /* kicked back, as in the algorithm of Bernstein and Vazirani */
    for (uint32_t q = 0; q < m.width; q++)
        qry_add(m.program, QRY_GATE_h, q, 0, 0);
    qry_add(m.program, QRY_GATE_z, 19, 0, 0);
    for (uint32_t q = 0; q + 1 < m.width; q++)
        qry_add(m.program, QRY_GATE_cx, q, 19, 0);
    for (uint32_t q = 0; q < m.width; q++)
        qry_add(m.program, QRY_GATE_h, q, 0, 0);
    check_choice(m, QRY_SIM_SPARSE, "of 2^20 basis states 1 are in use");
}

/* Teleportation along a line: what is measured is done with, so that in a shot only few basis states are in use at a
 * time. With all measurements at the end there are many. */
static void line(struct made m, bool feedback)
{
    qry_circuit_bits(m.circuit, m.width);
    qry_add(m.program, QRY_GATE_h, 0, 0, 0);
    for (uint32_t q = 0; q + 2 < m.width; q += 2) {
        qry_add(m.program, QRY_GATE_h, q + 1, 0, 0);
        qry_add(m.program, QRY_GATE_cx, q + 1, q + 2, 0);
        qry_add(m.program, QRY_GATE_cx, q, q + 1, 0);
        qry_add(m.program, QRY_GATE_h, q, 0, 0);
        for (uint32_t k = 0; k < 2; k++) {
            qry_add_measure(m.program, q + k, q + k);
            if (!feedback)
                continue;
            qry_begin_if(m.program, q + k, true);
            qry_add(m.program, k ? QRY_GATE_x : QRY_GATE_z, q + 2, 0, 0);
            qry_end(m.program);
        }
    }
    for (int i = 0; i < 50; i++)
        qry_add_angle(m.program, QRY_GATE_ry, (qry_angle){1, -1}, m.width - 1, 0);
}

static void test_measured(void **state)
{
    (void)state;
    struct made m = make(25);
    line(m, true);
    check_choice(m, QRY_SIM_SPARSE, "of 2^25 basis states 4 are in use");
    m = make(25);
    line(m, false);
    check_choice(m, QRY_SIM_DENSE, "suits");
}

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
enum { SANITIZED = __has_feature(address_sanitizer) };
#else
enum { SANITIZED = 0 };
#endif

/* The choice follows the memory that there is: a process that may have little takes the engine that may do with it. */
static void test_memory(void **state)
{
    (void)state;
    if (SANITIZED)
        skip(); /* the sanitizer needs address space of its own, terabytes of it */
    struct rlimit limit, old;
    assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
    struct made m = make(30), same = make(27);
    layers(m, 2);
    layers(same, 2);
    limit = old;
    limit.rlim_cur = (rlim_t)1 << 30;
    if (setrlimit(RLIMIT_AS, &limit) != 0 || qry_memory_fits(1e18))
        skip();
    check_choice(m, QRY_SIM_SPARSE, "16 GiB");
    check_choice(same, QRY_SIM_SPARSE, "2 GiB");
    assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dense),        cmocka_unit_test(test_sparse),      cmocka_unit_test(test_scout),
        cmocka_unit_test(test_small_angles), cmocka_unit_test(test_idle_qubits), cmocka_unit_test(test_coins),
        cmocka_unit_test(test_measured),     cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
