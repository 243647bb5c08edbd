/* qram.c: what all architectures share: finding them, the data as words, the size check, operand groups. */
#include "compiler/qram/qram.h"

#include <string.h>

static const qry_qram *const architectures[] = {
#define BUILT(name, number) &qry_##name,
#define LATER(name, number)
#include "compiler/qram/architectures.def"
#undef BUILT
#undef LATER
};

enum { ARCHITECTURES = sizeof architectures / sizeof *architectures };

const char *qry_qram_name(size_t i) { return i < ARCHITECTURES ? architectures[i]->name : NULL; }

const qry_qram *qry_qram_find(const char *name)
{
    for (size_t i = 0; i < ARCHITECTURES; i++)
        if (strcmp(architectures[i]->name, name) == 0)
            return architectures[i];
    qry_must(!"an architecture that the pass check did not know");
    return NULL;
}

uint64_t qry_words_width(const qry_words *words)
{
    return (uint64_t)words->column_count * (uint64_t)qry_type_width(words->table->type);
}

bool qry_words_bit(const qry_words *words, uint64_t row, uint32_t bit)
{
    const qry_table *table = words->table;
    if (row >= table->rows)
        return false;
    uint32_t width = (uint32_t)qry_type_width(table->type);
    int64_t mantissa = table->mantissas[row * table->columns + words->columns[bit / width]];
    return (uint64_t)mantissa >> bit % width & 1;
}

bool qry_qram_check(qry_ctx *ctx, const qry_qram *qram, const qry_words *words, bool kept, qry_span span)
{
    enum { OPERATION_BYTES = 2 * sizeof(qry_op) }; /* arrays grow by doubling */
    double qubits = (double)words->address + (double)qry_words_width(words);
    for (int i = 0; i < 2; i++)
        if (qram->machine[i].name)
            qubits += (double)qram->machine[i].size(words->address);
    double operations = kept ? qram->words_operations(words->address, qry_words_width(words)) : 0;
    const qry_qram *thrifty = qry_qram_find("select"); /* has no routers */
    if (qubits > INT32_MAX || operations > INT32_MAX) {
        bool helps = qram != thrifty && thrifty->words_operations(words->address, qry_words_width(words)) <= INT32_MAX;
        qry_error_at(ctx, span, helps ? "use fewer rows or columns, or qram select" : "use fewer rows or columns",
                     "a %s query of %u address bits and words of %llu bit%s is too large: %.3g qubits and %.3g gates",
                     qram->name, words->address, (unsigned long long)qry_words_width(words),
                     qry_words_width(words) == 1 ? "" : "s", qubits, operations);
        return false;
    }
    qry_memory_require(ctx, operations * OPERATION_BYTES + qubits * sizeof(qry_qubit), "the circuit of a query");
    return true;
}

qry_qram_site qry_qram_groups(const qry_qram *qram, const qry_words *words, bool with_word, qry_definition *definition)
{
    qry_qram_site site = {.definition = definition, .bits = words->address};
    site.address = qry_definition_group(definition, "addr", words->address, QRY_ROLE_ADDRESS);
    if (with_word)
        site.word = qry_definition_group(definition, "word", (uint32_t)qry_words_width(words), QRY_ROLE_WORD);
    for (int i = 0; i < 2; i++) {
        const qry_qram_machine *machine = &qram->machine[i];
        uint32_t size = machine->name ? (uint32_t)machine->size(words->address) : 0;
        if (size)
            site.machine[i] =
                qry_definition_group(definition, machine->name, size, machine->holds ? QRY_ROLE_DATA : QRY_ROLE_WORK);
    }
    return site;
}

void qry_qram_mark(const qry_qram *qram, const qry_words *words, bool fetches, qry_definition *definition)
{
    qry_query_part part = {.table = words->table->name,
                           .arch = qram->name,
                           .address = words->address,
                           .word = (uint32_t)qry_words_width(words),
                           .loads_address = !fetches,
                           .loads_word = fetches};
    const qry_query_part *old = definition->query;
    if (!old || strcmp(old->table, part.table) != 0 || old->address != part.address || old->word != part.word)
        qry_definition_set_query(definition, &part);
}

void qry_qram_write_address(const qry_qram *qram, const qry_words *words, qry_definition *definition)
{
    qry_qram_site site = qry_qram_groups(qram, words, false, definition);
    qram->write_address(&site);
}

void qry_qram_write_words(const qry_qram *qram, const qry_words *words, qry_definition *definition)
{
    qry_qram_site site = qry_qram_groups(qram, words, true, definition);
    qram->write_words(&site, words);
}
