/* check_expression.c: the part of the pass check that walks expressions: what every name means, whether numbers stand
 * where numbers are wanted, and what an expression depends on. */
#include "compiler/check.h"

#include <inttypes.h>
#include <string.h>

static enum ast_shape scalar_or_truth(const struct ast_type *type)
{
    return type->type.is_bool ? AST_TRUTH : AST_SCALAR;
}

static enum ast_shape fault(struct scope *scope, struct ast_place place, const char *hint, const char *message)
{
    qry_check_error(scope->check, place, hint, "%s", message);
    return AST_BROKEN;
}

static const char *shape_text(const struct scope *scope, const struct ast_expr *e)
{
    if (e->shape == AST_ROW)
        return qry_arena_printf(scope->check->tree->arena, "a row of %" PRIu32, e->columns);
    return e->shape == AST_SCALAR ? "a number" : "a boolean";
}

/* Operators and words between quotes, descriptions as they are. */
static const char *quoted(const struct scope *scope, const char *what)
{
    return strchr(what, ' ') ? what : qry_arena_printf(scope->check->tree->arena, "'%s'", what);
}

bool qry_check_number(struct scope *scope, struct ast_expr *e, const char *what)
{
    enum ast_shape shape = qry_check_expression(scope, e);
    if (shape == AST_BROKEN || shape == AST_SCALAR)
        return shape == AST_SCALAR;
    qry_check_error(scope->check, e->place,
                    shape == AST_TRUTH ? "\"if ... then 1 else 0\" makes a number of it"
                                       : "take one entry of it, or add them up with dot or sum",
                    "%s takes numbers, and this is %s", quoted(scope, what), shape_text(scope, e));
    return false;
}

bool qry_check_truth(struct scope *scope, struct ast_expr *e, const char *what)
{
    enum ast_shape shape = qry_check_expression(scope, e);
    if (shape == AST_BROKEN || shape == AST_TRUTH)
        return shape == AST_TRUTH;
    qry_check_error(scope->check, e->place, shape == AST_SCALAR ? "compare it with something: x != 0" : NULL,
                    "%s takes booleans, and this is %s", quoted(scope, what), shape_text(scope, e));
    return false;
}

/* ---- names ---- */

static const struct local *find_local(const struct scope *scope, const struct ast_name *name)
{
    const struct local *l = scope->locals;
    while (l && l->name != name)
        l = l->outer;
    return l;
}

static const char *declared_on(const struct qry_ast_program *tree, const struct ast_item *item)
{
    size_t line, column;
    qry_source_position(tree->source, item->place.offset, &line, &column);
    return qry_arena_printf(tree->arena, "%s is declared on line %zu", item->name->text, line);
}

bool qry_check_new_local(struct scope *scope, struct ast_name *name, struct ast_place place)
{
    bool is_local = find_local(scope, name) != NULL;
    if (!is_local && !name->item)
        return true;
    qry_check_error(scope->check, place, is_local ? NULL : declared_on(scope->check->tree, name->item),
                    "the name '%s' is taken", name->text);
    return false;
}

static enum ast_shape local_name(struct ast_expr *e, const struct local *local)
{
    e->meaning = (uint8_t)local->meaning;
    e->slot = local->slot;
    if (local->meaning == AST_MEANS_BOUND)
        e->uses = AST_USES_BOUND;
    if (local->meaning != AST_MEANS_ARGUMENT)
        return AST_SCALAR;
    e->uses = AST_USES_LOCAL;
    return scalar_or_truth(local->type);
}

/* A const without an index: a number, a boolean, or a row. */
static enum ast_shape const_name(struct scope *scope, struct ast_expr *e, const struct ast_item *item)
{
    e->uses = AST_USES_DATA;
    if (item->sizes.dims == 0)
        return scalar_or_truth(item->type);
    if (item->sizes.dims == 1) {
        e->columns = (uint32_t)item->sizes.size[0].size;
        e->truths = item->type->type.is_bool;
        return AST_ROW;
    }
    qry_check_error(scope->check, e->place, NULL, "%s has two dimensions: write %s[i]", item->name->text,
                    item->name->text);
    return AST_BROKEN;
}

