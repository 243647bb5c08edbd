/* count_test.c: counting by multiplicity against counting one by one, and where the latter would never end. */
#include "support.h"

#include <string.h>

static const qry_u128 MOST = ~(qry_u128)0;

static bool equal(qry_u128 a, qry_u128 b) { return a == b; }

static void assert_tallies_equal(const qry_tally *a, const qry_tally *b)
{
    for (int g = 0; g < QRY_GATES; g++)
        assert_true(equal(a->gate[g], b->gate[g]));
    assert_true(equal(a->controlled, b->controlled) && equal(a->controlled_t, b->controlled_t));
    assert_true(equal(a->controlled_toffoli, b->controlled_toffoli));
    assert_true(equal(a->controlled_rotations, b->controlled_rotations));
    assert_true(equal(a->measurements, b->measurements));
    assert_true(equal(a->resets, b->resets));
}

static void tally_item(qry_tally *tally, const item *x)
{
    if (x->control && x->kind < QRY_GATES) {
        const cost_by_base cost = cost_of((qry_gate)x->kind, (uint32_t)__builtin_popcountll(x->control));
        tally->controlled++;
        tally->controlled_t += cost.t;
        tally->controlled_toffoli += cost.toffoli;
        tally->controlled_rotations += cost.rotation;
    } else if (x->kind < QRY_GATES)
        tally->gate[x->kind]++;
    tally->measurements += x->kind == QRY_OP_MEASURE;
    tally->resets += x->kind == QRY_OP_RESET;
}

/* ---- the tree, by walking ---- */

/* What the walk saw of one path. */
struct seen {
    char path[512];
    uint64_t calls;
    qry_tally self;
};

struct table {
    struct seen *rows;
    size_t count, room;
};

static struct seen *row_of(qry_ctx *ctx, struct table *t, const char *path)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->rows[i].path, path) == 0)
            return &t->rows[i];
    QRY_GROW(ctx, t->rows, t->room, t->count + 1);
    snprintf(t->rows[t->count].path, sizeof t->rows->path, "%s", path);
    return &t->rows[t->count++];
}

static struct table seen_by_walking(qry_ctx *ctx, const list *l)
{
    struct table t = {0};
    char path[512] = "";
    size_t ends[64], depth = 0;
    struct seen *row = row_of(ctx, &t, "");
    row->calls = 1;
    for (size_t i = 0; i < l->count; i++) {
        const item *x = &l->items[i];
        size_t length = strlen(path);
        if (x->kind == ITEM_ENTER) {
            ends[depth++] = length;
            snprintf(path + length, sizeof path - length, "%s%s", depth > 1 ? "/" : "", x->name);
            row = row_of(ctx, &t, path);
            row->calls++;
        } else if (x->kind == ITEM_LEAVE) {
            path[ends[--depth]] = 0;
            row = row_of(ctx, &t, path);
        } else
            tally_item(&row->self, x);
    }
    return t;
}

/* Every node has its row, and `self` of all nodes is everything. */
static size_t compare_nodes(qry_ctx *ctx, const qry_count_node *node, struct table *t, qry_tally *sum)
{
    size_t nodes = 1, rows = t->count;
    struct seen *row = row_of(ctx, t, node->path);
    assert_int_equal(t->count, rows);
    assert_true(equal(row->calls, node->calls));
    assert_tallies_equal(&row->self, &node->self);
    qry_tally inclusive = node->self;
    qry_tally_add(sum, &node->self, 1);
    for (const qry_count_node *child = node->first_child; child; child = child->next) {
        assert_ptr_equal(child->parent, node);
        qry_tally_add(&inclusive, &child->inclusive, 1);
        nodes += compare_nodes(ctx, child, t, sum);
    }
    assert_tallies_equal(&inclusive, &node->inclusive);
    return nodes;
}

static const random_kind everything = {
    .definitions = 10, .most_rounds = 4, .most_items = 300, .measurements = true, .feedback = true};

