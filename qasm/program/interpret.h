/* interpret.h: what the files of the interpreter share. Private to qasm/program/.
 *
 * The interpreter goes through the checked tree and appends operations to a circuit. It has two machines: elaboration,
 * which has no engine, so that what hangs on a measurement is unknown to it, and the live one of qry_qasm_run.
 *
 * No function of a program can call itself, so a variable has one value at a time: its cell, which hangs on its symbol.
 * What expressions need lives in an arena that every statement rewinds. Functions that return bool return false when the
 * run is over: after a report. */
#ifndef QRY_QASM_INTERPRET_H
#define QRY_QASM_INTERPRET_H

#include "qasm/map.h"
#include "qasm/program/symbol.h"
#include "qasm/program/value.h"

/* ---- values while the program runs ---- */

#define QASM_NO_HOME     UINT32_MAX
#define QASM_UNKNOWN_BIT UINT32_MAX /* a qasm_bit of which nothing is known: while a program is only looked at */

/* Qubits of the body that is being written. */
struct qasm_qubits {
    const qry_qubit *list; /* NULL: first, first + 1, ... */
    qry_qubit first;
    uint32_t count;
    bool one; /* a qubit, not a register of one */
};

static inline qry_qubit qasm_qubit(const struct qasm_qubits *qubits, uint32_t i)
{
    return qubits->list ? qubits->list[i] : qubits->first + i;
}

/* A bit of a variable. */
struct qasm_ref {
    qasm_bit *bit;
    uint32_t home; /* the circuit's bit that was made for it, or QASM_NO_HOME */
    struct qasm_cell *cell;
};

/* What a name stands for while the program runs. */
struct qasm_cell {
    struct qasm_value value;   /* bits and items: `own`, or those of the argument that a parameter refers to */
    struct qasm_value own;     /* the memory of a register or an array, once it has some; its type says of which */
    uint32_t home;             /* first bit of the circuit's register that was made for it, or QASM_NO_HOME */
    struct qasm_cell *of;      /* the variable whose items a parameter refers to */
    struct qasm_qubits qubits; /* of a parameter or an alias; with memory of its own: */
    qry_qubit *list;
    size_t list_room;
    struct qasm_view *view; /* of an alias of an array, of its items or of the bits of a number; NULL otherwise */
    struct qasm_view *own_view;
    struct qasm_ref *refs; /* of an alias of bits: as many as its type has; NULL otherwise */
    struct qasm_ref *ref_list;
    size_t ref_room;
    uint64_t scope;         /* the innermost branch that has saved its value */
    struct qasm_cell *next; /* all of a program */
};

/* ---- gates ---- */

/* An expression over the parameters of a gate. Equal ones are the same struct. */
struct qasm_angle;

/* An angle where a gate is used: a number, or in the body of a gate an expression over its parameters. */
struct qasm_argument {
    double number;
    const struct qasm_angle *angle; /* NULL: the number */
};

/* A gate that the program declares. */
struct qasm_gate {
    const struct tree_symbol *symbol;
    const struct qasm_angle *
        *slots; /* what its definition takes as angles: the parameters, then expressions over them */
    uint32_t slot_count;
    size_t slot_room;
    double *reach; /* by slot: the most that its value is multiplied by in the body or in what that calls, at least 1 */
    size_t reach_room;
    qry_map slot_of; /* by angle: its slot + 1 */
};

/* A circuit of the program, and what has been defined in it. */
struct qasm_writer {
    qry_circuit *circuit;
    uint32_t *defined; /* by number of a gate: its definition, 0 if it has none yet */
    qry_names made;    /* what was made from definitions, by a text that says how; and its definition: */
    uint32_t *made_as;
    size_t made_room;
    uint32_t first_hidden, hidden; /* bits for what is measured into no register */
    struct qasm_writer *next;
};

/* A gate with its modifiers, ready to be written. */
struct qasm_use {
    const struct tree_stmt *stmt;
    const struct tree_symbol *symbol;
    struct qasm_gate *composite; /* NULL: */
    qry_gate gate;               /* of the table */
    struct qasm_argument *arguments;
    uint32_t argument_count;
    struct qasm_argument phase;       /* of a U: a phase that comes with it */
    const qry_definition *definition; /* of a power: instead of the gate, without angles */
    int64_t exponent;
    uint32_t controls;
    bool *negative; /* by control */
};

/* ---- a run ---- */

