/* qasm.h: the circuit, the centre of the house. The compiler writes it, the printer prints it, the counter counts
 * it, the engines run it: what a user sees in a file is what was counted and what was simulated.
 *
 * A circuit is a list of definitions; the first is the program itself. A definition has operands (qubits) in named
 * groups, angles, and a body of 16-byte operations: gates, calls of other definitions (forward or inverse), repeated
 * blocks, named sections, measurements, conditions. Nothing is ever flattened in memory.
 *
 * Ownership: a circuit owns its definitions and names; what is added is copied. Definition pointers are valid until
 * qry_circuit_free. Qubits are numbers: operand positions of the definition whose body names them.
 * Errors: building gives up (base.h) only for memory; misuse aborts. Printing and counting report as they say. */
#ifndef QRY_QASM_H
#define QRY_QASM_H

#include "base/base.h"

/* ---- gates (gates.def, gates.c) ---- */

typedef enum qry_gate {
#define GATE(name, ...) QRY_GATE_##name,
#include "qasm/gates.def"
#undef GATE
    QRY_GATES /* how many there are */
} qry_gate;

enum { QRY_MAX_ANGLES = 3 }; /* of a gate of the table */

typedef enum qry_gate_class { QRY_PERMUTE, QRY_DIAGONAL, QRY_DENSE } qry_gate_class;

/** What is known of a gate; see gates.def for the words. */
typedef struct qry_gate_info {
    const char *name;
    uint8_t qubits, angles;
    uint8_t targets; /* the last so many qubits are acted on when all before them are 1; 0 of gphase */
    bool swaps;      /* SWAP shape: two targets */
    bool negate;     /* the inverse negates the angles */
    bool clifford;
    qry_gate inverse;
    qry_gate_class class;
    uint8_t t, t_depth, toffoli;
} qry_gate_info;

extern const qry_gate_info qry_gate_table[QRY_GATES];

/** An angle in radians: factor, or factor times the definition's own angle number `formal`. */
typedef struct qry_angle {
    double factor;
    int32_t formal; /* -1: a number */
} qry_angle;

/** The 2 x 2 matrix of a gate that is no SWAP, row by row: matrix[2 * k] + i matrix[2 * k + 1] for k = 0..3. angles: as many
 *  as the gate has. */
void qry_gate_matrix(qry_gate gate, const double *angles, double matrix[8]);
/** The gate that undoes this one; *angles, as many as it has, become its angles. */
qry_gate qry_gate_invert(qry_gate gate, qry_angle *angles);
/** The gate of that name, or QRY_GATES. */
qry_gate qry_gate_find(const char *name);

/* ---- the circuit (circuit.c, adopt.c) ---- */

typedef uint32_t qry_qubit;

/** Beyond the gates, what an operation can be. */
enum qry_op_kind {
    QRY_OP_CALL = QRY_GATES, /* a: definition, b: see qry_call_operands, c: first angle in angles[] */
    QRY_OP_REPEAT,           /* a, b: count (low, high 32 bits); c: index of its END */
    QRY_OP_SECTION,          /* a: name in the circuit's names; c: index of its END */
    QRY_OP_IF,               /* a: bit, b: wanted value; c: index of its END */
    QRY_OP_END,              /* c: index of what it ends */
    QRY_OP_MEASURE,          /* a: qubit, b: bit */
    QRY_OP_RESET,            /* a: qubit */
    QRY_OP_CONTROLLED, /* a: a gate with controls of its own, b: place in operands[]: how many controls, the controls, then
                          the gate's qubits; c: first angle in angles[] */
    QRY_OP_BARRIER,    /* b: place in operands[]: how many qubits, and they themselves; none: all there are */
    QRY_OP_KINDS       /* how many there are */
};

enum {
    QRY_OP_INVERSE = 1,    /* flag of a call */
    QRY_OP_SHARED = 2,     /* flag: its operands, and of a call its angles, are those of an operation before it */
    QRY_OP_SAME_QUBITS = 4 /* flag of a call: its operands alone are */
};

