/* draws.c: random numbers for rows: the thresholds of `sample set`, hashed or stored, and the variates of a race. What they
 * add to the predicate; when they are drawn.
 *
 * Gumbel variates: -ln of an exponential one; the greatest of x_j + variate is at j with probability ~ e^x_j. */
#include "compiler/state.h"

#include <math.h>

static qry_formula *add_draw(qry_lowered *l)
{
    const qry_table *t = &l->draws;
    qry_formula entry = {.kind = QRY_FORMULA_ENTRY, .table = t, .fraction = t->type.fraction};
    entry.low = t->low;
    entry.high = t->high;
    entry.width = qry_type_width(t->type);
    return qry_add_node(l, entry, 0, NULL, NULL);
}

/* r < p, with as many bits as p has behind the point: p of 1 is above every r, p of 0 above none. */
void qry_require_chance(qry_lowered *l)
{
    int bits = qry_by(l)->fraction;
    qry_formula *r = NULL;
    if (bits > 0 && l->written.method == QRY_METHOD_STORED) {
        r = add_draw(l);
    } else if (bits > 0) {
        qry_formula hash = {.kind = QRY_FORMULA_HASH, .masks = l->masks, .constant = l->offset, .width = bits};
        hash.high = (int64_t)((UINT64_C(1) << bits) - 1);
        r = qry_add_node(l, hash, 0, NULL, NULL);
    }
    qry_require(l, qry_add_not_negative(l, qry_add_difference(l, -1, 1, qry_by(l), r)));
}

/* What a race compares besides the variate. */
static qry_formula *exponent_of(const qry_lowered *l)
{
    double unit; /* factors do not change who wins */
    const qry_formula *e = qry_exponential_in(qry_by(l), &unit);
    return e ? e->arg[0] : NULL;
}

/* Exponent and variate on the variate's fraction bits; where all rows are alike, the variate alone. */
qry_formula *qry_add_race_key(qry_lowered *l)
{
    qry_formula *x = exponent_of(l), *variate = add_draw(l), *args[] = {x, variate};
    if (!x)
        return variate;
    int64_t unit = (int64_t)1 << (l->draws.type.fraction - x->fraction);
    qry_formula key = {.kind = QRY_FORMULA_SUM, .fraction = l->draws.type.fraction, .width = QRY_MAX_WIDTH};
    key.low = x->low * unit + variate->low;
    key.high = x->high * unit + variate->high;
    return qry_add_node(l, key, 2, args, (int64_t[]){unit, 1});
}

void qry_draw(qry_lowered *l, qry_random *random)
{
    qry_table *t = &l->draws;
    int bits = t->type.fraction;
    uint64_t rows_mask = (UINT64_C(1) << l->search.address) - 1, mask = (UINT64_C(1) << bits) - 1;
    l->has_draws = true;
    t->version++;
    if (l->masks) {
        for (int i = 0; i < bits; i++)
            l->masks[i] = qry_random_next(random) & rows_mask;
        l->offset = (int64_t)(qry_random_next(random) & mask);
        return;
    }
    for (uint64_t j = 0; j < t->rows; j++)
        if (t->type.is_signed) {
            double wait = fmax(-log1p(-qry_random_unit(random)), ldexp(1, -54));
            t->mantissas[j] = (int64_t)rint(ldexp(-log(wait), bits));
        } else {
            t->mantissas[j] = (int64_t)(qry_random_next(random) & mask);
        }
}

/* Room for what is drawn; drawn first from the statement's own seed. */
static void prepare_draws(qry_lowered *l, qry_type type, int64_t low, int64_t high)
{
    const qry_statement *s = &l->written;
    qry_table *t = &l->draws;
    bool race = type.is_signed, hashed = s->kind == QRY_SAMPLE_SET && s->method != QRY_METHOD_STORED;
    uint64_t rows = s->high + 1;
    if (l->has_draws && t->rows == rows && t->type.fraction == type.fraction) {
        t->arch = s->default_arch;
        return;
    }
    uint64_t version = t->version;
    const char *name = t->name ? t->name : qry_added_table_name(l, race ? "race" : "random");
    int64_t *mantissas = t->mantissas;
    for (size_t i = 0; i < l->load_count; i++)
        if (l->loads[i].words.table == t)
            l->loads[i].written = l->loads[i].linked = false; /* its words may have another width */
    *t = (qry_table){name, s->default_arch, rows, 1, type, mantissas, low, high, s->span, version};
    if (hashed) {
        l->masks = qry_resize(l->ctx, l->masks, QRY_MAX_WIDTH, sizeof *l->masks);
    } else {
        t->mantissas = qry_resize(l->ctx, t->mantissas, rows, sizeof *t->mantissas);
    }
    qry_random random;
    qry_random_seed(&random, s->seed, 0);
    qry_draw(l, &random);
}

bool qry_prepare_chances(qry_lowered *l)
{
    int bits = qry_by(l)->fraction;
    if (bits > QRY_MAX_WIDTH) {
        qry_error_at(l->ctx, qry_by(l)->span, "drop low bits with \"as\"",
                     "the probability has %d bits behind the point: more than %d", bits, QRY_MAX_WIDTH);
        return false;
    }
    if (bits > 0)
        prepare_draws(l, (qry_type){.fraction = bits}, 0, (int64_t)((UINT64_C(1) << bits) - 1));
    return true;
}

/* Variates lie between -ln 37.5 and 37.5. */
bool qry_prepare_race(qry_lowered *l)
{
    enum { FRACTION = 16, LEAST = -4, MOST = 38, INTEGER = 7 };
    const qry_formula *x = exponent_of(l), *by = qry_by(l);
    if (!x && (by->low != by->high || by->low <= 0)) {
        qry_error_at(l->ctx, by->span, "write the probability as exp(...), or leave the method out",
                     "a race needs a probability that is an exponential");
        return false;
    }
    int fraction = x && x->fraction > FRACTION ? x->fraction : FRACTION;
    if (x && (x->width + fraction - x->fraction >= QRY_MAX_WIDTH || fraction >= QRY_MAX_WIDTH - INTEGER)) {
        qry_error_at(l->ctx, x->span, "cut the exponent off with max or clip, or drop low bits with \"as\"",
                     "the exponent's range is too wide for a race");
        return false;
    }
    prepare_draws(l, (qry_type){true, false, INTEGER, fraction}, LEAST * ((int64_t)1 << fraction),
                  MOST * ((int64_t)1 << fraction));
    return true;
}
