/* formulas.c: see formulas.h. */
#include "tests/compiler/formulas.h"

#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

void formulas_begin(formulas *f, qry_ctx *ctx, qry_search_kind kind, uint64_t low, uint64_t high, const char *arch)
{
    *f = (formulas){.ctx = ctx, .arena = qry_arena_new(ctx)};
    f->statement = (qry_statement){
        .kind = kind, .name = "s1", .bound = "j", .low = low, .high = high, .failure = 1e-3, .default_arch = arch};
    f->program = (qry_program){.ctx = ctx, .syntax = f->arena, .tables = f->tables, .statement_count = 1};
}

void formulas_end(formulas *f)
{
    for (size_t i = 0; i < f->program.table_count; i++)
        qry_free(f->ctx, f->tables[i].mantissas);
    qry_arena_free(f->arena);
}

void formulas_clear(formulas *f) { f->list = (qry_formula_list){0}; }

void formulas_fill(formulas *f, qry_table *table, uint64_t seed)
{
    qry_random random;
    qry_random_seed(&random, seed, 7);
    int width = qry_type_width(table->type);
    table->low = table->high = 0;
    for (uint64_t i = 0; i < table->rows * table->columns; i++) {
        int64_t drawn = (int64_t)(qry_random_next(&random) << (64 - width));
        int64_t m = table->type.is_signed ? drawn >> (64 - width) : (int64_t)((uint64_t)drawn >> (64 - width));
        table->mantissas[i] = m;
        table->low = i == 0 || m < table->low ? m : table->low;
        table->high = i == 0 || m > table->high ? m : table->high;
    }
    table->version = ++f->versions;
}

qry_table *formulas_table(formulas *f, const char *name, const char *arch, uint64_t rows, uint32_t columns,
                          qry_type type, uint64_t seed)
{
    assert_true(f->program.table_count < 4);
    qry_table *table = &f->tables[f->program.table_count++];
    *table = (qry_table){.name = name, .arch = arch, .rows = rows, .columns = columns, .type = type};
    table->mantissas = qry_alloc(f->ctx, rows * columns, sizeof *table->mantissas);
    formulas_fill(f, table, seed);
    return table;
}

static int width_of(int64_t low, int64_t high)
{
    int width = 1;
    if (low < 0)
        while (low < -(INT64_C(1) << (width - 1)) || high >= INT64_C(1) << (width - 1))
            width++;
    else
        while (high >> width)
            width++;
    return width;
}

static qry_formula *add(formulas *f, qry_formula node, uint32_t count, qry_formula *const *args)
{
    qry_formula *copy = QRY_NEW(f->arena, qry_formula);
    *copy = node;
    copy->number = (uint32_t)f->list.count;
    copy->arg_count = count;
    copy->arg = qry_arena_alloc(f->arena, count + 1, sizeof *copy->arg);
    for (uint32_t i = 0; i < count; i++)
        copy->arg[i] = args[i];
    copy->width = copy->is_bool ? 1 : width_of(copy->low, copy->high);
    qry_formula **nodes = qry_arena_alloc(f->arena, f->list.count + 1, sizeof *nodes);
    for (size_t i = 0; i < f->list.count; i++)
        nodes[i] = f->list.node[i];
    nodes[f->list.count++] = copy;
    f->list.node = nodes;
    return copy;
}

qry_formula *f_truth(formulas *f, bool value)
{
    return add(f, (qry_formula){.kind = QRY_FORMULA_TRUTH, .is_bool = true, .constant = value, .high = 1}, 0, NULL);
}

qry_formula *f_entry(formulas *f, const qry_table *table, uint32_t column)
{
    qry_formula node = {.kind = QRY_FORMULA_ENTRY, .is_bool = table->type.is_bool, .table = table, .column = column};
    bool first = true;
    for (uint64_t j = f->statement.low; j <= f->statement.high; j++) {
        int64_t m = j < table->rows ? table->mantissas[j * table->columns + column] : 0;
        node.low = first || m < node.low ? m : node.low;
        node.high = first || m > node.high ? m : node.high;
        first = false;
    }
    return add(f, node, 0, NULL);
}

qry_formula *f_index(formulas *f)
{
    qry_formula node = {
        .kind = QRY_FORMULA_INDEX, .low = (int64_t)f->statement.low, .high = (int64_t)f->statement.high};
    return add(f, node, 0, NULL);
}

