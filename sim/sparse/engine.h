/* engine.h: the sparse engine as a whole, and what its files offer each other. Private to sim/sparse/. */
#ifndef QRY_ENGINE_H
#define QRY_ENGINE_H

#include "sim/engine.h"
#include "sim/sparse/sparse.h"

/** Operands of a definition as qubits of the program. Equal ones have one number. */
struct binding {
    uint64_t hash;
    uint32_t width;
    qry_qubit *map; /* NULL: the program itself */
    bool alive;     /* else the number is spare, and width the next spare one */
    bool used;      /* while what is not used any more is swept away */
};

/** What is known of a definition. What its own body holds is read anew when that has changed, the rest is put together
 *  in every round, that is, when any definition of the circuit has changed. */
struct knowledge {
    uint64_t round;   /* the last one */
    uint64_t version; /* the newest of it and all that it calls */
    qry_u128 gates;   /* in one call; saturates */
    bool classical;   /* measures, resets or asks bits somewhere */
    uint32_t nesting; /* of calls: 1 where there are none */

    uint64_t own_version; /* the version of the body that the following tells of; 0: of none */
    size_t own_ops;
    qry_u128 own_gates;
    bool own_classical;
    struct called {
        uint32_t definition;
        qry_u128 times; /* saturates */
    } * called;
    size_t called_count, called_room;
    size_t met; /* while learning: how many of these were looked at */
};

/** Gates, and what is no more than that: operations that a stretch may be cut at. */
static inline bool is_step(const qry_op *op)
{
    return op->kind < QRY_GATES || op->kind == QRY_OP_CONTROLLED || op->kind == QRY_OP_BARRIER;
}

/** Calls that are nested deeper are refused: running and planning them recurs. */
enum { MOST_NESTING = 1000 };

/** Operations begin .. end-1 of a body under a binding, forwards or backwards: what is walked, planned and run. */
struct stretch {
    const qry_definition *definition;
    uint32_t binding;
    uint32_t begin, end;
    bool inverse;
    const double *angle; /* the values of the definition's angles; not needed for planning */
};

struct mark;

struct sparse {
    qry_sim base; /* the engine as sim.c sees it */
    qry_sim_options options;
    const struct kernels *kernels;
    bool numbered; /* else in place */
    bool replay;

    uint32_t width;       /* of all worlds: the most qubits that the program ever had */
    struct world *worlds; /* with axes, and the one without where a shot begins */
    struct world *loose;  /* without structure; NULL if there is none */
    struct world *world;  /* the state is in this one */
    double *re, *im;      /* amplitudes, one a row of the world */
    size_t amplitude_room;
    bool complex;     /* some im may be nonzero */
    uint64_t delayed; /* axes whose Hadamards are still to be done to them (reflect.c) */
    uint64_t next_tag;

    struct binding *binding;
    size_t binding_count, binding_room;
    uint32_t spare_binding; /* first of the list of spare numbers; 0: none */
    uint32_t *binding_hash; /* number + 1; open addressing */
    size_t binding_mask;
    struct knowledge *knowledge; /* by definition number */
    size_t knowledge_room;
    uint64_t knowledge_round;
    uint32_t *learning; /* definitions whose callees are being looked at */
    size_t learning_room;
    uint64_t cuts; /* of the program, when what was planned for it last became stale */
    bool unswept;  /* definitions have changed since stale transitions were dropped */

    struct scout *scout;
    struct book *book;

    qry_random *random;
    uint8_t *bits;
    /* Rows that agree with what was measured: a bit each; valid while `counted`. The state is not reduced to them
     * yet. */
    uint64_t *left;
    size_t left_room;
    bool counted, struck; /* struck: some row is not left */
    struct mark *mark;    /* NULL: none */
    size_t kept_done;     /* while transitions are forgotten: those of how many operations of the program stay */

    qry_tally executed;
    double planning_seconds;
    int planning;       /* transitions being made, one inside the other */
    size_t peak_rows;   /* with the most amplitudes; */
    uint32_t peak_axes; /* and axes beside them */
};

/** A sparse engine for a circuit; options as of qry_sim_new, with a number of threads. */
qry_sim *sparse_new(qry_ctx *ctx, const qry_circuit *circuit, const qry_sim_options *options);

static inline struct sparse *sparse_of(qry_sim *sim) { return (struct sparse *)sim; }

/* ---- stretches (stretch.c) ---- */

struct stretch stretch_of_program(struct sparse *sim);
/** An angle in terms of some, put in terms of those that they are given by. */
static inline qry_angle angle_by(qry_angle angle, const qry_angle *given)
{
    if (angle.formal < 0)
        return angle;
    return (qry_angle){angle.factor * given[angle.formal].factor, given[angle.formal].formal};
}
/** Without the values of its angles. */
struct stretch stretch_of_call(struct sparse *sim, const struct stretch *caller, const qry_op *call);
const struct knowledge *stretch_knowledge(const struct sparse *sim, const qry_definition *definition);
/** Brings all knowledge up to date; true when something changed. */
bool stretch_learn(struct sparse *sim);
/** Frees the bindings that are not marked `used`; their numbers are given out again. */
void stretch_sweep_bindings(struct sparse *sim);

