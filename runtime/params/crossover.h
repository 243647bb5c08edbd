/* crossover.h: at how many keys a row by quantum search would take less than a classical one. Private to runtime/.
 * docs/crossover.md has the reasoning.
 *
 *   lines      gates, depth and qubits of one use of the oracle, as a function of n       lines.c
 *   schedule   uses of the oracle that finding k of N rows takes, and certifying it       schedule.c
 *   heads      what rows of heads took; how the keys found grow with n                     heads.c
 *   crossing   where one cost falls below another                                          crossing.c
 *
 * Everything is measured on circuits and schedules as they run; what is assumed beside is a member of qry_crossover_model. */
#ifndef QRY_RUNTIME_CROSSOVER_H
#define QRY_RUNTIME_CROSSOVER_H

#include "runtime/params/params.h"

/* ---- what one use of the oracle takes (lines.c) ---- */

/** per_row * 2^m + per_bit * m + constant for 2^m rows: exact for bucket brigades and all that a search has around them. */
typedef struct qry_line {
    double per_row, per_bit, constant;
} qry_line;

double qry_line_at(const qry_line *line, double bits);

/** Of one iteration of a row's search: the oracle and the diffusion. */
typedef struct qry_oracle_lines {
    qry_line gates, t, depth, t_depth, qubits;
    int from, to,
        checked;      /* bits of the circuits that the lines go through, and of those that were compared with them */
    double deviation; /* the greatest of those from the lines, relative */
} qry_oracle_lines;

/** Compiles and counts the search of the head's first row, with its keys again and again, for more and more rows. */
qry_oracle_lines qry_oracle_lines_measure(const qry_head *head, qry_widths bits);

/* ---- how often the oracle is used (schedule.c) ---- */

/** Uses of the oracle to find all k of N rows and to certify that there are no more: of_found sqrt(N k) + of_log
 *  sqrt(N) ln k + of_all sqrt(N). The theory has no logarithm; the schedules as they run do. */
typedef struct qry_schedule {
    double of_found, of_log, of_all;
    double residual;            /* greatest relative deviation of a mean over the runs that it was fitted to */
    double checked, checked_as; /* the mean at more rows than those, and what the formula says */
    double failure;
    size_t checked_rows, checked_found;
} qry_schedule;

double qry_schedule_calls(const qry_schedule *schedule, double rows, double found);
/** From searches for rows whose number is known beforehand, with outcomes drawn from their exact distributions. */
qry_schedule qry_schedule_measure(qry_ctx *ctx, double failure, uint64_t seed);

/* ---- heads (heads.c) ---- */

/** What a sample of rows took. */
typedef struct qry_crossover_head {
    const char *name;
    size_t keys, rows;
    double found, calls, verified; /* of a row, means: keys found, uses of the oracle, scores computed classically */
    double ratio; /* uses of the oracle over what the schedule says: a row learns k and its threshold on the way */
} qry_crossover_head;

/** How rows of a head are to be searched. */
typedef struct qry_crossover_search {
    qry_attend_method method; /* SPARSE or HYBRID */
    const qry_rule *rule;     /* NULL: the method's own */
    double scale;             /* 0: 1/sqrt(columns of K) */
    size_t sample;            /* rows, evenly spread */
    uint64_t seed;
    const qry_schedule *schedule;
} qry_crossover_search;

/** What is the same for all rows of a head, for the model. */
typedef struct qry_crossover_facts {
    qry_rule rule;
    qry_widths bits;
    double once, each; /* as in qry_crossover_model */
} qry_crossover_facts;

/** Runs the rows with the engine ORACLE. False after a report. Its name is for the caller to set. */
bool qry_crossover_head_measure(qry_ctx *ctx, const qry_array *q, const qry_array *k, const qry_array *v,
                                const qry_crossover_search *search, qry_crossover_head *head,
                                qry_crossover_facts *facts);
/** s_lambda of the head's balanced kernel at the ridge that QAttention's theorem needs. */
qry_quantity qry_crossover_landmarks(const qry_head *head);

/** a n^b through points (n, y), by least squares in logarithms. One point: b is 0. */
typedef struct qry_growth {
    double factor, exponent;
    double residual; /* root mean square, of logarithms; 0 for two points */
    size_t points;
} qry_growth;

qry_growth qry_growth_of(const double *n, const double *y, size_t count);
double qry_growth_at(const qry_growth *growth, double n);

/* ---- crossing (crossing.c) ---- */

typedef enum qry_measure_kind {
    QRY_CROSS_QUERIES,  /* scores computed; a use of the oracle is two */
    QRY_CROSS_DEPTH,    /* steps one after the other: layers of gates; multiply-adds */
    QRY_CROSS_PARALLEL, /* the same with as many processors as there are entries */
    QRY_CROSS_GATES,    /* gates; those of classical multiply-adds */
    QRY_CROSS_TIME,     /* seconds of the searches alone; of multiply-adds one after the other */
    QRY_CROSS_ALL,      /* seconds, with loading, moments and the classical part of a row */
    QRY_CROSS_KINDS
} qry_measure_kind;

/** All that the comparison rests on. */
typedef struct qry_crossover_model {
    bool
        low_rank; /* rows of a low-rank kernel: both sides are classical machines then, and `growth` is that of landmarks */
    qry_schedule schedule;
    qry_oracle_lines oracle;
    qry_growth growth; /* of keys found */
    double ratio;      /* qry_crossover_head, of the longest head */
    double verified;   /* classical scores for a key found */
    size_t width, value_width;
    qry_widths bits;
    double gate_time;      /* seconds a layer of T gates */
    double classical_rate; /* multiply-adds a second */
    double rows_asked;     /* over which what is done once is spread */
    double once, each;     /* classical operations once a key, and a row over sqrt(n) */
} qry_crossover_model;

/** What a row takes for 2^bits keys. */
double qry_crossover_quantum(const qry_crossover_model *model, qry_measure_kind kind, double bits);
double qry_crossover_classical(const qry_crossover_model *model, qry_measure_kind kind, double bits);

enum { QRY_CROSS_MAX_BITS = 100 };

typedef struct qry_crossing {
    bool never;     /* up to 2^QRY_CROSS_MAX_BITS keys */
    double keys;    /* else from so many on the quantum row takes less */
    double qubits;  /* of its circuits there */
    double slope;   /* quantum over classical goes like n^slope at the longest lengths */
    double nearest; /* the least that quantum over classical comes to */
} qry_crossing;

qry_crossing qry_crossover_find(const qry_crossover_model *model, qry_measure_kind kind);
/** Multiply-adds a second of a matrix of 16,384 keys times a vector, by OpenBLAS, here and now. */
double qry_classical_rate(qry_ctx *ctx, size_t width);

#endif
