/* slots.c: angles as expressions over the parameters of a gate. A definition of the circuit takes numbers only; what a
 * gate computes from its parameters is computed by whoever calls it, and these expressions say how. */
#include "qasm/program/interpret.h"
#include "qasm/program/number.h"

#include <math.h>
#include <string.h>

enum angle_kind { NUMBER, PARAMETER, OPERATOR, FUNCTION, ROUNDED, POWER };

enum {
    MAX_CHILDREN = 5,
    MAX_ANGLES = 1 << 21, /* gates within gates may each need all the angles of those within: this bounds the memory */
    MAX_LEVELS = 10000    /* of an expression, which is walked by recursion */
};

struct qasm_angle {
    uint16_t kind, op; /* op: enum tree_operator; FUNCTION: its number; ROUNDED: to a float of so many
                        bits; POWER: which of the four angles */
    uint32_t gate;     /* POWER */
    uint32_t parameter;
    uint32_t level; /* of the deepest part */
    double number;  /* NUMBER; PARAMETER: times this */
    const struct qasm_angle *child[MAX_CHILDREN];
    /* Of the walk number `walk`: what it has found. Expressions share their parts, so that a walk without memory could take
     * for ever. */
    uint64_t walk;
    struct qasm_argument with;
};

/* ---- equal ones are one ---- */

static uint64_t hash_of(const struct qasm_angle *a)
{
    uint64_t hash = (uint64_t)a->kind << 32 | a->op, bits;
    memcpy(&bits, &a->number, sizeof bits);
    hash = (hash ^ bits) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 29 ^ a->parameter ^ (uint64_t)a->gate << 40) * UINT64_C(0xbf58476d1ce4e5b9);
    for (int i = 0; i < MAX_CHILDREN; i++)
        hash = (hash ^ hash >> 31 ^ (uintptr_t)a->child[i]) * UINT64_C(0x94d049bb133111eb);
    return hash ^ hash >> 30;
}

static bool same(const struct qasm_angle *a, const struct qasm_angle *b)
{
    return a->kind == b->kind && a->op == b->op && a->gate == b->gate && a->parameter == b->parameter &&
           memcmp(&a->number, &b->number, sizeof a->number) == 0 && memcmp(a->child, b->child, sizeof a->child) == 0;
}

static void enlarge(struct qry_qasm *program)
{
    size_t room = program->angle_room ? 2 * program->angle_room : 64;
    const struct qasm_angle **table = qry_arena_alloc(program->arena, room, sizeof *table);
    for (size_t i = 0; i < program->angle_room; i++) {
        if (!program->angles[i])
            continue;
        size_t at = hash_of(program->angles[i]) & (room - 1);
        while (table[at])
            at = (at + 1) & (room - 1);
        table[at] = program->angles[i];
    }
    program->angles = table;
    program->angle_room = room;
}

static struct qasm_argument the_one(struct qry_qasm *program, const struct qasm_angle *angle)
{
    if (2 * program->angle_count >= program->angle_room)
        enlarge(program);
    size_t at = hash_of(angle) & (program->angle_room - 1);
    for (; program->angles[at]; at = (at + 1) & (program->angle_room - 1))
        if (same(program->angles[at], angle))
            return (struct qasm_argument){0, program->angles[at]};
    struct qasm_angle *kept = QRY_NEW(program->arena, struct qasm_angle);
    *kept = *angle;
    for (int i = 0; i < MAX_CHILDREN; i++)
        if (angle->child[i] && angle->child[i]->level >= kept->level)
            kept->level = angle->child[i]->level + 1;
    if (program->angle_count == MAX_ANGLES || kept->level > MAX_LEVELS) {
        qry_error(program->ctx,
                  "what the gates compute from their parameters is too much: more than %d angles, or one of "
                  "more than %d operators within each other",
                  MAX_ANGLES, MAX_LEVELS);
        qry_give_up(program->ctx);
    }
    program->angles[at] = kept;
    program->angle_count++;
    return (struct qasm_argument){0, kept};
}

static const struct qasm_angle *angle_of(struct qry_qasm *program, struct qasm_argument a)
{
    if (a.angle)
        return a.angle;
    return the_one(program, &(struct qasm_angle){.kind = NUMBER, .number = a.number}).angle;
}

static struct qasm_argument multiple(struct qry_qasm *program, uint32_t number, double factor)
{
    return the_one(program, &(struct qasm_angle){.kind = PARAMETER, .parameter = number, .number = factor});
}

const struct qasm_angle *qasm_angle_parameter(struct qry_qasm *program, uint32_t number)
{
    return multiple(program, number, 1).angle;
}

bool qasm_angle_multiple(const struct qasm_angle *angle, uint32_t *parameter, double *factor)
{
    if (angle->kind != PARAMETER)
        return false;
    *parameter = angle->parameter;
    *factor = angle->number;
    return true;
}

