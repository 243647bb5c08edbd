/* runtime.h: drives circuits. Searches as users mean them, attention rows, and the bill for both.
 *
 * Ownership: what a _new makes belongs to its context and keeps pointers to what it was made from, which must outlive it.
 * Errors: what users can cause is reported and returns NULL or false. All functions may give up (base.h). */
#ifndef QRY_RUNTIME_H
#define QRY_RUNTIME_H

#include "base/base.h"
#include "compiler/compiler.h"
#include "qasm/qasm.h"
#include "sim/sim.h"

/* ---- how circuits are run ---- */

/** SPARSE: gate by gate. ORACLE: the exact distribution of the same circuit's outcome, computed from a classical scan;
 *  queries and gates are counted as if they had been made, and every output names the engine. */
typedef enum qry_engine { QRY_ENGINE_SPARSE, QRY_ENGINE_ORACLE } qry_engine;

typedef struct qry_run_options {
    qry_engine engine;
    qry_sim_options sim;
    uint64_t seed;
    uint64_t max_queries; /* of tables, in all: no circuit is run that would go beyond; 0: no limit */
} qry_run_options;

/* ---- the ledger (ledger.c) ---- */

typedef struct qry_ledger_query {
    const char *table; /* of the search that was charged */
    qry_u128 loads;    /* every fetch of a word, in and out */
} qry_ledger_query;

/** What was used. Everything that costs anything is in here, whichever engine ran it. */
typedef struct qry_ledger {
    uint64_t oracle_calls; /* uses of the phase oracle: each computes and uncomputes the predicate */
    uint64_t a_calls; /* estimates: uses of A, which prepares and computes a mark, and of its inverse: 2k + 1 a shot */
    uint64_t shots;   /* circuits run and measured */
    uint64_t simulated; /* circuits simulated: shots of one circuit, one after the other, may be drawn from one state */
    uint64_t rows, axes;     /* of the simulation with the most states: live rows, and bits kept as axes beside them */
    qry_ledger_query *query; /* by name */
    size_t query_count;
    qry_tally tally;            /* gates and measurements executed */
    qry_u128 depth, t_depth;    /* of all circuits, one after the other; an upper bound, the sum over their parts */
    uint32_t qubits;            /* of the widest circuit */
    uint64_t score_evaluations; /* classical ones: measured rows, which are all verified; balls of a tree */
    uint64_t classical_score_evaluations; /* what a classical scan would have made */
    double seconds;                       /* of running circuits, with their planning */
    double planning_seconds;
} qry_ledger;

/** Adds loads of one table; its name is copied to the arena. */
void qry_ledger_charge(qry_arena *arena, qry_ledger *ledger, const char *table, qry_u128 loads);
/** A simulation had so many rows and axes: kept if no other had as many amplitudes. */
void qry_ledger_note_state(qry_ledger *ledger, uint64_t rows, uint64_t axes);
/** Adds one ledger to another; tables by name, texts copied to the arena. */
void qry_ledger_add(qry_arena *arena, qry_ledger *to, const qry_ledger *ledger);

/* ---- searching (drive/) ---- */

/** Finds rows of one compiled search, again and again: the classical loop around its circuits. It writes the programs of
 *  the search's circuit, and which of its rows are still looked for; nobody else may meanwhile. */
typedef struct qry_searcher qry_searcher;

/** The same seed and stream give the same results. */
qry_searcher *qry_searcher_new(qry_ctx *ctx, qry_search *search, const qry_run_options *options, uint64_t stream);
void qry_searcher_free(qry_searcher *searcher);
/** As if it were new, with another stream: results and ledger do not depend on what was before. Its plans stay. */
void qry_searcher_restart(qry_searcher *searcher, uint64_t stream);
/** To be called first, and again after the search was refreshed to look for something else: all rows are looked for, and
 *  about `expected` of them are thought to match (negative: nothing is known), from which the number of iterations
 *  follows. `failure` is for all that qry_searcher_find says until the next call. */
