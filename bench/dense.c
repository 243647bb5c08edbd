/* dense.c: times the dense engine. Usage: bench_dense [qft|random] [qubits] [layers] [threads] [double|single] [runs]
 *
 *   qft     h on every qubit and cp between all pairs, 300 gates on 24 qubits
 *   random  layers of rx or ry on every qubit and cx on random pairs, 288 gates on 24 qubits in 8 layers
 *
 * The state starts as |0...0>. `spread` before the name of the circuit turns every qubit first, so that no control has a
 * value that is known. A run is the whole shot of a new engine: memory, planning, execution; the least of several is given,
 * and, unless QUARRY_NO_YARDSTICK is set, the loop of the yardstick: one pass over interleaved complex numbers for every
 * gate. */
#include "bench/yardstick.h"
#include "sim/sim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct bench {
    qry_ctx *ctx;
    qry_circuit *circuit;
    uint32_t qubits;
};

static void add_qft(qry_definition *program, uint32_t n)
{
    for (uint32_t i = n; i-- > 0;) {
        qry_add(program, QRY_GATE_h, i, 0, 0);
        for (uint32_t j = i; j-- > 0;)
            qry_add_angle(program, QRY_GATE_cp, (qry_angle){ldexp(M_PI, -(int)(i - j)), -1}, j, i);
    }
}

static void add_random(qry_ctx *ctx, qry_definition *program, uint32_t n, int layers)
{
    qry_random random;
    qry_random_seed(&random, 5, 0);
    uint32_t *order = qry_alloc(ctx, n, sizeof *order);
    for (int layer = 0; layer < layers; layer++) {
        for (uint32_t q = 0; q < n; q++)
            qry_add_angle(program, qry_random_below(&random, 2) ? QRY_GATE_rx : QRY_GATE_ry,
                          (qry_angle){2 * M_PI * qry_random_unit(&random), -1}, q, 0);
        for (uint32_t q = 0; q < n; q++)
            order[q] = q;
        for (uint32_t i = n - 1; i > 0; i--) {
            uint32_t j = (uint32_t)qry_random_below(&random, i + 1), t = order[i];
            order[i] = order[j];
            order[j] = t;
        }
        for (uint32_t i = 0; i + 1 < n; i += 2)
            qry_add(program, QRY_GATE_cx, order[i], order[i + 1], 0);
    }
    qry_free(ctx, order);
}

/* ---- the yardstick ---- */

static bool yardstick_step(void *state, const qry_step *step)
{
    yardstick_state *s = state;
    const qry_gate_info *info = &qry_gate_table[step->kind];
    double matrix[8];
    qry_gate_matrix((qry_gate)step->kind, step->angle, matrix);
    yardstick_gate(s, matrix, info->qubits == 2 ? (size_t)1 << step->qubit[0] : 0, step->qubit[info->qubits - 1]);
    return true;
}

static double yardstick_seconds(struct bench *b)
{
    double start = qry_seconds();
    yardstick_state s = {.qubits = b->qubits};
    s.amplitude = qry_alloc(b->ctx, (size_t)2 << b->qubits, sizeof *s.amplitude);
    s.amplitude[0] = 1;
    qry_walk(qry_circuit_program(b->circuit), false, NULL, &(qry_visitor){.state = &s, .step = yardstick_step});
    double seconds = qry_seconds() - start;
    qry_free(b->ctx, s.amplitude);
    return seconds;
}

/* ---- the engine ---- */

/* The least of several runs, each by itself: by the clock, of the processor, and for planning. */
struct times {
    double seconds, processor, planning;
};

static struct times engine_times(struct bench *b, const qry_sim_options *options, int runs)
{
    struct times best = {INFINITY, INFINITY, INFINITY};
    for (int i = 0; i < runs; i++) {
        double start = qry_seconds();
        clock_t ticks = clock();
        qry_sim *sim = qry_sim_new(b->ctx, b->circuit, options);
        qry_sim_shot(sim, NULL, NULL);
        best.seconds = fmin(best.seconds, qry_seconds() - start);
        best.processor = fmin(best.processor, (double)(clock() - ticks) / CLOCKS_PER_SEC);
        best.planning = fmin(best.planning, qry_sim_planning_seconds(sim));
        qry_sim_free(sim);
    }
    return best;
}

int main(int count, char **arguments)
{
    struct bench b = {.ctx = qry_ctx_new()};
    bool spread = count > 1 && strcmp(arguments[1], "spread") == 0;
    arguments += spread;
    count -= spread;
    const char *name = count > 1 ? arguments[1] : "qft";
    b.qubits = count > 2 ? (uint32_t)atoi(arguments[2]) : 24;
    int layers = count > 3 ? atoi(arguments[3]) : 8, runs = count > 6 ? atoi(arguments[6]) : 5;
    qry_sim_options options = {.engine = QRY_SIM_DENSE, .threads = count > 4 ? atoi(arguments[4]) : 1};
    options.single = count > 5 && strcmp(arguments[5], "single") == 0;
    b.circuit = qry_circuit_new(b.ctx);
    qry_definition *program = qry_circuit_program(b.circuit);
    qry_definition_group(program, "q", b.qubits, QRY_ROLE_DATA);
    for (uint32_t q = 0; q < b.qubits && spread; q++)
        qry_add_angle(program, QRY_GATE_ry, (qry_angle){1 + 0.1 * q, -1}, q, 0);
    if (strcmp(name, "qft") == 0)
        add_qft(program, b.qubits);
    else
        add_random(b.ctx, program, b.qubits, layers);
    struct times t = engine_times(&b, &options, runs);
    printf("%s%s, %u qubits, %zu gates, %d threads, %s: %.3f s (processor %.3f s, planning %.4f s)",
           spread ? "spread " : "", name, b.qubits, program->op_count, options.threads,
           options.single ? "single" : "double", t.seconds, t.processor, t.planning);
    if (!getenv("QUARRY_NO_YARDSTICK")) {
        double yardstick = yardstick_seconds(&b);
        printf(", yardstick %.3f s, %.0f times as long", yardstick, yardstick / t.seconds);
    }
    printf("\n");
    qry_ctx_free(b.ctx);
}