qry_formula *f_sum(formulas *f, int64_t constant, uint32_t count, qry_formula *const *args, const int64_t *factors)
{
    qry_formula node = {.kind = QRY_FORMULA_SUM, .constant = constant, .low = constant, .high = constant};
    node.factor = qry_arena_alloc(f->arena, count + 1, sizeof *node.factor);
    for (uint32_t i = 0; i < count; i++) {
        node.factor[i] = factors[i];
        node.low += factors[i] * (factors[i] < 0 ? args[i]->high : args[i]->low);
        node.high += factors[i] * (factors[i] < 0 ? args[i]->low : args[i]->high);
    }
    return add(f, node, count, args);
}

qry_formula *f_linear(formulas *f, int64_t constant, int64_t factor, qry_formula *x)
{
    return f_sum(f, constant, 1, &x, &factor);
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

qry_formula *f_node(formulas *f, qry_formula_kind kind, uint32_t count, qry_formula *const *args)
{
    qry_formula node = {.kind = kind, .high = 1};
    const qry_formula *x = args[0], *y = count > 1 ? args[count - 1] : x;
    switch (kind) {
    case QRY_FORMULA_PRODUCT: {
        int64_t corner[4] = {x->low * y->low, x->low * y->high, x->high * y->low, x->high * y->high};
        node.low = least(least(corner[0], corner[1]), least(corner[2], corner[3]));
        node.high = most(most(corner[0], corner[1]), most(corner[2], corner[3]));
        break;
    }
    case QRY_FORMULA_ABS:
        node.low = x->low > 0 ? x->low : x->high < 0 ? -x->high : 0;
        node.high = most(x->high, -x->low);
        break;
    case QRY_FORMULA_MIN:
        node.low = least(x->low, y->low);
        node.high = least(x->high, y->high);
        break;
    case QRY_FORMULA_MAX:
        node.low = most(x->low, y->low);
        node.high = most(x->high, y->high);
        break;
    case QRY_FORMULA_CHOOSE:
        node.is_bool = y->is_bool;
        node.low = least(args[1]->low, y->low);
        node.high = most(args[1]->high, y->high);
        break;
    default:
        node.is_bool = true;
    }
    return add(f, node, count, args);
}

qry_formula *f_floor(formulas *f, qry_formula *x, int drop)
{
    qry_formula node = {.kind = QRY_FORMULA_FLOOR, .drop = drop, .low = x->low >> drop, .high = x->high >> drop};
    return add(f, node, 1, &x);
}

void f_root(formulas *f, qry_formula *root)
{
    f->list.root = root;
    f->statement.where = f->list;
    f->program.statements = &f->statement;
}

int64_t f_value(const qry_formula *n, uint64_t j)
{
    int64_t value = n->constant;
    switch (n->kind) {
    case QRY_FORMULA_TRUTH:
        return n->constant;
    case QRY_FORMULA_ENTRY:
        return j < n->table->rows ? n->table->mantissas[j * n->table->columns + n->column] : 0;
    case QRY_FORMULA_INDEX:
        return (int64_t)j;
    case QRY_FORMULA_SUM:
        for (uint32_t i = 0; i < n->arg_count; i++)
            value += n->factor[i] * f_value(n->arg[i], j);
        return value;
    case QRY_FORMULA_PRODUCT:
        return f_value(n->arg[0], j) * f_value(n->arg[1], j);
    case QRY_FORMULA_ABS:
        value = f_value(n->arg[0], j);
        return value < 0 ? -value : value;
    case QRY_FORMULA_MIN:
        return least(f_value(n->arg[0], j), f_value(n->arg[1], j));
    case QRY_FORMULA_MAX:
        return most(f_value(n->arg[0], j), f_value(n->arg[1], j));
    case QRY_FORMULA_CHOOSE:
        return f_value(n->arg[f_value(n->arg[0], j) ? 1 : 2], j);
    case QRY_FORMULA_FLOOR:
        return f_value(n->arg[0], j) >> n->drop;
    case QRY_FORMULA_GE0:
        return f_value(n->arg[0], j) >= 0;
    case QRY_FORMULA_EQ0:
        return f_value(n->arg[0], j) == 0;
    case QRY_FORMULA_AND:
        for (uint32_t i = 0; i < n->arg_count; i++)
            if (!f_value(n->arg[i], j))
                return 0;
        return 1;
    case QRY_FORMULA_OR:
        for (uint32_t i = 0; i < n->arg_count; i++)
            if (f_value(n->arg[i], j))
                return 1;
        return 0;
    case QRY_FORMULA_NOT:
        return !f_value(n->arg[0], j);
    case QRY_FORMULA_LOOKUP:
        return n->values[f_value(n->arg[0], j) - n->first];
    case QRY_FORMULA_UNIFORM:
    case QRY_FORMULA_HASH:
        break; /* of states, not of rows */
    }
    fail();
    return 0;
}

/* ---- random predicates ---- */

static qry_formula *pick(formulas *f, qry_random *random, bool is_bool)
{
    for (int tries = 0; tries < 100; tries++) {
        qry_formula *node = f->list.node[qry_random_below(random, f->list.count)];
        if (node->is_bool == is_bool)
            return node;
    }
    return is_bool ? f_truth(f, qry_random_below(random, 2)) : f_index(f);
}

static bool is_small(const qry_formula *node) { return node->low > -5000 && node->high < 5000; }

static qry_formula *random_sum(formulas *f, qry_random *random)
{
    qry_formula *args[4];
    int64_t factors[4];
    uint32_t count = (uint32_t)qry_random_below(random, 5);
    for (uint32_t i = 0; i < count; i++) {
        args[i] = pick(f, random, false);
        do
            factors[i] = (int64_t)qry_random_below(random, 19) - 9;
        while (factors[i] == 0);
        if (qry_random_below(random, 2))
            factors[i] = factors[i] < 0 ? -1 : 1;
    }
    return f_sum(f, (int64_t)qry_random_below(random, 41) - 20, count, args, factors);
}

/* A comparison with a limit that some rows meet and some do not, most of the time. */
static qry_formula *random_comparison(formulas *f, qry_random *random)
{
    qry_formula *x = pick(f, random, false);
    uint64_t rows = f->statement.high - f->statement.low + 1;
    int64_t at = f_value(x, f->statement.low + qry_random_below(random, rows));
    int64_t factor = qry_random_below(random, 2) ? 1 : -1;
    qry_formula *difference = qry_random_below(random, 8) ? f_linear(f, -factor * at, factor, x) : x;
    return qry_random_below(random, 3) ? F(f, GE0, difference) : F(f, EQ0, difference);
}

static void add_random(formulas *f, qry_random *random)
{
    switch (qry_random_below(random, 14)) {
    case 0:
        pick(f, random, false); /* an index, if there is no number */
        break;
    case 1:
    case 2:
        random_sum(f, random);
        break;
    case 3: {
        qry_formula *x = pick(f, random, false), *y = qry_random_below(random, 3) ? pick(f, random, false) : x;
        if (is_small(x) && is_small(y))
            F(f, PRODUCT, x, y);
        break;
    }
    case 4:
        F(f, ABS, pick(f, random, false));
        break;
    case 5:
        F(f, MIN, pick(f, random, false), pick(f, random, false));
        break;
    case 6:
        F(f, MAX, pick(f, random, false), pick(f, random, false));
        break;
    case 7: {
        bool is_bool = qry_random_below(random, 2);
        F(f, CHOOSE, pick(f, random, true), pick(f, random, is_bool), pick(f, random, is_bool));
        break;
    }
    case 8:
        f_floor(f, pick(f, random, false), (int)qry_random_below(random, 4));
        break;
    case 9:
        F(f, AND, pick(f, random, true), pick(f, random, true));
        break;
    case 10:
        F(f, OR, pick(f, random, true), pick(f, random, true), pick(f, random, true));
        break;
    case 11:
        F(f, NOT, pick(f, random, true));
        break;
    default:
        random_comparison(f, random);
    }
}

qry_formula *f_random(formulas *f, qry_random *random, int size)
{
    if (qry_random_below(random, 3) == 0)
        f_index(f);
    for (size_t t = 0; t < f->program.table_count; t++)
        for (uint32_t c = 0; c < f->tables[t].columns; c++)
            f_entry(f, &f->tables[t], c);
    for (int i = 0; i < size; i++)
        add_random(f, random);
    qry_formula *root = random_comparison(f, random);
    for (uint64_t more = qry_random_below(random, 3); more > 0; more--) {
        qry_formula *other = pick(f, random, true);
        root = qry_random_below(random, 3) ? F(f, AND, root, other) : F(f, OR, root, other);
    }
    return qry_random_below(random, 4) ? root : F(f, NOT, root);
}
