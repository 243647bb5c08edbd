/* lower.c: a statement to a circuit. Requires: widths. Leaves: the circuit, its program one round; all work
 * qubits are returned by every definition that has them in a group of role WORK. */
#include "compiler/state.h"

#include <string.h>

void qry_lowered_settle(qry_lowered *l, qry_definition *draft, qry_definition **definition, const char *name)
{
    if (!*definition)
        *definition = qry_circuit_define(l->search.circuit, name, draft->angle_count);
    if (qry_definition_equal(*definition, draft))
        qry_definition_clear(draft);
    else
        qry_definition_adopt(*definition, draft);
}

/* ---- tables ---- */

static struct qry_load *find_load(qry_lowered *l, const qry_table *table)
{
    for (size_t i = 0; i < l->load_count; i++)
        if (l->loads[i].words.table == table && strcmp(l->loads[i].qram->name, table->arch) == 0)
            return &l->loads[i];
    QRY_GROW(l->ctx, l->loads, l->load_room, l->load_count + 1);
    struct qry_load *load = &l->loads[l->load_count++];
    *load = (struct qry_load){.qram = qry_qram_find(table->arch), .words = {.table = table}};
    return load;
}

static void set_columns(qry_lowered *l, struct qry_load *load, const uint32_t *columns, uint32_t count)
{
    qry_words *words = &load->words;
    if (words->address == l->search.address && words->column_count == count &&
        memcmp(words->columns, columns, count * sizeof *columns) == 0)
        return;
    load->columns = qry_resize(l->ctx, load->columns, count, sizeof *columns);
    memcpy(load->columns, columns, count * sizeof *columns);
    *words = (qry_words){words->table, load->columns, count, l->search.address};
    load->written = load->linked = load->has_blank = false;
}

bool *qry_find_reached(const qry_lowered *l)
{
    const qry_formula_list *list = &l->where;
    bool *reached = qry_arena_alloc(l->arena, list->count, sizeof *reached);
    reached[list->root->number] = true;
    if (l->coded)
        reached[l->coded->number] = true;
    for (size_t i = list->count; i-- > 0;)
        for (uint32_t k = 0; reached[i] && k < list->node[i]->arg_count; k++)
            reached[list->node[i]->arg[k]->number] = true;
    return reached;
}

/* Numbers the columns that have been marked in place[], in order. */
static void number_columns(qry_lowered *l, struct qry_load *load)
{
    uint32_t count = 0, *columns = qry_arena_alloc(l->arena, load->words.table->columns, sizeof *columns);
    for (uint32_t c = 0; c < load->words.table->columns; c++)
        if (load->whole || load->place[c]) {
            load->place[c] = count;
            columns[count++] = c;
        }
    set_columns(l, load, columns, count);
}

/* Of every table that the predicate names, the columns that it names; all of them if it names its rows, so that a
 * factor of zero, now and then, does not change the query. */
static void find_loads(qry_lowered *l)
{
    const bool *reached = qry_find_reached(l);
    for (size_t i = 0; i < l->load_count; i++)
        l->loads[i].used = l->loads[i].whole = false;
    for (size_t i = 0; i < l->where.count; i++) {
        const qry_formula *node = l->where.node[i];
        if (!reached[i] || node->kind != QRY_FORMULA_ENTRY)
            continue;
        struct qry_load *load = find_load(l, node->table);
        if (!load->used)
            load->place = qry_arena_alloc(l->arena, node->table->columns, sizeof *load->place);
        load->used = true;
        load->whole |= node->by_row;
        load->place[node->column] = 1;
    }
    for (size_t i = 0; i < l->load_count; i++)
        if (l->loads[i].used)
            number_columns(l, &l->loads[i]);
}

const char *qry_added_table_name(const qry_lowered *l, const char *name)
{
    const qry_program *program = l->search.program;
    for (size_t i = 0; program && i < program->table_count; i++)
        if (strcmp(program->tables[i].name, name) == 0)
            name = qry_arena_printf(program->syntax, "%s_", name);
    return name;
}

/* The plane of rows still looked for; all of the domain at first, and again when the domain or the architecture
 * changes. */
static bool prepare_alive(qry_lowered *l)
{
    static const uint32_t only_column = 0;
    qry_search *search = &l->search;
    struct qry_load *alive = &l->alive;
    const qry_qram *qram = qry_qram_find(l->written.default_arch);
    qry_words words = {&l->plane, &only_column, 1, search->address};
    bool same_domain = alive->used && l->plane.rows == search->high + 1 && l->plane_low == search->low;
    if (same_domain && alive->qram == qram && alive->words.address == search->address)
        return true;
    l->plane.type = (qry_type){.is_bool = true, .integer = 1};
    l->plane.columns = 1;
    if (!qry_qram_check(l->ctx, qram, &words, !l->counter, l->written.span))
        return false;
    if (!same_domain) {
        l->plane.mantissas = qry_resize(l->ctx, l->plane.mantissas, search->high + 1, sizeof *l->plane.mantissas);
        for (uint64_t j = 0; j <= search->high; j++)
            l->plane.mantissas[j] = j >= search->low;
        l->plane.rows = search->high + 1;
        l->plane_low = search->low;
    }
    if (!l->plane.name)
        l->plane.name = qry_added_table_name(l, "alive");
    alive->qram = qram;
    alive->words = words;
    alive->used = true;
    alive->written = alive->linked = alive->has_blank = false;
    return true;
}

