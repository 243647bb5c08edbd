/* cli.h: what the commands of the `quarry` program share. Private to runtime/cli/.
 *
 * A command is a `const cli_command` in a file of its own and a line in the table of commands.c. The same table gives
 * --help, the manual pages and the shell completion, so that they cannot tell different things.
 *
 * The whole command runs inside one qry_protect (main.c). What it prints goes through a qry_output, and only once all is
 * known (of `run`, for people: all of a statement). Diagnostics go to standard error. */
#ifndef QRY_CLI_H
#define QRY_CLI_H

#include "runtime/ranks/ranks.h"
#include "runtime/runtime.h"

#include <jansson.h>

/** Exit statuses. */
enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_MISUSED = 2 };

/* ---- options (options.c) ---- */

/** What an option takes, and the type of the member of the settings that it sets. */
typedef enum cli_kind {
    CLI_FLAG,    /* nothing: bool */
    CLI_TEXT,    /* any text: const char *, NULL at first */
    CLI_TEXTS,   /* any text, again and again: cli_texts */
    CLI_NATURAL, /* a whole number: cli_natural */
    CLI_REAL,    /* a number: cli_real */
    CLI_WORD,    /* one of its words: int, which of them; the first is what holds without the option */
    CLI_CHOICE   /* one of its words: int, which of them, from 1; 0 without the option */
} cli_kind;

typedef struct cli_texts {
    const char **text;
    size_t count, room;
} cli_texts;

typedef struct cli_natural {
    uint64_t value;
    bool given;
} cli_natural;

typedef struct cli_real {
    double value;
    bool given;
} cli_real;

typedef struct cli_option {
    const char *name; /* NULL ends a table */
    char letter;      /* 0: none */
    cli_kind kind;
    size_t at;            /* offset of the member */
    const char *value;    /* what stands for it in the help: "FILE"; NULL: its words */
    const char *help;     /* NULL: not shown; then without words: promised, and this version lacks it */
    const char *words;    /* WORD, CHOICE: "json|table"; TEXT: what a shell offers */
    const char *later;    /* WORD, CHOICE: words that are promised */
    uint64_t least, most; /* NATURAL; most 0: any */
} cli_option;

/* ---- commands (commands.c) ---- */

typedef struct cli cli;

typedef struct cli_example {
    const char *command, *text; /* a command line; what it does. NULL ends the list */
} cli_example;

typedef struct cli_command {
    const char *name;
    const char *line;      /* what it does, in a line */
    const char *arguments; /* "PROGRAM.qry" */
    size_t least, most;    /* how many arguments */
    const char *text;      /* what it does, paragraphs apart by an empty line */
    const cli_example *examples;
    const cli_option *options[5]; /* tables, offsets into the same settings; NULL behind the last */
    size_t settings;              /* bytes of the settings, all zero at first */
    int (*run)(cli *cli, void *settings, const char *const *arguments); /* NULL: promised, and this version lacks it */
} cli_command;

/** In the order of the help; NULL behind the last. */
extern const cli_command *const cli_commands[];
extern const cli_command cli_compile_command, cli_run_command, cli_count_command, cli_attend_command,
    cli_params_command, cli_crossover_command;
/** NULL after a report when there is none of that name, or this version lacks it. */
const cli_command *cli_find_command(cli *cli, const char *name);

/** A running command. */
struct cli {
    qry_ctx *ctx;
    qry_arena *arena; /* lives as long as the command */
    const cli_command *command;
    bool help, json, quiet; /* set by cli_common_options */
    int color;
    const cli_option **given; /* the options of the command line, in their order */
    size_t given_count, given_room;
    struct cli_progress {
        bool shown, drawn;
        const char *label, *unit;
        uint64_t total;
        double start, last;
        uint64_t (*ask)(void *state);
        void *state;
    } progress;
    qry_ranks ranks;
    FILE *held; /* ranks.c: what this rank has to say, while that waits; else NULL */
    char *held_text;
    size_t held_size;
};

/* ---- the program under mpirun (ranks.c) ---- */

/** False after saying that this build has no MPI. */
bool cli_join_ranks(cli *cli);
/** Whether this rank leaves the command of that name (NULL: none) to the first. */
bool cli_is_for_first_rank(const cli *cli, const char *word);
/** Waits for all ranks, once, before the rows: CLI_DONE if all are ready, else the status of the first that is not, which has
 *  said why. */
int cli_agree(cli *cli, int status);
/** Before the program ends with that status, which may be another rank's. Does not return if others are still at their rows
 *  and cannot go on; nor, with several ranks, if this one was interrupted: that ends the run at once. */
int cli_leave_ranks(cli *cli, int status, bool interrupted);

/** The options that every command has; offsets into struct cli. */
extern const cli_option cli_common_options[];

/** Reads the words behind the name of the command; settings is zero. CLI_MISUSED after a report. */
int cli_read_options(cli *cli, int argc, const char *const *argv, void *settings, const char ***arguments);
/** Reports an error in how the program was called; returns CLI_MISUSED. hint NULL: where to look it up. */
int cli_misuse(cli *cli, const char *hint, const char *format, ...) QRY_PRINTF(3, 4);
/** Reports that an option of the table was given, which does not go with the others: "--shots" and why. CLI_DONE if none
 *  was. */