void qry_searcher_begin(qry_searcher *searcher, double expected, double failure);
/** The search was refreshed with another predicate for the same rows: those that were found stay out, and about
 *  `expected` others match (negative: nothing is known). */
void qry_searcher_retarget(qry_searcher *searcher, double expected);
/** A row that matches, verified classically; of `search all` one that was not found before. False: there is none. All
 *  these answers since qry_searcher_begin are right with probability at least 1 - failure, whatever was expected. */
bool qry_searcher_find(qry_searcher *searcher, uint64_t *row);
/** The same without the promise: false as soon as it is likely that there is none. To look on after that, retarget. */
bool qry_searcher_seek(qry_searcher *searcher, uint64_t *row);
/** How many more rows are believed to match. */
double qry_searcher_left(const qry_searcher *searcher);
/** What this searcher has used since it was new or restarted. Belongs to it. */
const qry_ledger *qry_searcher_ledger(qry_searcher *searcher);
/** "gates", "numbered" or "replay"; "oracle" for that engine. */
const char *qry_searcher_mode(const qry_searcher *searcher);

/** The result of a search statement. row: sorted; of `search one` at most one. */
typedef struct qry_found {
    uint64_t *row;
    size_t count;
} qry_found;

/** Runs the whole statement (`search one`, `search all`, `sample set` with new thresholds) with its own failure probability.
 *  Arena memory. */
qry_found qry_searcher_run(qry_searcher *searcher, qry_arena *arena);
/** The rows that `max` or `min` asks for, and the next best: at most `count` of them, the best first; more than one only
 *  if the search keeps what was found (qry_search.keeps_found). They are right with probability at least 1 - failure.
 *  Durr and Hoyer 1996; Durr, Heiligman, Hoyer, Mhalla 2006. */
qry_found qry_searcher_best(qry_searcher *searcher, size_t count, double failure, qry_arena *arena);
/** `sample one`: draws rows independently, each with probability weight / sum of weights; `count` of them, or none at all if
 *  no row has any weight (then that is true with probability at least 1 - failure). By amplitude amplification, or as the
 *  best of a race with new variates for each. */
qry_found qry_searcher_draw(qry_searcher *searcher, size_t count, double failure, qry_arena *arena);
/** Whether max_queries stopped it: what was found then is not all that it should be. */
bool qry_searcher_stopped(const qry_searcher *searcher);

/** The circuit's program := what a searcher that may fail with this probability runs before it first says that no row is
 *  left. Returns how often it uses the oracle. */
size_t qry_search_write_certificate(qry_search *search, double failure);
/** Angles of the fixed-point search that ends in a marked state with probability at least 1 - failure if at least
 *  `fraction` of the states are marked: *count iterations, alpha and beta of each in arena memory, as
 *  qry_search_write_fixed_point takes them. Yoder, Low, Chuang 2014, equation (11). */
void qry_fixed_point_angles(qry_arena *arena, double failure, double fraction, size_t *count, double **alpha,
                            double **beta);
/** The probability that it ends in a marked state when the fraction `marked` is. */
double qry_fixed_point_success(double failure, size_t count, double marked);

/* ---- estimating (drive/) ---- */

/** What an estimate is to be like: relative, (high - low) <= epsilon (high + low), or absolute, (high - low) / 2 <= epsilon. */
typedef struct qry_goal {
    double epsilon;
    bool absolute;
    double failure; /* the interval may miss the value with this probability */
    double floor;   /* the value is known to be at least this; 0 says nothing */
    qry_method method;
} qry_goal;

/** Why an estimate ended. */
typedef enum qry_estimate_end {
    QRY_END_REACHED,  /* it is as narrow as was wanted */
    QRY_END_LIMIT,    /* max_queries */
    QRY_END_ROUNDING, /* the encoding rounds by more than was wanted: another one may do better */
    QRY_END_FINEST    /* probabilities are not told apart below 2^-30, or the number may be 0 */
} qry_estimate_end;

