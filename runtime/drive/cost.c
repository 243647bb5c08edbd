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
    for (size_t k = 0; k < entry->digest.call_count; k++) {
        uint64_t version = update(book, qry_circuit_definition(book->circuit, entry->digest.calls[k].callee), false);
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
