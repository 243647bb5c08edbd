/* sparse.h: how the sparse engine holds a state and what it has planned. Private to sim/sparse/.
 *
 * The state is a list of rows (live basis states) with an amplitude each. Of every qubit a row knows a value v and a
 * frame f: (v, 0) is |v>, (v, 1) is |+> or |->. Rows come in blocks of 512; in a block, v and f of a qubit are
 * constants or planes. Most are constants, so a block is small.
 *
 * Amplitudes may have more axes than rows have: a register that nothing depends on so far only multiplies them. Then
 * a cell is in a lower block, for 512 rows and whatever the other axes are, or, once it depends on these, in the
 * upper blocks, one for every 512 amplitudes. A gate that has an operand there takes all of them there (lift.h).
 *
 * A world is a set of rows with a fixed meaning. In a world with axes, row r is the basis state in which axis qubit i
 * has the value of bit i of r, and everything else is a function of that: Hadamards on axes are butterflies on the
 * amplitudes, and plans made in it stay valid for ever. Worlds with axes are kept; a world without structure, which a
 * general gate or a partial measurement leaves, lives until the next one.
 *
 * A transition is what a stretch of the circuit does to the cells of a world, from one known state of them to another.
 * Transitions are found again by their key, so that a repeated oracle is planned once. */
#ifndef QRY_SPARSE_H
#define QRY_SPARSE_H

#include "sim/sim.h"
#include "sim/sparse/kernels.h"

/* Axes whose values differ within a block. */
enum { AXES_IN_BLOCK = 9 };

/* ---- literals: 0 and 1 are constants; above, twice an identity, plus 2, plus 1 if inverted ---- */

typedef uint32_t literal;

static inline bool is_data(literal x) { return x > 1; }
static inline uint32_t literal_id(literal x) { return (x - 2) >> 1; }
static inline bool is_inverted(literal x) { return x & 1; }
static inline literal make_literal(uint32_t id, bool inverted) { return (id << 1 | inverted) + 2; }

/** What a block knows of a qubit. Identities are storages (in place) or values of the block's graph (numbered). */
struct cell {
    literal v, f;
};

/** In a lower block, with f: the qubit's cell is in the upper blocks, and v and f are what they were when it went
 *  there. Who looks at f alone finds data, as is right for a qubit of which this block does not know the value; who
 *  wants the literal that it was takes frame_of. */
#define CELL_IS_UPPER ((literal)1 << 31)
static inline bool is_upper(struct cell c) { return c.f & CELL_IS_UPPER; }
static inline literal frame_of(struct cell c) { return c.f & ~CELL_IS_UPPER; }

/* 128 bits that name a state of all cells of a world: the exclusive or over the cells that are not 0 of two hashes of
 * what is there. Equal names are taken for equal states; that two of the 10^6 states of a long run share one by chance
 * has a probability of about 10^12 / 2^128. */
typedef struct identity {
    uint64_t a, b;
} identity;

static inline bool same_identity(identity x, identity y) { return x.a == y.a && x.b == y.b; }