/* The nearest name that a scope knows. */
const char *qry_check_nearest(const struct scope *scope, const struct ast_name *name)
{
    const struct qry_ast_program *tree = scope->check->tree;
    qry_nearest nearest = qry_nearest_to(name->text);
    for (const struct local *l = scope->locals; l; l = l->outer)
        qry_nearest_consider(&nearest, l->name->text);
    for (const struct ast_item *item = tree->first; item; item = item->next)
        if (item->name && item->kind != AST_STATEMENT)
            qry_nearest_consider(&nearest, item->name->text);
    return qry_nearest_question(tree->arena, &nearest);
}

static struct ast_item *known_item(struct scope *scope, const struct ast_expr *e)
{
    struct check *check = scope->check;
    struct ast_item *item = e->name->item;
    if (!item) {
        const char *hint = qry_check_nearest(scope, e->name);
        if (strcmp(e->name->text, "true") == 0 || strcmp(e->name->text, "false") == 0)
            hint = "a boolean is its own condition: x for x == true, !x for x == false; in tables 1 and 0";
        else if (!hint && scope->item->kind == AST_FN)
            hint = "a function knows its parameters and what is declared, not the bound name";
        qry_check_error(check, e->place, hint, "unknown name '%.60s'", e->name->text);
        return NULL;
    }
    return qry_check_item(check, item) ? item : NULL;
}

static enum ast_shape name(struct scope *scope, struct ast_expr *e)
{
    const struct local *local = find_local(scope, e->name);
    if (local)
        return local_name(e, local);
    const struct ast_item *item = known_item(scope, e);
    if (!item)
        return AST_BROKEN;
    e->meaning = AST_MEANS_ITEM;
    switch (item->kind) {
    case AST_CONST:
        return const_name(scope, e, item);
    case AST_PARAM:
        e->uses = AST_USES_PARAM;
        return AST_SCALAR;
    case AST_TABLE:
        qry_check_error(scope->check, e->place, NULL, "a table is read entry by entry: %s[%s]", item->name->text,
                        scope->item->bound ? scope->item->bound->text : "j");
        return AST_BROKEN;
    default:
        qry_check_error(scope->check, e->place, NULL, "%s is a function: write %s(...)", item->name->text,
                        item->name->text);
        return AST_BROKEN;
    }
}

/* ---- indices ---- */

/* The bound name itself, a constant, or in a function anything: there the call decides (fold). */
static bool check_row_index(struct scope *scope, struct ast_expr *index, const struct ast_item *item)
{
    if (!qry_check_number(scope, index, "an index"))
        return false;
    bool is_bound = index->kind == AST_NAME && index->meaning == AST_MEANS_BOUND;
    if (is_bound && item->kind == AST_TABLE)
        return true;
    if (is_bound)
        qry_check_error(scope->check, index->place, "make it a table to look it up by the bound name",
                        "%s is a const: its index is a constant", item->name->text);
    else if (index->uses & AST_USES_BOUND)
        qry_check_error(scope->check, index->place, "only the bound name itself and constants are indices",
                        "a computed index: %s is read where the bound name says, or at a constant", item->name->text);
    return !(index->uses & AST_USES_BOUND);
}

static bool check_column_index(struct scope *scope, struct ast_expr *index)
{
    if (!qry_check_number(scope, index, "an index"))
        return false;
    if (index->uses & AST_USES_BOUND)
        qry_check_error(scope->check, index->place, "sum over the columns instead",
                        "a computed column: it must be a constant");
    return !(index->uses & AST_USES_BOUND);
}

static enum ast_shape index_shape(struct scope *scope, struct ast_expr *e)
{
    struct ast_expr *base = e->first;
    if (base->kind != AST_NAME || find_local(scope, base->name))
        return fault(scope, base->place, NULL, "only tables and consts have entries");
    const struct ast_item *item = known_item(scope, base);
    if (!item)
        return AST_BROKEN;
    if (item->kind != AST_TABLE && item->kind != AST_CONST)
        return fault(scope, base->place, NULL, "only tables and consts have entries");
    uint32_t indices = e->count - 1;
    if (indices > (uint32_t)item->sizes.dims) {
        qry_check_error(scope->check, e->place, declared_on(scope->check->tree, item),
                        "%s has %d dimension%s, not %" PRIu32, item->name->text, item->sizes.dims,
                        item->sizes.dims == 1 ? "" : "s", indices);
        return AST_BROKEN;
    }
    struct ast_expr *row = base->next, *column = row->next;
    bool fine = check_row_index(scope, row, item);
    fine = (!column || check_column_index(scope, column)) && fine;
    e->uses = (uint8_t)(AST_USES_DATA | row->uses | (column ? column->uses : 0));
    if (!fine)
        return AST_BROKEN;
    if (indices == (uint32_t)item->sizes.dims)
        return scalar_or_truth(item->type);
    e->columns = (uint32_t)item->sizes.size[1].size;
    e->truths = item->type->type.is_bool;
    return AST_ROW;
}