/** An interval, and what it took. */
typedef struct qry_estimate {
    double value, low, high;
    double failure;
    bool reached; /* end == QRY_END_REACHED */
    qry_estimate_end end;
    uint64_t a_calls; /* as in the ledger */
    double
        classical_samples; /* random rows, scored classically, of which a Clopper-Pearson interval of the same width at
                               * the same failure would be expected to need about so many */
} qry_estimate;

/** Estimates how much of a compiled search's superposition is marked, again and again. It writes the programs of the search's
 *  circuit and chooses its summand; nobody else may meanwhile. */
typedef struct qry_estimator qry_estimator;

/** The same seed and stream give the same results. */
qry_estimator *qry_estimator_new(qry_ctx *ctx, qry_search *search, const qry_run_options *options, uint64_t stream);
void qry_estimator_free(qry_estimator *estimator);
/** As if it were new, with another stream; plans stay. */
void qry_estimator_restart(qry_estimator *estimator, uint64_t stream);
/** One summand (compiler.h), in the units of its number: scale times the probability of a mark, with rounding. An interval
 *  in any case: of nothing marked, from 0; when max_queries stops it, what is known by then. */
qry_estimate qry_estimator_summand(qry_estimator *estimator, qry_summand summand, const qry_goal *goal);
/** The whole statement, put together from its summands. False after a report: a mean over no rows. */
bool qry_estimator_run(qry_estimator *estimator, qry_estimate *estimate);
const qry_ledger *qry_estimator_ledger(qry_estimator *estimator);
const char *qry_estimator_mode(const qry_estimator *estimator);

/* ---- any statement (drive/runner.c) ---- */

typedef struct qry_result {
    qry_found rows; /* searches; `max`, `min`: one row or none; `sample set`; draws of `sample one`, in order */
    double value;   /* `max`, `min`: of the expression at that row, as near as a double is; else NAN */
    int64_t key;    /* the same exactly: key * 2^-fraction */
    int fraction;
    qry_estimate estimate; /* counts and estimates */
    bool stopped;          /* a search that max_queries stopped: rows may be missing */
} qry_result;

/** Runs a compiled statement as its options say. */
typedef struct qry_runner qry_runner;

qry_runner *qry_runner_new(qry_ctx *ctx, qry_search *search, const qry_run_options *options, uint64_t stream);
void qry_runner_free(qry_runner *runner);
/** To be called once. Lists are in arena memory. False after a report. */
bool qry_runner_run(qry_runner *runner, qry_arena *arena, qry_result *result);
/** What it has used so far. Belongs to it. */
const qry_ledger *qry_runner_ledger(qry_runner *runner);
/** "gates", "numbered" or "replay"; "oracle" for that engine. */
const char *qry_runner_mode(const qry_runner *runner);

/* ---- attention (attend/) ---- */

/** How a row comes about. SPARSE, HYBRID: a search finds the keys that score high; the others enter by one constant for all of
 *  them, or by the best of what qry_attend_rest allows. NYSTROM: a low-rank kernel, from landmarks that circuits sample once;
 *  then no key is touched any more (arXiv:2602.00874). HALFSPACE: the classical twin of SPARSE: a tree reports the keys that
 *  score high (arXiv:2307.08045, its Algorithm 3); no target, no estimates. EXACT: every score is computed. docs/bounds.md,
 *  docs/papers.md. */
typedef enum qry_attend_method {
    QRY_ATTEND_SPARSE,
    QRY_ATTEND_HYBRID,
    QRY_ATTEND_NYSTROM,
    QRY_ATTEND_HALFSPACE,
    QRY_ATTEND_EXACT
} qry_attend_method;

/** What stands in for the keys that the search of HYBRID did not find. BEST: row by row that of the smallest bound, of the moments
 *  and the constant, and the low-rank kernel if landmarks or lambda are given. */
