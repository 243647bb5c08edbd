/* run.c: statements. Control flow is in flow.c, calls are in call.c. */
#include "qasm/program/interpret.h"

#include <string.h>

/* ---- what goes wrong ---- */

void qasm_inexact(struct qasm_run *run, struct tree_place place, const char *text)
{
    qry_elaboration *e = run->elaboration;
    if (!e || !e->exact)
        return;
    e->exact = false;
    e->why = qry_tree_span(run->tree, place);
    e->why_text = qry_arena_text(run->program->arena, text, strlen(text));
}

bool qasm_fail(struct qasm_run *run, struct tree_place place, const char *hint, const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (run->branch) {
        qasm_inexact(run, place, text);
        return true;
    }
    qry_tree_error(run->tree, place, hint, "%s", text);
    return false;
}

enum { STEPS_BETWEEN = 1024 };

enum qasm_flow qasm_step(struct qasm_run *run, struct tree_place place)
{
    if (++run->steps % STEPS_BETWEEN == 0)
        qry_check_interrupt(run->ctx);
    if (run->steps <= run->max_steps)
        return FLOW_ON;
    if (run->loop)
        place = run->loop->place;
    if (run->elaboration) {
        qasm_inexact(run, place, "the program goes on for too long to be written out");
        return FLOW_END;
    }
    qry_tree_error(run->tree, place, "a loop that has no end, or allow more steps",
                   "the program has not ended after %llu statements", (unsigned long long)run->max_steps);
    return FLOW_FAILED;
}

bool qasm_write(struct qasm_run *run, size_t count)
{
    if (run->body->number)
        return true; /* a definition's */
    bool there = run->position + count <= run->ready;
    qry_must(there || run->position >= run->ready);
    run->position += count;
    return !there;
}

/* ---- declarations ---- */

static bool given_input(struct qasm_run *run, const struct tree_stmt *stmt, struct qasm_value *value)
{
    struct qry_qasm *program = run->program;
    for (size_t i = 0; i < program->variable_count; i++)
        if (program->symbols[i] == stmt->symbol && program->given[i].type) {
            *value = program->given[i];
            return true;
        }
    qry_tree_error(run->tree, stmt->name_place, qry_arena_printf(run->scratch, "--input %s=...", stmt->name->text),
                   "input '%s' has no value", stmt->name->text);
    return false;
}

static bool declare(struct qasm_run *run, const struct tree_stmt *stmt)
{
    struct tree_symbol *symbol = stmt->symbol;
    struct qasm_cell *cell = qasm_cell_of(run, symbol);
    struct qasm_value value, converted;
    const struct tree_expr *from = stmt->value;
    if (stmt->io == TREE_INPUT) {
        if (!given_input(run, stmt, &value))
            return false;
        qasm_cell_clear(run, cell, symbol->type);
        qasm_cell_store(run, cell, &value);
        return true;
    }
    if (!from) {
        qasm_cell_clear(run, cell, symbol->type);
        return true;
    }
    if (from->kind == TREE_MEASURE) {
        qasm_cell_clear(run, cell, symbol->type);
        struct qasm_spot spot = {.kind = SPOT_VALUE, .cell = cell, .value = &cell->value, .type = cell->value.type};
        return qasm_measure(run, from, &spot, &value);
    }
    bool good = from->kind == TREE_LIST ? qasm_evaluate_list(run, from, symbol->type, &value)
                                        : qasm_evaluate(run, from, &value);
    if (!good || !qasm_convert_at(run, from->place, &value, symbol->type, &converted))
        return false;
    qasm_cell_clear(run, cell, symbol->type);
    qasm_cell_store(run, cell, &converted);
    return true;
}

static bool alias_qubits(struct qasm_run *run, const struct tree_stmt *stmt, struct qasm_cell *cell)
{
    struct qasm_qubits q;
    if (!qasm_qubits_of(run, stmt->value, &q))
        return false;
    QRY_GROW(run->ctx, cell->list, cell->list_room, (size_t)q.count + 1);
    for (uint32_t i = 0; i < q.count; i++)
        cell->list[i] = qasm_qubit(&q, i);
    cell->qubits = (struct qasm_qubits){.list = cell->list, .count = q.count, .one = q.one};
    return true;
}

