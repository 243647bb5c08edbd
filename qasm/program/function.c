/* function.c: the functions of the language: what they take, what they give, and their values. */
#include "qasm/program/number.h"

#include <math.h>
#include <string.h>

/* What the arguments of a function are. */
enum takes {
    REAL,            /* numbers and angles; a float comes out */
    REAL_OR_COMPLEX, /* what went in comes out, of integers a float */
    COMPLEX_PART,    /* a complex number; its part */
    ROTATE,          /* bits or an integer, and how far */
    COUNT_BITS,
    TWO_NUMBERS, /* what the operator gives */
    SIZE         /* of an array, and which dimension */
};

enum function {
    ARCCOS,
    ARCSIN,
    ARCTAN,
    CEILING,
    COS,
    EXP,
    FLOOR,
    IMAG,
    LOG,
    LN,
    MOD,
    POPCOUNT,
    POW,
    REAL_PART,
    ROTL,
    ROTR,
    SIN,
    SIZEOF,
    SQRT,
    TAN,
    ACOS,
    ASIN,
    ATAN,
    FUNCTIONS
};

/* acos, asin and atan are what OpenQASM 2 programs call them, ln what both versions once called log. */
static const struct {
    const char *name;
    enum takes takes;
    uint8_t least, most; /* arguments */
} functions[FUNCTIONS] = {
    [ARCCOS] = {"arccos", REAL, 1, 1},
    [ARCSIN] = {"arcsin", REAL, 1, 1},
    [ARCTAN] = {"arctan", REAL, 1, 1},
    [CEILING] = {"ceiling", REAL, 1, 1},
    [COS] = {"cos", REAL_OR_COMPLEX, 1, 1},
    [EXP] = {"exp", REAL_OR_COMPLEX, 1, 1},
    [FLOOR] = {"floor", REAL, 1, 1},
    [IMAG] = {"imag", COMPLEX_PART, 1, 1},
    [LOG] = {"log", REAL_OR_COMPLEX, 1, 1},
    [LN] = {"ln", REAL_OR_COMPLEX, 1, 1},
    [MOD] = {"mod", TWO_NUMBERS, 2, 2},
    [POPCOUNT] = {"popcount", COUNT_BITS, 1, 1},
    [POW] = {"pow", TWO_NUMBERS, 2, 2},
    [REAL_PART] = {"real", COMPLEX_PART, 1, 1},
    [ROTL] = {"rotl", ROTATE, 2, 2},
    [ROTR] = {"rotr", ROTATE, 2, 2},
    [SIN] = {"sin", REAL_OR_COMPLEX, 1, 1},
    [SIZEOF] = {"sizeof", SIZE, 1, 2},
    [SQRT] = {"sqrt", REAL_OR_COMPLEX, 1, 1},
    [TAN] = {"tan", REAL_OR_COMPLEX, 1, 1},
    [ACOS] = {"acos", REAL, 1, 1},
    [ASIN] = {"asin", REAL, 1, 1},
    [ATAN] = {"atan", REAL, 1, 1},
};

const char *qasm_function_name(uint32_t number) { return number < FUNCTIONS ? functions[number].name : NULL; }

/* ---- types ---- */

static bool is_number(const struct qasm_type *type)
{
    return qasm_is_integer(type) || type->kind == QASM_FLOAT || type->kind == QASM_ANGLE || type->kind == QASM_BOOL;
}

static enum tree_operator operator_of(uint32_t function) { return function == MOD ? TREE_MODULO : TREE_POWER; }

static const struct qasm_type *make(qry_arena *arena, enum qasm_kind kind, uint32_t width, bool weak)
{
    struct qasm_type *type = QRY_NEW(arena, struct qasm_type);
    *type = (struct qasm_type){.kind = kind, .width = width, .weak = weak};
    return type;
}

/* The type of f(a), or NULL. */
static const struct qasm_type *type_of_one(qry_arena *arena, enum takes takes, const struct qasm_type *a)
{
    switch (takes) {
    case COMPLEX_PART:
        if (a->kind == QASM_COMPLEX)
            return make(arena, QASM_FLOAT, a->width, a->weak);
        return a->kind == QASM_FLOAT ? a : NULL;
    case REAL_OR_COMPLEX:
        if (a->kind == QASM_COMPLEX)
            return a;
        /* fall through */
    case REAL:
        if (!is_number(a))
            return NULL;
        return a->kind == QASM_FLOAT ? a : make(arena, QASM_FLOAT, 64, a->weak);
    case COUNT_BITS:
        return qasm_is_integer(a) || a->kind == QASM_BIT ? make(arena, QASM_UINT, 32, false) : NULL;
    default:
        return a->kind == QASM_ARRAY ? make(arena, QASM_UINT, 32, false) : NULL;
    }
}