/* ---- calls ---- */

static bool check_row(struct scope *scope, struct ast_expr *e, const char *what)
{
    enum ast_shape shape = qry_check_expression(scope, e);
    if (shape == AST_ROW && !e->truths)
        return true;
    if (shape != AST_BROKEN)
        qry_check_error(scope->check, e->place, "a row is K[j] of a table K[n][d], or a const q[d]",
                        "%s takes rows of numbers, and this is %s%s", what, shape_text(scope, e),
                        shape == AST_ROW ? " booleans" : "");
    return false;
}

static const struct ast_name *row_name(const struct ast_expr *e)
{
    return e->kind == AST_INDEX ? e->first->name : e->name;
}

static enum ast_shape dot(struct scope *scope, struct ast_expr *e)
{
    const struct ast_expr *a = e->first, *b = a->next;
    bool fine = check_row(scope, e->first, "dot");
    if (!check_row(scope, e->first->next, "dot") || !fine)
        return AST_BROKEN;
    if (a->columns == b->columns)
        return AST_SCALAR;
    const char *hint = qry_arena_printf(scope->check->tree->arena, "%s has %" PRIu32 " entries, %s has %" PRIu32,
                                        row_name(a)->text, a->columns, row_name(b)->text, b->columns);
    qry_check_error(scope->check, e->place, hint, "dot of %" PRIu32 " and %" PRIu32 " entries", a->columns, b->columns);
    return AST_BROKEN;
}

static enum ast_shape numbers(struct scope *scope, struct ast_expr *e)
{
    bool fine = true;
    for (struct ast_expr *x = e->first; x; x = x->next)
        fine = qry_check_number(scope, x, qry_ast_builtin_word(e->builtin)) && fine;
    return fine ? AST_SCALAR : AST_BROKEN;
}

/* lookup(T, e): T stands for the whole table. */
static enum ast_shape lookup(struct scope *scope, struct ast_expr *e)
{
    struct ast_expr *table = e->first;
    if (table->kind != AST_NAME || find_local(scope, table->name))
        return fault(scope, table->place, NULL, "lookup reads a table or a const of one dimension");
    const struct ast_item *item = known_item(scope, table);
    if (!item)
        return AST_BROKEN;
    if ((item->kind != AST_TABLE && item->kind != AST_CONST) || item->sizes.dims != 1)
        return fault(scope, table->place, NULL, "lookup reads a table or a const of one dimension");
    if (!qry_check_number(scope, table->next, "lookup"))
        return AST_BROKEN;
    e->uses = AST_USES_DATA;
    return scalar_or_truth(item->type);
}

static enum ast_shape call(struct scope *scope, struct ast_expr *e)
{
    static const struct {
        uint32_t least, most;
    } arity[] = {[AST_DOT] = {2, 2}, [AST_SUM] = {1, 1},          [AST_SQUARE] = {1, 1},
                 [AST_EXP] = {1, 1}, [AST_MAX] = {2, UINT32_MAX}, [AST_MIN] = {2, UINT32_MAX},
                 [AST_ABS] = {1, 1}, [AST_CLIP] = {3, 3},         [AST_LOOKUP] = {2, 2}};
    enum ast_builtin builtin = (enum ast_builtin)e->builtin;
    const char *word = qry_ast_builtin_word(builtin);
    if (e->count < arity[builtin].least || e->count > arity[builtin].most) {
        qry_check_error(scope->check, e->place, NULL, "%s takes %s%" PRIu32 " argument%s, not %" PRIu32, word,
                        arity[builtin].most == UINT32_MAX ? "at least " : "", arity[builtin].least,
                        arity[builtin].least == 1 ? "" : "s", e->count);
        return AST_BROKEN;
    }
    if (builtin == AST_DOT)
        return dot(scope, e);
    if (builtin == AST_SUM)
        return check_row(scope, e->first, "sum") ? AST_SCALAR : AST_BROKEN;
    return builtin == AST_LOOKUP ? lookup(scope, e) : numbers(scope, e);
}

