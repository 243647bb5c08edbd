/* print.c: the circuit as OpenQASM 3.0 in the portable profile. A small circuit is written out gate by gate; of a larger
 * one, every definition that is called becomes a `gate`, callees first, and another one for its inverse if that is called.
 *
 * What cannot be a gate is written out where it is called: more operands than wanted, none at all, a measurement inside;
 * and what scales an angle that it is given, or turns a controlled rotation by it: the angle type of OpenQASM goes round
 * at 2 pi, and one reader (QDK 1.33) sticks to it. Nothing is kept of the text: it goes to the output as it is made. */
#include "qasm/print.h"
#include "qasm/identifier.h"

#include <stdio.h>

static const double LARGE_TEXT = 1e9; /* bytes; more is worth a warning */

/* ---- what becomes of each definition ---- */

static void choose_gates(qry_printer *p, uint32_t max_operands)
{
    for (size_t k = 1; k < p->survey->count; k++) { /* 0 is the program */
        const qry_body *body = p->survey->bodies[k];
        uint32_t width = body->definition->width;
        p->plans[k].is_gate =
            !body->measures && !body->reshapes_angles && width && (!max_operands || width <= max_operands);
    }
}

/* Callers first. */
static void find_needed(qry_printer *p)
{
    p->plans[0].needed[false] = true;
    for (size_t k = p->survey->count; k-- > 0;) {
        const qry_body *body = p->survey->order[k];
        const bool *needed = p->plans[body->number].needed;
        for (const qry_part *part = body->parts; part; part = part->next)
            for (const qry_item *item = part->items; item; item = item->next) {
                if (!item->callee || !item->times)
                    continue;
                bool *callee = p->plans[item->callee->number].needed;
                callee[item->inverse] |= needed[false];
                callee[!item->inverse] |= needed[true];
            }
    }
}

/* qr_ and what is left of the name; definitions that share it get their numbers behind. */
static void name_gates(qry_printer *p)
{
    qry_names taken;
    qry_names_init(&taken, p->arena);
    for (size_t k = 0; k < p->survey->count; k++) {
        const qry_body *body = p->survey->order[k];
        qry_print_plan *plan = &p->plans[body->number];
        if (!plan->is_gate)
            continue;
        char identifier[QRY_IDENTIFIER_ROOM];
        qry_identifier(body->definition->name, identifier);
        const char *name = qry_arena_printf(p->arena, "qr_%s", identifier);
        const char *inverse = qry_arena_printf(p->arena, "%s_dg", name);
        while (qry_names_has(&taken, name) || qry_names_has(&taken, inverse)) {
            name = qry_arena_printf(p->arena, "%s_%u", name, body->definition->number);
            inverse = qry_arena_printf(p->arena, "%s_dg", name);
        }
        qry_names_add(&taken, name);
        qry_names_add(&taken, inverse);
        plan->name[false] = name;
        plan->name[true] = inverse;
    }
    qry_names_free(&taken);
}

/* ---- how long it will be ---- */

/* The average operand of the program, which is near enough for all. */
static double operand_bytes(const qry_definition *program)
{
    double sum = 0;
    for (size_t g = 0; g < program->group_count; g++)
        sum += program->groups[g].size * (strlen(program->groups[g].name) + 7.0);
    return program->width ? sum / program->width : 0;
}

static double own_bytes(const qry_part *part, double operand)
{
    double sum = (double)part->self.measurements * (16 + operand);
    for (int g = 0; g < QRY_GATES; g++) {
        const qry_gate_info *info = &qry_gate_table[g];
        sum += (double)part->self.gate[g] * (strlen(info->name) + 2 + info->qubits * operand + info->angles * 20);
    }
    return sum;
}

static double item_bytes(const qry_printer *p, const qry_item *item, const double *bytes, double operand)
{
    const char *name = item->section ? item->section->name : item->callee->definition->name;
    double one = 2 * (11 + strlen(name)); /* @enter and @leave */
    if (item->callee)
        one += p->plans[item->callee->number].is_gate ? item->callee->definition->width * operand + strlen(name)
                                                      : bytes[item->callee->number];
    return (double)item->times * one;
}