/* ---- building ---- */

static struct qasm_argument number_of(double number) { return (struct qasm_argument){number, NULL}; }

static double operate(enum tree_operator op, double a, double b)
{
    switch (op) {
    case TREE_ADD:
        return a + b;
    case TREE_SUBTRACT:
        return a - b;
    case TREE_MULTIPLY:
        return a * b;
    case TREE_DIVIDE:
        return a / b;
    case TREE_MODULO:
        return fmod(a, b);
    case TREE_POWER:
        return pow(a, b);
    default:
        qry_must(op == TREE_NEGATE);
        return -a;
    }
}

struct qasm_argument qasm_argument_operate(struct qry_qasm *program, enum tree_operator op, struct qasm_argument a,
                                           struct qasm_argument b)
{
    if (!a.angle && !b.angle)
        return number_of(operate(op, a.number, b.number));
    if (a.angle && !b.angle && a.angle->kind == PARAMETER) {
        if (op == TREE_NEGATE || op == TREE_MULTIPLY || op == TREE_DIVIDE)
            return multiple(program, a.angle->parameter, operate(op, a.angle->number, b.number));
        if ((op == TREE_ADD || op == TREE_SUBTRACT) && b.number == 0)
            return a;
    }
    if (!a.angle && b.angle->kind == PARAMETER && op == TREE_MULTIPLY)
        return multiple(program, b.angle->parameter, a.number * b.angle->number);
    return the_one(program, &(struct qasm_angle){
                                .kind = OPERATOR,
                                .op = (uint16_t)op,
                                .child = {angle_of(program, a), op == TREE_NEGATE ? NULL : angle_of(program, b)}});
}

static struct qasm_argument call_of(struct qry_qasm *program, uint32_t function, const struct qasm_argument *arguments)
{
    struct qasm_angle angle = {.kind = FUNCTION, .op = (uint16_t)function};
    bool two = qasm_function_is_real(function, 2);
    if (!arguments[0].angle && !(two && arguments[1].angle))
        return number_of(qasm_function_real(function, arguments[0].number, arguments[1].number));
    for (uint32_t i = 0; i <= two; i++)
        angle.child[i] = angle_of(program, arguments[i]);
    return the_one(program, &angle);
}

static struct qasm_argument rounded(struct qry_qasm *program, uint32_t width, struct qasm_argument a)
{
    if (!a.angle)
        return number_of(qasm_round_real(a.number, width));
    return the_one(program, &(struct qasm_angle){.kind = ROUNDED, .op = (uint16_t)width, .child = {a.angle}});
}

struct qasm_argument qasm_argument_power(struct qry_qasm *program, const struct qasm_use *use,
                                         struct qasm_argument exponent, uint32_t which)
{
    const qry_gate gate = use->gate;
    const struct qasm_argument *angles = use->arguments;
    const int64_t whole = use->exponent;
    struct qasm_angle angle = {.kind = POWER, .op = (uint16_t)which, .gate = (uint32_t)gate, .number = (double)whole};
    double numbers[QRY_MAX_ANGLES] = {0}, result[4];
    bool known = !exponent.angle && !use->phase.angle;
    for (uint32_t i = 0; i < qry_gate_table[gate].angles; i++) {
        known &= !angles[i].angle;
        numbers[i] = angles[i].number;
    }
    if (known) {
        qasm_power_angles(use, numbers, exponent.number, result);
        return number_of(result[which]);
    }
    for (uint32_t i = 0; i < QRY_MAX_ANGLES; i++)
        if (i < qry_gate_table[gate].angles)
            angle.child[i] = angle_of(program, angles[i]);
    angle.child[QRY_MAX_ANGLES] = angle_of(program, exponent);
    angle.child[QRY_MAX_ANGLES + 1] = angle_of(program, use->phase);
    return the_one(program, &angle);
}

/* ---- with arguments for parameters ---- */

static struct qasm_argument power_with(struct qry_qasm *program, const struct qasm_angle *a,
                                       const struct qasm_argument *arguments)
{
    struct qasm_argument angles[QRY_MAX_ANGLES];
    const struct qasm_use use = {.gate = (qry_gate)a->gate,
                                 .arguments = angles,
                                 .exponent = (int64_t)a->number,
                                 .phase = qasm_angle_with(program, a->child[QRY_MAX_ANGLES + 1], arguments)};
    for (uint32_t i = 0; i < qry_gate_table[a->gate].angles; i++)
        angles[i] = qasm_angle_with(program, a->child[i], arguments);
    return qasm_argument_power(program, &use, qasm_angle_with(program, a->child[QRY_MAX_ANGLES], arguments), a->op);
}

