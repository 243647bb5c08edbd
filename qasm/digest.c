/* digest.c: a body by itself, in one pass: tally, calls and depth by parts. See qasm.h. */
#include "qasm/clock.h"
#include "qasm/walk.h"

#include <string.h>

struct qry_digester {
    qry_ctx *ctx;
    struct qry_clock *clocks; /* by operand, at zero between stretches */
    size_t clock_room;
    struct qry_clock last; /* of the body that is being counted */
    uint32_t *place;       /* by definition and direction: where its calls are counted, from 1; 0 between bodies */
    size_t place_room;
    qry_u128 *times; /* how often each open block is gone through */
    size_t open, time_room;
};

qry_digester *qry_digester_new(qry_ctx *ctx)
{
    qry_digester *digester = qry_alloc(ctx, 1, sizeof *digester);
    digester->ctx = ctx;
    return digester;
}

void qry_digester_free(qry_digester *digester)
{
    if (!digester)
        return;
    qry_free(digester->ctx, digester->clocks);
    qry_free(digester->ctx, digester->place);
    qry_free(digester->ctx, digester->times);
    qry_free(digester->ctx, digester);
}

void qry_digest_free(qry_ctx *ctx, qry_digest *digest)
{
    qry_free(ctx, digest->calls);
    *digest = (qry_digest){.calls = NULL};
}

/* ---- operations ---- */

static void add_call(qry_digester *r, qry_digest *digest, const qry_op *op, qry_u128 times)
{
    bool inverse = op->flags & QRY_OP_INVERSE;
    uint32_t *place = &r->place[2 * (size_t)op->a + inverse];
    if (!*place) {
        QRY_GROW(r->ctx, digest->calls, digest->call_room, digest->call_count + 1);
        digest->calls[digest->call_count++] = (qry_digest_call){op->a, inverse, 0};
        *place = (uint32_t)digest->call_count;
    }
    qry_u128 *sum = &digest->calls[*place - 1].times;
    *sum = qry_sum(*sum, times);
}

static void count_op(qry_digest *digest, const qry_definition *d, const qry_op *op, qry_u128 times)
{
    if (op->kind == QRY_OP_BARRIER)
        return;
    if (op->kind == QRY_OP_CONTROLLED) {
        qry_tally_add_controlled(&digest->own, (qry_gate)op->a, d->operands[op->b], times);
        return;
    }
    qry_u128 *count = op->kind < QRY_GATES         ? &digest->own.gate[op->kind]
                      : op->kind == QRY_OP_MEASURE ? &digest->own.measurements
                                                   : &digest->own.resets;
    *count = qry_sum(*count, times);
}

static bool is_section(const qry_definition *d, const qry_op *op)
{
    return op->kind == QRY_OP_SECTION || (op->kind == QRY_OP_END && d->ops[op->c].kind == QRY_OP_SECTION);
}

/* Operations from `from` on up to the next call, repeat or condition, or the end of one; sections do not matter. Returns
 * where it stopped. */
static size_t add_stretch(qry_digester *r, qry_digest *digest, const qry_definition *d, size_t from, qry_u128 times)
{
    const struct qry_clock zero = {0, 0};
    const struct qry_clocks clocks = {r->clocks, d->width, NULL};
    struct qry_clock last = zero;
    bool all = false; /* clocks were moved that no operation names */
    size_t to = from;
    for (; to < d->op_count && (qry_op_is_plain(&d->ops[to]) || is_section(d, &d->ops[to])); to++) {
        const qry_op *op = &d->ops[to];
        if (!qry_op_is_plain(op))
            continue;
        count_op(digest, d, op, times);
        last = qry_clock_later(last, qry_clock_step(&clocks, d, op, zero));
        all |= op->kind == QRY_OP_BARRIER && qry_op_qubits(d, op) == 0;
    }
    for (size_t i = from; i < to; i++) {
        const qry_op *op = &d->ops[i];
        if (!qry_op_is_plain(op))
            continue;
        uint32_t qubits = qry_op_qubits(d, op);
        for (uint32_t k = 0; k < qubits; k++)
            r->clocks[qry_op_qubit(d, op, k)] = zero;
    }
    if (all)
        memset(r->clocks, 0, d->width * sizeof *r->clocks);
    digest->depth = qry_sum(digest->depth, qry_product((qry_u128)last.depth, times));
    digest->t_depth = qry_sum(digest->t_depth, qry_product((qry_u128)last.t, times));
    return to;
}