typedef enum qry_attend_rest {
    QRY_ATTEND_REST_BEST,
    QRY_ATTEND_REST_MOMENTS, /* of groups of keys */
    QRY_ATTEND_REST_RANK1,   /* one constant */
    QRY_ATTEND_REST_NYSTROM  /* the low-rank kernel */
} qry_attend_rest;

/** Where the probabilities of samples come from: the oracle computes them from the points and the landmarks; or they are
 *  computed classically, once, and loaded as a table, and only the sampling is quantum. AUTO: the first where the circuit is small. */
typedef enum qry_attend_probabilities {
    QRY_PROBABILITIES_AUTO,
    QRY_PROBABILITIES_COHERENT,
    QRY_PROBABILITIES_TABLE
} qry_attend_probabilities;

/** The low-rank kernel, of NYSTROM and of HYBRID's rest. All zero: the usual. */
typedef struct qry_nystrom_options {
    size_t landmarks; /* about so many; 0: as lambda says, or the usual: 4 sqrt(keys), 256 at most */
    double lambda;    /* instead of landmarks: the ridge, in units of the kernel's entries, the greatest of which on the
                         diagonal is 1 (raw: of the kernel as it is); 0: not said */
    bool raw;         /* e^(x.y) itself; else keys and queries are centred and balanced, and the kernel is Gaussian */
    size_t value_samples; /* about so many rows of V, by leverage; 0: all of them, classically */
    double mean_epsilon;  /* the normaliser's vector to this precision in the norm of the kernel, above 0; 0: 0.1 */
    qry_attend_probabilities probabilities;
} qry_nystrom_options;

/** What a row's search looks for: the keys that score at least tau; that score at most `drop` below the row's maximum;
 *  about the `top` keys of highest score, and no fewer; or those of highest score, until the bound is at most `target` times
 *  the length of the output. */
typedef enum qry_rule_kind { QRY_RULE_TAU, QRY_RULE_DROP, QRY_RULE_TOP, QRY_RULE_TARGET } qry_rule_kind;
typedef struct qry_rule {
    qry_rule_kind kind;
    double value;
} qry_rule;

/** Bits of the integers that the circuit computes with. */
typedef struct qry_widths {
    int query, key;
} qry_widths;

typedef struct qry_attend_options {
    qry_attend_method method;
    qry_attend_rest rest; /* of HYBRID */
    qry_nystrom_options nystrom;
    bool causal; /* row i of Q attends to the keys 0 to i alone: Q must have as many rows as K */
    const qry_rule
        *rule;     /* NULL: the method's own; sparse, halfspace: a drop of 6, hybrid: the top 16. tau is finite, a drop
                             finite and from 0, a number of top keys finite and from 1, a target finite and above 0 */
    double scale;  /* of the scores; 0: 1/sqrt(columns of K) */
    size_t groups; /* of keys; 0: sqrt(2 keys) */
    qry_widths bits;     /* 2 to 16 each; both 0: chosen so that rounding costs the bound a fifth at most, and little of
                             what estimates are to tell */
    double failure;      /* of one row, below 1; 0: 1e-3. All of it is the search's, or a half, a fourth for either
                             estimate if there may be some */
    double epsilon;      /* above 0 and at most 1: measure, by amplitude estimation, the normaliser of a row to this
                             relative precision where the moments leave it less sure, and the energy of what stands in for
                             the rest to twice that where it is expected to lower the bound by more than this part; 0: do not */
    bool automatic;      /* measure both to precisions that are chosen row by row: the cheapest for which the bound is
                             expected to be near the least that measuring could give, or to reach the target; instead of
                             epsilon */
    qry_run_options run; /* its sim.threads is not used */
    int threads;         /* for rows side by side, else within the engine; 0: one. Results do not depend on it */
    bool check;          /* compute the exact rows as well */
    bool keep_found;     /* rows tell which keys they found: qry_attend_estimate_program needs it */
    bool uncentred;      /* leave keys and values as they are, for comparison */
    void (*progress)(void *state, size_t done); /* rows; now and then, from the caller's thread. May be NULL */
    /* The same of a stage that is done once, by its name: `done` of `total` parts. May be NULL. */
    void (*stage_progress)(void *state, const char *stage, size_t done, size_t total);
    void *progress_state;
    const struct qry_ranks
        *ranks; /* processes that compute the rows together, all called alike (ranks/ranks.h); NULL: this
                                      one alone */
} qry_attend_options;

