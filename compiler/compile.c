/* compile.c: the compiler, pass by pass, in the order of passes.def. */
#include "compiler/ast.h"
#include "compiler/program.h"
#include "compiler/qram/qram.h"

#include <inttypes.h>
#include <string.h>

/* ---- what each pass left, for --dump ---- */

static void print_read(FILE *stream, const qry_program *program) { qry_ast_print(stream, program->tree); }

static void print_check(FILE *stream, const qry_program *program) { qry_ast_print(stream, program->tree); }

static void print_load(FILE *stream, const qry_program *program)
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

static void print_fold(FILE *stream, const qry_program *program)
{
    for (size_t i = 0; i < program->statement_count; i++) {
        const qry_statement *s = &program->statements[i];
        fprintf(stream, "%s: %s in %" PRIu64 " .. %" PRIu64 "\n", s->name, s->bound, s->low, s->high);
        qry_formula_print(stream, &s->where);
    }
}

static void print_widths(FILE *stream, const qry_program *program) { print_fold(stream, program); }

static void print_lower(FILE *stream, const qry_program *program)
{
    qry_circuit_dump(program->search->circuit, stream);
}

/* ---- the passes ---- */

static const struct pass {
    const char *name;
    bool (*run)(qry_program *program);
    void (*print)(FILE *stream, const qry_program *program); /* what it left */
} passes[QRY_PASSES] = {
#define PASS(name, requires, leaves) {#name, qry_pass_##name, print_##name},
#include "compiler/passes.def"
#undef PASS
};

static void dump_after(const qry_program *program, enum qry_pass pass)
{
    if (program->dump && strcmp(program->dump, passes[pass].name) == 0)
        passes[pass].print(stderr, program);
}

bool qry_program_run(qry_program *program, enum qry_pass first, enum qry_pass last)
{
    for (enum qry_pass pass = first; pass <= last; pass++) {
        if (!passes[pass].run(program))
            return false;
        dump_after(program, pass);
    }
    return true;
}

/* From check to widths, on memory of their own. */
static bool run_again(qry_program *program)
{
    struct qry_ast_program *tree = program->tree;
    qry_arena_free(program->work);
    program->work = NULL;
    program->work = qry_arena_new(program->ctx);
    program->statements = NULL;
    program->statement_count = 0;
    tree->fault_count = 0;
    if (!qry_program_run(program, QRY_PASS_check, QRY_PASS_widths)) {
        program->statement_count = 0; /* formulas of a pass that failed are nobody's */
        return false;
    }
    tree->compiled = true;
    tree->changes_compiled = tree->changes;
    return true;
}

/* The notes for an explanation are nodes as well: they go before anything is made of the formulas, so that an
 * explanation changes nothing. */
static bool explain(qry_program *program)
{
    struct qry_ast_program *tree = program->tree;
    const char *dump = program->dump;
    tree->explain = tree->again = true;
    program->dump = NULL; /* that has been printed */
    bool fine = run_again(program);
    tree->explain = false;
    if (fine)
        qry_widths_explain(stderr, program);
    fine = fine && run_again(program);
    program->dump = dump;
    return fine;
}

/* ---- options ---- */

static const char *pass_name(size_t i) { return i < QRY_PASSES ? passes[i].name : NULL; }

/* The name in a list that ends with NULL; NULL after a report when it is not there. */
static const char *find_name(qry_program *program, const char *what, const char *name, const char *(*names)(size_t))
{
    const char *list = names(0);
    for (size_t i = 0; names(i); i++)
        if (strcmp(names(i), name) == 0)
            return names(i);
    for (size_t i = 1; names(i); i++)
        list = qry_arena_printf(program->syntax, "%s%s%s", list, names(i + 1) ? ", " : " and ", names(i));
    qry_error(program->ctx, "there is no %s '%.60s'; there are %s", what, name, list);
    return NULL;
}

static bool take_options(qry_program *program, const qry_compile_options *options)
{
    const char *dump = options->dump, *qram = options->qram;
    if (qram && !(qram = find_name(program, "QRAM architecture", qram, qry_qram_name)))
        return false;
    if (dump && !(dump = find_name(program, "pass", dump, pass_name)))
        return false;
    program->tree->qram = qram;
    program->dump = dump;
    return true;
}

bool qry_program_run_passes(qry_program *program, const qry_compile_options *options)
{
    struct qry_ast_program *tree = program->tree;
    tree->again = tree->compiled && (!options || tree->changes == tree->changes_compiled);
    program->dump = NULL;
    if (!options)
        return run_again(program);
    if (!take_options(program, options))
        return false;
    dump_after(program, QRY_PASS_read); /* the tree has been there for long */
    return run_again(program) && (!options->explain_widths || explain(program));
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
