/* lower.h: the inside of a compiled search. Private to compiler/; lower.c leads.
 *
 * One oracle: [copy address] load A, load B, ..., score, [rotate], [load alive], phase, and all of it but the phase
 * inverted in reverse order. The program's registers, in this order: address, uniform register, flags, a word for each
 * table, the machines of the QRAM architectures, the qubit for the mark that estimates measure, work. Work comes last so
 * that it can grow between refreshes without renumbering the rest. The first three are the state: what a round puts into
 * superposition, and what the diffusion reflects.
 *
 * Every definition is drafted and takes the draft's place only if the two differ, so versions tell engines what changed. */
#ifndef QRY_LOWER_H
#define QRY_LOWER_H

#include "compiler/arith/arith.h"
#include "compiler/program.h"
#include "compiler/qram/qram.h"
#include "compiler/rows.h"

/** The words of one table: which columns the predicate names, and their definitions. */
struct qry_load {
    const qry_qram *qram;
    qry_words words;
    uint32_t *columns;   /* of words */
    uint32_t *place;     /* by column of the table: which of words it is; of the current predicate */
    uint64_t version;    /* of the data in the definition */
    bool written;        /* the definition holds them */
    bool used;           /* by the current predicate */
    bool whole;          /* for rows as such */
    bool brings_address; /* its load moves the address in first */
    bool linked;         /* its load is as columns, address bits and brings_address ask */
    qry_qubit word;      /* in the program */
    qry_definition *fetch, *load;
    qry_digest blank; /* of a fetch of one bit from an empty memory, where data can be added to it; */
    bool has_blank;
};

/** An architecture in use: one machine and one address for all its tables. */
struct qry_tree {
    const qry_qram *qram;
    bool used;
    bool brought;         /* some load brings the address */
    uint32_t bits;        /* of the address in its definition */
    qry_qubit machine[2]; /* in the program */
    qry_definition *address;
};

enum { QRY_TREES = 8 }; /* more than there are architectures */

/** A definition of a part of the score. Equal parts share one. */
struct qry_part {
    qry_definition *definition;
    uint64_t hash;
    uint64_t lowering; /* when it was used last */
    uint32_t idle;     /* the next of its name that the last lowering did not use: number + 1 */
};

/** All parts that there ever were, to be used again. */
struct qry_part_pool {
    struct qry_part *parts;
    size_t count, room;
    uint32_t *slots; /* hash table: number + 1, or 0 */
    size_t slot_count, slots_used;
    uint32_t *at; /* by place among the calls: which part was there last, number + 1 */
    size_t at_count, at_room;
    struct {
        const char *name;
        uint32_t idle; /* number + 1 */
    } names[16];
    size_t name_count;
};

/** Which part calls what. */
struct qry_part_call {
    const qry_definition *definition;
    qry_qubit *operands; /* as the arithmetic numbers them */
};

/** What the score leaves for the phase. */
struct qry_score {
    qry_definition *definition; /* NULL while there never was one */
    bool used;                  /* else no gate was needed */
    bool reads_address, reads_uniform;
    uint32_t kept, work; /* work qubits that hold something after it; all of them */
    uint32_t *place;     /* by work qubit: where it stands in the score's work, what is kept first */
    qry_bit *marks;      /* the row matches when all are 1; qubits as the arithmetic numbers them */
    size_t mark_count;
    bool never;      /* no row matches */
    qry_number code; /* of the node `coded`, for what turns the flags; width 0 without one */
};

/** How a number becomes the probability of a mark: encode.c. */
enum qry_way { QRY_WAY_UNIFORM, QRY_WAY_FACTORS, QRY_WAY_EXPONENT, QRY_WAY_ANGLE };

struct qry_encoder {
    enum qry_way way;
    const qry_formula *exponential; /* the number is this table of e^x, whose mantissas count `unit`; or NULL */
    double unit;
    int low_bits;               /* FACTORS: of x', in the second table, */
    uint32_t half;              /* and bits of either half of the uniform register */
    double turn[QRY_MAX_WIDTH]; /* FLAGS: by bit of `coded`, the angle by which it turns its flag; */
    bool flips[QRY_MAX_WIDTH];  /* whether that is half a turn */
};

