/* reader.c: see reader.h. A definition is kept as the place of its lines, and read again for every call. */
#include "reader.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_NAMES = 64, MOST_OPERANDS = 64, MOST_DEFINITIONS = 64, NAME_ROOM = 96, DEEPEST = 40 };

struct reader {
    reading *result;
    const char *at, *end;
    size_t line;
    struct {
        char name[NAME_ROOM];
        uint32_t first, size;
    } registers[MOST_NAMES];
    struct definition {
        char name[NAME_ROOM];
        uint32_t parameters, operands;
        char operand[MOST_OPERANDS][NAME_ROOM];
        const char *body;
        size_t body_line;
    } definitions[MOST_DEFINITIONS];
};

/* Where a statement stands: in the program (no definition), or in a call. */
struct place {
    const struct definition *definition;
    uint32_t operand[MOST_OPERANDS];
    double parameter[16];
};

static void require(const struct reader *r, bool holds, const char *condition)
{
    if (!holds)
        fail_msg("line %zu: %s does not hold at: %.60s", r->line, condition, r->at);
}
#define REQUIRE(r, condition) require((r), (condition), #condition)

/* ---- characters ---- */

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool take(struct reader *r, const char *text)
{
    size_t length = strlen(text);
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, text, length) != 0)
        return false;
    r->at += length;
    return true;
}

static void need(struct reader *r, const char *text)
{
    if (!take(r, text))
        fail_msg("line %zu: \"%s\" expected at: %.60s", r->line, text, r->at);
    if (strchr(text, '\n'))
        r->line++;
}

static void read_name(struct reader *r, char name[NAME_ROOM])
{
    size_t length = 0;
    REQUIRE(r, is_lower(*r->at));
    while (is_lower(*r->at) || is_digit(*r->at) || *r->at == '_') {
        REQUIRE(r, length < NAME_ROOM - 1);
        name[length++] = *r->at++;
    }
    name[length] = 0;
}

static uint32_t read_natural(struct reader *r)
{
    char *end;
    REQUIRE(r, is_digit(*r->at) && (*r->at != '0' || !is_digit(r->at[1])));
    unsigned long number = strtoul(r->at, &end, 10);
    r->at = end;
    return (uint32_t)number;
}

/* -?D+.D+ or -?D(.D+)?e[+-]DD: exactly one digit before the point where there is an exponent. */
static double read_number(struct reader *r)
{
    const char *start = r->at, *digits = r->at + (*r->at == '-'), *p = digits;
    while (is_digit(*p))
        p++;
    size_t whole = (size_t)(p - digits), fraction = 0;
    REQUIRE(r, whole > 0 && (*digits != '0' || whole == 1));
    if (*p == '.') {
        for (p++; is_digit(*p); p++)
            fraction++;
        REQUIRE(r, fraction > 0);
    }
    if (*p == 'e') {
        REQUIRE(r, whole == 1 && (p[1] == '-' || p[1] == '+') && is_digit(p[2]) && is_digit(p[3]));
        p += 4 + is_digit(p[4]);
    } else
        REQUIRE(r, fraction > 0);
    char copy[64];
    REQUIRE(r, p - start < 40 && !is_digit(*p));
    memcpy(copy, start, (size_t)(p - start));
    copy[p - start] = 0;
    REQUIRE(r, strcmp(copy, "-0.0") != 0);
    r->at = p;
    return strtod(copy, NULL);
}

/* ---- names ---- */

/* What may not be a register's name; from the standard, not from the printer. */
static bool means_something(const char *name)
{
    static const char *const words =
        " p x y z h s sdg t tdg sx rx ry rz cx cy cz cp crx cry crz ch swap ccx cswap cu phase cphase id u1 u2 u3 u "
        "gphase openqasm include defcalgrammar def cal defcal gate extern box let break continue if else end return "
        "for while in switch case default nop pragma input output const readonly mutable qreg qubit creg bool bit int "
        "uint float angle complex array void duration stretch inv pow ctrl negctrl dim durationof delay reset measure "
        "barrier true false im pi tau euler sin cos tan exp ln sqrt arcsin arccos arctan ceiling floor log mod "
        "popcount "
        "real imag rotl rotr sizeof opaque c ";
    char padded[NAME_ROOM + 2];
    snprintf(padded, sizeof padded, " %s ", name);
    return strstr(words, padded) != NULL;
}

