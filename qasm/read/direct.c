/* direct.c: what the direct path knows of names. */
#include "qasm/read/direct.h"

#include <string.h>

static uint32_t add_word(struct reader_direct *direct, struct direct_word word)
{
    QRY_GROW(direct->tree->ctx, direct->words, direct->word_room, direct->word_count + 1);
    direct->words[direct->word_count] = word;
    return (uint32_t)direct->word_count++;
}

/* A gate of the program may take the name of one that an include brings. Any other name that is declared twice is a
 * mistake, which the check reports; it is not read directly after that. */
static void declare(struct reader_direct *direct, struct tree_name *name, struct direct_word word)
{
    const struct direct_word before = direct->words[name->direct];
    bool gate = word.kind == DIRECT_GATE || word.kind == DIRECT_CALL;
    if (before.kind == DIRECT_NOTHING || (before.standard && gate))
        name->direct = add_word(direct, word);
    else
        direct->words[name->direct].kind = DIRECT_TAKEN;
}

static void declare_of_table(struct reader_direct *direct, struct tree_name *name, qry_gate gate, bool standard)
{
    const qry_gate_info *info = &qry_gate_table[gate];
    declare(direct, name, (struct direct_word){DIRECT_GATE, gate, 0, info->angles, info->qubits, standard});
}

/* Gates that are there without an include. */
static const char *const language_gates[] = {"U", "gphase"};

struct reader_direct *qry_direct_new(struct tree_program *tree)
{
    struct reader_direct *direct = qry_alloc(tree->ctx, 1, sizeof *direct);
    direct->tree = tree;
    direct->errors = qry_error_count(tree->ctx);
    add_word(direct, (struct direct_word){.kind = DIRECT_NOTHING});
    for (size_t i = 0; i < sizeof language_gates / sizeof *language_gates; i++) {
        qry_gate gate = qry_gate_find(language_gates[i]);
        if (gate < QRY_GATES)
            declare_of_table(direct, qry_tree_name(tree, language_gates[i], strlen(language_gates[i])), gate, false);
    }
    return direct;
}

void qry_direct_free(struct reader_direct *direct)
{
    qry_ctx *ctx = direct->tree->ctx;
    qry_tree_free_stretch(direct->tree, &direct->piece);
    qry_free(ctx, direct->words);
    qry_free(ctx, direct->saved);
    qry_free(ctx, direct->seen);
    qry_free(ctx, direct);
}

void qry_direct_version(struct reader_direct *direct, enum tree_version version)
{
    for (size_t i = 0; version == TREE_VERSION_2 && i < sizeof language_gates / sizeof *language_gates; i++) {
        const struct tree_name *name = qry_tree_name(direct->tree, language_gates[i], strlen(language_gates[i]));
        direct->words[name->direct].kind = DIRECT_TAKEN;
    }
}

static uint32_t count(const struct tree_parameter *first)
{
    uint32_t n = 0;
    for (; first; first = first->next)
        n++;
    return n;
}

static void declare_gate(struct reader_direct *direct, const struct tree_stmt *stmt, bool standard)
{
    qry_gate gate = standard ? qry_gate_find(stmt->name->text) : QRY_GATES;
    qry_must(gate == QRY_GATES || qry_gate_table[gate].qubits == count(stmt->qubits));
    struct direct_word call = {DIRECT_CALL, stmt->number, 0, count(stmt->parameters), count(stmt->qubits), standard};
    if (strcmp(stmt->name->text, "CX") == 0) /* the language's own, or a gate: the check knows */
        declare(direct, stmt->name, (struct direct_word){.kind = DIRECT_TAKEN});
    else if (gate < QRY_GATES)
        declare_of_table(direct, stmt->name, gate, true);
    else
        declare(direct, stmt->name, call);
}

/* Registers are numbered one behind the other, as far as their sizes are known here. */
static void declare_qubits(struct reader_direct *direct, const struct tree_stmt *stmt)
{
    const struct tree_expr *size = stmt->size;
    uint32_t qubits = 1;
    if (size && size->kind == TREE_INTEGER && size->natural > 0 && size->natural < UINT32_MAX - direct->qubits)
        qubits = (uint32_t)size->natural;
    else if (size)
        direct->uncounted = true;
    enum direct_kind kind = direct->uncounted ? DIRECT_TAKEN : size ? DIRECT_REGISTER : DIRECT_QUBIT;
    declare(direct, stmt->name, (struct direct_word){.kind = kind, .number = direct->qubits, .size = qubits});
    direct->qubits += direct->uncounted ? 0 : qubits;
}

void qry_direct_declare(struct reader_direct *direct, const struct tree_stmt *stmt, bool standard)
{
    switch (stmt->kind) {
    case TREE_GATE:
        declare_gate(direct, stmt, standard);
        break;
    case TREE_QUBITS:
        declare_qubits(direct, stmt);
        break;
    case TREE_DECLARE:
    case TREE_CONST:
    case TREE_ALIAS:
    case TREE_DEF:
    case TREE_EXTERN:
    case TREE_OPAQUE:
        declare(direct, stmt->name, (struct direct_word){.kind = DIRECT_TAKEN});
        break;
    default:
        break;
    }
}

static void name_formal(struct reader_direct *direct, struct tree_name *name, enum direct_kind kind, uint32_t number)
{
    QRY_GROW(direct->tree->ctx, direct->saved, direct->saved_room, direct->saved_count + 1);
    direct->saved[direct->saved_count++] = (struct direct_saved){name, name->direct};
    name->direct = add_word(direct, (struct direct_word){.kind = kind, .number = number});
}

void qry_direct_enter(struct reader_direct *direct, struct tree_name *gate, struct tree_parameters parameters,
                      struct tree_parameters qubits)
{
    uint32_t number = 0;
    direct->within = true;
    direct->global_words = direct->word_count;
    name_formal(direct, gate, DIRECT_TAKEN, 0);
    for (const struct tree_parameter *p = parameters.first; p; p = p->next)
        name_formal(direct, p->name, DIRECT_PARAMETER, number++);
    number = 0;
    for (const struct tree_parameter *q = qubits.first; q; q = q->next)
        name_formal(direct, q->name, DIRECT_OPERAND, number++);
}

void qry_direct_leave(struct reader_direct *direct)
{
    while (direct->saved_count) {
        const struct direct_saved *saved = &direct->saved[--direct->saved_count];
        saved->name->direct = saved->direct;
    }
    direct->word_count = direct->global_words;
    direct->within = false;
}