/** Something that is done once for a head, before any row. */
typedef struct qry_attend_stage {
    const char *name;    /* "moments", "landmarks", "mean", "values", "certificate", "tree" */
    const char *note;    /* what to know of it: "probabilities computed by the oracle"; or NULL */
    qry_ledger ledger;   /* of its circuits */
    qry_u128 operations; /* classical ones, of the order of */
    uint64_t writes;     /* words written to the quantum memory: tables of its circuits, every time that they change */
    double seconds;
} qry_attend_stage;

/** Of the low-rank kernel. */
typedef struct qry_nystrom_facts {
    size_t landmarks; /* 0: there is no such kernel */
    double lambda;    /* the ridge with which the last of them were sampled */
    bool raw;
    double residual_trace; /* sum over the keys of what the landmarks leave of the kernel's diagonal */
    double key_trace;      /* sum of that diagonal, of which the greatest entry is 1 */
    size_t value_samples;  /* rows of V that stand for all; keys if none was sampled */
    double mean_epsilon;
} qry_nystrom_facts;

/** What is the same for all rows. */
typedef struct qry_attend_facts {
    size_t queries, keys, width, value_width;
    double scale;
    bool causal;
    size_t groups; /* 0: none */
    qry_nystrom_facts nystrom;
    qry_attend_stage *stage; /* in the order in which they were done; they belong to the qry_attend */
    size_t stage_count;
    bool loaded; /* from a state: the stages are those that made it */
    qry_rule rule;
    qry_widths bits;
    double failure;
    qry_engine engine;    /* loaded: of the circuits that made the state */
    const char *mode;     /* as qry_searcher_mode, once a row was searched; else "none" */
    uint64_t qram_writes; /* words written to the quantum memory before rows: codes of K, and what the stages write */
    qry_u128 operations;  /* classical ones of all stages, of the order of */
    double seconds;       /* of all that is done once */
    uint64_t row_operations; /* of the order of which a row takes besides searching */
} qry_attend_facts;

/** What was measured of a row's rest. */
typedef struct qry_attend_estimate {
    double epsilon;           /* what was asked of the circuit; 0: the answer does without it, limits are NAN */
    double failure;           /* of it */
    double low, high;         /* limits that follow, at that; in the units of the row's normaliser, or of the energy */
    uint64_t a_calls;         /* of all that were made for this row */
    double classical_samples; /* as qry_estimate has them */
} qry_attend_estimate;

/** Scores are scale q.k; those of a threshold as users mean them. What was not computed is NAN. */
typedef struct qry_attend_row {
    size_t row;
    const char
        *rest; /* what stands in for the other keys: "moments", "rank1", "nystrom", "mean" (the mean value: nothing
                           better is certain); NULL: there are none */
    const char *fallback; /* why the normaliser is not the low-rank kernel's; else NULL */
    double
        residual; /* what the landmarks leave of the query's place on the kernel's diagonal, from 0 to 1; NAN without them */
    size_t hits;        /* keys found: of these the exact scores were used */
    double tau;         /* no other key scores at or above it, up to rounding, as far as the search can be trusted */
    int64_t comparator; /* the same for the circuit's integers */
    double normaliser, shift; /* normaliser: sum of e^(score - shift) */
    double bound;             /* |output - exact output| is at most this, unless the search missed a key */
    const char *bound_reason; /* NULL, or why there is no bound */
    bool missed;              /* it is known to have missed one, searched on in vain; the bound does without it */
    size_t thresholds;        /* that were certified, one after the other: more than one only with a target */
    qry_attend_estimate rest_normaliser; /* of the keys that were not found */
    qry_attend_estimate energy; /* at most `high`; low: of the sum that was estimated, in which every key counts
                                            as the worst in its cell */
    uint32_t *found;            /* with keep_found: the keys, hits of them, in arena memory */
    double normaliser_exact, error, exact_length; /* with `check`; error INFINITY: it is no finite number */
    qry_ledger ledger;
} qry_attend_row;