typedef struct qry_lowered {
    qry_search search; /* first, so that a qry_search * is one of these */
    qry_ctx *ctx;
    size_t statement;      /* which of the program's */
    bool keep_found;       /* of the options */
    qry_digester *counter; /* with count_memory; else NULL */
    uint64_t lowering;     /* counts */
    qry_arena *formulas;   /* of the statement as it was compiled or refreshed last, */
    qry_statement written; /* a copy that outlives the program's own formulas */
    qry_summand summand;   /* what the oracle marks now, of what the statement can ask for: state.c */
    struct qry_encoder encoder;
    bool has_draws;
    int64_t bar;
    qry_table draws; /* a random number for every row: thresholds, variates */
    uint64_t *masks; /* of hashed thresholds, a bit each; and what is added to the hash */
    int64_t offset;
    qry_arena *arena;           /* of the current predicate */
    qry_formula_list where;     /* the statement's nodes, then those of state.c; its root is what the oracle marks */
    const qry_formula *matches; /* what makes a row match: without the bounds of the domain, bar and uniform register */
    qry_formula *key;           /* qry_search_key */
    const qry_formula *coded;   /* what the rotations of flags depend on; NULL without them */
    uint32_t state;             /* qubits: address, uniform register, flags */
    int64_t *scratch;
    qry_rows *marked_rows, *matching_rows,
        *weighed_rows; /* how to scan for the root, matches, what a weight depends on; NULL
                                                             until that is asked for */
    qry_narrow_book narrow;
    struct qry_load *loads; /* in the order in which they are called; unused ones among them */
    size_t load_count, load_room;
    bool has_alive;
    struct qry_load alive;
    qry_table plane;    /* the data of alive */
    uint64_t plane_low; /* the first row of the domain that it is for */
    struct qry_tree trees[QRY_TREES];
    qry_arith arith;
    uint32_t *place; /* for parts.c, by qubit: its operand in the part, from 1; else 0 */
    size_t place_count, place_room;
    struct qry_part_pool pool;
    struct qry_part_call *calls;
    size_t call_count, call_room;
    struct qry_score score;
    bool copies_address;        /* something reads the address after it has moved into a tree */
    bool has_mark;              /* there is a qubit for the mark */
    qry_qubit work;             /* in the program */
    uint32_t work_size;         /* there */
    uint32_t copy, result;      /* in work: the copy of the address, what the score works on */
    qry_definition *draft[2];   /* with so many angles */
    qry_definition *long_draft; /* for words; arrays change hands, and most definitions need no long ones */
    qry_definition *copy_address, *oracle[2], *diffusion[2];
    qry_definition *controlled_oracle, *controlled_diffusion; /* of the program that phase estimation wrote last */
    uint64_t rounds;                                          /* iterations in the last round that was written */
    bool has_round;                 /* the program is that round, of the current definitions */
    const struct qry_load *queried; /* the program is a query of it alone */
    size_t repeat;                  /* its operation that repeats */
} qry_lowered;

static const double qry_pi = 3.14159265358979323846;

/** Bits of a whole number; of 0 none. */
int qry_bits_of(uint64_t value);
/** Address qubits for rows up to `high`. */
uint32_t qry_address_bits(uint64_t high);

static inline qry_lowered *qry_lowered_of(qry_search *search) { return (qry_lowered *)search; }
static inline const qry_lowered *qry_lowered_of_const(const qry_search *search) { return (const qry_lowered *)search; }

/** A definition that holds what the draft holds: rewritten only if it differs; made when there is none. The draft is
 *  empty afterwards. */
void qry_lowered_settle(qry_lowered *l, qry_definition *draft, qry_definition **definition, const char *name);

/* state.c: which states are marked. */
/** Keeps a statement and its formulas. */
void qry_keep_statement(qry_lowered *l, const qry_statement *statement);
/** The registers of the state: uniform, flags, state. False after a report. */
bool qry_plan_state(qry_lowered *l);
/** Requires: the registers. Leaves: where, matches, key, coded. False after a report. */
bool qry_write_predicate(qry_lowered *l);
/** The flag that a bit of `coded` turns. */
uint32_t qry_flag_of(const qry_lowered *l, int bit);
/** Another node at the end of `where`. factors: of a sum, as many as arguments. */
qry_formula *qry_add_node(qry_lowered *l, qry_formula node, uint32_t arg_count, qry_formula *const *args,
                          const int64_t *factors);

/* lower.c */
/** By node: whether the root or `coded` depends on it. */
bool *qry_find_reached(const qry_lowered *l);
/** Classical bits of the circuit: at least so many. */
void qry_need_bits(qry_lowered *l, uint32_t bits);
/** The circuit again, with what state.c now makes of the statement. */
bool qry_lower_again(qry_lowered *l);
/** A name for a table that the compiler adds which no table of the program has. */
const char *qry_added_table_name(const qry_lowered *l, const char *name);

/* search.c */
/** The draft becomes the program. */
void qry_settle_program(qry_lowered *l);
/** The section "prepare": the state that a round begins with. */
void qry_write_prepare(const qry_lowered *l, qry_definition *definition);

/* score.c: the predicate as arithmetic. Requires: where, loads with their words placed, around. Leaves: score. */
void qry_write_score(qry_lowered *l, qry_cost around);

/* parts.c: definitions of the score's parts. */
/** Before the first part of a lowering. */
void qry_begin_parts(qry_lowered *l);
void qry_begin_part(qry_lowered *l);
/** What was written since becomes a call of a definition of that name; nothing written, nothing called. */
void qry_end_part(qry_lowered *l, const char *name);
/** All calls as the definition "score"; false when there are none. Fills kept and work. */
bool qry_write_score_definition(qry_lowered *l);

/* oracle.c: Requires: loads, score, layout. Leaves: oracle, diffusion (each without and with an angle). */
void qry_write_oracle(qry_lowered *l);
void qry_write_diffusion(qry_lowered *l);
/** Both under the control of a qubit, their last operand: only the phases need it, all else undoes itself. */
void qry_write_controlled(qry_lowered *l);
/** The section "mark": the mark of the state as it is, into the qubit for it. */
void qry_write_mark(qry_lowered *l, qry_definition *definition);
/** The registers of the state; all registers, of the program or of an oracle: there all but the state is zero before and
 *  after. */
void qry_write_state_registers(const qry_lowered *l, qry_definition *definition);
void qry_write_registers(const qry_lowered *l, qry_definition *definition, bool program);
/** The words of a load, anew if the data changed; the load, which calls them. */
void qry_write_fetch(qry_lowered *l, struct qry_load *load);
void qry_write_load(qry_lowered *l, struct qry_load *load);
/** The tree of an architecture: made when there is none yet; of one that is in use. */
struct qry_tree *qry_tree_of(qry_lowered *l, const qry_qram *qram);
const struct qry_tree *qry_tree_in_use(const qry_lowered *l, const qry_qram *qram);

#endif
