/* elaborate.c: a program written out as far as that can be done without running it. */
#include "qasm/program/interpret.h"

#include <string.h>

/* Statements in loops and defs gone through while a program is written out; one that takes more has to be run. */
enum { MAX_STEPS = 1 << 24 };

static uint32_t place_of(struct qasm_run *run, const struct tree_symbol *symbol, qasm_bit bit)
{
    if (bit < 2)
        return bit ? QRY_BIT_1 : QRY_BIT_0;
    if (bit != QASM_UNKNOWN_BIT)
        return bit - 2;
    qasm_inexact(run, symbol->place, "a circuit cannot say what this register ends with");
    return QRY_BIT_0;
}

static void note_places(struct qasm_run *run, const uint32_t **place, const char **value)
{
    qry_qasm *program = run->program;
    for (size_t i = 0; i < program->variable_count; i++) {
        const struct tree_symbol *symbol = program->symbols[i];
        const struct qasm_value *v = &symbol->cell->value;
        uint32_t bits = program->variables[i].bits;
        uint32_t *places = qry_arena_alloc(program->arena, bits + 1, sizeof *places);
        for (uint32_t k = 0; k < bits; k++)
            places[k] = place_of(run, symbol, v->type->width ? v->bits[k] : v->bit);
        place[i] = bits ? places : NULL;
        if (bits || symbol->io != TREE_OUTPUT)
            continue;
        if (qasm_is_unknown(v))
            qasm_inexact(run, symbol->place, "a circuit cannot say what this output ends with");
        else
            value[i] = qasm_value_text(program->arena, v);
    }
}

/* What the direct path read is memory of the context: a program that is never run step by step needs it no more. */
static void forget_stretches(qry_qasm *program, struct tree_stmt *stmt)
{
    for (; stmt; stmt = stmt->next) {
        if (stmt->kind == TREE_STRETCH)
            qry_tree_free_stretch(program->tree, stmt->stretch);
        forget_stretches(program, stmt->body);
        forget_stretches(program, stmt->other);
    }
}

const qry_elaboration *qry_qasm_elaborate(qry_qasm *program)
{
    struct qasm_run run;
    qry_elaboration *e = &program->elaboration;
    if (program->elaborated)
        return e;
    if (program->forgotten) /* it has failed before */
        return NULL;
    qasm_run_init(&run, program, qasm_writer_new(program));
    *e = (qry_elaboration){.circuit = run.writer->circuit, .exact = true};
    run.elaboration = e;
    run.max_steps = MAX_STEPS;
    program->forgotten = program->flat;
    enum qasm_flow flow = qasm_run_list(&run, program->tree->first, program->tree->last_marks);
    program->bits = run.bits;
    program->bit_room = run.bit_room;
    if (flow == FLOW_FAILED)
        return NULL;
    const uint32_t **place = qry_arena_alloc(program->arena, program->variable_count + 1, sizeof *place);
    const char **value = qry_arena_alloc(program->arena, program->variable_count + 1, sizeof *value);
    note_places(&run, place, value);
    e->place = place;
    e->value = value;
    if (e->exact && !program->forgotten) {
        forget_stretches(program, program->tree->first);
        program->forgotten = true;
    }
    program->elaborated = true;
    return e;
}
