/* follow.c: shows what the sparse engine does with one iteration of a small search, for docs/follow-one-search.md. Usage:
 *
 *   follow PROGRAM.qry states    the state after each part of the round
 *   follow PROGRAM.qry gates     the plan of the oracle in that mode, and what is in the storages when it has run
 *   follow PROGRAM.qry numbered  the same in that mode
 *
 * It looks into the engine through its private headers. The search must have at most 64 states. */
#include "compiler/compiler.h"
#include "sim/sparse/engine.h"

#include <string.h>

/* ---- states ---- */

struct state_printer {
    const qry_definition *program;
    const qry_group *address;
};

static void print_registers(const struct state_printer *p, const uint8_t *label)
{
    for (size_t g = 0; g < p->program->group_count; g++) {
        const qry_group *group = &p->program->groups[g];
        bool zero = true;
        for (uint32_t i = 0; i < group->size; i++)
            zero = zero && !label[group->first + i];
        if (zero && group != p->address)
            continue;
        printf(" %s=", group->name);
        for (uint32_t i = group->size; i-- > 0;)
            putchar('0' + label[group->first + i]);
    }
}

static void print_row(void *state, const uint8_t *label, double re, double im)
{
    qry_must(im == 0);
    printf("  %+.4f ", re);
    print_registers(state, label);
    printf("\n");
}

static void print_state(qry_ctx *ctx, const qry_search *search, const char *after)
{
    const qry_definition *program = qry_circuit_program(search->circuit);
    qry_sim *sim = qry_sim_new(ctx, search->circuit, NULL);
    qry_sim_shot(sim, NULL, NULL);
    printf("%s\n", after);
    struct state_printer printer = {program, program->groups};
    qry_sim_amplitudes(sim, 1e-9, print_row, &printer);
    qry_sim_free(sim);
}

static const qry_definition *find(const qry_search *search, const char *name)
{
    for (size_t i = 0; i < qry_circuit_definitions(search->circuit); i++) {
        const qry_definition *d = qry_circuit_definition(search->circuit, (uint32_t)i);
        if (strcmp(d->name, name) == 0)
            return d;
    }
    qry_must(!"the part is there");
    return NULL;
}

/* The program := registers as they were, and H on the address. */
static void begin_program(qry_ctx *ctx, const qry_search *search)
{
    qry_definition *program = qry_circuit_program(search->circuit);
    size_t count = program->group_count;
    qry_group *group = qry_alloc(ctx, count, sizeof *group);
    memcpy(group, program->groups, count * sizeof *group);
    qry_definition_clear(program);
    for (size_t g = 0; g < count; g++)
        qry_definition_group(program, group[g].name, group[g].size, group[g].role);
    for (uint32_t i = 0; i < search->address; i++)
        qry_add(program, QRY_GATE_h, search->first + i, 0, 0);
    qry_free(ctx, group);
}

/* The oracle has the registers of the program, so its operations can be moved there one by one. */
static void show_states(qry_ctx *ctx, qry_search *search)
{
    const qry_definition *oracle = find(search, "oracle"), *diffusion = find(search, "diffusion");
    qry_definition *program = qry_circuit_program(search->circuit);
    qry_must(oracle->width == program->width);
    begin_program(ctx, search);
    print_state(ctx, search, "prepare");
    for (size_t i = 0; i < oracle->op_count; i++) {
        const qry_op *op = &oracle->ops[i];
        if (op->kind < QRY_GATES) {
            qry_add(program, (qry_gate)op->kind, op->a, op->b, op->c);
            print_state(ctx, search, "phase");
        } else if (op->kind == QRY_OP_CALL) {
            const qry_definition *callee = qry_circuit_definition(search->circuit, op->a);
            bool inverse = op->flags & QRY_OP_INVERSE;
            qry_add_call(program, callee, inverse, qry_call_operands(oracle, op), NULL);
            char after[64];
            snprintf(after, sizeof after, "%s%s", inverse ? "inverse of " : "", callee->name);
            print_state(ctx, search, after);
        }
    }
    qry_qubit operands[64];
    for (qry_qubit q = 0; q < diffusion->width; q++)
        operands[q] = q < search->address ? search->first + q : program->width - diffusion->width + q;
    qry_add_call(program, diffusion, false, operands, NULL);
    print_state(ctx, search, "diffusion");
}