/* The type of f(a, b), or NULL. */
static const struct qasm_type *type_of_two(qry_arena *arena, uint32_t function, const struct qasm_type *a,
                                           const struct qasm_type *b)
{
    const struct qasm_type *a_to, *b_to;
    switch (functions[function].takes) {
    case ROTATE:
        return qasm_is_integer(b) && ((qasm_is_integer(a) && !a->weak) ||
                                      (a->kind == QASM_BIT && a->width && a->width != QASM_UNSIZED))
                   ? a
                   : NULL;
    case TWO_NUMBERS:
        return qasm_type_of_operator(arena, operator_of(function), a, b, &a_to, &b_to);
    default:
        return a->kind == QASM_ARRAY && qasm_is_integer(b) ? make(arena, QASM_UINT, 32, false) : NULL;
    }
}

static const char *wanted(enum takes takes)
{
    static const char *const words[] = {
        [REAL] = "it takes a number",
        [REAL_OR_COMPLEX] = "it takes a number",
        [COMPLEX_PART] = "it takes a complex number",
        [ROTATE] = "it takes bits or an integer that has a size, and how far to rotate: rotl(c, 1)",
        [COUNT_BITS] = "it takes bits or an integer",
        [TWO_NUMBERS] = "it takes two numbers",
        [SIZE] = "it takes an array, and which of its dimensions if not the first: sizeof(a, 1)",
    };
    return words[takes];
}

const struct qasm_type *qasm_function_type(const struct tree_program *tree, struct tree_place place,
                                           const struct tree_symbol *function, const struct qasm_type *const *arguments,
                                           uint32_t count)
{
    uint32_t number = function->number;
    const char *name = functions[number].name;
    if (count < functions[number].least || count > functions[number].most) {
        qry_tree_error(tree, place, wanted(functions[number].takes), "%s with %u argument%s", name, count,
                       count == 1 ? "" : "s");
        return NULL;
    }
    const struct qasm_type *type = count == 1 ? type_of_one(tree->arena, functions[number].takes, arguments[0])
                                              : type_of_two(tree->arena, number, arguments[0], arguments[1]);
    if (type)
        return type;
    const char *second =
        count == 1 ? "" : qry_arena_printf(tree->arena, ", %s", qasm_type_text(tree->arena, arguments[1]));
    qry_tree_error(tree, place, wanted(functions[number].takes), "%s cannot be applied to %s%s", name,
                   qasm_type_text(tree->arena, arguments[0]), second);
    return NULL;
}

/* ---- values ---- */

bool qasm_function_is_real(uint32_t number, uint32_t count)
{
    enum takes takes = functions[number].takes;
    return takes == TWO_NUMBERS ? count == 2 : count == 1 && (takes == REAL || takes == REAL_OR_COMPLEX);
}

double qasm_function_real(uint32_t number, double x, double y)
{
    switch (number) {
    case MOD:
        return fmod(x, y);
    case POW:
        return pow(x, y);
    case ARCCOS:
    case ACOS:
        return acos(x);
    case ARCSIN:
    case ASIN:
        return asin(x);
    case ARCTAN:
    case ATAN:
        return atan(x);
    case CEILING:
        return ceil(x);
    case FLOOR:
        return floor(x);
    case COS:
        return cos(x);
    case EXP:
        return exp(x);
    case SIN:
        return sin(x);
    case SQRT:
        return sqrt(x);
    case TAN:
        return tan(x);
    default:
        return log(x);
    }
}

static double complex of_complex(uint32_t function, double complex z)
{
    switch (function) {
    case COS:
        return ccos(z);
    case EXP:
        return cexp(z);
    case SIN:
        return csin(z);
    case SQRT:
        return csqrt(z);
    case TAN:
        return ctan(z);
    default:
        return clog(z);
    }
}

static const char *one_number(uint32_t function, const struct qasm_value *a, const struct qasm_type *type,
                              struct qasm_value *result)
{
    struct qasm_value out = {.type = type};
    bool finite;
    if (type->kind == QASM_COMPLEX) {
        double complex z = of_complex(function, qasm_complex(a->re, a->im));
        finite = isfinite(creal(z)) && isfinite(cimag(z));
        out.re = qasm_round_real(creal(z), type->width);
        out.im = qasm_round_real(cimag(z), type->width);
    } else {
        double x = qasm_value_real(a), y = qasm_function_real(function, x, 0);
        finite = isfinite(y) || !isfinite(x);
        out.real = qasm_round_real(y, type->width);
    }
    *result = out;
    return finite ? NULL : "this function has no finite value here";
}

