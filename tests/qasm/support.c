/* support.c: see support.h. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- fixtures ---- */

static void collect(void *state, const qry_diagnostic *diagnostic)
{
    fixture *f = state;
    size_t used = strlen(f->text);
    snprintf(f->text + used, sizeof f->text - used, "%s\n", diagnostic->message);
    size_t *counters[] = {[QRY_ERROR] = &f->errors, [QRY_WARNING] = &f->warnings, [QRY_NOTE] = &f->notes};
    ++*counters[diagnostic->severity];
}

int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->ctx = qry_ctx_new();
    f->arena = qry_arena_new(f->ctx);
    qry_ctx_on_diagnostic(f->ctx, collect, f);
    *state = f;
    return 0;
}

int tear_down(void **state)
{
    fixture *f = *state;
    qry_ctx_free(f->ctx);
    free(f);
    return 0;
}

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- lists ---- */

void list_add(list *l, item item)
{
    QRY_GROW(l->ctx, l->items, l->room, l->count + 1);
    l->items[l->count++] = item;
}

static void add_control(item *x, qry_qubit control)
{
    const uint64_t bit = UINT64_C(1) << (control & ~QRY_NEGATIVE);
    assert_true((control & ~QRY_NEGATIVE) < 64 && !(x->control & bit));
    x->control |= bit;
    x->negative |= control & QRY_NEGATIVE ? bit : 0;
}

static bool add_step(void *state, const qry_step *s)
{
    item x = {.kind = s->kind,
              .qubit = {s->qubit[0], s->qubit[1], s->qubit[2]},
              .bit = s->bit,
              .angle = s->angle[0],
              .second = s->angle[1],
              .third = s->angle[2]};
    for (uint32_t i = 0; i < s->controls; i++)
        add_control(&x, s->control[i]);
    list_add(state, x);
    return true;
}

static bool add_barrier(void *state, const qry_qubit *qubits, uint32_t count)
{
    item x = {.kind = QRY_OP_BARRIER};
    for (uint32_t i = 0; i < count; i++)
        add_control(&x, qubits[i]);
    list_add(state, x);
    return true;
}

static bool add_enter(void *state, const char *name, const qry_definition *callee, bool inverse)
{
    (void)callee, (void)inverse;
    list *l = state;
    list_add(l, (item){.kind = ITEM_ENTER, .name = name, .outer = l->open});
    l->open = l->count;
    return true;
}

static bool add_leave(void *state)
{
    list *l = state;
    const item entered = l->items[l->open - 1];
    list_add(l, (item){.kind = ITEM_LEAVE, .name = entered.name});
    l->open = entered.outer;
    return true;
}

static bool add_if(void *state, uint32_t bit, bool value)
{
    list_add(state, (item){.kind = ITEM_IF, .bit = bit, .value = value});
    return true;
}

static bool add_end_if(void *state)
{
    list_add(state, (item){.kind = ITEM_END_IF});
    return true;
}

list written_out(qry_ctx *ctx, const qry_definition *definition, bool inverse, const double *angles)
{
    list l = {.ctx = ctx};
    const qry_visitor visitor = {&l, add_step, add_enter, add_leave, add_if, add_end_if, add_barrier};
    assert_true(qry_walk(definition, inverse, angles, &visitor));
    return l;
}

list only_operations(const list *all)
{
    list l = {.ctx = all->ctx};
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].kind < QRY_OP_KINDS)
            list_add(&l, all->items[i]);
    return l;
}

void assert_lists_equal(const list *a, const list *b, double tolerance)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const item *x = &a->items[i], *y = &b->items[i];
        assert_int_equal(x->kind, y->kind);
        for (int k = 0; k < 3; k++)
            assert_int_equal(x->qubit[k], y->qubit[k]);
        assert_int_equal(x->bit, y->bit);
        assert_int_equal(x->value, y->value);
        assert_true(fabs(x->angle - y->angle) <= tolerance * fabs(x->angle));
        assert_true(fabs(x->second - y->second) <= tolerance * fabs(x->second));
        assert_true(fabs(x->third - y->third) <= tolerance * fabs(x->third));
        assert_true(x->control == y->control && x->negative == y->negative);
        if (x->name)
            assert_string_equal(x->name, y->name);
    }
}

/* ---- costs ---- */

static cost_by_base of_table(qry_gate gate)
{
    const qry_gate_info *info = &qry_gate_table[gate];
    return (cost_by_base){info->toffoli, info->t, info->t_depth, info->angles && gate != QRY_GATE_gphase};
}