/* ---- plans ---- */

/* What an operation does; $a, $b, $c, $e are its storages. ORDER PLAN_KIND. */
static const char *const plan_text[PLAN_KINDS] = {
    "$a ^= $b",
    "$a ^= $b & $c",
    "$a ^= $b & ~$c",
    "$a ^= ~$b & ~$c",
    "$a <-> $b where $c",
    "$a <-> $b where ~$c",
    "$b = $a & $c; $a &= ~$c",
    "$b = $a & ~$c; $a &= $c",
    "$a ^= $b",
    "$a ^= $b",
    "Z on ($a, $b) where $c ^ $e",
    "X on ($a, $b) where $c ^ $e",
    "$a = 0",
    "check: frame $a is 0",
    "check: work $a is 0",
    "$c = $a ^ $b",
    "$c = $a & $b",
    "$c = $a & ~$b",
    "$c = ~$a & ~$b",
};

struct plan_printer {
    const qry_search *search;
    const struct world *world;
    const struct kernels *kernels;
    const struct plan *plan;
    size_t operation;
    plane *storage; /* a copy, on which the plan is run */
};

static const char *storage_name(const struct plan_printer *p, uint32_t storage, char *room)
{
    static const char *const fixed[STORE_FIRST] = {"0", "1", "sign", "strayed", "dirty"};
    if (storage < STORE_FIRST)
        return fixed[storage];
    uint32_t number = storage - STORE_FIRST;
    if (number < p->world->axis_count)
        sprintf(room, "j%u", p->world->axis[number] - p->search->first);
    else
        sprintf(room, "p%u", number - p->world->axis_count + 1);
    return room;
}

static uint32_t operand(const struct plan_printer *p, char letter)
{
    size_t at = 4 * p->operation + (letter == 'e' ? 3 : (size_t)(letter - 'a'));
    return p->plan->wide ? ((const uint32_t *)p->plan->operations)[at] : ((const uint16_t *)p->plan->operations)[at];
}

static int print_operation(const struct plan_printer *p, enum plan_kind kind)
{
    const char *text = plan_text[kind];
    if (kind == PLAN_Z && operand(p, 'e') == STORE_ZERO)
        text = "Z on ($a, $b) where $c";
    else if (kind == PLAN_Z && operand(p, 'c') == STORE_ZERO)
        text = "Z on ($a, $b) where $e";
    int length = 0;
    char room[16];
    for (; *text; text++)
        if (*text == '$')
            length += printf("%s", storage_name(p, operand(p, *++text), room));
        else
            length += printf("%c", *text);
    return length;
}

static void print_contents(const struct plan_printer *p, uint32_t storage)
{
    char room[16];
    printf("  %s = ", storage_name(p, storage, room));
    for (size_t r = 0; r < p->world->rows; r++)
        putchar('0' + (int)(p->storage[storage].word[0] >> r & 1));
}

static void run_operation(const struct plan_printer *p, enum plan_kind kind)
{
    static const char *const letters[PLAN_KINDS] = {
        [PLAN_SWAP] = "ab", [PLAN_SWAP_N] = "ab", [PLAN_SPLIT] = "ab", [PLAN_SPLIT_N] = "ab",
        [PLAN_Z] = "a",     [PLAN_GUARD] = "",    [PLAN_ASSERT] = "",  [PLAN_XOR3] = "c",
        [PLAN_AND3] = "c",  [PLAN_AND3_N] = "c",  [PLAN_AND3_NN] = "c"};
    uint32_t numbers[4] = {operand(p, 'a'), operand(p, 'b'), operand(p, 'c'), operand(p, 'e')};
    struct plan_run run = {(uint32_t)kind, 1};
    struct plan one = {true, 1, 1, &run, numbers};
    p->kernels->run(&one, p->storage, false);
    for (const char *l = letters[kind] ? letters[kind] : "a"; *l; l++)
        print_contents(p, operand(p, *l));
    if (kind == PLAN_Z || kind == PLAN_X)
        print_contents(p, STORE_SIGN);
    printf("\n");
}