/** Spreads the bits of x over all 64: the end of splitmix64. */
static inline uint64_t scramble(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

struct graph;
struct transition;

struct block {
    qry_ctx *ctx; /* its own when threads share the work */
    plane *storage;
    uint32_t used, room;
    struct cell *cell;
    uint64_t *tag;       /* in place: names the content of a storage; 0: zero, or what the world began with */
    struct graph *graph; /* numbered */
    size_t inputs;       /* numbered: how many values of the graph are inputs from the beginning */
    /* Numbered, of a lower block: values that upper blocks use; their numbers by value, plus 1; their planes. */
    uint32_t *export_number, *export;
    plane *export_plane;
    size_t export_number_room, export_count, export_room, export_plane_room, exports_computed;
    /* Numbered, of an upper block: by number of the export, the input that it is here. */
    struct import *import;
    size_t import_room;
    bool unfilled;    /* some have come since their planes were copied */
    size_t cell_room; /* of an upper block */
};

struct import {
    uint32_t value, storage; /* value plus 1; 0: none */
};

struct world {
    struct world *next;
    uint32_t axis_count;
    qry_qubit *axis; /* by bit of the row number; NULL: no structure */
    uint32_t inputs; /* storages STORE_FIRST .. hold what the cells of the first state refer to */
    size_t rows;     /* amplitudes */
    /* Blocks: first `lower` for the rows that the lowest row_axes axes span. If there are more axes, then an upper
     * block for every 512 amplitudes, of which those whose number is the same modulo `lower` are a family with that
     * lower block. Else the lower blocks are those of the amplitudes. */
    uint32_t row_axes;
    uint32_t lower, parts, block_count; /* parts: blocks of amplitudes */
    struct block *block;
    uint32_t *slot; /* by qubit: 1 plus its place in the cells of upper blocks; 0: never was there */
    qry_qubit *slot_qubit;
    uint32_t slot_count;
    size_t slot_room;
    identity state; /* of the cells now */
    identity first; /* of the cells as the world was made */
    identity known; /* the last state of which it was found out whether it is settled (axes.c) */
    bool known_settled;
    uint32_t width;                         /* cells per block */
    struct transition **forward, **reverse; /* hash chains by the two keys of a transition */
    size_t table_size, transitions;
    size_t planned;    /* bytes of transitions, about, */
    size_t kept;       /* and of the planes that are kept for them */
    size_t planned_ok; /* so many were found to be no trouble */
};

/* ---- plans in the making (plan.c) ---- */

struct plan_builder {
    uint32_t *operation; /* 4 numbers each */
    size_t count, room;  /* room counts numbers */
    struct plan_run *run;
    size_t run_count, run_room;
};

void plan_add(qry_ctx *ctx, struct plan_builder *builder, enum plan_kind kind, uint32_t a, uint32_t b, uint32_t c,
              uint32_t e);
/** Takes the last operation back. */
void plan_take_last(struct plan_builder *builder);
/** Packs what was built into *plan and empties the builder. */
void plan_finish(qry_ctx *ctx, struct plan_builder *builder, struct plan *plan);
/** Orders the operations of an in-place plan so that runs get long; worth its time for a plan that is run often. */
void plan_schedule(qry_ctx *ctx, struct plan *plan, uint32_t storages);
bool plan_has(const struct plan *plan, enum plan_kind kind);
void plan_free(qry_ctx *ctx, struct plan *plan);
void plan_builder_free(qry_ctx *ctx, struct plan_builder *builder);

/* ---- what a stretch of circuit does ---- */

struct change {
    qry_qubit qubit;
    struct cell before, after;
};

struct tag_change {
    uint32_t storage;
    uint64_t before, after;
};

/** A phase on the rows where the literal is 1; the angle in terms of those of the transition's definition, so that
 *  calls that differ in their angles only are one transition. */
struct phase {
    qry_angle angle;
    literal where;
};

/** A growing list of literals. */
struct literals {
    literal *item;
    size_t count, room;
};

/** A plane of the lower block that an upper one begins with. back: and backwards, since it left it as it was. */
struct copied {
    uint32_t from, to;
    bool back;
};

/** In one block. */
struct effect {
    struct change *change;
    size_t change_count, change_room;
    struct phase *phase;
    size_t phase_count, phase_room;
    literal sign; /* in place: of the sign storage, whose inversion counts; numbered: the value */
    /* In place: the plan of a leaf, and the names of the contents that it changes. */
    struct plan plan;
    struct tag_change *tagged;
    size_t tagged_count, tagged_room;
    bool guarded;          /* the plan checks frames that it took for zero */
    uint32_t runs;         /* how often the plan was run; up to a few */
    struct copied *copied; /* by an upper block from the lower one, before its plan runs */
    size_t copied_count, copied_room;
    /* Numbered: what must be zero, and how all that is wanted is computed. */
    struct literals guards, asserts;
    struct plan evaluation;
    uint32_t *result; /* storages of sign, phases, guards, asserts after the evaluation */
    uint32_t scratch; /* storages that the evaluation needs, */
    uint32_t planned; /* where scratch began when it was planned (graph_scratch); 0: it is not yet */
};

enum outcome {
    OUTCOME_RUNS,   /* the cells follow, and it can be run */
    OUTCOME_NEEDS,  /* some |+> inputs must become axes first */
    OUTCOME_DESCEND /* more than a permutation with phases: go into it step by step */
};

/** How a stretch is taken. WHOLE: all of it, or not at all. STEPS: gates of one body, up to where a dense gate acts on
 *  more than a constant. A frame that is not known to be 0 where a gate needs that is taken for 0, and the plan checks
 *  it; CAREFUL_STEPS end there instead. AHEAD, of the scout alone: what will be needed as axes, as far as can be
 *  seen. */
enum manner { WHOLE, STEPS, CAREFUL_STEPS, AHEAD };

/** What a transition is found by. */
struct key {
    identity from;
    uint64_t version; /* of the definition and all it calls; 0: not to be found */
    uint32_t definition, binding;
    uint32_t begin, end;
    bool inverse;
    enum manner manner;
};

struct child {
    struct transition *transition;
    bool backwards;
    bool is_part;     /* belongs to its composite; the others belong to the world */
    qry_angle *angle; /* of a call: its angles, in terms of those of the composite's definition */
    uint32_t angle_count;
};

/** Gates executed, as of qry_tally. */
struct executed {
    uint64_t gate[QRY_GATES];
    uint64_t controlled, controlled_t, controlled_toffoli, controlled_rotations;
};

struct transition {
    struct key key;
    struct key reverse;                     /* finds it from its other end */
    struct transition *next, *reverse_next; /* in the hash chains of the two keys */
    enum outcome outcome;
    qry_qubit *needs;
    size_t need_count;
    uint32_t stop;     /* of a leaf of steps: where it ends */
    bool must_resolve; /* and why, see scout.h */
    qry_qubit resolve;
    identity to;
    struct child *child; /* of a composite: its parts in order */
    size_t child_count, child_room;
    bool is_leaf;
    struct effect *effect;    /* one a block, */
    uint32_t block_count;     /* of so many: the lower blocks, or all; 0: none */
    bool one_way;             /* cannot be taken from its end */
    struct executed executed; /* forwards */
    bool acts;                /* has a sign, phases, or something to check, in some block */
    bool proved;              /* in place: it has run from this state without straying, so it always will */
    uint64_t *replay;         /* planes of the sign and of all phases, one after the other, rows / 64 words each */
    size_t replay_planes;     /* so many */
    size_t size;              /* bytes, as they are counted in the world's `planned` */
    uint64_t *used_after, *values_after; /* per block: where memory may be rolled back to */
    uint32_t noted;                      /* of so many blocks */
};

#endif
