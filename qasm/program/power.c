/* power.c: powers of gates that are no whole numbers, by the eigenvalues of a 2 x 2 matrix: the principal power, where the
 * phase of every eigenvalue, taken in (-pi, pi], is multiplied. */
#include "qasm/program/interpret.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#define NEARLY  1e-12 /* a phase so near to -pi is pi that was rounded */
#define ROUNDED 1e-15 /* an angle as small as this is 0 that was rounded */

static double principal(double phase)
{
    double wrapped = remainder(phase, 2 * M_PI);
    return wrapped < -M_PI + NEARLY ? M_PI : wrapped;
}

void qasm_matrix_power(const double matrix[8], double exponent, double result[8])
{
    double complex m[4], power[4];
    memcpy(m, matrix, sizeof m);
    if (cabs(m[1]) < NEARLY && cabs(m[2]) < NEARLY) { /* the common case, to the last digit */
        power[0] = cexp(I * exponent * principal(carg(m[0])));
        power[3] = cexp(I * exponent * principal(carg(m[3])));
        power[1] = power[2] = 0;
        memcpy(result, power, sizeof power);
        return;
    }
    /* m = e^(i a) (cos b - i sin b (x X + y Y + z Z)), whose eigenvalues are e^(i (a - b)) and e^(i (a + b)) */
    double a = carg(m[0] * m[3] - m[1] * m[2]) / 2;
    for (int i = 0; i < 4; i++)
        m[i] *= cexp(-I * a);
    double x = -cimag(m[1] + m[2]) / 2, y = creal(m[2] - m[1]) / 2, z = cimag(m[3] - m[0]) / 2;
    double length = sqrt(x * x + y * y + z * z), b = atan2(length, creal(m[0] + m[3]) / 2);
    double low = exponent * principal(a - b), high = exponent * principal(a + b);
    double complex phase = cexp(I * (low + high) / 2);
    double c = cos((high - low) / 2), s = sin((high - low) / 2) / length;
    power[0] = phase * (c - I * s * z);
    power[1] = phase * (-s * y - I * s * x);
    power[2] = phase * (s * y - I * s * x);
    power[3] = phase * (c + I * s * z);
    memcpy(result, power, sizeof power);
}

void qasm_matrix_angles(const double matrix[8], double angles[4])
{
    double complex m[4];
    memcpy(m, matrix, sizeof m);
    double phase, phi, lambda;
    if (cabs(m[2]) < NEARLY) {
        phase = carg(m[0]);
        phi = 0;
        lambda = carg(m[3]) - phase;
        angles[0] = 0;
    } else if (cabs(m[0]) < NEARLY) {
        phase = carg(m[2]);
        phi = 0;
        lambda = carg(-m[1]) - phase;
        angles[0] = M_PI;
    } else {
        phase = carg(m[0]);
        phi = carg(m[2]) - phase;
        lambda = carg(-m[1]) - phase;
        angles[0] = 2 * atan2(cabs(m[2]), cabs(m[0]));
    }
    angles[1] = phi;
    angles[2] = lambda;
    angles[3] = phase - angles[0] / 2; /* U has e^(i theta / 2) of its own */
    for (int i = 0; i < 4; i++)
        if (fabs(angles[i]) < ROUNDED)
            angles[i] = 0;
}

/* ---- the power of a gate of the table ---- */

/* The matrix of the gate gathered so far, with the phase that comes with it, to the powers gathered and to this one. */
void qasm_power_angles(const struct qasm_use *use, const double *arguments, double exponent, double angles[4])
{
    double matrix[8], power[8];
    double complex m[4];
    qry_gate_matrix(use->gate, arguments, matrix);
    memcpy(m, matrix, sizeof m);
    for (int i = 0; i < 4; i++)
        m[i] *= cexp(I * use->phase.number);
    memcpy(matrix, m, sizeof m);
    qasm_matrix_power(matrix, (double)use->exponent, power);
    qasm_matrix_power(power, exponent, matrix);
    qasm_matrix_angles(matrix, angles);
}

/* U with its phase for a power of the gate gathered so far: numbers at once, expressions later. */
static void become_u(struct qasm_run *run, struct qasm_use *use, struct qasm_argument exponent)
{
    struct qasm_argument *result = qry_arena_alloc(run->scratch, 4, sizeof *result);
    for (uint32_t i = 0; i < 4; i++)
        result[i] = qasm_argument_power(run->program, use, exponent, i);
    use->gate = QRY_GATE_U;
    use->arguments = result;
    use->argument_count = 3;
    use->phase = result[3];
    use->exponent = 1;
}