static const char *part(uint32_t function, const struct qasm_value *a, const struct qasm_type *type,
                        struct qasm_value *result)
{
    double real = a->type->kind == QASM_COMPLEX ? (function == IMAG ? a->im : a->re) : function == IMAG ? 0 : a->real;
    *result = (struct qasm_value){.type = type};
    result->real = real;
    return NULL;
}

static const char *count_bits(const struct qasm_value *a, const struct qasm_type *type, struct qasm_value *result)
{
    uint32_t count = 0;
    if (a->type->kind == QASM_BIT) {
        for (uint32_t i = 0; i < qasm_bit_count(a->type); i++) {
            qry_must(qasm_bits_of(a)[i] < 2);
            count += qasm_bits_of(a)[i];
        }
    } else {
        qry_u128 mask = a->type->width < QASM_MAX_WIDTH ? ((qry_u128)1 << a->type->width) - 1 : ~(qry_u128)0;
        for (qry_u128 rest = a->natural & mask; rest; rest &= rest - 1)
            count++;
    }
    *result = (struct qasm_value){.type = type, .natural = count};
    return NULL;
}

/* rotl moves bit 0 to bit `by`; a negative distance turns the other way. */
static const char *rotate(qry_arena *arena, uint32_t function, const struct qasm_value *a, const struct qasm_value *by,
                          const struct qasm_type *type, struct qasm_value *result)
{
    uint32_t width = type->width;
    qry_i128 distance = (qry_i128)by->natural;
    bool negative = by->type->kind == QASM_INT && distance < 0;
    uint32_t places = (uint32_t)((negative ? -by->natural : by->natural) % width);
    if (negative != (function == ROTR))
        places = (width - places) % width;
    if (type->kind == QASM_BIT) {
        qasm_bit *to;
        struct qasm_value out = qasm_value_bits(arena, type, &to);
        for (uint32_t i = 0; i < width; i++)
            to[(i + places) % width] = a->bits[i];
        *result = out;
        return NULL;
    }
    qry_u128 mask = width < QASM_MAX_WIDTH ? ((qry_u128)1 << width) - 1 : ~(qry_u128)0, bits = a->natural & mask;
    qry_u128 turned = places ? bits << places | bits >> (width - places) : bits;
    *result = (struct qasm_value){.type = type, .natural = qasm_wrap(turned, type)};
    return NULL;
}

static const char *two_numbers(qry_arena *arena, uint32_t function, const struct qasm_value *a,
                               const struct qasm_value *b, struct qasm_value *result)
{
    enum tree_operator op = operator_of(function);
    const struct qasm_type *a_to, *b_to;
    const struct qasm_type *type = qasm_type_of_operator(arena, op, a->type, b->type, &a_to, &b_to);
    struct qasm_value x, y;
    const char *wrong = qasm_convert(arena, a, a_to, &x);
    wrong = wrong ? wrong : qasm_convert(arena, b, b_to, &y);
    return wrong ? wrong : qasm_operate(arena, op, &x, &y, type, result);
}

static const char *size_of(const struct qasm_value *arguments, uint32_t count, const struct qasm_type *type,
                           struct qasm_value *result)
{
    const struct qasm_type *array = arguments[0].type;
    qry_u128 dim = count > 1 ? arguments[1].natural : 0;
    if (dim >= array->dims)
        return "the array has no such dimension: they are numbered from 0";
    *result = (struct qasm_value){.type = type, .natural = array->shape[(size_t)dim]};
    return NULL;
}

const char *qasm_function(qry_arena *arena, const struct tree_symbol *function, const struct qasm_value *arguments,
                          uint32_t count, const struct qasm_type *type, struct qasm_value *result)
{
    uint32_t number = function->number;
    for (uint32_t i = functions[number].takes == SIZE; i < count; i++) {
        if (!arguments[i].unknown)
            continue;
        *result = qasm_value_zero(arena, type);
        result->unknown = true;
        return NULL;
    }
    switch (functions[number].takes) {
    case COMPLEX_PART:
        return part(number, arguments, type, result);
    case ROTATE:
        return rotate(arena, number, &arguments[0], &arguments[1], type, result);
    case COUNT_BITS:
        return count_bits(arguments, type, result);
    case TWO_NUMBERS:
        return two_numbers(arena, number, &arguments[0], &arguments[1], result);
    case SIZE:
        return size_of(arguments, count, type, result);
    default:
        return one_number(number, arguments, type, result);
    }
}