/* ---- a body ---- */

static void make_clocks(qry_digester *r, const qry_definition *d)
{
    if (r->clock_room >= d->width)
        return;
    qry_free(r->ctx, r->clocks);
    r->clocks = NULL;
    r->clocks = qry_alloc(r->ctx, d->width, sizeof *r->clocks);
    r->clock_room = d->width;
}

static void make_room(qry_digester *r, const qry_definition *d)
{
    size_t definitions = qry_circuit_definitions(d->circuit);
    make_clocks(r, d);
    QRY_GROW(r->ctx, r->place, r->place_room, 2 * definitions);
}

/* What a digest says of a body without calls; the list of calls stays for another time. */
static void copy_digest(const qry_digest *from, qry_digest *to)
{
    to->own = from->own;
    to->depth = from->depth;
    to->t_depth = from->t_depth;
    to->call_count = 0;
}

void qry_digest_read(qry_digester *r, const qry_definition *d, qry_digest *digest)
{
    qry_must(!d->open);
    if (d->counted) {
        copy_digest(d->counted, digest);
        return;
    }
    make_room(r, d);
    digest->own = (qry_tally){.measurements = 0};
    digest->depth = digest->t_depth = 0;
    digest->call_count = 0;
    qry_u128 times = 1;
    r->open = 0;
    for (size_t i = 0; i < d->op_count;) {
        const qry_op *op = &d->ops[i];
        if (op->kind == QRY_OP_CALL) {
            add_call(r, digest, op, times);
            i++;
        } else if (op->kind == QRY_OP_REPEAT || op->kind == QRY_OP_IF) {
            QRY_GROW(r->ctx, r->times, r->time_room, r->open + 1);
            r->times[r->open++] = times;
            times = qry_product(times, op->kind == QRY_OP_IF ? 1 : qry_op_count(op));
            i++;
        } else if (op->kind == QRY_OP_END && !is_section(d, op)) {
            times = r->times[--r->open];
            i++;
        } else
            i = add_stretch(r, digest, d, i, times);
    }
    for (size_t k = 0; k < digest->call_count; k++)
        r->place[2 * (size_t)digest->calls[k].callee + digest->calls[k].inverse] = 0;
}

/* ---- bodies that are not kept ---- */

void qry_definition_set_digest(qry_definition *d, const qry_digest *digest)
{
    qry_must(d->op_count == 0 && !d->counted && !digest->call_count);
    d->counted = qry_alloc(qry_circuit_ctx(d->circuit), 1, sizeof *d->counted);
    copy_digest(digest, d->counted);
}

void qry_definition_count(qry_definition *d, qry_digester *digester)
{
    qry_definition_set_digest(d, &(qry_digest){.depth = 0});
    qry_must(!d->counter);
    d->counter = digester;
    digester->last = (struct qry_clock){0, 0};
}

void qry_counted_take(qry_definition *d)
{
    qry_digester *r = d->counter;
    const struct qry_clock zero = {0, 0};
    uint32_t gates[QRY_GATES] = {0};
    make_clocks(r, d);
    const struct qry_clocks clocks = {r->clocks, d->width, NULL};
    for (size_t i = 0; i < d->op_count; i++) {
        const qry_op *op = &d->ops[i];
        qry_must(op->kind < QRY_GATES);
        gates[op->kind]++;
        r->last = qry_clock_later(r->last, qry_clock_step(&clocks, d, op, zero));
    }
    for (int g = 0; g < QRY_GATES; g++)
        d->counted->own.gate[g] = qry_sum(d->counted->own.gate[g], gates[g]);
    d->op_count = 0;
}

void qry_definition_counted(qry_definition *d)
{
    qry_digester *r = d->counter;
    qry_must(r);
    qry_counted_take(d);
    d->counter = NULL;
    d->counted->depth = (qry_u128)r->last.depth;
    d->counted->t_depth = (qry_u128)r->last.t;
    memset(r->clocks, 0, d->width * sizeof *r->clocks);
}