static bool gather_bits(struct qasm_run *run, const struct tree_expr *expr, const struct qasm_spot *spot,
                        struct qasm_cell *cell, uint32_t *count)
{
    if (spot->kind == SPOT_PARTS) {
        qry_tree_error(run->tree, expr->place, "give the parts names one by one",
                       "an alias that goes over bits of a number and others is not done here");
        return false;
    }
    uint32_t width = spot->type->width ? spot->type->width : 1;
    QRY_GROW(run->ctx, cell->ref_list, cell->ref_room, (size_t)*count + width);
    for (uint32_t i = 0; i < width; i++) {
        const struct qasm_cell *of = spot->cell;
        bool home = spot->value == &of->value && of->home != QASM_NO_HOME;
        cell->ref_list[(*count)++] =
            spot->kind == SPOT_BITS ? qasm_spot_refs(spot)[i]
                                    : (struct qasm_ref){spot->type->width ? &spot->value->bits[i] : &spot->value->bit,
                                                        home ? of->home + i : QASM_NO_HOME, spot->cell};
    }
    return true;
}

/* The bits of the parts one after the other, or else in *unknown a part of which it is not known which bits it is. */
static bool gather_refs(struct qasm_run *run, const struct tree_expr *expr, struct qasm_cell *cell, uint32_t *count,
                        struct qasm_spot *unknown)
{
    for (const struct tree_expr *part = expr->first; part; part = part->next) {
        struct qasm_spot spot;
        if (part->kind == TREE_CONCAT) {
            if (!gather_refs(run, part, cell, count, unknown))
                return false;
            continue;
        }
        if (!qasm_spot_of(run, part, &spot))
            return false;
        if (spot.kind == SPOT_UNKNOWN)
            *unknown = spot;
        else if (!gather_bits(run, part, &spot, cell, count))
            return false;
    }
    return true;
}

static struct qasm_view *own_view(struct qasm_run *run, struct qasm_cell *cell)
{
    if (!cell->own_view)
        cell->own_view = QRY_NEW(run->program->arena, struct qasm_view);
    return cell->own_view;
}

/* An array, a part of one, or bits of a number: the alias is read and written where these are. What is not known while a
 * program is written out stays so under its new name. */
static void alias_view(struct qasm_run *run, const struct tree_expr *expr, struct qasm_cell *cell,
                       const struct qasm_spot *spot)
{
    if (spot->kind == SPOT_UNKNOWN)
        qasm_inexact(run, expr->place, "what this alias stands for hangs on a measurement");
    struct qasm_view *view = own_view(run, cell);
    view->spot = *spot;
    view->type = *spot->type;
    view->spot.type = &view->type;
    if (spot->kind == SPOT_ITEMS || spot->kind == SPOT_PARTS) {
        QRY_GROW(run->ctx, cell->list, cell->list_room, (size_t)spot->count + 1);
        memcpy(cell->list, spot->places, spot->count * sizeof *cell->list);
        view->spot.places = cell->list;
    }
    cell->view = view;
}

static bool alias(struct qasm_run *run, const struct tree_stmt *stmt)
{
    struct tree_symbol *symbol = stmt->symbol;
    struct qasm_cell *cell = qasm_cell_of(run, symbol);
    if (symbol->type->kind == QASM_QUBIT)
        return alias_qubits(run, stmt, cell);
    uint32_t count = 0;
    struct qasm_spot spot = {.kind = SPOT_VALUE};
    bool parts = stmt->value->kind == TREE_CONCAT, array = symbol->type->kind == QASM_ARRAY;
    cell->view = NULL;
    cell->refs = NULL;
    if (parts && array) {
        qry_tree_error(run->tree, stmt->value->place, "declare an array and copy them",
                       "an alias of several arrays as one is not done here");
        return false;
    }
    if (!(parts ? gather_refs(run, stmt->value, cell, &count, &spot) : qasm_spot_of(run, stmt->value, &spot)))
        return false;
    cell->value.type = symbol->type;
    if (spot.kind == SPOT_UNKNOWN || spot.kind == SPOT_PARTS || array) {
        alias_view(run, stmt->value, cell, &spot);
        return true;
    }
    if (!parts && !gather_bits(run, stmt->value, &spot, cell, &count))
        return false;
    if (symbol->type->width == QASM_UNSIZED) {
        struct qasm_type *type = &own_view(run, cell)->type;
        *type = (struct qasm_type){.kind = QASM_BIT, .width = count};
        cell->value.type = type;
    }
    cell->refs = cell->ref_list;
    return true;
}

