/* lines.c: gate lines to operations: the direct path. Every function takes the text where its part should begin and returns
 * what stands behind it, or NULL where something stands that the grammar should look at. The text ends with zero bytes,
 * which are no part of any line. */
#include "qasm/read/decimal.h"
#include "qasm/read/direct.h"

#include <math.h>
#include <string.h>

enum {
    MOST_OPS = 1 << 16, /* of a stretch: the next one follows */
    FEW_OPERANDS = 8,   /* compared with each other; more are stamped */
    MOST_OPERANDS = 1 << 20
};

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static const char *blanks(const char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

/* What stands behind the comment that begins there, or NULL: there is none, it has no end, or its first sign is an @: that
 * may be a mark, which ends a stretch. */
static const char *comment(const char *at)
{
    if (at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end ? end + 2 : NULL;
    }
    return at[1] == '/' && *blanks(at + 2) != '@' ? at + strcspn(at, "\n") : NULL;
}

/* Skips blanks, ends of lines and comments. */
static const char *between(const char *at)
{
    for (;;) {
        while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
            at++;
        const char *behind = *at == '/' ? comment(at) : NULL;
        if (!behind)
            return at;
        at = behind;
    }
}

/* ---- names ---- */

/* The name that stands there, if the program has it: most names are short and are met again and again. */
static const char *word(struct reader_direct *direct, const char *at, const struct tree_name **name)
{
    uint64_t letters = 0;
    size_t length = 0;
    while (in_word(at[length]) && length < 8) {
        letters |= (uint64_t)(unsigned char)at[length] << 8 * length;
        length++;
    }
    if (length == 0 || (at[0] >= '0' && at[0] <= '9'))
        return NULL;
    while (in_word(at[length]))
        length++;
    if (length > 8) {
        *name = qry_tree_find(direct->tree, at, length);
        return at + length;
    }
    size_t slot = (size_t)(letters * 0x9e3779b97f4a7c15u >> (64 - DIRECT_CACHE_BITS));
    if (direct->cache[slot].letters != letters) {
        const struct tree_name *found = qry_tree_find(direct->tree, at, length);
        *name = found;
        if (!found)
            return at + length;
        direct->cache[slot].letters = letters;
        direct->cache[slot].name = found;
    }
    *name = direct->cache[slot].name;
    return at + length;
}

/* ---- angles ---- */

/* A part of an angle while it is worked out. */
struct factor {
    double value;
    int32_t formal; /* times this parameter; -1: a number */
    bool whole;     /* an integer: arithmetic of two of them is not that of doubles */
};

static bool is_power_of_two(double value)
{
    int exponent;
    return fabs(frexp(value, &exponent)) == 0.5;
}

static bool constant(const char *text, size_t length, double *value)
{
    for (size_t i = 0; i < TREE_CONSTANTS; i++) {
        const struct tree_constant *known = &qry_tree_constants[i];
        if (strlen(known->name) == length && memcmp(known->name, text, length) == 0) {
            *value = known->value;
            return true;
        }
    }
    return false;
}

/* A number, a parameter or pi, with signs before it. */
static const char *factor(struct reader_direct *direct, const char *at, struct factor *f)
{
    bool negative = false;
    for (; *at == '-' || *at == ' '; at++)
        negative ^= *at == '-';
    *f = (struct factor){0, -1, false};
    if ((*at >= '0' && *at <= '9') || *at == '.') {
        at = qry_decimal(at, &f->value, &f->whole);
        if (f->whole && f->value > 0x1p53)
            return NULL;
    } else {
        const struct tree_name *name;
        const char *from = at;
        if (!(at = word(direct, at, &name)))
            return NULL;
        const struct direct_word *meaning = &direct->words[name ? name->direct : 0];
        if (meaning->kind == DIRECT_PARAMETER) {
            f->formal = (int32_t)meaning->number;
            f->value = 1;
        } else if (meaning->kind != DIRECT_NOTHING || !constant(from, (size_t)(at - from), &f->value)) {
            return NULL;
        }
    }
    if (negative && !(f->whole && f->value == 0)) /* there is no integer -0 */
        f->value = -f->value;
    return at;
}

/* a * b or a / b, if that is one rounding, or exact: the value of the expression must be what its parts in order give. */
static bool combine(struct factor *a, char sign, struct factor b)
{
    if ((a->whole && b.whole) || (a->formal >= 0 && b.formal >= 0))
        return false;
    if (sign == '/') {
        if (b.formal >= 0 || b.value == 0 || (a->formal >= 0 && !is_power_of_two(b.value)))
            return false;
        a->value /= b.value;
    } else {
        if ((a->formal >= 0 || b.formal >= 0) && !is_power_of_two(a->formal >= 0 ? a->value : b.value) &&
            !is_power_of_two(a->formal >= 0 ? b.value : a->value))
            return false;
        a->value *= b.value;
        a->formal = b.formal >= 0 ? b.formal : a->formal;
    }
    a->whole = false;
    return isfinite(a->value) && (a->formal < 0 || a->value != 0);
}

static const char *angle(struct reader_direct *direct, const char *at, qry_angle *angle)
{
    struct factor value, next;
    at = factor(direct, at, &value);
    while (at && (*(at = blanks(at)) == '*' || *at == '/')) {
        char sign = *at;
        at = factor(direct, at + 1, &next);
        if (at && !combine(&value, sign, next))
            return NULL;
    }
    *angle = (qry_angle){value.value, value.formal};
    return at;
}

static const char *angles(struct reader_direct *direct, const char *at, uint32_t wanted)
{
    struct tree_stretch *piece = &direct->piece;
    QRY_GROW(direct->tree->ctx, piece->angles, piece->angle_room, piece->angle_count + wanted);
    at = blanks(at);
    for (uint32_t i = 0; i < wanted; i++) {
        at = angle(direct, at, &piece->angles[piece->angle_count + i]);
        if (!at || *at != (i + 1 < wanted ? ',' : ')'))
            return NULL;
        at = blanks(at + (i + 1 < wanted));
    }
    return *at == ')' ? at + 1 : NULL;
}

/* ---- operands ---- */

static const char *operand(struct reader_direct *direct, const char *at, qry_qubit *qubit)
{
    const struct tree_name *name;
    if (!(at = word(direct, at, &name)) || !name)
        return NULL;
    const struct direct_word *meaning = &direct->words[name->direct];
    at = blanks(at);
    *qubit = meaning->number;
    if (meaning->kind == (direct->within ? DIRECT_OPERAND : DIRECT_QUBIT))
        return at;
    if (direct->within || meaning->kind != DIRECT_REGISTER || *at != '[')
        return NULL;
    const char *from = at = blanks(at + 1);
    uint32_t index = 0;
    while (*at >= '0' && *at <= '9' && at - from < 9)
        index = 10 * index + (uint32_t)(*at++ - '0');
    if (at == from || index >= meaning->size || *(at = blanks(at)) != ']')
        return NULL;
    *qubit += index;
    return blanks(at + 1);
}

static const char *operands(struct reader_direct *direct, const char *at, qry_qubit *qubits, uint32_t wanted)
{
    for (uint32_t i = 0; i < wanted; i++) {
        at = operand(direct, at, &qubits[i]);
        if (!at || *at != (i + 1 < wanted ? ',' : ';'))
            return NULL;
        at = blanks(at + 1);
    }
    return wanted || *at == ';' ? at + (wanted == 0) : NULL;
}

/* The table of qubits that were seen stays at most half full. */
static void make_room(struct reader_direct *direct, uint32_t count)
{
    if (direct->seen_size / 2 >= count)
        return;
    uint32_t size = 32;
    while (size / 2 < count)
        size *= 2;
    qry_free(direct->tree->ctx, direct->seen);
    direct->seen = qry_alloc(direct->tree->ctx, size, sizeof *direct->seen);
    direct->seen_size = size;
}

/* Whether a qubit is new in the list with the stamp of now. */
static bool see(struct reader_direct *direct, qry_qubit qubit)
{
    uint32_t place = (uint32_t)(qubit * 0x9e3779b97f4a7c15u >> 32) & (direct->seen_size - 1);
    while (direct->seen[place].stamp == direct->stamp) {
        if (direct->seen[place].qubit == qubit)
            return false;
        place = (place + 1) & (direct->seen_size - 1);
    }
    direct->seen[place] = (struct direct_seen){qubit, direct->stamp};
    return true;
}

static bool different(struct reader_direct *direct, const qry_qubit *qubits, uint32_t count)
{
    if (count <= FEW_OPERANDS) {
        for (uint32_t i = 1; i < count; i++)
            for (uint32_t j = 0; j < i; j++)
                if (qubits[i] == qubits[j])
                    return false;
        return true;
    }
    make_room(direct, count);
    direct->stamp++;
    for (uint32_t i = 0; i < count; i++)
        if (!see(direct, qubits[i]))
            return false;
    return true;
}

/* ---- lines ---- */

/* A call keeps how many operands it has, then they themselves. */
static const char *call_operands(struct reader_direct *direct, const char *at, const struct direct_word *gate)
{
    struct tree_stretch *piece = &direct->piece;
    if (gate->qubits > MOST_OPERANDS)
        return NULL;
    QRY_GROW(direct->tree->ctx, piece->operands, piece->operand_room, piece->operand_count + 1 + gate->qubits);
    qry_qubit *kept = piece->operands + piece->operand_count;
    kept[0] = gate->qubits;
    at = operands(direct, at, kept + 1, gate->qubits);
    return at && different(direct, kept + 1, gate->qubits) ? at : NULL;
}

static const char *line(struct reader_direct *direct, const char *at)
{
    struct tree_stretch *piece = &direct->piece;
    const struct tree_name *name;
    if (!(at = word(direct, at, &name)) || !name)
        return NULL;
    const struct direct_word gate = direct->words[name->direct];
    if (gate.kind != DIRECT_GATE && gate.kind != DIRECT_CALL)
        return NULL;
    at = blanks(at);
    if (*at == '(')
        at = angles(direct, at + 1, gate.angles);
    else if (gate.angles)
        return NULL;
    if (!at)
        return NULL;
    at = blanks(at);
    qry_op op = {QRY_OP_CALL, 0, gate.number, (uint32_t)piece->operand_count, (uint32_t)piece->angle_count};
    if (gate.kind == DIRECT_CALL) {
        at = call_operands(direct, at, &gate);
    } else {
        qry_qubit q[3] = {0, 0, gate.angles ? op.c : 0};
        at = operands(direct, at, q, gate.qubits);
        op = (qry_op){(uint16_t)gate.number, 0, q[0], q[1], q[2]};
        if (at && !different(direct, q, gate.qubits))
            return NULL;
    }
    if (!at)
        return NULL;
    QRY_GROW(direct->tree->ctx, piece->ops, piece->op_room, piece->op_count + 1);
    piece->ops[piece->op_count++] = op;
    piece->angle_count += gate.angles;
    piece->operand_count += gate.kind == DIRECT_CALL ? 1 + gate.qubits : 0;
    return at;
}

static void *copy(qry_ctx *ctx, const void *items, size_t count, size_t size)
{
    if (!count)
        return NULL;
    void *own = qry_alloc(ctx, count, size);
    memcpy(own, items, count * size);
    return own;
}

/* The piece, in memory that is just large enough. */
static struct tree_stmt *stretch_of(struct reader_direct *direct, struct tree_place place)
{
    qry_ctx *ctx = direct->tree->ctx;
    const struct tree_stretch *piece = &direct->piece;
    struct tree_stmt *stmt = qry_tree_stmt(direct->tree, place, TREE_STRETCH);
    struct tree_stretch *stretch = stmt->stretch = QRY_NEW(direct->tree->arena, struct tree_stretch);
    stretch->place = place;
    stretch->op_count = stretch->op_room = piece->op_count;
    stretch->ops = copy(ctx, piece->ops, piece->op_count, sizeof *piece->ops);
    stretch->operand_count = stretch->operand_room = piece->operand_count;
    stretch->operands = copy(ctx, piece->operands, piece->operand_count, sizeof *piece->operands);
    stretch->angle_count = stretch->angle_room = piece->angle_count;
    stretch->angles = copy(ctx, piece->angles, piece->angle_count, sizeof *piece->angles);
    direct->tree->direct = true;
    return stmt;
}

struct tree_stmt *qry_direct_read(struct reader_direct *direct, const qry_source *source, uint32_t number,
                                  size_t *offset)
{
    struct tree_stretch *piece = &direct->piece;
    const char *first = between(source->text + *offset), *end = first, *at = first;
    piece->op_count = piece->operand_count = piece->angle_count = 0;
    while (piece->op_count < MOST_OPS && (at = line(direct, at))) {
        end = at;
        at = between(at);
    }
    if (piece->op_count == 0)
        return NULL;
    qry_check_interrupt(direct->tree->ctx);
    while (end[-1] != ';')
        end--;
    *offset = (size_t)(end - source->text);
    size_t from = (size_t)(first - source->text);
    return stretch_of(direct, (struct tree_place){number, (uint32_t)from, (uint32_t)(*offset - from)});
}
