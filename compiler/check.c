/* check.c: the pass check.
 *
 * Requires: the tree as parsed. Leaves: every name resolved, the shape and the uses of every expression, the slots of
 * every function and statement, an order in which declarations can be evaluated, the values of params, the settings of
 * statements. Everything but the last two holds for good: it is done once.
 *
 * Declarations may be used before they stand in the text: they are checked when they are first needed. */
#include "compiler/check.h"

#include "compiler/program.h"
#include "compiler/qram/qram.h"

#include <stdarg.h>
#include <string.h>

void qry_check_error(struct check *check, struct ast_place place, const char *hint, const char *format, ...)
{
    char message[512];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    qry_error_at(check->tree->ctx, qry_ast_span(check->tree, place), hint, "%s", message);
}

void qry_check_unsupported(struct check *check, struct ast_place place, const char *what)
{
    qry_check_error(check, place, NULL, "%s is not supported by this version yet", what);
}

static size_t line_of(const struct check *check, struct ast_place place)
{
    size_t line, column;
    qry_source_position(check->tree->source, place.offset, &line, &column);
    return line;
}

/* ---- types and sizes ---- */

bool qry_check_type(struct check *check, const struct ast_type *type)
{
    qry_type t = type->type;
    int width = qry_type_width(t);
    if (width < 1 || width > QRY_MAX_WIDTH) {
        qry_check_error(check, type->place, "integer and fraction bits together are 1 to 62", "a type of %d bits",
                        width);
        return false;
    }
    if (t.integer <= QRY_MAX_WIDTH && t.fraction <= QRY_MAX_WIDTH)
        return true;
    qry_check_error(check, type->place, "scale the data", "a type whose point lies more than %d bits away",
                    QRY_MAX_WIDTH);
    return false;
}

static bool check_sizes(struct check *check, const struct ast_sizes *sizes)
{
    uint64_t entries = 1;
    for (int i = 0; i < sizes->dims; i++) {
        const struct ast_size *size = &sizes->size[i];
        if (size->size < 1) {
            qry_check_error(check, size->place, NULL, "a size is at least 1");
            return false;
        }
        if (size->size > UINT32_MAX || (entries *= (uint64_t)size->size) > UINT64_C(1) << 40) {
            qry_check_error(check, size->place, "a table has fewer than 2^32 rows, and at most 2^40 entries",
                            "the table is too large");
            return false;
        }
    }
    return true;
}

/* ---- declarations ---- */

/* Entries of a list are numbers, or also booleans where the type is bool. */
static bool check_entry(struct scope *scope, struct ast_expr *e)
{
    bool is_bool = scope->item->type->type.is_bool;
    enum ast_shape shape = qry_check_expression(scope, e);
    scope->item->uses |= e->uses;
    if (shape == AST_BROKEN || shape == AST_SCALAR || (shape == AST_TRUTH && is_bool))
        return shape != AST_BROKEN;
    qry_check_error(scope->check, e->place, NULL,
                    shape == AST_TRUTH ? "this is a boolean, and %s holds numbers"
                                       : "this is a row, and an entry of %s is one number",
                    scope->item->name->text);
    return false;
}

static bool check_list(struct scope *scope, struct ast_expr *list)
{
    bool fine = true;
    if (list->kind != AST_LIST)
        return list->kind == AST_NUMBER || check_entry(scope, list);
    for (struct ast_expr *entry = list->first; entry; entry = entry->next)
        fine = check_list(scope, entry) && fine;
    return fine;
}

static bool check_source(struct scope *scope, struct ast_source_text *source)
{
    if (source->from == AST_FROM_LIST)
        return check_list(scope, source->list);
    if (source->from != AST_FROM_SAFETENSORS)
        return true;
    qry_check_unsupported(scope->check, source->place, qry_ast_source_word(source->from));
    return false;
}

/* A table or a const: what it holds, and where that comes from. */
static bool check_data(struct scope *scope, struct ast_item *item)
{
    bool fine = qry_check_type(scope->check, item->type);
    fine = check_sizes(scope->check, &item->sizes) && fine;
    if (item->source)
        return check_source(scope, item->source) && fine;
    if (item->sizes.dims) {
        qry_check_error(scope->check, item->expr->place, NULL, "%s has entries: it needs a list or a file",
                        item->name->text);
        return false;
    }
    return check_entry(scope, item->expr) && fine;
}

static bool check_param(struct scope *scope, struct ast_item *item)
{
    if (!qry_check_number(scope, item->expr, "param"))
        return false;
    item->uses = item->expr->uses;
    if (item->uses & AST_USES_DATA)
        qry_check_error(scope->check, item->expr->place, "make it a const",
                        "a param is made of numbers and other params");
    return !(item->uses & AST_USES_DATA);
}

