/* qram.h: architectures of quantum random access memory. Each turns |j>|t> into |j>|t XOR word j>, where the words are
 * classical: chosen when the circuit is written, not held in qubits. Private to compiler/.
 *
 * A query has two parts, each a definition of its own: the address goes in (the inverse: out), and words are fetched
 * while it is in (as a unitary its own inverse, so the inverse call fetches again and clears the word). One loaded
 * address serves the words of several tables.
 *
 * A new architecture is one file with a `const qry_qram` and one line in architectures.def.
 *
 * Ownership: nothing here keeps a pointer. Bit i of the address register has weight 2^i. */
#ifndef QRY_QRAM_H
#define QRY_QRAM_H

#include "compiler/arith/cost.h"
#include "compiler/formula.h"
#include "qasm/qasm.h"

/** What one query fetches: for every row the mantissas of some columns, in two's complement of the table's type, one
 *  after the other, lowest bits first. Rows that the table has not read as 0. */
typedef struct qry_words {
    const qry_table *table;
    const uint32_t *columns;
    uint32_t column_count;
    uint32_t address; /* address qubits m >= 1: rows 0 .. 2^m - 1 */
} qry_words;

/** Bits of a word. */
uint64_t qry_words_width(const qry_words *words);
/** Bit `bit` of the word of `row`. */
bool qry_words_bit(const qry_words *words, uint64_t row, uint32_t bit);

/** Where the operands of a definition begin. */
typedef struct qry_qram_site {
    qry_definition *definition;
    uint32_t bits; /* of the address */
    qry_qubit address, word, machine[2];
} qry_qram_site;

/** One kind of qubits that an architecture needs beside address and word; shared by all its tables. */
typedef struct qry_qram_machine {
    const char *name;                   /* of the operand group; NULL: not used */
    const char *text;                   /* what they are, in a few words */
    uint64_t (*size)(uint32_t address); /* how many */
    bool holds;                         /* keeps something while the address is in; else zero between the parts */
} qry_qram_machine;

typedef struct qry_qram {
    const char *name; /* as in the language */
    qry_qram_machine machine[2];
    bool moves_address; /* the address register is empty while the address is in */
    /* What the two parts cost; exact (words: for any data). work: the machine's qubits. */
    qry_cost (*address_cost)(uint32_t address);
    qry_cost (*words_cost)(uint32_t address, uint64_t width);
    /* An upper bound of the operations of the words definition, for the memory check. */
    double (*words_operations)(uint32_t address, uint64_t width);
    void (*write_address)(const qry_qram_site *site); /* NULL: the address needs no loading */
    void (*write_words)(const qry_qram_site *site, const qry_words *words);
    /* Of words of one bit: adds what the data take to the digest of a fetch where all of them are 0. NULL: it has to be
     * written to be counted. */
    void (*count_cells)(const qry_words *words, qry_digest *digest);
} qry_qram;

#define BUILT(name, number) extern const qry_qram qry_##name;
#define LATER(name, number)
#include "compiler/qram/architectures.def"
#undef BUILT
#undef LATER

/** Their names, those that tables have of which nothing is said first; NULL behind the last. */
const char *qry_qram_name(size_t i);
/** The architecture of that name; aborts when there is none (the pass check has looked). */
const qry_qram *qry_qram_find(const char *name);

/** Whether a query can be built: its qubits and, where they are kept, its operations fit 32-bit numbers. False after a
 *  report at `span`; gives up when there is no memory for it. Nothing has been built then. */
bool qry_qram_check(qry_ctx *ctx, const qry_qram *qram, const qry_words *words, bool kept, qry_span span);

/** Write the two parts into an empty definition, operand groups included: address, for the second the word, then the
 *  machine. */
void qry_qram_write_address(const qry_qram *qram, const qry_words *words, qry_definition *definition);
void qry_qram_write_words(const qry_qram *qram, const qry_words *words, qry_definition *definition);
/** Marks a definition as one of the two parts (fetches: the second), unless it is marked as that already. */
void qry_qram_mark(const qry_qram *qram, const qry_words *words, bool fetches, qry_definition *definition);
/** The groups alone: of a definition that calls both parts (with_word), or only the first. */
qry_qram_site qry_qram_groups(const qry_qram *qram, const qry_words *words, bool with_word, qry_definition *definition);

#endif
