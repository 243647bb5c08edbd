/* base.h: what every room stands on. Contexts, memory, giving up, source text and diagnostics, exact numbers,
 * random numbers, arrays on disk, output files. Nothing quantum.
 *
 * Ownership: a context owns all memory that is taken through it; qry_ctx_free returns what is left. What a
 * function creates, the matching _free returns early. Arena memory lives until its arena is freed. No
 * function keeps a pointer that it was given unless its comment says so.
 *
 * Errors: what a user can cause is reported through the context (qry_error...) and the function returns false
 * or NULL. Out of memory, and limits met deep inside, give up: control returns to the innermost qry_protect
 * of the context, after the report. Without a qry_protect the process ends with the message. What cannot
 * happen aborts with file and line (qry_must). */
#ifndef QRY_BASE_H
#define QRY_BASE_H

#ifdef __cplusplus
#error "Quarry's headers are C17; give C++ a C file of your own that calls them"
#endif

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The GNU extensions that the project uses, each behind a name. */
#if defined(__GNUC__)
#define QRY_PRINTF(text, first)         __attribute__((format(printf, text, first)))
#define QRY_UNLIKELY(condition)         __builtin_expect(!!(condition), 0)
#define QRY_LEADING_ZEROS(bits)         __builtin_clzll(bits) /* of 64; bits is not 0 */
#define QRY_ADD_OVERFLOWS(a, b, result) __builtin_add_overflow((a), (b), (result))
#define QRY_SUB_OVERFLOWS(a, b, result) __builtin_sub_overflow((a), (b), (result))
#define QRY_MUL_OVERFLOWS(a, b, result) __builtin_mul_overflow((a), (b), (result))
__extension__ typedef unsigned __int128 qry_u128;
__extension__ typedef __int128 qry_i128;
#else
#error "Quarry needs gcc or clang: 128-bit integers and checked arithmetic"
#endif

#define QRY_VERSION "0.1.0"

typedef struct qry_ctx qry_ctx;
typedef struct qry_arena qry_arena;

/* ---- contexts and giving up (context.c) ---- */

/** A fresh context, or NULL when there is no memory for one. Diagnostics go to standard error until
 *  qry_ctx_on_diagnostic says otherwise. A context serves one thread at a time. */
qry_ctx *qry_ctx_new(void);
/** Runs what qry_defer left, last first, and returns all memory of the context. NULL is fine. */
void qry_ctx_free(qry_ctx *ctx);

/** A context for a worker thread: own memory, own qry_protect; its diagnostics wait until qry_ctx_join. Call from the
 *  parent's thread; there the child may be used outside a qry_protect of its own too, and then gives up as its parent. A
 *  child that is not joined is freed with its parent. */
qry_ctx *qry_ctx_fork(qry_ctx *parent);
/** Passes a forked context's diagnostics on to its parent and frees it, its memory and its sources. Call from the
 *  parent's thread. The parent's peak then counts the child's on top of what the parent holds. */
void qry_ctx_join(qry_ctx *child);

/** Runs body(argument). True when it came to its end; false when it gave up (a diagnostic has been reported). What the
 *  body deferred has then been released; all other memory that it took stays with the context until qry_ctx_free. May be
 *  nested. Objects that the body was changing when it gave up may only be freed. */
bool qry_protect(qry_ctx *ctx, void (*body)(void *), void *argument);
/** Returns to the innermost qry_protect, of the context or else of those it was forked from; without one, runs what was
 *  deferred and ends the process with status 1. Report first. */
_Noreturn void qry_give_up(qry_ctx *ctx);
/** Runs release(argument) when the context is freed or the surrounding qry_protect gives up, unless
 *  qry_defer_cancel took it back. Last in, first out. Defer first, acquire then: qry_defer may give up itself. */
void qry_defer(qry_ctx *ctx, void (*release)(void *), void *argument);
void qry_defer_cancel(qry_ctx *ctx, void (*release)(void *), void *argument);

/** Aborts with file, line and the condition when it does not hold: for what cannot happen. */
#define qry_must(condition) ((condition) ? (void)0 : qry_must_failed(#condition, __FILE__, __LINE__))
_Noreturn void qry_must_failed(const char *condition, const char *file, int line);

/** Long work calls qry_check_interrupt now and then: it reports "interrupted" and gives up once *flag is
 * nonzero. The flag is what a signal handler sets; NULL (the start) means never. */
void qry_ctx_set_interrupt(qry_ctx *ctx, const volatile sig_atomic_t *flag);
void qry_check_interrupt(qry_ctx *ctx);
/** qry_check_interrupt also calls pulse(state), so that a program can show how far its long work is. The pulse must be
 *  quick and must not change what the work is about. NULL: none. Forks do not inherit it. */
