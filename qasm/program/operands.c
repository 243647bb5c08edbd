/* operands.c: which qubits an operand names: registers, their slices, aliases, parameters, physical qubits. */
#include "qasm/program/interpret.h"

#include <string.h>

void *qasm_lengthen(struct qasm_run *run, void *list, size_t count, size_t *room, size_t needed, size_t size)
{
    if (needed <= *room)
        return list;
    *room = needed > 2 * *room ? needed : 2 * *room;
    void *longer = qry_arena_alloc(run->scratch, *room, size);
    if (count)
        memcpy(longer, list, count * size);
    return longer;
}

void qasm_mark_qubits(struct qasm_run *run)
{
    struct qry_qasm *program = run->program;
    size_t old = program->mark_room;
    QRY_GROW(run->ctx, program->marks, program->mark_room, (size_t)run->body->width + 1);
    if (program->mark_room > old)
        memset(program->marks + old, 0, (program->mark_room - old) * sizeof *program->marks);
    program->marking++;
}

bool qasm_mark_qubit(struct qasm_run *run, qry_qubit qubit)
{
    uint64_t *mark = &run->program->marks[qubit];
    bool marked = *mark == run->program->marking;
    *mark = run->program->marking;
    return marked;
}

static bool named(struct qasm_run *run, const struct tree_expr *expr, struct qasm_qubits *qubits)
{
    struct tree_symbol *s = expr->symbol;
    bool one = s->type->width == 0;
    if (s->kind == SYMBOL_OPERAND)
        *qubits = (struct qasm_qubits){.first = s->slot, .count = 1, .one = true};
    else if (s->kind == SYMBOL_QUBITS && s->global)
        *qubits = (struct qasm_qubits){.first = s->first, .count = s->size, .one = one};
    else
        *qubits = qasm_cell_of(run, s)->qubits;
    return true;
}

static bool concatenated(struct qasm_run *run, const struct tree_expr *expr, struct qasm_qubits *qubits)
{
    qry_qubit *list = NULL;
    size_t count = 0, room = 0;
    for (const struct tree_expr *part = expr->first; part; part = part->next) {
        struct qasm_qubits q;
        if (!qasm_qubits_of(run, part, &q))
            return false;
        list = qasm_lengthen(run, list, count, &room, count + q.count + 1, sizeof *list);
        for (uint32_t i = 0; i < q.count; i++)
            list[count++] = qasm_qubit(&q, i);
    }
    *qubits = (struct qasm_qubits){.list = list, .count = (uint32_t)count};
    return true;
}

static bool indexed(struct qasm_run *run, const struct tree_expr *expr, struct qasm_qubits *qubits)
{
    struct qasm_qubits base;
    struct qasm_places places;
    const struct tree_expr *index = expr->first->next;
    if (!qasm_qubits_of(run, expr->first, &base) || !qasm_places_of(run, index, base.count, &places))
        return false;
    if (places.unknown) {
        qasm_inexact(run, index->place, "which qubit is acted on hangs on a measurement");
        places = (struct qasm_places){.count = 1, .one = true};
    }
    if (!places.list) {
        *qubits = (struct qasm_qubits){.first = qasm_qubit(&base, places.first), .count = 1, .one = true};
        return true;
    }
    qry_qubit *list = qry_arena_alloc(run->scratch, places.count + 1, sizeof *list);
    for (uint32_t i = 0; i < places.count; i++)
        list[i] = qasm_qubit(&base, places.list[i]);
    *qubits = (struct qasm_qubits){.list = list, .count = places.count};
    return true;
}

bool qasm_qubits_of(struct qasm_run *run, const struct tree_expr *expr, struct qasm_qubits *qubits)
{
    switch (expr->kind) {
    case TREE_NAME:
        return named(run, expr, qubits);
    case TREE_INDEX:
        return indexed(run, expr, qubits);
    case TREE_CONCAT:
    case TREE_BINARY:
        return concatenated(run, expr, qubits);
    default:
        qry_must(expr->kind == TREE_PHYSICAL);
        *qubits = (struct qasm_qubits){
            .first = run->program->checked->qubits + (qry_qubit)expr->natural, .count = 1, .one = true};
        return true;
    }
}

bool qasm_distinct(struct qasm_run *run, const struct tree_stmt *stmt, const qry_qubit *qubits, uint32_t count,
                   bool *good)
{
    bool twice = false;
    *good = true;
    if (count <= 16) {
        for (uint32_t i = 1; i < count; i++)
            for (uint32_t k = 0; k < i; k++)
                twice |= qubits[i] == qubits[k];
    } else {
        qasm_mark_qubits(run);
        for (uint32_t i = 0; i < count; i++)
            twice |= qasm_mark_qubit(run, qubits[i]);
    }
    *good = !twice;
    return !twice || qasm_fail(run, stmt->place, NULL, "a qubit is given twice to '%s'",
                               stmt->name ? stmt->name->text : "gphase");
}
