/* state.h: the parts of a saved state: arrays with names, in an archive (.npz). Private to state*.c.
 *
 *   "quarry_state"   whole numbers: what version of this list it is, sizes, and words by their numbers
 *   "numbers"        of the kernel and of its limits
 *   "centre", ...    what rows need of the landmarks: state.c has the list
 *   "stage_..."      what making it took: state_stages.c */
#ifndef QRY_RUNTIME_NYSTROM_STATE_H
#define QRY_RUNTIME_NYSTROM_STATE_H

#include "runtime/nystrom/factor.h"

enum { QRY_STATE_ARRAYS = 32 };

typedef struct qry_state_writer {
    qry_arena *arena;
    qry_array array[QRY_STATE_ARRAYS];
    qry_npz_entry entry[QRY_STATE_ARRAYS];
    size_t count;
} qry_state_writer;

/** Items are kept, not copied. */
void qry_state_put_reals(qry_state_writer *writer, const char *name, int dims, const size_t *shape, double *items);
void qry_state_put_naturals(qry_state_writer *writer, const char *name, int dims, const size_t *shape, uint64_t *items);

typedef struct qry_state_reader {
    qry_ctx *ctx;
    const char *path;
} qry_state_reader;

/** The state is not what this version writes: reports why; returns false. */
bool qry_state_wrong(const qry_state_reader *reader, const char *format, ...) QRY_PRINTF(2, 3);
/** An array of exactly this shape, into room for it. False after a report. */
bool qry_state_take_reals(const qry_state_reader *reader, const char *name, int dims, const size_t *shape,
                          double *items);
bool qry_state_take_naturals(const qry_state_reader *reader, const char *name, int dims, const size_t *shape,
                             uint64_t *items);

/** state_stages.c: what was done once. Reading fills the facts' stages, for which there is room, with texts in context memory. */
void qry_state_put_stages(qry_state_writer *writer, const qry_attend_facts *facts);
bool qry_state_take_stages(const qry_state_reader *reader, qry_attend_facts *facts, size_t count);

#endif