void qry_ctx_on_pulse(qry_ctx *ctx, void (*pulse)(void *state), void *state);

/* ---- memory (context.c, arena.c, memory.c) ----
 * None of these returns NULL: they report "out of memory" with the size and give up. Sizes are checked for
 * overflow. Memory is zeroed. */

void *qry_alloc(qry_ctx *ctx, size_t count, size_t size);
/** As qry_alloc, on a 64-byte boundary. Freed with qry_free; must not be resized. */
void *qry_alloc_aligned(qry_ctx *ctx, size_t count, size_t size);
/** Resizes; memory beyond the old size is not zeroed. pointer may be NULL. */
void *qry_resize(qry_ctx *ctx, void *pointer, size_t count, size_t size);
void qry_free(qry_ctx *ctx, void *pointer);
/** Makes room for at least `needed` items in a growing array; doubles. Use the macro. */
void *qry_grow_bytes(qry_ctx *ctx, void *pointer, size_t *capacity, size_t needed, size_t size);
#define QRY_GROW(ctx, pointer, capacity, needed)                                                                       \
    ((needed) > (capacity)                                                                                             \
         ? (void)((pointer) = qry_grow_bytes((ctx), (pointer), &(capacity), (needed), sizeof *(pointer)))              \
         : (void)0)

/** Bytes held now, and the most that were held at once. */
size_t qry_memory_used(const qry_ctx *ctx);
size_t qry_memory_peak(const qry_ctx *ctx);
/** Reports and gives up unless `bytes` more can be had, by the system's own account and within the limits of the process
 *  and of its control groups (containers); `what` names the request in the message. */
void qry_memory_require(qry_ctx *ctx, double bytes, const char *what);
/** Whether qry_memory_require would let so many pass. */
bool qry_memory_fits(double bytes);

qry_arena *qry_arena_new(qry_ctx *ctx);
void qry_arena_free(qry_arena *arena);
qry_ctx *qry_arena_ctx(const qry_arena *arena);
/** Zeroed, aligned for any type. */
void *qry_arena_alloc(qry_arena *arena, size_t count, size_t size);
char *qry_arena_text(qry_arena *arena, const char *text, size_t length);
char *qry_arena_printf(qry_arena *arena, const char *format, ...) QRY_PRINTF(2, 3);
/** Where an arena stands, and taking back all that it gave since. Marks are rewound last first. */
typedef struct qry_arena_mark {
    uint64_t chunk, last;
    size_t used;
} qry_arena_mark;
qry_arena_mark qry_arena_marked(const qry_arena *arena);
void qry_arena_rewind(qry_arena *arena, qry_arena_mark mark);
#define QRY_NEW(arena, type) ((type *)qry_arena_alloc((arena), 1, sizeof(type)))

/* ---- source text and diagnostics (source.c, input.c, report.c) ---- */

typedef struct qry_source {
    const char *name; /* as diagnostics show it: the path the user gave */
    const char *text; /* followed by QRY_SOURCE_PADDING zero bytes: flex wants two, others read eight at once */
    size_t length;
} qry_source;

enum { QRY_SOURCE_PADDING = 16 };

/** Reads a file ("-" is standard input) whole; NULL after a report when it cannot be read. Owned by the
 * context. A byte order mark of UTF-8 at its head is left out. */
const qry_source *qry_source_read(qry_ctx *ctx, const char *path);
/** A copy of text under a name. */
const qry_source *qry_source_from_text(qry_ctx *ctx, const char *name, const char *text, size_t length);
/** Line and column of a byte offset, both from 1; columns count characters, not bytes. Reads the text up to there. */
void qry_source_position(const qry_source *source, size_t offset, size_t *line, size_t *column);

/** A stretch of source text. source may be NULL: no place. */
typedef struct qry_span {
    const qry_source *source;
    size_t offset, length;
} qry_span;

/** qry_source_read for a file that a program asks for: reports about the file itself have that place. */
const qry_source *qry_source_load(qry_ctx *ctx, const char *path, qry_span where);

typedef enum qry_severity { QRY_ERROR, QRY_WARNING, QRY_NOTE } qry_severity;

typedef struct qry_diagnostic {
    qry_severity severity;
    qry_span span;
    const char *message; /* no final stop, no line break */
    const char *hint;    /* NULL or what to do about it */
} qry_diagnostic;

enum { QRY_MAX_ERRORS = 20 }; /* beyond, errors are counted but not shown */