static void against_walking(fixture *f, random_kind kind)
{
    size_t names_twice = 0;
    for (uint64_t seed = 0; seed < 400; seed++) {
        qry_circuit *circuit = random_circuit(f->ctx, seed, kind);
        const qry_definition *program = qry_circuit_program(circuit);
        list l = written_out(f->ctx, program, false, NULL);
        qry_tally expected = {0}, tally, sum = {0};
        for (size_t i = 0; i < l.count; i++)
            tally_item(&expected, &l.items[i]);
        qry_definition_tally(program, &tally);
        assert_tallies_equal(&expected, &tally);
        const qry_count *count = qry_circuit_count(f->arena, program);
        assert_tallies_equal(&expected, &count->total);
        assert_tallies_equal(&expected, &count->root->inclusive);
        assert_int_equal(count->qubits, program->width);
        struct table t = seen_by_walking(f->ctx, &l);
        assert_int_equal(compare_nodes(f->ctx, count->root, &t, &sum), t.count);
        assert_tallies_equal(&expected, &sum);
        names_twice += t.count;
        qry_circuit_free(circuit); /* the count does not need it */
        assert_string_equal(count->root->path, "");
    }
    assert_true(names_twice > 2000); /* the circuits were not trivial */
    assert_int_equal(f->errors + f->notes, 0);
}

static void test_against_walking(void **state) { against_walking(*state, everything); }

/* With what the portable profile has not. */
static void test_full(void **state)
{
    random_kind kind = everything;
    kind.full = true;
    against_walking(*state, kind);
}

/* ---- by hand ---- */

static const qry_count_node *child_of(const qry_count_node *node, const char *path)
{
    for (const qry_count_node *child = node->first_child; child; child = child->next) {
        if (strcmp(child->path, path) == 0)
            return child;
        const qry_count_node *below = child_of(child, path);
        if (below)
            return below;
    }
    return NULL;
}

/* A search: 3 rounds of an oracle that loads K, and unloads it by the inverse, and a diffusion. */
static qry_circuit *small_search(qry_ctx *ctx)
{
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *load = qry_circuit_define(circuit, "load K", 0);
    qry_definition_group(load, "address", 2, QRY_ROLE_ADDRESS);
    qry_definition_group(load, "word", 1, QRY_ROLE_WORD);
    qry_add(load, QRY_GATE_ccx, 0, 1, 2);
    qry_add(load, QRY_GATE_t, 2, 0, 0);
    qry_definition_set_query(load, &(qry_query_part){"K", "bucket_brigade", 2, 1, true, true});
    qry_definition *p = qry_circuit_program(circuit);
    qry_definition_group(p, "address", 2, QRY_ROLE_ADDRESS);
    qry_definition_group(p, "word", 1, QRY_ROLE_WORK);
    qry_definition_group(p, "spare", 4, QRY_ROLE_WORK);
    qry_circuit_bits(circuit, 2);
    const qry_qubit operands[] = {0, 1, 2};
    qry_begin_repeat(p, 3);
    qry_begin_section(p, "oracle");
    qry_add_call(p, load, false, operands, NULL);
    qry_begin_section(p, "phase");
    qry_add(p, QRY_GATE_z, 2, 0, 0);
    qry_end(p);
    qry_add_call(p, load, true, operands, NULL);
    qry_end(p);
    qry_begin_section(p, "diffusion");
    qry_add(p, QRY_GATE_cz, 0, 1, 0);
    qry_add_angle(p, QRY_GATE_ry, (qry_angle){0.5, -1}, 0, 0);
    qry_add(p, QRY_GATE_ch, 1, 0, 0);
    qry_end(p);
    qry_end(p);
    qry_add_measure(p, 0, 0);
    qry_add_measure(p, 1, 1);
    return circuit;
}