static uint32_t read_program_operand(struct reader *r)
{
    char name[NAME_ROOM];
    read_name(r, name);
    for (size_t i = 0; i < r->result->registers; i++)
        if (strcmp(r->registers[i].name, name) == 0) {
            need(r, "[");
            uint32_t index = read_natural(r);
            need(r, "]");
            REQUIRE(r, index < r->registers[i].size);
            return r->registers[i].first + index;
        }
    fail_msg("line %zu: no register %s", r->line, name);
    return 0;
}

static uint32_t read_operand(struct reader *r, const struct place *place)
{
    if (!place->definition)
        return read_program_operand(r);
    char name[NAME_ROOM];
    read_name(r, name);
    for (uint32_t i = 0; i < place->definition->operands; i++)
        if (strcmp(place->definition->operand[i], name) == 0)
            return place->operand[i];
    fail_msg("line %zu: no operand %s", r->line, name);
    return 0;
}

static uint32_t read_parameter(struct reader *r)
{
    REQUIRE(r, r->at[0] == 'p' && is_digit(r->at[1]) && is_digit(r->at[2]) && !is_digit(r->at[3]));
    uint32_t number = (uint32_t)(10 * (r->at[1] - '0') + r->at[2] - '0');
    r->at += 3;
    return number;
}

/* NUMBER, pNN, -pNN: what the QDK takes, whose angles cannot be multiplied by a fraction. */
static double read_angle(struct reader *r, const struct place *place)
{
    bool negative = r->at[0] == '-' && r->at[1] == 'p';
    r->at += negative;
    if (*r->at != 'p')
        return read_number(r);
    uint32_t number = read_parameter(r);
    REQUIRE(r, place->definition && number < place->definition->parameters);
    return negative ? -place->parameter[number] : place->parameter[number];
}

/* ---- lines ---- */

static void read_statement(struct reader *r, const struct place *place, int depth);

static void read_comment(struct reader *r)
{
    static const struct {
        const char *word;
        uint16_t kind;
    } events[] = {{"@enter ", ITEM_ENTER}, {"@leave ", ITEM_LEAVE}};
    r->result->comments++;
    for (int i = 0; i < 2; i++)
        if (take(r, events[i].word)) {
            const char *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
            REQUIRE(r, end != NULL);
            char *name = qry_alloc(r->result->all.ctx, (size_t)(end - r->at) + 1, 1);
            memcpy(name, r->at, (size_t)(end - r->at));
            list_add(&r->result->all, (item){.kind = events[i].kind, .name = name});
        }
    while (*r->at != '\n') {
        REQUIRE(r, *r->at >= ' ' && *r->at < 0x7f);
        r->at++;
    }
    need(r, "\n");
}

/* The lines of a body, up to its brace; `place` NULL: only past them. */
static void read_body(struct reader *r, const struct place *place, int depth)
{
    while (!take(r, "}\n")) {
        need(r, "  ");
        if (!place) {
            REQUIRE(r, (size_t)(r->end - r->at) > 1);
            while (*r->at != '\n')
                r->at++;
            need(r, "\n");
        } else if (take(r, "// "))
            read_comment(r);
        else
            read_statement(r, place, depth);
    }
    r->line++;
}

static void run_definition(struct reader *r, const struct place *inner, int depth)
{
    REQUIRE(r, depth < DEEPEST);
    const char *at = r->at;
    size_t line = r->line;
    r->at = inner->definition->body;
    r->line = inner->definition->body_line;
    read_body(r, inner, depth + 1);
    r->at = at;
    r->line = line;
}

static void read_measurement(struct reader *r, const struct place *place)
{
    REQUIRE(r, !place->definition);
    uint32_t bit = read_natural(r);
    need(r, "] = measure ");
    REQUIRE(r, bit < r->result->bits);
    list_add(&r->result->all, (item){.kind = QRY_OP_MEASURE, .qubit = {read_operand(r, place)}, .bit = bit});
    need(r, ";\n");
}