struct qasm_bit_state {
    size_t first, last; /* behind which operation it was measured into first and last; 0: never */
    bool copied;        /* another place than its own refers to it */
};

/* The value that a branch which may not be taken found. */
struct qasm_saved {
    struct qasm_cell *cell;
    struct qasm_value before;
    uint64_t scope; /* of the cell before */
    struct qasm_saved *next;
};

/* A branch of the program that may not be taken. */
struct qasm_branch {
    uint64_t scope;
    size_t from, to; /* its operations */
    struct qasm_saved *saved;
    struct qasm_branch *outer;
};

enum qasm_flow { FLOW_ON, FLOW_BREAK, FLOW_CONTINUE, FLOW_RETURN, FLOW_END, FLOW_FAILED };

/* What a branch that may not be taken has left. */
enum qasm_left { LEFT_NOTHING, LEFT_LOOP, LEFT_CALL, LEFT_PROGRAM };

struct qasm_run {
    struct qry_qasm *program;
    qry_ctx *ctx;
    const struct tree_program *tree;
    qry_arena *scratch, *kept; /* rewound by every statement; of branches that may not be taken */
    struct qasm_writer *writer;
    qry_definition *body;       /* where operations go */
    struct qasm_gate *gate;     /* the gate whose body that is, or NULL */
    const qry_machine *machine; /* NULL: elaboration */
    size_t position;            /* operations of the program so far */
    size_t ready;               /* of which the machine has so many */
    size_t flushed;             /* and has run so many */
    uint64_t steps, max_steps;
    uintptr_t stack;             /* where the program's own stack begins on the machine's */
    struct qasm_bit_state *bits; /* by bit of the circuit */
    size_t bit_count, bit_room;
    uint32_t next_hidden, hidden_end;
    uint32_t chunk;               /* hidden bits that elaboration asked for last */
    struct qasm_branch *branch;   /* the innermost that may not be taken */
    struct tree_symbol *def;      /* the innermost that is running, or NULL */
    const struct tree_stmt *loop; /* the outermost that is running, or NULL */
    bool ended;                   /* `end` was met inside a call: the run is over without a report */
    enum qasm_left left;
    qry_elaboration *elaboration; /* NULL: live */
};

struct qry_qasm {
    qry_ctx *ctx;
    qry_arena *arena, *scratch, *kept;
    struct tree_program *tree;
    struct qasm_checked *checked;
    qry_variable *variables;
    struct tree_symbol **symbols; /* by variable */
    struct qasm_value *given;     /* by variable: of an input; without a type: none */
    size_t variable_count;
    struct qasm_gate *gates; /* by number */
    struct qasm_cell *cells;
    struct qasm_writer *writers;
    const struct qasm_angle **angles; /* a hash table */
    size_t angle_count, angle_room;
    size_t slot_count; /* of all gates */
    uint64_t angle_walks;
    struct qasm_bit_state *bits; /* memory of the last run */
    size_t bit_room;
    uint64_t *marks; /* by qubit: the marking that has seen it last */
    size_t mark_room;
    uint64_t marking;
    uint64_t scopes; /* numbers given to branches */
    bool flat;       /* nothing in it is run twice, so it is exact */
    bool elaborated;
    bool forgotten; /* stretches have been handed on to the elaborated circuit: it cannot be run any more */
    qry_elaboration elaboration;
};

/* ---- what goes wrong (run.c) ---- */

/** Reports, and returns false. In a branch that may not be taken during elaboration nothing is wrong yet: the program is
 *  then not exact, and true comes back: go on with something unknown. */
bool qasm_fail(struct qasm_run *run, struct tree_place place, const char *hint, const char *format, ...)
    QRY_PRINTF(4, 5);
/** The program does something here that a circuit cannot say. */
void qasm_inexact(struct qasm_run *run, struct tree_place place, const char *text);

/* ---- the program (qasm.c) ---- */

/** As qry_qasm_read. */
struct qry_qasm *qasm_program_read(qry_ctx *ctx, const qry_source *source, const struct tree_options *options);
void qasm_run_init(struct qasm_run *run, struct qry_qasm *program, struct qasm_writer *writer);

/* ---- statements (run.c, flow.c, call.c) ---- */