/* About how many bytes the text will have. */
static double text_bytes(const qry_printer *p)
{
    double sum = 0, operand = operand_bytes(qry_circuit_program(p->circuit));
    double *bytes = qry_alloc(p->survey->ctx, p->survey->count, sizeof *bytes); /* of bodies written out once */
    for (size_t k = 0; k < p->survey->count; k++) {
        const qry_body *body = p->survey->order[k];
        const qry_print_plan *plan = &p->plans[body->number];
        double *own = &bytes[body->number];
        for (const qry_part *part = body->parts; part; part = part->next) {
            *own += own_bytes(part, operand);
            for (const qry_item *item = part->items; item; item = item->next)
                *own += item_bytes(p, item, bytes, operand);
        }
        if (plan->is_gate)
            sum += *own * (plan->needed[false] + plan->needed[true]);
    }
    sum += bytes[0];
    qry_free(p->survey->ctx, bytes);
    return sum;
}

/* ---- the file ---- */

static void write_head(qry_printer *p, const qry_print_options *options)
{
    qry_text *text = &p->text;
    const qry_definition *program = qry_circuit_program(p->circuit);
    qry_text_string(text, "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n");
    for (size_t i = 0; i < options->head_count; i++)
        qry_text_comment(text, "", options->head[i]);
    char line[QRY_IDENTIFIER_ROOM + 32];
    for (size_t g = 0; g < program->group_count; g++) {
        if (!program->groups[g].size)
            continue;
        snprintf(line, sizeof line, "qubit[%u] %s;\n", program->groups[g].size, program->groups[g].name);
        qry_text_string(text, line);
    }
    if (p->survey->bodies[0]->measures)
        qry_text_bit_registers(text, p->circuit);
}

static void write_file(qry_printer *p, const qry_print_options *options)
{
    write_head(p, options);
    for (size_t k = 0; k < p->survey->count; k++) {
        const qry_body *body = p->survey->order[k];
        const qry_print_plan *plan = &p->plans[body->number];
        for (int inverse = 0; inverse < 2; inverse++)
            if (plan->is_gate && plan->needed[inverse])
                qry_print_gate(p, body, inverse);
    }
    qry_print_program(p, p->survey->bodies[0]);
}

static bool is_in_profile(qry_ctx *ctx, const qry_body *program)
{
    if (program->conditions || program->resets)
        qry_error_at(ctx, (qry_span){0}, "leave out what measures before the end",
                     "the circuit has %s, which the portable profile has not",
                     program->conditions ? "a condition on a measured bit" : "a reset");
    else if (program->beyond_portable || program->barriers)
        qry_error_at(ctx, (qry_span){0}, "the profile full has it",
                     "the circuit has %s, which the portable profile has not",
                     program->beyond_portable ? "a gate (U, gphase, sx, sxdg or one with more controls)" : "a barrier");
    return !program->conditions && !program->resets && !program->beyond_portable && !program->barriers;
}

bool qry_circuit_print(const qry_circuit *circuit, const qry_print_options *options, qry_output *output)
{
    static const qry_print_options usual = {.flat_limit = QRY_FLAT_LIMIT};
    if (!options)
        options = &usual;
    if (options->profile == QRY_PROFILE_FULL)
        return qry_print_full(circuit, options, output);
    qry_ctx *ctx = qry_circuit_ctx(circuit);
    qry_printer p = {.circuit = circuit, .survey = qry_survey_new(qry_circuit_program(circuit))};
    const qry_body *program = p.survey->bodies[0];
    bool printable = is_in_profile(ctx, program);
    if (printable) {
        p.arena = qry_arena_new(ctx);
        p.plans = qry_arena_alloc(p.arena, p.survey->count, sizeof *p.plans);
        if (qry_tally_gates(&program->parts->whole) > options->flat_limit)
            choose_gates(&p, options->max_operands);
        find_needed(&p);
        name_gates(&p);
        double bytes = text_bytes(&p);
        if (bytes > LARGE_TEXT)
            qry_warning(ctx, "the circuit will be about %.1f GB of text", bytes / 1e9);
        qry_text_begin(&p.text, ctx, output);
        write_file(&p, options);
        qry_text_end(&p.text, ctx);
        qry_arena_free(p.arena);
    }
    qry_survey_free(p.survey);
    return printable;
}