/** In the operand list of QRY_OP_CONTROLLED: the control that it is added to acts where its qubit is 0. */
#define QRY_NEGATIVE (UINT32_C(1) << 31)

/** A gate has its qubits in a, b, c; a gate with angles (two qubits at most) has its first angle in angles[c]. */
typedef struct qry_op {
    uint16_t kind, flags;
    uint32_t a, b, c;
} qry_op;

/** What an operand group is for. WORK is zero on entry and on exit, and engines assert it. */
typedef enum qry_role { QRY_ROLE_DATA, QRY_ROLE_ADDRESS, QRY_ROLE_WORD, QRY_ROLE_WORK } qry_role;

/** Operands first .. first + size - 1 of a definition; of the program: a quantum register. */
typedef struct qry_group {
    const char *name; /* [a-z][a-z0-9_]*, no gate's name nor a word that means something to a reader of OpenQASM */
    qry_qubit first;
    uint32_t size;
    qry_role role;
} qry_group;

/** Marks a definition as a part of a query, for the ledger. */
typedef struct qry_query_part {
    const char *table;
    const char *arch;
    uint32_t address, word;
    bool loads_address; /* a call moves the address in (its inverse: out); two of them are one address load */
    bool loads_word;    /* a call, or its inverse, fetches `word` bits */
} qry_query_part;

typedef struct qry_circuit qry_circuit;

typedef struct qry_definition {
    qry_circuit *circuit;
    uint32_t number;      /* its place in the circuit */
    const char *name;     /* as people read it: "load K" */
    uint32_t width;       /* operands */
    uint32_t angle_count; /* formal angles */
    uint64_t version;     /* grows with every qry_definition_clear; unique in the circuit */
    uint64_t cuts;        /* how often qry_definition_truncate was called */
    qry_group *groups;
    size_t group_count, group_room;
    qry_op *ops;
    size_t op_count, op_room;
    qry_qubit *operands; /* of calls, controlled gates and barriers: how many, then they themselves */
    size_t operand_count, operand_room;
    qry_angle *angles;
    size_t angle_pool_count, angle_room;
    uint32_t open; /* index + 1 of the innermost open REPEAT, SECTION or IF */
    const qry_query_part *query;
    struct qry_digest *counted;   /* NULL; or the digest of a body that is not kept (qry_definition_count) */
    struct qry_digester *counter; /* while that is being written */
} qry_definition;

/** A circuit with an empty program. Everything in it belongs to ctx. */
qry_circuit *qry_circuit_new(qry_ctx *ctx);
void qry_circuit_free(qry_circuit *circuit);
qry_ctx *qry_circuit_ctx(const qry_circuit *circuit);
/** Definition 0. */
qry_definition *qry_circuit_program(const qry_circuit *circuit);
size_t qry_circuit_definitions(const qry_circuit *circuit);
qry_definition *qry_circuit_definition(const qry_circuit *circuit, uint32_t number);
/** A new, empty definition. Names need not be unique; calls must not form a circle. */
qry_definition *qry_circuit_define(qry_circuit *circuit, const char *name, uint32_t angles);
/** Empties the body and the operand groups, so that the definition can be written anew; its version changes. Calls that
 *  are already somewhere need as many operands as before: who reads them looks (qry_call_operands). */
void qry_definition_clear(qry_definition *definition);
/** Whether two definitions of a circuit have the same operand groups and the same body; false of one that is counted. */
bool qry_definition_equal(const qry_definition *a, const qry_definition *b);
/** Moves operand groups and body of draft, a definition that nothing calls, to `definition`, whose version changes; the
 *  draft is empty then. Together with qry_definition_equal: rewriting only what differs. */
void qry_definition_adopt(qry_definition *definition, qry_definition *draft);
void qry_definition_set_query(qry_definition *definition, const qry_query_part *part);
/** Adds operands (to the program: a register); returns the first. The name is made legal, and unique, if it must be:
 *  "T" becomes "t_2", since t is a gate. */
qry_qubit qry_definition_group(qry_definition *definition, const char *name, uint32_t size, qry_role role);

