/* survey.c: reads the definitions. One pass over a body gives its parts and what they call; the totals follow by
 * multiplicity, callees first, so that no gate is looked at twice. */
#include "qasm/survey.h"

#include "qasm/walk.h"

#include <math.h>

/* A block that is open while its body is read; the body itself is the first. */
struct open_block {
    qry_u128 times, settled;
    qry_part *part;
    size_t begin;   /* index + 1 of its first operation */
    uint32_t width; /* qubits touched since */
};

struct reader {
    qry_survey *survey;
    qry_body *body;
    uint32_t part_count;
    qry_map sections, calls; /* (part, name) and (part, callee and direction) to an item, plus 1 */
    qry_item **items;
    size_t item_count, item_room;
    struct open_block *open;
    size_t open_count, open_room;
    size_t *used; /* by operand: index + 1 of the operation that used it last */
    size_t used_room;
};

qry_body *qry_survey_body(qry_survey *survey, const qry_definition *d)
{
    uint32_t *number = qry_map_at(&survey->numbers, d->number);
    if (!*number) {
        QRY_GROW(survey->ctx, survey->bodies, survey->room, survey->count + 1);
        qry_body *body = QRY_NEW(survey->arena, qry_body);
        body->definition = d;
        body->number = (uint32_t)survey->count;
        survey->bodies[survey->count++] = body;
        *number = (uint32_t)survey->count;
    }
    return survey->bodies[*number - 1];
}

/* ---- reading a body ---- */

static qry_part *new_part(struct reader *r, const char *name)
{
    qry_part *part = QRY_NEW(r->survey->arena, qry_part);
    part->name = name;
    part->number = r->part_count++;
    part->last_item = &part->items;
    part->previous = r->body->last_part;
    *(part->previous ? &part->previous->next : &r->body->parts) = part;
    return r->body->last_part = part;
}

static qry_item *new_item(struct reader *r, qry_part *part, uint32_t *number)
{
    QRY_GROW(r->survey->ctx, r->items, r->item_room, r->item_count + 1);
    qry_item *item = r->items[r->item_count++] = QRY_NEW(r->survey->arena, qry_item);
    qry_must(r->item_count < UINT32_MAX);
    *number = (uint32_t)r->item_count;
    *part->last_item = item;
    part->last_item = &item->next;
    return item;
}

static struct open_block *innermost(struct reader *r) { return &r->open[r->open_count - 1]; }

/* A block inside the innermost one, gone through `rounds` times each time. */
static void open_block(struct reader *r, qry_part *part, uint64_t rounds, size_t begin)
{
    QRY_GROW(r->survey->ctx, r->open, r->open_room, r->open_count + 1);
    struct open_block *block = &r->open[r->open_count++];
    *block = (struct open_block){1, 1, part, begin, 0};
    if (r->open_count > 1) {
        block->times = qry_product(block[-1].times, rounds);
        block->settled = qry_product(block[-1].settled, rounds < QRY_SETTLED ? rounds : QRY_SETTLED);
    }
}

static void open_section(struct reader *r, const qry_op *op, size_t begin)
{
    const qry_circuit *circuit = r->body->definition->circuit;
    qry_part *outer = innermost(r)->part;
    uint32_t *number = qry_map_at(&r->sections, qry_map_pair(outer->number, op->a));
    qry_item *item = *number ? r->items[*number - 1] : new_item(r, outer, number);
    if (item->section)
        item->section->several = true;
    else {
        item->section = new_part(r, qry_circuit_name(circuit, op->a));
        item->section->first = begin;
    }
    item->times = qry_sum(item->times, innermost(r)->times);
    open_block(r, item->section, 1, begin);
}

static void close_block(struct reader *r)
{
    struct open_block *block = innermost(r);
    if (block->width > block->part->width)
        block->part->width = block->width;
    r->open_count--;
}

static void touch(struct reader *r, qry_qubit qubit, size_t index)
{
    for (size_t k = r->open_count; k-- > 0 && r->used[qubit] < r->open[k].begin;)
        r->open[k].width++;
    r->used[qubit] = index + 1;
}

bool qry_gate_turns_twice(qry_gate gate)
{
    if (!qry_gate_table[gate].angles || qry_gate_table[gate].qubits == 1)
        return false;
    const double turn[QRY_MAX_ANGLES] = {2 * M_PI};
    double matrix[8];
    qry_gate_matrix(gate, turn, matrix);
    return matrix[0] < 0;
}

