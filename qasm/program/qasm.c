/* qasm.c: a program as others see it: read, its variables, run, its results. */
#include "qasm/program/interpret.h"

#include <string.h>

/* ---- reading ---- */

static bool is_seen(const struct tree_symbol *symbol)
{
    return symbol->kind == SYMBOL_VARIABLE && (symbol->io != TREE_PLAIN || symbol->type->kind == QASM_BIT);
}

static void list_variables(qry_qasm *program)
{
    const struct qasm_checked *checked = program->checked;
    program->variables = qry_arena_alloc(program->arena, checked->global_count + 1, sizeof *program->variables);
    program->symbols = qry_arena_alloc(program->arena, checked->global_count + 1, sizeof *program->symbols);
    program->given = qry_arena_alloc(program->arena, checked->global_count + 1, sizeof *program->given);
    for (size_t i = 0; i < checked->global_count; i++) {
        struct tree_symbol *s = checked->globals[i];
        if (!is_seen(s))
            continue;
        uint32_t bits = s->type->kind != QASM_BIT ? 0 : s->type->width ? s->type->width : 1;
        program->symbols[program->variable_count] = s;
        program->variables[program->variable_count++] = (qry_variable){.name = s->name->text,
                                                                       .type = qasm_type_text(program->arena, s->type),
                                                                       .bits = bits,
                                                                       .input = s->io == TREE_INPUT,
                                                                       .output = s->io == TREE_OUTPUT};
    }
}

/* Registers of the program get cells with homes: the bits that every circuit of the program has for them, in this order. */
static void make_homes(qry_qasm *program)
{
    struct qasm_run run = {.program = program};
    uint32_t home = 0;
    for (size_t i = 0; i < program->checked->global_count; i++) {
        struct tree_symbol *s = program->checked->globals[i];
        if (s->kind != SYMBOL_VARIABLE || s->type->kind != QASM_BIT)
            continue;
        qasm_cell_of(&run, s)->home = home;
        home += s->type->width ? s->type->width : 1;
    }
}

/* A name, indexed by numbers that are known, or nothing but a number. */
static bool is_fixed(const struct tree_expr *expr)
{
    if (!expr || expr->constant || expr->kind == TREE_NAME || expr->kind == TREE_PHYSICAL || expr->kind == TREE_NONE)
        return true;
    if (expr->kind != TREE_INDEX && expr->kind != TREE_RANGE && expr->kind != TREE_SET && expr->kind != TREE_CONCAT)
        return false;
    for (const struct tree_expr *child = expr->first; child; child = child->next)
        if (!is_fixed(child) || (child != expr->first && child->kind == TREE_NAME && !child->constant))
            return false;
    return true;
}

static bool are_numbers(const struct tree_expr *list)
{
    for (; list; list = list->next)
        if (!list->constant)
            return false;
    return true;
}

static bool is_flat_gate(const struct tree_stmt *stmt)
{
    for (const struct tree_modifier *m = stmt->modifiers; m; m = m->next)
        if (m->argument && !m->argument->constant)
            return false;
    if (stmt->symbol->kind != SYMBOL_GATE || !are_numbers(stmt->arguments))
        return false;
    for (const struct tree_expr *q = stmt->operands; q; q = q->next)
        if (!is_fixed(q))
            return false;
    return true;
}

/* Whether the program is surely exact and nothing in it is run twice: gates, measurements and declarations of registers, one
 * after the other. */
static bool is_flat(const struct tree_stmt *stmt)
{
    for (; stmt; stmt = stmt->next)
        switch (stmt->kind) {
        case TREE_STRETCH:
        case TREE_PRAGMA:
        case TREE_CONST:
        case TREE_QUBITS:
        case TREE_GATE:
        case TREE_EXTERN:
        case TREE_OPAQUE:
        case TREE_BARRIER:
        case TREE_NOP:
        case TREE_RESET:
            break;
        case TREE_INCLUDE:
            if (!is_flat(stmt->body))
                return false;
            break;
        case TREE_APPLY:
            if (!is_flat_gate(stmt))
                return false;
            break;
        case TREE_DECLARE:
            if (stmt->symbol->type->kind != QASM_BIT || (stmt->value && stmt->value->kind != TREE_MEASURE))
                return false;
            break;
        case TREE_MEASURE_INTO:
        case TREE_ASSIGN:
            if (stmt->value->kind != TREE_MEASURE || !is_fixed(stmt->target) || !is_fixed(stmt->value->first))
                return false;
            break;
        default:
            return false;
        }
    return true;
}

