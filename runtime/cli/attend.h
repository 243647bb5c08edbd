/* attend.h: what the files of `quarry attend` share. Private to them. */
#ifndef QRY_CLI_ATTEND_H
#define QRY_CLI_ATTEND_H

#include "circuit.h"

/* ORDER METHOD: words of --method; qry_attend_method. ORDER REST: words of --rest; qry_attend_rest. ORDER FROM: words of
 * --probabilities; qry_attend_probabilities. ORDER ENGINE: words of --engine; qry_engine. ORDER MODE: words of
 * --engine-mode; qry_sim_mode. */
typedef struct cli_attend_settings {
    const char *q, *k, *v;
    const char *rows, *bits, *epsilon, *output, *qasm_dir, *value_samples, *save, *load, *report;
    int method, engine, mode, rest, kernel, probabilities;
    cli_real tau, drop, target, scale, failure, lambda;
    cli_natural top, clusters, seed, threads, landmarks;
    bool check, causal;
} cli_attend_settings;

/** Rows that have been computed. */
typedef struct cli_attention {
    const cli_attend_settings *settings;
    qry_attend *attend;
    const qry_attend_facts *facts;
    qry_attend_row *row;
    size_t row_count;
    double *output;
    qry_attend_summary summary;
    uint64_t seed;
    double seconds;    /* of all rows, from the first to the last */
    size_t file_count; /* written to --qasm-dir */
    uint64_t file_bytes;
} cli_attention;

#define CLI_ATTEND_METHODS "sparse|hybrid|nystrom|halfspace|exact"
/** One of these words. */
const char *cli_attend_method(cli *cli, const cli_attention *a);

/** Whether rows come from searches by circuits; from keys that were found at all; whether sums of them are estimated. */
bool cli_attend_searches(const cli_attention *a);
bool cli_attend_finds(const cli_attention *a);
bool cli_attend_measures(const cli_attention *a);

/** attend_check.c: whether the options go together; what they say is put into `options`, and a rule into *rule, to which that
 *  then points. --load makes the method nystrom. CLI_MISUSED after a report. */
int cli_attend_check(cli *cli, cli_attend_settings *s, qry_attend_options *options, qry_rule *rule);
/** A whole number at *text, which is moved behind it. */
bool cli_attend_read_natural(const char **text, size_t *number);

/** attend_files.c: makes the folder of --qasm-dir. False after a report. */
bool cli_attend_make_folder(cli *cli, const char *path);
/** Whether what --qasm-dir writes to the folder may take the place of that file. */
bool cli_attend_overwrites(cli *cli, const char *folder, const char *path);
/** Writes the circuits into it, as `quarry compile` makes them from the programs that stand beside them. */
bool cli_attend_write_files(cli *cli, cli_attention *a);

/** attend_text.c: for people. */
void cli_attend_write_text(cli *cli, const cli_attention *a, qry_output *output);
/** attend_rows.c, attend_sum.c: its table, and what follows. */
void cli_attend_write_rows(cli *cli, const cli_attention *a, qry_output *output);
void cli_attend_write_sum(cli *cli, const cli_attention *a, qry_output *output);
/** "0.0123", "1.23%"; "-" of what is no number. */
const char *cli_attend_three_digits(qry_arena *arena, double number);
const char *cli_attend_percent(qry_arena *arena, double share);
/** attend_json.c: for programs. */
void cli_attend_write_json(cli *cli, const cli_attention *a, qry_output *output);
/** What that writes. Freed with the command. */
json_t *cli_attend_json(cli *cli, const cli_attention *a);

/** attend_report.c: whether this program has what --report needs; CLI_MISUSED after a report. */
int cli_attend_check_report(cli *cli);
/** Writes the page. False after a report. */
bool cli_attend_write_report(cli *cli, const cli_attention *a);

#endif