/** Bits first .. first + size - 1 of a circuit. */
typedef struct qry_bit_register {
    const char *name; /* as of qry_group */
    uint32_t first, size;
} qry_bit_register;

/** A register of classical bits, one at least; returns the first. The name is made legal, and other than those of the program's groups
 *  and of the registers before it, if it must be. */
uint32_t qry_circuit_bit_register(qry_circuit *circuit, const char *name, uint32_t size);
/** More bits for the register called c, which is made when there is none and must be the last one; returns the first. */
uint32_t qry_circuit_bits(qry_circuit *circuit, uint32_t size);
uint32_t qry_circuit_bit_count(const qry_circuit *circuit);
/** All registers in the order of their bits; *count of them. */
const qry_bit_register *qry_circuit_bit_registers(const qry_circuit *circuit, size_t *count);
const char *qry_circuit_name(const qry_circuit *circuit, uint32_t name);

/* Appending to a body. Gates without angles first: unused qubits are ignored. */
void qry_add(qry_definition *definition, qry_gate gate, qry_qubit a, qry_qubit b, qry_qubit c);
void qry_add_angle(qry_definition *definition, qry_gate gate, qry_angle angle, qry_qubit a, qry_qubit b);
/** Any gate of the table: as many angles and qubits as it has. */
void qry_add_gate(qry_definition *definition, qry_gate gate, const qry_angle *angles, const qry_qubit *qubits);
/** A gate of the table under `count` more controls; QRY_NEGATIVE added to one: it acts where that qubit is 0. Where the
 *  table has the whole as a gate, that is appended (ctrl @ x = cx, ctrl @ cx = ccx, ctrl @ gphase = p, ...). */
void qry_add_controlled(qry_definition *definition, qry_gate gate, const qry_angle *angles, const qry_qubit *qubits,
                        const qry_qubit *controls, uint32_t count);
/** No gate, but what comes after it does not begin before these qubits are through with what comes before; count 0: all
 *  qubits. */
void qry_add_barrier(qry_definition *definition, const qry_qubit *qubits, uint32_t count);
/** A whole stretch of gates of the table and calls, in the form of a body of its own: places in operands and angles count
 *  from their first. Qubits and angles are checked, but not whether the operands of a call are all different. */
void qry_add_ops(qry_definition *definition, const qry_op *ops, size_t count, const qry_qubit *operands,
                 size_t operand_count, const qry_angle *angles, size_t angle_count);
/** operands: callee->width of them, all different; angles: callee->angle_count of them (NULL if none). */
void qry_add_call(qry_definition *definition, const qry_definition *callee, bool inverse, const qry_qubit *operands,
                  const qry_angle *angles);
/** Another call of what the operation `call` of the same body calls, on the same qubits, with angles of its own. */
void qry_add_call_again(qry_definition *definition, size_t call, const qry_angle *angles);
void qry_add_measure(qry_definition *definition, qry_qubit qubit, uint32_t bit);
void qry_add_reset(qry_definition *definition, qry_qubit qubit);
/** Blocks; each is closed by qry_end. */
void qry_begin_repeat(qry_definition *definition, uint64_t count);
void qry_begin_section(qry_definition *definition, const char *name);
void qry_begin_if(qry_definition *definition, uint32_t bit, bool value);
void qry_end(qry_definition *definition);
/** Appends the inverse of ops from .. to-1 of the same body, block by block. No measurement, reset or condition. */
void qry_add_inverse(qry_definition *definition, size_t from, size_t to);
/** Changes the count of the REPEAT at index op. A new count in a definition that can be called is a new version of it. The
 *  version of the program stays: engines read it anew with every shot, and keep their plans. */
void qry_set_repeat(qry_definition *definition, size_t op, uint64_t count);
/** Drops the operations behind the first op_count, with their operands and angles. No block may be open, nor be cut. Like
 *  what is appended, this leaves the version alone: for the program, between runs. Engines look at `cuts`. */
void qry_definition_truncate(qry_definition *definition, size_t op_count);

