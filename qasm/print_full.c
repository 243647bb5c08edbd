/* print_full.c: the circuit as OpenQASM 3.1 that says all there is: a definition is a `gate`, or a `def` if it measures, resets
 * or asks a bit, and every block stays a block. Nothing is written out, so that a file is as long as the circuit. */
#include "qasm/print.h"
#include "qasm/walk.h"

#include <inttypes.h>
#include <stdio.h>

enum { INDENT_ROOM = 64 };

struct full {
    const qry_circuit *circuit;
    qry_survey *survey;
    qry_arena *arena;
    qry_full_names names;
    qry_text text;
    qry_word gate[QRY_GATES]; /* with what comes before the operands or the first angle */
    qry_bit_names bits;
    /* of the body that is being written */
    const qry_definition *definition;
    qry_word *operands; /* with ", " behind */
    int depth;          /* of blocks */
};

static bool is_def(const qry_body *body) { return body->measures || body->resets || body->conditions; }

/* ---- pieces ---- */

/* Makes room for a line as well, or its beginning. */
static void write_indent(struct full *w)
{
    static const char blanks[INDENT_ROOM + 1] = "                                                                ";
    qry_text_room(&w->text, QRY_LINE_ROOM);
    qry_text_put(&w->text, blanks, 2 * w->depth < INDENT_ROOM ? 2 * (size_t)w->depth : INDENT_ROOM);
}

/* Whoever has written an operand ends the list in place of the ", ". */
static void end_operands(struct full *w, const char *with)
{
    w->text.at -= 2;
    qry_text_string(&w->text, with);
}

static void write_operand(struct full *w, qry_qubit operand)
{
    qry_text_room(&w->text, QRY_LINE_ROOM);
    qry_text_word(&w->text, w->operands[operand]);
}

static void write_parameter(struct full *w, uint32_t number)
{
    char text[QRY_NUMBER_ROOM];
    snprintf(text, sizeof text, "%" PRIu32, number);
    qry_text_string(&w->text, w->names.parameter);
    qry_text_string(&w->text, text);
}

static void write_angle(struct full *w, qry_angle angle)
{
    qry_text_room(&w->text, QRY_LINE_ROOM);
    if (angle.formal >= 0 && angle.factor == -1)
        qry_text_put(&w->text, "-", 1);
    else if (angle.formal < 0 || angle.factor != 1) {
        const struct qry_number_text *number = qry_text_number(&w->text, angle.factor);
        qry_text_put(&w->text, number->text, number->length);
        if (angle.formal >= 0)
            qry_text_put(&w->text, "*", 1);
    }
    if (angle.formal >= 0)
        write_parameter(w, (uint32_t)angle.formal);
}

static void write_angles(struct full *w, const qry_angle *angles, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            qry_text_string(&w->text, ", ");
        write_angle(w, angles[i]);
    }
}

/* ---- statements ---- */

/* "ctrl(2) @ negctrl @ ", controls of one kind together. */
static void write_controls(struct full *w, const qry_qubit *controls, uint32_t count)
{
    for (uint32_t i = 0, next; i < count; i = next) {
        const qry_qubit negative = controls[i] & QRY_NEGATIVE;
        for (next = i + 1; next < count && (controls[next] & QRY_NEGATIVE) == negative;)
            next++;
        qry_text_string(&w->text, negative ? "negctrl" : "ctrl");
        qry_text_room(&w->text, QRY_LINE_ROOM);
        if (next > i + 1)
            w->text.at += sprintf(w->text.at, "(%" PRIu32 ")", next - i);
        qry_text_put(&w->text, " @ ", 3);
    }
}

