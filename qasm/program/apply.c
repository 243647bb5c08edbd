/* apply.c: a gate with its modifiers on its operands, over registers if need be. */
#include "qasm/program/interpret.h"

#include <math.h>
#include <string.h>

/* ---- modifiers ---- */

static bool times(struct qasm_run *run, struct qasm_use *use, const struct tree_modifier *m, int64_t factor)
{
    int64_t product;
    if (QRY_MUL_OVERFLOWS(use->exponent, factor, &product) || product == INT64_MIN)
        return qasm_fail(run, m->place, NULL, "the powers of '%s' multiply to more than 2^63", use->symbol->name->text);
    use->exponent = product;
    return true;
}

static bool power(struct qasm_run *run, struct qasm_use *use, const struct tree_modifier *m)
{
    struct qasm_argument exponent;
    if (!qasm_argument_of(run, m->argument, &exponent))
        return false;
    if (!exponent.angle && exponent.number == rint(exponent.number)) {
        if (fabs(exponent.number) < 9e18)
            return times(run, use, m, (int64_t)exponent.number);
        return qasm_fail(run, m->place, NULL, "pow(%g) is more than 2^63 gates", exponent.number);
    }
    if (!exponent.angle && !isfinite(exponent.number))
        return qasm_fail(run, m->place, NULL, "pow(%g) is no power", exponent.number);
    return qasm_fraction(run, use, m->place, exponent);
}

static bool controls(struct qasm_run *run, struct qasm_use *use, const struct tree_modifier *m)
{
    int64_t count = 1;
    bool unknown = false;
    if (m->argument && !qasm_evaluate_integer(run, m->argument, &count, &unknown))
        return false;
    if (unknown || count < 1 || count > UINT32_MAX / 2 - use->controls)
        return qasm_fail(run, m->place, NULL, "a gate cannot have %lld controls", (long long)count);
    uint32_t more = (uint32_t)count;
    bool *negative = qry_arena_alloc(run->scratch, use->controls + more + 1, sizeof *negative);
    memset(negative, m->kind == TREE_NEGCTRL, more); /* the outer controls are the first operands */
    if (use->controls)
        memcpy(negative + more, use->negative, use->controls);
    use->negative = negative;
    use->controls += more;
    return true;
}

static bool modify_once(struct qasm_run *run, struct qasm_use *use, const struct tree_modifier *m)
{
    switch (m->kind) {
    case TREE_INV:
        return times(run, use, m, -1);
    case TREE_POW:
        return power(run, use, m);
    default:
        return controls(run, use, m);
    }
}

/* From the innermost outwards. */
static bool modify(struct qasm_run *run, struct qasm_use *use, const struct tree_modifier *first)
{
    size_t count = 0;
    for (const struct tree_modifier *m = first; m; m = m->next)
        count++;
    if (!count)
        return true;
    const struct tree_modifier **all = qry_arena_alloc(run->scratch, count, sizeof *all);
    for (const struct tree_modifier *m = first; m; m = m->next)
        *all++ = m;
    while (count--)
        if (!modify_once(run, use, *--all))
            return false;
    return true;
}

/* ---- writing ---- */

static bool write_once(struct qasm_run *run, const struct qasm_use *use, const qry_definition *callee,
                       const qry_qubit *qubits)
{
    bool inverse = use->exponent < 0;
    if (callee) {
        qry_angle *angles = qry_arena_alloc(run->scratch, callee->angle_count + 1, sizeof *angles);
        if (!use->definition && !qasm_slot_angles(run, use->stmt->place, use->composite, use->arguments, angles))
            return false;
        qry_add_call(run->body, callee, inverse, qubits, angles);
        return true;
    }
    qry_angle angles[QRY_MAX_ANGLES];
    for (uint32_t i = 0; i < use->argument_count; i++)
        if (!qasm_angle_here(run, use->stmt->place, use->arguments[i], 1, &angles[i]))
            return false;
    qry_gate gate = inverse ? qry_gate_invert(use->gate, angles) : use->gate;
    if (!use->controls) {
        qry_add_gate(run->body, gate, angles, qubits);
        return true;
    }
    qry_qubit *marked = qry_arena_alloc(run->scratch, use->controls, sizeof *marked);
    for (uint32_t i = 0; i < use->controls; i++)
        marked[i] = qubits[i] | (use->negative[i] ? QRY_NEGATIVE : 0);
    qry_add_controlled(run->body, gate, angles, qubits + use->controls, marked, use->controls);
    return true;
}

/* The definition that is called; true with NULL for a gate of the table. */
static bool callee_of(struct qasm_run *run, const struct qasm_use *use, const qry_definition **callee)
{
    *callee = use->definition ? use->definition : use->composite ? qasm_defined(run, use->composite) : NULL;
    if (!*callee)
        return !use->composite;
    if (use->controls)
        *callee = qasm_controlled(run, use, *callee, use->negative, use->controls);
    return *callee;
}

