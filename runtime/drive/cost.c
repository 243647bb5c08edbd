/* cost.c: what one run of a circuit costs, in microseconds, although its definitions have a hundred thousand gates:
 * between two shots hardly any of them change. Versions tell which: they only ever grow (qasm.h), so the newest version
 * among a definition and all that it calls names the state of them all. Only the program is read anew each time: its
 * repeats may change without a version.
 *
 * Depth is the sum over calls and over the stretches of operations between them, times the repeats: exact for what
 * neither calls nor repeats, and an upper bound for the rest. */
#include "runtime/drive/drive.h"

#include <string.h>

void qry_cost_book_init(qry_cost_book *book, qry_ctx *ctx, const qry_circuit *circuit)
{
    *book = (qry_cost_book){.ctx = ctx, .circuit = circuit};
}

void qry_cost_book_free(qry_cost_book *book)
{
    for (size_t i = 0; i < book->entry_room; i++) {
        qry_free(book->ctx, book->entry[i].calls);
        qry_free(book->ctx, book->entry[i].loads);
    }
    qry_free(book->ctx, book->entry);
    qry_free(book->ctx, book->table);
    qry_free(book->ctx, book->clock);
}

static qry_cost_entry *entry_of(qry_cost_book *book, const qry_definition *definition)
{
    return &book->entry[definition->number];
}

/* ---- a body alone ---- */

static bool is_step(const qry_op *op)
{
    return op->kind < QRY_GATES || op->kind == QRY_OP_MEASURE || op->kind == QRY_OP_RESET;
}

static int qubits_of(const qry_op *op) { return op->kind < QRY_GATES ? qry_gate_table[op->kind].qubits : 1; }

static double later(double a, double b) { return a > b ? a : b; }

/* The step as early as its qubits are free. */
static void take_step(struct qry_cost_clock *clock, const qry_op *op, struct qry_cost_clock *last)
{
    const qry_gate_info *info = op->kind < QRY_GATES ? &qry_gate_table[op->kind] : NULL;
    const qry_qubit qubit[3] = {op->a, op->b, op->c};
    const int count = qubits_of(op);
    struct qry_cost_clock at = {0, 0};
    for (int k = 0; k < count; k++)
        at = (struct qry_cost_clock){later(at.depth, clock[qubit[k]].depth), later(at.t, clock[qubit[k]].t)};
    at.depth += 1;
    at.t += info ? info->toffoli ? 3 : info->t : 0;
    for (int k = 0; k < count; k++)
        clock[qubit[k]] = at;
    *last = (struct qry_cost_clock){later(last->depth, at.depth), later(last->t, at.t)};
}

/* Operations from .. to-1 alone, none of which calls or repeats; the clocks are at zero before and after. */
static struct qry_cost_clock stretch_depth(struct qry_cost_clock *clock, const qry_op *ops, size_t from, size_t to)
{
    struct qry_cost_clock last = {0, 0};
    for (size_t i = from; i < to; i++)
        if (is_step(&ops[i]))
            take_step(clock, &ops[i], &last);
    for (size_t i = from; i < to; i++) {
        const qry_qubit qubit[3] = {ops[i].a, ops[i].b, ops[i].c};
        for (int k = 0; is_step(&ops[i]) && k < qubits_of(&ops[i]); k++)
            clock[qubit[k]] = (struct qry_cost_clock){0, 0};
    }
    return last;
}

static void add_call(qry_cost_book *book, qry_cost_entry *entry, const qry_op *op, qry_u128 times)
{
    bool inverse = op->flags & QRY_OP_INVERSE;
    for (size_t i = 0; i < entry->call_count; i++)
        if (entry->calls[i].callee == op->a && entry->calls[i].inverse == inverse) {
            entry->calls[i].times += times;
            return;
        }
    QRY_GROW(book->ctx, entry->calls, entry->call_room, entry->call_count + 1);
    entry->calls[entry->call_count++] = (struct qry_cost_call){op->a, inverse, times};
}

static void add_step(qry_cost_entry *entry, const qry_op *op, qry_u128 times)
{
    qry_must(op->kind != QRY_OP_IF);
    if (op->kind < QRY_GATES)
        entry->own.gate[op->kind] += times;
    else if (op->kind == QRY_OP_MEASURE)
        entry->own.measurements += times;
    else if (op->kind == QRY_OP_RESET)
        entry->own.resets += times;
}