/** Reports an error at a place; hint may be NULL. Texts are copied. */
void qry_error_at(qry_ctx *ctx, qry_span span, const char *hint, const char *format, ...) QRY_PRINTF(4, 5);
/** The same without a place: "quarry: error: ...". */
void qry_error(qry_ctx *ctx, const char *format, ...) QRY_PRINTF(2, 3);
void qry_warning(qry_ctx *ctx, const char *format, ...) QRY_PRINTF(2, 3);
void qry_report(qry_ctx *ctx, const qry_diagnostic *diagnostic);
/** Errors reported so far; a caller compares before and after. */
size_t qry_error_count(const qry_ctx *ctx);

/** Sends diagnostics to `sink` instead of standard error (NULL: back to standard error). */
typedef void qry_sink(void *state, const qry_diagnostic *diagnostic);
void qry_ctx_on_diagnostic(qry_ctx *ctx, qry_sink *sink, void *state);
/** Writes a diagnostic as people see it: file:line:column, the source line, a caret, the hint. Standard error gets them
 *  without colour. What is not printable in any of these texts becomes a question mark. */
void qry_diagnostic_print(FILE *stream, const qry_diagnostic *diagnostic, bool color);

/* ---- "did you mean" (nearest.c) ---- */

/** The word nearest to a name so far: at most two typing mistakes away, and fewer than half its letters. */
typedef struct qry_nearest {
    const char *name;
    size_t length, distance;
    const char *best;
} qry_nearest;

qry_nearest qry_nearest_to(const char *name);
/** Keeps the pointer if the word is the nearest so far. */
void qry_nearest_consider(qry_nearest *nearest, const char *word);
/** "did you mean 'tau'?", or NULL when nothing was near. */
const char *qry_nearest_question(qry_arena *arena, const qry_nearest *nearest);
/** All three for count words, of which some may be NULL. */
const char *qry_nearest_word(qry_arena *arena, const char *name, const char *const *words, size_t count);

/* ---- time (clock.c) ---- */

/** Seconds on a clock that is never set back and starts anywhere: two readings tell how long something took. Signal
 *  handlers may call it. */
double qry_seconds(void);

/* ---- random numbers (random.c) ----
 * xoshiro256** (Blackman and Vigna 2018), seeded through splitmix64 from a seed and a stream number, so that
 * every row and every shot can have its own sequence whatever the number of threads. */

typedef struct qry_random {
    uint64_t state[4];
} qry_random;

void qry_random_seed(qry_random *random, uint64_t seed, uint64_t stream);
uint64_t qry_random_next(qry_random *random);
/** Uniform in [0, 1), 53 bits. */
double qry_random_unit(qry_random *random);
/** Uniform in 0 .. bound-1, without bias; bound > 0. */
uint64_t qry_random_below(qry_random *random, uint64_t bound);
/** Standard normal (Marsaglia's polar method). */
double qry_random_normal(qry_random *random);

/* ---- exact rationals (rational.c) ---- */

/** Lowest terms, den > 0. The functions return false when numerator or denominator would not fit 64 bits (or with a
 *  denominator of zero) and leave *result alone. */
typedef struct qry_rational {
    int64_t num, den;
} qry_rational;

bool qry_rational_make(int64_t num, int64_t den, qry_rational *result);
/** A decimal literal such as 12, 0.25, 1.5e-3, exactly. */
bool qry_rational_parse(const char *text, size_t length, qry_rational *result);
bool qry_rational_add(qry_rational a, qry_rational b, qry_rational *result);
bool qry_rational_sub(qry_rational a, qry_rational b, qry_rational *result);
bool qry_rational_mul(qry_rational a, qry_rational b, qry_rational *result);
int qry_rational_compare(qry_rational a, qry_rational b);
/** a * 2^shift, shift of either sign. */
bool qry_rational_scale(qry_rational a, int shift, qry_rational *result);
double qry_rational_to_double(qry_rational a);

/* ---- fixed point (fixed.c) ---- */

/** fixed(i,f), ufixed(i,f), int(w), uint(w), bool: width = integer + fraction, value = mantissa *
 * 2^-fraction. */
typedef struct qry_type {
    bool is_signed;
    bool is_bool;
    int integer, fraction;
} qry_type;

enum { QRY_MAX_WIDTH = 62 }; /* so that every mantissa and every difference of two fits int64_t */

int qry_type_width(qry_type type);
/** Least and greatest mantissa. */
int64_t qry_type_min(qry_type type);
int64_t qry_type_max(qry_type type);
/** As the language writes it: "fixed(4,4)". Arena memory. */
const char *qry_type_text(qry_arena *arena, qry_type type);
/** Nearest mantissa, ties to even; outside the range the nearest end. *saturated: whether it was outside. value must be
 *  finite. */
int64_t qry_type_round(qry_type type, double value, bool *saturated);

