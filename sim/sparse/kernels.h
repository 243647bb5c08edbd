/* kernels.h: the inner loops of the sparse engine, one set for each instruction set, chosen at run time.
 *
 * A plane is the bit column of 512 rows of one qubit. Plans are lists of plane operations in runs of one kind; running
 * one backwards undoes it. */
#ifndef QRY_KERNELS_H
#define QRY_KERNELS_H

#include "sim/sim.h"

enum { PLANE_ROWS = 512, PLANE_WORDS = 8 };

/* The place of the lowest bit that is set; x is not 0. */
#define LOWEST_BIT(x) __builtin_ctzll(x)

typedef struct plane {
    _Alignas(64) uint64_t word[PLANE_WORDS];
} plane;

/* a, b, c, e are storages. What undoes each is in reversed_kind (kernels_body.h), too. */
enum plan_kind {
    PLAN_XOR,     /* a ^= b */
    PLAN_AND,     /* a ^= b & c */
    PLAN_AND_N,   /* a ^= b & ~c */
    PLAN_AND_NN,  /* a ^= ~b & ~c */
    PLAN_SWAP,    /* where c: a <-> b */
    PLAN_SWAP_N,  /* where ~c: a <-> b */
    PLAN_SPLIT,   /* b = a & c, a &= ~c;   backwards: a JOIN */
    PLAN_SPLIT_N, /* b = a & ~c, a &= c */
    PLAN_JOIN,    /* a ^= b;               backwards: a SPLIT */
    PLAN_JOIN_N,
    PLAN_Z,      /* x = c ^ e: sign ^= a & ~b & x, a ^= b & x      (a: value, b: frame) */
    PLAN_X,      /* x = c ^ e: sign ^= a & b & x, a ^= ~b & x */
    PLAN_CLEAR,  /* a = 0;                 backwards: an ASSERT */
    PLAN_GUARD,  /* strayed |= a;          backwards: a CLEAR */
    PLAN_ASSERT, /* dirty |= a;            backwards: a CLEAR */
    /* Out of place; c is the result. Backwards they compute it anew. */
    PLAN_XOR3,    /* c = a ^ b */
    PLAN_AND3,    /* c = a & b */
    PLAN_AND3_N,  /* c = a & ~b */
    PLAN_AND3_NN, /* c = ~a & ~b */
    PLAN_KINDS
};

/* Storages that every block has. */
enum { STORE_ZERO, STORE_ONES, STORE_SIGN, STORE_STRAYED, STORE_DIRTY, STORE_FIRST };

struct plan_run {
    uint32_t kind, count;
};

/** operations: 4 numbers each, 16 bits wide when all storages are below 65,536, else 32. */
struct plan {
    bool wide;
    size_t run_count, operation_count;
    struct plan_run *runs;
    void *operations;
};

struct kernels {
    const char *name;
    void (*run)(const struct plan *plan, plane *storage, bool backwards);
    /* Amplitudes, split; count is a multiple of 8 or below 8. im may be NULL: all zero. */
    void (*hadamard)(double *re, double *im, size_t count, uint64_t axes);    /* on every axis whose bit is set */
    void (*flip)(double *re, double *im, size_t count, const uint64_t *sign); /* times -1 where the bit is 1 */
    void (*turn)(double *re, double *im, size_t count, const uint64_t *where, double cosine, double sine);
    /* A matrix (re, im by row and column) on the pairs of amplitudes i and half + i, i < 64, whose bit in `on` is
     * set; where the bit in `swapped` is set, i is the one of value 1. im NULL: the matrix is real. */
    void (*rotate)(double *re, double *im, size_t half, const double matrix[8], uint64_t on, uint64_t swapped);
    /* Adds amplitudes to 64 sums, each to that of its number modulo 64, or takes such numbers off; count is a
     * multiple of 64 or below. */
    void (*add_up)(const double *part, size_t count, double *sum);
    void (*subtract)(double *part, size_t count, const double *off);
};

/** The set for a level that qry_simd_available allows. */
const struct kernels *kernels_for(qry_simd simd);

extern const struct kernels kernels_plain;
#if defined(__x86_64__)
extern const struct kernels kernels_avx2, kernels_avx512;
#endif

#endif
