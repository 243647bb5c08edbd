/* select.c: unary iteration (Babbush et al. 2018). The address stays where it is; a ladder of m - 1 qubits holds the
 * ANDs of its leading bits, and visits the rows in order like the depth-first walk of a binary tree. At a row's leaf one
 * qubit says "this is the row", and a CX from it writes every one-bit of the word.
 *
 * Cost of a query over N = 2^m rows: 2(N - 2) Toffolis, computing and uncomputing counted, one after the other. Rows
 * behind the last row of the table are not visited. */
#include "compiler/qram/qram.h"

static uint64_t ladder_size(uint32_t address) { return address - 1; }

static qry_cost address_cost(uint32_t address)
{
    (void)address;
    return (qry_cost){0};
}

static qry_cost words_cost(uint32_t address, uint64_t width)
{
    (void)width;
    uint64_t toffoli = 2 * ((UINT64_C(1) << address) - 2);
    return (qry_cost){toffoli, ladder_size(address), toffoli};
}

static double words_operations(uint32_t address, uint64_t width)
{
    double rows = (double)(UINT64_C(1) << address);
    return rows * ((double)width + 4);
}

struct iteration {
    const qry_qram_site *site;
    const qry_words *words;
    uint32_t width;
};

static void write_row(const struct iteration *it, uint64_t row, qry_qubit chosen)
{
    for (uint32_t bit = 0; bit < it->width; bit++)
        if (qry_words_bit(it->words, row, bit))
            qry_add(it->site->definition, QRY_GATE_cx, chosen, it->site->word + bit, 0);
}

/* The rows first .. first + 2^level - 1, those of which `chosen` is 1. */
static void visit(const struct iteration *it, uint64_t first, uint32_t level, qry_qubit chosen)
{
    const qry_qram_site *site = it->site;
    qry_definition *d = site->definition;
    if (level == 0) {
        qry_check_interrupt(qry_circuit_ctx(d->circuit));
        write_row(it, first, chosen);
        return;
    }
    uint64_t half = UINT64_C(1) << (level - 1);
    qry_qubit bit = site->address + level - 1, next = site->machine[0] + level - 1;
    qry_add(d, QRY_GATE_ccx, chosen, bit, next);
    qry_add(d, QRY_GATE_cx, chosen, next, 0);
    visit(it, first, level - 1, next);
    qry_add(d, QRY_GATE_cx, chosen, next, 0);
    if (first + half < it->words->table->rows)
        visit(it, first + half, level - 1, next);
    qry_add(d, QRY_GATE_ccx, chosen, bit, next);
}

static void write_words(const qry_qram_site *site, const qry_words *words)
{
    struct iteration it = {site, words, (uint32_t)qry_words_width(words)};
    uint32_t level = site->bits - 1; /* the highest address bit, or its complement, is the root */
    uint64_t half = UINT64_C(1) << level;
    qry_qubit top = site->address + level;
    qry_add(site->definition, QRY_GATE_x, top, 0, 0);
    visit(&it, 0, level, top);
    qry_add(site->definition, QRY_GATE_x, top, 0, 0);
    if (half < words->table->rows)
        visit(&it, half, level, top);
}

const qry_qram qry_select = {.name = "select",
                             .machine = {{"ladder", "whether the address begins as the row's", ladder_size, false}},
                             .address_cost = address_cost,
                             .words_cost = words_cost,
                             .words_operations = words_operations,
                             .write_words = write_words};