/** Statements one after the other; last: marks behind them. */
enum qasm_flow qasm_run_list(struct qasm_run *run, struct tree_stmt *first, const struct tree_mark *last);
enum qasm_flow qasm_run_one(struct qasm_run *run, struct tree_stmt *stmt);
enum qasm_flow qasm_run_if(struct qasm_run *run, struct tree_stmt *stmt);
enum qasm_flow qasm_run_for(struct qasm_run *run, struct tree_stmt *stmt);
enum qasm_flow qasm_run_while(struct qasm_run *run, struct tree_stmt *stmt);
enum qasm_flow qasm_run_switch(struct qasm_run *run, struct tree_stmt *stmt);
/** Whether a FOR does the same in every round, so that it can be a repeat of the circuit (plan.c). */
bool qasm_is_repeat(struct tree_stmt *stmt);
/** Whether a def does the same whenever it gets the same numbers, and nothing but gates on its qubits. */
bool qasm_is_closed(const struct tree_symbol *def);
/** One more statement; otherwise FLOW_ON no more: there have been too many. */
enum qasm_flow qasm_step(struct qasm_run *run, struct tree_place place);
/** Calls a def; its classical and quantum arguments in the order in which they are declared. */
bool qasm_call(struct qasm_run *run, struct tree_place place, struct tree_symbol *def,
               const struct tree_expr *arguments, const struct tree_expr *operands, struct qasm_value *result);

/* ---- branches that may not be taken (branch.c) ---- */

void qasm_branch_open(struct qasm_run *run, struct qasm_branch *branch);
/** Closes it: variables are what they were before. Returns what they were at its end, to be merged. */
struct qasm_saved *qasm_branch_close(struct qasm_run *run, struct qasm_branch *branch);
/** After both branches of a condition (other may be NULL): variables that differ are unknown, but for measured bits whose
 *  place in the circuit holds the right value either way. */
void qasm_branch_merge(struct qasm_run *run, const struct qasm_branch *taken, const struct qasm_saved *after,
                       const struct qasm_branch *other, const struct qasm_saved *after_other);
/** To be called before a cell's value changes. */
void qasm_save(struct qasm_run *run, struct qasm_cell *cell);
static inline void qasm_touch(struct qasm_run *run, struct qasm_cell *cell)
{
    if (run->branch)
        qasm_save(run, cell);
}
/** Makes all of a value unknown, in its place. */
void qasm_forget(struct qasm_value *value);
/** A copy with memory of its own. */
struct qasm_value qasm_copy(qry_arena *arena, const struct qasm_value *value);
/** Items of an array. */
size_t qasm_item_count(const struct qasm_type *type);

/* ---- conditions (condition.c) ---- */

enum qasm_truth { TRUTH_NO, TRUTH_YES, TRUTH_TESTS, TRUTH_UNKNOWN, TRUTH_FAILED };

struct qasm_test {
    uint32_t bit;
    bool value;
};

/* Tests of bits of the circuit, all of which must hold. */
struct qasm_tests {
    struct qasm_test *list;
    uint32_t count, room;
};

enum qasm_truth qasm_condition(struct qasm_run *run, const struct tree_expr *expr, struct qasm_tests *tests);
/** Whether an expression has this value. */
enum qasm_truth qasm_condition_equal(struct qasm_run *run, const struct tree_expr *expr, const struct qasm_value *value,
                                     struct qasm_tests *tests);

/* ---- expressions (evaluate.c, spot.c) ---- */

/** The value of an expression; measured bits in it may not be known yet (qasm_know). Bits and items are shared with
 *  variables. */
bool qasm_evaluate(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value);
/** The same before it becomes what its place asks for. */
bool qasm_evaluate_as_it_is(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value);
/** The value of a list {...} as an array of this type. */
bool qasm_evaluate_list(struct qasm_run *run, const struct tree_expr *expr, const struct qasm_type *type,
                        struct qasm_value *value);
/** The same, known or else marked unknown. */
bool qasm_evaluate_known(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value);
bool qasm_convert_at(struct qasm_run *run, struct tree_place place, const struct qasm_value *value,
                     const struct qasm_type *to, struct qasm_value *result);
/** A whole number that fits int64_t; *unknown. */
bool qasm_evaluate_integer(struct qasm_run *run, const struct tree_expr *expr, int64_t *number, bool *unknown);
/** The same for one that fits 128 bits and, without sign, 127. */
bool qasm_evaluate_wide(struct qasm_run *run, const struct tree_expr *expr, qry_i128 *number, bool *unknown);
/** A value as a number, an angle in radians. */
double qasm_radians(const struct qasm_value *value);
bool qasm_evaluate_radians(struct qasm_run *run, const struct tree_expr *expr, double *number);

