/* type.c: types, what may become what, and which type an operator gives.
 *
 * Weak types are those of literals and of what is made of literals alone. Their width is the number of bits that the value
 * needs: UINT without a sign bit, or INT of a negative number. A weak operand takes the type of the other one if its value
 * fits there; if not, both become wider. */
#include "qasm/program/value.h"

#include <string.h>

static const struct qasm_type real_type = {.kind = QASM_FLOAT, .width = 64};
static const struct qasm_type weak_real = {.kind = QASM_FLOAT, .width = 64, .weak = true};
static const struct qasm_type int_type = {.kind = QASM_INT, .width = 32};
static const struct qasm_type widest_int = {.kind = QASM_INT, .width = QASM_MAX_WIDTH};

/* Types that every line of a program has are there once. */
#define WEAK(kind_, width_)                                                                                            \
    {                                                                                                                  \
        .kind = (kind_), .width = (width_), .weak = true                                                               \
    }
#define WEAK_4(kind, width) WEAK(kind, width), WEAK(kind, width + 1), WEAK(kind, width + 2), WEAK(kind, width + 3)
#define WEAK_16(kind, width)                                                                                           \
    WEAK_4(kind, width), WEAK_4(kind, width + 4), WEAK_4(kind, width + 8), WEAK_4(kind, width + 12)
#define WEAK_64(kind, width)                                                                                           \
    WEAK_16(kind, width), WEAK_16(kind, width + 16), WEAK_16(kind, width + 32), WEAK_16(kind, width + 48)
static const struct qasm_type weak_integers[2][QASM_MAX_WIDTH] = {
    {WEAK_64(QASM_INT, 1), WEAK_64(QASM_INT, 65)},
    {WEAK_64(QASM_UINT, 1), WEAK_64(QASM_UINT, 65)},
};
static const struct qasm_type weak_complex = {.kind = QASM_COMPLEX, .width = 64, .weak = true};
static const struct qasm_type plain_types[] = {
    [QASM_VOID] = {.kind = QASM_VOID},       [QASM_BOOL] = {.kind = QASM_BOOL},
    [QASM_BIT] = {.kind = QASM_BIT},         [QASM_DURATION] = {.kind = QASM_DURATION},
    [QASM_STRETCH] = {.kind = QASM_STRETCH}, [QASM_QUBIT] = {.kind = QASM_QUBIT},
};

const struct qasm_type *qasm_type_literal(enum qasm_kind kind, uint32_t width)
{
    switch (kind) {
    case QASM_INT:
    case QASM_UINT:
        qry_must(width >= 1 && width <= QASM_MAX_WIDTH);
        return &weak_integers[kind == QASM_UINT][width - 1];
    case QASM_FLOAT:
        return &weak_real;
    case QASM_COMPLEX:
        return &weak_complex;
    default:
        return &plain_types[kind];
    }
}

const struct qasm_type *qasm_type_make(qry_arena *arena, enum qasm_kind kind, uint32_t width)
{
    if (!width && kind < QASM_ARRAY && plain_types[kind].kind == kind)
        return &plain_types[kind];
    struct qasm_type *type = QRY_NEW(arena, struct qasm_type);
    *type = (struct qasm_type){.kind = kind, .width = width};
    return type;
}

const struct qasm_type *qasm_type_array(qry_arena *arena, const struct qasm_type *base, uint32_t dims,
                                        const uint32_t *shape, enum qasm_access access)
{
    struct qasm_type *type = QRY_NEW(arena, struct qasm_type);
    *type = (struct qasm_type){.kind = QASM_ARRAY, .base = base, .dims = dims, .access = access};
    for (uint32_t d = 0; shape && d < dims; d++)
        type->shape[d] = shape[d];
    return type;
}

bool qasm_type_equal(const struct qasm_type *a, const struct qasm_type *b)
{
    if (a == b)
        return true;
    if (a->kind != b->kind || a->width != b->width || a->dims != b->dims)
        return false;
    return a->kind != QASM_ARRAY ||
           (memcmp(a->shape, b->shape, sizeof a->shape) == 0 && qasm_type_equal(a->base, b->base));
}

