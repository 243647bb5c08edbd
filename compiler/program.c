/* program.c: a program as its owner holds it: reading, replacing params and data, freeing. */
#include "compiler/program.h"

#include "compiler/ast.h"
#include "compiler/check.h"
#include "compiler/load.h"
#include "compiler/parser.h"

#include <inttypes.h>
#include <string.h>

/* The pass read. Requires: source. Leaves: the tree, nothing in it checked, and room for the data of its tables. */
bool qry_pass_read(qry_program *program)
{
    program->syntax = qry_arena_new(program->ctx);
    program->tree = qry_parse(program->ctx, program->syntax, program->source);
    if (!program->tree)
        return false;
    program->table_count = program->tree->tables;
    program->tables = qry_alloc(program->ctx, program->table_count, sizeof *program->tables);
    return true;
}

qry_program *qry_program_read(qry_ctx *ctx, const qry_source *source)
{
    qry_program *program = qry_alloc(ctx, 1, sizeof *program);
    *program = (qry_program){.ctx = ctx, .source = source, .work = qry_arena_new(ctx)};
    if (qry_program_run(program, QRY_PASS_read, QRY_PASS_read))
        return program;
    qry_program_free(program);
    return NULL;
}

void qry_program_free(qry_program *program)
{
    if (!program)
        return;
    qry_ctx *ctx = program->ctx;
    for (struct ast_item *item = program->tree ? program->tree->first : NULL; item; item = item->next)
        if (item->data)
            qry_free(ctx, item->data->mantissas);
    qry_free(ctx, program->tables);
    qry_arena_free(program->work);
    qry_arena_free(program->syntax);
    qry_free(ctx, program);
}

static struct ast_item *find(const qry_program *program, const char *name)
{
    for (struct ast_item *item = program->tree->first; item; item = item->next)
        if (item->kind != AST_STATEMENT && item->name && strcmp(item->name->text, name) == 0)
            return item;
    return NULL;
}

/* ---- params ---- */

static struct ast_item *find_param(qry_program *program, const char *name)
{
    struct ast_item *item = find(program, name);
    if (item && item->kind == AST_PARAM)
        return item;
    size_t count = 0, i = 0;
    for (const struct ast_item *it = program->tree->first; it; it = it->next)
        count += it->kind == AST_PARAM;
    const char **names = qry_arena_alloc(program->syntax, count, sizeof *names);
    for (const struct ast_item *it = program->tree->first; it; it = it->next)
        if (it->kind == AST_PARAM)
            names[i++] = it->name->text;
    const char *hint = qry_nearest_word(program->syntax, name, names, count);
    qry_error(program->ctx, "%s declares no param '%.60s'%s%s", program->source->name, name, hint ? "; " : "",
              hint ? hint : "");
    return NULL;
}

bool qry_program_set_param(qry_program *program, const char *name, qry_rational value)
{
    struct ast_item *item = find_param(program, name);
    if (!item)
        return false;
    item->value = value;
    item->replaced = true;
    program->tree->changes++;
    return true;
}

/* The value is parsed as what it stands for: a declaration in a program of its own. */
bool qry_program_define(qry_program *program, const char *name, const char *value)
{
    qry_ctx *ctx = program->ctx;
    if (!find_param(program, name))
        return false;
    qry_arena *arena = qry_arena_new(ctx);
    const char *text = qry_arena_printf(arena, "param %s = %s;", name, value);
    const qry_source *source = qry_source_from_text(ctx, "-D", text, strlen(text));
    struct qry_ast_program *tree = qry_parse(ctx, arena, source);
    qry_program alone = {.ctx = ctx, .source = source, .syntax = arena, .work = arena, .tree = tree};
    struct ast_item *param = tree ? tree->first : NULL;
    bool fine = false;
    if (param && (param->next || param->kind != AST_PARAM))
        qry_error(ctx, "-D %s: the value is one expression", name);
    else if (param && qry_check_constant(&alone, param))
        fine = qry_program_set_param(program, name, param->value);
    qry_arena_free(arena);
    return fine;
}

/* ---- data ---- */

static bool are_of_type(qry_ctx *ctx, const qry_table *table, const int64_t *mantissas, size_t count)
{
    int64_t low = qry_type_min(table->type), high = qry_type_max(table->type);
    for (size_t i = 0; i < count; i++) {
        if (mantissas[i] >= low && mantissas[i] <= high)
            continue;
        qry_error(ctx, "entry %zu bound to %s is %" PRId64 ", and its mantissas go from %" PRId64 " to %" PRId64, i,
                  table->name, mantissas[i], low, high);
        return false;
    }
    return true;
}

bool qry_program_bind(qry_program *program, const char *name, const int64_t *mantissas)
{
    struct qry_ast_program *tree = program->tree;
    if ((!program->checked && !qry_pass_check(program)) || tree->faulty)
        return false;
    struct ast_item *item = find(program, name);
    if (!item || !item->data) {
        qry_error(program->ctx, "%s declares no table or const '%.60s'", program->source->name, name);
        return false;
    }
    qry_table *table = item->data;
    size_t count = (size_t)table->rows * table->columns;
    if (!are_of_type(program->ctx, table, mantissas, count))
        return false;
    int64_t *copy = qry_alloc(program->ctx, count, sizeof *copy);
    memcpy(copy, mantissas, count * sizeof *copy);
    if (qry_table_take(tree, table, copy))
        tree->changes++;
    item->is_bound = true;
    return true;
}
