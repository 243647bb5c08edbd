/* run.h: what the files of `quarry run` share. Private to them. */
#ifndef QRY_CLI_RUN_H
#define QRY_CLI_RUN_H

#include "circuit.h"

/* ORDER RUN_ENGINE: words of --engine. */
enum cli_run_engine { CLI_ENGINE_AUTO, CLI_ENGINE_SPARSE, CLI_ENGINE_DENSE, CLI_ENGINE_ORACLE };

/* ORDER MODE: words of --engine-mode; qry_sim_mode. ORDER PRECISION: words of --precision: double, single. */
typedef struct cli_run_settings {
    cli_program_settings program; /* first: the tables of options count from there */
    int engine, mode, precision;
    cli_natural seed, threads, max_queries;
    cli_natural shots, max_steps; /* from here on of OpenQASM */
    cli_texts inputs;
    bool probabilities, state;
} cli_run_settings;

enum { CLI_USUAL_SEED = 1 };

/** run_qasm.c: the options that only OpenQASM has, and running a file of it; start: when it began to be read. */
extern const cli_option cli_run_qasm_options[];
int cli_run_qasm(cli *cli, const cli_run_settings *settings, const qry_source *source, const char *path, double start);

/* ---- a statement that was run ---- */

typedef struct cli_run {
    qry_search *search;
    qry_engine engine;
    qry_runner *runner;
    qry_result result;
    const qry_ledger *ledger;
    const char *mode;
    uint64_t seed;
} cli_run;

/** run_text.c: for people; false after a report. */
bool cli_write_run(cli *cli, const cli_run *run);
bool cli_write_reminder(cli *cli);
/** run_json.c: for programs. The value, and in it the list of statements. */
json_t *cli_start_runs(cli *cli, const cli_run_settings *settings, const char *path, json_t **statements);
void cli_append_run(cli *cli, json_t *statements, const cli_run *run);
bool cli_finish_runs(cli *cli, const json_t *runs);

/* ---- OpenQASM that was run ---- */

typedef struct cli_register {
    const char *name;
    uint32_t first, size; /* bits first .. first + size - 1 of an outcome, or of a basis state */
} cli_register;

/** Registers in the order of their declaration. */
typedef struct cli_registers {
    const cli_register *item;
    size_t count;
} cli_registers;

/** A basis state and its amplitude. */
typedef struct cli_amplitude {
    const uint64_t *word; /* as of an outcome */
    size_t words;
    double re, im;
} cli_amplitude;

typedef struct cli_qasm_run {
    const cli_run_settings *settings;
    const char *path;
    qry_qasm *program;
    const qry_elaboration *elaboration;
    const qry_variable *variable;
    size_t variable_count;
    qry_sim_choice choice;
    qry_shots *shots;
    cli_registers registers;  /* of the bits; with --state of the qubits */
    cli_amplitude *amplitude; /* with --state: by label, those above 1e-12 */
    size_t amplitude_count;
    uint64_t seed;
    double seconds, read_seconds;
} cli_qasm_run;

/** key.c: a string of bits as a key: the register declared last first, in each the highest index first, a blank between two.
 *  In `room`, of cli_key_length + 1 bytes. */
size_t cli_key_length(const cli_registers *registers);
const char *cli_key(const cli_registers *registers, const uint64_t *words, char *room);
/** The same for people: wide registers in hexadecimal, and what is too long even so without its middle. */
const char *cli_short_key(const cli_registers *registers, const uint64_t *words, qry_arena *arena);
/** Whether short keys leave anything out. */
bool cli_keys_are_cut(const cli_registers *registers);
/** The names in the order of keys. */
const char *cli_key_head(const cli_registers *registers, qry_arena *arena);

/** run_qasm_text.c: for people. */
void cli_write_qasm_run(cli *cli, const cli_qasm_run *run, qry_output *output);
/** run_qasm_json.c: for programs. */
void cli_write_qasm_run_json(cli *cli, const cli_qasm_run *run, qry_output *output);

#endif
