/* programs.c: a program is written from top to bottom, with a list of what may be used at each place. */
#include "tests/qasm/programs.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_GATES = 4, MOST_DEFS = 3, MOST_INTS = 4, DEEPEST = 3, ITEMS = 4, NAME = 24 };

/* A gate or a def that has been written: how many angles and qubits it takes. */
struct callable {
    char name[NAME];
    int angles, qubits;
    bool one_qubit_matrix; /* a gate of the language's library with one qubit: any power of it is exact */
    bool numbers, answers; /* a def: takes an int; returns a bit */
};

/* What qubits are called at a place: one expression for each of them. */
struct scope {
    char qubit[PROGRAM_MOST_QUBITS][NAME];
    int qubits;
    char integer[MOST_INTS + DEEPEST + 1][NAME]; /* variables that may be read; the first `writable` may be written */
    int integers, writable;
    char angle[2][NAME]; /* parameters of the gate around */
    int angles;
    char bit[3][NAME]; /* bits that may be measured into, and tested */
    int bits;
    bool array;
    int depth, loops;
};

struct maker {
    qry_random random;
    program_kind kind;
    FILE *stream;
    struct callable gate[MOST_GATES], def[MOST_DEFS];
    int gates, defs, indent, names;
};

static const struct callable library[] = {
    {"h", 0, 1, true, 0, 0},   {"x", 0, 1, true, 0, 0},    {"y", 0, 1, true, 0, 0},    {"z", 0, 1, true, 0, 0},
    {"s", 0, 1, true, 0, 0},   {"tdg", 0, 1, true, 0, 0},  {"sx", 0, 1, true, 0, 0},   {"rx", 1, 1, true, 0, 0},
    {"ry", 1, 1, true, 0, 0},  {"rz", 1, 1, true, 0, 0},   {"p", 1, 1, true, 0, 0},    {"U", 3, 1, true, 0, 0},
    {"cx", 0, 2, false, 0, 0}, {"cz", 0, 2, false, 0, 0},  {"ch", 0, 2, false, 0, 0},  {"swap", 0, 2, false, 0, 0},
    {"cp", 1, 2, false, 0, 0}, {"cry", 1, 2, false, 0, 0}, {"ccx", 0, 3, false, 0, 0}, {"cswap", 0, 3, false, 0, 0},
    {"u2", 2, 1, false, 0, 0}, {"u3", 3, 1, false, 0, 0},  {"cu", 4, 2, false, 0, 0},  {"cphase", 1, 2, false, 0, 0}};

static int below(struct maker *m, int bound) { return (int)qry_random_below(&m->random, (uint64_t)bound); }
static bool one_in(struct maker *m, int n) { return below(m, n) == 0; }

static void put(struct maker *m, const char *format, ...) QRY_PRINTF(2, 3);
static void put(struct maker *m, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vfprintf(m->stream, format, list);
    va_end(list);
}

static void begin(struct maker *m) { put(m, "%*s", 2 * m->indent, ""); }

static void open_block(struct maker *m)
{
    put(m, " {\n");
    m->indent++;
}

static void close_block(struct maker *m)
{
    m->indent--;
    begin(m);
    put(m, "}\n");
}

/* ---- expressions ---- */

static void angle(struct maker *m, const struct scope *s)
{
    static const char *const numbers[] = {"0.5", "1.25", "3", "2.0e-1", "0.1234567890123456", ".75"};
    if (s->angles && one_in(m, 2)) {
        const char *name = s->angle[below(m, s->angles)];
        static const char *const forms[] = {"%s", "-%s", "%s/2", "2*%s", "%s/3 + pi", "-%s * 0.3"};
        put(m, forms[below(m, 6)], name);
        return;
    }
    switch (below(m, 4)) {
    case 0:
        put(m, "%s%s", one_in(m, 3) ? "-" : "", numbers[below(m, 6)]);
        break;
    case 1:
        put(m, "%spi/%d", one_in(m, 2) ? "-" : "", 1 + below(m, 8));
        break;
    case 2:
        put(m, "%d*pi/%d", 1 + below(m, 5), 1 << below(m, 4));
        break;
    default:
        put(m, "%.17g", (qry_random_unit(&m->random) - 0.5) * 7 + 0.01);
        break;
    }
}

