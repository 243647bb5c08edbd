/* depth_test.c: depth against the slow way, operation by operation against all before it. */
#include "support.h"

#include <math.h>

static bool equal(qry_u128 a, qry_u128 b) { return a == b; }

static uint64_t t_steps(const item *x)
{
    if (x->control)
        return cost_of((qry_gate)x->kind, (uint32_t)__builtin_popcountll(x->control)).t_depth;
    switch (x->kind) {
    case QRY_GATE_t:
    case QRY_GATE_tdg:
        return 1;
    case QRY_GATE_ch:
        return 2;
    case QRY_GATE_ccx:
    case QRY_GATE_cswap:
        return 3;
    default:
        return 0;
    }
}

/* An operation, what it waits for, and when it is done. */
struct node {
    uint64_t qubits; /* a bit each */
    uint64_t reads;  /* classical bits of the conditions around it */
    uint64_t writes;
    uint64_t depth, t;
};

static struct node node_of(const item *x)
{
    int count = x->kind < QRY_GATES ? qry_gate_table[x->kind].qubits : x->kind != QRY_OP_BARRIER;
    struct node n = {.writes = x->kind == QRY_OP_MEASURE ? UINT64_C(1) << x->bit : 0, .qubits = x->control};
    if (x->kind == QRY_OP_BARRIER && !x->control)
        n.qubits = ~UINT64_C(0);
    for (int k = 0; k < count; k++)
        n.qubits |= UINT64_C(1) << x->qubit[k];
    return n;
}

/* A condition is decided where it stands: only measurements before it count. */
static void slow_depth(qry_ctx *ctx, const list *l, uint64_t *depth, uint64_t *t_depth)
{
    struct node *nodes = qry_alloc(ctx, l->count + 1, sizeof *nodes);
    struct {
        uint64_t depth, t;
    } floors[64] = {{0, 0}};
    size_t count = 0, open = 0;
    *depth = *t_depth = 0;
    for (size_t i = 0; i < l->count; i++) {
        const item *x = &l->items[i];
        if (x->kind == ITEM_END_IF) {
            open--;
        } else if (x->kind == ITEM_IF) {
            open++;
            floors[open] = floors[open - 1];
            for (size_t k = 0; k < count; k++)
                if (nodes[k].writes >> x->bit & 1) {
                    floors[open].depth = nodes[k].depth > floors[open].depth ? nodes[k].depth : floors[open].depth;
                    floors[open].t = nodes[k].t > floors[open].t ? nodes[k].t : floors[open].t;
                }
        } else if (x->kind < QRY_OP_KINDS) {
            struct node n = node_of(x);
            const bool gate = x->kind != QRY_OP_BARRIER && n.qubits; /* gphase alone has none */
            n.depth = gate ? floors[open].depth : 0;                 /* a barrier waits for qubits alone */
            n.t = gate ? floors[open].t : 0;
            for (size_t k = 0; k < count; k++)
                if (nodes[k].qubits & n.qubits) {
                    n.depth = nodes[k].depth > n.depth ? nodes[k].depth : n.depth;
                    n.t = nodes[k].t > n.t ? nodes[k].t : n.t;
                }
            n.depth += gate;
            n.t += gate ? t_steps(x) : 0;
            *depth = n.depth > *depth ? n.depth : *depth;
            *t_depth = n.t > *t_depth ? n.t : *t_depth;
            nodes[count++] = n;
        }
    }
    qry_free(ctx, nodes);
}

static void compare(fixture *f, random_kind kind, uint64_t seeds)
{
    uint64_t bounded = 0, looser = 0;
    for (uint64_t seed = 0; seed < seeds; seed++) {
        qry_circuit *circuit = random_circuit(f->ctx, seed, kind);
        const qry_definition *program = qry_circuit_program(circuit);
        list l = written_out(f->ctx, program, false, NULL);
        uint64_t depth, t_depth;
        slow_depth(f->ctx, &l, &depth, &t_depth);
        qry_depth exact = qry_definition_depth(program);
        assert_true(equal(exact.depth, depth) && equal(exact.t_depth, t_depth) && exact.exact);
        static const uint64_t limits[] = {0, 1, 5, 20, 100, 1000000};
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            qry_depth bound = qry_definition_depth_bound(program, limits[i]);
            assert_true(bound.depth >= depth && bound.t_depth >= t_depth);
            assert_true(!bound.exact || (equal(bound.depth, depth) && equal(bound.t_depth, t_depth)));
            bounded += !bound.exact;
            looser += !bound.exact && bound.depth > depth;
        }
        assert_true(qry_definition_depth_bound(program, 1000000).exact);
        qry_free(f->ctx, l.items);
        qry_circuit_free(circuit);
    }
    assert_true(bounded > seeds && looser > seeds / 10); /* both ways were taken */
}

