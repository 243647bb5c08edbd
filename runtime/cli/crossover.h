/* crossover.h: what the files of `quarry crossover` share. Private to them. */
#ifndef QRY_CLI_CROSSOVER_H
#define QRY_CLI_CROSSOVER_H

#include "cli.h"
#include "runtime/params/crossover.h"

/* ORDER METHOD: words of --method. */
typedef enum cli_crossover_method { CLI_CROSS_SPARSE, CLI_CROSS_HYBRID, CLI_CROSS_NYSTROM } cli_crossover_method;

typedef struct cli_crossover_settings {
    const char *q, *k, *v;
    int method;
    cli_real drop, scale, gate_time, classical_rate;
    cli_natural top, landmarks, sample, rows_asked, seed;
} cli_crossover_settings;

/** A head, by growing length: what its rows took, or how many landmarks its low-rank kernel needs. */
typedef struct cli_crossover_length {
    qry_crossover_head head;
    qry_quantity landmarks;
} cli_crossover_length;

typedef struct cli_crossover {
    const cli_crossover_settings *settings;
    cli_crossover_length *length;
    size_t count;
    qry_rule rule;
    qry_crossover_model model;
    bool rate_given;
    bool assumed_growth; /* of landmarks, like n: one length does not tell */
    qry_crossing crossing[QRY_CROSS_KINDS];
    const char *unknown; /* low-rank: why nothing follows; else NULL */
} cli_crossover;

/** The assumptions, sentence by sentence; NULL behind the last. Arena memory. */
const char *const *cli_crossover_assumptions(cli *cli, const cli_crossover *c);
/** "queries", "depth", ...: of the JSON. */
extern const char *const cli_crossover_names[QRY_CROSS_KINDS];

/** crossover_text.c: for people. */
void cli_crossover_write_text(cli *cli, const cli_crossover *c, qry_output *output);
/** crossover_json.c: for programs. */
void cli_crossover_write_json(cli *cli, const cli_crossover *c, qry_output *output);

#endif