/** The operands of a call in the body of `caller`, as many as its definition has; aborts when that was written anew with
 *  more or fewer of them since, or is counted. All who read calls get them here. */
const qry_qubit *qry_call_operands(const qry_definition *caller, const qry_op *call);

/** The angle as a number, given the values of the definition's own angles. */
double qry_angle_value(qry_angle angle, const double *formals);

/* ---- walking gate by gate (walk.c) ---- */

/** One flat operation: a gate, a measurement or a reset, in qubits of the definition where the walk began. */
typedef struct qry_step {
    uint16_t kind; /* a qry_gate, QRY_OP_MEASURE or QRY_OP_RESET */
    qry_qubit qubit[3];
    uint32_t bit; /* of a measurement */
    double angle[QRY_MAX_ANGLES];
    uint32_t controls;        /* of a gate, beside those that the table gives it */
    const qry_qubit *control; /* with QRY_NEGATIVE where they act at 0; until the callback returns */
} qry_step;

/** Events of a walk; any may be NULL. A callback returns false to stop the walk. `enter` and `leave` surround
 *  sections and calls; conditions hold for the steps between begin_if and end_if. */
typedef struct qry_visitor {
    void *state;
    bool (*step)(void *state, const qry_step *step);
    bool (*enter)(void *state, const char *name, const qry_definition *callee, bool inverse);
    bool (*leave)(void *state);
    bool (*begin_if)(void *state, uint32_t bit, bool value);
    bool (*end_if)(void *state);
    /** A barrier; count 0: on all qubits. */
    bool (*barrier)(void *state, const qry_qubit *qubits, uint32_t count);
} qry_visitor;

/** Walks a definition as if everything were written out, in O(depth of calls) memory. angles: values of the
 *  definition's own angles. False when a callback stopped it. */
bool qry_walk(const qry_definition *definition, bool inverse, const double *angles, const qry_visitor *visitor);
/** The same for operations from .. to - 1 of its body alone, which cut no block. */
bool qry_walk_ops(const qry_definition *definition, size_t from, size_t to, bool inverse, const double *angles,
                  const qry_visitor *visitor);

/* ---- counting (count.c, depth.c) ---- */

/** Sums and products of counts: they stay at the greatest number there is instead of going round. */
static inline qry_u128 qry_sum(qry_u128 a, qry_u128 b)
{
    qry_u128 sum;
    return QRY_ADD_OVERFLOWS(a, b, &sum) ? ~(qry_u128)0 : sum;
}

static inline qry_u128 qry_product(qry_u128 a, qry_u128 b)
{
    qry_u128 product;
    return QRY_MUL_OVERFLOWS(a, b, &product) ? ~(qry_u128)0 : product;
}

/** Gates by name, and what is not a gate; under a condition as if it held. All exact; a number beyond 128 bits stays at
 *  the greatest there is, ~(qry_u128)0, which then means "at least".
 *  A gate with controls of its own (QRY_OP_CONTROLLED) is one gate, whichever it is, and costs what qry_cost_of_controlled
 *  says. gphase is a gate like others, but acts on no qubit: it takes no depth and is no rotation. */
typedef struct qry_tally {
    qry_u128 gate[QRY_GATES]; /* without controls of their own */
    qry_u128 controlled;      /* with such */
    qry_u128 controlled_t, controlled_toffoli, controlled_rotations;
    qry_u128 measurements, resets;
} qry_tally;

qry_u128 qry_tally_gates(const qry_tally *tally);
qry_u128 qry_tally_t(const qry_tally *tally);         /* T and Tdg, 7 a Toffoli or controlled swap, 2 a ch */
qry_u128 qry_tally_toffoli(const qry_tally *tally);   /* ccx, cswap, and those that controlled gates cost */
qry_u128 qry_tally_clifford1(const qry_tally *tally); /* Clifford gates of one qubit */
qry_u128 qry_tally_rotations(const qry_tally *tally); /* gates with angles, but not gphase; U is one */
/** Adds `times` gates with `controls` more controls than the table gives them. */
void qry_tally_add_controlled(qry_tally *tally, qry_gate gate, uint32_t controls, qry_u128 times);