/* ---- as a program writes them ---- */

static const char *const kind_words[] = {
    [QASM_VOID] = "nothing",      [QASM_BOOL] = "bool",       [QASM_BIT] = "bit",     [QASM_INT] = "int",
    [QASM_UINT] = "uint",         [QASM_FLOAT] = "float",     [QASM_ANGLE] = "angle", [QASM_COMPLEX] = "complex",
    [QASM_DURATION] = "duration", [QASM_STRETCH] = "stretch", [QASM_QUBIT] = "qubit", [QASM_ARRAY] = "array",
};

static const char *array_text(qry_arena *arena, const struct qasm_type *type)
{
    static const char *const access[] = {[QASM_OWN] = "", [QASM_READONLY] = "readonly ", [QASM_MUTABLE] = "mutable "};
    const char *base = qasm_type_text(arena, type->base);
    if (!type->shape[0])
        return qry_arena_printf(arena, "%sarray[%s, #dim = %u]", access[type->access], base, type->dims);
    const char *sizes = "";
    for (uint32_t d = 0; d < type->dims; d++)
        sizes = qry_arena_printf(arena, "%s, %u", sizes, type->shape[d]);
    return qry_arena_printf(arena, "%sarray[%s%s]", access[type->access], base, sizes);
}

const char *qasm_type_text(qry_arena *arena, const struct qasm_type *type)
{
    const char *word = kind_words[type->kind];
    if (type->kind == QASM_ARRAY)
        return array_text(arena, type);
    if (type->weak && type->kind == QASM_UINT)
        return kind_words[QASM_INT];
    if (!type->width || type->weak)
        return word;
    if (type->width == QASM_UNSIZED)
        return qry_arena_printf(arena, "a slice of %ss", word);
    if (type->kind == QASM_COMPLEX)
        return qry_arena_printf(arena, "complex[float[%u]]", type->width);
    return qry_arena_printf(arena, "%s[%u]", word, type->width);
}

/* ---- what may become what ---- */

static bool is_real(const struct qasm_type *type)
{
    return qasm_is_integer(type) || type->kind == QASM_FLOAT || type->kind == QASM_BOOL;
}

static bool is_duration(const struct qasm_type *type)
{
    return type->kind == QASM_DURATION || type->kind == QASM_STRETCH;
}

static uint32_t bits_of(const struct qasm_type *type) { return type->width ? type->width : 1; }

/* Slices whose size is not known fit where bits and qubits do; whoever runs the program looks. */
static bool is_unsized(const struct qasm_type *type)
{
    return type->width == QASM_UNSIZED && (type->kind == QASM_BIT || type->kind == QASM_QUBIT);
}

static bool array_fits(const struct qasm_type *from, const struct qasm_type *to)
{
    if (from->kind != QASM_ARRAY || from->dims != to->dims || !qasm_type_equal(from->base, to->base))
        return false;
    return !to->shape[0] || !from->shape[0] || memcmp(from->shape, to->shape, sizeof to->shape) == 0;
}

/* What stands for bits: bits, and whole numbers of that many bits; a literal needs no more than it has. */
static bool fits_bits(const struct qasm_type *from, const struct qasm_type *to, bool cast)
{
    uint32_t width = bits_of(to);
    if (is_unsized(from) || is_unsized(to))
        return from->kind == QASM_BIT;
    if (from->kind == QASM_BOOL)
        return true;
    if (from->kind == QASM_UINT && from->weak && !cast)
        return from->width <= width;
    if (qasm_is_integer(from))
        return cast || (from->width == width && !from->weak);
    return (from->kind == QASM_BIT || from->kind == QASM_ANGLE) && bits_of(from) == width;
}

