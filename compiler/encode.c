/* encode.c: how a number becomes the probability of a mark. Four ways, of which one is chosen when a statement is lowered:
 *
 *   UNIFORM   r < v - base with r uniform on b bits: exactly (v - base) / 2^b
 *   FACTORS   v = e^x: two tables and two tests, r1 < T1[high bits of x'], r2 < T2[low bits of x'], x' = greatest x - x;
 *             e^-x' up to the rounding of the tables
 *   EXPONENT  v = e^x: for bit i of x' a flag that stays 0 with probability e^(-2^i), or whatever the bit is worth
 *   ANGLE     one flag, turned by an angle from a table over v: 0 with probability (v - base) / greatest
 *
 * The first two are the encoding INEQUALITY, the others FLAGS. Rounding is known from the tables, value by value. */
#include "compiler/state.h"

#include <math.h>

enum {
    TABLE_BITS = 16, /* of the index of a table of angles */
    FINER_BITS = 5,  /* of the angles' codes, beyond those of the greatest number; */
    CODE_BITS = 28,  /* but at most so many of them, however large that is */
    LIGHT_STATE = 20 /* qubits of address and registers: up to a million states are easy to simulate */
};

/* A flag that would stay 0 with less than this probability is flipped for certain. */
static const double least_stay = 0x1p-40;

/* Nor is a way that rounds taken unasked if it rounds by more than this part of what the goal allows. */
static const double little = 0.125;

/* What the mantissas of the statement's number count. */
static double unit_of(const qry_lowered *l) { return ldexp(1, -qry_by(l)->fraction); }

/* ---- exponentials ---- */

/* e^(x grain) as a number of the statement, not rounded, for the exponent's mantissa x. */
static double power_of(const qry_formula *e, double unit, double x)
{
    return unit * ldexp(exp(ldexp(x, -e->arg[0]->fraction)), e->fraction);
}

/* Bits of x' = greatest x - x. */
static int exponent_bits(const qry_formula *e) { return qry_bits_of((uint64_t)(e->arg[0]->high - e->arg[0]->low)); }

/* ---- formulas ---- */

static qry_formula *add_table(qry_lowered *l, qry_formula *index, const int64_t *values, int64_t first, uint32_t count)
{
    qry_formula table = {.kind = QRY_FORMULA_LOOKUP, .values = values, .value_count = count, .first = first};
    table.low = table.high = values[0];
    for (uint32_t i = 1; i < count; i++) {
        table.low = values[i] < table.low ? values[i] : table.low;
        table.high = values[i] > table.high ? values[i] : table.high;
    }
    table.width = qry_bits_of((uint64_t)table.high);
    table.width += table.width == 0;
    return qry_add_node(l, table, 1, &index, NULL);
}

/* greatest x - x. */
static qry_formula *add_distance(qry_lowered *l)
{
    qry_formula *x = l->encoder.exponential->arg[0];
    qry_formula *distance = qry_add_difference(l, x->high, -1, x, NULL);
    distance->width = exponent_bits(l->encoder.exponential);
    return distance;
}

static double step_of(const struct qry_encoder *c) { return ldexp(1, -c->exponential->arg[0]->fraction); }

/* What the table of one half of x' has for i of its steps: 2^half e^(-i step), rounded. */
static double factor_of(const struct qry_encoder *c, int which, double i)
{
    double step = which ? step_of(c) : ldexp(step_of(c), c->low_bits);
    return rint(ldexp(exp(-step * i), (int)c->half));
}

static const int64_t *make_factors(qry_lowered *l, int which, uint32_t count)
{
    int64_t *values = qry_arena_alloc(l->arena, count, sizeof *values);
    for (uint32_t i = 0; i < count; i++)
        values[i] = (int64_t)factor_of(&l->encoder, which, i);
    return values;
}

static void require_factors(qry_lowered *l)
{
    struct qry_encoder *c = &l->encoder;
    qry_formula *x = add_distance(l);
    qry_formula whole = {.kind = QRY_FORMULA_FLOOR, .drop = c->low_bits, .high = x->high >> c->low_bits};
    whole.width = qry_bits_of((uint64_t)whole.high);
    qry_formula *high = qry_add_node(l, whole, 1, &x, NULL), *args[] = {x, high};
    qry_formula rest = {.kind = QRY_FORMULA_SUM, .high = ((int64_t)1 << c->low_bits) - 1, .width = c->low_bits};
    qry_formula *low = qry_add_node(l, rest, 2, args, (int64_t[]){1, -((int64_t)1 << c->low_bits)});
    qry_formula *index[] = {high, low};
    for (int k = 0; k < 2; k++) {
        uint32_t count = (uint32_t)index[k]->high + 1;
        qry_formula *table = add_table(l, index[k], make_factors(l, k, count), 0, count);
        qry_formula *r = qry_add_uniform(l, k * (int)c->half, (int)c->half);
        qry_require(l, qry_add_not_negative(l, qry_add_difference(l, -1, 1, table, r)));
    }
}

