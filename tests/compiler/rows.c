/* rows.c: see rows.h. */
#include "tests/compiler/rows.h"

#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

rows *rows_new(qry_ctx *ctx, uint32_t qubits, size_t count)
{
    rows *r = qry_alloc(ctx, 1, sizeof *r);
    *r = (rows){.ctx = ctx, .qubits = qubits, .count = count, .words = (count + 63) / 64};
    r->value = qry_alloc(ctx, qubits * r->words + 1, sizeof *r->value);
    r->frame = qry_alloc(ctx, qubits * r->words + 1, sizeof *r->frame);
    r->sign = qry_alloc(ctx, r->words, sizeof *r->sign);
    r->turn = qry_alloc(ctx, count, sizeof *r->turn);
    return r;
}

void rows_free(rows *r)
{
    qry_ctx *ctx = r->ctx;
    qry_free(ctx, r->value);
    qry_free(ctx, r->frame);
    qry_free(ctx, r->sign);
    qry_free(ctx, r->turn);
    qry_free(ctx, r);
}

rows *rows_copy(const rows *r)
{
    rows *copy = rows_new(r->ctx, r->qubits, r->count);
    memcpy(copy->value, r->value, r->qubits * r->words * sizeof *r->value);
    memcpy(copy->frame, r->frame, r->qubits * r->words * sizeof *r->frame);
    memcpy(copy->sign, r->sign, r->words * sizeof *r->sign);
    memcpy(copy->turn, r->turn, r->count * sizeof *r->turn);
    return copy;
}

void rows_set(rows *r, qry_qubit first, uint32_t width, size_t row, uint64_t value)
{
    for (uint32_t i = 0; i < width; i++) {
        uint64_t *word = &r->value[(first + i) * r->words + row / 64], bit = UINT64_C(1) << row % 64;
        *word = value >> i & 1 ? *word | bit : *word & ~bit;
    }
}

uint64_t rows_get(const rows *r, qry_qubit first, uint32_t width, size_t row)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < width; i++)
        value |= (r->value[(first + i) * r->words + row / 64] >> row % 64 & 1) << i;
    return value;
}

static uint64_t in_use(const rows *r, size_t word)
{
    size_t rest = r->count - 64 * word;
    return rest >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << rest) - 1;
}

static void swap_masked(uint64_t *a, uint64_t *b, uint64_t mask)
{
    uint64_t d = (*a ^ *b) & mask;
    *a ^= d;
    *b ^= d;
}

/* One 64-row word of a gate: q = the qubits' words. The last qubit is the target unless the gate swaps. */
static void step_word(rows *r, const qry_step *step, size_t word)
{
    const qry_gate_info *info = &qry_gate_table[step->kind];
    uint64_t *v[3], *f[3], on = in_use(r, word);
    int targets = info->swaps ? 2 : 1, controls = info->qubits - targets;
    for (int i = 0; i < info->qubits; i++) {
        v[i] = &r->value[step->qubit[i] * r->words + word];
        f[i] = &r->frame[step->qubit[i] * r->words + word];
        if (i < controls) {
            assert_int_equal(*f[i], 0);
            on &= *v[i];
        }
    }
    int t = info->qubits - 1;
    switch (step->kind) {
    case QRY_GATE_x:
    case QRY_GATE_cx:
    case QRY_GATE_ccx:
        r->sign[word] ^= on & *v[t] & *f[t];
        *v[t] ^= on & ~*f[t];
        break;
    case QRY_GATE_swap:
    case QRY_GATE_cswap:
        swap_masked(v[t], v[t - 1], on);
        swap_masked(f[t], f[t - 1], on);
        break;
    case QRY_GATE_h:
        *f[t] ^= on;
        break;
    case QRY_GATE_z:
    case QRY_GATE_cz:
        r->sign[word] ^= on & *v[t] & ~*f[t];
        *v[t] ^= on & *f[t];
        break;
    case QRY_GATE_p:
    case QRY_GATE_cp:
        assert_int_equal(*f[t], 0);
        for (size_t row = 64 * word; row < r->count && row < 64 * word + 64; row++)
            if ((on & *v[t]) >> row % 64 & 1)
                r->turn[row] += step->angle[0];
        break;
    default:
        fail_msg("gate %s is not known here", info->name);
    }
}

static void count_frames(rows *r)
{
    uint64_t frames = 0;
    for (uint32_t q = 0; q < r->qubits; q++) {
        bool any = false;
        for (size_t word = 0; word < r->words; word++)
            any |= r->frame[q * r->words + word] != 0;
        frames += any;
    }
    if (frames > r->most_frames)
        r->most_frames = frames;
}

static bool step(void *state, const qry_step *step)
{
    rows *r = state;
    assert_true(step->kind < QRY_GATES);
    for (size_t word = 0; word < r->words; word++)
        step_word(r, step, word);
    if (step->kind == QRY_GATE_h)
        count_frames(r);
    return true;
}

void rows_run(rows *r, const qry_definition *definition, bool inverse, const double *angles)
{
    assert_true(definition->width <= r->qubits);
    qry_visitor visitor = {.state = r, .step = step};
    assert_true(qry_walk(definition, inverse, angles, &visitor));
}

double rows_phase(const rows *r, size_t row)
{
    double turn = r->turn[row] + (r->sign[row / 64] >> row % 64 & 1 ? acos(-1) : 0);
    return atan2(sin(turn), cos(turn));
}

void rows_expect_no_frames(const rows *r)
{
    for (size_t i = 0; i < r->qubits * r->words; i++)
        assert_int_equal(r->frame[i], 0);
}

void rows_expect_same(const rows *r, const rows *before)
{
    rows_expect_no_frames(r);
    for (size_t i = 0; i < r->qubits * r->words; i++)
        if (r->value[i] != before->value[i])
            fail_msg("qubit %zu is left changed", i / r->words);
}

struct timing {
    uint64_t *time, depth;
    const bool *counted;
};

static bool time_step(void *state, const qry_step *step)
{
    struct timing *t = state;
    assert_true(step->kind < QRY_GATES);
    const qry_gate_info *info = &qry_gate_table[step->kind];
    uint64_t at = 0;
    for (int i = 0; i < info->qubits; i++)
        at = at > t->time[step->qubit[i]] ? at : t->time[step->qubit[i]];
    at += !t->counted || t->counted[step->kind];
    for (int i = 0; i < info->qubits; i++)
        t->time[step->qubit[i]] = at;
    t->depth = at > t->depth ? at : t->depth;
    return true;
}

uint64_t walked_depth(qry_ctx *ctx, const qry_definition *definition, const bool *counted)
{
    struct timing t = {.time = qry_alloc(ctx, definition->width + 1, sizeof *t.time), .counted = counted};
    assert_true(qry_walk(definition, false, NULL, &(qry_visitor){.state = &t, .step = time_step}));
    qry_free(ctx, t.time);
    return t.depth;
}

static bool count_step(void *state, const qry_step *step)
{
    if (step->kind < QRY_GATES)
        ((uint64_t *)state)[step->kind]++;
    return true;
}

void walked_count(const qry_definition *definition, uint64_t count[QRY_GATES])
{
    memset(count, 0, QRY_GATES * sizeof *count);
    assert_true(qry_walk(definition, false, NULL, &(qry_visitor){.state = count, .step = count_step}));
}