/* The table's own controls become controls like others. */
static void free_controls(struct qasm_run *run, struct qasm_use *use, uint32_t own)
{
    bool *negative = qry_arena_alloc(run->scratch, use->controls + own + 1, sizeof *negative);
    if (use->controls)
        memcpy(negative, use->negative, use->controls * sizeof *negative);
    use->negative = negative;
    use->controls += own;
}

/* A swap is cx between a, b and b, a and a, b; what is raised to a power is the one in the middle. */
static bool swap_power(struct qasm_run *run, struct qasm_use *use, double exponent)
{
    const double not_gate[8] = {0, 0, 1, 0, 1, 0, 0, 0};
    double whole = use->exponent % 2 == 0 ? 0 : exponent, matrix[8], angles[4];
    uint32_t *made = qasm_made(run, qry_arena_printf(run->scratch, "pow(%.17g) @ swap", whole));
    if (!*made) {
        char name[64];
        snprintf(name, sizeof name, "pow(%g) @ swap", whole);
        qry_definition *d = qry_circuit_define(run->writer->circuit, name, 0);
        qry_definition_group(d, "a", 1, QRY_ROLE_DATA);
        qry_definition_group(d, "b", 1, QRY_ROLE_DATA);
        *made = d->number;
        qasm_matrix_power(not_gate, whole, matrix);
        qasm_matrix_angles(matrix, angles);
        qry_angle angle[4];
        for (int i = 0; i < 4; i++)
            angle[i] = (qry_angle){angles[i], -1};
        qry_add_gate(d, QRY_GATE_cx, NULL, (const qry_qubit[]){0, 1});
        qry_add_controlled(d, QRY_GATE_U, angle, (const qry_qubit[]){0}, (const qry_qubit[]){1}, 1);
        if (angles[3] != 0)
            qry_add_gate(d, QRY_GATE_p, &angle[3], (const qry_qubit[]){1});
        qry_add_gate(d, QRY_GATE_cx, NULL, (const qry_qubit[]){0, 1});
    }
    use->definition = qry_circuit_definition(run->writer->circuit, *made);
    use->argument_count = 0;
    use->exponent = 1;
    return true;
}

/* ---- the power of several gates that are one ---- */

enum { MOST_CONTROLS = 64 };

/* Gates on one and the same qubit under the same controls multiply to one matrix. A phase under these controls goes with
 * them; where the circuit says it as a p on one of the controls, too. */
struct product {
    double complex matrix[4];
    qry_qubit target, control[MOST_CONTROLS]; /* controls with QRY_NEGATIVE */
    uint32_t controls;
    bool any;
};

/* What a step acts on: all its controls, the table's too; with a target of one qubit behind them. */
struct step_parts {
    qry_qubit control[MOST_CONTROLS + 3];
    uint32_t controls;
    uint8_t targets;
};

static bool take_step(const qry_step *step, struct step_parts *parts)
{
    if (step->kind >= QRY_GATES || step->controls > MOST_CONTROLS)
        return false;
    const qry_gate_info *info = &qry_gate_table[step->kind];
    uint32_t own = info->qubits;
    parts->targets = info->targets;
    parts->controls = own - info->targets + step->controls;
    if (step->controls)
        memcpy(parts->control, step->control, step->controls * sizeof *parts->control);
    memcpy(parts->control + step->controls, step->qubit, own * sizeof *parts->control);
    return info->targets <= 1 && parts->controls <= MOST_CONTROLS;
}

/* The step with most controls says what the others must act on. */
static bool find_target(void *state, const qry_step *step)
{
    struct product *p = state;
    struct step_parts parts;
    if (!take_step(step, &parts))
        return false;
    if (parts.targets && (!p->any || parts.controls > p->controls)) {
        p->any = true;
        p->target = parts.control[parts.controls];
        p->controls = parts.controls;
        memcpy(p->control, parts.control, parts.controls * sizeof *p->control);
    }
    return true;
}

static bool same_controls(const struct product *p, const qry_qubit *control, uint32_t count)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < p->controls; k++)
            found += control[i] == p->control[k];
    return count == p->controls && found == count;
}

static bool multiply(void *state, const qry_step *step)
{
    struct product *p = state;
    struct step_parts parts;
    double complex m[4], old[4];
    double numbers[8];
    if (!take_step(step, &parts))
        return false;
    qry_gate_matrix((qry_gate)step->kind, step->angle, numbers);
    memcpy(m, numbers, sizeof m);
    memcpy(old, p->matrix, sizeof old);
    if (parts.targets && parts.control[parts.controls] == p->target && same_controls(p, parts.control, parts.controls))
    {
        for (int i = 0; i < 4; i++)
            p->matrix[i] = m[i & 2] * old[i & 1] + m[(i & 2) + 1] * old[(i & 1) + 2];
        return true;
    }
    bool phase =
        !parts.targets || (m[0] == 1 && m[1] == 0 && m[2] == 0); /* of the state in which all its qubits are 1 */
    if (!phase || !same_controls(p, parts.control, parts.controls + parts.targets))
        return false;
    for (int i = 0; i < 4; i++)
        p->matrix[i] *= m[3];
    return true;
}