/* An integer; products stay small, so that the C that evaluates them wraps nowhere unlooked for. */
static void integer(struct maker *m, const struct scope *s, int depth)
{
    static const char *const operators[] = {"+", "-", "*", "&", "|", "^"};
    if (depth == 0 || one_in(m, 3)) {
        if (s->integers && !one_in(m, 3))
            put(m, "%s", s->integer[below(m, s->integers)]);
        else if (s->array && one_in(m, 4))
            put(m, "items[%d]", below(m, ITEMS));
        else
            put(m, "%d", below(m, 9));
        return;
    }
    if (one_in(m, 6)) {
        put(m, "(");
        integer(m, s, depth - 1);
        put(m, ") %% %d", 2 + below(m, 5));
        return;
    }
    put(m, "(");
    integer(m, s, depth - 1);
    put(m, " %s ", operators[below(m, 6)]);
    integer(m, s, depth - 1);
    put(m, ")");
}

static void condition(struct maker *m, const struct scope *s)
{
    static const char *const comparisons[] = {"==", "!=", "<", "<=", ">", ">="};
    if (m->kind.quantum && s->bits && !one_in(m, 3)) {
        const char *bit = s->bit[below(m, s->bits)];
        static const char *const forms[] = {"%s", "!%s", "%s == 1", "%s == 0"};
        put(m, forms[below(m, 4)], bit);
        return;
    }
    integer(m, s, 1);
    put(m, " %s ", comparisons[below(m, 6)]);
    integer(m, s, 1);
}

/* ---- gates ---- */

/* The first `count` of a random order of the scope's qubits. */
static void draw_qubits(struct maker *m, const struct scope *s, int count, int drawn[PROGRAM_MOST_QUBITS])
{
    for (int i = 0; i < s->qubits; i++)
        drawn[i] = i;
    for (int i = 0; i < count; i++) {
        int k = i + below(m, s->qubits - i), kept = drawn[i];
        drawn[i] = drawn[k];
        drawn[k] = kept;
    }
}

static const struct callable *draw_gate(struct maker *m, int most_qubits)
{
    for (;;) {
        const struct callable *gate = m->gates && one_in(m, 4)
                                          ? &m->gate[below(m, m->gates)]
                                          : &library[below(m, (int)(sizeof library / sizeof *library))];
        if (gate->qubits <= most_qubits)
            return gate;
    }
}

/* Returns how many controls the modifiers add. */
static int modifiers(struct maker *m, const struct callable *gate, int room)
{
    int controls = 0;
    while (one_in(m, 4)) {
        int more = 1 + (controls + 1 < room && one_in(m, 4));
        switch (below(m, 4)) {
        case 0:
            put(m, "inv @ ");
            break;
        case 1:
            if (gate->one_qubit_matrix && controls == 0 && one_in(m, 2))
                put(m, "pow(%s) @ ", one_in(m, 2) ? "0.5" : "-1/4.");
            else
                put(m, "pow(%d) @ ", below(m, 5) - 2);
            break;
        default:
            if (controls + more > room)
                break;
            if (more == 1 && one_in(m, 2))
                put(m, "%s @ ", one_in(m, 2) ? "ctrl" : "negctrl");
            else
                put(m, "%s(%d) @ ", one_in(m, 2) ? "ctrl" : "negctrl", more);
            controls += more;
            break;
        }
    }
    return controls;
}

static void operands(struct maker *m, const struct scope *s, int count)
{
    int drawn[PROGRAM_MOST_QUBITS];
    draw_qubits(m, s, count, drawn);
    for (int i = 0; i < count; i++)
        put(m, "%s%s", i ? ", " : " ", s->qubit[drawn[i]]);
    put(m, ";\n");
}

static void gate(struct maker *m, const struct scope *s)
{
    const struct callable *g = draw_gate(m, s->qubits);
    begin(m);
    if (one_in(m, 20)) {
        int controls = modifiers(m, &library[1], s->qubits);
        put(m, "gphase(");
        angle(m, s);
        put(m, ")");
        if (controls)
            operands(m, s, controls);
        else
            put(m, ";\n");
        return;
    }
    int controls = one_in(m, 3) ? modifiers(m, g, s->qubits - g->qubits) : 0;
    put(m, "%s%s", g->name, g->angles ? "(" : "");
    for (int i = 0; i < g->angles; i++) {
        put(m, "%s", i ? ", " : "");
        angle(m, s);
    }
    put(m, "%s", g->angles ? ")" : "");
    operands(m, s, controls + g->qubits);
}

