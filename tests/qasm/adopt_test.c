/* adopt_test.c: comparing definitions, and moving a body from a draft. */
#include "qasm/qasm.h"

#include <setjmp.h>

#include <cmocka.h>

/* Variant 0, and variants that differ from it in one thing each. */
enum { VARIANTS = 9 };

static void compose(qry_definition *d, const qry_definition *callee, int variant)
{
    qry_qubit x = qry_definition_group(d, variant == 1 ? "xs" : "x_s", 3, QRY_ROLE_DATA);
    qry_definition_group(d, "w", variant == 2 ? 2 : 1, variant == 3 ? QRY_ROLE_DATA : QRY_ROLE_WORK);
    qry_add(d, variant == 4 ? QRY_GATE_z : QRY_GATE_x, x, 0, 0);
    qry_add(d, QRY_GATE_ccx, x, x + 1, variant == 5 ? x + 2 : x + 3);
    qry_add_angle(d, QRY_GATE_p, (qry_angle){variant == 6 ? 0.5 : 0.25, -1}, x, 0);
    qry_add_call(d, callee, variant == 7, (qry_qubit[]){x + (variant == 8), x + 2}, NULL);
}

static void every_difference_counts(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *callee = qry_circuit_define(circuit, "callee", 0), *d[2 * VARIANTS];
    qry_definition_group(callee, "x_s", 2, QRY_ROLE_DATA);
    for (int i = 0; i < 2 * VARIANTS; i++) {
        d[i] = qry_circuit_define(circuit, "d", 0);
        compose(d[i], callee, i % VARIANTS);
    }
    for (int i = 0; i < 2 * VARIANTS; i++)
        for (int k = 0; k < 2 * VARIANTS; k++)
            assert_int_equal(qry_definition_equal(d[i], d[k]), i % VARIANTS == k % VARIANTS);
    qry_circuit_free(circuit);
    qry_ctx_free(ctx);
}

static void adopting(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *callee = qry_circuit_define(circuit, "callee", 0);
    qry_definition *d = qry_circuit_define(circuit, "d", 0), *draft = qry_circuit_define(circuit, "draft", 0);
    qry_definition *like = qry_circuit_define(circuit, "like", 0);
    qry_definition_group(callee, "x_s", 2, QRY_ROLE_DATA);
    qry_query_part part = {.table = "K", .arch = "select", .address = 2, .word = 1, .loads_word = true};
    qry_definition_set_query(d, &part);
    uint64_t version = d->version;
    uint32_t number = d->number;
    for (int variant = 0; variant < VARIANTS; variant++) {
        compose(draft, callee, variant);
        qry_definition_clear(like);
        compose(like, callee, variant);
        qry_definition_adopt(d, draft);
        assert_true(qry_definition_equal(d, like));
        assert_true(d->version > version);
        assert_int_equal(d->number, number);
        assert_string_equal(d->name, "d");
        assert_string_equal(d->query->table, "K");
        assert_null(draft->query);
        assert_string_equal(draft->name, "draft");
        assert_int_equal(draft->op_count, 0);
        assert_int_equal(draft->width, 0);
        version = d->version;
    }
    qry_circuit_free(circuit);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_difference_counts), cmocka_unit_test(adopting)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