/* ---- registers ---- */

/* The place of an architecture's tree, or the first that is free. */
static size_t place_of_tree(const qry_lowered *l, const qry_qram *qram)
{
    size_t i = 0;
    while (l->trees[i].qram && l->trees[i].qram != qram) {
        i++;
        qry_must(i < QRY_TREES);
    }
    return i;
}

struct qry_tree *qry_tree_of(qry_lowered *l, const qry_qram *qram)
{
    struct qry_tree *tree = &l->trees[place_of_tree(l, qram)];
    tree->qram = qram;
    return tree;
}

const struct qry_tree *qry_tree_in_use(const qry_lowered *l, const qry_qram *qram)
{
    const struct qry_tree *tree = &l->trees[place_of_tree(l, qram)];
    qry_must(tree->qram);
    return tree;
}

static bool check_load(qry_lowered *l, const struct qry_load *load)
{
    const qry_table *table = load->words.table;
    if (load->written && load->version == table->version)
        return true;
    return qry_qram_check(l->ctx, load->qram, &load->words, !l->counter, table->span);
}

/* What one load adds to qubits and steps. */
static void add_cost(qry_lowered *l, const struct qry_load *load, qry_cost *around)
{
    struct qry_tree *tree = qry_tree_of(l, load->qram);
    uint64_t width = qry_words_width(&load->words);
    qry_cost cost = load->qram->words_cost(load->words.address, width);
    around->steps += cost.steps;
    around->work += width;
    if (!tree->used) {
        around->work += cost.work;
        around->steps += load->qram->address_cost(load->words.address).steps;
    }
    tree->used = true;
}

static bool measure_loads(qry_lowered *l, qry_cost *around)
{
    for (int i = 0; i < QRY_TREES; i++)
        l->trees[i].used = l->trees[i].brought = false;
    *around = (qry_cost){.work = l->state};
    for (size_t i = 0; i < l->load_count; i++)
        if (l->loads[i].used) {
            if (!check_load(l, &l->loads[i]))
                return false;
            add_cost(l, &l->loads[i], around);
        }
    if (l->has_alive)
        add_cost(l, &l->alive, around);
    if (around->work < INT32_MAX)
        return true;
    qry_error(l->ctx, "the search needs %llu qubits beside its arithmetic: too many", (unsigned long long)around->work);
    return false;
}

/* Words in the order of the loads, the plane's last; then the machines, and the qubit for the mark. */
static void place_words(qry_lowered *l)
{
    qry_qubit next = l->search.first + l->state;
    for (size_t i = 0; i < l->load_count; i++)
        if (l->loads[i].used) {
            l->loads[i].word = next;
            next += (qry_qubit)qry_words_width(&l->loads[i].words);
        }
    if (l->has_alive)
        l->alive.word = next++;
    for (int i = 0; i < QRY_TREES; i++) {
        struct qry_tree *tree = &l->trees[i];
        for (int k = 0; tree->used && k < 2; k++) {
            tree->machine[k] = next;
            if (tree->qram->machine[k].name)
                next += (qry_qubit)tree->qram->machine[k].size(l->search.address);
        }
    }
    l->search.mark = next;
    l->work = next + l->has_mark;
}

/* ---- the statement ---- */

uint32_t qry_address_bits(uint64_t high)
{
    qry_must(high >> QRY_MAX_WIDTH == 0);
    return high ? (uint32_t)qry_bits_of(high) : 1;
}

/* The first there is, unless the statement says which. */
static qry_method method_of(const qry_statement *statement)
{
    if (statement->method != QRY_METHOD_AUTO)
        return statement->method;
    switch (statement->kind) {
    case QRY_SAMPLE_SET:
        return QRY_METHOD_HASH;
    case QRY_SAMPLE_ONE:
        return QRY_METHOD_AMPLIFICATION;
    case QRY_COUNT:
    case QRY_ESTIMATE_MEAN:
    case QRY_ESTIMATE_SUM:
        return QRY_METHOD_ITERATIVE;
    default:
        return QRY_METHOD_AUTO;
    }
}

