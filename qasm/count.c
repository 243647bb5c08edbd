/* count.c: counts by multiplicity. The survey has read every definition once; here its numbers are multiplied out, into
 * one tally, one list of queries and the tree of subroutines. Nothing is flattened. */
#include "qasm/survey.h"

#include <string.h>

enum { DEPTHS_BUDGET = 1 << 24 }; /* operations walked for the depths of subroutines */

/* ---- tallies ---- */

qry_u128 qry_tally_gates(const qry_tally *tally)
{
    qry_u128 sum = tally->controlled;
    for (int g = 0; g < QRY_GATES; g++)
        sum = qry_sum(sum, tally->gate[g]);
    return sum;
}

qry_u128 qry_tally_t(const qry_tally *tally)
{
    qry_u128 sum = tally->controlled_t;
    for (int g = 0; g < QRY_GATES; g++)
        sum = qry_sum(sum, qry_product(tally->gate[g], qry_gate_table[g].t));
    return sum;
}

qry_u128 qry_tally_toffoli(const qry_tally *tally)
{
    qry_u128 sum = tally->controlled_toffoli;
    for (int g = 0; g < QRY_GATES; g++)
        sum = qry_sum(sum, qry_product(tally->gate[g], qry_gate_table[g].toffoli));
    return sum;
}

qry_u128 qry_tally_clifford1(const qry_tally *tally)
{
    qry_u128 sum = 0;
    for (int g = 0; g < QRY_GATES; g++)
        if (qry_gate_table[g].clifford && qry_gate_table[g].qubits == 1)
            sum = qry_sum(sum, tally->gate[g]);
    return sum;
}

qry_u128 qry_tally_rotations(const qry_tally *tally)
{
    qry_u128 sum = tally->controlled_rotations;
    for (int g = 0; g < QRY_GATES; g++)
        if (qry_gate_table[g].angles && qry_gate_table[g].qubits)
            sum = qry_sum(sum, tally->gate[g]);
    return sum;
}

void qry_tally_add(qry_tally *to, const qry_tally *tally, qry_u128 times)
{
    for (int g = 0; g < QRY_GATES; g++)
        to->gate[g] = qry_sum(to->gate[g], qry_product(tally->gate[g], times));
    to->controlled = qry_sum(to->controlled, qry_product(tally->controlled, times));
    to->controlled_t = qry_sum(to->controlled_t, qry_product(tally->controlled_t, times));
    to->controlled_toffoli = qry_sum(to->controlled_toffoli, qry_product(tally->controlled_toffoli, times));
    to->controlled_rotations = qry_sum(to->controlled_rotations, qry_product(tally->controlled_rotations, times));
    to->measurements = qry_sum(to->measurements, qry_product(tally->measurements, times));
    to->resets = qry_sum(to->resets, qry_product(tally->resets, times));
}

void qry_tally_add_controlled(qry_tally *tally, qry_gate gate, uint32_t controls, qry_u128 times)
{
    const qry_controlled_cost cost = qry_cost_of_controlled(gate, controls);
    qry_tally_add(tally,
                  &(qry_tally){.controlled = 1,
                               .controlled_t = cost.t,
                               .controlled_toffoli = cost.toffoli,
                               .controlled_rotations = cost.rotation},
                  times);
}

void qry_tally_add_undone(qry_tally *to, const qry_tally *tally, qry_u128 times, bool inverse)
{
    if (!inverse) {
        qry_tally_add(to, tally, times);
        return;
    }
    qry_tally undone = *tally;
    for (int g = 0; g < QRY_GATES; g++)
        undone.gate[qry_gate_table[g].inverse] = tally->gate[g];
    qry_tally_add(to, &undone, times);
}

void qry_definition_tally(const qry_definition *definition, qry_tally *tally)
{
    qry_survey *survey = qry_survey_new(definition);
    *tally = survey->bodies[0]->parts->whole;
    qry_survey_free(survey);
}

/* ---- queries ---- */

static qry_query_count *query_count_of(qry_arena *arena, qry_count *count, const qry_query_part *part)
{
    for (size_t i = 0; i < count->query_count; i++)
        if (strcmp(count->queries[i].part->table, part->table) == 0)
            return &count->queries[i];
    qry_query_part *copy = QRY_NEW(arena, qry_query_part);
    *copy = *part;
    copy->table = qry_arena_text(arena, part->table, strlen(part->table));
    copy->arch = qry_arena_text(arena, part->arch, strlen(part->arch));
    qry_query_count *fresh = &count->queries[count->query_count++];
    fresh->part = copy;
    return fresh;
}