static void test_gates(void **state)
{
    compare(*state, (random_kind){.definitions = 10, .most_rounds = 4, .most_items = 100}, 150);
}

static void test_feedback(void **state)
{
    compare(
        *state,
        (random_kind){.definitions = 10, .most_rounds = 4, .most_items = 100, .measurements = true, .feedback = true},
        400);
}

static void test_full(void **state)
{
    compare(*state,
            (random_kind){.definitions = 10,
                          .most_rounds = 4,
                          .most_items = 100,
                          .measurements = true,
                          .feedback = true,
                          .full = true},
            400);
}

/* Many rounds: blocks settle, or do not. */
static void test_rounds(void **state)
{
    compare(*state, (random_kind){.definitions = 6, .most_rounds = 60, .most_items = 200, .measurements = true}, 150);
}

/* A barrier reads clocks without moving them: what looks like a rhythm in the second round is none. */
static void test_barrier_in_rounds(void **state)
{
    fixture *f = *state;
    qry_definition *p = qry_circuit_program(qry_circuit_new(f->ctx));
    qry_definition_group(p, "q", 3, QRY_ROLE_DATA);
    qry_begin_repeat(p, 1000);
    qry_add(p, QRY_GATE_t, 2, 0, 0);
    qry_end(p);
    qry_begin_repeat(p, 50);
    qry_add_barrier(p, (qry_qubit[]){0, 1}, 2);
    qry_add(p, QRY_GATE_x, 1, 0, 0);
    qry_add_barrier(p, (qry_qubit[]){0, 2}, 2);
    qry_end(p);
    qry_depth depth = qry_definition_depth(p);
    assert_true(equal(depth.depth, 1049) && equal(depth.t_depth, 1000) && depth.exact);
    qry_add_barrier(p, NULL, 0); /* of all, and something behind it */
    qry_add(p, QRY_GATE_ccx, 0, 1, 2);
    depth = qry_definition_depth(p);
    assert_true(equal(depth.depth, 1050) && equal(depth.t_depth, 1003));
}

/* Two blocks side by side that never fall into step: one qubit runs ahead. */
static void test_never_settles(void **state)
{
    fixture *f = *state;
    qry_definition *p = qry_circuit_program(qry_circuit_new(f->ctx));
    qry_definition_group(p, "a", 4, QRY_ROLE_DATA);
    for (int i = 0; i < 5; i++)
        qry_add(p, QRY_GATE_h, 3, 0, 0);
    qry_begin_repeat(p, 1000);
    for (int i = 0; i < 3; i++)
        qry_add(p, QRY_GATE_cx, 0, 1, 0);
    qry_add(p, QRY_GATE_t, 2, 0, 0);
    qry_add(p, QRY_GATE_cx, 2, 3, 0);
    qry_end(p);
    for (int i = 0; i < 2000; i++)
        qry_add(p, QRY_GATE_x, 3, 0, 0);
    qry_depth depth = qry_definition_depth(p);
    list l = written_out(f->ctx, p, false, NULL);
    uint64_t slow, slow_t;
    slow_depth(f->ctx, &l, &slow, &slow_t);
    assert_true(equal(depth.depth, slow) && equal(depth.t_depth, slow_t));
}