static int code_bits(uint64_t greatest)
{
    int bits = qry_bits_of(greatest) + FINER_BITS;
    return bits < CODE_BITS ? bits : CODE_BITS;
}

/* The code of a summand's angle: pi code / (2^bits - 1) turns a flag so that it stays 0 with probability summand /
 * greatest, up to a 32nd of a unit of the summand while the bits are FINER_BITS more than those of the greatest. */
struct coding {
    double greatest, steps, base, sign;
};

static struct coding coding_of(const qry_lowered *l, qry_summand summand)
{
    uint64_t greatest = qry_greatest(l, summand);
    double sign = summand == QRY_SUMMAND_POSITIVE ? 1 : -1;
    int bits = code_bits(greatest);
    return (struct coding){(double)greatest, ldexp(1, bits) - 1, (double)qry_base_of(l), sign};
}

static double summand_of(const struct coding *c, double v)
{
    return fmin(fmax(c->sign * (v - c->base), 0), c->greatest);
}

static double code_of(const struct coding *c, double v)
{
    return rint(2 * acos(sqrt(summand_of(c, v) / c->greatest)) / qry_pi * c->steps);
}

static void add_codes(qry_lowered *l)
{
    struct qry_encoder *c = &l->encoder;
    qry_formula *by = qry_by(l);
    bool looked_up = by->kind == QRY_FORMULA_LOOKUP;
    int64_t first = looked_up ? by->first : by->low;
    uint32_t count = looked_up ? by->value_count : (uint32_t)(by->high - by->low) + 1;
    struct coding coding = coding_of(l, l->summand);
    int64_t *codes = qry_arena_alloc(l->arena, count, sizeof *codes);
    for (uint32_t i = 0; i < count; i++)
        codes[i] = (int64_t)code_of(&coding, (double)(looked_up ? by->values[i] : first + i));
    l->coded = add_table(l, looked_up ? by->arg[0] : by, codes, first, count);
    for (int i = 0; i < l->coded->width; i++)
        c->turn[i] = qry_pi * ldexp(1, i) / coding.steps;
}

static void add_exponent(qry_lowered *l)
{
    struct qry_encoder *c = &l->encoder;
    l->coded = add_distance(l);
    for (int i = 0; i < l->coded->width; i++) {
        double stays = exp(-ldexp(step_of(c), i));
        c->flips[i] = stays < least_stay;
        c->turn[i] = c->flips[i] ? qry_pi : 2 * acos(sqrt(stays));
    }
}

void qry_require_value(qry_lowered *l)
{
    switch (l->encoder.way) {
    case QRY_WAY_UNIFORM:
        qry_require_uniform(l);
        return;
    case QRY_WAY_FACTORS:
        require_factors(l);
        return;
    case QRY_WAY_EXPONENT:
        add_exponent(l);
        return;
    case QRY_WAY_ANGLE:
        add_codes(l);
        return;
    }
}

/* ---- registers ---- */

void qry_place_value(qry_lowered *l)
{
    struct qry_encoder *c = &l->encoder;
    qry_search *search = &l->search;
    bool flags = c->way == QRY_WAY_EXPONENT || c->way == QRY_WAY_ANGLE;
    search->encoding = flags ? QRY_ENCODING_FLAGS : QRY_ENCODING_INEQUALITY;
    if (qry_greatest(l, l->summand) == 0)
        return; /* nothing is marked, whatever the registers */
    if (c->way == QRY_WAY_UNIFORM)
        search->uniform = qry_uniform_bits(l, l->summand);
    if (c->way == QRY_WAY_FACTORS)
        search->uniform = 2 * c->half;
    if (c->way == QRY_WAY_EXPONENT)
        search->flags = (uint32_t)exponent_bits(c->exponential);
    if (c->way == QRY_WAY_ANGLE)
        search->flags = 1;
}

uint32_t qry_flag_of(const qry_lowered *l, int bit) { return l->encoder.way == QRY_WAY_EXPONENT ? (uint32_t)bit : 0; }

/* ---- probabilities ---- */

/* That no flag is turned by a code. */
static double stays(const qry_lowered *l, uint64_t code)
{
    double p = 1, turn = 0;
    for (int i = 0; code >> i; i++)
        if (code >> i & 1) {
            turn += l->encoder.turn[i];
            if (l->encoder.way == QRY_WAY_EXPONENT) {
                p *= pow(cos(turn / 2), 2);
                turn = 0;
            }
        }
    return p * pow(cos(turn / 2), 2);
}

