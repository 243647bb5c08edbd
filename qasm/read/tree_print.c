/* tree_print.c: statements of the tree as text that reads back to the same tree. Comments are lost but for marks, and so is
 * the layout. Expressions and types: print_expr.c. */
#include "qasm/read/tree_print.h"

#include <string.h>

static void statement(struct tree_printer *p, const struct tree_stmt *s);

static void indent(struct tree_printer *p) { qry_output_printf(p->output, "%*s", 2 * p->depth, ""); }

static void marks(struct tree_printer *p, const struct tree_mark *first)
{
    for (const struct tree_mark *m = first; m; m = m->next) {
        indent(p);
        qry_output_printf(p->output, m->name ? "// @enter %s\n" : "// @leave\n", m->name);
    }
}

/* ---- what names stand for, so that stretches can be written ---- */

static void note_gate(struct tree_printer *p, const struct tree_stmt *gate)
{
    QRY_GROW(p->tree->ctx, p->gates, p->gate_room, (size_t)gate->number + 1);
    p->gates[gate->number] = gate;
}

/* A register whose size is no number ends the numbering: no stretch names it or what follows. */
static void note_register(struct tree_printer *p, const struct tree_stmt *s)
{
    uint32_t size = s->size && s->size->kind == TREE_INTEGER ? (uint32_t)s->size->natural : 1;
    QRY_GROW(p->tree->ctx, p->registers, p->register_room, p->register_count + 1);
    p->registers[p->register_count++] = (struct tree_printed_register){s, p->qubits, size};
    p->qubits += size;
}

static void note(struct tree_printer *p, const struct tree_stmt *s)
{
    if (s->kind == TREE_GATE)
        note_gate(p, s);
    else if (s->kind == TREE_QUBITS)
        note_register(p, s);
    else if (s->kind == TREE_INCLUDE)
        for (const struct tree_stmt *inner = s->body; inner; inner = inner->next)
            note(p, inner);
}

/* The names of a gate's operands and angles by number. */
static void note_names(struct tree_printer *p, struct tree_printed_names *names, const struct tree_parameter *first)
{
    size_t count = 0;
    for (; first; first = first->next) {
        QRY_GROW(p->tree->ctx, names->text, names->room, count + 1);
        names->text[count++] = first->name->text;
    }
}

static void qubit(struct tree_printer *p, qry_qubit qubit)
{
    if (p->within) {
        qry_output_printf(p->output, "%s", p->operands.text[qubit]);
        return;
    }
    size_t low = 0, high = p->register_count; /* the last register that begins at or before it */
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (p->registers[middle].first <= qubit)
            low = middle;
        else
            high = middle;
    }
    const struct tree_printed_register *r = &p->registers[low];
    qry_output_printf(p->output, "%s", r->stmt->name->text);
    if (r->stmt->size)
        qry_output_printf(p->output, "[%u]", qubit - r->first);
}

static void stretch_angle(struct tree_printer *p, qry_angle angle)
{
    if (angle.formal < 0 || (angle.factor != 1 && angle.factor != -1))
        qry_tree_print_real(p, angle.factor);
    if (angle.formal >= 0)
        qry_output_printf(p->output, "%s%s",
                          angle.factor == 1    ? ""
                          : angle.factor == -1 ? "-"
                                               : "*",
                          p->angles.text[angle.formal]);
}

static uint32_t parameter_count(const struct tree_stmt *gate)
{
    uint32_t count = 0;
    for (const struct tree_parameter *q = gate->parameters; q; q = q->next)
        count++;
    return count;
}

static void stretch_op(struct tree_printer *p, const struct tree_stretch *s, const qry_op *op)
{
    const bool call = op->kind == QRY_OP_CALL;
    const struct tree_stmt *gate = call ? p->gates[op->a] : NULL;
    const qry_qubit lone[] = {op->a, op->b, op->c}, *qubits = call ? s->operands + op->b + 1 : lone;
    uint32_t count = call ? qubits[-1] : qry_gate_table[op->kind].qubits;
    uint32_t angles = call ? parameter_count(gate) : qry_gate_table[op->kind].angles;
    indent(p);
    qry_output_printf(p->output, "%s%s", call ? gate->name->text : qry_gate_table[op->kind].name, angles ? "(" : "");
    for (uint32_t i = 0; i < angles; i++) {
        qry_output_printf(p->output, "%s", i ? ", " : "");
        stretch_angle(p, s->angles[op->c + i]);
    }
    qry_output_printf(p->output, "%s", angles ? ")" : "");
    for (uint32_t i = 0; i < count; i++) {
        qry_output_printf(p->output, "%s", i ? ", " : " ");
        qubit(p, qubits[i]);
    }
    qry_output_printf(p->output, ";\n");
}