static bool check_result(struct scope *scope, struct ast_item *fn)
{
    enum ast_shape shape = qry_check_expression(scope, fn->expr);
    if (shape == AST_BROKEN)
        return false;
    if (shape == AST_ROW) {
        qry_check_error(scope->check, fn->expr->place, NULL, "a function gives a number or a boolean, not a row");
        return false;
    }
    if (!fn->type)
        return true;
    if (fn->type->type.is_bool != (shape == AST_TRUTH)) {
        qry_check_error(scope->check, fn->expr->place, NULL, "%s is declared to give a %s", fn->name->text,
                        fn->type->type.is_bool ? "boolean" : "number");
        return false;
    }
    return qry_check_type(scope->check, fn->type);
}

/* Parameters are locals one within the other; the body sees them all. */
static bool check_fn(struct scope *scope, struct ast_item *fn)
{
    enum { MOST = 1000 };
    struct local *locals = qry_arena_alloc(scope->check->tree->arena, fn->parameter_count, sizeof *locals);
    bool fine = true;
    if (fn->parameter_count > MOST) {
        qry_check_error(scope->check, fn->place, NULL, "a function has at most %d parameters", MOST);
        return false;
    }
    for (const struct ast_parameter *p = fn->parameters; p; p = p->next) {
        struct local *local = &locals[scope->slots];
        fine = qry_check_new_local(scope, p->name, p->place) && qry_check_type(scope->check, p->type) && fine;
        *local = (struct local){p->name, AST_MEANS_ARGUMENT, scope->slots++, p->type, scope->locals};
        scope->locals = local;
    }
    fn->slots = scope->slots;
    fine = check_result(scope, fn) && fine;
    fn->uses = fn->expr->uses;
    return fine;
}

bool qry_check_item(struct check *check, struct ast_item *item)
{
    struct scope scope = {.check = check, .item = item};
    if (item->state == AST_IN_PROGRESS) {
        qry_check_error(check, item->place, NULL,
                        item->kind == AST_FN ? "the function %s calls itself" : "%s is declared in terms of itself",
                        item->name->text);
        item->state = AST_FAULTY;
    }
    if (item->state != AST_NOT_YET)
        return item->state == AST_FINE;
    item->state = AST_IN_PROGRESS;
    bool fine = item->kind == AST_PARAM ? check_param(&scope, item)
                : item->kind == AST_FN  ? check_fn(&scope, item)
                                        : check_data(&scope, item);
    item->state = fine && item->state != AST_FAULTY ? AST_FINE : AST_FAULTY;
    if (item->kind != AST_FN) {
        *check->order = item;
        check->order = &item->ordered;
    }
    return item->state == AST_FINE;
}

/* Names are declared before anything is looked up. */
static void declare(struct check *check, struct ast_item *item)
{
    if (item->kind == AST_QRAM || item->kind == AST_STATEMENT)
        return;
    if (!item->name->item) {
        item->name->item = item;
        return;
    }
    const char *hint =
        qry_arena_printf(check->tree->arena, "it is declared on line %zu", line_of(check, item->name->item->place));
    qry_check_error(check, item->place, hint, "the name '%s' is taken", item->name->text);
    item->state = AST_FAULTY;
}

/* ---- qram ---- */

static void check_arch(struct check *check, const struct ast_item *item)
{
    const struct ast_arch_kind *kind = qry_ast_arch(item->arch.arch);
    const struct ast_size *size = &item->arch.size;
    if (item->arch.has_size && !kind->takes_number)
        qry_check_error(check, size->place, NULL, "%s takes no number", kind->name);
    else if (kind->takes_number && !item->arch.has_size)
        qry_check_error(check, item->place, NULL, "%s takes a number of bits: %s(2)", kind->name, kind->name);
    else if (size->size > 32)
        qry_check_error(check, size->place, NULL, "an address has at most 32 bits");
    if (!kind->built)
        qry_check_unsupported(check, item->place, kind->name);
}

static void check_qram(struct check *check, struct ast_item *item, struct ast_item **default_qram)
{
    check_arch(check, item);
    if (!item->tables) {
        if (*default_qram)
            qry_check_error(check, item->place, "name its tables: qram ... for K, V",
                            "line %zu says already which QRAM all other tables have",
                            line_of(check, (*default_qram)->place));
        *default_qram = item;
    }
    for (const struct ast_reference *r = item->tables; r; r = r->next) {
        struct ast_item *table = r->name->item;
        if (!table || table->kind != AST_TABLE)
            qry_check_error(check, r->place, NULL, "'%s' is not a table", r->name->text);
        else if (table->qram)
            qry_check_error(check, r->place, NULL, "line %zu says already which QRAM %s has",
                            line_of(check, table->qram->place), r->name->text);
        else
            table->qram = item;
    }
}

/* ---- statements ---- */

