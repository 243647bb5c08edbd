/* crossover.h: at how many keys a row by quantum search would take less than a classical one. Private to runtime/.
 * docs/crossover.md has the reasoning.
 *
 *   lines      gates, depth and qubits of one use of the oracle, as a function of n       lines.c
 *   schedule   uses of the oracle that finding k of N rows takes, and certifying it       schedule.c
 *   heads      what rows of heads took; how the keys found grow with n                     heads.c
 *   crossing   what either side takes, and where one falls below the other                 crossing.c
 *   rate       multiply-adds a second of the classical computer                            rate.c
 *
 * Everything is measured on circuits and schedules as they run; what is assumed beside is a member of qry_crossover_model. */
#ifndef QRY_RUNTIME_CROSSOVER_H
#define QRY_RUNTIME_CROSSOVER_H

#include "runtime/params/params.h"

/* ---- what one use of the oracle takes (lines.c) ---- */

/** Circuits of fewer than 2^this rows are counted one by one: comparisons and sums leave parts out there. */
enum { QRY_LINE_FROM = 9 };

/** For 2^m rows: per_row * 2^m + per_bit * m + constant from 2^QRY_LINE_FROM on, which is exact for bucket brigades and all
 *  that a search has around them. */
typedef struct qry_line {
    double per_row, per_bit, constant;
    double below[QRY_LINE_FROM]; /* of fewer: as counted, by bits */
} qry_line;

double qry_line_at(const qry_line *line, int bits);

/** Of one iteration of a row's search: the oracle and the diffusion. */
typedef struct qry_oracle_lines {
    qry_line gates, t, depth, t_depth, qubits;
    int from, to,
        checked;      /* bits of the circuits that the lines go through, and of those that were compared with them */
    double deviation; /* the greatest of those from the lines, relative */
} qry_oracle_lines;

/** Compiles and counts the search of the head's first row, with its keys again and again, for more and more rows. */
qry_oracle_lines qry_oracle_lines_measure(const qry_head *head, qry_widths bits, const qry_params_watch *watch);

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

/** Uses of the oracle over what the schedule says where few of the keys are found, as with ever more keys it will be. The
 *  schedule is one for few: where many are found a row takes less than it says. */
typedef struct qry_crossover_factor {
    double ratio; /* at least 1 where `share` is more than QRY_CROSS_FEW */
    double share; /* of the keys found in the rows that it was measured on */
    qry_rule rule;
} qry_crossover_factor;

/** How rows of a head are to be searched. */
typedef struct qry_crossover_search {
    qry_attend_method method; /* SPARSE or HYBRID */
    const qry_rule *rule;     /* NULL: the method's own */
    double scale;             /* 0: 1/sqrt(columns of K) */
    size_t sample;            /* rows, evenly spread */
    uint64_t seed;
    const qry_schedule *schedule;
} qry_crossover_search;

/** A 64th: the part of the keys up to which the schedule's formula was fitted. */
#define QRY_CROSS_FEW (1.0 / 64)

/** What is the same for all rows of a head, for the model. */
typedef struct qry_crossover_facts {
    qry_rule rule;
    qry_widths bits;
    double once, each; /* as in qry_crossover_model */
} qry_crossover_facts;

/** Runs rows of Q, K, V with the engine ORACLE. False after a report. Its name is for the caller to set. */
bool qry_crossover_head_measure(qry_ctx *ctx, const qry_array *const arrays[3], const qry_crossover_search *search,
                                qry_crossover_head *head, qry_crossover_facts *facts);
/** On the same rows, by the same rule, narrowed until no more than a part QRY_CROSS_FEW of the keys is found; measured and
 *  facts are the head's. False after a report. */
bool qry_crossover_factor_measure(const qry_head *head, const qry_array *const arrays[3],
                                  const qry_crossover_search *search, const qry_crossover_head *measured,
                                  const qry_crossover_facts *facts, qry_crossover_factor *factor);
/** s_lambda of the head's balanced kernel at the ridge that QAttention's theorem needs. */
qry_quantity qry_crossover_landmarks(const qry_head *head);

/** a n^b through points (n, y), by least squares in logarithms. One length: b is 0. */
typedef struct qry_growth {
    double log_factor, exponent; /* ln a: a itself may be out of range where lengths are near each other */
    double residual;             /* root mean square, of logarithms; 0 for two points */
    size_t lengths;              /* that differ */
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

/** Of an array multiplier, for each pair of bits: an AND (1) and a full adder of two XORs, two ANDs and an OR (5). */
enum { QRY_CROSS_GATES_A_PAIR = 6 };

/** Gates of a classical multiply-add of such numbers. */
double qry_crossover_gates_of_operation(qry_widths bits);

/** All that the comparison rests on. */
typedef struct qry_crossover_model {
    bool low_rank; /* rows of a low-rank kernel: both sides are classical machines, and `growth` is that of landmarks */
    qry_schedule schedule;
    qry_oracle_lines oracle;
    qry_growth growth;         /* of keys found */
    qry_crossover_factor over; /* of the longest head */
    double verified;           /* classical scores for a key found */
    double points;             /* queries and keys for a key: landmarks are chosen from those */
    qry_crossover_head here;   /* the longest head, as measured; of low-rank rows `found` is the landmarks */
    size_t width, value_width;
    qry_widths bits;
    double gate_time;      /* seconds a layer of T gates */
    double classical_rate; /* multiply-adds a second */
    double rows_asked;     /* over which what is done once is spread */
    double once, each;     /* classical operations once a key, and a row over sqrt(n) */
} qry_crossover_model;

/** What a row takes, by the formulas. A circuit has a power of two of rows: the next, for the keys there are. */
double qry_crossover_quantum(const qry_crossover_model *model, qry_measure_kind kind, double keys);
double qry_crossover_classical(const qry_crossover_model *model, qry_measure_kind kind, double keys);
/** What a row of the longest head takes, from the uses of the oracle measured there. */
double qry_crossover_here(const qry_crossover_model *model, qry_measure_kind kind);

/** Bits of the numbers of keys that are looked at: the schedule is of no fewer rows; low-rank rows begin at two keys. */
enum { QRY_CROSS_LEAST_BITS = 8, QRY_CROSS_MAX_BITS = 100 };

typedef struct qry_crossing {
    bool never;     /* at no number of keys up to 2^QRY_CROSS_MAX_BITS, this head's own among them */
    double keys;    /* from so many on, whatever the number, the quantum row takes less; NAN: not in the long run */
    double last;    /* the greatest number at which it takes less, where that is not so in the long run; else NAN */
    double qubits;  /* of its circuits at `keys` */
    double slope;   /* quantum over classical goes like n^slope at the longest lengths */
    double nearest; /* the least that quantum over classical comes to */
} qry_crossing;

qry_crossing qry_crossover_find(const qry_crossover_model *model, qry_measure_kind kind);
/** Multiply-adds a second of a matrix of 16,384 keys times a vector, by OpenBLAS, here and now. */
double qry_classical_rate(qry_ctx *ctx, size_t width);

#endif
