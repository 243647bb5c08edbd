/* text.c: values as the command line prints and reads them. */
#include "qasm/program/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- printing ---- */

static const char *integer_text(qry_arena *arena, qry_u128 number, bool negative)
{
    char digits[48], *first = digits + sizeof digits - 1;
    *first = 0;
    number = negative ? -number : number;
    do
        *--first = (char)('0' + (int)(number % 10));
    while (number /= 10);
    if (negative)
        *--first = '-';
    return qry_arena_text(arena, first, strlen(first));
}

/* The shortest text that reads back to the same number. */
static const char *real_text(qry_arena *arena, double real)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, real);
        if (strtod(text, NULL) == real)
            break;
    }
    return qry_arena_text(arena, text, strlen(text));
}

static const char *bits_text(qry_arena *arena, const struct qasm_value *value)
{
    uint32_t count = qasm_bit_count(value->type);
    char *text = qry_arena_alloc(arena, count + 1, 1);
    for (uint32_t i = 0; i < count; i++) {
        qasm_bit bit = qasm_bits_of(value)[count - 1 - i];
        text[i] = bit < 2 ? (char)('0' + bit) : '?';
    }
    return text;
}

static const char *duration_text(qry_arena *arena, const struct qasm_value *value)
{
    const char *seconds = qry_arena_printf(arena, "%ss", real_text(arena, value->seconds));
    if (value->dt == 0)
        return seconds;
    const char *dt = qry_arena_printf(arena, "%sdt", real_text(arena, value->dt));
    return value->seconds == 0 ? dt : qry_arena_printf(arena, "%s + %s", seconds, dt);
}

static const char *array_text(qry_arena *arena, const struct qasm_type *type, const struct qasm_value *items,
                              uint32_t dim)
{
    size_t step = 1;
    const char *text = "{";
    for (uint32_t d = dim + 1; d < type->dims; d++)
        step *= type->shape[d];
    for (uint32_t i = 0; i < type->shape[dim]; i++) {
        const char *item = dim + 1 < type->dims ? array_text(arena, type, items + i * step, dim + 1)
                                                : qasm_value_text(arena, &items[i]);
        text = qry_arena_printf(arena, i ? "%s, %s" : "%s%s", text, item);
    }
    return qry_arena_printf(arena, "%s}", text);
}

const char *qasm_value_text(qry_arena *arena, const struct qasm_value *value)
{
    const struct qasm_type *type = value->type;
    if (value->unknown)
        return "?";
    switch (type->kind) {
    case QASM_BOOL:
        return value->truth ? "true" : "false";
    case QASM_BIT:
        return bits_text(arena, value);
    case QASM_INT:
        return integer_text(arena, value->natural, value->natural >> (QASM_MAX_WIDTH - 1));
    case QASM_UINT:
        return integer_text(arena, value->natural, false);
    case QASM_FLOAT:
        return real_text(arena, value->real);
    case QASM_ANGLE:
        return real_text(arena, qasm_angle_radians(value->natural, type->width));
    case QASM_COMPLEX:
        return qry_arena_printf(arena, "%s %c %sim", real_text(arena, value->re), signbit(value->im) ? '-' : '+',
                                real_text(arena, fabs(value->im)));
    case QASM_ARRAY:
        return array_text(arena, type, value->items, 0);
    default:
        return duration_text(arena, value);
    }
}

/* ---- reading ---- */