/* ---- parts of statements ---- */

static void parameters(struct tree_printer *p, const struct tree_parameter *first)
{
    for (const struct tree_parameter *q = first; q; q = q->next) {
        if (q->type)
            qry_tree_print_type(p, q->type);
        qry_output_printf(p->output, "%s%s%s", q->type && q->name ? " " : "", q->name ? q->name->text : "",
                          q->next ? ", " : "");
    }
}

static void returned(struct tree_printer *p, const struct tree_type *type)
{
    if (!type)
        return;
    qry_output_printf(p->output, " -> ");
    qry_tree_print_type(p, type);
}

static void statements(struct tree_printer *p, const struct tree_stmt *first)
{
    for (const struct tree_stmt *s = first; s; s = s->next)
        statement(p, s);
}

static void braces(struct tree_printer *p, const struct tree_stmt *first)
{
    qry_output_printf(p->output, "{\n");
    p->depth++;
    statements(p, first);
    p->depth--;
    indent(p);
    qry_output_printf(p->output, "}");
}

void qry_tree_print_body(struct tree_printer *p, const struct tree_stmt *first)
{
    p->depth++;
    braces(p, first);
    p->depth--;
}

/* The one statement that a condition or a loop has. One that ends with an if without else would take the else behind it;
 * whoever read it from text had braces there. */
static void nested(struct tree_printer *p, const struct tree_stmt *body)
{
    if (body->kind == TREE_BLOCK && !body->marks && !body->annotations) {
        qry_output_printf(p->output, " ");
        braces(p, body->body);
        qry_output_printf(p->output, "\n");
        return;
    }
    qry_output_printf(p->output, "\n");
    p->depth++;
    statement(p, body);
    p->depth--;
}

static void conditional(struct tree_printer *p, const struct tree_stmt *s)
{
    qry_output_printf(p->output, "if (");
    qry_tree_print_expr(p, s->value);
    qry_output_printf(p->output, ")");
    nested(p, s->body);
    if (!s->other)
        return;
    indent(p);
    qry_output_printf(p->output, "else");
    nested(p, s->other);
}

static void modifiers(struct tree_printer *p, const struct tree_modifier *first)
{
    static const char *const words[] = {[TREE_CTRL] = "ctrl", "negctrl", "inv", "pow"};
    for (const struct tree_modifier *m = first; m; m = m->next) {
        qry_output_printf(p->output, "%s", words[m->kind]);
        if (m->argument) {
            qry_output_printf(p->output, "(");
            qry_tree_print_expr(p, m->argument);
            qry_output_printf(p->output, ")");
        }
        qry_output_printf(p->output, " @ ");
    }
}

static void apply(struct tree_printer *p, const struct tree_stmt *s)
{
    modifiers(p, s->modifiers);
    qry_output_printf(p->output, "%s", s->name->text);
    if (s->arguments || strcmp(s->name->text, "gphase") == 0) {
        qry_output_printf(p->output, "(");
        qry_tree_print_list(p, s->arguments);
        qry_output_printf(p->output, ")");
    }
    qry_tree_print_designator(p, s->size);
    qry_output_printf(p->output, "%s", s->operands ? " " : "");
    qry_tree_print_list(p, s->operands);
}

/* ---- statements ---- */

static void declaration(struct tree_printer *p, const struct tree_stmt *s)
{
    static const char *const io[] = {[TREE_PLAIN] = "", [TREE_INPUT] = "input ", [TREE_OUTPUT] = "output "};
    if (s->old && s->kind != TREE_ALIAS) {
        qry_output_printf(p->output, "%s %s", s->kind == TREE_QUBITS ? "qreg" : "creg", s->name->text);
        qry_tree_print_designator(p, s->kind == TREE_QUBITS ? s->size : s->written->size);
        return;
    }
    qry_output_printf(p->output, "%s%s", io[s->io],
                      s->kind == TREE_CONST    ? "const "
                      : s->kind == TREE_ALIAS  ? "let"
                      : s->kind == TREE_QUBITS ? "qubit"
                                               : "");
    if (s->written)
        qry_tree_print_type(p, s->written);
    qry_tree_print_designator(p, s->size);
    qry_output_printf(p->output, " %s", s->name->text);
    if (s->value) {
        qry_output_printf(p->output, " = ");
        qry_tree_print_expr(p, s->value);
    }
}

