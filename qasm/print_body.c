/* print_body.c: the statements of a gate definition or of the program, a line each. */
#include "qasm/print.h"
#include "qasm/walk.h"

#include <math.h>
#include <stdio.h>

struct writer {
    qry_printer *printer;
    qry_text *text;
    qry_ctx *ctx;
    qry_arena *arena;
    const qry_definition *definition; /* whose body is written */
    bool is_gate;
    qry_word gate[QRY_GATES]; /* with what comes before the operands or the angle */
    bool turns_twice[QRY_GATES];
    qry_word *operands; /* with ", " behind */
    const char **open;  /* names of the open calls and sections */
    size_t open_count, open_room;
    qry_bit_names bits;
};

/* Whoever has written an operand ends the list in place of the ", ". */
static void end_operands(qry_text *text)
{
    text->at[-2] = ';';
    text->at[-1] = '\n';
}

/* ---- parameters ---- */

/* Parameters are called p00, p01, ...: Qiskit takes them in alphabetical order, whatever the order of the definition. */
static void write_parameter(qry_text *text, const qry_definition *d, int32_t number)
{
    int digits = d->angle_count > 100 ? snprintf(NULL, 0, "%u", d->angle_count - 1) : 2;
    text->at += sprintf(text->at, "p%0*d", digits, (int)number);
}

static void write_angle(struct writer *w, qry_angle angle)
{
    if (angle.formal < 0) {
        const struct qry_number_text *number = qry_text_number(w->text, angle.factor);
        qry_text_put(w->text, number->text, number->length);
        return;
    }
    qry_must(fabs(angle.factor) == 1); /* others are not gates */
    if (angle.factor < 0)
        *w->text->at++ = '-';
    write_parameter(w->text, w->definition, angle.formal);
}

/* Readers agree on controlled rotations only within one turn. */
static void warn_of_turns(struct writer *w, qry_gate gate, double angle)
{
    if (!w->turns_twice[gate] || w->printer->warned || (angle >= 0 && angle < 2 * M_PI))
        return;
    qry_warning(w->ctx, "%s(%.6g): some readers (QDK) take the angle modulo 2 pi, which is another gate",
                qry_gate_table[gate].name, angle);
    w->printer->warned = true;
}

/* ---- statements ---- */

/* Makes room for a line as well, or its beginning. */
static void write_indent(struct writer *w)
{
    qry_text_room(w->text, QRY_LINE_ROOM);
    if (w->is_gate)
        qry_text_put(w->text, "  ", 2);
}

static void write_comment(struct writer *w, const char *before, const char *name)
{
    write_indent(w);
    qry_text_comment(w->text, before, name);
}

static void write_gate(struct writer *w, const qry_frame *f, const qry_op *op)
{
    const qry_gate_info *info = &qry_gate_table[op->kind];
    qry_text *text = w->text;
    write_indent(w);
    qry_text_word(text, w->gate[f->inverse ? info->inverse : (qry_gate)op->kind]);
    if (info->angles) { /* one: others are not in this profile */
        qry_angle angles[QRY_MAX_ANGLES];
        const qry_gate gate = qry_frame_gate(f, op, angles);
        write_angle(w, angles[0]);
        warn_of_turns(w, gate, angles[0].factor);
        qry_text_put(text, ") ", 2);
    }
    qry_text_word(text, w->operands[f->map[op->a]]);
    if (info->qubits > 1)
        qry_text_word(text, w->operands[f->map[op->b]]);
    if (info->qubits > 2)
        qry_text_word(text, w->operands[f->map[op->c]]);
    end_operands(text);
}

static void write_measurement(struct writer *w, const qry_frame *f, const qry_op *op)
{
    qry_text_room(w->text, QRY_LINE_ROOM);
    qry_text_bit(w->text, &w->bits, op->b);
    qry_text_put(w->text, " = measure ", 11);
    qry_text_word(w->text, w->operands[f->map[op->a]]);
    end_operands(w->text);
}

static qry_turn write_stretch(void *state, const qry_frame *f, size_t from, size_t to)
{
    struct writer *w = state;
    const qry_op *ops = f->definition->ops;
    for (size_t i = from; i < to; i++) {
        const qry_op *op = &ops[f->inverse ? to - 1 - (i - from) : i];
        if (op->kind == QRY_OP_MEASURE)
            write_measurement(w, f, op);
        else
            write_gate(w, f, op);
    }
    return QRY_GO_ON;
}