static void test_search(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = small_search(f->ctx);
    const qry_count *count = qry_circuit_count(f->arena, qry_circuit_program(circuit));
    const qry_tally *total = &count->total;
    assert_true(equal(qry_tally_gates(total), 3 * (2 * 2 + 1 + 3)));
    assert_true(equal(total->gate[QRY_GATE_ccx], 6));
    assert_true(equal(total->gate[QRY_GATE_t], 3)); /* the inverse has tdg */
    assert_true(equal(total->gate[QRY_GATE_tdg], 3));
    assert_true(equal(qry_tally_toffoli(total), 6));
    assert_true(equal(qry_tally_t(total), 6 * 7 + 6 + 3 * 2));
    assert_true(equal(qry_tally_clifford1(total), 3));
    assert_true(equal(qry_tally_rotations(total), 3));
    assert_true(equal(total->measurements, 2));
    assert_int_equal(count->qubits, 7);
    assert_int_equal(count->ancilla_peak, 5);
    assert_true(equal(count->depth.depth, 3 * (5 + 3) + 1) && equal(count->depth.t_depth, 3 * (3 + 1 + 1 + 3 + 2)));
    assert_true(count->depth.exact);

    const qry_count_node *oracle = child_of(count->root, "oracle"), *load = child_of(count->root, "oracle/load K");
    const qry_count_node *phase = child_of(count->root, "oracle/phase"), *diffusion = count->root->first_child->next;
    assert_string_equal(diffusion->path, "diffusion");
    assert_ptr_equal(oracle, count->root->first_child);
    assert_true(equal(oracle->calls, 3) && equal(load->calls, 6) && equal(phase->calls, 3));
    assert_int_equal(oracle->width, 3);
    assert_int_equal(load->width, 3);
    assert_int_equal(phase->width, 1);
    assert_int_equal(diffusion->width, 2);
    assert_int_equal(count->root->width, 7);
    assert_true(equal(qry_tally_gates(&oracle->self), 0) && equal(qry_tally_gates(&oracle->inclusive), 15));
    assert_string_equal(load->name, "load K");
    const qry_count_node *measured[] = {count->root, oracle, load, phase, diffusion};
    const uint64_t depths[][2] = {{25, 30}, {5, 8}, {2, 4}, {1, 0}, {3, 2}}; /* and T-depths, of one call */
    for (int i = 0; i < 5; i++)
        assert_true(measured[i]->depth.exact && equal(measured[i]->depth.depth, depths[i][0]) &&
                    equal(measured[i]->depth.t_depth, depths[i][1]));
    assert_true(equal(count->root->loads, 6) && equal(oracle->loads, 6) && equal(load->loads, 6));
    assert_true(equal(load->address_halves, 6) && equal(phase->loads, 0) && equal(diffusion->address_halves, 0));

    assert_int_equal(count->query_count, 1);
    assert_string_equal(count->queries[0].part->table, "K");
    assert_int_equal(count->queries[0].part->address, 2);
    assert_true(equal(count->queries[0].address_halves, 6) && equal(count->queries[0].loads, 6));
}

/* The width of a section is what it touches at once, inner sections and calls included, the most of its uses. */
static void test_section_width(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *wide = qry_circuit_define(circuit, "wide", 0), *p = qry_circuit_program(circuit);
    qry_definition_group(wide, "a", 3, QRY_ROLE_DATA);
    qry_definition_group(p, "a", 10, QRY_ROLE_DATA);
    qry_begin_section(p, "outer");
    qry_add(p, QRY_GATE_h, 0, 0, 0);
    qry_begin_section(p, "inner");
    qry_add(p, QRY_GATE_cx, 0, 1, 0);
    qry_begin_repeat(p, 9);
    qry_add(p, QRY_GATE_cx, 1, 2, 0);
    qry_end(p);
    qry_end(p);
    qry_add(p, QRY_GATE_cx, 0, 2, 0);
    qry_begin_section(p, "inner");
    qry_add_call(p, wide, false, (qry_qubit[]){0, 8, 9}, NULL);
    qry_add(p, QRY_GATE_cx, 9, 3, 0);
    qry_end(p);
    qry_end(p);
    const qry_count_node *root = qry_circuit_count(f->arena, p)->root;
    assert_int_equal(child_of(root, "outer")->width, 6);
    assert_int_equal(child_of(root, "outer/inner")->width, 4);
    assert_true(equal(child_of(root, "outer/inner")->calls, 2));
    assert_int_equal(child_of(root, "outer/inner/wide")->width, 3);
    const qry_depth none = child_of(root, "outer/inner")->depth; /* there are two of them */
    assert_true(equal(none.depth, 0) && !none.exact && child_of(root, "outer")->depth.exact);
}

