/* kernels.h: the inner loops of the dense engine, one set for each instruction set and precision, chosen at run time. */
#ifndef QRY_DENSE_KERNELS_H
#define QRY_DENSE_KERNELS_H

#include "sim/dense/plan.h"
#include "sim/sim.h"

/** An operation as the loops read it; constants are in the precision of the state. */
struct register_op {
    uint16_t code;
    uint8_t registers;
    uint16_t lanes;
    uint32_t base_mask, base_value;
    const void *constants, *table;
};

/** What a thread has for itself. */
struct worker {
    void *re, *im;              /* a chunk */
    struct register_op *all;    /* operations of the batch */
    struct register_op *active; /* those that act in the chunk at hand, of one program */
    char *constants;
    size_t op_room, constant_room;
};

/** Lines of memory that will be wanted next: they are asked for while there is something else to do. Two arrays; line
 *  number i is at places[i >> run_bits], in bytes, and the low bits of i count lines from there. */
struct ahead {
    const char *re, *im;
    const size_t *place;
    uint32_t run_bits;
    size_t next, count, each; /* lines asked for in a tile */
};

struct kernels {
    const char *name;
    uint8_t lane_bits, tile_bits, real_size;
    /** Fills in the operations of a worker: once a batch. */
    void (*prepare)(const struct plan *plan, struct worker *worker);
    /** Runs all programs on a chunk whose outside positions have the values in `outside`. */
    void (*run)(const struct plan *plan, struct worker *worker, void *re, void *im, uint64_t outside,
                struct ahead *ahead);
    /** Copies `runs` stretches of 2^run_bits reals from places (in bytes) side by side, and back. */
    void (*gather)(void *to, const void *from, const size_t *place, size_t runs, uint32_t run_bits);
    void (*scatter)(void *to, const void *from, const size_t *place, size_t runs, uint32_t run_bits);
    /** Sum of |amplitude|^2. */
    double (*norm)(const void *re, const void *im, size_t count);
};

static inline void dense_ask_ahead(struct ahead *a)
{
    size_t end = a->next + a->each < a->count ? a->next + a->each : a->count, low = ((size_t)1 << a->run_bits) - 1;
    for (; a->next < end; a->next++) {
        size_t at = a->place[a->next >> a->run_bits] + (a->next & low) * VECTOR_BYTES;
        ASK_FOR(a->re + at);
        ASK_FOR(a->im + at);
    }
}

/** The set for a level that qry_simd_available allows. */
const struct kernels *dense_kernels(qry_simd simd, bool single);

extern const struct kernels dense_plain_double, dense_plain_single;
#if defined(__x86_64__)
extern const struct kernels dense_avx2_double, dense_avx2_single, dense_avx512_double, dense_avx512_single;
#endif

#endif
