/* plan.h: what one pass over the state does: gates, and the register operations that they become.
 *
 * Positions are bits of the index of an amplitude in memory; a qubit has a position, which changes with every swap. A
 * batch works on chunks: the amplitudes that differ in its 2^chunk_bits inside positions only. Within a chunk indices are
 * local: inside position number i, counted from below, is bit i. The lowest local bits are lanes of a vector; a program
 * adds tile bits, whose values make the registers of a tile; what is left of a local index is the base of the tile. */
#ifndef QRY_DENSE_PLAN_H
#define QRY_DENSE_PLAN_H

#include "base/base.h"

/* GNU extensions. */
#define LOWEST_BIT(x)    __builtin_ctzll(x)
#define COUNT_ONES(x)    __builtin_popcountll(x)
#define ASK_FOR(address) __builtin_prefetch((address), 0, 2)

enum { MOST_TILE_BITS = 3, MOST_REGISTERS = 8, MOST_LANES = 16, VECTOR_BYTES = 64 };

/* ---- gates ---- */

enum gate_kind {
    GATE_PHASE, /* times matrix[0] + i matrix[1] where the controls hold; no target */
    GATE_FLIP,  /* X on the target where the controls hold */
    GATE_MATRIX /* the matrix on the target where the controls hold */
};

/* What a gate commutes with on its target: all that is a function of the same Pauli matrix. Controls are functions of Z. */
enum gate_axis { AXIS_X, AXIS_Y, AXIS_OTHER };

/** A gate on positions. */
struct gate {
    uint8_t kind, axis, target;
    uint64_t controls, values; /* it acts where (index & controls) == values */
    double matrix[8];          /* row by row, re and im side by side */
};

static inline uint64_t gate_target(const struct gate *g)
{
    return g->kind == GATE_PHASE ? 0 : (uint64_t)1 << g->target;
}

/** How a gate acts on positions: controls and phases are functions of Z there, a target one of its axis. */
struct action {
    uint64_t controls, target;
    uint8_t axis;
};

static inline struct action gate_action(const struct gate *g)
{
    return (struct action){g->controls, gate_target(g), g->axis};
}

/** What gates that were passed over do: a later gate may go before them if it commutes with all. */
struct passed {
    uint64_t z, axis[3];
};

static inline uint64_t passed_targets(const struct passed *p)
{
    return p->axis[AXIS_X] | p->axis[AXIS_Y] | p->axis[AXIS_OTHER];
}

static inline bool passed_blocks(const struct passed *p, struct action a)
{
    uint64_t targets = passed_targets(p);
    uint64_t same = a.axis == AXIS_OTHER ? 0 : p->axis[a.axis] & ~(p->axis[AXIS_OTHER] | p->axis[!a.axis]);
    return (a.controls & targets) | (a.target & (p->z | (targets & ~same)));
}

static inline void passed_add(struct passed *p, struct action a)
{
    p->z |= a.controls;
    p->axis[a.axis] |= a.target;
}

/* ---- operations on the registers of a tile ---- */

/* Number k is the tile bit that is the target. A matrix of one qubit is a scalar times diag(1, d) [[1, b], [-conj(b), 1]]
 * with |b| <= 1, |d| = 1: the scalar is kept apart (struct snapshot), and d, if it is not 1, is a phase. */
enum op_code {
    OP_FLIP,                                /* + k */
    OP_CX = OP_FLIP + 3,                    /* + 3 * control + k */
    OP_FLIP_WHERE = OP_CX + 9,              /* + k: in `registers` and `lanes` */
    OP_TURN_REAL = OP_FLIP_WHERE + 3,       /* + k: b real, d = 1 */
    OP_MIRROR_REAL = OP_TURN_REAL + 3,      /* + k: b real, d = -1 */
    OP_TURN_IMAGINARY = OP_MIRROR_REAL + 3, /* + k: b imaginary, d = 1 */
    OP_TURN = OP_TURN_IMAGINARY + 3,        /* + k: d = 1 */
    OP_MATRIX_WHERE = OP_TURN + 3,          /* + k: any matrix, in `registers` and `lanes` */
    OP_LANE_FLIP = OP_MATRIX_WHERE + 3,     /* the target is a lane bit: in `registers` and `lanes` */
    OP_LANE_REAL,                           /* matrix real, in all registers */
    OP_LANE_IMAGINARY,                      /* real on its diagonal, imaginary beside it, in all registers */
    OP_LANE_MATRIX,                         /* any matrix, in `registers` and `lanes` */
    OP_DIAGONAL,                            /* a factor for every lane of `registers` */
    OP_DIAGONAL_TABLE,                      /* the same times a factor from a table, by tile */
    OP_SCALE,                               /* all times matrix[0] */
    OP_CODES
};

struct op {
    uint8_t code, lane_target;      /* the lane bit that is the target */
    uint8_t registers;              /* a bit per register: where it acts */
    uint16_t lanes;                 /* a bit per lane: where it acts (of OP_DIAGONAL_TABLE: where the table does) */
    uint32_t base_mask, base_value; /* tiles where it acts: local index & mask == value */
    uint64_t outside_mask, outside_value; /* chunks where it acts */
    double matrix[8];
    uint32_t diagonal;  /* of the OP_DIAGONALs, in plan.diagonals */
    uint32_t constants; /* where its constants begin in the memory of a worker, in bytes */
};

/** Factors of a diagonal that change from chunk to chunk: product of those whose condition holds. */
struct outside_factor {
    uint64_t mask, value;
    double re, im;
};

/** Outside factors that act in the same registers and lanes. */
struct outside_group {
    uint8_t registers;
    uint16_t lanes;
    uint32_t first, count;
};

struct diagonal {
    uint32_t first_group, group_count;
    size_t table;                                 /* where its table begins, in reals */
    double factor[MOST_REGISTERS][MOST_LANES][2]; /* what is the same in every chunk */
};

/** One pass over a chunk: tile after tile is loaded, the operations are done in registers, and it is stored. */
struct program {
    uint8_t tile_bit[MOST_TILE_BITS]; /* local, ascending */
    uint32_t first, count;            /* operations */
};

/** A batch as workers execute it. Arrays are used again by the next batch. */
struct plan {
    uint32_t chunk_bits;
    uint64_t inside, targets; /* positions; of all gates */
    struct program *programs;
    size_t program_count, program_room;
    struct op *ops;
    size_t op_count, op_room;
    struct diagonal *diagonals;
    size_t diagonal_count, diagonal_room;
    struct outside_group *groups;
    size_t group_count, group_room;
    struct outside_factor *factors;
    size_t factor_count, factor_room;
    double *table; /* pairs of re and im; workers read `packed`, the same in the precision of the state */
    size_t table_count, table_room;
    void *packed;
    size_t packed_room;
    size_t constants; /* bytes that a worker needs for its constants */
};

#endif
