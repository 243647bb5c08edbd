/* compiler.h: the Quarry language, from text to circuits.
 *
 * Ownership: a program belongs to its context and owns its syntax tree, data and formulas; a compiled search owns its
 * circuit and borrows its program, which must outlive it.
 * Errors: diagnostics with their place go to the context, several per run; the functions then return NULL or false. */
#ifndef QRY_COMPILER_H
#define QRY_COMPILER_H

#include "base/base.h"
#include "qasm/qasm.h"

/* ---- programs (program.c) ---- */

typedef struct qry_program qry_program;

/** Scans and parses; NULL after errors. Nothing is loaded or checked yet, so that parameters and data can still be
 *  replaced. */
qry_program *qry_program_read(qry_ctx *ctx, const qry_source *source);
void qry_program_free(qry_program *program);
/** -D name=value: value is an expression of numbers ("2.5", "1/3" is not one: no division in the language). */
bool qry_program_define(qry_program *program, const char *name, const char *value);
/** Sets a parameter exactly; the program must declare it. */
bool qry_program_set_param(qry_program *program, const char *name, qry_rational value);
/** Data from memory in place of the source that the program names for table or const `name`: mantissas of its declared
 *  type, rows x columns in C order, copied. The shape must be the declared one. May be called again before every
 *  qry_program_compile or qry_search_refresh. */
bool qry_program_bind(qry_program *program, const char *name, const int64_t *mantissas);

/* ---- compiling a statement (compile.c, search.c, measure.c) ---- */

typedef enum qry_search_kind {
    QRY_SEARCH_ONE,
    QRY_SEARCH_ALL,
    QRY_SEARCH_MAX,
    QRY_SEARCH_MIN,
    QRY_COUNT,
    QRY_ESTIMATE_MEAN,
    QRY_ESTIMATE_SUM,
    QRY_SAMPLE_SET,
    QRY_SAMPLE_ONE
} qry_search_kind;

/** Counts, means and sums: what qry_estimator takes. */
bool qry_is_estimate(qry_search_kind kind);

/** How a number becomes the probability of a mark, for estimates and `sample one`.
 *  INEQUALITY  a uniform register r of b bits: marked where r < number; number / 2^b exactly, no rotations
 *  FLAGS       qubits that rotations turn: marked where all are 0; a factor for each bit of an exponent, or one qubit
 *              whose angle comes from a table
 *  NONE        rows are marked whole */
typedef enum qry_encoding {
    QRY_ENCODING_AUTO,
    QRY_ENCODING_INEQUALITY,
    QRY_ENCODING_FLAGS,
    QRY_ENCODING_NONE
} qry_encoding;

/** AUTO is the first of those that a statement has: estimates and counts ITERATIVE, CANONICAL, MLAE; `sample one`
 *  AMPLIFICATION, RACE; `sample set` HASH (thresholds r = M j + c over GF(2)), STORED (a random column in QRAM). */
typedef enum qry_method {
    QRY_METHOD_AUTO,
    QRY_METHOD_ITERATIVE,
    QRY_METHOD_CANONICAL,
    QRY_METHOD_MLAE,
    QRY_METHOD_AMPLIFICATION,
    QRY_METHOD_RACE,
    QRY_METHOD_HASH,
    QRY_METHOD_STORED
} qry_method;

typedef struct qry_compile_options {
    const char *statement; /* by name; NULL: the first */
    const char *qram;      /* overrides the qram statements: a name of qram/architectures.def; NULL: as written */
    const char *dump;      /* a pass of passes.def after which to print what it left, to standard error; NULL: none */
    bool explain_widths;   /* print the inferred widths to standard error */
    bool keep_found; /* `max`, `min`: with a plane of rows still looked for, as `search all` has it: for the k best */
    bool
        count_memory; /* what quantum memory does is counted, not kept (qry_definition_count): for who charges circuits but
                          neither runs nor prints them, such as the engine that knows the answer. A long memory has a
                          billion gates */
} qry_compile_options;

/** How many statements, and their names, in order. Valid after qry_program_compile has checked the program. */
size_t qry_program_statements(const qry_program *program);
const char *qry_program_statement_name(const qry_program *program, size_t i);