static void gate_definition(struct maker *m)
{
    struct callable *g = &m->gate[m->gates];
    struct scope s = {.qubits = 1 + below(m, 3), .angles = below(m, 3)};
    *g = (struct callable){.angles = s.angles, .qubits = s.qubits};
    snprintf(g->name, sizeof g->name, "mine%d", m->gates);
    put(m, "gate %s", g->name);
    for (int i = 0; i < s.angles; i++) {
        snprintf(s.angle[i], sizeof s.angle[i], "t%d", i);
        put(m, "%s%s%s", i ? ", " : "(", s.angle[i], i + 1 == s.angles ? ")" : "");
    }
    for (int i = 0; i < s.qubits; i++) {
        snprintf(s.qubit[i], sizeof s.qubit[i], "a%d", i);
        put(m, "%s %s", i ? "," : "", s.qubit[i]);
    }
    open_block(m);
    for (int lines = below(m, 5); lines > 0; lines--)
        gate(m, &s);
    if (one_in(m, 4)) {
        begin(m);
        put(m, "for int i in [1:%d]", 1 + below(m, 3));
        open_block(m);
        gate(m, &s);
        close_block(m);
    }
    close_block(m);
    m->gates++;
}

/* ---- statements ---- */

static void statements(struct maker *m, struct scope *s, int count);

/* A block of its own: what it declares is not seen outside. */
static void block(struct maker *m, const struct scope *outer, int count)
{
    struct scope s = *outer;
    s.depth++;
    open_block(m);
    statements(m, &s, count);
    close_block(m);
}

static void branch(struct maker *m, const struct scope *s)
{
    begin(m);
    put(m, "if (");
    condition(m, s);
    put(m, ")");
    if (one_in(m, 4)) {
        put(m, " ");
        int indent = m->indent; /* the gate stands on the same line */
        m->indent = 0;
        gate(m, s);
        m->indent = indent;
        return;
    }
    block(m, s, 1 + below(m, 2));
    if (one_in(m, 2))
        return;
    begin(m);
    put(m, "else");
    block(m, s, 1 + below(m, 2));
}

/* A loop whose variable is an index of the first register, q. */
static void loop(struct maker *m, const struct scope *outer)
{
    struct scope s = *outer;
    char name[NAME];
    snprintf(name, sizeof name, "i%d", s.loops++);
    begin(m);
    switch (below(m, 3)) {
    case 0:
        put(m, "for uint %s in [0:%d]", name, 1 + below(m, 2));
        break;
    case 1:
        put(m, "for int %s in [2:-1:%d]", name, below(m, 2));
        break;
    default:
        put(m, "for int[8] %s in {%d, 1}", name, 2 * below(m, 2));
        break;
    }
    if (m->kind.classical)
        snprintf(s.integer[s.integers++], sizeof s.integer[0], "%s", name);
    s.depth++;
    open_block(m);
    if (outer->depth == 0) { /* elsewhere q may not be in sight */
        begin(m);
        put(m, "h q[%s];\n", name);
    }
    statements(m, &s, 1 + below(m, 2));
    close_block(m);
}

static void counted_while(struct maker *m, const struct scope *outer)
{
    struct scope s = *outer;
    char name[NAME];
    snprintf(name, sizeof name, "n%d", m->names++ % 1000);
    begin(m);
    put(m, "int[8] %s = 0;\n", name);
    begin(m);
    put(m, "while (%s < %d)", name, 1 + below(m, 3));
    s.depth++;
    open_block(m);
    begin(m);
    put(m, "%s += 1;\n", name);
    if (one_in(m, 3)) {
        begin(m);
        put(m, "if (%s == 2) %s;\n", name, one_in(m, 2) ? "break" : "continue");
    }
    statements(m, &s, 1);
    close_block(m);
}