/* ---- values ---- */

static bool assign(struct qasm_run *run, const struct tree_stmt *stmt)
{
    struct qasm_spot spot;
    struct qasm_value value;
    if (!qasm_spot_of(run, stmt->target, &spot))
        return false;
    if (stmt->value->kind == TREE_MEASURE)
        return qasm_measure(run, stmt->value, &spot, &value);
    bool good = stmt->value->kind == TREE_LIST ? qasm_evaluate_list(run, stmt->value, spot.type, &value)
                                               : qasm_evaluate(run, stmt->value, &value);
    if (good && value.type->kind == QASM_BIT && value.type->width && !value.unknown) {
        struct qasm_value apart = qasm_copy(run->scratch, &value); /* it may overlap with where it goes */
        value.bits = apart.bits;
    }
    return good && qasm_assign(run, &spot, stmt->value->place, &value);
}

static bool measure_into(struct qasm_run *run, const struct tree_stmt *stmt)
{
    struct qasm_value value;
    struct qasm_spot spot;
    if (!stmt->target)
        return qasm_measure(run, stmt->value, NULL, &value);
    return qasm_spot_of(run, stmt->target, &spot) && qasm_measure(run, stmt->value, &spot, &value);
}

/* ---- what acts on qubits without being a gate ---- */

static bool reset(struct qasm_run *run, const struct tree_stmt *stmt)
{
    for (const struct tree_expr *operand = stmt->operands; operand; operand = operand->next) {
        struct qasm_qubits q;
        if (!qasm_qubits_of(run, operand, &q))
            return false;
        if (qasm_write(run, q.count))
            for (uint32_t i = 0; i < q.count; i++)
                qry_add_reset(run->body, qasm_qubit(&q, i));
    }
    return true;
}

static bool barrier(struct qasm_run *run, const struct tree_stmt *stmt)
{
    size_t count = 0, room = 0, apart = 0;
    qry_qubit *all = NULL;
    for (const struct tree_expr *operand = stmt->operands; operand; operand = operand->next) {
        struct qasm_qubits q;
        if (!qasm_qubits_of(run, operand, &q))
            return false;
        all = qasm_lengthen(run, all, count, &room, count + q.count + 1, sizeof *all);
        for (uint32_t i = 0; i < q.count; i++)
            all[count++] = qasm_qubit(&q, i);
    }
    qasm_mark_qubits(run);
    for (size_t i = 0; i < count; i++)
        if (!qasm_mark_qubit(run, all[i]))
            all[apart++] = all[i];
    if (qasm_write(run, 1))
        qry_add_barrier(run->body, all, (uint32_t)apart);
    return true;
}

/* ---- one statement ---- */

static void timed(struct qasm_run *run)
{
    if (run->elaboration)
        run->elaboration->timed = true;
}

static enum qasm_flow box(struct qasm_run *run, struct tree_stmt *stmt)
{
    if (stmt->size)
        timed(run);
    return qasm_run_list(run, stmt->body, NULL);
}

static enum qasm_flow give_back(struct qasm_run *run, const struct tree_stmt *stmt, struct tree_symbol *def)
{
    struct qasm_value value, converted;
    if (!stmt->value)
        return FLOW_RETURN;
    if (!qasm_evaluate(run, stmt->value, &value) ||
        !qasm_convert_at(run, stmt->value->place, &value, def->type, &converted))
        return FLOW_FAILED;
    qasm_cell_store(run, qasm_cell_of(run, def), &converted);
    return FLOW_RETURN;
}

static bool apply(struct qasm_run *run, const struct tree_stmt *stmt)
{
    struct qasm_value value;
    if (stmt->symbol->kind == SYMBOL_GATE)
        return qasm_apply(run, stmt);
    return qasm_call(run, stmt->place, stmt->symbol, stmt->arguments, stmt->operands, &value);
}

static void calibrated(struct qasm_run *run, const struct tree_stmt *stmt)
{
    if (run->elaboration)
        qry_tree_warning(run->tree, stmt->place, NULL, "a cal block is not run here: there are no pulses");
}