static const char *skip_blanks(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

static bool at_end(const char *text) { return *skip_blanks(text) == 0; }

/* Decimal, in the range of the type. */
static const char *parse_integer(const char *text, const struct qasm_type *type, qry_u128 *number)
{
    text = skip_blanks(text);
    bool negative = *text == '-';
    qry_u128 magnitude = 0;
    text += *text == '-' || *text == '+';
    if (!isdigit((unsigned char)*text))
        return NULL;
    for (; isdigit((unsigned char)*text); text++)
        if (QRY_MUL_OVERFLOWS(magnitude, (qry_u128)10, &magnitude) ||
            QRY_ADD_OVERFLOWS(magnitude, (qry_u128)(*text - '0'), &magnitude))
            return NULL;
    *number = negative ? -magnitude : magnitude;
    bool sign = negative && magnitude;
    bool kept = type->kind == QASM_INT ? (*number >> (QASM_MAX_WIDTH - 1)) == sign : !sign;
    return kept && qasm_wrap(*number, type) == *number ? text : NULL;
}

static const char *parse_real(const char *text, double *real)
{
    char *end;
    *real = strtod(text, &end);
    return end == text || !isfinite(*real) ? NULL : end;
}

static const char *parse_bits(const char *text, const struct qasm_type *type, const struct qasm_value *zero,
                              struct qasm_value *result)
{
    uint32_t count = qasm_bit_count(type);
    text = skip_blanks(text);
    *result = *zero;
    for (uint32_t i = 0; i < count; i++, text++) {
        if (*text != '0' && *text != '1')
            return NULL;
        if (type->width)
            result->bits[count - 1 - i] = (qasm_bit)(*text - '0');
        else
            result->bit = (qasm_bit)(*text - '0');
    }
    return text;
}

static const char *parse_truth(const char *text, bool *truth)
{
    text = skip_blanks(text);
    *truth = strncmp(text, "true", 4) == 0;
    return *truth ? text + 4 : strncmp(text, "false", 5) == 0 ? text + 5 : NULL;
}

/* "1.5", "2im", "1.5 - 2im". */
static const char *parse_complex(const char *text, struct qasm_value *result)
{
    double parts[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        double sign = 1;
        text = skip_blanks(text);
        if (i == 1 && (*text == '+' || *text == '-'))
            sign = *text++ == '-' ? -1 : 1;
        else if (i == 1)
            break;
        const char *end = parse_real(text, &parts[i]);
        if (!end)
            return NULL;
        parts[i] *= sign;
        text = skip_blanks(end);
        if (strncmp(text, "im", 2) == 0) {
            result->re = i ? parts[0] : 0;
            result->im = parts[i];
            return text + 2;
        }
        if (i == 1)
            return NULL;
    }
    result->re = parts[0];
    return text;
}

static const char *parse_duration(const char *text, struct qasm_value *result)
{
    static const struct {
        const char *word;
        enum tree_unit unit;
    } units[] = {{"dt", TREE_DT}, {"ns", TREE_NS}, {"us", TREE_US}, {"µs", TREE_US}, {"ms", TREE_MS}, {"s", TREE_S}};
    double number;
    text = parse_real(text, &number);
    if (!text)
        return NULL;
    text = skip_blanks(text);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t length = strlen(units[i].word);
        if (strncmp(text, units[i].word, length) != 0)
            continue;
        *result = qasm_value_time(result->type, number, units[i].unit);
        return text + length;
    }
    return NULL;
}

static const char *parse_one(qry_arena *arena, const char *text, const struct qasm_type *type,
                             struct qasm_value *result);

static const char *parse_array(qry_arena *arena, const char *text, const struct qasm_type *type,
                               struct qasm_value *items, uint32_t dim)
{
    size_t step = 1;
    for (uint32_t d = dim + 1; d < type->dims; d++)
        step *= type->shape[d];
    text = skip_blanks(text);
    for (uint32_t i = 0; i < type->shape[dim]; i++) {
        if (*text++ != (i ? ',' : '{'))
            return NULL;
        text = dim + 1 < type->dims ? parse_array(arena, text, type, items + i * step, dim + 1)
                                    : parse_one(arena, text, type->base, &items[i]);
        if (!text)
            return NULL;
        text = skip_blanks(text);
    }
    return *text == '}' ? text + 1 : NULL;
}

static const char *parse_one(qry_arena *arena, const char *text, const struct qasm_type *type,
                             struct qasm_value *result)
{
    double real;
    struct qasm_value zero = qasm_value_zero(arena, type);
    *result = zero;
    switch (type->kind) {
    case QASM_BOOL:
        return parse_truth(text, &result->truth);
    case QASM_BIT:
        return parse_bits(text, type, &zero, result);
    case QASM_INT:
    case QASM_UINT:
        return parse_integer(text, type, &result->natural);
    case QASM_COMPLEX:
        return parse_complex(text, result);
    case QASM_DURATION:
    case QASM_STRETCH:
        return parse_duration(text, result);
    case QASM_ARRAY:
        return parse_array(arena, text, type, result->items, 0);
    default:
        text = parse_real(text, &real);
        if (text && type->kind == QASM_ANGLE)
            result->natural = qasm_angle_units(real, type->width);
        else if (text)
            result->real = qasm_round_real(real, type->width);
        return text;
    }
}

bool qasm_value_parse(qry_arena *arena, const char *text, const struct qasm_type *type, struct qasm_value *result)
{
    const char *end = parse_one(arena, text, type, result);
    return end && at_end(end);
}