static struct qasm_argument with(struct qry_qasm *program, const struct qasm_angle *a,
                                 const struct qasm_argument *arguments)
{
    struct qasm_argument child[2] = {{0, NULL}, {0, NULL}};
    if (a->kind == NUMBER)
        return number_of(a->number);
    if (a->kind == PARAMETER)
        return qasm_argument_operate(program, TREE_MULTIPLY, arguments[a->parameter], number_of(a->number));
    if (a->kind == POWER)
        return power_with(program, a, arguments);
    for (int i = 0; i < 2 && a->child[i]; i++)
        child[i] = qasm_angle_with(program, a->child[i], arguments);
    if (a->kind == ROUNDED)
        return rounded(program, a->op, child[0]);
    return a->kind == OPERATOR ? qasm_argument_operate(program, a->op, child[0], child[1])
                               : call_of(program, a->op, child);
}

struct qasm_argument qasm_angle_with(struct qry_qasm *program, const struct qasm_angle *a,
                                     const struct qasm_argument *arguments)
{
    struct qasm_angle *memory = (struct qasm_angle *)(uintptr_t)a;
    if (memory->walk == program->angle_walks)
        return memory->with;
    struct qasm_argument result = with(program, a, arguments);
    memory->walk = program->angle_walks;
    memory->with = result;
    return result;
}

/* ---- from the text of a gate ---- */

static bool mentions_parameter(const struct tree_expr *expr)
{
    if (expr->constant)
        return false;
    if (expr->kind == TREE_NAME)
        return expr->symbol->kind == SYMBOL_ANGLE;
    if (expr->kind != TREE_UNARY && expr->kind != TREE_BINARY && expr->kind != TREE_CALL && expr->kind != TREE_CAST)
        return false;
    for (const struct tree_expr *child = expr->first; child; child = child->next)
        if (mentions_parameter(child))
            return true;
    return false;
}

static bool not_in_a_gate(struct qasm_run *run, const struct tree_expr *expr, const char *what)
{
    return qasm_fail(run, expr->place, "compute it where the gate is called, and give it as a parameter",
                     "%s of a gate's parameter cannot be kept in the circuit", what);
}

static bool call_argument(struct qasm_run *run, const struct tree_expr *expr, struct qasm_argument *argument)
{
    uint32_t f = expr->symbol->number;
    if (expr->symbol->kind != SYMBOL_BUILTIN || !qasm_function_is_real(f, expr->count))
        return not_in_a_gate(run, expr, qry_arena_printf(run->scratch, "'%s'", expr->symbol->name->text));
    struct qasm_argument child[2] = {{0, NULL}, {0, NULL}};
    const struct tree_expr *at = expr->first;
    for (uint32_t i = 0; i < expr->count; i++, at = at->next)
        if (!qasm_argument_of(run, at, &child[i]))
            return false;
    *argument = call_of(run->program, f, child);
    return true;
}

static bool operator_argument(struct qasm_run *run, const struct tree_expr *expr, struct qasm_argument *argument)
{
    static const bool known[TREE_OPERATORS] = {
        [TREE_ADD] = true,    [TREE_SUBTRACT] = true, [TREE_MULTIPLY] = true, [TREE_DIVIDE] = true,
        [TREE_MODULO] = true, [TREE_POWER] = true,    [TREE_NEGATE] = true,
    };
    struct qasm_argument a, b = {0, NULL};
    if (!known[expr->op])
        return not_in_a_gate(run, expr, "this operator");
    if (!qasm_argument_of(run, expr->first, &a) ||
        (expr->kind == TREE_BINARY && !qasm_argument_of(run, expr->first->next, &b)))
        return false;
    *argument = qasm_argument_operate(run->program, expr->op, a, b);
    return true;
}

bool qasm_argument_of(struct qasm_run *run, const struct tree_expr *expr, struct qasm_argument *argument)
{
    *argument = (struct qasm_argument){0, NULL};
    if (!run->gate || !mentions_parameter(expr))
        return qasm_evaluate_radians(run, expr, &argument->number);
    switch (expr->kind) {
    case TREE_NAME:
        argument->angle = run->gate->slots[expr->symbol->slot];
        return true;
    case TREE_CALL:
        return call_argument(run, expr, argument);
    case TREE_CAST:
        if (expr->type->kind != QASM_FLOAT && (expr->type->kind != QASM_ANGLE || expr->type->width != 64))
            return not_in_a_gate(run, expr, "this cast");
        if (!qasm_argument_of(run, expr->first, argument))
            return false;
        if (expr->type->kind == QASM_FLOAT && expr->type->width < 64)
            *argument = rounded(run->program, expr->type->width, *argument);
        return true;
    default:
        return operator_argument(run, expr, argument);
    }
}
