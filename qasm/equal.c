/* equal.c: whether two circuits are the same, for those who write one to a file and read it again. */
#include "qasm/print.h"
#include "qasm/walk.h"

/* ---- operations ---- */

struct pair {
    const qry_definition *a, *b;
    qry_survey *of_a, *of_b;
};

static bool equal_angles(const struct pair *p, const qry_op *x, const qry_op *y, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const qry_angle *u = &p->a->angles[x->c + i], *v = &p->b->angles[y->c + i];
        if (u->formal != v->formal || u->factor != v->factor)
            return false;
    }
    return true;
}

static bool equal_calls(const struct pair *p, const qry_op *x, const qry_op *y)
{
    const qry_definition *callee = qry_circuit_definition(p->a->circuit, x->a);
    const qry_definition *other = qry_circuit_definition(p->b->circuit, y->a);
    if (qry_survey_body(p->of_a, callee)->number != qry_survey_body(p->of_b, other)->number ||
        (x->flags & QRY_OP_INVERSE) != (y->flags & QRY_OP_INVERSE))
        return false;
    const qry_qubit *u = qry_call_operands(p->a, x), *v = qry_call_operands(p->b, y);
    return callee->width == other->width && callee->angle_count == other->angle_count &&
           memcmp(u, v, callee->width * sizeof *u) == 0 && equal_angles(p, x, y, callee->angle_count);
}

/* With what stands in lists of operands, or in the operation itself. */
static bool equal_plain(const struct pair *p, const qry_op *x, const qry_op *y)
{
    const qry_gate gate = qry_op_gate(x);
    const uint32_t count = qry_op_qubits(p->a, x);
    if (gate != qry_op_gate(y) || count != qry_op_qubits(p->b, y))
        return false;
    if (x->kind >= QRY_OP_CONTROLLED) { /* how many, and which, with their signs */
        if (memcmp(p->a->operands + x->b, p->b->operands + y->b, (count + 1) * sizeof(qry_qubit)) != 0)
            return false;
    } else
        for (uint32_t i = 0; i < count; i++)
            if (qry_op_qubit(p->a, x, i) != qry_op_qubit(p->b, y, i))
                return false;
    if (x->kind == QRY_OP_MEASURE && x->b != y->b)
        return false;
    return gate == QRY_GATES || equal_angles(p, x, y, qry_gate_table[gate].angles);
}

static bool equal_sections(const struct pair *p, const qry_op *x, const qry_op *y)
{
    char u[QRY_IDENTIFIER_ROOM], v[QRY_IDENTIFIER_ROOM];
    qry_identifier(qry_circuit_name(p->a->circuit, x->a), u);
    qry_identifier(qry_circuit_name(p->b->circuit, y->a), v);
    return strcmp(u, v) == 0;
}

static bool equal_ops(const struct pair *p, const qry_op *x, const qry_op *y)
{
    if (x->kind != y->kind)
        return false;
    switch (x->kind) {
    case QRY_OP_CALL:
        return equal_calls(p, x, y);
    case QRY_OP_REPEAT:
    case QRY_OP_IF:
        return x->a == y->a && x->b == y->b && x->c == y->c;
    case QRY_OP_SECTION:
        return equal_sections(p, x, y) && x->c == y->c;
    case QRY_OP_END:
        return x->c == y->c;
    default:
        return equal_plain(p, x, y);
    }
}

static bool equal_bodies(const struct pair *p)
{
    if (p->a->width != p->b->width || p->a->angle_count != p->b->angle_count || p->a->op_count != p->b->op_count)
        return false;
    for (size_t i = 0; i < p->a->op_count; i++)
        if (!equal_ops(p, &p->a->ops[i], &p->b->ops[i]))
            return false;
    return true;
}

/* ---- registers and names ---- */

/* The next group that has a qubit in it, from *at on; NULL at the end. */
static const qry_group *next_group(const qry_definition *d, size_t *at)
{
    while (*at < d->group_count && !d->groups[*at].size)
        ++*at;
    return *at < d->group_count ? &d->groups[(*at)++] : NULL;
}

static bool equal_groups(const qry_definition *a, const qry_definition *b)
{
    size_t i = 0, k = 0;
    for (;;) {
        const qry_group *x = next_group(a, &i), *y = next_group(b, &k);
        if (!x || !y)
            return !x && !y;
        if (x->size != y->size || strcmp(x->name, y->name) != 0)
            return false;
    }
}

static bool equal_bits(const qry_circuit *a, const qry_circuit *b)
{
    size_t count, other;
    const qry_bit_register *x = qry_circuit_bit_registers(a, &count), *y = qry_circuit_bit_registers(b, &other);
    if (count != other)
        return false;
    for (size_t i = 0; i < count; i++)
        if (x[i].size != y[i].size || strcmp(x[i].name, y[i].name) != 0)
            return false;
    return true;
}

static bool equal_names(qry_arena *arena, const qry_survey *a, const qry_survey *b)
{
    qry_full_names x, y;
    qry_full_names_choose(&x, arena, a);
    qry_full_names_choose(&y, arena, b);
    bool equal = true;
    for (size_t k = 1; k < a->count && equal; k++)
        equal = strcmp(x.definition[k], y.definition[k]) == 0;
    qry_full_names_free(&x);
    qry_full_names_free(&y);
    return equal;
}

bool qry_circuit_equal(const qry_circuit *a, const qry_circuit *b)
{
    const qry_definition *of_a = qry_circuit_program(a), *of_b = qry_circuit_program(b);
    if (!equal_groups(of_a, of_b) || !equal_bits(a, b))
        return false;
    struct pair p = {.of_a = qry_survey_new(of_a), .of_b = qry_survey_new(of_b)};
    bool equal = p.of_a->count == p.of_b->count; /* a body has the same number in both where they are the same */
    for (size_t k = 0; k < p.of_a->count && equal; k++) {
        p.a = p.of_a->bodies[k]->definition;
        p.b = p.of_b->bodies[k]->definition;
        equal = equal_bodies(&p);
    }
    if (equal) {
        qry_arena *arena = qry_arena_new(qry_circuit_ctx(a));
        equal = equal_names(arena, p.of_a, p.of_b);
        qry_arena_free(arena);
    }
    qry_survey_free(p.of_a);
    qry_survey_free(p.of_b);
    return equal;
}
