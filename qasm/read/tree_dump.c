/* tree_dump.c: the tree, a node a line, without places: for tests that compare two of them. */
#include "qasm/read/build.h"

#include <string.h>

struct dump {
    FILE *stream;
    int depth;
};

static const char *const expr_kinds[] = {
    [TREE_BROKEN] = "broken",       [TREE_INTEGER] = "integer", [TREE_FLOAT] = "float",
    [TREE_IMAGINARY] = "imaginary", [TREE_TRUTH] = "truth",     [TREE_BITS] = "bits",
    [TREE_TIME] = "time",           [TREE_NAME] = "name",       [TREE_PHYSICAL] = "physical",
    [TREE_UNARY] = "unary",         [TREE_BINARY] = "binary",   [TREE_CALL] = "call",
    [TREE_CAST] = "cast",           [TREE_INDEX] = "index",     [TREE_RANGE] = "range",
    [TREE_NONE] = "none",           [TREE_SET] = "set",         [TREE_LIST] = "list",
    [TREE_CONCAT] = "concat",       [TREE_MEASURE] = "measure", [TREE_DURATION_OF] = "durationof"};
static const char *const stmt_kinds[] = {[TREE_STRETCH] = "stretch", [TREE_INCLUDE] = "include",
                                         [TREE_PRAGMA] = "pragma",   [TREE_CALIBRATION] = "defcalgrammar",
                                         [TREE_CAL] = "cal",         [TREE_DEFCAL] = "defcal",
                                         [TREE_DECLARE] = "declare", [TREE_CONST] = "const",
                                         [TREE_QUBITS] = "qubits",   [TREE_ALIAS] = "alias",
                                         [TREE_GATE] = "gate",       [TREE_DEF] = "def",
                                         [TREE_EXTERN] = "extern",   [TREE_OPAQUE] = "opaque",
                                         [TREE_APPLY] = "apply",     [TREE_MEASURE_INTO] = "measure",
                                         [TREE_ASSIGN] = "assign",   [TREE_EXPRESSION] = "expression",
                                         [TREE_RESET] = "reset",     [TREE_BARRIER] = "barrier",
                                         [TREE_NOP] = "nop",         [TREE_DELAY] = "delay",
                                         [TREE_BOX] = "box",         [TREE_BLOCK] = "block",
                                         [TREE_IF] = "if",           [TREE_FOR] = "for",
                                         [TREE_WHILE] = "while",     [TREE_SWITCH] = "switch",
                                         [TREE_BREAK] = "break",     [TREE_CONTINUE] = "continue",
                                         [TREE_RETURN] = "return",   [TREE_END] = "end"};
static const char *const type_kinds[] = {
    [QASM_VOID] = "void",         [QASM_BOOL] = "bool",       [QASM_BIT] = "bit",     [QASM_INT] = "int",
    [QASM_UINT] = "uint",         [QASM_FLOAT] = "float",     [QASM_ANGLE] = "angle", [QASM_COMPLEX] = "complex",
    [QASM_DURATION] = "duration", [QASM_STRETCH] = "stretch", [QASM_QUBIT] = "qubit", [QASM_ARRAY] = "array"};
static const char *const modifier_kinds[] = {
    [TREE_CTRL] = "ctrl", [TREE_NEGCTRL] = "negctrl", [TREE_INV] = "inv", [TREE_POW] = "pow"};

static void dump_exprs(struct dump *d, const char *what, const struct tree_expr *first);
static void dump_stmts(struct dump *d, const char *what, const struct tree_stmt *first);

static void begin(struct dump *d) { fprintf(d->stream, "%*s", 2 * d->depth++, ""); }

static void heading(struct dump *d, const char *what)
{
    begin(d);
    fprintf(d->stream, "%s\n", what);
}

static void dump_type(struct dump *d, const struct tree_type *type)
{
    if (!type)
        return;
    begin(d);
    fprintf(d->stream, "type %s%s\n", type_kinds[type->kind],
            type->access == QASM_OWN        ? ""
            : type->access == QASM_READONLY ? " readonly"
                                            : " mutable");
    dump_exprs(d, "size", type->size);
    dump_type(d, type->base);
    dump_exprs(d, "dims", type->dims);
    dump_exprs(d, "rank", type->rank);
    d->depth--;
}

static void dump_expr(struct dump *d, const struct tree_expr *e)
{
    begin(d);
    fputs(expr_kinds[e->kind], d->stream);
    switch ((enum tree_expr_kind)e->kind) {
    case TREE_INTEGER:
    case TREE_TRUTH:
    case TREE_PHYSICAL:
        fprintf(d->stream, " %llx:%llx%s", (unsigned long long)(e->natural >> 64), (unsigned long long)e->natural,
                e->kind == TREE_INTEGER && e->too_large ? " too large" : "");
        break;
    case TREE_FLOAT:
    case TREE_IMAGINARY:
    case TREE_TIME:
        fprintf(d->stream, " %.17g %d", e->real, e->op);
        break;
    case TREE_BITS:
        fprintf(d->stream, " %s", e->text);
        break;
    case TREE_NAME:
    case TREE_CALL:
        fprintf(d->stream, " %s", e->name->text);
        break;
    case TREE_UNARY:
    case TREE_BINARY:
        fprintf(d->stream, " %s", qry_tree_operator((enum tree_operator)e->op));
        break;
    default:
        break;
    }
    putc('\n', d->stream);
    if (e->kind == TREE_CAST)
        dump_type(d, e->written);
    if (e->kind == TREE_DURATION_OF)
        dump_stmts(d, "body", e->body);
    else if (e->kind >= TREE_UNARY)
        for (const struct tree_expr *child = e->first; child; child = child->next)
            dump_expr(d, child);
    d->depth--;
}