/* In the order of declaration, so that what a def calls has been looked at before. */
static void look_at_defs(struct tree_stmt *stmt)
{
    for (; stmt; stmt = stmt->next) {
        if (stmt->kind == TREE_DEF)
            qasm_is_closed(stmt->symbol);
        if (stmt->kind == TREE_INCLUDE)
            look_at_defs(stmt->body);
    }
}

static struct qasm_gate *list_gates(qry_qasm *program)
{
    const struct qasm_checked *checked = program->checked;
    struct qasm_gate *gates = qry_arena_alloc(program->arena, checked->gate_count + 1, sizeof *gates);
    for (size_t i = 0; i < checked->gate_count; i++) {
        const struct tree_symbol *symbol = checked->gates[i];
        qry_must(symbol->number == i && (!symbol->stmt || symbol->stmt->number == i));
        gates[i].symbol = symbol;
        gates[i].slot_of.ctx = program->ctx;
    }
    return gates;
}

qry_qasm *qasm_program_read(qry_ctx *ctx, const qry_source *source, const struct tree_options *options)
{
    qry_arena *arena = qry_arena_new(ctx);
    struct tree_program *tree = qry_tree_read(ctx, arena, source, options);
    struct qasm_checked *checked = tree ? qasm_check(tree) : NULL;
    if (!checked) {
        qry_tree_free(tree);
        qry_arena_free(arena);
        return NULL;
    }
    qry_qasm *program = QRY_NEW(arena, qry_qasm);
    *program = (qry_qasm){.ctx = ctx, .arena = arena, .tree = tree, .checked = checked};
    program->scratch = qry_arena_new(ctx);
    program->kept = qry_arena_new(ctx);
    program->gates = list_gates(program);
    program->flat = is_flat(tree->first);
    look_at_defs(tree->first);
    list_variables(program);
    make_homes(program);
    return program;
}

qry_qasm *qry_qasm_read(qry_ctx *ctx, const qry_source *source)
{
    return qasm_program_read(ctx, source, &(struct tree_options){0});
}

static void free_writer(qry_qasm *program, struct qasm_writer *w)
{
    qry_names_free(&w->made);
    qry_free(program->ctx, w->made_as);
    qry_circuit_free(w->circuit);
}

void qry_qasm_free(qry_qasm *program)
{
    if (!program)
        return;
    qry_ctx *ctx = program->ctx;
    for (struct qasm_writer *w = program->writers; w; w = w->next)
        free_writer(program, w);
    for (struct qasm_cell *c = program->cells; c; c = c->next) {
        qry_free(ctx, c->list);
        qry_free(ctx, c->ref_list);
    }
    for (size_t i = 0; i < program->checked->gate_count; i++) {
        qry_free(ctx, program->gates[i].slots);
        qry_free(ctx, program->gates[i].reach);
        qry_map_free(&program->gates[i].slot_of);
    }
    qry_tree_free(program->tree);
    qry_free(ctx, program->bits);
    qry_free(ctx, program->marks);
    qry_arena_free(program->scratch);
    qry_arena_free(program->kept);
    qry_arena_free(program->arena);
}

void qry_qasm_print(const qry_qasm *program, qry_output *output) { qry_tree_print(program->tree, output); }

/* ---- variables ---- */

const qry_variable *qry_qasm_variables(const qry_qasm *program, size_t *count)
{
    *count = program->variable_count;
    return program->variables;
}

