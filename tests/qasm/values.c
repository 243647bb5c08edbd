/* values.c: see values.h. */
#include "values.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

int values_begin(void **state)
{
    qry_ctx *ctx = qry_ctx_new();
    struct values *v = qry_alloc(ctx, 1, sizeof *v);
    *v = (struct values){ctx, qry_arena_new(ctx)};
    *state = v;
    return 0;
}

int values_end(void **state)
{
    qry_ctx_free(((struct values *)*state)->ctx);
    return 0;
}

const struct qasm_type *kind(struct values *v, enum qasm_kind kind, uint32_t width)
{
    return qasm_type_make(v->arena, kind, width);
}

struct qasm_value literal(int64_t number)
{
    const struct qasm_type *type = qasm_type_literal(QASM_INT, 128);
    struct qasm_value value = qasm_value_integer(type, (qry_u128)(qry_i128)number);
    qasm_value_narrow(&value);
    return value;
}

struct qasm_value integer(struct values *v, enum qasm_kind k, uint32_t width, int64_t number)
{
    return qasm_value_integer(kind(v, k, width), (qry_u128)(qry_i128)number);
}

struct qasm_value real_number(struct values *v, double real)
{
    struct qasm_value value = {.type = kind(v, QASM_FLOAT, 64)};
    value.real = real;
    return value;
}

struct qasm_value truth(struct values *v, bool truth)
{
    struct qasm_value value = {.type = kind(v, QASM_BOOL, 0)};
    value.truth = truth;
    return value;
}

struct qasm_value bits(struct values *v, const char *text)
{
    struct qasm_value value;
    assert_true(qasm_value_parse(v->arena, text, kind(v, QASM_BIT, (uint32_t)strlen(text)), &value));
    return value;
}

static const char *said(struct values *v, const char *wrong) { return qry_arena_printf(v->arena, "wrong: %s", wrong); }

const char *converted(struct values *v, const struct qasm_value *value, const struct qasm_type *to)
{
    struct qasm_value result;
    const char *wrong = qasm_convert(v->arena, value, to, &result);
    return wrong ? said(v, wrong) : qasm_value_text(v->arena, &result);
}

const char *operated(struct values *v, enum tree_operator op, const struct qasm_value *a, const struct qasm_value *b)
{
    const struct qasm_type *a_to, *b_to;
    const struct qasm_type *type = qasm_type_of_operator(v->arena, op, a->type, b ? b->type : NULL, &a_to, &b_to);
    struct qasm_value x, y, result;
    if (!type)
        return "none";
    const char *wrong = qasm_convert(v->arena, a, a_to, &x);
    if (!wrong && b)
        wrong = qasm_convert(v->arena, b, b_to, &y);
    wrong = wrong ? wrong : qasm_operate(v->arena, op, &x, b ? &y : NULL, type, &result);
    if (wrong)
        return said(v, wrong);
    qasm_value_narrow(&result);
    return qry_arena_printf(v->arena, "%s %s", qasm_type_text(v->arena, result.type),
                            qasm_value_text(v->arena, &result));
}
