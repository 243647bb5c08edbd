/* gates.c: gates of the program as definitions of its circuit. A definition takes as angles the parameters of its gate and
 * then whatever else its body computes from them, each expression once (slots.c); so an angle of a circuit need never be
 * more than a multiple of another. */
#include "qasm/program/interpret.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- circuits of the program ---- */

struct qasm_writer *qasm_writer_new(struct qry_qasm *program)
{
    struct qasm_writer *w = QRY_NEW(program->arena, struct qasm_writer);
    const struct qasm_checked *checked = program->checked;
    w->circuit = qry_circuit_new(program->ctx);
    w->defined = qry_arena_alloc(program->arena, checked->gate_count + 1, sizeof *w->defined);
    qry_names_init(&w->made, program->arena);
    w->next = program->writers;
    program->writers = w;
    qry_definition *body = qry_circuit_program(w->circuit);
    for (size_t i = 0; i < checked->global_count; i++) {
        const struct tree_symbol *s = checked->globals[i];
        if (s->kind == SYMBOL_QUBITS)
            qry_must(qry_definition_group(body, s->name->text, s->size, QRY_ROLE_DATA) == s->first);
        if (s->kind == SYMBOL_VARIABLE && s->type->kind == QASM_BIT)
            qry_circuit_bit_register(w->circuit, s->name->text, s->type->width ? s->type->width : 1);
    }
    if (checked->physical)
        qry_definition_group(body, "physical", checked->physical, QRY_ROLE_DATA);
    w->first_hidden = qry_circuit_bit_count(w->circuit);
    return w;
}

struct qasm_writer *qasm_writer_of(struct qry_qasm *program, const qry_circuit *circuit)
{
    struct qasm_writer *w = program->writers;
    while (w && w->circuit != circuit)
        w = w->next;
    qry_must(w);
    return w;
}

uint32_t *qasm_made(struct qasm_run *run, const char *text)
{
    struct qasm_writer *w = run->writer;
    uint32_t number = qry_names_number(&w->made, text);
    size_t old = w->made_room;
    QRY_GROW(run->ctx, w->made_as, w->made_room, (size_t)number + 1);
    if (w->made_room > old)
        memset(w->made_as + old, 0, (w->made_room - old) * sizeof *w->made_as);
    return &w->made_as[number];
}

/* ---- slots ---- */

/* A gate has the slots of all that it calls: a chain of gates has the square of its length of them. */
enum { MAX_SLOTS = 1 << 21 };

static void add_slot(struct qasm_run *run, struct qasm_gate *g, const struct qasm_angle *angle)
{
    if (run->program->slot_count++ == MAX_SLOTS) {
        qry_error(run->ctx, "gate '%s' and those before it compute more than %d angles from their parameters",
                  g->symbol->name->text, MAX_SLOTS);
        qry_give_up(run->ctx);
    }
    QRY_GROW(run->ctx, g->slots, g->slot_room, (size_t)g->slot_count + 1);
    QRY_GROW(run->ctx, g->reach, g->reach_room, (size_t)g->slot_count + 1);
    g->slots[g->slot_count] = angle;
    g->reach[g->slot_count++] = 1;
}

static uint32_t slot_of(struct qasm_run *run, const struct qasm_angle *angle)
{
    struct qasm_gate *g = run->gate;
    uint32_t *slot = qry_map_at(&g->slot_of, (uintptr_t)angle);
    if (!*slot) {
        add_slot(run, g, angle);
        *slot = g->slot_count;
    }
    return *slot - 1;
}

/* A product of an angle with factors in several gates is formed where the circuit is gone through; that it is finite must
 * be seen here. */
bool qasm_angle_here(struct qasm_run *run, struct tree_place place, struct qasm_argument argument, double reach,
                     qry_angle *angle)
{
    uint32_t number;
    *angle = (qry_angle){argument.number, -1};
    if (argument.angle) {
        if (!qasm_angle_multiple(argument.angle, &number, &angle->factor)) {
            number = slot_of(run, argument.angle);
            angle->factor = 1;
        }
        angle->formal = (int32_t)number;
    }
    if (!isfinite(angle->factor * reach)) {
        *angle = (qry_angle){0, -1};
        return qasm_fail(run, place, NULL, "an angle is no number here, or too large for one");
    }
    if (angle->formal < 0)
        return true;
    if (run->body->angle_count <= number)
        run->body->angle_count = number + 1; /* nothing calls it before it is whole */
    double *most = &run->gate->reach[number];
    *most = fmax(*most, fabs(angle->factor * reach));
    return true;
}