bool qry_qasm_set_input(qry_qasm *program, const char *name, const char *text)
{
    qry_nearest nearest = qry_nearest_to(name);
    for (size_t i = 0; i < program->variable_count; i++) {
        if (!program->variables[i].input)
            continue;
        if (strcmp(program->variables[i].name, name) != 0) {
            qry_nearest_consider(&nearest, program->variables[i].name);
            continue;
        }
        struct qasm_value value;
        if (!qasm_value_parse(program->arena, text, program->symbols[i]->type, &value)) {
            qry_error(program->ctx, "'%s' is no value for input '%s', which is %s %s", text, name,
                      strchr("aeiou", program->variables[i].type[0]) ? "an" : "a", program->variables[i].type);
            return false;
        }
        program->given[i] = value;
        return true;
    }
    const char *question = qry_nearest_question(program->arena, &nearest);
    qry_error(program->ctx, "the program has no input '%s'%s%s", name, question ? "; " : "", question ? question : "");
    return false;
}

/* ---- runs ---- */

void qasm_run_init(struct qasm_run *run, qry_qasm *program, struct qasm_writer *writer)
{
    *run = (struct qasm_run){.program = program,
                             .ctx = program->ctx,
                             .tree = program->tree,
                             .scratch = program->scratch,
                             .kept = program->kept,
                             .writer = writer,
                             .body = qry_circuit_program(writer->circuit),
                             .bits = program->bits,
                             .bit_room = program->bit_room};
    run->stack = (uintptr_t)run;
    qry_arena_rewind(run->scratch, (qry_arena_mark){0});
    qry_arena_rewind(run->kept, (qry_arena_mark){0});
    if (run->bit_room)
        memset(run->bits, 0, run->bit_room * sizeof *run->bits);
    for (size_t i = 0; i < program->variable_count; i++) /* outputs may be looked at before they are declared */
        qasm_cell_clear(run, qasm_cell_of(run, program->symbols[i]), program->symbols[i]->type);
}

enum { HIDDEN_BITS = 256 }; /* of a circuit that is run step by step: used again once what they hold is known */

qry_circuit *qry_qasm_circuit(qry_qasm *program)
{
    struct qasm_writer *w = qasm_writer_new(program);
    w->hidden = HIDDEN_BITS;
    qry_circuit_bit_register(w->circuit, "hidden", HIDDEN_BITS);
    return w->circuit;
}

/* The bits of the program's registers, all known. */
static void settle_variables(struct qasm_run *run)
{
    qry_qasm *program = run->program;
    for (size_t i = 0; i < program->variable_count; i++) {
        struct qasm_value *v = &program->symbols[i]->cell->value;
        if (v->type->kind != QASM_BIT)
            continue;
        if (!v->type->width)
            v->bit = qasm_know_bit(run, v->bit);
        for (uint32_t k = 0; k < v->type->width; k++)
            v->bits[k] = qasm_know_bit(run, v->bits[k]);
    }
}

bool qry_qasm_run(qry_qasm *program, qry_machine *machine)
{
    struct qasm_run run;
    qry_must(!program->forgotten);
    qasm_run_init(&run, program, qasm_writer_of(program, machine->circuit));
    run.machine = machine;
    run.ready = machine->ready;
    run.max_steps = machine->max_steps;
    run.next_hidden = run.writer->first_hidden;
    run.hidden_end = run.next_hidden + run.writer->hidden;
    enum qasm_flow flow = qasm_run_list(&run, program->tree->first, program->tree->last_marks);
    if (flow != FLOW_FAILED)
        settle_variables(&run);
    program->bits = run.bits;
    program->bit_room = run.bit_room;
    return flow != FLOW_FAILED;
}

void qry_qasm_bits(const qry_qasm *program, size_t variable, uint8_t *bits)
{
    qry_must(variable < program->variable_count && program->variables[variable].bits);
    const struct qasm_value *v = &program->symbols[variable]->cell->value;
    for (uint32_t i = 0; i < program->variables[variable].bits; i++)
        bits[i] = (uint8_t)(v->type->width ? v->bits[i] : v->bit);
}

const char *qry_qasm_value(const qry_qasm *program, size_t variable, qry_arena *arena)
{
    qry_must(variable < program->variable_count);
    return qasm_value_text(arena, &program->symbols[variable]->cell->value);
}