typedef struct qry_attend qry_attend;

/** Attention softmax(Q K^T scale) V of one head: Q rows x width, K keys x width, V keys x value_width, read and left to
 *  the caller. Groups the keys and chooses the widths. NULL after a report. */
qry_attend *qry_attend_new(qry_ctx *ctx, const qry_array *q, const qry_array *k, const qry_array *v,
                           const qry_attend_options *options);
void qry_attend_free(qry_attend *attend);
/** Writes what rows of NYSTROM need, a .npz file of O(s^2 + s d) numbers for s landmarks: neither keys nor values. False after
 *  a report: another method, causal rows, or a file that cannot be written. */
bool qry_attend_save(const qry_attend *attend, const char *path);
/** From such a file, for other queries of the same width. Of the options it takes run, threads and progress; all else is the
 *  file's. Rows have no exact ones beside them, and where the kernel's normaliser is not to be trusted there are no keys to fall
 *  back to; others are those of the qry_attend that was saved, to the last bit. NULL after a report: no such file, or not one
 *  of these. */
qry_attend *qry_attend_load(qry_ctx *ctx, const char *path, const qry_array *q, const qry_attend_options *options);
const qry_attend_facts *qry_attend_facts_of(const qry_attend *attend);
/** Computes rows. result: `count` of them, in the order of `rows`, with ledgers in arena memory; output: count x
 *  value_width numbers. Random numbers depend on seed and row alone. Of several ranks the first gets all rows, the others
 *  none but their own. False after a report. */
bool qry_attend_run(qry_attend *attend, qry_arena *arena, const size_t *rows, size_t count, qry_attend_row *result,
                    double *output);
/** The search of a row as a program of the language, which names its keys `keys`, an .npy file. Arena memory. */
const char *qry_attend_program(const qry_attend *attend, const qry_attend_row *row, const char *keys, qry_arena *arena);
/** The estimate of the row's rest normaliser, or of its energy, likewise. NULL where it was not measured. */
const char *qry_attend_estimate_program(const qry_attend *attend, const qry_attend_row *row, bool energy,
                                        const char *keys, qry_arena *arena);
/** Compiles one of these programs with the keys of the head, whatever file it names, for who wants to count its circuit. The
 *  caller frees the search, and then its program. */
qry_search *qry_attend_compile(const qry_attend *attend, const char *program);
/** Writes that file. False after a report. */
bool qry_attend_write_keys(const qry_attend *attend, const char *path);

/** Of the numbers that are there: the median, the least that 95 % do not exceed, the greatest. NAN if there are none. */
typedef struct qry_spread {
    size_t count;
    double median, p95, max;
} qry_spread;
/** Of those that are finite; sorts them to the front. */
qry_spread qry_spread_of(double *numbers, size_t count);

typedef struct qry_attend_summary {
    qry_spread hits, oracle_calls, error, bound, relative_error;
    qry_spread normaliser_calls, normaliser_samples; /* A-calls and classical samples, of the rows that were measured */
    qry_spread energy_calls, energy_samples;
    qry_spread residual, scores;      /* score evaluations */
    size_t without_bound, over_bound; /* rows; an infinite error is over any bound */
    size_t fallbacks;                 /* rows whose normaliser is not the low-rank kernel's */
    qry_ledger ledger;
} qry_attend_summary;

/** Over rows of qry_attend_run. The ledger is in arena memory. */
qry_attend_summary qry_attend_summarise(qry_arena *arena, const qry_attend_row *rows, size_t count);

#endif