static void subroutine(struct tree_printer *p, const struct tree_stmt *s)
{
    static const char *const words[] = {
        [TREE_GATE] = "gate", [TREE_OPAQUE] = "opaque", [TREE_DEF] = "def", [TREE_EXTERN] = "extern"};
    bool gate = s->kind == TREE_GATE || s->kind == TREE_OPAQUE;
    qry_output_printf(p->output, "%s %s", words[s->kind], s->name->text);
    if (!gate || s->parameters) {
        qry_output_printf(p->output, "(");
        parameters(p, s->parameters);
        qry_output_printf(p->output, ")");
    }
    qry_output_printf(p->output, "%s", gate ? " " : "");
    parameters(p, s->qubits);
    returned(p, s->written);
    if (s->kind == TREE_EXTERN || s->kind == TREE_OPAQUE)
        return;
    qry_output_printf(p->output, " ");
    p->within = s->kind == TREE_GATE;
    if (p->within) {
        note_names(p, &p->angles, s->parameters);
        note_names(p, &p->operands, s->qubits);
    }
    braces(p, s->body);
    p->within = false;
}

static void loop(struct tree_printer *p, const struct tree_stmt *s)
{
    if (s->kind == TREE_FOR) {
        qry_output_printf(p->output, "for ");
        qry_tree_print_type(p, s->written);
        qry_output_printf(p->output, " %s in ", s->name->text);
        qry_tree_print_set(p, s->value);
    } else {
        qry_output_printf(p->output, "while (");
        qry_tree_print_expr(p, s->value);
        qry_output_printf(p->output, ")");
    }
    nested(p, s->body);
}

static void choice(struct tree_printer *p, const struct tree_stmt *s)
{
    qry_output_printf(p->output, "switch (");
    qry_tree_print_expr(p, s->value);
    qry_output_printf(p->output, ") {\n");
    for (const struct tree_case *c = s->cases; c; c = c->next) {
        indent(p);
        qry_output_printf(p->output, c->values ? "case " : "default");
        qry_tree_print_list(p, c->values);
        nested(p, c->body);
    }
    indent(p);
    qry_output_printf(p->output, "}");
}

/* RESET, BARRIER, NOP, DELAY, BOX: a word, a designator, operands or a body. */
static void action(struct tree_printer *p, const struct tree_stmt *s)
{
    static const char *const words[] = {[TREE_RESET] = "reset",
                                        [TREE_BARRIER] = "barrier",
                                        [TREE_NOP] = "nop",
                                        [TREE_DELAY] = "delay",
                                        [TREE_BOX] = "box"};
    qry_output_printf(p->output, "%s", words[s->kind]);
    qry_tree_print_designator(p, s->size);
    qry_output_printf(p->output, "%s", s->operands || s->kind == TREE_BOX ? " " : "");
    qry_tree_print_list(p, s->operands);
    if (s->kind == TREE_BOX)
        braces(p, s->body);
}

static void assignment(struct tree_printer *p, const struct tree_stmt *s)
{
    qry_tree_print_expr(p, s->target);
    qry_output_printf(p->output, " %s= ", s->op < TREE_OPERATORS ? qry_tree_operator((enum tree_operator)s->op) : "");
    qry_tree_print_expr(p, s->value);
}

/* A word alone, or with a value behind it. */
static void plain(struct tree_printer *p, const char *word, const struct tree_expr *value)
{
    qry_output_printf(p->output, "%s%s", word, value && *word ? " " : "");
    if (value)
        qry_tree_print_expr(p, value);
}

/* Strings keep the quotes that they can stand between. */
static void quoted(struct tree_printer *p, const char *word, const char *text)
{
    char quote = strchr(text, '"') ? '\'' : '"';
    qry_output_printf(p->output, "%s %c%s%c", word, quote, text, quote);
}