bool qasm_slot_angles(struct qasm_run *run, struct tree_place place, const struct qasm_gate *gate,
                      const struct qasm_argument *arguments, qry_angle *angles)
{
    uint32_t given = gate->symbol->parameters;
    run->program->angle_walks++;
    for (uint32_t i = 0; i < gate->slot_count; i++) {
        struct qasm_argument a = i < given ? arguments[i] : qasm_angle_with(run->program, gate->slots[i], arguments);
        if (!qasm_angle_here(run, place, a, gate->reach[i], &angles[i]))
            return false;
    }
    return true;
}

/* ---- definitions ---- */

static void make_slots(struct qasm_run *run, struct qasm_gate *gate)
{
    if (gate->slots || !gate->symbol->parameters)
        return;
    for (uint32_t i = 0; i < gate->symbol->parameters; i++)
        add_slot(run, gate, qasm_angle_parameter(run->program, i));
}

/* Writes the body of one gate; all that it calls is there. */
static bool write_gate(struct qasm_run *run, struct qasm_gate *gate)
{
    const struct tree_stmt *stmt = gate->symbol->stmt;
    make_slots(run, gate);
    qry_definition *d = qry_circuit_define(run->writer->circuit, stmt->name->text, gate->slot_count);
    for (const struct tree_parameter *q = stmt->qubits; q; q = q->next)
        qry_definition_group(d, q->name->text, 1, QRY_ROLE_DATA);
    struct qasm_run outer = *run;
    run->body = d;
    run->gate = gate;
    run->branch = NULL;
    enum qasm_flow flow = qasm_run_list(run, stmt->body, NULL);
    run->body = outer.body;
    run->gate = outer.gate;
    run->branch = outer.branch;
    if (flow == FLOW_FAILED)
        return false;
    run->writer->defined[gate->symbol->number] = d->number;
    return true;
}

/* The gates that are needed and not there yet, as a list that grows while it is read. */
struct needed {
    struct qasm_run *run;
    bool *seen; /* by number */
    uint32_t *list;
    size_t count, room;
};

static void need(struct needed *n, uint32_t number)
{
    if (n->seen[number] || n->run->writer->defined[number])
        return;
    n->seen[number] = true;
    QRY_GROW(n->run->ctx, n->list, n->room, n->count + 1);
    n->list[n->count++] = number;
}

static void need_of(struct needed *n, const struct tree_stmt *stmt)
{
    for (; stmt; stmt = stmt->next) {
        if (stmt->kind == TREE_APPLY && stmt->symbol && stmt->symbol->kind == SYMBOL_GATE && stmt->symbol->stmt)
            need(n, stmt->symbol->number);
        if (stmt->kind == TREE_STRETCH)
            for (size_t i = 0; i < stmt->stretch->op_count; i++)
                if (stmt->stretch->ops[i].kind == QRY_OP_CALL)
                    need(n, stmt->stretch->ops[i].a);
        need_of(n, stmt->body);
        need_of(n, stmt->other);
    }
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* In the order of their declaration callees come first, however deep they are nested. */
static bool write_needed(struct qasm_run *run, uint32_t number)
{
    struct qry_qasm *program = run->program;
    struct needed n = {.run = run, .seen = qry_alloc(run->ctx, program->checked->gate_count + 1, sizeof *n.seen)};
    need(&n, number);
    for (size_t i = 0; i < n.count; i++)
        need_of(&n, program->gates[n.list[i]].symbol->stmt->body);
    qsort(n.list, n.count, sizeof *n.list, by_number);
    bool good = true;
    for (size_t i = 0; i < n.count && good; i++)
        good = write_gate(run, &program->gates[n.list[i]]);
    qry_free(run->ctx, n.list);
    qry_free(run->ctx, n.seen);
    return good;
}

const qry_definition *qasm_defined(struct qasm_run *run, struct qasm_gate *gate)
{
    uint32_t *number = &run->writer->defined[gate->symbol->number];
    if (!*number && !write_needed(run, gate->symbol->number))
        return NULL;
    return qry_circuit_definition(run->writer->circuit, *number);
}

/* ---- stretches ---- */

/* Angles that go as they are to a gate of the table (NULL) or of the program: notes how far the gate around goes with its
 * parameters, and reports what is too large. */
static bool reaches(struct qasm_run *run, struct tree_place place, const struct qasm_gate *gate, qry_angle *angles,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double reach = fabs(angles[i].factor) * (gate ? gate->reach[i] : 1);
        if (!isfinite(reach)) {
            angles[i] = (qry_angle){0, -1};
            if (!qasm_fail(run, place, NULL, "an angle is too large for a number here"))
                return false;
        } else if (angles[i].formal >= 0) {
            double *most = &run->gate->reach[angles[i].formal];
            *most = fmax(*most, reach);
        }
    }
    return true;
}