/** What a gate under controls of its own costs, by convention. Let k be all its controls, the table's among them: a ladder
 *  of k - 1 Toffolis brings them together on one work qubit, the gate of the table with one control follows, and the ladder
 *  is undone: 2 (k - 1) Toffolis and that gate; for x, y and z, where the last rung is the gate itself, 2 k - 3. A phase of
 *  everything under k controls is a phase of one of them under the others. What has no gate with one control in the table
 *  (U, s, t, sx, ...) is then a rotation. The ladder's Toffolis come one after the other. */
typedef struct qry_controlled_cost {
    uint64_t toffoli, t, t_depth; /* t: 7 a Toffoli among them */
    bool rotation;
} qry_controlled_cost;

qry_controlled_cost qry_cost_of_controlled(qry_gate gate, uint32_t controls);
void qry_tally_add(qry_tally *to, const qry_tally *tally, qry_u128 times);
/** As qry_tally_add; for an inverse every gate as the one that undoes it. */
void qry_tally_add_undone(qry_tally *to, const qry_tally *tally, qry_u128 times, bool inverse);

/** Queries of one table. */
typedef struct qry_query_count {
    const qry_query_part *part; /* table, arch, address and word bits, of the first part met */
    qry_u128 address_halves;    /* moves of the address in or out; two are one load */
    qry_u128 loads;
} qry_query_count;

/** Depth: every gate, measurement and reset one step, as early as its qubits are free, and under a condition not before
 *  its bit is measured. T-depth: as many steps as gates.def says, T and Tdg one, a Toffoli or controlled swap three.
 *  Exact up to QRY_DEPTH_LIMIT operations, and beyond where repeated blocks settle into a rhythm; else an upper bound,
 *  the sum over the parts. */
typedef struct qry_depth {
    qry_u128 depth, t_depth;
    bool exact;
} qry_depth;

enum { QRY_DEPTH_LIMIT = 1 << 30 };

/** The tree of subroutines is cut at so many nodes and so many levels, with a note; what lies deeper is counted in the
 *  `self` of the node where it was cut off. */
enum { QRY_COUNT_NODES = 10000, QRY_COUNT_LEVELS = 200 };

/** A subroutine: a section or a called definition, by path. Same name under the same parent is one node; an inverse call
 *  counts like any other. */
typedef struct qry_count_node {
    const char *name;
    const char *path; /* names from the top, "/" between; "" of the top itself */
    qry_u128 calls;
    uint32_t width; /* of a definition its operands, of a section the qubits it touches; the most, where they differ */
    qry_tally self, inclusive;
    qry_u128 loads, address_halves; /* of queries of all tables, inclusive */
    qry_depth
        depth; /* of one call, the deepest where they differ; depth 0 and not exact: not known, of long sections */
    struct qry_count_node *parent, *first_child, *next;
} qry_count_node;

typedef struct qry_count {
    qry_tally total;
    qry_depth depth;
    uint32_t qubits, ancilla_peak; /* ancilla: operands with role WORK */
    qry_query_count *queries;      /* by table, in the order in which they are met */
    size_t query_count;
    qry_count_node *root; /* the whole; its children are the subroutines */
} qry_count;

/** Counts a definition (the program: the whole circuit) by multiplicity, without flattening: every body is read once.
 *  Arena memory, independent of the circuit. */
const qry_count *qry_circuit_count(qry_arena *arena, const qry_definition *definition);
/** The tally alone, cached nowhere; cost: operations of the definitions reached, each once. */
void qry_definition_tally(const qry_definition *definition, qry_tally *tally);
qry_depth qry_definition_depth(const qry_definition *definition);
/** The same for callers in a hurry: walks at most `exact_below` operations of each definition. A definition that needs
 *  more counts as the sum over its calls and over the stretches of gates between them, times the repeats. */
qry_depth qry_definition_depth_bound(const qry_definition *definition, uint64_t exact_below);

/* ---- counting again and again (digest.c) ---- */

