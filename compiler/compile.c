/* compile.c: the compiler's passes, in order. --dump=NAME prints what the pass NAME left. */
#include "compiler/ast.h"
#include "compiler/program.h"

#include <inttypes.h>
#include <string.h>

static void print_tree(FILE *stream, const qry_program *program) { qry_ast_print(stream, program->tree); }

static void print_data(FILE *stream, const qry_program *program)
{
    for (const struct ast_item *item = program->tree->first; item; item = item->next) {
        const qry_table *t = item->data;
        if (t)
            fprintf(stream,
                    "%s: %" PRIu64 " x %" PRIu32 " %s, mantissas %" PRId64 " .. %" PRId64 ", version %" PRIu64 "%s%s\n",
                    t->name, t->rows, t->columns, qry_type_text(program->work, t->type), t->low, t->high, t->version,
                    t->arch ? ", " : "", t->arch ? t->arch : "");
    }
}

static void print_formulas(FILE *stream, const qry_program *program)
{
    for (size_t i = 0; i < program->statement_count; i++) {
        const qry_statement *s = &program->statements[i];
        fprintf(stream, "%s: %s in %" PRIu64 " .. %" PRIu64 "\n", s->name, s->bound, s->low, s->high);
        qry_formula_print(stream, &s->where);
    }
}

static const struct pass {
    const char *name;
    bool (*run)(qry_program *program);
    void (*print)(FILE *stream, const qry_program *program); /* what it leaves: */
} passes[] = {
    {"check", qry_pass_check, print_tree},       /* names and shapes, values of params, settings of statements */
    {"load", qry_pass_load, print_data},         /* the mantissas of tables and consts */
    {"fold", qry_pass_fold, print_formulas},     /* a formula for every statement */
    {"widths", qry_pass_widths, print_formulas}, /* the interval and the width of every node */
};

static bool known_qram(qry_ctx *ctx, const char *name)
{
    if (!name || strcmp(name, "bucket_brigade") == 0 || strcmp(name, "select") == 0)
        return true;
    qry_error(ctx, "there is no QRAM architecture '%.60s'; there are bucket_brigade and select", name);
    return false;
}

static bool known_pass(qry_ctx *ctx, const char *name)
{
    bool known = !name;
    for (size_t i = 0; i < sizeof passes / sizeof passes[0]; i++)
        known = known || strcmp(passes[i].name, name) == 0;
    if (!known)
        qry_error(ctx, "there is no pass '%.60s'; there are check, load, fold and widths", name);
    return known;
}

static bool run(qry_program *program, const char *dump)
{
    qry_arena_free(program->work);
    program->work = NULL;
    program->work = qry_arena_new(program->ctx);
    program->statements = NULL;
    program->statement_count = 0;
    program->tree->fault_count = 0;
    for (size_t i = 0; i < sizeof passes / sizeof passes[0]; i++) {
        if (!passes[i].run(program)) {
            program->statement_count = 0; /* formulas of a pass that failed are nobody's */
            return false;
        }
        if (dump && strcmp(dump, passes[i].name) == 0)
            passes[i].print(stderr, program);
    }
    program->tree->compiled = true;
    program->tree->changes_compiled = program->tree->changes;
    return true;
}

/* The notes for an explanation are nodes as well: they go before anything is made of the formulas, so that an
 * explanation changes nothing. */
static bool explain(qry_program *program)
{
    struct qry_ast_program *tree = program->tree;
    tree->explain = tree->again = true;
    bool fine = run(program, NULL);
    tree->explain = false;
    if (!fine)
        return false;
    qry_widths_explain(stderr, program);
    return run(program, NULL);
}

bool qry_program_run_passes(qry_program *program, const qry_compile_options *options)
{
    struct qry_ast_program *tree = program->tree;
    tree->again = tree->compiled && (!options || tree->changes == tree->changes_compiled);
    if (!options)
        return run(program, NULL);
    if (!known_qram(program->ctx, options->qram) || !known_pass(program->ctx, options->dump))
        return false;
    tree->qram = !options->qram ? NULL : strcmp(options->qram, "select") == 0 ? "select" : "bucket_brigade";
    return run(program, options->dump) && (!options->explain_widths || explain(program));
}

/* ---- statements ---- */

size_t qry_program_statements(const qry_program *program) { return program->tree->statements; }

static const struct ast_item *statement_item(const qry_program *program, size_t i)
{
    const struct ast_item *item = program->tree->first;
    while (item && (item->kind != AST_STATEMENT || i-- > 0))
        item = item->next;
    return item;
}

const char *qry_program_statement_name(const qry_program *program, size_t i)
{
    const struct ast_item *item = statement_item(program, i);
    qry_must(item && item->name);
    return item->name->text;
}

const qry_statement *qry_program_find_statement(const qry_program *program, const char *name)
{
    for (size_t i = 0; i < program->statement_count; i++)
        if (!name || strcmp(program->statements[i].name, name) == 0)
            return &program->statements[i];
    qry_error(program->ctx, "%s has no statement '%.60s'", program->source->name, name);
    return NULL;
}