cost_by_base cost_of(qry_gate gate, uint32_t controls)
{
    const char *name = qry_gate_table[gate].name;
    if (*name == 'c' && qry_gate_find(name + 1) != QRY_GATES)
        return cost_of(qry_gate_find(name + 1), controls + 1);
    if (gate == QRY_GATE_gphase && controls)
        return cost_of(QRY_GATE_p, controls - 1);
    const uint64_t k = controls, ladder = 2 * (k - 1);
    if (!k || gate == QRY_GATE_id)
        return of_table(gate);
    switch (gate) {
    case QRY_GATE_x:
    case QRY_GATE_y:
    case QRY_GATE_z:
        return k == 1 ? (cost_by_base){0} : (cost_by_base){2 * k - 3, 7 * (2 * k - 3), 3 * (2 * k - 3), false};
    case QRY_GATE_h:
        return (cost_by_base){ladder, 7 * ladder + 2, 3 * ladder + 2, false};
    case QRY_GATE_swap:
        return (cost_by_base){ladder + 1, 7 * ladder + 7, 3 * ladder + 3, false};
    default:
        return (cost_by_base){ladder, 7 * ladder, 3 * ladder, true};
    }
}

/* ---- circuits at random ---- */

struct maker {
    qry_random random;
    random_kind kind;
    qry_circuit *circuit;
    double *items;    /* by definition: about how many, written out */
    bool *invertible; /* by definition */
};

static uint32_t below(struct maker *m, uint32_t bound) { return (uint32_t)qry_random_below(&m->random, bound); }

static const char *name_at_random(struct maker *m)
{
    static const char *const names[] = {"address",   "word", "a",       "a1",   "a1_",   "Work Space", "t",
                                        "CX",        "c",    "measure", "pi",   "p",     "u",          "K",
                                        "load K",    "9",    "_",       "qr_a", " ",     "größe",      "sum/x",
                                        "a\nb\"{;@", "p0",   "u_",      "add",  "add dg"};
    return names[below(m, sizeof names / sizeof *names)];
}

/* Different qubits of a definition, `count` of them. */
static void choose_qubits(struct maker *m, uint32_t width, uint32_t count, qry_qubit *qubits)
{
    for (uint32_t i = 0; i < count; i++) {
        bool taken;
        do {
            qubits[i] = below(m, width);
            taken = false;
            for (uint32_t k = 0; k < i; k++)
                taken |= qubits[k] == qubits[i];
        } while (taken);
    }
}

static qry_angle angle_at_random(struct maker *m, const qry_definition *d)
{
    static const double factors[] = {1, -1, 0.5, 2, 0, M_PI, -M_PI_4, 1e-10, 12, 1e22};
    uint32_t k = below(m, sizeof factors / sizeof *factors + 4);
    double factor = k < sizeof factors / sizeof *factors ? factors[k] : qry_random_normal(&m->random);
    bool formal = d->angle_count && below(m, 2);
    return (qry_angle){factor, formal ? (int32_t)below(m, d->angle_count) : -1};
}

/* Any gate, or any that the portable profile has. */
static qry_gate gate_at_random(struct maker *m)
{
    static const qry_gate others[] = {QRY_GATE_U, QRY_GATE_gphase, QRY_GATE_sx, QRY_GATE_sxdg};
    enum { OTHERS = sizeof others / sizeof *others };
    if (m->kind.full)
        return (qry_gate)below(m, QRY_GATES);
    uint32_t left = below(m, QRY_GATES - OTHERS);
    for (int g = 0;; g++) {
        bool portable = true;
        for (int i = 0; i < OTHERS; i++)
            portable &= g != (int)others[i];
        if (portable && left-- == 0)
            return (qry_gate)g;
    }
}

static void add_controlled(struct maker *m, qry_definition *d, qry_gate gate, const qry_angle *angles)
{
    qry_qubit q[8];
    uint32_t qubits = qry_gate_table[gate].qubits, most = d->width < 8 ? d->width : 8;
    uint32_t controls = below(m, most - qubits + 1);
    choose_qubits(m, d->width, qubits + controls, q);
    for (uint32_t i = 0; i < controls; i++)
        q[i] |= below(m, 3) ? 0 : QRY_NEGATIVE;
    qry_add_controlled(d, gate, angles, q + controls, q, controls);
}

static void add_gate(struct maker *m, qry_definition *d)
{
    qry_gate gate;
    do
        gate = gate_at_random(m);
    while (qry_gate_table[gate].qubits > d->width);
    qry_qubit q[3] = {0};
    qry_angle angles[QRY_MAX_ANGLES];
    choose_qubits(m, d->width, qry_gate_table[gate].qubits, q);
    for (int i = 0; i < qry_gate_table[gate].angles; i++)
        angles[i] = angle_at_random(m, d);
    if (m->kind.full && below(m, 3) == 0)
        add_controlled(m, d, gate, angles);
    else
        qry_add_gate(d, gate, angles, q);
}

