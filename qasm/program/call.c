/* call.c: calls of defs. One that does nothing but gates becomes a definition, made once for the numbers that it is given;
 * any other is written out where it is called, as a section of its name. */
#include "qasm/program/interpret.h"

#include <string.h>

/* What a call gives to its parameters. */
struct argument {
    const struct tree_parameter *parameter;
    struct qasm_qubits qubits;
    struct qasm_value value;
    struct qasm_spot spot; /* of an array */
    bool copied;           /* the array is a copy, to be put back */
};

static bool evaluate_argument(struct qasm_run *run, const struct tree_expr *expr, struct argument *a)
{
    const struct qasm_type *type = a->parameter->symbol->type;
    struct qasm_value value;
    if (type->kind == QASM_QUBIT)
        return qasm_qubits_of(run, expr, &a->qubits);
    if (type->kind == QASM_ARRAY) {
        if (!qasm_spot_of(run, expr, &a->spot))
            return false;
        qasm_spot_load(run, &a->spot, &a->value);
        a->copied = a->spot.kind != SPOT_VALUE;
        return true;
    }
    if (!qasm_evaluate(run, expr, &value) || !qasm_convert_at(run, expr->place, &value, type, &a->value))
        return false;
    if (run->machine)
        qasm_know(run, &a->value);
    a->value = qasm_copy(run->scratch, &a->value);
    return true;
}

static bool evaluate_arguments(struct qasm_run *run, const struct tree_symbol *def, const struct tree_expr *arguments,
                               const struct tree_expr *operands, struct argument *list)
{
    for (const struct tree_parameter *p = def->stmt->parameters; p; p = p->next, list++) {
        const struct tree_expr **from = operands && p->symbol->type->kind == QASM_QUBIT ? &operands : &arguments;
        list->parameter = p;
        qry_must(*from);
        if (!evaluate_argument(run, *from, list))
            return false;
        *from = (*from)->next;
    }
    return true;
}

static void bind(struct qasm_run *run, const struct argument *a)
{
    struct qasm_cell *cell = qasm_cell_of(run, a->parameter->symbol);
    const struct qasm_type *type = a->parameter->symbol->type;
    if (type->kind == QASM_QUBIT)
        cell->qubits = a->qubits;
    else if (type->kind == QASM_ARRAY) {
        cell->value = a->value;
        cell->of = a->copied ? NULL : a->spot.cell;
        cell->scope = 0;
    } else {
        qasm_cell_clear(run, cell, type);
        qasm_cell_store(run, cell, &a->value);
    }
}

/* Copies of arrays that may have been changed go back where they came from. */
static bool put_back(struct qasm_run *run, const struct argument *a)
{
    struct qasm_cell *cell = qasm_cell_of(run, a->parameter->symbol);
    const struct qasm_type *type = a->parameter->symbol->type;
    if (type->kind != QASM_ARRAY)
        return true;
    cell->of = NULL;
    if (!a->copied || type->access != QASM_MUTABLE)
        return true;
    return qasm_spot_store(run, &a->spot, &cell->value);
}

static enum qasm_flow run_body(struct qasm_run *run, struct tree_symbol *def)
{
    struct tree_symbol *outer = run->def;
    run->def = def;
    enum qasm_flow flow = qasm_run_list(run, def->stmt->body, NULL);
    run->def = outer;
    return flow;
}

/* ---- written out ---- */

static bool run_inline(struct qasm_run *run, struct tree_symbol *def, struct argument *list, uint32_t count)
{
    bool section = (!run->machine || run->body->number) && def->quantum, good = true;
    for (uint32_t i = 0; i < count; i++)
        bind(run, &list[i]);
    if (section && qasm_write(run, 1))
        qry_begin_section(run->body, def->name->text);
    enum qasm_flow flow = run_body(run, def);
    if (section && qasm_write(run, 1))
        qry_end(run->body);
    if (run->left == LEFT_CALL) {
        run->left = LEFT_NOTHING;
        if (def->type->kind != QASM_VOID) {
            qasm_touch(run, qasm_cell_of(run, def));
            qasm_forget(&qasm_cell_of(run, def)->value);
        }
    }
    for (uint32_t i = 0; i < count; i++)
        good &= put_back(run, &list[i]);
    if (flow == FLOW_END)
        run->ended = true;
    return flow != FLOW_FAILED && flow != FLOW_END && good;
}

/* ---- as a definition ---- */