/** A compiled statement of any kind, not of a search alone: a superposition of states, some of which an oracle marks. A state is a row j and, where
 *  the encoding has one, a value of the uniform register. Searches and samples look for marked states; estimates want to
 *  know how many there are. The circuit's program is one round, as qry_search_write_round left it. */
typedef struct qry_search {
    qry_program *program;
    qry_search_kind kind;
    const char *name; /* of the statement */
    qry_circuit *circuit;
    uint64_t low, high; /* the domain: j from low to high, both included */
    uint32_t address;   /* address qubits; 2^address rows, padding included */
    uint32_t uniform; /* qubits of the uniform register, which follow the address: bit i of r is first + address + i */
    uint32_t flags;   /* qubits that rotations turn; zero in the state that a round begins with */
    qry_qubit first;  /* first address qubit of the program; bit i of j is qubit first + i */
    qry_qubit mark;   /* of estimates: the qubit that a round measures into bit 0 */
    double failure;   /* options of the statement */
    uint64_t expect;  /* matching rows expected; 0: not said */
    bool has_seed;
    uint64_t seed;
    uint64_t iterations;   /* option `iterations`; 0: not said */
    uint64_t shots;        /* likewise */
    double epsilon;        /* likewise */
    bool absolute;         /* likewise */
    qry_method method;     /* AUTO: a search, which has none */
    qry_encoding encoding; /* never AUTO */
    bool has_where;        /* estimates: rows may fail the predicate, so their number must be estimated for a mean */
    bool keeps_found;      /* there is a plane of rows still looked for */
    const char *const *tables; /* tables queried, planes included that the compiler added */
    size_t table_count;
} qry_search;

/** All passes but read, which qry_program_read ran. NULL after errors. The program is a round of as many iterations as the
 *  statement says, else as are best for `expect` matching rows, else for one; of estimates and `sample one` else of one
 *  iteration. options may be NULL. */
qry_search *qry_program_compile(qry_program *program, const qry_compile_options *options);
void qry_search_free(qry_search *search);

/** After new parameters or constants were bound: folds and lowers the predicate again. Query definitions of unchanged
 *  tables stay, with their versions; so do summand, bar and random numbers, these unless the domain changes or their
 *  bits. */
bool qry_search_refresh(qry_search *search);

/** The circuit's program := one round: H on address and uniform register, `iterations` times (oracle, diffusion); then
 *  searches and `sample one` measure address and uniform register into bits 0, 1, ...; estimates compute the mark once
 *  more and measure it into bit 0, which is 1 with probability sin^2((2 iterations + 1) asin sqrt p). */
void qry_search_write_round(qry_search *search, uint64_t iterations);
/** The circuit's program := a Yoder-Low-Chuang fixed-point search (algorithms of docs/search.md): for every j < count
 *  phase beta[j] on marked rows, then phase -alpha[j] about the uniform state; measurement. Radians. */
void qry_search_write_fixed_point(qry_search *search, size_t count, const double *alpha, const double *beta);
/** With keeps_found only: which rows are still looked for, all at first. alive: one byte per j - low, high - low + 1 of them.
 *  qry_search_refresh keeps it unless the domain changes. */
void qry_search_set_alive(qry_search *search, const uint8_t *alive);

/** Whether row j matches, by exact integer arithmetic on the quantised values: one classical score evaluation. Of `sample
 *  set`: whether it is in the set by the present thresholds; bars and uniform registers do not matter. For one thread at a
 *  time, as all of a search. */
bool qry_search_matches(qry_search *search, uint64_t j);
/** How many rows match: a classical scan of all of them. */
uint64_t qry_search_count_matches(qry_search *search);

/** The fewest iterations at the first peak of sin^2((2k + 1) theta), when `marked` > 0 of 2^address states match. */
uint64_t qry_search_best_iterations(uint32_t address, uint64_t marked);

/** For --part: makes the program a part alone; false after a report when there is no such part.
 *  "round", "oracle", "diffusion", "load:TABLE", of estimates "prepare": what a round begins with and the mark computed,
 *  nothing measured. superpose: H on the address first, then measurement of address and
 *  word into the bits, address in the low bits (load only). */
bool qry_search_write_part(qry_search *search, const char *part, uint64_t iterations, bool superpose);