/* A block whose rounds overlap settles after a few; what comes then is done at once, whatever the number of rounds. */
static void test_settles(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *p = qry_circuit_program(circuit);
    qry_definition_group(p, "a", 6, QRY_ROLE_DATA);
    qry_add(p, QRY_GATE_t, 5, 0, 0);
    size_t repeat = p->op_count;
    qry_begin_repeat(p, 10);
    qry_begin_repeat(p, 20);
    for (uint32_t i = 0; i < 5; i++)
        qry_add(p, i % 2 ? QRY_GATE_cx : QRY_GATE_ccx, i, i + 1, (i + 2) % 6);
    qry_end(p);
    qry_add(p, QRY_GATE_cswap, 5, 0, 3);
    qry_end(p);
    qry_add(p, QRY_GATE_tdg, 0, 0, 0);
    list l = written_out(f->ctx, p, false, NULL);
    uint64_t ten, ten_t, hundred, hundred_t;
    slow_depth(f->ctx, &l, &ten, &ten_t);
    qry_depth depth = qry_definition_depth(p);
    assert_true(equal(depth.depth, ten) && equal(depth.t_depth, ten_t));
    qry_set_repeat(p, repeat, 100);
    l = written_out(f->ctx, p, false, NULL);
    slow_depth(f->ctx, &l, &hundred, &hundred_t);
    depth = qry_definition_depth(p);
    assert_true(equal(depth.depth, hundred) && equal(depth.t_depth, hundred_t));
    /* in step: as much for every further 90 rounds */
    qry_set_repeat(p, repeat, 10 + 90 * UINT64_C(1000000000));
    double start = seconds_now();
    depth = qry_definition_depth(p);
    assert_true(seconds_now() - start < 1);
    assert_true(depth.exact && equal(depth.depth, ten + (qry_u128)(hundred - ten) * 1000000000));
    assert_true(equal(depth.t_depth, ten_t + (qry_u128)(hundred_t - ten_t) * 1000000000));
    /* too far for the clocks: an upper bound */
    qry_set_repeat(p, repeat, UINT64_MAX);
    depth = qry_definition_depth(p);
    assert_true(!depth.exact && depth.depth >= (qry_u128)(hundred - ten) * (UINT64_MAX / 90));
}

/* Beyond the limit, without a repeat: the sum over the parts, at once. */
static void test_bound(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *last = qry_circuit_define(circuit, "first", 0);
    qry_definition_group(last, "a", 3, QRY_ROLE_DATA);
    qry_add(last, QRY_GATE_ccx, 0, 1, 2);
    qry_add(last, QRY_GATE_h, 0, 0, 0);
    qry_add(last, QRY_GATE_h, 1, 0, 0);
    for (int i = 0; i < 40; i++) {
        qry_definition *d = qry_circuit_define(circuit, "next", 0);
        qry_definition_group(d, "a", 3, QRY_ROLE_DATA);
        qry_add_call(d, last, false, (qry_qubit[]){1, 2, 0}, NULL);
        qry_add_call(d, last, false, (qry_qubit[]){2, 0, 1}, NULL);
        last = d;
    }
    double start = seconds_now();
    qry_depth depth = qry_definition_depth(last);
    assert_true(seconds_now() - start < 1);
    assert_true(!depth.exact && equal(depth.t_depth, (qry_u128)3 << 40));
    assert_true(equal(depth.depth, (qry_u128)2 << 40));
    depth = qry_definition_depth_bound(last, 100);
    assert_true(!depth.exact && equal(depth.depth, (qry_u128)2 << 40));
    depth = qry_definition_depth_bound(last, 0);
    assert_true(!depth.exact && equal(depth.depth, (qry_u128)2 << 40));
}

/* Nothing at all, many times: calls and rounds without a gate take no time. */
static void test_empty(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *last = qry_circuit_define(circuit, "nothing", 0);
    for (int i = 0; i < 62; i++) {
        qry_definition *d = qry_circuit_define(circuit, "nothing", 0);
        qry_begin_repeat(d, UINT64_MAX);
        qry_add_call(d, last, false, NULL, NULL);
        qry_add_call(d, last, false, NULL, NULL);
        qry_end(d);
        last = d;
    }
    double start = seconds_now();
    qry_depth depth = qry_definition_depth(last);
    assert_true(depth.exact && equal(depth.depth, 0) && equal(depth.t_depth, 0));
    qry_definition *p = qry_circuit_program(circuit);
    qry_definition_group(p, "a", 1, QRY_ROLE_DATA);
    qry_add_call(p, last, false, NULL, NULL);
    qry_add(p, QRY_GATE_t, 0, 0, 0);
    depth = qry_definition_depth(p);
    assert_true(depth.exact && equal(depth.depth, 1) && equal(depth.t_depth, 1));
    assert_true(seconds_now() - start < 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_gates),  TEST(test_feedback), TEST(test_full),          TEST(test_barrier_in_rounds),
        TEST(test_rounds), TEST(test_settles),  TEST(test_never_settles), TEST(test_bound),
        TEST(test_empty),
    };
    return cmocka_run_group_tests_name("depth", tests, NULL, NULL);
}