static bool fits_integer(const struct qasm_type *from, const struct qasm_type *to, bool cast)
{
    if (from->kind == QASM_BIT)
        return bits_of(from) <= (cast ? QASM_MAX_WIDTH : to->width) || (cast && is_unsized(from));
    return is_real(from);
}

static bool fits(const struct qasm_type *from, const struct qasm_type *to, bool cast)
{
    switch (to->kind) {
    case QASM_BOOL:
        return is_real(from) || from->kind == QASM_BIT || from->kind == QASM_ANGLE;
    case QASM_BIT:
        return fits_bits(from, to, cast);
    case QASM_INT:
    case QASM_UINT:
        return fits_integer(from, to, cast);
    case QASM_FLOAT:
        return is_real(from);
    case QASM_ANGLE:
        return from->kind == QASM_FLOAT || from->kind == QASM_ANGLE || (qasm_is_integer(from) && from->weak) ||
               (from->kind == QASM_BIT && bits_of(from) == to->width);
    case QASM_COMPLEX:
        return is_real(from) || from->kind == QASM_COMPLEX;
    case QASM_DURATION:
        return is_duration(from);
    case QASM_QUBIT:
        return from->kind == QASM_QUBIT && (from->width == to->width || is_unsized(from));
    case QASM_ARRAY:
        return array_fits(from, to);
    default:
        return from->kind == to->kind;
    }
}

bool qasm_type_fits(const struct qasm_type *from, const struct qasm_type *to) { return fits(from, to, false); }

bool qasm_type_casts(const struct qasm_type *from, const struct qasm_type *to) { return fits(from, to, true); }

/* ---- what operators ask for and give ---- */

/* What an operator's operands become, and what comes out; result NULL: not for these operands. */
struct meeting {
    const struct qasm_type *a, *b, *result;
};

static struct meeting meet(const struct qasm_type *both) { return (struct meeting){both, both, both}; }

static const struct qasm_type *wide(qry_arena *arena, enum qasm_kind kind, uint32_t width)
{
    return qasm_type_make(arena, kind, width);
}

/* Whether the value of a literal keeps its meaning in a type. Where only the lowest bits of the result count, or equality of
 * bits, it is enough that it has no more bits: int[2](c) == 3 is true when both bits are set. */
static bool adapts(const struct qasm_type *weak, const struct qasm_type *strong, enum tree_operator op)
{
    bool ring = op == TREE_ADD || op == TREE_SUBTRACT || op == TREE_MULTIPLY || op == TREE_EQUAL ||
                op == TREE_UNEQUAL || op == TREE_BIT_AND || op == TREE_BIT_OR || op == TREE_BIT_XOR;
    if (weak->kind == strong->kind || ring)
        return weak->width <= strong->width;
    return weak->kind == QASM_UINT && weak->width < strong->width;
}

/* Bits of the least signed type that holds all values of a type. */
static uint32_t signed_width(const struct qasm_type *type) { return type->width + (type->kind == QASM_UINT); }

static const struct qasm_type *common_integer(qry_arena *arena, enum tree_operator op, const struct qasm_type *a,
                                              const struct qasm_type *b)
{
    if (a->weak && b->weak) {
        bool great = (a->kind == QASM_UINT && a->width == QASM_MAX_WIDTH) ||
                     (b->kind == QASM_UINT && b->width == QASM_MAX_WIDTH);
        return qasm_type_literal(great ? QASM_UINT : QASM_INT, QASM_MAX_WIDTH);
    }
    if (a->weak || b->weak) {
        const struct qasm_type *weak = a->weak ? a : b, *strong = a->weak ? b : a;
        uint32_t width = int_type.width;
        if (adapts(weak, strong, op))
            return strong;
        width = signed_width(weak) > width ? signed_width(weak) : width;
        width = signed_width(strong) > width ? signed_width(strong) : width;
        return width > QASM_MAX_WIDTH ? wide(arena, QASM_UINT, QASM_MAX_WIDTH) : wide(arena, QASM_INT, width);
    }
    if (a->width != b->width)
        return a->width > b->width ? a : b;
    return a->kind == QASM_UINT ? a : b;
}