static void test_queries(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *p = qry_circuit_program(circuit), *move, *fetch, *other, *both, *never;
    move = qry_circuit_define(circuit, "address in", 0);
    qry_definition_set_query(move, &(qry_query_part){"K", "bucket_brigade", 10, 8, true, false});
    fetch = qry_circuit_define(circuit, "fetch", 0);
    qry_definition_set_query(fetch, &(qry_query_part){"K", "bucket_brigade", 10, 8, false, true});
    other = qry_circuit_define(circuit, "load V", 0);
    qry_definition_set_query(other, &(qry_query_part){"V", "select", 3, 5, true, true});
    never = qry_circuit_define(circuit, "load W", 0);
    qry_definition_set_query(never, &(qry_query_part){"W", "select", 3, 5, true, true});
    both = qry_circuit_define(circuit, "both", 0);
    qry_add_call(both, move, false, NULL, NULL);
    qry_begin_repeat(both, 32);
    qry_add_call(both, fetch, false, NULL, NULL);
    qry_end(both);
    qry_add_call(both, move, true, NULL, NULL);
    qry_add_call(both, other, false, NULL, NULL);
    qry_begin_repeat(p, UINT64_C(1) << 40);
    qry_add_call(p, both, false, NULL, NULL);
    qry_add_call(p, both, true, NULL, NULL);
    qry_end(p);
    const qry_count *count = qry_circuit_count(f->arena, p);
    assert_int_equal(count->query_count, 2);
    const qry_u128 rounds = (qry_u128)2 << 40;
    const qry_query_count *k = &count->queries[0], *v = &count->queries[1];
    assert_string_equal(k->part->table, "K");
    assert_true(equal(k->address_halves, 2 * rounds) && equal(k->loads, 32 * rounds));
    assert_string_equal(v->part->table, "V");
    assert_string_equal(v->part->arch, "select");
    assert_true(equal(v->address_halves, rounds) && equal(v->loads, rounds));
}

/* ---- large ---- */

/* Each of `length` definitions calls the one before twice, the first has one ccx. Returns the last. */
static qry_definition *doubling(qry_circuit *circuit, int length, bool same_name)
{
    qry_definition *last = NULL;
    for (int i = 0; i < length; i++) {
        char name[32];
        snprintf(name, sizeof name, "level %d", same_name ? 0 : i);
        qry_definition *d = qry_circuit_define(circuit, name, 0);
        qry_qubit q[3];
        for (int k = 0; k < 3; k++)
            q[k] = qry_definition_group(d, "q", 1, QRY_ROLE_DATA);
        if (last) {
            qry_add_call(d, last, false, q, NULL);
            qry_add_call(d, last, true, q, NULL);
        } else
            qry_add(d, QRY_GATE_ccx, 0, 1, 2);
        last = d;
    }
    return last;
}

static void test_doubling(void **state)
{
    fixture *f = *state;
    double start = seconds_now();
    qry_definition *d = doubling(qry_circuit_new(f->ctx), 61, false);
    const qry_count *count = qry_circuit_count(f->arena, d);
    assert_true(equal(qry_tally_gates(&count->total), (qry_u128)1 << 60));
    assert_true(equal(count->depth.depth, (qry_u128)1 << 60));
    const qry_count_node *node = count->root;
    for (int i = 0; i <= 60; i++, node = node->first_child) {
        assert_true(equal(node->calls, (qry_u128)1 << i));
        assert_null(node->next);
    }
    assert_null(node);
    assert_int_equal(f->notes, 0);
    assert_true(seconds_now() - start < 20);
}

static void test_saturation(void **state)
{
    fixture *f = *state;
    qry_definition *d = doubling(qry_circuit_new(f->ctx), 128, false);
    qry_tally tally;
    qry_definition_tally(d, &tally);
    assert_true(equal(tally.gate[QRY_GATE_ccx], (qry_u128)1 << 127));
    assert_true(equal(qry_tally_t(&tally), MOST));
    d = doubling(qry_circuit_new(f->ctx), 130, false);
    const qry_count *count = qry_circuit_count(f->arena, d);
    assert_true(equal(count->total.gate[QRY_GATE_ccx], MOST));
    assert_true(equal(qry_tally_gates(&count->total), MOST));
    assert_true(equal(count->depth.depth, MOST) && equal(count->depth.t_depth, MOST) && !count->depth.exact);
    qry_tally sum = {0}, most = {.measurements = MOST - 1};
    qry_tally_add(&sum, &most, 1);
    assert_true(equal(sum.measurements, MOST - 1));
    qry_tally_add(&sum, &(qry_tally){.measurements = 1}, 1);
    assert_true(equal(sum.measurements, MOST));
    qry_tally_add(&sum, &(qry_tally){.measurements = 3}, MOST);
    assert_true(equal(sum.measurements, MOST));
}