typedef struct qry_digest_call {
    uint32_t callee; /* number of the definition */
    bool inverse;
    qry_u128 times;
} qry_digest_call;

/** What a body has in it by itself, and what it calls how often, repeats multiplied out. The costs of a definition follow
 *  from its digest and those of its callees; a digest holds as long as the definition's version, that of the program until
 *  the next qry_set_repeat. */
typedef struct qry_digest {
    qry_tally own;
    qry_u128 depth,
        t_depth; /* of its own stretches of operations, those between calls, repeats and conditions, added up */
    qry_digest_call *calls; /* every callee once in either direction */
    size_t call_count, call_room;
} qry_digest;

/** Memory for reading, to be used again and again. */
typedef struct qry_digester qry_digester;
qry_digester *qry_digester_new(qry_ctx *ctx);
void qry_digester_free(qry_digester *digester);
/** Reads a body, in the time of one pass over its operations; digest is zero or an older one, whose memory is used again
 *  and which belongs to the digester's context. */
void qry_digest_read(qry_digester *digester, const qry_definition *definition, qry_digest *digest);
void qry_digest_free(qry_ctx *ctx, qry_digest *digest);

/** Bodies that are too long to be kept. From qry_definition_count on, what is appended to an empty definition (qry_add alone)
 *  is read and dropped; qry_definition_counted ends that. The definition has a digest then, which qry_digest_read gives, and
 *  no operation: its costs are known, and nobody can run or print it. Until it is cleared. */
void qry_definition_count(qry_definition *definition, qry_digester *digester);
void qry_definition_counted(qry_definition *definition);
/** The same for a body without calls whose digest is known. */
void qry_definition_set_digest(qry_definition *definition, const qry_digest *digest);

/* ---- printing (print.c) ---- */

/** PORTABLE: OpenQASM 3.0 that Qiskit, Cirq, MQT, pyqasm and the QDK load and run alike. FULL: OpenQASM 3.1 that says all
 *  that a circuit has, and reads back to the same circuit. */
typedef enum qry_profile { QRY_PROFILE_PORTABLE, QRY_PROFILE_FULL } qry_profile;

/** NULL in their place: portable, no limit of operands, QRY_FLAT_LIMIT, no head. */
typedef struct qry_print_options {
    qry_profile profile;
    uint32_t
        max_operands;    /* portable: of a printed definition; 0: no limit. Larger ones are written out where called */
    uint64_t flat_limit; /* portable: up to so many gates everything is written out; above, definitions */
    const char *const *head; /* comment lines for the head of the file, without "// "; ASCII */
    size_t head_count;
} qry_print_options;

enum { QRY_FLAT_LIMIT = 20000 };

/** Writes the program.
 *  Portable: sections and calls stand between "// @enter NAME" and "// @leave NAME". Definitions that measure, or scale an
 *  angle that they are given, are never printed as such but written out. Warns of more than 1 GB of text, and of
 *  controlled rotations outside 0 .. 2 pi, which the QDK reads as another gate. False after a report, with nothing
 *  written, when the circuit has a condition, a reset, a barrier or a gate that is not in this profile.
 *  Full: every definition that is reached becomes a `gate`, or a `def` if it measures, resets or asks a bit; a repeated
 *  block becomes a `for`, an inverse call `inv @`, a controlled gate `ctrl @` and `negctrl @`, and sections (not calls)
 *  stand between the comments. False after a report, with nothing written, when a definition without qubits is called,
 *  which OpenQASM cannot say. */
bool qry_circuit_print(const qry_circuit *circuit, const qry_print_options *options, qry_output *output);

/** Whether two circuits are the same to who reads them (equal.c): registers of the program and of bits, and from the
 *  program on all definitions that are reached, operation by operation. Names of definitions and sections are compared as
 *  the full profile prints them; roles, names of a definition's operands and queries are no matter. */
bool qry_circuit_equal(const qry_circuit *a, const qry_circuit *b);

/** Writes every definition as it stands, an operation a line (dump.c). */
void qry_circuit_dump(const qry_circuit *circuit, FILE *stream);

