/* values.h: values and types for the suites of qasm/program/. */
#ifndef QRY_TESTS_QASM_VALUES_H
#define QRY_TESTS_QASM_VALUES_H

#include "qasm/program/value.h"

/* Every test has a context and an arena. */
struct values {
    qry_ctx *ctx;
    qry_arena *arena;
};

int values_begin(void **state);
int values_end(void **state);

const struct qasm_type *kind(struct values *v, enum qasm_kind kind, uint32_t width);
/* The type and the value of an integer literal. */
struct qasm_value literal(int64_t number);
struct qasm_value integer(struct values *v, enum qasm_kind kind, uint32_t width, int64_t number);
struct qasm_value real_number(struct values *v, double real);
struct qasm_value truth(struct values *v, bool truth);
/* A register from its text, the highest bit first. */
struct qasm_value bits(struct values *v, const char *text);
/* a op b (b NULL: op a) with all conversions, as text; "wrong: ..." if that cannot be; "none" without a type. */
const char *operated(struct values *v, enum tree_operator op, const struct qasm_value *a, const struct qasm_value *b);
/* A value converted, as text; "wrong: ..." if that cannot be. */
const char *converted(struct values *v, const struct qasm_value *value, const struct qasm_type *to);

#endif