/** A gate of a stretch in qubits of the program, the inverse already taken. Where a gate has controls beyond those
 *  that the table gives it, all its controls stand in the list, and `gate` is what they control: x, not cx. */
struct flat_gate {
    qry_gate gate;
    qry_angle angle[QRY_MAX_ANGLES]; /* in terms of the angles of the stretch's definition */
    qry_qubit qubit[3];
    const qry_qubit *control; /* with QRY_NEGATIVE where they act at 0; until the next gate */
    uint32_t controls;
};

/** Zero but for scratch, which gives memory for the list; that is to be freed. */
struct gate_reader {
    qry_ctx *scratch;
    struct flat_gate gate;
    qry_qubit *list;
    size_t room;
};

/** The gate of an operation, which is no call or block; until the next one is read. map: operands as qubits of the
 *  program, NULL: it is the program; given: the angles of the definition in terms of which the gate's are wanted,
 *  NULL: its own. */
const struct flat_gate *gate_read(struct gate_reader *reader, const qry_definition *definition, const qry_qubit *map,
                                  const qry_angle *given, bool inverse, const qry_op *op);

struct flat_visitor {
    void *state;
    /** op: where in the stretch's own body. False stops the walk. */
    bool (*gate)(void *state, const struct flat_gate *gate, uint32_t op);
    /** End of a call: its operands, of which those with role WORK must be zero again. May be NULL. */
    bool (*leave)(void *state, const qry_definition *callee, const qry_qubit *map);
};

/** Walks all gates of a stretch, calls and repeats written out, in the direction of the stretch. scratch: takes the
 *  memory of open calls. */
bool stretch_walk(qry_ctx *scratch, const struct sparse *sim, const struct stretch *stretch,
                  const struct flat_visitor *visitor);

/* ---- worlds (world.c) ---- */

/** The world where a shot begins: one row, everything |0>. */
void world_start(struct sparse *sim);
/** A world without transitions. row_axes: see struct world. axis: NULL for one without structure, whose blocks then
 *  have `inputs` planes to be filled in. */
struct world *world_new(struct sparse *sim, const qry_qubit *axis, uint32_t axis_count, uint32_t row_axes, size_t rows,
                        uint32_t inputs);
/** The cell of a qubit in a block, which must be one of those where it is. */
static inline struct cell *world_cell(const struct world *w, uint32_t block, qry_qubit q)
{
    return &w->block[block].cell[block < w->lower ? q : w->slot[q] ? w->slot[q] - 1 : 0];
}
/** Whether the cells of a qubit are in the upper blocks now. */
static inline bool world_is_upper(const struct world *w, qry_qubit q) { return is_upper(w->block[0].cell[q]); }
/** The block that has the cell of a qubit for a part of the amplitudes. */
static inline uint32_t world_block(const struct world *w, uint32_t part, qry_qubit q)
{
    return world_is_upper(w, q) ? w->lower + part : part % w->lower;
}
/** The blocks that have a qubit's cells now: from *first on, so many. */
static inline uint32_t world_blocks(const struct world *w, qry_qubit q, uint32_t *first)
{
    *first = world_is_upper(w, q) ? w->lower : 0;
    return world_is_upper(w, q) ? w->parts : w->lower;
}
/** Places in upper blocks for qubits. */
void world_give_slots(struct sparse *sim, struct world *world, const qry_qubit *qubits, size_t count);
void world_free(struct sparse *sim, struct world *world);
/** More qubits in the program than before: cells for them in every world. */
void world_widen(struct sparse *sim);
/** Back to the first state of a world with axes: those, and everything else |0>. */
void world_reset(struct world *world);
/** The input number i of a block as a literal. */
literal world_input(const struct world *world, const struct block *block, uint32_t i);
/** Contribution of a cell to the identity of a state. */
identity world_cell_identity(const struct world *world, uint32_t block, qry_qubit qubit, struct cell cell);
/** Names the state of the cells anew, from all of them. */
void world_name_state(struct world *world);
/** Whether a qubit is the same in all rows, and no superposition but that of its frame: in a product with the rest. */
bool world_is_constant(const struct world *world, qry_qubit qubit);
/** Makes all cells of a constant qubit this constant, and names the state after that. */
void world_set_constant(struct world *world, qry_qubit qubit, struct cell constant);
/** Whether the frame of a qubit is 0 in all rows. */
bool world_is_in_z_frame(const struct world *world, qry_qubit qubit);
/** Number of the axis that a qubit is, or -1. */
int world_axis(const struct world *world, qry_qubit qubit);
/** Calls work for every family of blocks, by several threads if there are; jobs: one argument a family, `size` bytes
 *  apart. */
void world_each_family(struct sparse *sim, void (*work)(void *), void *jobs, size_t size);
/** Room for amplitudes; what is there stays. Gives up, with the size, when there is none. */
void world_reserve_amplitudes(struct sparse *sim, size_t rows);

/* ---- axes (axes.c) ---- */