/* Calls name gates by number and give them their parameters; here they get definitions and all their slots. */
static bool link_calls(struct qasm_run *run, struct tree_place place, const struct tree_stretch *from,
                       struct tree_stretch *to)
{
    qry_ctx *ctx = run->ctx;
    for (size_t i = 0; i < from->op_count; i++) {
        qry_op *op = &to->ops[i];
        uint32_t count = op->kind < QRY_GATES ? qry_gate_table[op->kind].angles : 0, first = op->c;
        struct qasm_gate *gate = op->kind == QRY_OP_CALL ? &run->program->gates[op->a] : NULL;
        if (gate) {
            const qry_definition *d = qasm_defined(run, gate);
            if (!d)
                return false;
            op->a = d->number;
            count = gate->slot_count;
        }
        if (!count)
            continue;
        QRY_GROW(ctx, to->angles, to->angle_room, to->angle_count + count);
        op->c = (uint32_t)to->angle_count;
        if (gate && gate->slot_count > gate->symbol->parameters) {
            struct qasm_argument *arguments = qry_arena_alloc(run->scratch, count, sizeof *arguments);
            for (uint32_t k = 0; k < gate->symbol->parameters; k++) {
                qry_angle angle = from->angles[first + k];
                arguments[k] = (struct qasm_argument){angle.factor, NULL};
                if (angle.formal >= 0)
                    arguments[k] = qasm_argument_operate(
                        run->program, TREE_MULTIPLY,
                        (struct qasm_argument){0, qasm_angle_parameter(run->program, (uint32_t)angle.formal)},
                        arguments[k]);
            }
            if (!qasm_slot_angles(run, place, gate, arguments, to->angles + to->angle_count))
                return false;
        } else {
            memcpy(to->angles + to->angle_count, from->angles + first, count * sizeof *to->angles);
            if (!reaches(run, place, gate, to->angles + to->angle_count, count))
                return false;
        }
        to->angle_count += count;
    }
    return true;
}

static bool has_calls(const struct tree_stretch *s)
{
    for (size_t i = 0; i < s->op_count; i++)
        if (s->ops[i].kind == QRY_OP_CALL)
            return true;
    return false;
}

static bool write_linked(struct qasm_run *run, struct tree_place place, const struct tree_stretch *s)
{
    struct tree_stretch linked = {.ops = qry_alloc(run->ctx, s->op_count, sizeof *s->ops)};
    memcpy(linked.ops, s->ops, s->op_count * sizeof *s->ops);
    bool good = link_calls(run, place, s, &linked);
    if (good)
        qry_add_ops(run->body, linked.ops, s->op_count, s->operands, s->operand_count, linked.angles,
                    linked.angle_count);
    qry_free(run->ctx, linked.ops);
    qry_free(run->ctx, linked.angles);
    return good;
}

bool qasm_write_stretch(struct qasm_run *run, const struct tree_stmt *stmt)
{
    struct tree_stretch *s = stmt->stretch;
    qry_must(!run->program->forgotten || s->ops || !s->op_count);
    if (!qasm_write(run, s->op_count))
        return true;
    bool good = true;
    if (has_calls(s))
        good = write_linked(run, stmt->place, s);
    else if (!run->gate || reaches(run, stmt->place, NULL, s->angles, s->angle_count))
        qry_add_ops(run->body, s->ops, s->op_count, s->operands, s->operand_count, s->angles, s->angle_count);
    if (run->program->flat && !run->machine)
        qry_tree_free_stretch(run->program->checked->tree, s);
    return good;
}