/* Where a value is or goes: what a name with indices stands for. */
struct qasm_spot {
    enum { SPOT_UNKNOWN, SPOT_VALUE, SPOT_BITS, SPOT_PARTS, SPOT_ITEMS } kind;
    struct qasm_cell *cell; /* the variable */
    const struct qasm_type *type;
    struct qasm_value *value; /* VALUE; PARTS: the number whose bits they are; ITEMS: the first of the array */
    struct qasm_ref *refs;    /* BITS; NULL: one, which is */
    struct qasm_ref one;
    uint32_t *places, count; /* PARTS: the bits; ITEMS: offsets */
};

/* A place that an alias stands for, in memory that outlives the statement. */
struct qasm_view {
    struct qasm_spot spot;
    struct qasm_type type;
};

bool qasm_spot_of(struct qasm_run *run, const struct tree_expr *expr, struct qasm_spot *spot);
void qasm_spot_load(struct qasm_run *run, const struct qasm_spot *spot, struct qasm_value *value);
/** value: of the spot's type. */
bool qasm_spot_store(struct qasm_run *run, const struct qasm_spot *spot, const struct qasm_value *value);
const struct qasm_ref *qasm_spot_refs(const struct qasm_spot *spot);
/** A value of which nothing is known. */
void qasm_unknown(struct qasm_run *run, const struct qasm_type *type, struct qasm_value *value);
/** Converts and stores; for a cell the whole of it. */
bool qasm_assign(struct qasm_run *run, const struct qasm_spot *spot, struct tree_place place,
                 const struct qasm_value *value);

/* Places along a dimension of `size`. */
struct qasm_places {
    uint32_t first, count;
    const uint32_t *list; /* NULL: first alone */
    bool one, unknown;
};

bool qasm_places_of(struct qasm_run *run, const struct tree_expr *index, uint32_t size, struct qasm_places *places);
/** The numbers that a RANGE or SET goes through; `size` is for missing ends and negative numbers of an index, or 0. */
struct qasm_steps {
    qry_i128 start, step;
    qry_u128 count; /* 2^128 are counted as one less: nobody sees the last */
};

/** The number that comes at step i; beyond 128 bits it would wrap, which no step below count does. */
static inline qry_i128 qasm_at_step(const struct qasm_steps *steps, qry_u128 i)
{
    return (qry_i128)((qry_u128)steps->start + (qry_u128)steps->step * i);
}
bool qasm_range_of(struct qasm_run *run, const struct tree_expr *range, uint32_t size, struct qasm_steps *steps,
                   bool *unknown);

/** Whether anything of it is unknown. */
bool qasm_is_unknown(const struct qasm_value *value);

/* ---- cells (cell.c) ---- */

struct qasm_cell *qasm_cell_of(struct qasm_run *run, struct tree_symbol *symbol);
/** Gives a cell the memory of its type, zeroed. */
void qasm_cell_clear(struct qasm_run *run, struct qasm_cell *cell, const struct qasm_type *type);
void qasm_cell_store(struct qasm_run *run, struct qasm_cell *cell, const struct qasm_value *value);
/** Puts a value where another of its type stands in the variable of a spot. */
void qasm_put(struct qasm_run *run, const struct qasm_spot *spot, struct qasm_value *to, const struct qasm_value *from);

/* ---- measured bits (bits.c) ---- */

/** Runs what must be run so that the bits of a value are known; during elaboration the value may become unknown. */
void qasm_know(struct qasm_run *run, struct qasm_value *value);
/** 0, 1, or QASM_UNKNOWN_BIT. */
qasm_bit qasm_know_bit(struct qasm_run *run, qasm_bit bit);
void qasm_store_bit(struct qasm_run *run, const struct qasm_ref *ref, qasm_bit bit);
/** Measures into a variable's bit, or into a hidden one (ref NULL). */
qasm_bit qasm_measure_bit(struct qasm_run *run, qry_qubit qubit, const struct qasm_ref *ref);
/** What a MEASURE gives; with `into` it is stored there. */
bool qasm_measure(struct qasm_run *run, const struct tree_expr *measure, const struct qasm_spot *into,
                  struct qasm_value *value);
struct qasm_bit_state *qasm_bit_state(struct qasm_run *run, uint32_t bit);

/* ---- qubits and gates (operands.c, apply.c, gates.c, stretch.c) ---- */