static struct ast_item *called_function(struct scope *scope, struct ast_expr *e)
{
    struct ast_place place = {e->place.offset, e->name->length};
    struct ast_item *fn = e->name->item;
    if (find_local(scope, e->name) || (fn && fn->kind != AST_FN)) {
        qry_check_error(scope->check, place, NULL, "%s is not a function", e->name->text);
        return NULL;
    }
    if (!fn) {
        qry_check_error(scope->check, place, qry_check_nearest(scope, e->name), "unknown function '%.60s'",
                        e->name->text);
        return NULL;
    }
    return qry_check_item(scope->check, fn) ? fn : NULL;
}

static enum ast_shape apply(struct scope *scope, struct ast_expr *e)
{
    const struct ast_item *fn = called_function(scope, e);
    const struct ast_parameter *parameter = fn ? fn->parameters : NULL;
    bool fine = fn != NULL;
    for (struct ast_expr *x = e->first; x; x = x->next) {
        if (!parameter)
            qry_check_expression(scope, x);
        else if (parameter->type->type.is_bool)
            fine = qry_check_truth(scope, x, fn->name->text) && fine;
        else
            fine = qry_check_number(scope, x, fn->name->text) && fine;
        parameter = parameter ? parameter->next : NULL;
    }
    if (!fn)
        return AST_BROKEN;
    if (e->count != fn->parameter_count) {
        qry_check_error(scope->check, e->place, declared_on(scope->check->tree, fn),
                        "%s takes %" PRIu32 " argument%s, not %" PRIu32, fn->name->text, fn->parameter_count,
                        fn->parameter_count == 1 ? "" : "s", e->count);
        return AST_BROKEN;
    }
    e->uses = (uint8_t)(fn->uses & ~AST_USES_LOCAL);
    return fine ? (enum ast_shape)fn->expr->shape : AST_BROKEN;
}

/* ---- sums over a range ---- */

static bool check_range_end(struct scope *scope, struct ast_expr *e)
{
    if (!qry_check_number(scope, e, "the range of a sum"))
        return false;
    if (e->uses & AST_USES_BOUND)
        qry_check_error(scope->check, e->place, NULL, "the range of a sum must be constant");
    return !(e->uses & AST_USES_BOUND);
}

static enum ast_shape series(struct scope *scope, struct ast_expr *e)
{
    struct ast_expr *body = e->first, *from = body->next, *to = from->next;
    bool fine = check_range_end(scope, from);
    fine = check_range_end(scope, to) && fine;
    fine = qry_check_new_local(scope, e->counter->name, e->counter->place) && fine;
    struct local counter = {e->counter->name, AST_MEANS_COUNTER, scope->slots, NULL, scope->locals};
    e->slot = scope->slots++;
    if (scope->item->slots < scope->slots)
        scope->item->slots = scope->slots;
    scope->locals = &counter;
    fine = qry_check_number(scope, body, "sum") && fine;
    scope->locals = counter.outer;
    scope->slots--;
    return fine ? AST_SCALAR : AST_BROKEN;
}

/* ---- operators ---- */

static enum ast_shape shift(struct scope *scope, struct ast_expr *e)
{
    const char *what = qry_ast_operator_word((enum ast_kind)e->kind);
    struct ast_expr *by = e->first->next;
    bool fine = qry_check_number(scope, e->first, what);
    fine = qry_check_number(scope, by, what) && fine;
    if (fine && (by->uses & AST_USES_BOUND))
        return fault(scope, by->place, NULL, "a shift goes by a constant");
    return fine ? AST_SCALAR : AST_BROKEN;
}

