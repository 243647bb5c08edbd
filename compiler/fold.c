/* fold.c: the pass fold.
 *
 * Requires: names resolved (check), data (load). Leaves: program->statements, each with a formula in which functions
 * are written out, sums over ranges are unrolled, constants are folded, like terms are merged and equal parts are one
 * node; and notes on what widths has still to check. */
#include "compiler/fold.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

void qry_fold_begin(struct fold *fold, qry_program *program, qry_formula_list *list)
{
    *fold = (struct fold){
        .program = program, .tree = program->tree, .arena = program->work, .precision = FOLD_EXP_PRECISION};
    qry_formula_begin(&fold->builder, program->work, list);
}

/* A function that is written out many times shows one mistake once. */
static bool is_known_place(struct qry_ast_program *tree, struct ast_place place)
{
    for (size_t i = 0; i < tree->fault_count; i++)
        if (memcmp(&tree->faults[i], &place, sizeof place) == 0)
            return true;
    if (tree->fault_count < sizeof tree->faults / sizeof tree->faults[0])
        tree->faults[tree->fault_count++] = place;
    return false;
}

struct value qry_fold_broken(struct fold *fold, const struct ast_expr *e, const char *hint, const char *format, ...)
{
    char message[512];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    if (!is_known_place(fold->tree, e->place))
        qry_error_at(fold->tree->ctx, qry_ast_span(fold->tree, e->place), hint, "%s", message);
    return value_broken();
}

void qry_fold_note(struct fold *fold, enum fold_note_kind kind, qry_formula *node, qry_type type, const char *what,
                   const struct ast_expr *e)
{
    struct fold_notes *notes = fold->notes;
    if (!notes)
        return;
    if (notes->count == notes->room) {
        notes->room = notes->room ? 2 * notes->room : 16;
        struct fold_note *note = qry_arena_alloc(fold->arena, notes->room, sizeof *note);
        if (notes->count)
            memcpy(note, notes->note, notes->count * sizeof *note);
        notes->note = note;
    }
    notes->note[notes->count++] = (struct fold_note){kind, node, type, what, qry_ast_span(fold->tree, e->place)};
}

struct value qry_fold_whole(struct fold *fold, const struct ast_expr *e, uint32_t slots)
{
    fold->frame = qry_arena_alloc(fold->arena, slots, sizeof *fold->frame);
    return qry_fold_expression(fold, e);
}

bool qry_fold_integer(struct fold *fold, const struct ast_expr *e, const char *what, int64_t *result)
{
    struct value value = qry_fold_expression(fold, e);
    if (value.kind == VALUE_BROKEN)
        return false;
    if (value.kind != VALUE_NUMBER)
        qry_fold_broken(fold, e, NULL, "%s must be a constant", what);
    else if (value.number.den != 1)
        qry_fold_broken(fold, e, NULL, "%s must be a whole number, not %.10g", what,
                        qry_rational_to_double(value.number));
    else {
        *result = value.number.num;
        return true;
    }
    return false;
}

static bool domain(struct fold *fold, const struct ast_item *item, qry_statement *statement)
{
    const struct ast_expr *from = item->domain.from, *to = item->domain.to;
    if (!to) {
        statement->domain = from->name->item->data;
        statement->high = statement->domain->rows - 1;
        statement->default_arch = statement->domain->arch;
        return true;
    }
    int64_t low, high;
    if (!qry_fold_integer(fold, from, "an end of the range", &low) ||
        !qry_fold_integer(fold, to, "an end of the range", &high))
        return false;
    if (low < 0) {
        qry_fold_broken(fold, from, "the bound name is an unsigned number", "the range begins below 0");
        return false;
    }
    if (low > high) {
        qry_fold_broken(fold, from, NULL, "the range %" PRId64 "..%" PRId64 " is empty", low, high);
        return false;
    }
    if (high >> QRY_MAX_WIDTH) {
        qry_fold_broken(fold, to, NULL, "the range ends beyond %d bits", QRY_MAX_WIDTH);
        return false;
    }
    statement->low = (uint64_t)low;
    statement->high = (uint64_t)high;
    return true;
}