/** Whether everything but the axes is constant, and those are bits of the row number. What can be made so is: planes
 *  that turn out to be constant are folded, rows are put in order, a single qubit that is |+> or |-> by row becomes
 *  an axis. Cheap when asked again in the same state. */
bool axes_settle(struct sparse *sim);
/** Makes axes of qubits that are |0>, |1>, |+> or |-> in all rows. The world must be settled. */
void axes_add(struct sparse *sim, const qry_qubit *qubits, size_t count);

/* ---- transitions (transition.c, table.c): what stretches do to cells ---- */

/** The transition of a stretch from the cells' present state: found, or made. backwards: it is one of the opposite
 *  stretch, to be taken from its end. */
struct child transition_get(struct sparse *sim, const struct stretch *stretch, enum manner manner);
/** Moves the cells of the world on. */
void transition_move(struct sparse *sim, struct transition *transition, bool backwards);
/** Drops the transitions whose definitions have changed, and takes back what only they had used. */
void transition_sweep(struct sparse *sim);
/** Counts what a transition holds now among what is planned in its world. */
void transition_account(struct world *world, struct transition *transition);
/** If there are very many, or they take most of the memory, drops those of the world. */
void transition_forget_if_many(struct sparse *sim);
/** Drops those of operations of the program behind the first `done`, and what else will hardly be met again. All worlds
 *  must be in their first state. */
void transition_forget_program(struct sparse *sim, size_t done);
void transition_free_all(struct sparse *sim, struct world *world);
/** The transition, found or made, that makes constants of the planes that hold one bit in all rows (axes aside). */
struct transition *transition_fold(struct sparse *sim);
/** Something about a qubit that follows from the state of the cells: found, or new and empty. NOTE_AXIS: whether it
 *  is the value of its axis, and alone in that. NOTE_SETTLED, of no qubit: whether the state is, if asking does not
 *  change it. Both say so by their outcome, once it is proved. */
enum note { NOTE_AXIS, NOTE_SETTLED, NOTES };
struct transition *transition_note(struct sparse *sim, enum note note, qry_qubit qubit);
struct book *book_new(qry_ctx *ctx);
void book_free(struct book *book);

/* ---- running them (execute.c) ---- */

/** Runs a transition whose cells have not been moved yet, and moves them. False: it strayed (a frame was not what the
 *  plan took it for); nothing has changed, and the transition says OUTCOME_DESCEND from now on. */
bool transition_run(struct sparse *sim, struct transition *transition, bool backwards, const double *angle);
/** Contents of literals of one block. */
void execute_planes(struct sparse *sim, uint32_t block, const literal *wanted, size_t count, plane *planes);
/** Content of one literal of a block; numbered, it is kept, and need not be computed again. */
void execute_kept(struct sparse *sim, uint32_t block, literal wanted, plane *values);
/** Values of qubits, or their frames where frame[i] (NULL: nowhere), in a part of the amplitudes. */
void execute_columns(struct sparse *sim, uint32_t part, const qry_qubit *qubits, const bool *frame, size_t count,
                     plane *planes);

/* ---- general operations on rows (rows.c) ---- */

/** Applies a 2 x 2 matrix (qry_gate_matrix) to a qubit on the rows where all controls are 1, or those with
 *  QRY_NEGATIVE 0.
 */
void rows_apply(struct sparse *sim, const double matrix[8], qry_qubit target, const qry_qubit *controls, size_t count);
/** Brings a qubit to the Z frame in every row. */
void rows_resolve(struct sparse *sim, qry_qubit qubit);
/** Brings every qubit to one frame: afterwards rows are orthogonal. */
void rows_resolve_mixed(struct sparse *sim);
/** Makes a world without structure anew, with nothing in it but what its cells refer to. */
void rows_renew(struct sparse *sim);
/** Keeps the rows whose bits are set, and scales them. */
void rows_keep(struct sparse *sim, const uint64_t *kept);

/* ---- execution (run.c) ---- */

/** Runs operations from .. to-1 of the program. */
void run_program(struct sparse *sim, size_t from, size_t to);

/* ---- measurement (measure.c) ---- */

void measure_into(struct sparse *sim, qry_qubit qubit, uint32_t bit);
void measure_reset(struct sparse *sim, qry_qubit qubit);
/** Carries out what measurements left to be done to the state. */
void measure_settle(struct sparse *sim);

/** Carries out the Hadamards that wait (reflect.c). To be called before amplitudes are read or written, rows get
 *  others, or axes. */
void reflect_settle(struct sparse *sim);

/* ---- drawing from the state (sample.c), and going back to it (mark.c): as of struct sim_engine ---- */

void sparse_sample(qry_sim *base, const qry_qubit *qubits, uint32_t count, qry_random *random, uint64_t shots,
                   void (*visit)(void *state, const uint8_t *values), void *state);
bool sparse_mark(qry_sim *base);
void sparse_rewind(qry_sim *base);
void mark_free(struct sparse *sim);
/** Raises *used and *values to how many storages and values of a block the mark, if there is one, refers to. */
void mark_keeps(const struct sparse *sim, const struct world *world, uint32_t block, uint64_t *used, uint64_t *values);

#endif