const qry_formula *qry_weighed_node(const qry_lowered *l)
{
    if (l->encoder.way == QRY_WAY_FACTORS)
        return l->encoder.exponential->arg[0];
    return l->coded ? l->coded : l->key;
}

long double qry_value_weight(const qry_lowered *l, int64_t value)
{
    const struct qry_encoder *c = &l->encoder;
    if (c->way == QRY_WAY_FACTORS) {
        int64_t distance = c->exponential->arg[0]->high - value;
        int64_t low = distance & (((int64_t)1 << c->low_bits) - 1);
        long double marked = factor_of(c, 0, (double)(distance >> c->low_bits));
        return ldexpl(marked * factor_of(c, 1, (double)low), -(int)l->search.uniform);
    }
    if (l->coded)
        return stays(l, (uint64_t)value);
    int64_t base = qry_base_of(l);
    int64_t summand = l->summand == QRY_SUMMAND_POSITIVE ? value - base : base - value;
    return summand > 0 ? ldexpl(summand, -(int)l->search.uniform) : 0;
}

/* ---- numbers, and how they are rounded ---- */

static double greatest_number(const qry_lowered *l, qry_summand summand)
{
    const struct qry_encoder *c = &l->encoder;
    if (c->way == QRY_WAY_UNIFORM)
        return ldexp(unit_of(l), (int)qry_uniform_bits(l, summand));
    if (c->way == QRY_WAY_ANGLE)
        return (double)qry_greatest(l, summand) * unit_of(l);
    return power_of(c->exponential, c->unit, (double)c->exponential->arg[0]->high);
}

/* How far e^x of the circuit is from that of the language at most, in units of the statement's number. */
static double exponential_rounding(const struct qry_encoder *c)
{
    const qry_formula *e = c->exponential, *x = e->arg[0];
    double greatest = power_of(e, c->unit, (double)x->high), most = 0;
    for (int64_t m = x->low; m <= x->high; m++) {
        int64_t distance = x->high - m;
        double share = exp(-step_of(c) * (double)distance);
        if (c->way == QRY_WAY_FACTORS)
            share = ldexp(factor_of(c, 0, (double)(distance >> c->low_bits)) *
                              factor_of(c, 1, (double)(distance & (((int64_t)1 << c->low_bits) - 1))),
                          -2 * (int)c->half);
        most = fmax(most, fabs(greatest * share - c->unit * (double)e->values[m - e->first]));
    }
    return most + greatest * (least_stay + ldexp(1, -48)); /* flags that are just flipped; double precision */
}

static double angle_rounding(const qry_lowered *l, qry_summand summand)
{
    struct coding c = coding_of(l, summand);
    const qry_formula *by = qry_by(l);
    double most = 0;
    for (int64_t v = by->low; v <= by->high; v++) {
        double share = pow(cos(code_of(&c, (double)v) / c.steps * qry_pi / 2), 2);
        most = fmax(most, fabs(c.greatest * share - summand_of(&c, (double)v)));
    }
    return (most + ldexp(c.greatest, -48)) * unit_of(l);
}

static double rounding_of(const qry_lowered *l, qry_summand summand)
{
    if (l->encoder.way == QRY_WAY_UNIFORM || qry_greatest(l, summand) == 0)
        return 0;
    return l->encoder.way == QRY_WAY_ANGLE ? angle_rounding(l, summand) : exponential_rounding(&l->encoder);
}

/* ---- which way ---- */

/* T gates of one use of the oracle and the diffusion, as far as the ways differ: a Toffoli has 7, a rotation about
 * 1.15 log2(1/1e-10) + 9 by synthesis with repetition until success; all is computed and undone, and reflected. */
static const double toffoli = 7, rotation = 1.15 * 33.2 + 9;

static double table_cost(int bits) { return toffoli * 2 * (ldexp(1, bits) - 2); }

struct choice {
    double cost;
    int state;
    bool any;
};

/* What the goal surely allows a sum to be off, in units of the number; nothing where the sum may be 0. Of a mean, a single
 * row may be all that matches. */
static double allowed_error(const qry_lowered *l)
{
    const qry_statement *s = &l->written;
    bool all = !qry_may_fail(l);
    double rows = all ? (double)(s->high - s->low) + 1 : 1;
    if (s->absolute)
        return s->epsilon * (s->kind == QRY_ESTIMATE_MEAN ? rows : 1);
    return all ? s->epsilon * rows * fmax((double)qry_by(l)->low, 0) * unit_of(l) : 0;
}

/* Whether what a way rounds is little beside what the goal allows: sums are off by that much for every row. */
static bool is_fine(qry_lowered *l, enum qry_way way)
{
    enum qry_way now = l->encoder.way;
    l->encoder.way = way;
    double rounding = rounding_of(l, QRY_SUMMAND_POSITIVE) * ((double)(l->written.high - l->written.low) + 1);
    l->encoder.way = now;
    return rounding <= allowed_error(l) * little;
}