static bool no_power(struct qasm_run *run, const struct qasm_use *use, struct tree_place place,
                     struct qasm_argument exponent)
{
    const char *name = use->symbol->name->text;
    if (exponent.angle)
        return qasm_fail(run, place, "write the power as a number",
                         "a power of '%s' by a parameter has no exact circuit here", name);
    return qasm_fail(run, place, "write the power out, or use whole numbers",
                     "pow(%g) of '%s': the power of several gates has no exact circuit here; only whole powers",
                     exponent.number, name);
}

static void write_product(qry_definition *d, const struct product *p, const double matrix[8])
{
    double angles[4];
    qasm_matrix_angles(matrix, angles);
    qry_angle angle[4];
    for (int i = 0; i < 4; i++)
        angle[i] = (qry_angle){angles[i], -1};
    if (p->controls) {
        if (angles[3] != 0)
            qry_add_controlled(d, QRY_GATE_gphase, &angle[3], NULL, p->control, p->controls);
        qry_add_controlled(d, QRY_GATE_U, angle, &p->target, p->control, p->controls);
    } else {
        if (angles[3] != 0)
            qry_add_gate(d, QRY_GATE_gphase, &angle[3], NULL);
        qry_add_gate(d, QRY_GATE_U, angle, &p->target);
    }
}

static bool composite_power(struct qasm_run *run, struct qasm_use *use, struct tree_place place,
                            struct qasm_argument exponent)
{
    if (exponent.angle)
        return no_power(run, use, place, exponent);
    const qry_definition *callee = use->definition ? use->definition : qasm_defined(run, use->composite);
    if (!callee)
        return false;
    qry_angle *angles = qry_arena_alloc(run->scratch, callee->angle_count + 1, sizeof *angles);
    double *values = qry_arena_alloc(run->scratch, callee->angle_count + 1, sizeof *values);
    if (!use->definition && !qasm_slot_angles(run, place, use->composite, use->arguments, angles))
        return false;
    for (uint32_t i = 0; i < callee->angle_count; i++) {
        if (angles[i].formal >= 0)
            return no_power(run, use, place, exponent);
        values[i] = angles[i].factor;
    }
    struct product p = {.matrix = {1, 0, 0, 1}};
    if (!qry_walk(callee, false, values, &(qry_visitor){.state = &p, .step = find_target}) || !p.any ||
        !qry_walk(callee, false, values, &(qry_visitor){.state = &p, .step = multiply}))
        return no_power(run, use, place, exponent);
    double matrix[8], whole[8];
    memcpy(matrix, p.matrix, sizeof matrix);
    qasm_matrix_power(matrix, (double)use->exponent, whole);
    qasm_matrix_power(whole, exponent.number, matrix);
    char name[128];
    snprintf(name, sizeof name, "pow(%g) @ %.80s", exponent.number * (double)use->exponent, callee->name);
    qry_definition *d = qry_circuit_define(run->writer->circuit, name, 0);
    for (size_t g = 0; g < callee->group_count; g++)
        qry_definition_group(d, callee->groups[g].name, callee->groups[g].size, callee->groups[g].role);
    write_product(d, &p, matrix);
    use->definition = d;
    use->argument_count = 0;
    use->exponent = 1;
    return true;
}

bool qasm_fraction(struct qasm_run *run, struct qasm_use *use, struct tree_place place, struct qasm_argument exponent)
{
    if (use->composite || use->definition)
        return composite_power(run, use, place, exponent);
    const qry_gate_info *info = &qry_gate_table[use->gate];
    free_controls(run, use, (uint32_t)(info->qubits - info->targets));
    if (info->swaps) {
        use->gate = QRY_GATE_swap;
        return exponent.angle ? no_power(run, use, place, exponent) : swap_power(run, use, exponent.number);
    }
    if (!info->targets) {
        struct qasm_argument whole = {(double)use->exponent, NULL};
        struct qasm_argument phase = qasm_argument_operate(run->program, TREE_MULTIPLY, use->arguments[0], whole);
        if (!phase.angle)
            phase.number = principal(phase.number);
        use->arguments = qry_arena_alloc(run->scratch, 1, sizeof *use->arguments);
        use->arguments[0] = qasm_argument_operate(run->program, TREE_MULTIPLY, phase, exponent);
        use->exponent = 1;
        return true;
    }
    become_u(run, use, exponent);
    return true;
}
