/* ast_print.c: the syntax tree as text, for --dump=read and --dump=check: one item a line, expressions as (operator part
 * part). The pass check adds names of statements and values of params. */
#include "compiler/ast.h"

#include <inttypes.h>

static void print_number(FILE *stream, qry_rational number)
{
    fprintf(stream, "%" PRId64, number.num);
    if (number.den != 1)
        fprintf(stream, "/%" PRId64, number.den);
}

static const char *head(const struct ast_expr *e)
{
    if (e->kind == AST_CALL)
        return qry_ast_builtin_word((enum ast_builtin)e->builtin);
    return e->kind == AST_APPLY ? e->name->text : qry_ast_operator_word((enum ast_kind)e->kind);
}

static void print_expression(FILE *stream, qry_arena *arena, const struct ast_expr *e)
{
    if (e->kind == AST_NUMBER) {
        print_number(stream, e->number);
        return;
    }
    if (e->kind == AST_NAME) {
        fputs(e->name->text, stream);
        return;
    }
    fprintf(stream, "(%s", head(e));
    if (e->kind == AST_SERIES)
        fprintf(stream, " %s", e->counter->name->text);
    for (const struct ast_expr *x = e->first; x; x = x->next) {
        putc(' ', stream);
        print_expression(stream, arena, x);
    }
    if (e->kind == AST_AS)
        fprintf(stream, " %s", qry_type_text(arena, e->type->type));
    putc(')', stream);
}

static void print_part(FILE *stream, qry_arena *arena, const char *word, const struct ast_expr *e)
{
    if (!e)
        return;
    fprintf(stream, " %s ", word);
    print_expression(stream, arena, e);
}

static void print_data(FILE *stream, qry_arena *arena, const struct ast_item *item)
{
    fprintf(stream, "%s %s", item->kind == AST_TABLE ? "table" : "const", item->name->text);
    for (int i = 0; i < item->sizes.dims; i++)
        fprintf(stream, "[%" PRId64 "]", item->sizes.size[i].size);
    fprintf(stream, " : %s", qry_type_text(arena, item->type->type));
    const struct ast_source_text *source = item->source;
    if (!source)
        print_part(stream, arena, "=", item->expr);
    else if (source->list)
        print_part(stream, arena, "=", source->list);
    else
        fprintf(stream, " = %s \"%s\"", qry_ast_source_word(source->from), source->path);
    if (source && source->member)
        fprintf(stream, " \"%s\"", source->member);
    if (source && source->has_row)
        fprintf(stream, " row %" PRId64, source->row);
}

static void print_fn(FILE *stream, qry_arena *arena, const struct ast_item *item)
{
    fprintf(stream, "fn %s", item->name->text);
    for (const struct ast_parameter *p = item->parameters; p; p = p->next)
        fprintf(stream, " %s : %s", p->name->text, qry_type_text(arena, p->type->type));
    if (item->type)
        fprintf(stream, " gives %s", qry_type_text(arena, item->type->type));
    print_part(stream, arena, "=", item->expr);
}

static void print_statement(FILE *stream, qry_arena *arena, const struct ast_item *item)
{
    if (item->name)
        fprintf(stream, "%s: ", item->name->text);
    fprintf(stream, "%s %s", qry_ast_query_words(item->query), item->bound->text);
    print_part(stream, arena, "in", item->domain.from);
    print_part(stream, arena, "..", item->domain.to);
    print_part(stream, arena, "by", item->by);
    print_part(stream, arena, "where", item->expr);
    for (const struct ast_option *o = item->options; o; o = o->next)
        print_part(stream, arena, o->name->text, o->value);
}

static void print_qram(FILE *stream, const struct ast_item *item)
{
    fprintf(stream, "qram %s", qry_ast_arch(item->arch.arch)->name);
    if (item->arch.has_size)
        fprintf(stream, "(%" PRId64 ")", item->arch.size.size);
    for (const struct ast_reference *r = item->tables; r; r = r->next)
        fprintf(stream, " %s", r->name->text);
}

void qry_ast_print(FILE *stream, const struct qry_ast_program *tree)
{
    for (const struct ast_item *item = tree->first; item; item = item->next) {
        switch (item->kind) {
        case AST_TABLE:
        case AST_CONST:
            print_data(stream, tree->arena, item);
            break;
        case AST_PARAM:
            fprintf(stream, "param %s", item->name->text);
            print_part(stream, tree->arena, "=", item->expr);
            if (item->value.den) {
                fputs("  is ", stream);
                print_number(stream, item->value);
            }
            break;
        case AST_QRAM:
            print_qram(stream, item);
            break;
        case AST_FN:
            print_fn(stream, tree->arena, item);
            break;
        case AST_STATEMENT:
            print_statement(stream, tree->arena, item);
            break;
        }
        putc('\n', stream);
    }
}