/* What the search says of itself that is in the statement. */
static void describe(qry_lowered *l)
{
    qry_search *search = &l->search;
    const qry_statement *statement = &l->written;
    search->kind = statement->kind;
    search->name = statement->name;
    search->low = statement->low;
    search->high = statement->high;
    search->address = qry_address_bits(statement->high);
    search->first = 0;
    search->failure = statement->failure;
    search->expect = statement->expect;
    search->has_seed = statement->has_seed;
    search->seed = statement->seed;
    search->iterations = statement->iterations;
    search->shots = statement->shots;
    search->epsilon = statement->epsilon;
    search->absolute = statement->absolute;
    search->method = statement->method;
    search->has_where = qry_may_fail(l);
    search->keeps_found = l->has_alive;
}

static bool has_plane(const qry_lowered *l)
{
    qry_search_kind kind = l->written.kind;
    return kind == QRY_SEARCH_ALL || kind == QRY_SAMPLE_SET ||
           (l->keep_found && (kind == QRY_SEARCH_MAX || kind == QRY_SEARCH_MIN));
}

/* The circuit, when there is none yet; classical bits for all that is measured. */
static void prepare_circuit(qry_lowered *l)
{
    qry_search *search = &l->search;
    if (!search->circuit) {
        search->circuit = qry_circuit_new(l->ctx);
        for (uint32_t angles = 0; angles < 2; angles++)
            l->draft[angles] = qry_circuit_define(search->circuit, "draft", angles);
        l->long_draft = qry_circuit_define(search->circuit, "draft", 0);
    }
    qry_need_bits(l, l->has_mark ? 1 : l->state);
}

void qry_need_bits(qry_lowered *l, uint32_t bits)
{
    uint32_t there = qry_circuit_bit_count(l->search.circuit);
    if (there < bits)
        qry_circuit_bits(l->search.circuit, bits - there);
}

static void list_tables(qry_lowered *l)
{
    const char **names = qry_arena_alloc(l->arena, l->load_count + 1, sizeof *names);
    qry_search *search = &l->search;
    search->table_count = 0;
    for (size_t i = 0; i < l->load_count; i++)
        if (l->loads[i].used)
            names[search->table_count++] = l->loads[i].words.table->name;
    if (l->has_alive)
        names[search->table_count++] = l->plane.name;
    search->tables = names;
}

/* Loads found and placed, the score written. */
static bool lower_predicate(qry_lowered *l)
{
    qry_cost around;
    find_loads(l);
    if (!measure_loads(l, &around))
        return false;
    place_words(l);
    qry_write_score(l, around);
    return true;
}

/* What turned out to be constant needs no table; what is never marked no rotations. */
static bool drop_constant_predicate(qry_lowered *l)
{
    bool is_truth = l->where.root->kind == QRY_FORMULA_TRUTH, turns = l->score.never && l->coded;
    if (l->score.mark_count > 0 || (is_truth && !turns))
        return true;
    qry_formula truth = {.kind = QRY_FORMULA_TRUTH, .is_bool = true, .constant = !l->score.never, .width = 1};
    l->where.root = qry_add_node(l, truth, 0, NULL, NULL);
    if (l->score.never)
        l->coded = NULL;
    return lower_predicate(l);
}

/* What is called no more calls nothing more: its callees may have other operands by now. */
static void clear_unused(qry_lowered *l)
{
    for (size_t i = 0; i < l->load_count; i++)
        if (!l->loads[i].used && l->loads[i].load && l->loads[i].load->op_count) {
            qry_definition_clear(l->loads[i].load);
            l->loads[i].linked = false;
        }
    if (l->controlled_oracle)
        qry_definition_clear(l->controlled_oracle);
    if (!l->score.used && l->score.definition && l->score.definition->op_count)
        qry_definition_clear(l->score.definition);
}

bool qry_pass_lower(qry_program *program) { return qry_lower(program->statement, program->search); }

bool qry_lower(const qry_statement *statement, qry_search *search)
{
    qry_lowered *l = qry_lowered_of(search);
    qry_keep_statement(l, statement);
    l->written.method = method_of(statement);
    l->has_alive = has_plane(l);
    l->has_mark = qry_is_estimate(statement->kind);
    describe(l);
    return qry_choose_way(l) && qry_lower_again(l);
}

bool qry_lower_again(qry_lowered *l)
{
    l->lowering++;
    qry_arena_free(l->arena);
    l->arena = NULL;
    l->arena = qry_arena_new(l->ctx);
    l->marked_rows = l->matching_rows = l->weighed_rows = NULL;
    if (!qry_plan_state(l) || !qry_write_predicate(l) || (l->has_alive && !prepare_alive(l)))
        return false;
    prepare_circuit(l);
    if (!lower_predicate(l) || !drop_constant_predicate(l))
        return false;
    for (size_t i = 0; i < l->load_count; i++)
        if (l->loads[i].used)
            qry_write_load(l, &l->loads[i]);
    if (l->has_alive)
        qry_write_load(l, &l->alive);
    qry_write_oracle(l);
    qry_write_diffusion(l);
    clear_unused(l);
    list_tables(l);
    l->has_round = false;
    qry_search_write_round(&l->search, l->rounds);
    return true;
}