static void assign(struct maker *m, const struct scope *s)
{
    static const char *const changes[] = {"=", "+=", "-=", "*=", "^=", "|="};
    begin(m);
    if (s->array && one_in(m, 3))
        put(m, "items[%d] = ", below(m, ITEMS));
    else
        put(m, "%s %s ", s->integer[below(m, s->writable)], changes[below(m, 6)]);
    integer(m, s, 2);
    put(m, ";\n");
}

static void choose(struct maker *m, const struct scope *s)
{
    begin(m);
    put(m, "switch (");
    integer(m, s, 1);
    put(m, ") {\n");
    m->indent++;
    for (int i = 0; i < 2; i++) {
        begin(m);
        put(m, "case %d, %d", 2 * i, 2 * i + 1);
        block(m, s, 1);
    }
    begin(m);
    put(m, "default");
    block(m, s, 1);
    m->indent--;
    begin(m);
    put(m, "}\n");
}

static void measure(struct maker *m, const struct scope *s)
{
    const char *qubit = s->qubit[below(m, s->qubits)], *bit = s->bit[below(m, s->bits)];
    begin(m);
    if (one_in(m, 4))
        put(m, "reset %s;\n", qubit);
    else if (one_in(m, 3))
        put(m, "measure %s -> %s;\n", qubit, bit);
    else
        put(m, "%s = measure %s;\n", bit, qubit);
}

static void call(struct maker *m, const struct scope *s)
{
    const struct callable *d = &m->def[below(m, m->defs)];
    int drawn[PROGRAM_MOST_QUBITS];
    if (d->qubits > s->qubits)
        return;
    draw_qubits(m, s, d->qubits, drawn);
    begin(m);
    if (d->answers && s->bits)
        put(m, "%s = ", s->bit[below(m, s->bits)]);
    put(m, "%s(", d->name);
    for (int i = 0; i < d->qubits; i++)
        put(m, "%s%s", i ? ", " : "", s->qubit[drawn[i]]);
    if (d->numbers)
        put(m, ", %d", below(m, 4));
    put(m, ");\n");
}

static void plain_statement(struct maker *m, const struct scope *s)
{
    begin(m);
    switch (below(m, 4)) {
    case 0:
        put(m, "barrier %s;\n", s->qubit[below(m, s->qubits)]);
        break;
    case 1:
        put(m, "nop %s;\n", s->qubit[below(m, s->qubits)]);
        break;
    case 2:
        put(m, "box");
        block(m, s, 1);
        break;
    default:
        put(m, "// @enter part%d\n", m->names++);
        gate(m, s);
        begin(m);
        put(m, "// @leave\n");
        gate(m, s);
        break;
    }
}

static void statement(struct maker *m, struct scope *s)
{
    bool deep = s->depth >= DEEPEST;
    switch (below(m, 12)) {
    case 0:
        if (!deep)
            loop(m, s);
        return;
    case 1:
        if (!deep && (m->kind.classical || (m->kind.quantum && s->bits)))
            branch(m, s);
        return;
    case 2:
        if (m->kind.classical && s->writable)
            assign(m, s);
        return;
    case 3:
        if (m->kind.classical && !deep && one_in(m, 2))
            choose(m, s);
        else if (m->kind.classical && !deep)
            counted_while(m, s);
        return;
    case 4:
        if (m->kind.quantum && s->bits)
            measure(m, s);
        return;
    case 5:
        if (m->defs)
            call(m, s);
        return;
    case 6:
        plain_statement(m, s);
        return;
    default:
        gate(m, s);
        return;
    }
}

static void statements(struct maker *m, struct scope *s, int count)
{
    for (int i = 0; i < count; i++)
        statement(m, s);
}

/* ---- subroutines ---- */

