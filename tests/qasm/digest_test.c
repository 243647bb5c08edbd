/* digest_test.c: digests of all definitions put together give what counting and bounding the whole give. */
#include "support.h"

#include <string.h>

/* What a definition costs with all that it calls. */
struct cost {
    qry_tally tally;
    qry_u128 depth, t_depth;
};

static struct cost whole(const qry_digest *digest, const struct cost *callees)
{
    struct cost cost = {digest->own, digest->depth, digest->t_depth};
    for (size_t i = 0; i < digest->call_count; i++) {
        const qry_digest_call *call = &digest->calls[i];
        const struct cost *callee = &callees[call->callee];
        qry_tally_add_undone(&cost.tally, &callee->tally, call->times, call->inverse);
        cost.depth += call->times * callee->depth;
        cost.t_depth += call->times * callee->t_depth;
        for (size_t k = 0; k < i; k++)
            assert_true(digest->calls[k].callee != call->callee || digest->calls[k].inverse != call->inverse);
    }
    return cost;
}

/* Definitions call earlier ones, the program any. The digester and the digest are used again and again. */
static void test_random(void **state)
{
    fixture *f = *state;
    static const random_kind kinds[] = {{8, 4, 3000, true, false, false}, {8, 4, 3000, true, true, true}};
    qry_digester *digester = qry_digester_new(f->ctx);
    qry_digest digest = {.call_count = 0};
    size_t calls = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        qry_circuit *circuit = random_circuit(f->ctx, seed, kinds[seed % 2]);
        size_t count = qry_circuit_definitions(circuit);
        struct cost costs[16];
        for (size_t i = 1; i <= count; i++) {
            const qry_definition *d = qry_circuit_definition(circuit, (uint32_t)(i % count));
            qry_digest_read(digester, d, &digest);
            costs[i % count] = whole(&digest, costs);
            const struct cost *cost = &costs[i % count];
            qry_tally tally;
            qry_definition_tally(d, &tally);
            assert_memory_equal(&cost->tally, &tally, sizeof tally);
            qry_depth bound = qry_definition_depth_bound(d, 0), depth = qry_definition_depth(d);
            assert_true(cost->depth == bound.depth && cost->t_depth == bound.t_depth);
            assert_true(cost->depth >= depth.depth && cost->t_depth >= depth.t_depth);
            calls += digest.call_count;
        }
        qry_circuit_free(circuit);
    }
    assert_true(calls > 1000);
    qry_digest_free(f->ctx, &digest);
    qry_digester_free(digester);
}

static qry_digest digest_of(fixture *f, const qry_definition *d)
{
    qry_digester *digester = qry_digester_new(f->ctx);
    qry_digest digest = {.call_count = 0};
    qry_digest_read(digester, d, &digest);
    qry_digester_free(digester);
    return digest;
}

static void test_by_hand(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *d = qry_circuit_define(circuit, "d", 0), *callee = qry_circuit_define(circuit, "callee", 0);
    qry_definition_group(callee, "a", 1, QRY_ROLE_DATA);
    qry_definition_group(d, "a", 3, QRY_ROLE_DATA);
    qry_circuit_bits(circuit, 1);
    qry_add(d, QRY_GATE_x, 0, 0, 0);
    qry_begin_section(d, "s"); /* does not part a stretch */
    qry_add(d, QRY_GATE_t, 0, 0, 0);
    qry_end(d);
    qry_add(d, QRY_GATE_ccx, 0, 1, 2); /* so far 3 deep, 4 of T */
    qry_begin_repeat(d, 5);
    qry_add(d, QRY_GATE_ch, 0, 1, 0);
    qry_add(d, QRY_GATE_h, 2, 0, 0); /* beside it */
    qry_begin_repeat(d, 2);
    qry_add_call(d, callee, true, (qry_qubit[]){1}, NULL);
    qry_end(d);
    qry_add_call(d, callee, false, (qry_qubit[]){1}, NULL);
    qry_end(d);
    qry_add_measure(d, 0, 0);
    qry_begin_if(d, 0, true); /* not before the measurement */
    qry_add(d, QRY_GATE_x, 1, 0, 0);
    qry_end(d);
    qry_digest digest = digest_of(f, d);
    assert_true(digest.depth == 3 + 5 * 1 + 1 + 1 && digest.t_depth == 4 + 5 * 2);
    assert_true(digest.own.gate[QRY_GATE_x] == 2 && digest.own.gate[QRY_GATE_ch] == 5 && digest.own.measurements == 1);
    assert_int_equal(digest.call_count, 2);
    assert_true(digest.calls[0].inverse && digest.calls[0].times == 10 && digest.calls[0].callee == callee->number);
    assert_true(!digest.calls[1].inverse && digest.calls[1].times == 5);
}

static void test_saturation(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *d = qry_circuit_define(circuit, "d", 0), *callee = qry_circuit_define(circuit, "callee", 0);
    qry_definition_group(d, "a", 1, QRY_ROLE_DATA);
    for (int i = 0; i < 3; i++)
        qry_begin_repeat(d, UINT64_MAX);
    qry_add(d, QRY_GATE_t, 0, 0, 0);
    qry_add_call(d, callee, false, NULL, NULL);
    for (int i = 0; i < 3; i++)
        qry_end(d);
    qry_add(d, QRY_GATE_t, 0, 0, 0);
    qry_digest digest = digest_of(f, d);
    qry_u128 most = ~(qry_u128)0;
    assert_true(digest.own.gate[QRY_GATE_t] == most && digest.depth == most && digest.t_depth == most);
    assert_true(digest.calls[0].times == most);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_random), TEST(test_by_hand), TEST(test_saturation)};
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