/* Statements that come to an end by themselves. */
static bool run_plain(struct qasm_run *run, struct tree_stmt *stmt)
{
    struct qasm_value value;
    switch (stmt->kind) {
    case TREE_STRETCH:
        return qasm_write_stretch(run, stmt);
    case TREE_DECLARE:
        return declare(run, stmt);
    case TREE_ALIAS:
        return alias(run, stmt);
    case TREE_APPLY:
        return apply(run, stmt);
    case TREE_MEASURE_INTO:
        return measure_into(run, stmt);
    case TREE_ASSIGN:
        return assign(run, stmt);
    case TREE_EXPRESSION:
        return qasm_evaluate(run, stmt->value, &value);
    case TREE_RESET:
        return reset(run, stmt);
    case TREE_BARRIER:
        return barrier(run, stmt);
    case TREE_DELAY:
        timed(run);
        return true;
    case TREE_CAL:
        calibrated(run, stmt);
        return true;
    default:
        return true; /* declarations of what is not a variable, pragmas, nop */
    }
}

static enum qasm_flow loop(struct qasm_run *run, struct tree_stmt *stmt)
{
    const struct tree_stmt *outermost = run->loop;
    if (!outermost)
        run->loop = stmt;
    enum qasm_flow flow = stmt->kind == TREE_FOR ? qasm_run_for(run, stmt) : qasm_run_while(run, stmt);
    run->loop = outermost;
    return flow;
}

enum qasm_flow qasm_run_one(struct qasm_run *run, struct tree_stmt *stmt)
{
    enum qasm_flow flow = qasm_step(run, stmt->place);
    if (flow != FLOW_ON)
        return flow;
    qry_arena_mark mark = qry_arena_marked(run->scratch);
    switch (stmt->kind) {
    case TREE_INCLUDE:
    case TREE_BLOCK:
        flow = qasm_run_list(run, stmt->body, NULL);
        break;
    case TREE_BOX:
        flow = box(run, stmt);
        break;
    case TREE_IF:
        flow = qasm_run_if(run, stmt);
        break;
    case TREE_FOR:
    case TREE_WHILE:
        flow = loop(run, stmt);
        break;
    case TREE_SWITCH:
        flow = qasm_run_switch(run, stmt);
        break;
    case TREE_BREAK:
        flow = FLOW_BREAK;
        break;
    case TREE_CONTINUE:
        flow = FLOW_CONTINUE;
        break;
    case TREE_RETURN:
        flow = give_back(run, stmt, run->def);
        break;
    case TREE_END:
        flow = FLOW_END;
        break;
    default:
        flow = run_plain(run, stmt) ? FLOW_ON : FLOW_FAILED;
    }
    qry_arena_rewind(run->scratch, mark);
    if (flow == FLOW_FAILED && run->ended) {
        run->ended = false;
        flow = FLOW_END;
    }
    return flow;
}

/* ---- lists and their sections ---- */

/* In a circuit that is run step by step the program has no sections, since no block may be cut. */
static bool has_sections(const struct qasm_run *run) { return !run->machine || run->body->number; }

static void end_sections(struct qasm_run *run, uint32_t *open, uint32_t count)
{
    for (; *open && count; --*open, count--)
        if (qasm_write(run, 1))
            qry_end(run->body);
}

static void set_marks(struct qasm_run *run, const struct tree_mark *mark, uint32_t *open)
{
    for (; mark && has_sections(run); mark = mark->next) {
        if (!mark->name)
            end_sections(run, open, 1);
        else {
            if (qasm_write(run, 1))
                qry_begin_section(run->body, mark->name);
            ++*open;
        }
    }
}

enum qasm_flow qasm_run_list(struct qasm_run *run, struct tree_stmt *first, const struct tree_mark *last)
{
    enum qasm_flow flow = FLOW_ON;
    uint32_t open = 0;
    for (struct tree_stmt *stmt = first; stmt && flow == FLOW_ON; stmt = stmt->next) {
        if (stmt->marks)
            set_marks(run, stmt->marks, &open);
        flow = qasm_run_one(run, stmt);
    }
    if (flow == FLOW_ON)
        set_marks(run, last, &open);
    end_sections(run, &open, open);
    return flow;
}
