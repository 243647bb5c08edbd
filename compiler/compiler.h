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

/* ---- compiling a search (compile.c, search.c) ---- */

typedef enum qry_search_kind { QRY_SEARCH_ONE, QRY_SEARCH_ALL } qry_search_kind;

typedef struct qry_compile_options {
    const char *statement; /* by name; NULL: the first */
    const char *qram;      /* overrides the qram statements: a name of qram/architectures.def; NULL: as written */
    const char *dump;      /* a pass of passes.def after which to print what it left, to standard error; NULL: none */
    bool explain_widths;   /* print the inferred widths to standard error */
} qry_compile_options;

/** How many statements, and their names, in order. Valid after qry_program_compile has checked the program. */
size_t qry_program_statements(const qry_program *program);
const char *qry_program_statement_name(const qry_program *program, size_t i);

/** What a compiled search statement is. Its circuit's program is one round, as qry_search_write_round left it. */
typedef struct qry_search {
    qry_program *program;
    qry_search_kind kind;
    const char *name; /* of the statement */
    qry_circuit *circuit;
    uint64_t low, high; /* the domain: j from low to high, both included */
    uint32_t address;   /* address qubits; 2^address states, padding included */
    qry_qubit first;    /* first address qubit of the program; bit i of j is qubit first + i; measured into bit i */
    double failure;     /* options of the statement */
    uint64_t expect;    /* matching rows expected; 0: not said */
    bool has_seed;
    uint64_t seed;
    uint64_t iterations;       /* option `iterations`; 0: not said */
    const char *const *tables; /* tables queried, "alive" included if the circuit has that plane */
    size_t table_count;
} qry_search;

/** All passes but read, which qry_program_read ran. NULL after errors. The program is a round of as many iterations as the
 *  statement says, else as are best for `expect` matching rows, else for one. options may be NULL. */
qry_search *qry_program_compile(qry_program *program, const qry_compile_options *options);
void qry_search_free(qry_search *search);

/** After new parameters or constants were bound: folds and lowers the predicate again. Query definitions of unchanged
 *  tables stay, with their versions. */
bool qry_search_refresh(qry_search *search);

/** The circuit's program := one round: H on the address, `iterations` times (oracle, diffusion), measurement. */
void qry_search_write_round(qry_search *search, uint64_t iterations);
/** The circuit's program := a Yoder-Low-Chuang fixed-point search (algorithms of docs/search.md): for every j < count
 *  phase beta[j] on marked rows, then phase -alpha[j] about the uniform state; measurement. Radians. */
void qry_search_write_fixed_point(qry_search *search, size_t count, const double *alpha, const double *beta);
/** `search all` only: which rows are still looked for, all at first. alive: one byte per j - low, high - low + 1 of them.
 *  qry_search_refresh keeps it unless the domain changes. */
void qry_search_set_alive(qry_search *search, const uint8_t *alive);

/** Whether row j matches, by exact integer arithmetic on the quantised values: one classical score evaluation. For one
 *  thread at a time, as all of a search. */
bool qry_search_matches(qry_search *search, uint64_t j);
/** How many rows match: a classical scan of all of them. */
uint64_t qry_search_count_matches(qry_search *search);

/** The fewest iterations at the first peak of sin^2((2k + 1) theta), when `marked` > 0 of 2^address states match. */
uint64_t qry_search_best_iterations(uint32_t address, uint64_t marked);

/** For --part: makes the program a part alone; false after a report when there is no such part.
 *  "round", "oracle", "diffusion", or "load:TABLE". superpose: H on the address first, then measurement of address and
 *  word into the bits, address in the low bits (load only). */
bool qry_search_write_part(qry_search *search, const char *part, uint64_t iterations, bool superpose);

/* ---- in words: for the heads of files (describe.c) ---- */

/** Iterations of the round that was written last. */
uint64_t qry_search_rounds(const qry_search *search);
/** The statement in the program's text, from its name to the semicolon. */
qry_span qry_search_span(const qry_search *search);
/** What a register of the circuit's program is for: "columns 0-3 of K[j] as fixed(4,4), 8 bits each, in that order". */
const char *qry_search_register(const qry_search *search, const qry_group *group, qry_arena *arena);

#endif