static void print_plan(struct plan_printer *p)
{
    for (size_t r = 0; r < p->plan->run_count; r++)
        for (uint32_t k = 0; k < p->plan->runs[r].count; k++, p->operation++) {
            enum plan_kind kind = (enum plan_kind)p->plan->runs[r].kind;
            printf("  ");
            printf("%*s", 30 - print_operation(p, kind), "");
            run_operation(p, kind);
        }
}

static const struct transition *transition_of(const struct world *w, const qry_definition *definition)
{
    for (size_t i = 0; i < w->table_size; i++)
        for (const struct transition *t = w->forward[i]; t; t = t->next)
            if (t->key.definition == definition->number && t->key.manner == WHOLE && t->outcome == OUTCOME_RUNS)
                return t;
    qry_must(!"it was planned");
    return NULL;
}

static void print_operations(struct plan_printer *p, const struct plan *plan)
{
    p->plan = plan;
    p->operation = 0;
    print_plan(p);
}

/* In place a transition is a list of leaves, each with a plan: the body, and what is checked at the end of the call. */
static size_t count_operations(const struct transition *t)
{
    size_t count = t->is_leaf ? t->effect[0].plan.operation_count : 0;
    for (size_t i = 0; i < t->child_count; i++)
        count += count_operations(t->child[i].transition);
    return count;
}

static void print_in_place(struct plan_printer *p, const struct transition *t)
{
    if (t->is_leaf)
        print_operations(p, &t->effect[0].plan);
    for (size_t i = 0; i < t->child_count; i++) {
        qry_must(!t->child[i].backwards);
        print_in_place(p, t->child[i].transition);
    }
}

static void show_plan(qry_ctx *ctx, qry_search *search, qry_sim_mode mode)
{
    qry_sim *sim = qry_sim_new(ctx, search->circuit, &(qry_sim_options){.mode = mode});
    qry_sim_shot(sim, NULL, NULL);
    const struct sparse *engine = sparse_of(sim);
    const struct world *w = engine->world;
    const struct transition *t = transition_of(w, find(search, "oracle"));
    const struct effect *effect = &t->effect[0];
    struct plan_printer printer = {.search = search, .world = w, .kernels = engine->kernels};
    printer.storage = qry_alloc_aligned(ctx, w->block[0].room, sizeof(plane));
    memcpy(printer.storage, w->block[0].storage, (STORE_FIRST + w->axis_count) * sizeof(plane));
    memset(&printer.storage[STORE_SIGN], 0, sizeof(plane));
    qry_must(w->rows <= 64);
    for (uint32_t i = 0; i < w->axis_count; i++)
        print_contents(&printer, STORE_FIRST + i);
    if (mode == QRY_SIM_GATES) {
        printf("\n  %zu operations on planes:\n", count_operations(t));
        print_in_place(&printer, t);
    } else {
        char room[16];
        printf("\n  %zu operations on planes:\n", effect->evaluation.operation_count);
        print_operations(&printer, &effect->evaluation);
        printf("  the sign is %s\n", storage_name(&printer, effect->result[0], room));
    }
    qry_sim_free(sim);
}

int main(int argc, char **argv)
{
    qry_must(argc == 3);
    qry_ctx *ctx = qry_ctx_new();
    const qry_source *source = qry_source_read(ctx, argv[1]);
    qry_program *program = source ? qry_program_read(ctx, source) : NULL;
    qry_search *search = program ? qry_program_compile(program, NULL) : NULL;
    if (!search)
        return 1;
    qry_search_write_round(search, 1);
    if (strcmp(argv[2], "states") == 0)
        show_states(ctx, search);
    else
        show_plan(ctx, search, strcmp(argv[2], "gates") == 0 ? QRY_SIM_GATES : QRY_SIM_NUMBERED);
    qry_ctx_free(ctx);
    return 0;
}