/* NAME(ANGLES) OPERANDS; with one blank between. */
static void read_application(struct reader *r, const struct place *place, int depth)
{
    char name[NAME_ROOM];
    struct place inner = {NULL, {0}, {0}};
    read_name(r, name);
    uint32_t angles = 0, operands = 0;
    if (take(r, "(")) {
        do
            inner.parameter[angles++] = read_angle(r, place);
        while (take(r, ", "));
        need(r, ")");
    }
    need(r, " ");
    do
        inner.operand[operands++] = read_operand(r, place);
    while (take(r, ", "));
    need(r, ";\n");
    for (uint32_t i = 0; i < operands; i++)
        for (uint32_t k = 0; k < i; k++)
            REQUIRE(r, inner.operand[i] != inner.operand[k]);
    qry_gate gate = qry_gate_find(name);
    if (gate != QRY_GATES) {
        REQUIRE(r, operands == qry_gate_table[gate].qubits && angles == qry_gate_table[gate].angles);
        const uint32_t *q = inner.operand;
        list_add(&r->result->all, (item){.kind = gate, .qubit = {q[0], q[1], q[2]}, .angle = inner.parameter[0]});
        return;
    }
    for (size_t i = 0; i < r->result->definitions && !inner.definition; i++)
        if (strcmp(r->definitions[i].name, name) == 0)
            inner.definition = &r->definitions[i];
    REQUIRE(r, inner.definition != NULL); /* defined before it is used */
    REQUIRE(r, operands == inner.definition->operands && angles == inner.definition->parameters);
    run_definition(r, &inner, depth);
}

static void read_statement(struct reader *r, const struct place *place, int depth)
{
    if (take(r, "c["))
        read_measurement(r, place);
    else
        read_application(r, place, depth);
}

static void read_definition(struct reader *r)
{
    REQUIRE(r, r->result->definitions < MOST_DEFINITIONS);
    struct definition *d = &r->definitions[r->result->definitions];
    *d = (struct definition){.name = ""};
    read_name(r, d->name);
    REQUIRE(r, strncmp(d->name, "qr_", 3) == 0);
    for (size_t i = 0; i < r->result->definitions; i++)
        REQUIRE(r, strcmp(r->definitions[i].name, d->name) != 0);
    if (take(r, "(")) {
        do
            REQUIRE(r, read_parameter(r) == d->parameters++); /* in alphabetical order, for Qiskit */
        while (take(r, ", "));
        need(r, ")");
    }
    need(r, " ");
    do {
        char *name = d->operand[d->operands];
        read_name(r, name);
        REQUIRE(r, !means_something(name) && d->operands < MOST_OPERANDS);
        REQUIRE(r, name[0] != 'p' || name[1 + strspn(name + 1, "0123456789")]); /* no parameter */
        for (uint32_t i = 0; i < d->operands; i++)
            REQUIRE(r, strcmp(d->operand[i], name) != 0);
        d->operands++;
    } while (take(r, ", "));
    need(r, " {\n");
    d->body = r->at;
    d->body_line = r->line;
    read_body(r, NULL, 0);
    if (d->operands > r->result->widest)
        r->result->widest = d->operands;
    r->result->definitions++; /* from here on it may be called */
}

static void read_register(struct reader *r)
{
    reading *result = r->result;
    REQUIRE(r, result->registers < MOST_NAMES);
    uint32_t size = read_natural(r);
    need(r, "] ");
    char *name = r->registers[result->registers].name;
    read_name(r, name);
    REQUIRE(r, size > 0 && !means_something(name) && strncmp(name, "qr_", 3) != 0);
    for (size_t i = 0; i < result->registers; i++)
        REQUIRE(r, strcmp(r->registers[i].name, name) != 0);
    r->registers[result->registers].first = (uint32_t)result->qubits;
    r->registers[result->registers++].size = size;
    result->qubits += size;
    need(r, ";\n");
}

reading read_portable(qry_ctx *ctx, const char *text, size_t length)
{
    reading result = {.all = {.ctx = ctx}};
    struct reader *r = qry_alloc(ctx, 1, sizeof *r);
    *r = (struct reader){.result = &result, .at = text, .end = text + length, .line = 1};
    const struct place program = {NULL, {0}, {0}};
    need(r, "OPENQASM 3.0;\n");
    need(r, "include \"stdgates.inc\";\n");
    while (r->at < r->end) {
        if (take(r, "// "))
            read_comment(r);
        else if (take(r, "qubit["))
            read_register(r);
        else if (take(r, "bit[")) {
            REQUIRE(r, result.bits == 0);
            result.bits = read_natural(r);
            need(r, "] c;\n");
        } else if (take(r, "gate "))
            read_definition(r);
        else
            read_statement(r, &program, 0);
    }
    result.lines = r->line - 1;
    qry_free(ctx, r);
    return result;
}