static bool is_scaled(const qry_angle *angle) { return angle->formal >= 0 && fabs(angle->factor) != 1; }

static void read_angle(struct reader *r, const qry_op *op)
{
    const qry_angle *angle = &r->body->definition->angles[op->c];
    r->body->reshapes_angles |= is_scaled(angle) || (angle->formal >= 0 && qry_gate_turns_twice((qry_gate)op->kind));
}

static bool is_portable(qry_gate gate)
{
    return gate != QRY_GATE_U && gate != QRY_GATE_gphase && gate != QRY_GATE_sx && gate != QRY_GATE_sxdg;
}

/* Plain or controlled. */
static void read_gate(struct reader *r, const qry_op *op, size_t index)
{
    const qry_definition *d = r->body->definition;
    const struct open_block *block = innermost(r);
    if (op->kind == QRY_OP_CONTROLLED) {
        qry_tally_add_controlled(&block->part->self, (qry_gate)op->a, d->operands[op->b], block->times);
        r->body->beyond_portable = true;
    } else {
        qry_u128 *count = &block->part->self.gate[op->kind];
        *count = qry_sum(*count, block->times);
        if (qry_gate_table[op->kind].angles)
            read_angle(r, op);
        r->body->beyond_portable |= !is_portable((qry_gate)op->kind);
    }
    uint32_t qubits = qry_op_qubits(d, op);
    for (uint32_t i = 0; i < qubits; i++)
        touch(r, qry_op_qubit(d, op, i), index);
}

static void read_call(struct reader *r, const qry_op *op, size_t index)
{
    const qry_definition *d = r->body->definition;
    qry_body *callee = qry_survey_body(r->survey, qry_circuit_definition(d->circuit, op->a));
    bool inverse = op->flags & QRY_OP_INVERSE;
    qry_must(callee->number <= UINT32_MAX / 2);
    const qry_qubit *operands = qry_call_operands(d, op);
    const struct open_block *block = innermost(r);
    uint32_t *number = qry_map_at(&r->calls, qry_map_pair(block->part->number, 2 * callee->number + inverse));
    qry_item *item = *number ? r->items[*number - 1] : new_item(r, block->part, number);
    item->callee = callee;
    item->inverse = inverse;
    item->times = qry_sum(item->times, block->times);
    item->settled = qry_sum(item->settled, block->settled);
    for (uint32_t i = 0; i < callee->definition->width; i++)
        touch(r, operands[i], index);
    for (uint32_t i = 0; i < callee->definition->angle_count; i++) {
        const qry_angle *angle = &d->angles[op->c + i];
        item->hands_on |= angle->formal >= 0;
        r->body->reshapes_angles |= is_scaled(angle);
    }
}

static void read_op(struct reader *r, const qry_op *op, size_t index)
{
    const struct open_block *block = innermost(r);
    qry_tally *self = &block->part->self;
    if (qry_op_is_plain(op))
        r->body->settled = qry_sum(r->body->settled, block->settled);
    switch (op->kind) {
    case QRY_OP_CALL:
        read_call(r, op, index);
        break;
    case QRY_OP_REPEAT:
        open_block(r, block->part, qry_op_count(op), index + 1);
        break;
    case QRY_OP_SECTION:
        open_section(r, op, index + 1);
        break;
    case QRY_OP_IF:
        r->body->conditions = true;
        open_block(r, block->part, 1, index + 1);
        break;
    case QRY_OP_END:
        close_block(r);
        break;
    case QRY_OP_MEASURE:
        r->body->measures = true;
        self->measurements = qry_sum(self->measurements, block->times);
        touch(r, op->a, index);
        break;
    case QRY_OP_RESET:
        r->body->resets = true;
        self->resets = qry_sum(self->resets, block->times);
        touch(r, op->a, index);
        break;
    case QRY_OP_BARRIER: /* touches nothing */
        r->body->barriers = true;
        break;
    default:
        read_gate(r, op, index);
    }
}

static void read_body(struct reader *r, qry_body *body)
{
    const qry_definition *d = body->definition;
    qry_must(!d->open);
    QRY_GROW(r->survey->ctx, r->used, r->used_room, (size_t)d->width);
    for (uint32_t i = 0; i < d->width; i++)
        r->used[i] = 0;
    r->body = body;
    r->part_count = 0;
    r->item_count = 0;
    r->sections = r->calls = (qry_map){.ctx = r->survey->ctx};
    open_block(r, new_part(r, d->name), 1, 1);
    body->parts->loads = d->query && d->query->loads_word;
    body->parts->address_halves = d->query && d->query->loads_address;
    for (size_t i = 0; i < d->op_count; i++)
        read_op(r, &d->ops[i], i);
    close_block(r);
    qry_map_free(&r->sections);
    qry_map_free(&r->calls);
}