/* How often each body is run, callers before callees. By number; to be freed. */
static qry_u128 *run_counts(const qry_survey *survey)
{
    qry_u128 *runs = qry_alloc(survey->ctx, survey->count, sizeof *runs);
    runs[0] = 1;
    for (size_t k = survey->count; k-- > 0;) {
        const qry_body *body = survey->order[k];
        for (const qry_part *part = body->parts; part; part = part->next)
            for (const qry_item *item = part->items; item; item = item->next)
                if (item->callee) {
                    qry_u128 *to = &runs[item->callee->number];
                    *to = qry_sum(*to, qry_product(item->times, runs[body->number]));
                }
    }
    return runs;
}

static void count_queries(qry_arena *arena, const qry_survey *survey, qry_count *count)
{
    size_t room = 0;
    for (size_t k = 0; k < survey->count; k++)
        room += survey->bodies[k]->definition->query != NULL;
    count->queries = qry_arena_alloc(arena, room, sizeof *count->queries);
    qry_u128 *runs = run_counts(survey);
    for (size_t k = 0; k < survey->count; k++) {
        const qry_query_part *part = survey->bodies[k]->definition->query;
        if (!part)
            continue;
        qry_query_count *query = query_count_of(arena, count, part);
        if (part->loads_address)
            query->address_halves = qry_sum(query->address_halves, runs[k]);
        if (part->loads_word)
            query->loads = qry_sum(query->loads, runs[k]);
    }
    qry_free(survey->ctx, runs);
}

/* ---- the tree of subroutines ---- */

/* A part with the number of times its body is run at this place of the tree, forward or undone. A node has several where
 * subroutines of one name stand under one parent. */
struct share {
    const qry_part *part;
    bool inverse;
    qry_u128 runs;
    struct share *next;
};

/* A node while the tree grows. */
struct growing {
    qry_count_node *node, *last_child;
    struct share *shares, *last_share;
    uint32_t number, level;
};

struct tree {
    qry_arena *arena, *scratch;
    struct growing **nodes; /* breadth first, so that what does not fit is the deepest */
    size_t count, room;
    qry_names names;
    qry_map children; /* (node, name) to the child's number; no child has number 0 */
    struct slot {
        const struct growing *caller;
        struct share *share;
    } * slots; /* by callee: its share, if the last caller was this one */
    bool cut;
};

static struct growing *add_node(struct tree *t, struct growing *parent, const char *name)
{
    QRY_GROW(qry_arena_ctx(t->scratch), t->nodes, t->room, t->count + 1);
    struct growing *g = t->nodes[t->count] = QRY_NEW(t->scratch, struct growing);
    qry_count_node *node = g->node = QRY_NEW(t->arena, qry_count_node);
    g->number = (uint32_t)t->count++;
    node->path = "";
    node->name = qry_arena_text(t->arena, name, strlen(name));
    if (!parent)
        return g;
    g->level = parent->level + 1;
    node->parent = parent->node;
    node->path = parent->level ? qry_arena_printf(t->arena, "%s/%s", parent->node->path, name) : node->name;
    if (parent->last_child)
        parent->last_child->next = node;
    else
        parent->node->first_child = node;
    parent->last_child = node;
    return g;
}

/* The child of that name, NULL when there is no room for it. */
static struct growing *child_of(struct tree *t, struct growing *parent, const char *name)
{
    uint32_t *number = qry_map_at(&t->children, qry_map_pair(parent->number, qry_names_number(&t->names, name)));
    if (*number)
        return t->nodes[*number];
    if (t->count == QRY_COUNT_NODES || parent->level == QRY_COUNT_LEVELS)
        return NULL;
    struct growing *child = add_node(t, parent, name);
    *number = child->number;
    return child;
}

static struct share *add_share(struct tree *t, struct growing *g, const qry_part *part, bool inverse)
{
    struct share *share = QRY_NEW(t->scratch, struct share);
    *share = (struct share){.part = part, .inverse = inverse};
    if (g->last_share)
        g->last_share->next = share;
    else
        g->shares = share;
    return g->last_share = share;
}