/* What is easy to simulate comes first, smaller states before larger ones, and then what is cheap. A state of more than 62
 * qubits is none. */
static void consider(qry_lowered *l, struct choice *best, enum qry_way way, double cost, int registers)
{
    int state = registers + (int)l->search.address;
    if (state > QRY_MAX_WIDTH)
        return;
    state = state > LIGHT_STATE ? state : LIGHT_STATE;
    if (best->any && (state > best->state || (state == best->state && cost >= best->cost)))
        return;
    *best = (struct choice){cost, state, true};
    l->encoder.way = way;
}

static bool has_angles(const qry_formula *by)
{
    return (uint64_t)by->high - (uint64_t)by->low < UINT64_C(1) << TABLE_BITS;
}

/* Flags round, and so do tables of factors: they are considered where that is fine, or `anyway`. */
static void consider_ways(qry_lowered *l, struct choice *best, qry_encoding wanted, bool anyway)
{
    struct qry_encoder *c = &l->encoder;
    const qry_formula *by = qry_by(l);
    int uniform = (int)qry_uniform_bits(l, QRY_SUMMAND_POSITIVE), bits = exponent_bits(c->exponential);
    double tables = table_cost(bits - c->low_bits) + table_cost(c->low_bits);
    if (wanted != QRY_ENCODING_FLAGS)
        consider(l, best, QRY_WAY_UNIFORM, 2 * table_cost(bits) + 4 * toffoli * uniform, uniform);
    if (wanted != QRY_ENCODING_FLAGS && bits > 1 && (anyway || is_fine(l, QRY_WAY_FACTORS)))
        consider(l, best, QRY_WAY_FACTORS, 2 * tables + 8 * toffoli * c->half, 2 * (int)c->half);
    if (wanted == QRY_ENCODING_INEQUALITY)
        return;
    if (anyway || is_fine(l, QRY_WAY_EXPONENT))
        consider(l, best, QRY_WAY_EXPONENT, bits * (4 * rotation + 4 * toffoli), bits);
    if (has_angles(by) && (anyway || is_fine(l, QRY_WAY_ANGLE)))
        consider(l, best, QRY_WAY_ANGLE, 2 * table_cost(bits) + code_bits((uint64_t)by->high) * 4 * rotation, 1);
}

static void choose_for_exponential(qry_lowered *l, qry_encoding wanted)
{
    struct qry_encoder *c = &l->encoder;
    struct choice best = {0};
    c->low_bits = exponent_bits(c->exponential) / 2;
    /* Then the tables' rounding is worth half a unit of the number. */
    c->half = (uint32_t)qry_bits_of((uint64_t)qry_by(l)->high) + 1;
    consider_ways(l, &best, wanted, wanted == QRY_ENCODING_FLAGS);
    if (!best.any) /* the exact register is too long */
        consider_ways(l, &best, wanted, true);
}

bool qry_choose_way(qry_lowered *l)
{
    struct qry_encoder *c = &l->encoder;
    qry_encoding wanted = l->written.encoding;
    *c = (struct qry_encoder){.way = QRY_WAY_UNIFORM};
    if (!qry_has_values(l) || l->written.kind == QRY_SAMPLE_ONE)
        return true;
    const qry_formula *by = qry_by(l), *e = qry_exponential_in(by, &c->unit);
    if (e && exponent_bits(e) > 0) {
        c->exponential = e;
        choose_for_exponential(l, wanted);
        return true;
    }
    if (wanted != QRY_ENCODING_FLAGS)
        return true; /* a table of angles costs more than the comparison that it saves, and so do its rotations */
    c->way = QRY_WAY_ANGLE;
    if (has_angles(by))
        return true;
    qry_error_at(l->ctx, by->span, "take encoding = inequality, or drop low bits with \"as\"",
                 "flags take numbers of at most %d bits, and this one has %d", TABLE_BITS, by->width);
    return false;
}

/* ---- what is read from a probability ---- */

qry_measure qry_value_measure(const qry_lowered *l, qry_summand summand)
{
    const qry_search *search = &l->search;
    bool none = qry_greatest(l, summand) == 0 || qry_never_matches(l);
    double rows = (double)(search->high - search->low) + 1,
           scale = ldexp(greatest_number(l, summand), (int)search->address);
    qry_measure m = {.scale = scale, .none = none, .known = none, .rounding = rows * rounding_of(l, summand)};
    m.greatest = (double)qry_greatest(l, summand) * unit_of(l);
    if (l->encoder.way == QRY_WAY_UNIFORM)
        m.grain = unit_of(l);
    if (l->encoder.way == QRY_WAY_FACTORS)
        m.grain = ldexp(scale, -(int)(search->address + 2 * l->encoder.half));
    return m;
}