static void write_call(struct writer *w, const char *name, const qry_frame *callee)
{
    const qry_definition *d = callee->definition;
    qry_text *text = w->text;
    write_indent(w);
    qry_text_string(text, name);
    for (uint32_t i = 0; i < d->angle_count; i++) {
        qry_text_room(text, QRY_LINE_ROOM);
        qry_text_put(text, i ? ", " : "(", i ? 2 : 1);
        write_angle(w, callee->angles[i]);
    }
    qry_text_string(text, d->angle_count ? ") " : " ");
    for (uint32_t i = 0; i < d->width; i++) {
        qry_text_room(text, QRY_LINE_ROOM);
        qry_text_word(text, w->operands[callee->map[i]]);
    }
    end_operands(text);
}

/* ---- sections and calls ---- */

static void enter(struct writer *w, const char *name)
{
    QRY_GROW(w->ctx, w->open, w->open_room, w->open_count + 1);
    w->open[w->open_count++] = name;
    write_comment(w, "@enter ", name);
}

static qry_turn leave(void *state)
{
    struct writer *w = state;
    write_comment(w, "@leave ", w->open[--w->open_count]);
    return QRY_GO_ON;
}

static qry_turn enter_section(void *state, const qry_frame *f, const char *name)
{
    (void)f;
    enter(state, name);
    return QRY_GO_ON;
}

static qry_turn enter_call(void *state, const qry_frame *callee)
{
    struct writer *w = state;
    const qry_body *body = qry_survey_body(w->printer->survey, callee->definition);
    const qry_print_plan *plan = &w->printer->plans[body->number];
    enter(w, callee->definition->name);
    if (!plan->is_gate)
        return QRY_GO_ON;
    write_call(w, plan->name[callee->inverse], callee);
    leave(w);
    return QRY_SKIP;
}

/* ---- bodies ---- */

static void write_body(struct writer *w, bool inverse)
{
    char name[16];
    for (int g = 0; g < QRY_GATES; g++) {
        snprintf(name, sizeof name, "%s%s", qry_gate_table[g].name, qry_gate_table[g].angles ? "(" : " ");
        w->gate[g] = qry_word_of(w->arena, name);
        w->turns_twice[g] = qry_gate_turns_twice((qry_gate)g);
    }
    qry_tour_walk(
        w->definition, inverse,
        &(qry_tour){
            .state = w, .stretch = write_stretch, .call = enter_call, .section = enter_section, .leave = leave});
    qry_free(w->ctx, w->open);
}

static struct writer writer_of(qry_printer *printer, const qry_definition *d, bool is_gate)
{
    qry_ctx *ctx = qry_circuit_ctx(printer->circuit);
    qry_arena *arena = qry_arena_new(ctx);
    return (struct writer){.printer = printer,
                           .text = &printer->text,
                           .ctx = ctx,
                           .arena = arena,
                           .definition = d,
                           .is_gate = is_gate,
                           .bits = qry_bit_names_of(printer->circuit),
                           .operands = qry_print_operands(arena, d, is_gate)};
}

void qry_print_gate(qry_printer *printer, const qry_body *body, bool inverse)
{
    const qry_definition *d = body->definition;
    struct writer w = writer_of(printer, d, true);
    qry_text *text = w.text;
    qry_text_comment(text, inverse ? "inverse of " : "", d->name);
    qry_text_string(text, "gate ");
    qry_text_string(text, printer->plans[body->number].name[inverse]);
    for (uint32_t i = 0; i < d->angle_count; i++) {
        qry_text_room(text, QRY_LINE_ROOM);
        qry_text_put(text, i ? ", " : "(", i ? 2 : 1);
        write_parameter(text, d, (int32_t)i);
    }
    qry_text_string(text, d->angle_count ? ") " : " ");
    for (uint32_t i = 0; i < d->width; i++) {
        qry_text_room(text, QRY_LINE_ROOM);
        qry_text_word(text, w.operands[i]);
    }
    text->at -= 2;
    qry_text_string(text, " {\n");
    write_body(&w, inverse);
    qry_text_string(text, "}\n");
    qry_arena_free(w.arena);
}

void qry_print_program(qry_printer *printer, const qry_body *body)
{
    struct writer w = writer_of(printer, body->definition, false);
    write_body(&w, false);
    qry_arena_free(w.arena);
}