bool qasm_qubits_of(struct qasm_run *run, const struct tree_expr *expr, struct qasm_qubits *qubits);
/** Room in the statement's memory for `needed` items where *room are: *list stays or moves, with the first `count`. */
void *qasm_lengthen(struct qasm_run *run, void *list, size_t count, size_t *room, size_t needed, size_t size);
/** Begins to mark qubits of the body that is being written, none of them seen yet. */
void qasm_mark_qubits(struct qasm_run *run);
/** Marks one; whether it was marked before. */
bool qasm_mark_qubit(struct qasm_run *run, qry_qubit qubit);
/** Reports when a qubit is there twice; *good: it is not. */
bool qasm_distinct(struct qasm_run *run, const struct tree_stmt *stmt, const qry_qubit *qubits, uint32_t count,
                   bool *good);
bool qasm_apply(struct qasm_run *run, const struct tree_stmt *stmt);
bool qasm_write_stretch(struct qasm_run *run, const struct tree_stmt *stmt);
/** The definition of a gate, made now if need be with those that it calls; NULL after a report. */
const qry_definition *qasm_defined(struct qasm_run *run, struct qasm_gate *gate);
/** The angle of an argument in the body that is being written: of a gate, one of its slots. reach: what it may be
 *  multiplied by where it goes. Reports when that is more than a float can hold. */
bool qasm_angle_here(struct qasm_run *run, struct tree_place place, struct qasm_argument argument, double reach,
                     qry_angle *angle);
/** The angles with which a gate's definition is called at this place. */
bool qasm_slot_angles(struct qasm_run *run, struct tree_place place, const struct qasm_gate *gate,
                      const struct qasm_argument *arguments, qry_angle *angles);
struct qasm_writer *qasm_writer_new(struct qry_qasm *program);
struct qasm_writer *qasm_writer_of(struct qry_qasm *program, const qry_circuit *circuit);
/** The definition made under a text, 0 if there is none yet; the pointer is valid until the next call. */
uint32_t *qasm_made(struct qasm_run *run, const char *text);

/** Appends: true when `count` operations of the body are to be written, false when the machine has them. */
bool qasm_write(struct qasm_run *run, size_t count);

/* ---- powers and controls of definitions (control.c, power.c) ---- */

/** The definition with controls in front; NULL after a report. */
const qry_definition *qasm_controlled(struct qasm_run *run, const struct qasm_use *use,
                                      const qry_definition *definition, const bool *negative, uint32_t controls);
/** Raises what has been gathered in `use` to a power that is no whole number. */
bool qasm_fraction(struct qasm_run *run, struct qasm_use *use, struct tree_place place, struct qasm_argument exponent);

/** A unitary 2 x 2 matrix as qry_gate_matrix gives it. */
void qasm_matrix_power(const double matrix[8], double exponent, double result[8]);
/** The angles of a power of the gate of the table in `use`, with its phase and exponent, for these arguments. */
void qasm_power_angles(const struct qasm_use *use, const double *arguments, double exponent, double angles[4]);
/** theta, phi, lambda and gamma with matrix = e^(i gamma) U(theta, phi, lambda). */
void qasm_matrix_angles(const double matrix[8], double angles[4]);

/* ---- angles over parameters (slots.c) ---- */

const struct qasm_angle *qasm_angle_parameter(struct qry_qasm *program, uint32_t number);
/** The angle that an expression stands for in the body that is being written. */
bool qasm_argument_of(struct qasm_run *run, const struct tree_expr *expr, struct qasm_argument *argument);
/** Arithmetic on arguments. */
struct qasm_argument qasm_argument_operate(struct qry_qasm *program, enum tree_operator op, struct qasm_argument a,
                                           struct qasm_argument b);
/** One of the four angles (qasm_matrix_angles) of a power of the gate of the table in `use`. */
struct qasm_argument qasm_argument_power(struct qry_qasm *program, const struct qasm_use *use,
                                         struct qasm_argument exponent, uint32_t which);
/** The angle with arguments in the place of its parameters. For other arguments than in the call before count
 *  program->angle_walks up first. */
struct qasm_argument qasm_angle_with(struct qry_qasm *program, const struct qasm_angle *angle,
                                     const struct qasm_argument *arguments);
/** Whether it is a multiple of a parameter. */
bool qasm_angle_multiple(const struct qasm_angle *angle, uint32_t *parameter, double *factor);

#endif