/* Plain or controlled. */
static void write_gate(struct full *w, const qry_op *op)
{
    const qry_definition *d = w->definition;
    const qry_gate gate = qry_op_gate(op);
    const uint32_t angles = qry_gate_table[gate].angles, count = qry_op_qubits(d, op);
    if (op->kind == QRY_OP_CONTROLLED)
        write_controls(w, d->operands + op->b + 1, d->operands[op->b]);
    qry_text_word(&w->text, w->gate[gate]);
    if (angles) {
        write_angles(w, d->angles + op->c, angles);
        qry_text_string(&w->text, ") ");
    }
    if (count == 0) {
        w->text.at--; /* gphase has no list of operands */
        qry_text_string(&w->text, ";\n");
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        write_operand(w, qry_op_qubit(d, op, i));
    end_operands(w, ";\n");
}

/* A def takes angles and qubits in parentheses, a gate its qubits behind them. */
static void write_call(struct full *w, const qry_op *op)
{
    const qry_definition *d = w->definition, *callee = qry_circuit_definition(d->circuit, op->a);
    const qry_body *body = qry_survey_body(w->survey, callee);
    const bool def = is_def(body);
    if (op->flags & QRY_OP_INVERSE)
        qry_text_string(&w->text, "inv @ ");
    qry_text_string(&w->text, w->names.definition[body->number]);
    if (def || callee->angle_count)
        qry_text_string(&w->text, "(");
    write_angles(w, d->angles + op->c, callee->angle_count);
    if (callee->angle_count)
        qry_text_string(&w->text, def ? ", " : ")");
    if (!def)
        qry_text_string(&w->text, " ");
    const qry_qubit *operands = qry_call_operands(d, op);
    for (uint32_t i = 0; i < callee->width; i++)
        write_operand(w, operands[i]);
    end_operands(w, def ? ");\n" : ";\n");
}

static void write_barrier(struct full *w, const qry_op *op)
{
    const uint32_t count = qry_op_qubits(w->definition, op);
    qry_text_string(&w->text, count ? "barrier " : "barrier;\n");
    for (uint32_t i = 0; i < count; i++)
        write_operand(w, qry_op_qubit(w->definition, op, i));
    if (count)
        end_operands(w, ";\n");
}

static void write_measurement(struct full *w, const qry_op *op)
{
    qry_text_bit(&w->text, &w->bits, op->b);
    qry_text_string(&w->text, " = measure ");
    write_operand(w, op->a);
    end_operands(w, ";\n");
}

/* ---- blocks ---- */

static void begin_block(struct full *w, const qry_op *op)
{
    if (op->kind == QRY_OP_SECTION) {
        qry_text_comment(&w->text, "@enter ", qry_circuit_name(w->circuit, op->a));
        return;
    }
    if (op->kind == QRY_OP_REPEAT) {
        const uint64_t rounds = qry_op_count(op);
        char text[QRY_IDENTIFIER_ROOM];
        snprintf(text, sizeof text, " in [1:%" PRIu64 "] {\n", rounds);
        qry_text_string(&w->text, rounds > UINT32_MAX ? "for uint[64] " : "for uint ");
        qry_text_string(&w->text, w->names.round);
        qry_text_string(&w->text, text);
    } else {
        qry_text_string(&w->text, op->b ? "if (" : "if (!");
        qry_text_bit(&w->text, &w->bits, op->a);
        qry_text_string(&w->text, ") {\n");
    }
    w->depth++;
}

static void end_block(struct full *w, const qry_op *begin)
{
    if (begin->kind == QRY_OP_SECTION)
        qry_text_comment(&w->text, "@leave ", qry_circuit_name(w->circuit, begin->a));
    else
        qry_text_string(&w->text, "}\n");
}

static void write_op(struct full *w, const qry_op *op)
{
    const qry_op *begin = op->kind == QRY_OP_END ? &w->definition->ops[op->c] : NULL;
    w->depth -= begin && begin->kind != QRY_OP_SECTION;
    write_indent(w);
    switch (op->kind) {
    case QRY_OP_CALL:
        write_call(w, op);
        break;
    case QRY_OP_REPEAT:
    case QRY_OP_SECTION:
    case QRY_OP_IF:
        begin_block(w, op);
        break;
    case QRY_OP_END:
        end_block(w, begin);
        break;
    case QRY_OP_MEASURE:
        write_measurement(w, op);
        break;
    case QRY_OP_RESET:
        qry_text_string(&w->text, "reset ");
        write_operand(w, op->a);
        end_operands(w, ";\n");
        break;
    case QRY_OP_BARRIER:
        write_barrier(w, op);
        break;
    default:
        write_gate(w, op);
    }
}

/* ---- bodies ---- */

static void write_ops(struct full *w, const qry_definition *d, int depth)
{
    w->definition = d;
    w->depth = depth;
    for (size_t i = 0; i < d->op_count; i++)
        write_op(w, &d->ops[i]);
}

/* The parameters of a gate stand in parentheses before its operands, those of a def together with them, with types. */
static void write_definition_head(struct full *w, const qry_definition *d, bool def)
{
    if (def || d->angle_count)
        qry_text_string(&w->text, "(");
    for (uint32_t i = 0; i < d->angle_count; i++) {
        qry_text_string(&w->text, i ? ", " : "");
        qry_text_string(&w->text, def ? "float " : "");
        write_parameter(w, i);
    }
    if (d->angle_count)
        qry_text_string(&w->text, def ? ", " : ")");
    if (!def)
        qry_text_string(&w->text, " ");
    for (uint32_t i = 0; i < d->width; i++) {
        qry_text_string(&w->text, def ? "qubit " : "");
        write_operand(w, i);
    }
    end_operands(w, def ? ") {\n" : " {\n");
}

static void write_definition(struct full *w, const qry_body *body)
{
    const qry_definition *d = body->definition;
    const char *name = w->names.definition[body->number];
    qry_arena *arena = qry_arena_new(qry_circuit_ctx(w->circuit));
    w->operands = qry_full_names_operands(&w->names, arena, d);
    if (strcmp(name, d->name) != 0)
        qry_text_comment(&w->text, "definition: ", d->name);
    qry_text_string(&w->text, is_def(body) ? "def " : "gate ");
    qry_text_string(&w->text, name);
    write_definition_head(w, d, is_def(body));
    write_ops(w, d, 1);
    qry_text_string(&w->text, "}\n");
    qry_arena_free(arena);
}

static void write_head(struct full *w, const qry_print_options *options)
{
    const qry_definition *program = qry_circuit_program(w->circuit);
    char line[QRY_IDENTIFIER_ROOM + 32];
    qry_text_string(&w->text, "OPENQASM 3.1;\ninclude \"stdgates.inc\";\n");
    for (size_t i = 0; i < options->head_count; i++)
        qry_text_comment(&w->text, "", options->head[i]);
    for (size_t i = 0; i < program->group_count; i++) {
        const qry_group *group = &program->groups[i];
        snprintf(line, sizeof line, "qubit[%" PRIu32 "] %s;\n", group->size, group->name);
        qry_text_string(&w->text, group->size ? line : "");
    }
    qry_text_bit_registers(&w->text, w->circuit);
}

static void write_file(struct full *w, const qry_print_options *options)
{
    const qry_definition *program = qry_circuit_program(w->circuit);
    for (int g = 0; g < QRY_GATES; g++) {
        const qry_gate_info *info = &qry_gate_table[g];
        const char *name = g == QRY_GATE_sxdg ? "inv @ sx" : info->name; /* stdgates.inc has no sxdg */
        w->gate[g] = qry_word_of(w->arena, qry_arena_printf(w->arena, "%s%s", name, info->angles ? "(" : " "));
    }
    write_head(w, options);
    for (size_t k = 0; k < w->survey->count; k++)
        if (w->survey->order[k]->number)
            write_definition(w, w->survey->order[k]);
    w->operands = qry_print_operands(w->arena, program, false);
    write_ops(w, program, 0);
}

/* A gate has one qubit at least. */
static bool can_be_said(qry_ctx *ctx, const qry_survey *survey)
{
    for (size_t k = 1; k < survey->count; k++) {
        const qry_definition *d = survey->bodies[k]->definition;
        if (d->width)
            continue;
        qry_error(ctx, "the definition '%.200s' has no qubits, and no gate of OpenQASM is like that", d->name);
        return false;
    }
    return true;
}

bool qry_print_full(const qry_circuit *circuit, const qry_print_options *options, qry_output *output)
{
    qry_ctx *ctx = qry_circuit_ctx(circuit);
    struct full w = {.circuit = circuit, .survey = qry_survey_new(qry_circuit_program(circuit))};
    bool printable = can_be_said(ctx, w.survey);
    if (printable) {
        w.arena = qry_arena_new(ctx);
        w.bits = qry_bit_names_of(circuit);
        qry_full_names_choose(&w.names, w.arena, w.survey);
        qry_text_begin(&w.text, ctx, output);
        write_file(&w, options);
        qry_text_end(&w.text, ctx);
        qry_full_names_free(&w.names);
        qry_arena_free(w.arena);
    }
    qry_survey_free(w.survey);
    return printable;
}