/* ---- keys, weights and what an estimate is made of (search.c, measure.c) ---- */

/** The least distance of two values of what is maximised, estimated, or a probability: a mantissa m stands for m times
 *  this. */
double qry_search_grain(const qry_search *search);
/** The mantissa of that expression at row j, exactly; of a race with the stored variate added. */
int64_t qry_search_key(qry_search *search, uint64_t j);
/** `max` and `min`, and races: only rows whose key is above (`min`: below) the bar are marked from now on. QRY_NO_BAR: all
 *  that match. */
void qry_search_set_bar(qry_search *search, int64_t bar);
enum { QRY_NO_BAR = INT64_MIN };
/** `sample set`: new thresholds, one for every row. Races: new variates, -ln(-ln u) rounded, for every row. */
void qry_search_draw(qry_search *search, qry_random *random);

/** Of what an estimate is put together. With v the expression, over the rows that match:
 *  ROWS      how many there are
 *  POSITIVE  sum of max(v - base, 0), base 0 unless every row matches; then base may be the least value there is
 *  NEGATIVE  sum of max(base - v, 0) */
typedef enum qry_summand { QRY_SUMMAND_ROWS, QRY_SUMMAND_POSITIVE, QRY_SUMMAND_NEGATIVE, QRY_SUMMANDS } qry_summand;
/** What the probability p of a mark says of a summand: it is scale * p, up to `rounding` either way; and scale * p is a
 *  multiple of `grain` (0: of nothing). A row adds at most `greatest` to it. `none`: no state can be marked, it is 0.
 *  `known`: it is `number`, no circuit needed. */
typedef struct qry_measure {
    double scale, rounding, grain, greatest;
    bool none, known;
    double number;
} qry_measure;
qry_measure qry_search_measure(const qry_search *search, qry_summand summand);
/** No value of the expression is below *low or above *high, whatever the row. */
void qry_search_values(const qry_search *search, double *low, double *high);
/** The value that POSITIVE and NEGATIVE count from. */
double qry_search_base(const qry_search *search);
/** The oracle marks this summand from now on; at first POSITIVE, of `count` ROWS. Encoding, uniform and flags may change. */
bool qry_search_set_summand(qry_search *search, qry_summand summand);

/** Whether a state is marked: row j in the low bits, then the uniform register. One classical score evaluation. */
bool qry_search_marks(qry_search *search, uint64_t state);
/** The same for the rows first .. first + QRY_ROWS - 1 at once, first a multiple of QRY_ROWS; the uniform register is 0. */
enum { QRY_ROWS = 512 };
void qry_search_mark_rows(qry_search *search, uint64_t first, uint8_t *marked);
/** The probability that a state with row j is marked, as the circuit has it: exactly, but for what double precision
 *  leaves. */
double qry_search_weight(qry_search *search, uint64_t j);
void qry_search_weigh_rows(qry_search *search, uint64_t first, double *weight);
/** The probability of a mark in the state that a round begins with: a classical scan. */
double qry_search_probability(qry_search *search);

/** The circuit's program := canonical amplitude estimation (Brassard, Hoyer, Mosca, Tapp 2002): `bits` counting qubits,
 *  controlled iterates, inverse QFT, measured into bits 0 .. bits - 1. With y measured, sin^2(pi y / 2^bits) estimates
 *  the probability of a mark. */
void qry_search_write_canonical(qry_search *search, uint32_t bits);

/** Qubits of its arithmetic, beside words and machines. */
uint32_t qry_search_work(const qry_search *search);

/* ---- in words (describe.c, settings.c) ---- */

/** As a program says it: "search all", "estimate mean"; "iterative"; "flags". NULL for AUTO and NONE. */
const char *qry_kind_words(qry_search_kind kind);
const char *qry_method_word(qry_method method);
const char *qry_encoding_word(qry_encoding encoding);

/** Iterations of the round that was written last. */
uint64_t qry_search_rounds(const qry_search *search);
/** The statement in the program's text, from its name to the semicolon. */
qry_span qry_search_span(const qry_search *search);
/** What a register of the circuit's program is for: "columns 0-3 of K[j] as fixed(4,4), 8 bits each, in that order". */
const char *qry_search_register(const qry_search *search, const qry_group *group, qry_arena *arena);

#endif