_Static_assert((int)AST_SAMPLE_ONE == (int)QRY_SAMPLE_ONE, "both enumerations list the statements in one order");

static void begin_statement(const struct qry_ast_program *tree, const struct ast_item *item, qry_statement *statement)
{
    const struct ast_settings *settings = &item->settings;
    *statement = (qry_statement){.kind = (qry_search_kind)item->query,
                                 .name = item->name->text,
                                 .span = qry_ast_span(tree, item->place),
                                 .whole = qry_ast_span(tree, item->whole),
                                 .bound = item->bound->text,
                                 .failure = settings->failure,
                                 .epsilon = settings->epsilon,
                                 .absolute = settings->absolute,
                                 .method = settings->method,
                                 .encoding = settings->encoding,
                                 .expect = settings->expect,
                                 .iterations = settings->iterations,
                                 .shots = settings->shots,
                                 .has_seed = settings->has_seed,
                                 .seed = settings->seed,
                                 .default_arch = tree->default_arch};
}

/* A statement without `where` takes every row. */
static bool fold_where(struct fold *fold, const struct ast_item *item, qry_statement *statement)
{
    if (!item->expr) {
        statement->where.root = qry_formula_truth(&fold->builder, statement->span, true);
        return true;
    }
    struct value value = qry_fold_whole(fold, item->expr, item->slots);
    if (value.kind != VALUE_TRUTH)
        return false;
    statement->where.root = value.truth;
    if (statement->kind == QRY_ESTIMATE_MEAN)
        qry_fold_note(fold, NOTE_ROWS, value.truth, (qry_type){0}, NULL, item->expr);
    return true;
}

/* What a statement maximises, estimates, or takes for a probability, with as few fraction bits as it needs. */
static bool fold_by(struct fold *fold, const struct ast_item *item, qry_statement *statement)
{
    struct linear sum;
    if (!item->by)
        return true;
    struct value value = qry_fold_whole(fold, item->by, item->slots);
    if (value.kind == VALUE_BROKEN || !qry_fold_open(fold, &value, &sum))
        return false;
    sum = qry_linear_reduced(fold->arena, &sum);
    statement->where.by = qry_linear_node(&fold->builder, qry_ast_span(fold->tree, item->by->place), &sum);
    if (!statement->where.by) {
        qry_fold_too_wide(fold, item->by);
        return false;
    }
    if (statement->kind == QRY_SAMPLE_SET || statement->kind == QRY_SAMPLE_ONE)
        qry_fold_note(fold, NOTE_CHANCE, statement->where.by, (qry_type){0}, NULL, item->by);
    return true;
}

static bool fold_statement(qry_program *program, const struct ast_item *item, qry_statement *statement,
                           struct fold_notes *notes)
{
    begin_statement(program->tree, item, statement);
    struct fold fold;
    qry_fold_begin(&fold, program, &statement->where);
    fold.frame = qry_arena_alloc(fold.arena, item->slots, sizeof *fold.frame);
    if (!domain(&fold, item, statement))
        return false;
    fold.low = statement->low;
    fold.high = statement->high;
    fold.bound = statement->bound;
    fold.notes = notes;
    fold.precision = item->settings.precision;
    bool fine = fold_by(&fold, item, statement);
    if (!fold_where(&fold, item, statement) || !fine)
        return false;
    qry_fold_share(&fold);
    return true;
}

bool qry_pass_fold(qry_program *program)
{
    struct qry_ast_program *tree = program->tree;
    bool fine = true;
    size_t i = 0;
    tree->fault_count = 0;
    program->statement_count = tree->statements;
    program->statements = qry_arena_alloc(program->work, tree->statements, sizeof *program->statements);
    tree->notes = qry_arena_alloc(program->work, tree->statements, sizeof *tree->notes);
    for (const struct ast_item *item = tree->first; item; item = item->next) {
        if (item->kind != AST_STATEMENT)
            continue;
        fine = fold_statement(program, item, &program->statements[i], &tree->notes[i]) && fine;
        i++;
    }
    return fine;
}