int cli_refuse(cli *cli, const cli_option *table, const char *why);
/** As cli_misuse, for what a later version will do. */
int cli_not_yet(cli *cli, const char *what);
/** Word number i of "a|b|c" in arena memory, NULL behind the last. */
const char *cli_word_at(qry_arena *arena, const char *words, size_t i);
bool cli_has_word(qry_arena *arena, const char *words, const char *word);
/** Reports that an option takes one of the words, and not this text; returns CLI_MISUSED. */
int cli_not_a_word(cli *cli, const char *option, const char *words, const char *text);

/* ---- help (help.c) ---- */

/** What the program does. */
extern const char cli_program_text[];
/** Of a command; NULL: of the program. */
void cli_write_help(cli *cli, const cli_command *command, qry_output *output);

/** The letter of one of a command's options, 0: none. The command's own options take letters from the common ones. */
char cli_letter(const cli_command *command, const cli_option *option);

/* ---- text for people (text.c, table.c) ---- */

/** Columns of standard output's terminal; `otherwise` when it is none. */
size_t cli_width(size_t otherwise);
/** Writes text in lines of at most `width` columns; `used` columns of the first are taken, the others begin with `indent`
 *  blanks. Line breaks in the text stay. */
void cli_write_wrapped(qry_output *output, const char *text, size_t used, size_t indent, size_t width);
/** A line of a report: two blanks, a name (empty: more of the last), and from column 14 on the text, wrapped. */
void cli_write_field(qry_output *output, const char *name, const char *text);
/** Columns that UTF-8 text takes. */
size_t cli_columns(const char *text);
/** All digits. Returns a place in text. */
enum { CLI_DIGITS = 40 };
const char *cli_digits(qry_u128 number, char text[CLI_DIGITS]);
/** "1,234,567"; beyond 15 digits "1.235e+20". */
const char *cli_number(qry_arena *arena, qry_u128 number);
/** "1 gate", "1,234 gates": `noun` takes an s. */
const char *cli_some(qry_arena *arena, qry_u128 number, const char *noun);
/** "0.96", "1.2e-05": four digits. */
const char *cli_real_text(qry_arena *arena, double number);
/** "K 30, alive 30 (the rows not found yet)", or "none": the tables that were read, and how often. plane: the table of
 *  those rows; NULL: there is none. */
const char *cli_reads_text(qry_arena *arena, const qry_ledger *ledger, const char *plane);
/** How the circuits were run: "sparse, mode gates: every gate executed". mode: as qry_searcher_mode. */
const char *cli_engine_text(qry_arena *arena, qry_engine engine, const char *mode);

typedef struct cli_column {
    const char *head;
    bool left;  /* text, not numbers */
    int leaves; /* where there is no room the column with the greatest goes first; 0 stays */
} cli_column;

typedef struct cli_table cli_table;
cli_table *cli_table_new(qry_arena *arena, const cli_column *columns, size_t count);
/** The next cell, row by row. Kept, not copied. */
void cli_table_cell(cli_table *table, const char *text);
/** Returns the heads of the columns that there was no room for, "CX, T-depth", or NULL. width 0: there is room for all. */
const char *cli_table_write(const cli_table *table, qry_output *output, size_t width);

/* ---- JSON (json.c) ---- */

/** An object that is freed with the command; what is put into it is freed with it. */
json_t *cli_json_new(cli *cli);
/** Takes over value; gives up when there was no memory for it (NULL). */
void cli_put(cli *cli, json_t *object, const char *key, json_t *value);
void cli_append(cli *cli, json_t *array, json_t *value);
/** A number up to 2^53, a decimal string beyond. */
json_t *cli_json_natural(qry_u128 number);
/** null when it is not finite. */
json_t *cli_json_real(double number);
/** What is not UTF-8 in the text becomes U+FFFD. */
json_t *cli_json_text(cli *cli, const char *text);
/** A fresh object, owned by the caller. */
json_t *cli_json_ledger(cli *cli, const qry_ledger *ledger);
/** One line. */
void cli_write_json(cli *cli, const json_t *value, qry_output *output);
/** What stands between the braces of an object, for one that has more members than had better be in memory as JSON. */
void cli_write_json_members(cli *cli, const json_t *object, qry_output *output);

/* ---- how far it is (progress.c) ----
 * A line on the terminal of standard error for work that takes more than a second; nothing in a pipe, or with --quiet.
 * One piece of work at a time. */

/** total 0: not known. unit NULL: nothing but the time is known. label and unit are kept. */
void cli_progress_begin(cli *cli, const char *label, const char *unit, uint64_t total);
/** As often as you like; it is drawn ten times a second at most. */
void cli_progress_at(cli *cli, uint64_t done);
/** For work that names its own pieces: begins anew with each label. state: the cli. */
void cli_progress_step(void *state, const char *label, size_t done, size_t total);
/** From now on, until the end, asks how much is done at the pulse of the context. ask NULL: with a unit of NULL. */
void cli_progress_watch(cli *cli, uint64_t (*ask)(void *state), void *state);
/** Wipes the line. */
void cli_progress_end(cli *cli);
/** Wipes the line for something else to be written; it comes back. */
void cli_progress_hide(cli *cli);

#endif