/* Numbers meet as in C99: the wider one, floats before integers, a bool as an int. */
static const struct qasm_type *common_real(qry_arena *arena, enum tree_operator op, const struct qasm_type *a,
                                           const struct qasm_type *b)
{
    if (a->kind == QASM_FLOAT && b->kind == QASM_FLOAT) {
        if (a->weak != b->weak)
            return a->weak ? b : a;
        return a->width >= b->width ? a : b;
    }
    if (a->kind == QASM_FLOAT || b->kind == QASM_FLOAT) {
        const struct qasm_type *real = a->kind == QASM_FLOAT ? a : b, *other = a->kind == QASM_FLOAT ? b : a;
        return real->weak && !other->weak ? &real_type : real;
    }
    if (a->kind == QASM_BOOL || b->kind == QASM_BOOL) {
        const struct qasm_type *other = a->kind == QASM_BOOL ? b : a;
        return other->kind == QASM_BOOL || other->weak ? &int_type : other;
    }
    return common_integer(arena, op, a, b);
}

static const struct qasm_type *common_complex(qry_arena *arena, const struct qasm_type *a, const struct qasm_type *b)
{
    const struct qasm_type *parts[2] = {a, b};
    uint32_t width = 0;
    bool weak = a->weak && b->weak;
    for (int i = 0; i < 2; i++)
        if ((!parts[i]->weak || weak) && !qasm_is_integer(parts[i]) && parts[i]->width > width)
            width = parts[i]->width;
    struct qasm_type *type = QRY_NEW(arena, struct qasm_type);
    *type = (struct qasm_type){.kind = QASM_COMPLEX, .width = width ? width : real_type.width, .weak = weak};
    return type;
}

static bool both(const struct qasm_type *a, const struct qasm_type *b, bool (*is)(const struct qasm_type *))
{
    return is(a) && is(b);
}

static bool is_complex_or_real(const struct qasm_type *type) { return is_real(type) || type->kind == QASM_COMPLEX; }

/* An angle meets angles, and numbers that can be read as angles. */
static const struct qasm_type *common_angle(const struct qasm_type *a, const struct qasm_type *b)
{
    if (a->kind == QASM_ANGLE && b->kind == QASM_ANGLE)
        return a->width >= b->width ? a : b;
    const struct qasm_type *angle = a->kind == QASM_ANGLE ? a : b, *other = a->kind == QASM_ANGLE ? b : a;
    return other->kind == QASM_FLOAT || (qasm_is_integer(other) && other->weak) ? angle : NULL;
}

/* An angle times and divided by numbers; two angles divided. */
static struct meeting scale_angle(enum tree_operator op, const struct qasm_type *a, const struct qasm_type *b,
                                  qry_arena *arena)
{
    struct meeting none = {NULL, NULL, NULL};
    if (a->kind == QASM_ANGLE && b->kind == QASM_ANGLE) {
        const struct qasm_type *common = common_angle(a, b);
        return op == TREE_DIVIDE ? (struct meeting){common, common, wide(arena, QASM_UINT, common->width)} : none;
    }
    const struct qasm_type *other = a->kind == QASM_ANGLE ? b : a;
    if (op == TREE_DIVIDE && b->kind == QASM_ANGLE)
        return none;
    if (other->kind == QASM_FLOAT)
        return meet(&real_type);
    if (!qasm_is_integer(other))
        return none;
    other = other->weak ? &widest_int : other;
    return a->kind == QASM_ANGLE ? (struct meeting){a, other, a} : (struct meeting){other, b, b};
}

