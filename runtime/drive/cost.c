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
    *book = (qry_cost_book){.ctx = ctx, .circuit = circuit, .digester = qry_digester_new(ctx)};
}

void qry_cost_book_free(qry_cost_book *book)
{
    for (size_t i = 0; i < book->entry_room; i++) {
        qry_digest_free(book->ctx, &book->entry[i].digest);
        qry_free(book->ctx, book->entry[i].loads);
    }
    qry_free(book->ctx, book->entry);
    qry_free(book->ctx, book->table);
    qry_free(book->ctx, book->open);
    qry_digester_free(book->digester);
}

static qry_cost_entry *entry_of(qry_cost_book *book, const qry_definition *definition)
{
    return &book->entry[definition->number];
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
    entry->version = d->version;
    entry->stamp = 0;
    if (d->query)
        add_table(book, d->query->table);
    qry_digest_read(book->digester, d, &entry->digest);
}

/* ---- with what it calls ---- */

static void add_up(qry_cost_book *book, qry_cost_entry *entry, const qry_definition *d)
{
    const qry_digest *digest = &entry->digest;
    entry->whole = digest->own;
    entry->depth = digest->depth;
    entry->t_depth = digest->t_depth;
    entry->loads = qry_resize(book->ctx, entry->loads, book->table_count + 1, sizeof *entry->loads);
    for (size_t i = 0; i < book->table_count; i++)
        entry->loads[i] = d->query && d->query->loads_word && strcmp(d->query->table, book->table[i]) == 0;
    for (size_t k = 0; k < digest->call_count; k++) {
        const qry_digest_call *call = &digest->calls[k];
        const qry_cost_entry *callee = &book->entry[call->callee];
        qry_tally_add_undone(&entry->whole, &callee->whole, call->times, call->inverse);
        entry->depth = qry_sum(entry->depth, qry_product(callee->depth, call->times));
        entry->t_depth = qry_sum(entry->t_depth, qry_product(callee->t_depth, call->times));
        for (size_t i = 0; i < callee->load_count; i++)
            entry->loads[i] = qry_sum(entry->loads[i], qry_product(callee->loads[i], call->times));
    }
    entry->load_count = book->table_count;
}

/* Begins with a definition: calls may be nested too deep for a function that calls itself. */
static void open_definition(qry_cost_book *book, const qry_definition *d, bool anew)
{
    qry_cost_entry *entry = entry_of(book, d);
    entry->seen = book->enquiry;
    if (entry->version != d->version || anew)
        read_entry(book, entry, d);
    QRY_GROW(book->ctx, book->open, book->open_room, book->open_count + 1);
    book->open[book->open_count++] = (qry_cost_open){.definition = d, .newest = entry->version};
}

/* Looks at the next call of the definition begun last, or is done with it. */
static void go_on(qry_cost_book *book)
{
    qry_cost_open *open = &book->open[book->open_count - 1];
    qry_cost_entry *entry = entry_of(book, open->definition);
    if (open->next == entry->digest.call_count) {
        if (entry->stamp != open->newest)
            add_up(book, entry, open->definition);
        entry->stamp = open->newest;
        book->open_count--;
        return;
    }
    const qry_definition *callee = qry_circuit_definition(book->circuit, entry->digest.calls[open->next].callee);
    const qry_cost_entry *called = entry_of(book, callee);
    if (called->seen != book->enquiry) {
        open_definition(book, callee, false); /* comes back to this call when it is done */
        return;
    }
    if (open->newest < called->stamp)
        open->newest = called->stamp;
    open->next++;
}

const qry_cost_entry *qry_cost_of_program(qry_cost_book *book)
{
    size_t count = qry_circuit_definitions(book->circuit), before = book->entry_room;
    QRY_GROW(book->ctx, book->entry, book->entry_room, count);
    if (before < book->entry_room)
        memset(book->entry + before, 0, (book->entry_room - before) * sizeof *book->entry);
    const qry_definition *program = qry_circuit_program(book->circuit);
    book->enquiry++;
    open_definition(book, program, true);
    while (book->open_count > 0)
        go_on(book);
    return entry_of(book, program);
}

void qry_cost_charge(qry_cost_book *book, qry_arena *arena, qry_ledger *l, uint64_t shots)
{
    const qry_cost_entry *cost = qry_cost_of_program(book);
    l->shots += shots;
    for (size_t i = 0; i < cost->load_count; i++)
        qry_ledger_charge(arena, l, book->table[i], qry_product(cost->loads[i], shots));
    l->depth = qry_sum(l->depth, qry_product(cost->depth, shots));
    l->t_depth = qry_sum(l->t_depth, qry_product(cost->t_depth, shots));
    uint32_t width = qry_circuit_program(book->circuit)->width;
    if (l->qubits < width)
        l->qubits = width;
}

uint64_t qry_cost_allowed_shots(qry_cost_book *book, const qry_ledger *ledger, uint64_t max_queries, uint64_t shots)
{
    if (max_queries == 0)
        return shots;
    const qry_cost_entry *cost = qry_cost_of_program(book);
    qry_u128 used = 0, each = 0;
    for (size_t i = 0; i < ledger->query_count; i++)
        used = qry_sum(used, ledger->query[i].loads);
    for (size_t i = 0; i < cost->load_count; i++)
        each = qry_sum(each, cost->loads[i]);
    if (each == 0)
        return shots;
    qry_u128 left = used < max_queries ? (max_queries - used) / each : 0;
    return left < shots ? (uint64_t)left : shots;
}