static void grow_item(struct tree *t, struct growing *g, const struct share *share, const qry_item *item)
{
    const qry_part *part = item->section ? item->section : item->callee->parts;
    bool inverse = share->inverse != item->inverse;
    qry_u128 times = qry_product(item->times, share->runs);
    struct growing *child = child_of(t, g, part->name);
    if (!child) { /* the numbers of a section are for one run of its body, those of a callee for one call */
        qry_tally_add_undone(&g->node->self, &part->whole, item->section ? share->runs : times, inverse);
        t->cut = true;
        return;
    }
    uint32_t width = item->section ? part->width : item->callee->definition->width;
    child->node->calls = qry_sum(child->node->calls, times);
    child->node->width = width > child->node->width ? width : child->node->width;
    if (item->section) {
        add_share(t, child, part, inverse)->runs = share->runs;
        return;
    }
    struct slot *slot = &t->slots[2 * item->callee->number + inverse];
    if (slot->caller != g)
        *slot = (struct slot){g, add_share(t, child, part, inverse)};
    slot->share->runs = qry_sum(slot->share->runs, times);
}

static bool is_known(qry_depth depth) { return depth.exact || depth.depth; }

/* The deeper of the two, where both are known. */
static qry_depth deeper(qry_depth a, qry_depth b)
{
    if (!is_known(a) || !is_known(b))
        return (qry_depth){0};
    return (qry_depth){a.depth > b.depth ? a.depth : b.depth, a.t_depth > b.t_depth ? a.t_depth : b.t_depth,
                       a.exact && b.exact};
}

static void grow(struct tree *t, struct growing *g)
{
    for (const struct share *share = g->shares; share; share = share->next) {
        qry_count_node *node = g->node;
        node->loads = qry_sum(node->loads, qry_product(share->part->loads, share->runs));
        node->address_halves = qry_sum(node->address_halves, qry_product(share->part->address_halves, share->runs));
        node->depth = share == g->shares ? share->part->depth : deeper(node->depth, share->part->depth);
        qry_tally_add_undone(&g->node->self, &share->part->self, share->runs, share->inverse);
        for (const qry_item *item = share->part->items; item; item = item->next)
            if (item->times)
                grow_item(t, g, share, item);
    }
}

static qry_count_node *count_tree(qry_arena *arena, const qry_survey *survey)
{
    qry_ctx *ctx = survey->ctx;
    struct tree t = {.arena = arena, .scratch = survey->arena, .children = {.ctx = ctx}};
    qry_names_init(&t.names, t.scratch);
    t.slots = qry_alloc(ctx, survey->count, 2 * sizeof *t.slots);
    const qry_body *start = survey->bodies[0];
    struct growing *root = add_node(&t, NULL, start->definition->name);
    add_share(&t, root, start->parts, false)->runs = 1;
    root->node->calls = 1;
    root->node->width = start->definition->width;
    for (size_t k = 0; k < t.count; k++)
        grow(&t, t.nodes[k]);
    for (size_t k = t.count; k-- > 0;) {
        qry_count_node *node = t.nodes[k]->node;
        qry_tally_add(&node->inclusive, &node->self, 1);
        if (node->parent)
            qry_tally_add(&node->parent->inclusive, &node->inclusive, 1);
    }
    if (t.cut)
        qry_report(ctx, &(qry_diagnostic){QRY_NOTE,
                                          {0},
                                          "the tree of subroutines is cut; what lies deeper is counted "
                                          "where it was cut off",
                                          NULL});
    qry_names_free(&t.names);
    qry_map_free(&t.children);
    qry_free(ctx, t.slots);
    qry_free(ctx, t.nodes);
    return root->node;
}

const qry_count *qry_circuit_count(qry_arena *arena, const qry_definition *definition)
{
    qry_survey *survey = qry_survey_new(definition);
    qry_count *count = QRY_NEW(arena, qry_count);
    count->total = survey->bodies[0]->parts->whole;
    count->depth = qry_definition_depth(definition);
    count->qubits = definition->width;
    for (size_t i = 0; i < definition->group_count; i++)
        if (definition->groups[i].role == QRY_ROLE_WORK)
            count->ancilla_peak += definition->groups[i].size;
    count_queries(arena, survey, count);
    qry_survey_depths(survey, DEPTHS_BUDGET);
    count->root = count_tree(arena, survey);
    qry_survey_free(survey);
    return count;
}