static bool write_use(struct qasm_run *run, const struct qasm_use *use, const qry_definition *callee,
                      const qry_qubit *qubits)
{
    bool phased = !callee && (use->phase.angle || use->phase.number != 0);
    uint64_t count = (uint64_t)(use->exponent < 0 ? -use->exponent : use->exponent);
    struct qasm_argument phase = use->phase;
    const struct qasm_use with = {.stmt = use->stmt,
                                  .symbol = use->symbol,
                                  .gate = QRY_GATE_gphase,
                                  .arguments = &phase,
                                  .argument_count = 1,
                                  .exponent = use->exponent,
                                  .controls = use->controls,
                                  .negative = use->negative};
    if (!count || !qasm_write(run, 1 + (size_t)phased + (count > 1 ? 2 : 0)))
        return true;
    size_t before = run->body->op_count;
    if (count > 1)
        qry_begin_repeat(run->body, count);
    if ((phased && !write_once(run, &with, NULL, qubits)) || !write_once(run, use, callee, qubits))
        return false;
    if (count > 1)
        qry_end(run->body);
    qry_must(run->body->op_count == before + 1 + phased + (count > 1 ? 2 : 0));
    return true;
}

/* ---- operands ---- */

enum { FEW = 8 };

static bool write_all(struct qasm_run *run, const struct qasm_use *use, const struct qasm_qubits *operands,
                      uint32_t count)
{
    const qry_definition *callee;
    qry_qubit few[FEW], *qubits = count <= FEW ? few : qry_arena_alloc(run->scratch, count, sizeof *qubits);
    uint32_t rounds = 1;
    if (!callee_of(run, use, &callee))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!operands[i].one) {
            if (rounds != 1 && operands[i].count != rounds && operands[i].count != 1)
                return qasm_fail(run, use->stmt->place, NULL, "registers of %u and %u qubits do not go together",
                                 rounds, operands[i].count);
            rounds = operands[i].count == 1 ? rounds : operands[i].count;
        }
    for (uint32_t r = 0; r < rounds; r++) {
        qry_arena_mark mark = qry_arena_marked(run->scratch);
        for (uint32_t i = 0; i < count; i++)
            qubits[i] = qasm_qubit(&operands[i], operands[i].count == 1 ? 0 : r);
        bool good;
        if (!qasm_distinct(run, use->stmt, qubits, count, &good))
            return false;
        if (good && !write_use(run, use, callee, qubits))
            return false;
        qry_arena_rewind(run->scratch, mark);
    }
    return true;
}

/* U of OpenQASM 2 is Rz(phi) Ry(theta) Rz(lambda): the current one without its phase. */
static void old_phase(struct qasm_run *run, struct qasm_use *use)
{
    struct qasm_argument sum = {0, NULL}, half = {-0.5, NULL};
    for (uint32_t i = 0; i < use->argument_count; i++)
        sum = qasm_argument_operate(run->program, TREE_ADD, use->arguments[i], sum);
    use->phase = qasm_argument_operate(run->program, TREE_MULTIPLY, sum, half);
}

static bool is_old(const struct qasm_run *run, const struct tree_stmt *stmt)
{
    return run->tree->version == TREE_VERSION_2 && stmt->symbol->gate == QRY_GATE_U &&
           !(run->gate && run->gate->symbol->standard);
}

/* What is known of the gate is its name only. */
static bool is_bodiless(const struct tree_symbol *gate)
{
    return gate->gate == QRY_GATES && (!gate->stmt || gate->stmt->kind != TREE_GATE);
}

static bool no_body(struct qasm_run *run, const struct tree_stmt *stmt)
{
    qry_tree_error(run->tree, stmt->place, "give it one: gate NAME(...) ... { ... }", "gate '%s' has no body here: %s",
                   stmt->symbol->name->text,
                   stmt->symbol->calibrated ? "only a defcal says what it does" : "it is opaque");
    return false;
}

bool qasm_apply(struct qasm_run *run, const struct tree_stmt *stmt)
{
    if (is_bodiless(stmt->symbol))
        return no_body(run, stmt);
    struct qasm_argument few[FEW];
    struct qasm_qubits few_qubits[FEW];
    struct qasm_use use = {.stmt = stmt, .symbol = stmt->symbol, .gate = QRY_GATES, .exponent = 1};
    uint32_t arguments = stmt->arguments ? stmt->symbol->parameters : 0, count = 0;
    use.arguments = arguments <= FEW ? few : qry_arena_alloc(run->scratch, arguments, sizeof *few);
    for (const struct tree_expr *a = stmt->arguments; a; a = a->next)
        if (!qasm_argument_of(run, a, &use.arguments[use.argument_count++]))
            return false;
    if (stmt->symbol->stmt)
        use.composite = &run->program->gates[stmt->symbol->number];
    else
        use.gate = stmt->symbol->gate;
    if (is_old(run, stmt))
        old_phase(run, &use);
    if (!modify(run, &use, stmt->modifiers))
        return false;
    for (const struct tree_expr *q = stmt->operands; q; q = q->next)
        count++;
    struct qasm_qubits *operands = count <= FEW ? few_qubits : qry_arena_alloc(run->scratch, count, sizeof *operands);
    struct qasm_qubits *at = operands;
    for (const struct tree_expr *q = stmt->operands; q; q = q->next)
        if (!qasm_qubits_of(run, q, at++))
            return false;
    return write_all(run, &use, operands, count);
}
