/* kernels_plain.c: the loops of the dense engine in plain C, an amplitude at a time: no lanes, tiles of two qubits. */
#include "sim/dense/kernels.h"

#include <string.h>

#define TILE_BITS    2
#define LANE_BITS    0
#define KERNELS_NAME "plain C"

#define v_load(from)    (*(from))
#define v_store(to, a)  (*(to) = (a))
#define v_all(a)        ((vec)(a))
#define v_mul(a, b)     ((a) * (b))
#define v_fma(a, b, c)  ((c) + (a) * (b))
#define v_fnma(a, b, c) ((c) - (a) * (b))
#define v_fms(a, b, c)  ((a) * (b) - (c))
/* a in the lanes whose bit is 1, else b */
#define v_pick(lanes, a, b) ((lanes)&1 ? (a) : (b))
/* There are no lanes to exchange; the planner makes no operation that would. */
#define v_permute(a, index)      (a)
#define v_write_index(to, lanes) ((void)(to), (void)(lanes))

#define KERNELS  dense_plain_double
#define FN(name) name##_double
#define REAL     double
#define vec      double
#include "sim/dense/kernels_body.h"

#undef KERNELS
#undef FN
#undef REAL
#undef vec

#define KERNELS  dense_plain_single
#define FN(name) name##_single
#define REAL     float
#define vec      float
#include "sim/dense/kernels_body.h"