/* Operations from .. to-1, `times` times. */
static void read_body(qry_cost_book *book, qry_cost_entry *entry, const qry_definition *d, size_t from, size_t to,
                      qry_u128 times)
{
    for (size_t i = from; i < to; i++) {
        const qry_op *op = &d->ops[i];
        if (op->kind == QRY_OP_CALL) {
            add_call(book, entry, op, times);
        } else if (op->kind == QRY_OP_REPEAT) {
            read_body(book, entry, d, i + 1, op->c, times * (op->a | (qry_u128)op->b << 32));
            i = op->c;
        } else {
            size_t end = i;
            while (end < to && d->ops[end].kind != QRY_OP_CALL && d->ops[end].kind != QRY_OP_REPEAT)
                add_step(entry, &d->ops[end++], times);
            struct qry_cost_clock last = stretch_depth(book->clock, d->ops, i, end);
            entry->own_depth += times * (qry_u128)last.depth;
            entry->own_t_depth += times * (qry_u128)last.t;
            i = end - 1;
        }
    }
}

static void add_table(qry_cost_book *book, const char *name)
{
    for (size_t i = 0; i < book->table_count; i++)
        if (strcmp(book->table[i], name) == 0)
            return;
    QRY_GROW(book->ctx, book->table, book->table_room, book->table_count + 1);
    book->table[book->table_count++] = name;
}

static void read_entry(qry_cost_book *book, qry_cost_entry *entry, const qry_definition *d)
{
    entry->own = (qry_tally){.measurements = 0};
    entry->own_depth = entry->own_t_depth = 0;
    entry->call_count = 0;
    entry->version = d->version;
    entry->stamp = 0;
    if (d->width > book->clock_room) {
        qry_free(book->ctx, book->clock);
        book->clock = NULL;
        book->clock = qry_alloc(book->ctx, d->width, sizeof *book->clock);
        book->clock_room = d->width;
    }
    if (d->query)
        add_table(book, d->query->table);
    read_body(book, entry, d, 0, d->op_count, 1);
}

/* ---- with what it calls ---- */

static void add_tally(qry_tally *to, const qry_tally *tally, qry_u128 times, bool inverse)
{
    if (!inverse) {
        qry_tally_add(to, tally, times);
        return;
    }
    qry_tally undone = {.measurements = tally->measurements, .resets = tally->resets};
    for (int g = 0; g < QRY_GATES; g++)
        undone.gate[qry_gate_table[g].inverse] += tally->gate[g];
    qry_tally_add(to, &undone, times);
}

static void add_up(qry_cost_book *book, qry_cost_entry *entry, const qry_definition *d)
{
    entry->whole = entry->own;
    entry->depth = entry->own_depth;
    entry->t_depth = entry->own_t_depth;
    entry->loads = qry_resize(book->ctx, entry->loads, book->table_count + 1, sizeof *entry->loads);
    for (size_t i = 0; i < book->table_count; i++)
        entry->loads[i] = d->query && d->query->loads_word && strcmp(d->query->table, book->table[i]) == 0;
    for (size_t k = 0; k < entry->call_count; k++) {
        const struct qry_cost_call *call = &entry->calls[k];
        const qry_cost_entry *callee = &book->entry[call->callee];
        add_tally(&entry->whole, &callee->whole, call->times, call->inverse);
        entry->depth += call->times * callee->depth;
        entry->t_depth += call->times * callee->t_depth;
        for (size_t i = 0; i < callee->load_count; i++)
            entry->loads[i] += call->times * callee->loads[i];
    }
    entry->load_count = book->table_count;
}

/* The newest version among the definition and what it calls; brings all their entries up to date. */
static uint64_t update(qry_cost_book *book, const qry_definition *d, bool anew)
{
    qry_cost_entry *entry = entry_of(book, d);
    if (entry->seen == book->enquiry)
        return entry->stamp;
    entry->seen = book->enquiry;
    if (entry->version != d->version || anew)
        read_entry(book, entry, d);
    uint64_t newest = entry->version;
    for (size_t k = 0; k < entry->call_count; k++) {
        uint64_t version = update(book, qry_circuit_definition(book->circuit, entry->calls[k].callee), false);
        if (version > newest)
            newest = version;
    }
    if (entry->stamp != newest)
        add_up(book, entry, d);
    return entry->stamp = newest;
}

const qry_cost_entry *qry_cost_of_program(qry_cost_book *book)
{
    size_t count = qry_circuit_definitions(book->circuit), before = book->entry_room;
    QRY_GROW(book->ctx, book->entry, book->entry_room, count);
    if (before < book->entry_room)
        memset(book->entry + before, 0, (book->entry_room - before) * sizeof *book->entry);
    const qry_definition *program = qry_circuit_program(book->circuit);
    book->enquiry++;
    update(book, program, true);
    return entry_of(book, program);
}