static char *key_of(struct qasm_run *run, const struct tree_symbol *def, const struct argument *list, uint32_t count)
{
    char *key = qry_arena_printf(run->scratch, "def %s", def->name->text);
    for (uint32_t i = 0; i < count; i++) {
        const struct argument *a = &list[i];
        if (a->parameter->symbol->type->kind == QASM_QUBIT)
            continue;
        qry_u128 bits[2] = {0};
        bits[0] = a->value.natural;
        if (a->value.type->kind == QASM_COMPLEX)
            memcpy(bits, &a->value.re, 2 * sizeof a->value.re);
        if (a->value.type->kind == QASM_BOOL)
            bits[0] = a->value.truth;
        if (a->value.type->kind == QASM_FLOAT) {
            bits[0] = 0;
            memcpy(bits, &a->value.real, sizeof a->value.real);
        }
        key = qry_arena_printf(run->scratch, "%s %llx.%llx", key, (unsigned long long)(bits[0] >> 64),
                               (unsigned long long)bits[0]);
    }
    return key;
}

static const qry_definition *defined(struct qasm_run *run, struct tree_symbol *def, struct argument *list,
                                     uint32_t count)
{
    char *key = key_of(run, def, list, count);
    qry_circuit *circuit = run->writer->circuit;
    if (*qasm_made(run, key))
        return qry_circuit_definition(circuit, *qasm_made(run, key));
    qry_definition *d = qry_circuit_define(circuit, def->name->text, 0);
    for (uint32_t i = 0; i < count; i++) {
        struct argument a = list[i];
        if (a.parameter->symbol->type->kind == QASM_QUBIT) {
            qry_qubit first = qry_definition_group(d, a.parameter->name->text, a.qubits.count, QRY_ROLE_DATA);
            a.qubits = (struct qasm_qubits){.first = first, .count = a.qubits.count, .one = a.qubits.one};
        }
        bind(run, &a);
    }
    struct qasm_run outer = *run;
    run->body = d;
    run->gate = NULL;
    run->branch = NULL;
    enum qasm_flow flow = run_body(run, def);
    run->body = outer.body;
    run->gate = outer.gate;
    run->branch = outer.branch;
    if (flow == FLOW_FAILED)
        return NULL;
    *qasm_made(run, key) = d->number;
    return d;
}

static bool call_definition(struct qasm_run *run, struct tree_place place, struct tree_symbol *def,
                            struct argument *list, uint32_t count)
{
    uint32_t width = 0;
    for (uint32_t i = 0; i < count; i++)
        width += list[i].qubits.count;
    qry_qubit *qubits = qry_arena_alloc(run->scratch, width + 1, sizeof *qubits), *at = qubits;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < list[i].qubits.count; k++)
            *at++ = qasm_qubit(&list[i].qubits, k);
    struct tree_stmt stmt = {.place = place, .name = def->name};
    bool good;
    if (!qasm_distinct(run, &stmt, qubits, width, &good))
        return false;
    if (!good)
        return true;
    const qry_definition *d = defined(run, def, list, count);
    if (!d)
        return false;
    if (d->op_count && qasm_write(run, 1))
        qry_add_call(run->body, d, false, qubits, NULL);
    return true;
}

static bool is_known(const struct argument *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (list[i].parameter->symbol->type->kind != QASM_QUBIT && list[i].value.unknown)
            return false;
    return true;
}

/* Calls within calls are calls on the machine's stack too. */
enum { MAX_STACK = 4 << 20 };

static bool is_too_deep(const struct qasm_run *run)
{
    char here;
    uintptr_t at = (uintptr_t)&here;
    return (at < run->stack ? run->stack - at : at - run->stack) > MAX_STACK;
}

bool qasm_call(struct qasm_run *run, struct tree_place place, struct tree_symbol *def,
               const struct tree_expr *arguments, const struct tree_expr *operands, struct qasm_value *result)
{
    struct argument *list = qry_arena_alloc(run->scratch, def->parameters + 1, sizeof *list);
    *result = (struct qasm_value){.type = def->type};
    if (is_too_deep(run)) {
        qry_tree_error(run->tree, place, NULL, "defs that call each other are nested too deep at '%s'",
                       def->name->text);
        return false;
    }
    if (!evaluate_arguments(run, def, arguments, operands, list))
        return false;
    if (qasm_is_closed(def) && is_known(list, def->parameters))
        return call_definition(run, place, def, list, def->parameters);
    struct qasm_cell *cell = qasm_cell_of(run, def);
    if (def->type->kind != QASM_VOID)
        qasm_cell_clear(run, cell, def->type);
    if (!run_inline(run, def, list, def->parameters))
        return false;
    if (def->type->kind != QASM_VOID)
        *result = qasm_copy(run->scratch, &cell->value);
    return true;
}
