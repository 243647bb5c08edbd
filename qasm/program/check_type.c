/* check_type.c: types as they are written, constants that sizes are made of, values of declarations. */
#include "qasm/program/check.h"

enum { MOST_BITS = 1 << 30 }; /* of a register */

bool qasm_check_known(const struct tree_expr *expr, qry_i128 *number)
{
    const struct qasm_value *constant = expr->constant;
    if (!constant || (constant->type->kind != QASM_INT && constant->type->kind != QASM_UINT))
        return false;
    *number = (qry_i128)constant->natural;
    return constant->type->kind == QASM_INT || *number >= 0;
}

bool qasm_check_integer(struct checker *c, struct tree_expr *expr, const char *what)
{
    const struct qasm_type *type = qasm_check_expression(c, expr);
    if (!type || type->kind == QASM_INT || type->kind == QASM_UINT)
        return type != NULL;
    qasm_check_error(c, expr->place, type->kind == QASM_BIT ? "cast it: uint(...)" : NULL,
                     "%s is a whole number, and this is %s", what, qasm_check_text(c, type));
    return false;
}

bool qasm_check_has_value(struct checker *c, const struct tree_expr *expr, const struct check_wrong *wrong,
                          const char *hint, const char *message)
{
    if (expr->constant)
        return true;
    if (wrong->text)
        qasm_check_error(c, wrong->place, NULL, "%s", wrong->text);
    else
        qasm_check_error(c, expr->place, hint, "%s", message);
    return false;
}

bool qasm_check_constant(struct checker *c, struct tree_expr *expr, uint32_t low, uint32_t high, const char *what,
                         uint32_t *number)
{
    struct check_wrong wrong = {.text = NULL}, *around = c->wrong;
    qry_i128 found;
    c->wrong = &wrong;
    bool fine = qasm_check_integer(c, expr, what);
    c->wrong = around;
    if (!fine || !qasm_check_has_value(c, expr, &wrong, "make it of numbers and of names that are declared const",
                                       qry_arena_printf(c->arena, "%s must be known before the program runs", what)))
        return false;
    if (qasm_check_known(expr, &found) && found >= low && found <= high) {
        *number = (uint32_t)found;
        return true;
    }
    qasm_check_error(c, expr->place, NULL, "%s is %u to %u, and this is %s", what, low, high,
                     qasm_value_text(c->arena, expr->constant));
    return false;
}

/* ---- types ---- */

static const struct qasm_type *sized(struct checker *c, struct tree_type *written, uint32_t none, uint32_t most,
                                     const char *what)
{
    uint32_t width = none;
    if (written->size && !qasm_check_constant(c, written->size, 1, most, what, &width))
        return NULL;
    return qasm_type_make(c->arena, written->kind, width);
}

static const struct qasm_type *check_float(struct checker *c, struct tree_type *written)
{
    const struct qasm_type *type = sized(c, written, 64, 1024, "the size of a float");
    if (!type || type->width == 16 || type->width == 32 || type->width == 64)
        return type;
    qasm_check_error(c, written->size->place, NULL, "a float has 16, 32 or 64 bits, not %u", type->width);
    return NULL;
}

static const struct qasm_type *check_complex(struct checker *c, struct tree_type *written)
{
    if (!written->base)
        return qasm_type_make(c->arena, QASM_COMPLEX, 64);
    const struct qasm_type *base = qasm_check_type(c, written->base);
    if (!base || base->kind == QASM_FLOAT)
        return base ? qasm_type_make(c->arena, QASM_COMPLEX, base->width) : NULL;
    qasm_check_error(c, written->base->place, "write complex[float[64]]",
                     "a complex number is made of floats, not of %s", qasm_check_text(c, base));
    return NULL;
}

static bool check_dims(struct checker *c, struct tree_type *written, uint32_t *dims, uint32_t *shape)
{
    qry_u128 items = 1;
    *dims = 0;
    for (struct tree_expr *size = written->dims ? written->dims : NULL; size; size = size->next) {
        if (*dims == QASM_MAX_DIMS) {
            qasm_check_error(c, size->place, NULL, "an array has at most %d dimensions", QASM_MAX_DIMS);
            return false;
        }
        if (!qasm_check_constant(c, size, 1, MOST_BITS, "the size of an array", &shape[*dims]))
            return false;
        items *= shape[(*dims)++];
    }
    if (items <= MOST_BITS)
        return true;
    qasm_check_error(c, written->place, NULL, "an array has at most 2^30 items");
    return false;
}

static const struct qasm_type *check_array(struct checker *c, struct tree_type *written)
{
    uint32_t dims = 0, shape[QASM_MAX_DIMS] = {0};
    const struct qasm_type *base = qasm_check_type(c, written->base);
    if (!base)
        return NULL;
    if (base->kind == QASM_STRETCH || base->kind == QASM_QUBIT || base->kind == QASM_ARRAY) {
        qasm_check_error(c, written->base->place, NULL, "there are no arrays of %s", qasm_check_text(c, base));
        return NULL;
    }
    bool fine = written->rank
                    ? qasm_check_constant(c, written->rank, 1, QASM_MAX_DIMS, "the number of dimensions", &dims)
                    : check_dims(c, written, &dims, shape);
    return fine ? qasm_type_array(c->arena, base, dims, shape, written->access) : NULL;
}

const struct qasm_type *qasm_check_type(struct checker *c, struct tree_type *written)
{
    switch (written->kind) {
    case QASM_INT:
    case QASM_UINT:
        return sized(c, written, 32, QASM_MAX_WIDTH, "the size of an integer");
    case QASM_ANGLE:
        return sized(c, written, 64, QASM_MAX_WIDTH, "the size of an angle");
    case QASM_BIT:
        return sized(c, written, 0, MOST_BITS, "the size of a register");
    case QASM_QUBIT:
        return sized(c, written, 0, MOST_BITS, "the size of a register");
    case QASM_FLOAT:
        return check_float(c, written);
    case QASM_COMPLEX:
        return check_complex(c, written);
    case QASM_ARRAY:
        return check_array(c, written);
    default:
        return qasm_type_make(c->arena, written->kind, 0);
    }
}

/* ---- values ---- */

/* The rows of an array, as many as each dimension says. A row may also be an array of its own. */
static bool check_rows(struct checker *c, struct tree_expr *list, const struct qasm_type *type)
{
    const struct qasm_type *row = type->base;
    bool fine = true;
    if (type->dims > 1)
        row = qasm_type_array(c->arena, type->base, type->dims - 1, type->shape + 1, QASM_OWN);
    list->type = type;
    if (list->count != type->shape[0]) {
        qasm_check_error(c, list->place, NULL, "%u items, where %s wants %u", list->count, qasm_check_text(c, type),
                         type->shape[0]);
        return false;
    }
    for (struct tree_expr *item = list->first; item; item = item->next)
        fine = qasm_check_value(c, item, row) && fine;
    return fine;
}

bool qasm_check_value(struct checker *c, struct tree_expr *value, const struct qasm_type *type)
{
    if (value->kind != TREE_LIST)
        return qasm_check_as(c, value, type);
    if (type->kind == QASM_ARRAY && type->shape[0])
        return check_rows(c, value, type);
    qasm_check_error(c, value->place, NULL, "a list of values is for arrays, and this is to be %s",
                     qasm_check_text(c, type));
    return false;
}