static struct meeting scale_duration(enum tree_operator op, const struct qasm_type *a, const struct qasm_type *b)
{
    struct meeting none = {NULL, NULL, NULL};
    if (is_duration(a) && is_duration(b))
        return op == TREE_DIVIDE
                   ? (struct meeting){&plain_types[QASM_DURATION], &plain_types[QASM_DURATION], &real_type}
                   : none;
    if (is_duration(a) && is_real(b) && b->kind != QASM_BOOL)
        return (struct meeting){&plain_types[QASM_DURATION], &real_type, &plain_types[QASM_DURATION]};
    if (op == TREE_MULTIPLY && is_real(a) && a->kind != QASM_BOOL)
        return (struct meeting){&real_type, &plain_types[QASM_DURATION], &plain_types[QASM_DURATION]};
    return none;
}

/* Result and left operand have one type, the right operand keeps its own: shifts, and whole powers. */
static struct meeting by_left(const struct qasm_type *a, const struct qasm_type *b)
{
    const struct qasm_type *left = a->weak ? (b->weak ? qasm_type_literal(QASM_INT, QASM_MAX_WIDTH) : &widest_int) : a;
    return (struct meeting){left, b->weak ? &widest_int : b, left};
}

static struct meeting meet_arithmetic(qry_arena *arena, enum tree_operator op, const struct qasm_type *a,
                                      const struct qasm_type *b)
{
    struct meeting none = {NULL, NULL, NULL};
    bool sum = op == TREE_ADD || op == TREE_SUBTRACT;
    bool product = op == TREE_MULTIPLY || op == TREE_DIVIDE;
    if (a->kind == QASM_ANGLE || b->kind == QASM_ANGLE) {
        const struct qasm_type *common = sum ? common_angle(a, b) : NULL;
        return product ? scale_angle(op, a, b, arena) : common ? meet(common) : none;
    }
    if (is_duration(a) || is_duration(b))
        return product                          ? scale_duration(op, a, b)
               : sum && both(a, b, is_duration) ? meet(&plain_types[QASM_DURATION])
                                                : none;
    if (!both(a, b, is_complex_or_real) || (op == TREE_MODULO && !both(a, b, is_real)))
        return none;
    if (a->kind == QASM_COMPLEX || b->kind == QASM_COMPLEX)
        return meet(common_complex(arena, a, b));
    if (op == TREE_POWER && both(a, b, qasm_is_integer))
        return by_left(a, b);
    return meet(common_real(arena, op, a, b));
}

/* Bits meet bits of the same number, a bool if it is one bit, and whole numbers; NULL: nothing of these. */
static const struct qasm_type *common_bits(qry_arena *arena, enum tree_operator op, const struct qasm_type *a,
                                           const struct qasm_type *b)
{
    const struct qasm_type *bits = a->kind == QASM_BIT ? a : b, *other = a->kind == QASM_BIT ? b : a;
    uint32_t width = bits_of(bits);
    if (is_unsized(a) || is_unsized(b))
        return NULL;
    if (other->kind == QASM_BIT)
        return bits_of(other) != width ? NULL : width == 1 ? &plain_types[QASM_BIT] : bits;
    if (other->kind == QASM_BOOL)
        return width == 1 ? &plain_types[QASM_BOOL] : NULL;
    if (other->kind == QASM_UINT && other->weak && other->width <= width)
        return bits;
    if (!qasm_is_integer(other) || width > QASM_MAX_WIDTH)
        return NULL;
    bool compares = op >= TREE_EQUAL && op <= TREE_GREATER_EQUAL;
    if (compares)
        return common_integer(arena, op, wide(arena, QASM_UINT, width), other);
    return other->width == width && !other->weak ? other : NULL;
}

static const struct qasm_type *common_to_compare(qry_arena *arena, enum tree_operator op, const struct qasm_type *a,
                                                 const struct qasm_type *b)
{
    bool equality = op == TREE_EQUAL || op == TREE_UNEQUAL;
    if (a->kind == QASM_BIT || b->kind == QASM_BIT)
        return common_bits(arena, op, a, b);
    if (a->kind == QASM_ANGLE || b->kind == QASM_ANGLE)
        return common_angle(a, b);
    if (both(a, b, is_duration))
        return &plain_types[QASM_DURATION];
    if (a->kind == QASM_BOOL && b->kind == QASM_BOOL)
        return &plain_types[QASM_BOOL];
    if (both(a, b, is_real))
        return common_real(arena, op, a, b);
    return equality && both(a, b, is_complex_or_real) ? common_complex(arena, a, b) : NULL;
}