/* Numbers, or for == and != two booleans. */
static enum ast_shape comparison(struct scope *scope, struct ast_expr *e)
{
    const char *what = qry_ast_operator_word((enum ast_kind)e->kind);
    struct ast_expr *a = e->first, *b = a->next;
    if (e->kind != AST_EQUAL && e->kind != AST_UNEQUAL) {
        bool fine = qry_check_number(scope, a, what);
        return qry_check_number(scope, b, what) && fine ? AST_TRUTH : AST_BROKEN;
    }
    enum ast_shape x = qry_check_expression(scope, a), y = qry_check_expression(scope, b);
    if (x == AST_BROKEN || y == AST_BROKEN)
        return AST_BROKEN;
    if (x == y && x != AST_ROW)
        return AST_TRUTH;
    qry_check_error(scope->check, e->place, NULL, "'%s' compares two numbers or two booleans, not %s and %s", what,
                    shape_text(scope, a), shape_text(scope, b));
    return AST_BROKEN;
}

static enum ast_shape conditional(struct scope *scope, struct ast_expr *e)
{
    struct ast_expr *yes = e->first->next, *no = yes->next;
    bool fine = qry_check_truth(scope, e->first, "if");
    enum ast_shape x = qry_check_expression(scope, yes), y = qry_check_expression(scope, no);
    if (!fine || x == AST_BROKEN || y == AST_BROKEN)
        return AST_BROKEN;
    if (x == y && x != AST_ROW)
        return x;
    qry_check_error(scope->check, e->place, NULL,
                    "the branches of \"if\" are two numbers or two booleans, not %s and %s", shape_text(scope, yes),
                    shape_text(scope, no));
    return AST_BROKEN;
}

static enum ast_shape cast(struct scope *scope, struct ast_expr *e)
{
    bool fine = qry_check_number(scope, e->first, "as");
    if (e->type->type.is_bool)
        return fault(scope, e->type->place, "compare instead: x != 0", "\"as\" gives numbers, not booleans");
    return qry_check_type(scope->check, e->type) && fine ? AST_SCALAR : AST_BROKEN;
}

/* Arithmetic takes numbers and gives one; && || ! take booleans and give one. */
static enum ast_shape operation(struct scope *scope, struct ast_expr *e)
{
    const char *what = qry_ast_operator_word((enum ast_kind)e->kind);
    bool logical = e->kind == AST_AND || e->kind == AST_OR || e->kind == AST_NOT, fine = true;
    for (struct ast_expr *x = e->first; x; x = x->next)
        fine = (logical ? qry_check_truth(scope, x, what) : qry_check_number(scope, x, what)) && fine;
    if (!fine)
        return AST_BROKEN;
    return logical ? AST_TRUTH : AST_SCALAR;
}

static enum ast_shape shape_of(struct scope *scope, struct ast_expr *e)
{
    switch ((enum ast_kind)e->kind) {
    case AST_NUMBER:
        return AST_SCALAR;
    case AST_NAME:
        return name(scope, e);
    case AST_INDEX:
        return index_shape(scope, e);
    case AST_CALL:
        return call(scope, e);
    case AST_APPLY:
        return apply(scope, e);
    case AST_SERIES:
        return series(scope, e);
    case AST_IF:
        return conditional(scope, e);
    case AST_AS:
        return cast(scope, e);
    case AST_SHIFT_LEFT:
    case AST_SHIFT_RIGHT:
        return shift(scope, e);
    case AST_EQUAL:
    case AST_UNEQUAL:
    case AST_LESS:
    case AST_LESS_EQUAL:
    case AST_GREATER:
    case AST_GREATER_EQUAL:
        return comparison(scope, e);
    default:
        return operation(scope, e);
    }
}

enum ast_shape qry_check_expression(struct scope *scope, struct ast_expr *e)
{
    struct check *check = scope->check;
    if (check->depth >= CHECK_MAX_DEPTH)
        return fault(scope, e->place, "declare first what others need", "declarations need each other too deeply");
    check->depth++;
    e->shape = (uint8_t)shape_of(scope, e);
    check->depth--;
    if (e->kind != AST_NUMBER && e->kind != AST_NAME && e->kind != AST_INDEX)
        for (const struct ast_expr *x = e->first; x; x = x->next)
            e->uses |= x->uses;
    return (enum ast_shape)e->shape;
}