/* ---- arrays on disk (array.c, npy.c, npy_header.c, npy_items.c, npz.c, csv.c) ---- */

typedef enum qry_array_kind { QRY_ARRAY_REAL, QRY_ARRAY_SIGNED, QRY_ARRAY_UNSIGNED } qry_array_kind;

enum { QRY_ARRAY_MAX_DIMS = 4 };

/** Dense, C order. 64-bit items: integers stay exact, floats are widened. A bool array is UNSIGNED. */
typedef struct qry_array {
    qry_array_kind kind;
    int dims;
    size_t shape[QRY_ARRAY_MAX_DIMS];
    size_t count; /* items */
    union {
        double *real;
        int64_t *integer;
        uint64_t *natural;
    } item;
} qry_array;

/** An array of zeros, kind REAL. */
qry_array *qry_array_new(qry_ctx *ctx, int dims, const size_t *shape);
void qry_array_free(qry_ctx *ctx, qry_array *array);
double qry_array_get(const qry_array *array, size_t index);
/** Mantissa of item `index` in `type`, exact for integer items; see qry_type_round. */
int64_t qry_array_round(const qry_array *array, size_t index, qry_type type, bool *saturated);

/** A shape as Python writes it, for messages: "(512, 32)", "(3,)", "()". Returns text. */
enum { QRY_SHAPE_TEXT = 96 };
const char *qry_shape_text(int dims, const size_t *shape, char text[QRY_SHAPE_TEXT]);

/** NumPy's .npy, versions 1 to 3, C or Fortran order, either byte order, every bool, integer and float type
 * (float16 to float64, and the 80-bit long double of x86). NaN and infinity are errors. Every field is
 * checked; sizes are checked before allocation. "-" is standard input. NULL after a report. `where` is the
 * place in a program that asked for it, or no place. */
qry_array *qry_npy_read(qry_ctx *ctx, const char *path, qry_span where);
/** Comma-separated numbers, a row a line, # comments, no header. One dimension if rows have one entry. SIGNED if every
 *  number is an integer that fits int64_t, else REAL. */
qry_array *qry_csv_read(qry_ctx *ctx, const char *path, qry_span where);
/** Writes float64, version 1.0, C order; whole or not at all. */
bool qry_npy_write(qry_ctx *ctx, const char *path, int dims, const size_t *shape, const double *items);

/** The array of that name in an archive that NumPy's savez or savez_compressed wrote: read as a .npy file, unpacked piece
 *  by piece, its checksum tested; sizes are checked before allocation. */
qry_array *qry_npz_read(qry_ctx *ctx, const char *path, const char *name, qry_span where);
/** What an archive is read as: "a state ...", and a hint how to come by one. */
typedef struct qry_npz_use {
    const char *what, *hint;
} qry_npz_use;
/** The same for an array that marks archives of such a use: one without it is reported as no such thing. */
qry_array *qry_npz_read_for(qry_ctx *ctx, const char *path, const char *name, const qry_npz_use *use);
typedef struct qry_npz_entry {
    const char *name; /* shorter than 500 bytes */
    const qry_array *array;
} qry_npz_entry;
/** Writes such an archive, not compressed, with items of 64 bits; whole or not at all. The same arrays make the same bytes. */
bool qry_npz_write(qry_ctx *ctx, const char *path, const qry_npz_entry *entries, size_t count);

/* ---- output files (output.c) ---- */

/** A file that appears whole or not at all: written without a name, or under a temporary one, in the folder of the file,
 *  and given its name by qry_output_commit. A link is followed: what it points to is replaced. "-" is standard output;
 *  it, and what is no regular file (/dev/null, a pipe), is written directly. A failed write is reported once, and commit
 *  then returns false. Freeing an uncommitted output removes the temporary file; so does a qry_give_up, after which only
 *  qry_output_free may be called. */
typedef struct qry_output qry_output;
/** NULL after a report when the file cannot be created. */
qry_output *qry_output_open(qry_ctx *ctx, const char *path);
void qry_output_write(qry_output *output, const char *bytes, size_t length);
void qry_output_printf(qry_output *output, const char *format, ...) QRY_PRINTF(2, 3);
/** Flushes, checks, renames and frees. True when every byte is where it should be. */
bool qry_output_commit(qry_output *output);
void qry_output_free(qry_output *output);
/** Bytes written so far. */
uint64_t qry_output_bytes(const qry_output *output);
/** Direct access to the buffer for fast printers: room for at least `size` bytes (at most 64 KiB), then say
 * how many were used. */
char *qry_output_reserve(qry_output *output, size_t size);
void qry_output_advance(qry_output *output, size_t used);

#endif
