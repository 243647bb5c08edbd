/* circuit.h: what `compile`, `count` and `run` share: from a file and options to a program, and to a circuit. */
#ifndef QRY_CLI_CIRCUIT_H
#define QRY_CLI_CIRCUIT_H

#include "cli.h"

/** Settings of cli_program_options, which come first in the settings of a command that has them. */
typedef struct cli_program_settings {
    cli_texts defines;
    const char *statement, *qram;
} cli_program_settings;

/** Settings of cli_circuit_options, with the others before them. */
typedef struct cli_circuit_settings {
    cli_program_settings program;
    const char *part;
    cli_natural iterations, max_operands;
    bool superpose;
    int profile;                         /* a qry_profile */
    int qasm, dialect, basis, uncompute; /* this version has the first of each */
    int explain, dump;
} cli_circuit_settings;

extern const cli_option cli_program_options[], cli_circuit_options[];

/** Whether a file is OpenQASM: its name ends in .qasm, or its first words, behind comments, are OpenQASM's. */
bool cli_is_qasm(const char *path, const qry_source *source);
/** The program of a file, with its params replaced; *program is NULL unless CLI_DONE. */
int cli_read_program(cli *cli, const cli_program_settings *settings, const qry_source *source, qry_program **program);
/** Checks --qram; NULL stays NULL. */
int cli_check_qram(cli *cli, const char *qram);

/** A circuit to be printed or counted. */
typedef struct cli_circuit {
    const cli_circuit_settings *settings;
    const char *path; /* of the program */
    qry_search *search;
    const char *part; /* "round" if nothing else was asked for */
    bool counted;     /* whether `share` is known: nobody asks for it, or there are more rows than CLI_COUNTED_ROWS */
    double share;     /* the probability of a mark in the state that a round begins with */
} cli_circuit;

enum { CLI_COUNTED_ROWS = 1 << 22 }; /* of more rows nobody waits for a scan */

/** From the source of the program at a path. */
int cli_make_circuit(cli *cli, const cli_circuit_settings *settings, const qry_source *source, const char *path,
                     cli_circuit *circuit);
/** Whether two paths lead to one regular file. */
bool cli_same_file(const char *a, const char *b);
/** "one round of 3 iterations", "the oracle", "one query of K", "canonical estimation with 5 counting qubits". */
const char *cli_part_text(const cli_circuit *circuit, qry_arena *arena);
bool cli_is_round(const cli_circuit *circuit);
bool cli_is_query(const cli_circuit *circuit);
bool cli_is_canonical(const cli_circuit *circuit);
/** No part of `compile`: written by `attend`. */
bool cli_is_certificate(const cli_circuit *circuit);
/** marks.c: bars, thresholds and variates, as a printed circuit has them. */
void cli_choose_marks(cli *cli, qry_search *search);
/** A classical scan: all that can be said of success follows from it. */
void cli_find_share(cli *cli, cli_circuit *circuit);
/** Whether rows are marked whole, and how many are. */
bool cli_marks_rows(const cli_circuit *circuit);
uint64_t cli_marked_rows(const cli_circuit *circuit);
/** That a shot of a round of so many iterations ends in a mark. */
double cli_success_probability(const cli_circuit *circuit, uint64_t iterations);
/** The statement in one line, without comments. */
const char *cli_statement_text(const qry_search *search, qry_arena *arena);
/** "x 12, h 8, cswap 40, ctrl 2": what there is in a tally; ctrl: gates with controls of their own. */
const char *cli_gates_text(qry_arena *arena, const qry_tally *tally);

/** compile.c: writes the circuit to a file, with its head; *bytes of it. Counts the matches of a round. False after a
 *  report. */
bool cli_print_circuit(cli *cli, cli_circuit *circuit, const char *path, uint64_t *bytes);

/** head.c: the comment lines at the head of a printed file; *count of them. */
const char *const *cli_head(const cli_circuit *circuit, qry_arena *arena, size_t *count);

#endif