/* ---- OpenQASM programs (read/, program/) ---- */

/** A program of OpenQASM 2 or 3, read and checked. Owned by its context. */
typedef struct qry_qasm qry_qasm;

/** Reads the grammar alone: opens no include, looks at no names. False after reports. */
bool qry_qasm_parse(qry_ctx *ctx, const qry_source *source);
/** Reads and checks a program and what it includes: stdgates.inc and qelib1.inc are built in, other paths are relative to
 *  the file that includes them. NULL after reports, at most QRY_MAX_ERRORS of them. */
qry_qasm *qry_qasm_read(qry_ctx *ctx, const qry_source *source);
void qry_qasm_free(qry_qasm *program);
/** The program as text that reads back to the same program, in the version of OpenQASM that it was written in. */
void qry_qasm_print(const qry_qasm *program, qry_output *output);

/** A variable of a program that its user sees: an input, an output, or a bit register declared outside of all blocks. */
typedef struct qry_variable {
    const char *name;
    const char *type; /* "uint[8]" */
    uint32_t bits;    /* of a bit register its size, a lone bit 1; else 0 */
    bool input, output;
} qry_variable;

/** Inputs, outputs and bit registers in the order of their declaration; *count of them. */
const qry_variable *qry_qasm_variables(const qry_qasm *program, size_t *count);
/** Gives an input its value, before the program is elaborated or run: numbers in decimal, bits highest first, true or
 *  false. False after a report. */
bool qry_qasm_set_input(qry_qasm *program, const char *name, const char *text);

/** What a program is when it is written out as far as that can be done without running it: loops gone through, subroutines
 *  and constants put in. */
typedef struct qry_elaboration {
    qry_circuit *circuit; /* belongs to the program */
    /** The circuit is the program: running one is running the other, and the bits of `variable` stand where `place` says.
     *  Else something hangs on measured bits that a circuit cannot say (a `while`, an index, arithmetic that decides): the
     *  circuit then has every branch once and every such loop once, good for looking at, and `why` is the first such place. */
    bool exact;
    qry_span why;
    const char *why_text;
    const uint32_t *const
        *place;               /* by variable: of every bit of a register the circuit's bit, or QRY_BIT_0, QRY_BIT_1 */
    const char *const *value; /* by variable: of an output that is no register its value, as text */
    bool timed;               /* there are delays, boxes with a duration or stretches, which take no time here */
} qry_elaboration;

enum { QRY_BIT_0 = 0xfffffffe, QRY_BIT_1 = 0xffffffff };

/** NULL after a report: an extern is called, an input is missing, a gate has nothing but a defcal, an index lies outside. */
const qry_elaboration *qry_qasm_elaborate(qry_qasm *program);

/** What runs a program step by step. `flush` is called when a measured bit must be known: the operations that were
 *  appended to the program of `circuit` since the last flush are to be run, and `bits` filled in. */
typedef struct qry_machine {
    void *state;
    qry_circuit *circuit;
    uint8_t *bits; /* by number of the circuit's bits, at least qry_qasm_run's `bits` of them */
    void (*flush)(void *state);
    uint64_t max_steps; /* statements executed before the run is given up with an error */
    /* Operations that the machine has already: the first `ready` of the program need not be appended again, they would be
     * the same as in the last run (up to the first flush a program does the same in every run). */
    size_t ready;
} qry_machine;

/** A circuit with the registers of the program, its gates as definitions, and room for its bits: what a machine begins
 *  with. Belongs to the program until it is freed. */
qry_circuit *qry_qasm_circuit(qry_qasm *program);
/** Runs the program once; not after an elaboration that is exact, whose circuit says it all. False after a report at the
 *  place in the source (index outside, division by zero, too many steps). */
bool qry_qasm_run(qry_qasm *program, qry_machine *machine);
/** After a run: a variable's bits (bit i of the register in bits[i]), or its value as text. */
void qry_qasm_bits(const qry_qasm *program, size_t variable, uint8_t *bits);
const char *qry_qasm_value(const qry_qasm *program, size_t variable, qry_arena *arena);

#endif