static void def(struct maker *m)
{
    struct callable *d = &m->def[m->defs];
    struct scope s = {.qubits = 1 + below(m, 3), .depth = 1};
    *d = (struct callable){.qubits = s.qubits, .numbers = m->kind.classical && one_in(m, 2)};
    d->answers = m->kind.quantum && one_in(m, 2);
    snprintf(d->name, sizeof d->name, "sub%d", m->defs);
    put(m, "def %s(", d->name);
    for (int i = 0; i < s.qubits; i++) {
        snprintf(s.qubit[i], sizeof s.qubit[i], "a%d", i);
        put(m, "%squbit %s", i ? ", " : "", s.qubit[i]);
    }
    if (d->numbers) {
        put(m, ", int[8] n");
        snprintf(s.integer[s.integers++], sizeof s.integer[0], "n");
        s.writable = 1;
    }
    put(m, ")%s", d->answers ? " -> bit" : "");
    open_block(m);
    if (d->answers) {
        snprintf(s.bit[s.bits++], sizeof s.bit[0], "seen");
        begin(m);
        put(m, "bit seen;\n");
    }
    statements(m, &s, 2 + below(m, 3));
    if (d->answers) {
        begin(m);
        put(m, one_in(m, 2) ? "return measure %s;\n" : "return seen;\n", s.qubit[0]);
    }
    close_block(m);
    m->defs++;
}

/* ---- the whole ---- */

/* Three qubits in q, some in r, one alone; an alias for two of them. */
static struct scope declare_qubits(struct maker *m)
{
    struct scope s = {.qubits = 0};
    int more = 1 + below(m, 3);
    put(m, "qubit[3] q;\n%s", one_in(m, 2) ? "const int[32] size = 1;\n" : "");
    put(m, "qubit[%d] r;\nqubit lone;\n", more);
    for (int i = 0; i < 3; i++)
        snprintf(s.qubit[s.qubits++], sizeof s.qubit[0], "q[%d]", i - (one_in(m, 6) ? 3 : 0));
    for (int i = 0; i < more; i++)
        snprintf(s.qubit[s.qubits++], sizeof s.qubit[0], "r[%d]", i);
    snprintf(s.qubit[s.qubits++], sizeof s.qubit[0], "lone");
    return s;
}

static void declare_classical(struct maker *m, struct scope *s)
{
    static const char *const types[] = {"int[8]", "int[16]", "int", "uint[8]"};
    put(m, "bit[2] c;\nbit flag;\n");
    snprintf(s->bit[0], sizeof s->bit[0], "c[0]");
    snprintf(s->bit[1], sizeof s->bit[1], "c[1]");
    snprintf(s->bit[2], sizeof s->bit[2], "flag");
    s->bits = 3;
    if (!m->kind.classical)
        return;
    for (int i = 0; i < MOST_INTS; i++) {
        snprintf(s->integer[i], sizeof s->integer[i], "v%d", i);
        put(m, "%s v%d = %d;\n", types[below(m, 4)], i, below(m, 9));
    }
    s->integers = s->writable = MOST_INTS;
    s->array = true;
    put(m, "array[int[8], %d] items = {1, 2, 3, 4};\n", ITEMS);
}

/* A gate on whole registers, and an alias. */
static void broadcast(struct maker *m)
{
    put(m, "let pair = q[0:1] ++ lone;\n");
    put(m, "h q;\ncx q[1:2], pair[{0, %d}];\n", one_in(m, 2) ? 2 : -1);
    put(m, "cx q, lone;\nry(0.25) r;\nx pair;\n");
}

static void measure_all(struct maker *m, const struct scope *s)
{
    put(m, "bit[%d] out;\n", s->qubits);
    for (int i = 0; i < s->qubits; i++)
        put(m, "out[%d] = measure %s;\n", i, s->qubit[i]);
}

const char *random_program(qry_arena *arena, uint64_t seed, program_kind kind)
{
    struct maker m = {.kind = kind};
    char *text = NULL;
    size_t size;
    qry_random_seed(&m.random, seed, 17);
    m.stream = open_memstream(&text, &size);
    qry_must(m.stream);
    put(&m, "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n");
    while (m.gates < MOST_GATES)
        gate_definition(&m);
    while (kind.defs && m.defs < MOST_DEFS)
        def(&m);
    struct scope s = declare_qubits(&m);
    declare_classical(&m, &s);
    statements(&m, &s, 4 + below(&m, 6));
    broadcast(&m);
    statements(&m, &s, 4 + below(&m, 6));
    measure_all(&m, &s);
    fclose(m.stream);
    const char *kept = qry_arena_text(arena, text, size);
    free(text);
    return kept;
}