static void test_repeats(void **state)
{
    fixture *f = *state;
    qry_definition *p = qry_circuit_program(qry_circuit_new(f->ctx));
    qry_definition_group(p, "a", 2, QRY_ROLE_DATA);
    qry_begin_repeat(p, 1000000);
    qry_add(p, QRY_GATE_h, 0, 0, 0);
    qry_begin_repeat(p, 1000000);
    qry_add(p, QRY_GATE_cx, 0, 1, 0);
    qry_end(p);
    qry_end(p);
    qry_begin_repeat(p, 0);
    qry_begin_section(p, "never");
    qry_add(p, QRY_GATE_x, 0, 0, 0);
    qry_end(p);
    qry_end(p);
    double start = seconds_now();
    const qry_count *count = qry_circuit_count(f->arena, p);
    assert_true(seconds_now() - start < 1);
    assert_true(equal(count->total.gate[QRY_GATE_cx], 1000000000000));
    assert_true(equal(qry_tally_gates(&count->total), 1000001000000));
    assert_true(equal(count->depth.depth, 1000001000000) && count->depth.exact);
    assert_null(count->root->first_child); /* what is never entered has no node */
}

/* Two different definitions call each other's predecessors: 2^n paths, each with its own node. The tree is cut, with a
 * note, and nothing is lost. */
static void test_cut(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *pair[2] = {NULL, NULL};
    for (int level = 0; level < 40; level++) {
        qry_definition *next[2];
        for (int k = 0; k < 2; k++) {
            next[k] = qry_circuit_define(circuit, k ? "left" : "right", 0);
            qry_definition_group(next[k], "a", 1, QRY_ROLE_DATA);
            qry_add(next[k], QRY_GATE_s, 0, 0, 0);
            for (int i = 0; i < 2 && level; i++)
                qry_add_call(next[k], pair[i], false, (qry_qubit[]){0}, NULL);
        }
        memcpy(pair, next, sizeof pair);
    }
    const qry_count *count = qry_circuit_count(f->arena, pair[0]);
    assert_int_equal(f->notes, 1);
    assert_non_null(strstr(f->text, "tree of subroutines"));
    qry_u128 gates = ((qry_u128)1 << 40) - 1, sum = 0;
    assert_true(equal(qry_tally_gates(&count->total), gates));
    assert_true(equal(qry_tally_gates(&count->root->inclusive), gates));
    size_t nodes = 0;
    for (const qry_count_node *node = count->root; node;) {
        nodes++;
        sum += qry_tally_gates(&node->self);
        if (node->first_child) {
            node = node->first_child;
            continue;
        }
        while (node && !node->next)
            node = node->parent;
        node = node ? node->next : NULL;
    }
    assert_int_equal(nodes, QRY_COUNT_NODES);
    assert_true(equal(sum, gates));
}

/* A chain that is longer than the tree may be deep. */
static void test_levels(void **state)
{
    fixture *f = *state;
    qry_definition *d = doubling(qry_circuit_new(f->ctx), 100000, true);
    const qry_count *count = qry_circuit_count(f->arena, d);
    assert_int_equal(f->notes, 1);
    int levels = 0;
    const qry_count_node *node = count->root;
    for (; node->first_child; node = node->first_child)
        levels++;
    assert_int_equal(levels, QRY_COUNT_LEVELS);
    assert_true(equal(node->self.gate[QRY_GATE_ccx], MOST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_against_walking), TEST(test_full),       TEST(test_search),
        TEST(test_section_width),   TEST(test_queries),    TEST(test_doubling),
        TEST(test_repeats),         TEST(test_saturation), TEST(test_cut),
        TEST(test_levels),
    };
    return cmocka_run_group_tests_name("count", tests, NULL, NULL);
}