static void check_domain(struct scope *scope, struct ast_item *item)
{
    struct ast_expr *from = item->domain.from, *to = item->domain.to;
    struct check *check = scope->check;
    if (to) {
        qry_check_number(scope, from, "a range");
        qry_check_number(scope, to, "a range");
        return;
    }
    struct ast_item *table = from->kind == AST_NAME ? from->name->item : NULL;
    if (table && table->kind == AST_TABLE)
        qry_check_item(check, table);
    else if (from->kind == AST_NAME && !table)
        qry_check_error(check, from->place, qry_check_nearest(scope, from->name), "unknown table '%.60s'",
                        from->name->text);
    else
        qry_check_error(check, from->place, "write a table's name, or a range: 0..15",
                        "the rows come from a table or from a range of whole numbers");
}

static void check_statement(struct check *check, struct ast_item *item)
{
    struct scope scope = {.check = check, .item = item};
    qry_check_options(&scope);
    check_domain(&scope, item);
    qry_check_new_local(&scope, item->bound, item->bound_place);
    struct local bound = {item->bound, AST_MEANS_BOUND, 0, NULL, NULL};
    scope.locals = &bound;
    if (item->by)
        qry_check_number(&scope, item->by, qry_ast_query_words(item->query));
    if (item->expr)
        qry_check_truth(&scope, item->expr, "where");
}

/* Statements without a name are s1, s2, ... by place. */
static void name_statements(struct check *check)
{
    struct qry_ast_program *tree = check->tree;
    size_t place = 0;
    for (struct ast_item *item = tree->first; item; item = item->next) {
        if (item->kind != AST_STATEMENT)
            continue;
        place++;
        if (!item->name) {
            const char *text = qry_arena_printf(tree->arena, "s%zu", place);
            item->name = qry_ast_intern(tree, text, strlen(text));
            item->label_place = item->place;
        }
        if (item->name->statement) {
            const char *hint = qry_arena_printf(tree->arena, "so is the one on line %zu",
                                                line_of(check, item->name->statement->place));
            qry_check_error(check, item->label_place, hint, "this statement is called %s", item->name->text);
        }
        item->name->statement = item;
    }
}

/* ---- the pass ---- */

/* Tables get their place in program->tables; consts have one of their own. */
static void place_data(qry_program *program)
{
    struct qry_ast_program *tree = program->tree;
    size_t tables = 0;
    for (struct ast_item *item = tree->first; item; item = item->next) {
        if (item->kind != AST_TABLE && item->kind != AST_CONST)
            continue;
        const struct ast_size *size = item->sizes.size;
        item->data = item->kind == AST_TABLE ? &program->tables[tables++] : QRY_NEW(tree->arena, qry_table);
        *item->data = (qry_table){.name = item->name->text,
                                  .rows = item->sizes.dims > 0 ? (uint64_t)size[0].size : 1,
                                  .columns = item->sizes.dims > 1 ? (uint32_t)size[1].size : 1,
                                  .type = item->type->type,
                                  .span = qry_ast_span(tree, item->place)};
    }
}

static void check_tree(struct check *check, qry_program *program)
{
    struct qry_ast_program *tree = check->tree;
    struct ast_item *default_qram = NULL;
    for (struct ast_item *item = tree->first; item; item = item->next)
        declare(check, item);
    name_statements(check);
    for (struct ast_item *item = tree->first; item; item = item->next) {
        if (item->kind == AST_QRAM)
            check_qram(check, item, &default_qram);
        else if (item->kind == AST_STATEMENT)
            check_statement(check, item);
        else
            qry_check_item(check, item);
    }
    tree->default_qram = default_qram;
    if (!tree->statements)
        qry_check_error(check, (struct ast_place){(uint32_t)tree->source->length, 0},
                        "for example: search all j in K where K[j] > 3;", "a program without a statement does nothing");
    place_data(program);
}

/* Which architecture every table has: the override, what its qram statement says, what the default one says. */
static void choose_qram(qry_program *program)
{
    struct qry_ast_program *tree = program->tree;
    tree->default_arch = tree->default_qram ? qry_ast_arch(tree->default_qram->arch.arch)->name : qry_qram_name(0);
    if (tree->qram)
        tree->default_arch = tree->qram;
    for (struct ast_item *item = tree->first; item; item = item->next)
        if (item->kind == AST_TABLE)
            item->data->arch =
                item->qram && !tree->qram ? qry_ast_arch(item->qram->arch.arch)->name : tree->default_arch;
}

bool qry_pass_check(qry_program *program)
{
    struct qry_ast_program *tree = program->tree;
    struct check check = {.tree = tree, .order = &tree->ordered};
    if (program->checked && tree->faulty)
        return false; /* all has been said */
    if (!program->checked) {
        size_t errors = qry_error_count(tree->ctx);
        check_tree(&check, program);
        program->checked = true;
        tree->faulty = qry_error_count(tree->ctx) != errors;
    }
    choose_qram(program);
    return qry_check_settings(&check, program) && !tree->faulty;
}