/* ---- the order and the totals ---- */

/* A body whose callees are being looked for. */
struct visit {
    qry_body *body;
    const qry_part *part;
    const qry_item *item;
};

/* The next call of the body, or NULL. */
static const qry_item *next_call(struct visit *v)
{
    while (v->part) {
        const qry_item *item = v->item;
        if (!item) {
            v->part = v->part->next;
            v->item = v->part ? v->part->items : NULL;
            continue;
        }
        v->item = item->next;
        if (item->callee)
            return item;
    }
    return NULL;
}

/* Sections come after what holds them, so the last part is complete first. */
static void add_up(qry_body *body)
{
    for (qry_part *part = body->last_part; part; part = part->previous) {
        qry_tally_add(&part->whole, &part->self, 1);
        for (const qry_item *item = part->items; item; item = item->next) {
            const qry_part *inside = item->section ? item->section : item->callee->parts;
            qry_u128 times = item->section ? 1 : item->times;
            part->loads = qry_sum(part->loads, qry_product(inside->loads, times));
            part->address_halves = qry_sum(part->address_halves, qry_product(inside->address_halves, times));
            qry_tally_add_undone(&part->whole, &inside->whole, times, item->inverse);
            if (item->section)
                continue;
            body->settled = qry_sum(body->settled, qry_product(item->callee->settled, item->settled));
            body->measures |= item->callee->measures;
            body->resets |= item->callee->resets;
            body->conditions |= item->callee->conditions;
            body->barriers |= item->callee->barriers;
            body->beyond_portable |= item->callee->beyond_portable;
            body->reshapes_angles |= item->callee->reshapes_angles && item->hands_on;
        }
    }
}

enum { MET = 1, DONE };

/* Depth first without recursion: chains of definitions may be long. */
static void read_all(struct reader *r, const qry_definition *start)
{
    qry_survey *survey = r->survey;
    struct visit *visits = NULL;
    uint8_t *state = NULL;
    size_t depth = 0, room = 0, state_room = 0, order_room = 0, done = 0;
    qry_body *body = qry_survey_body(survey, start);
    do {
        if (body) {
            read_body(r, body);
            QRY_GROW(survey->ctx, visits, room, depth + 1);
            visits[depth++] = (struct visit){body, body->parts, body->parts->items};
            QRY_GROW(survey->ctx, state, state_room, survey->count);
            state[body->number] = MET;
        }
        struct visit *top = &visits[depth - 1];
        const qry_item *item = next_call(top);
        body = item ? item->callee : NULL;
        if (body && state[body->number]) {
            qry_must(state[body->number] == DONE); /* else calls form a circle */
            body = NULL;
        } else if (!item) {
            add_up(top->body);
            state[top->body->number] = DONE;
            QRY_GROW(survey->ctx, survey->order, order_room, done + 1);
            survey->order[done++] = top->body;
            depth--;
        }
    } while (depth);
    qry_must(done == survey->count);
    qry_free(survey->ctx, visits);
    qry_free(survey->ctx, state);
}

qry_survey *qry_survey_new(const qry_definition *start)
{
    qry_ctx *ctx = qry_circuit_ctx(start->circuit);
    qry_survey *survey = qry_alloc(ctx, 1, sizeof *survey);
    *survey = (qry_survey){
        .ctx = ctx, .arena = qry_arena_new(ctx), .numbers = {.ctx = ctx}, .digester = qry_digester_new(ctx)};
    struct reader reader = {.survey = survey};
    read_all(&reader, start);
    qry_free(ctx, reader.items);
    qry_free(ctx, reader.open);
    qry_free(ctx, reader.used);
    return survey;
}

void qry_survey_free(qry_survey *survey)
{
    qry_ctx *ctx = survey->ctx;
    qry_digester_free(survey->digester);
    qry_map_free(&survey->numbers);
    qry_free(ctx, survey->bodies);
    qry_free(ctx, survey->order);
    qry_arena_free(survey->arena);
    qry_free(ctx, survey);
}
