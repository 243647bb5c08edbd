/* direct.h: the direct path: plain gate lines, which are most of a large program, are read without scanner and grammar
 * straight into operations. Private to qasm/read/.
 *
 * It takes a line only if all in it is known and right: a gate declared before, qubits of registers whose sizes are
 * numbers, angles that are numbers or multiples of a parameter. What it does not take it leaves to the grammar, which then
 * says what is wrong with it, if anything is. Both read the same: tests/qasm/lines_test.c. */
#ifndef QRY_DIRECT_H
#define QRY_DIRECT_H

#include "qasm/read/parser.h"

enum direct_kind {
    DIRECT_NOTHING, /* not declared: pi, or a mistake */
    DIRECT_TAKEN,   /* declared as something that the direct path does not read */
    DIRECT_QUBIT,
    DIRECT_REGISTER,
    DIRECT_GATE,     /* of the table */
    DIRECT_CALL,     /* of a gate with a body */
    DIRECT_OPERAND,  /* a qubit of the gate around */
    DIRECT_PARAMETER /* an angle of the gate around */
};

/* What a name is. name->direct is its place in words; 0 is nothing. */
struct direct_word {
    enum direct_kind kind;
    uint32_t number;         /* GATE: which; CALL: tree_stmt.number; OPERAND, PARAMETER: which; else the first qubit */
    uint32_t size;           /* of a register */
    uint32_t angles, qubits; /* of a gate */
    bool standard;           /* brought by an include that is built in */
};

/* A name of the gate around, and what it meant outside. */
struct direct_saved {
    struct tree_name *name;
    uint32_t direct;
};

/* A qubit of the list of operands with this stamp; those of lists before count as free places. */
struct direct_seen {
    qry_qubit qubit;
    uint32_t stamp;
};

enum { DIRECT_CACHE_BITS = 9, DIRECT_CACHE = 1 << DIRECT_CACHE_BITS };

struct reader_direct {
    struct tree_program *tree;
    size_t errors; /* when reading began: after an error nothing is read directly */
    struct direct_word *words;
    size_t word_count, word_room;
    uint32_t qubits; /* of the registers so far */
    bool uncounted;  /* a register's size is not a number: what follows it has no numbers */
    bool within;     /* in the body of a gate */
    struct direct_saved *saved;
    size_t saved_count, saved_room, global_words;
    struct tree_stretch piece; /* the stretch that grows; its arrays are used again and again */
    struct direct_seen *seen;  /* a hash table of the qubits of one long list of operands, of a power of two */
    uint32_t seen_size, stamp;
    struct {
        uint64_t letters; /* up to eight of them */
        const struct tree_name *name;
    } cache[DIRECT_CACHE];
};

struct reader_direct *qry_direct_new(struct tree_program *tree);
void qry_direct_free(struct reader_direct *direct);
/** A statement outside of all blocks has been read. standard: it stands in an include that is built in. */
void qry_direct_declare(struct reader_direct *direct, const struct tree_stmt *stmt, bool standard);
/** OpenQASM 2 has another U, and no gphase. */
void qry_direct_version(struct reader_direct *direct, enum tree_version version);
/** The body of a gate begins, and ends. Its own name means nothing else in there, whatever it meant before. */
void qry_direct_enter(struct reader_direct *direct, struct tree_name *gate, struct tree_parameters parameters,
                      struct tree_parameters qubits);
void qry_direct_leave(struct reader_direct *direct);

/** Reads gate lines from the text at *offset on; *offset moves behind the last. NULL: there is none (lines.c). */
struct tree_stmt *qry_direct_read(struct reader_direct *direct, const qry_source *source, uint32_t number,
                                  size_t *offset);

#endif