/* Statements that are a text. */
static void textual(struct tree_printer *p, const struct tree_stmt *s)
{
    if (s->kind == TREE_INCLUDE)
        quoted(p, "include", s->text);
    else if (s->kind == TREE_CALIBRATION)
        quoted(p, "defcalgrammar", s->text);
    else
        qry_output_printf(p->output,
                          s->kind == TREE_PRAGMA ? "pragma %s"
                          : s->kind == TREE_CAL  ? "cal {%s}"
                                                 : "%s",
                          s->text);
}

/* Statements that begin with a word, or with what they measure or evaluate. */
static void valued(struct tree_printer *p, const struct tree_stmt *s)
{
    static const char *const words[] = {[TREE_MEASURE_INTO] = "",     [TREE_EXPRESSION] = "",   [TREE_BREAK] = "break",
                                        [TREE_CONTINUE] = "continue", [TREE_RETURN] = "return", [TREE_END] = "end"};
    plain(p, words[s->kind], s->value);
    if (s->target)
        plain(p, " ->", s->target);
}

/* The statement without what ends it. */
static void body_of(struct tree_printer *p, const struct tree_stmt *s)
{
    switch ((enum tree_stmt_kind)s->kind) {
    case TREE_INCLUDE:
    case TREE_PRAGMA:
    case TREE_CALIBRATION:
    case TREE_CAL:
    case TREE_DEFCAL:
        textual(p, s);
        break;
    case TREE_DECLARE:
    case TREE_CONST:
    case TREE_QUBITS:
    case TREE_ALIAS:
        declaration(p, s);
        break;
    case TREE_GATE:
    case TREE_DEF:
    case TREE_EXTERN:
    case TREE_OPAQUE:
        subroutine(p, s);
        break;
    case TREE_APPLY:
        apply(p, s);
        break;
    case TREE_ASSIGN:
        assignment(p, s);
        break;
    case TREE_RESET:
    case TREE_BARRIER:
    case TREE_NOP:
    case TREE_DELAY:
    case TREE_BOX:
        action(p, s);
        break;
    case TREE_BLOCK:
        braces(p, s->body);
        break;
    case TREE_FOR:
    case TREE_WHILE:
        loop(p, s);
        break;
    case TREE_IF:
        conditional(p, s);
        break;
    case TREE_SWITCH:
        choice(p, s);
        break;
    default:
        valued(p, s);
        break;
    }
}

/* What stands behind a statement: its last part has ended its line, or a brace or the line ends it, or a semicolon. */
static const char *ending(const struct tree_stmt *s)
{
    switch (s->kind) {
    case TREE_IF:
    case TREE_FOR:
    case TREE_WHILE:
        return "";
    case TREE_PRAGMA:
    case TREE_CAL:
    case TREE_DEFCAL:
    case TREE_GATE:
    case TREE_DEF:
    case TREE_BOX:
    case TREE_BLOCK:
    case TREE_SWITCH:
        return "\n";
    default:
        return ";\n";
    }
}

static void statement(struct tree_printer *p, const struct tree_stmt *s)
{
    marks(p, s->marks);
    for (const struct tree_annotation *a = s->annotations; a; a = a->next) {
        indent(p);
        qry_output_printf(p->output, "%s\n", a->text);
    }
    if (s->kind == TREE_STRETCH) {
        for (size_t i = 0; i < s->stretch->op_count; i++)
            stretch_op(p, s->stretch, &s->stretch->ops[i]);
        return;
    }
    if (!p->within && p->depth == 0)
        note(p, s);
    indent(p);
    body_of(p, s);
    qry_output_printf(p->output, "%s", ending(s));
}

void qry_tree_print(const struct tree_program *tree, qry_output *output)
{
    struct tree_printer p = {.tree = tree, .output = output};
    if (tree->version != TREE_NO_VERSION)
        qry_output_printf(output, "OPENQASM %s;\n", tree->version == TREE_VERSION_2 ? "2.0" : "3.0");
    statements(&p, tree->first);
    marks(&p, tree->last_marks);
    qry_free(tree->ctx, p.gates);
    qry_free(tree->ctx, p.angles.text);
    qry_free(tree->ctx, p.operands.text);
    qry_free(tree->ctx, p.registers);
}