static const struct qasm_type *common_bitwise(qry_arena *arena, enum tree_operator op, const struct qasm_type *a,
                                              const struct qasm_type *b)
{
    if (a->kind == QASM_BIT || b->kind == QASM_BIT)
        return common_bits(arena, op, a, b);
    if (a->kind == QASM_ANGLE && b->kind == QASM_ANGLE)
        return a->width == b->width ? a : NULL;
    if (a->kind == QASM_BOOL && b->kind == QASM_BOOL)
        return &plain_types[QASM_BOOL];
    if (a->kind == QASM_FLOAT || b->kind == QASM_FLOAT || !both(a, b, is_real))
        return NULL;
    return common_real(arena, op, a, b);
}

static struct meeting meet_two(qry_arena *arena, enum tree_operator op, const struct qasm_type *a,
                               const struct qasm_type *b)
{
    struct meeting none = {NULL, NULL, NULL};
    const struct qasm_type *common;
    switch (op) {
    case TREE_OR:
    case TREE_AND:
        return qasm_type_fits(a, &plain_types[QASM_BOOL]) && qasm_type_fits(b, &plain_types[QASM_BOOL])
                   ? meet(&plain_types[QASM_BOOL])
                   : none;
    case TREE_BIT_OR:
    case TREE_BIT_XOR:
    case TREE_BIT_AND:
        common = common_bitwise(arena, op, a, b);
        return common ? meet(common) : none;
    case TREE_EQUAL:
    case TREE_UNEQUAL:
    case TREE_LESS:
    case TREE_GREATER:
    case TREE_LESS_EQUAL:
    case TREE_GREATER_EQUAL:
        common = common_to_compare(arena, op, a, b);
        return common ? (struct meeting){common, common, &plain_types[QASM_BOOL]} : none;
    case TREE_SHIFT_LEFT:
    case TREE_SHIFT_RIGHT:
        if (is_unsized(a) || !qasm_is_integer(b) ||
            !(qasm_is_integer(a) || a->kind == QASM_ANGLE || (a->kind == QASM_BIT && a->width)))
            return none;
        return by_left(a, b);
    default:
        return meet_arithmetic(arena, op, a, b);
    }
}

static const struct qasm_type *meet_one(enum tree_operator op, const struct qasm_type *a)
{
    if (op == TREE_NOT)
        return qasm_type_fits(a, &plain_types[QASM_BOOL]) ? &plain_types[QASM_BOOL] : NULL;
    if (qasm_is_integer(a))
        return !a->weak ? a : common_integer(NULL, op, a, a);
    if (op == TREE_COMPLEMENT)
        return (a->kind == QASM_BIT && !is_unsized(a)) || a->kind == QASM_ANGLE || a->kind == QASM_BOOL ? a : NULL;
    if (a->kind == QASM_BOOL)
        return &int_type;
    if (is_duration(a))
        return &plain_types[QASM_DURATION];
    if (a->kind == QASM_FLOAT)
        return a->weak ? &weak_real : a;
    return a->kind == QASM_COMPLEX || a->kind == QASM_ANGLE ? a : NULL;
}

const struct qasm_type *qasm_type_of_operator(qry_arena *arena, enum tree_operator op, const struct qasm_type *a,
                                              const struct qasm_type *b, const struct qasm_type **a_to,
                                              const struct qasm_type **b_to)
{
    if (b) {
        struct meeting meeting = meet_two(arena, op, a, b);
        *a_to = meeting.a;
        *b_to = meeting.b;
        return meeting.result;
    }
    const struct qasm_type *result = meet_one(op, a);
    *a_to = result;
    *b_to = NULL;
    return result;
}
