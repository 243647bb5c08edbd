/* writer.c: the list of gates and the pool of work qubits. */
#include "compiler/arith/arith.h"

void qry_arith_begin(qry_arith *a, qry_ctx *ctx, qry_arena *arena, qry_qubit first_work, qry_cost around)
{
    a->ctx = ctx;
    a->arena = arena;
    a->op_count = a->idle_count = a->note_count = 0;
    a->first_work = first_work;
    a->work = 0;
    a->around = around;
}

void qry_arith_free(qry_arith *a)
{
    qry_free(a->ctx, a->ops);
    qry_free(a->ctx, a->taken);
    qry_free(a->ctx, a->idle);
    qry_free(a->ctx, a->notes);
    *a = (qry_arith){0};
}

void qry_arith_begin_part(qry_arith *a)
{
    a->op_count = 0;
    a->parts++;
}

qry_qubit qry_arith_take(qry_arith *a)
{
    uint32_t k;
    if (a->idle_count) {
        k = a->idle[--a->idle_count];
    } else {
        k = a->work++;
        qry_must(a->first_work <= INT32_MAX && k <= INT32_MAX);
        QRY_GROW(a->ctx, a->taken, a->taken_room, a->work);
    }
    a->taken[k] = (struct qry_work_note){true, a->parts};
    return a->first_work + k;
}

void qry_arith_return(qry_arith *a, qry_qubit qubit)
{
    uint32_t k = qubit - a->first_work;
    qry_must(qubit >= a->first_work && k < a->work && a->taken[k].live);
    a->taken[k].live = false;
    QRY_GROW(a->ctx, a->idle, a->idle_room, a->idle_count + 1);
    a->idle[a->idle_count++] = k;
}

static void append(qry_arith *a, qry_op op)
{
    QRY_GROW(a->ctx, a->ops, a->op_room, a->op_count + 1);
    a->ops[a->op_count++] = op;
}

void qry_arith_x(qry_arith *a, qry_qubit target) { append(a, (qry_op){QRY_GATE_x, 0, target, 0, 0}); }

void qry_arith_cx(qry_arith *a, qry_qubit control, qry_qubit target)
{
    qry_must(control != target);
    append(a, (qry_op){QRY_GATE_cx, 0, control, target, 0});
}

void qry_arith_ccx(qry_arith *a, qry_qubit first, qry_qubit second, qry_qubit target)
{
    qry_must(first != second && first != target && second != target);
    append(a, (qry_op){QRY_GATE_ccx, 0, first, second, target});
}

struct qry_qubit_note *qry_arith_note(qry_arith *a, qry_qubit qubit)
{
    QRY_GROW(a->ctx, a->notes, a->note_room, qubit + (size_t)1);
    while (a->note_count <= qubit)
        a->notes[a->note_count++] = (struct qry_qubit_note){0};
    return &a->notes[qubit];
}