static void add_barrier_at_random(struct maker *m, qry_definition *d)
{
    qry_qubit q[5];
    uint32_t count = below(m, d->width < 5 ? d->width + 1 : 6);
    choose_qubits(m, d->width, count, q);
    qry_add_barrier(d, q, count);
}

/* A call of an earlier definition, if one fits; the items that it adds. */
static double add_call(struct maker *m, qry_definition *d, double room)
{
    uint32_t earlier = d->number ? d->number : (uint32_t)qry_circuit_definitions(m->circuit);
    if (earlier < 2)
        return 0;
    const qry_definition *callee = qry_circuit_definition(m->circuit, 1 + below(m, earlier - 1));
    if (callee->width > d->width || m->items[callee->number] > room)
        return 0;
    qry_qubit operands[64];
    qry_angle angles[128];
    choose_qubits(m, d->width, callee->width, operands);
    for (uint32_t i = 0; i < callee->angle_count; i++)
        angles[i] = angle_at_random(m, d);
    bool inverse = m->invertible[callee->number] && below(m, 2);
    m->invertible[d->number] &= m->invertible[callee->number];
    qry_add_call(d, callee, inverse, operands, angles);
    return m->items[callee->number] + 1;
}

static double add_ops(struct maker *m, qry_definition *d, uint32_t count, double room, int nesting);

static double add_block(struct maker *m, qry_definition *d, double room, int nesting)
{
    uint64_t rounds = 1;
    switch (below(m, m->kind.feedback ? 3 : 2)) {
    case 0:
        rounds = qry_random_below(&m->random, m->kind.most_rounds + 1);
        qry_begin_repeat(d, rounds);
        break;
    case 1:
        qry_begin_section(d, name_at_random(m));
        break;
    default:
        qry_begin_if(d, below(m, qry_circuit_bit_count(m->circuit)), below(m, 2));
        m->invertible[d->number] = false;
    }
    double items = add_ops(m, d, below(m, 6), room / (double)(rounds + 1), nesting + 1);
    qry_end(d);
    return items * (double)rounds + 1;
}

static double add_ops(struct maker *m, qry_definition *d, uint32_t count, double room, int nesting)
{
    double items = 0;
    for (uint32_t i = 0; i < count && items < room; i++) {
        uint32_t dice = below(m, 20);
        if (dice < 4)
            items += add_call(m, d, room - items);
        else if (dice < 7 && nesting < 3)
            items += add_block(m, d, room - items, nesting);
        else if (dice == 7 && (m->kind.measurements || m->kind.feedback)) {
            qry_add_measure(d, below(m, d->width), below(m, qry_circuit_bit_count(m->circuit)));
            m->invertible[d->number] = false;
            items++;
        } else if (dice == 8 && m->kind.feedback) {
            qry_add_reset(d, below(m, d->width));
            m->invertible[d->number] = false;
            items++;
        } else if (dice == 9 && m->kind.full) {
            add_barrier_at_random(m, d);
            items++;
        } else {
            add_gate(m, d);
            items++;
        }
    }
    return items;
}

static void add_groups(struct maker *m, qry_definition *d, uint32_t most)
{
    uint32_t groups = 1 + below(m, 3);
    for (uint32_t i = 0; i < groups; i++)
        qry_definition_group(d, name_at_random(m), i ? below(m, most + 1) : 1 + below(m, most), (qry_role)below(m, 4));
}

qry_circuit *random_circuit(qry_ctx *ctx, uint64_t seed, random_kind kind)
{
    struct maker m = {.kind = kind, .circuit = qry_circuit_new(ctx)};
    qry_random_seed(&m.random, seed, 0);
    m.items = qry_alloc(ctx, kind.definitions + 1, sizeof *m.items);
    m.invertible = qry_alloc(ctx, kind.definitions + 1, sizeof *m.invertible);
    qry_circuit_bits(m.circuit, 3);
    for (uint32_t i = 1; i <= kind.definitions; i++) {
        uint32_t angles = below(&m, 3) ? below(&m, 4) : below(&m, 20) ? 0 : 12;
        qry_definition *d = qry_circuit_define(m.circuit, name_at_random(&m), angles);
        m.invertible[i] = true;
        add_groups(&m, d, 2 + i / 3);
        m.items[i] = add_ops(&m, d, 1 + below(&m, 9), kind.most_items, 0);
    }
    qry_definition *program = qry_circuit_program(m.circuit);
    add_groups(&m, program, 4 + kind.definitions / 3);
    add_ops(&m, program, 5 + below(&m, 20), 10 * kind.most_items, 0);
    if (kind.measurements)
        for (uint32_t i = 0; i < 3; i++)
            qry_add_measure(program, below(&m, program->width), i);
    qry_free(ctx, m.items);
    qry_free(ctx, m.invertible);
    return m.circuit;
}