static void dump_exprs(struct dump *d, const char *what, const struct tree_expr *first)
{
    if (!first)
        return;
    heading(d, what);
    for (const struct tree_expr *e = first; e; e = e->next)
        dump_expr(d, e);
    d->depth--;
}

static void dump_parameters(struct dump *d, const char *what, const struct tree_parameter *first)
{
    if (!first)
        return;
    heading(d, what);
    for (const struct tree_parameter *p = first; p; p = p->next) {
        heading(d, p->name ? p->name->text : "-");
        dump_type(d, p->type);
        d->depth--;
    }
    d->depth--;
}

static void dump_modifiers(struct dump *d, const struct tree_modifier *first)
{
    for (const struct tree_modifier *m = first; m; m = m->next) {
        heading(d, modifier_kinds[m->kind]);
        dump_exprs(d, "argument", m->argument);
        d->depth--;
    }
}

static void dump_op(struct dump *d, const struct tree_stretch *s, const qry_op *op)
{
    if (op->kind == QRY_OP_CALL) {
        const qry_qubit *operands = s->operands + op->b;
        fprintf(d->stream, "call %u angles %u on", op->a, op->c);
        for (uint32_t i = 1; i <= operands[0]; i++)
            fprintf(d->stream, " %u", operands[i]);
    } else {
        const qry_gate_info *gate = &qry_gate_table[op->kind];
        const uint32_t places[] = {op->a, op->b, op->c};
        fputs(gate->name, d->stream);
        for (int i = 0; i < 3; i++)
            if (i < gate->qubits || (i == 2 && gate->angles))
                fprintf(d->stream, " %u", places[i]);
    }
    putc('\n', d->stream);
}

static void dump_stretch(struct dump *d, const struct tree_stretch *s)
{
    for (size_t i = 0; i < s->op_count; i++) {
        begin(d);
        dump_op(d, s, &s->ops[i]);
        d->depth--;
    }
    for (size_t i = 0; i < s->angle_count; i++) {
        begin(d);
        fprintf(d->stream, "angle %.17g of %d\n", s->angles[i].factor, s->angles[i].formal);
        d->depth--;
    }
}

static void dump_cases(struct dump *d, const struct tree_case *first)
{
    for (const struct tree_case *c = first; c; c = c->next) {
        heading(d, c->values ? "case" : "default");
        dump_exprs(d, "values", c->values);
        dump_stmts(d, "body", c->body);
        d->depth--;
    }
}

/* What stands before a statement, and its own line. */
static void dump_head(struct dump *d, const struct tree_stmt *s)
{
    static const char *const io[] = {[TREE_PLAIN] = "", [TREE_INPUT] = " input", [TREE_OUTPUT] = " output"};
    for (const struct tree_mark *m = s->marks; m; m = m->next)
        fprintf(d->stream, "%*s// %s\n", 2 * d->depth, "", m->name ? m->name : "");
    for (const struct tree_annotation *a = s->annotations; a; a = a->next)
        fprintf(d->stream, "%*s%s\n", 2 * d->depth, "", a->text);
    begin(d);
    fprintf(d->stream, "%s%s%s%s", stmt_kinds[s->kind], io[s->io], s->old ? " old" : "", s->name ? " " : "");
    fprintf(d->stream, "%s", s->name ? s->name->text : "");
    if (s->kind == TREE_GATE)
        fprintf(d->stream, " number %u", s->number);
    if (s->kind == TREE_ASSIGN)
        fprintf(d->stream, " %s=", s->op < TREE_OPERATORS ? qry_tree_operator((enum tree_operator)s->op) : "");
    fprintf(d->stream, "%s%s\n", s->text ? " " : "", s->text ? s->text : "");
}

static void dump_stmts(struct dump *d, const char *what, const struct tree_stmt *first)
{
    if (!first)
        return;
    heading(d, what);
    for (const struct tree_stmt *s = first; s; s = s->next) {
        dump_head(d, s);
        dump_type(d, s->written);
        dump_exprs(d, "size", s->size);
        dump_exprs(d, "value", s->value);
        dump_exprs(d, "target", s->target);
        dump_modifiers(d, s->modifiers);
        dump_exprs(d, "arguments", s->arguments);
        dump_exprs(d, "operands", s->operands);
        dump_parameters(d, "parameters", s->parameters);
        dump_parameters(d, "qubits", s->qubits);
        dump_stmts(d, "body", s->body);
        dump_stmts(d, "other", s->other);
        dump_cases(d, s->cases);
        if (s->stretch)
            dump_stretch(d, s->stretch);
        d->depth--;
    }
    d->depth--;
}

void qry_tree_dump(const struct tree_program *tree, FILE *stream)
{
    struct dump d = {stream, 0};
    fprintf(stream, "version %d\n", tree->version);
    dump_stmts(&d, "program", tree->first);
    for (const struct tree_mark *m = tree->last_marks; m; m = m->next)
        fprintf(stream, "// %s\n", m->name ? m->name : "");
}
