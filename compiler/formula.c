/* formula.c: formulas are evaluated and printed here; they are built in formula_build.c. */
#include "compiler/program.h"

#include <inttypes.h>

static const char *const formula_names[] = {
    [QRY_FORMULA_TRUTH] = "truth",   [QRY_FORMULA_ENTRY] = "entry",     [QRY_FORMULA_INDEX] = "index",
    [QRY_FORMULA_SUM] = "sum",       [QRY_FORMULA_PRODUCT] = "product", [QRY_FORMULA_ABS] = "abs",
    [QRY_FORMULA_MIN] = "min",       [QRY_FORMULA_MAX] = "max",         [QRY_FORMULA_CHOOSE] = "choose",
    [QRY_FORMULA_FLOOR] = "floor",   [QRY_FORMULA_GE0] = "ge0",         [QRY_FORMULA_EQ0] = "eq0",
    [QRY_FORMULA_AND] = "and",       [QRY_FORMULA_OR] = "or",           [QRY_FORMULA_NOT] = "not",
    [QRY_FORMULA_LOOKUP] = "lookup", [QRY_FORMULA_UNIFORM] = "uniform", [QRY_FORMULA_HASH] = "hash"};

/* Sums and products are taken modulo 2^64: the pass widths has made sure that every result fits, even where a sum
 * passes through larger numbers on its way. */
static int64_t sum_value(const qry_formula *node, const int64_t *value)
{
    uint64_t sum = (uint64_t)node->constant;
    for (uint32_t i = 0; i < node->arg_count; i++)
        sum += (uint64_t)node->factor[i] * (uint64_t)value[node->arg[i]->number];
    return (int64_t)sum;
}

/* Two's complement without the low bits is the floor. */
static int64_t floor_value(int64_t value, int drop) { return value >> (drop < 63 ? drop : 63); }

static int64_t hash_value(const qry_formula *node, uint64_t j)
{
    int64_t hash = 0;
    for (int i = 0; i < node->width; i++)
        hash |= (int64_t)(__builtin_popcountll(j & node->masks[i]) & 1) << i;
    return hash ^ node->constant;
}

/* Where widths are not known yet, an argument may lie outside. */
static int64_t lookup_value(const qry_formula *node, int64_t at)
{
    return at < node->first || at - node->first >= node->value_count ? 0 : node->values[at - node->first];
}

static int64_t node_value(const qry_formula *node, uint64_t j, uint64_t r, const int64_t *value)
{
    int64_t a = node->arg_count > 0 ? value[node->arg[0]->number] : 0;
    int64_t b = node->arg_count > 1 ? value[node->arg[1]->number] : 0;
    switch (node->kind) {
    case QRY_FORMULA_TRUTH:
        return node->constant;
    case QRY_FORMULA_ENTRY:
        return j < node->table->rows ? node->table->mantissas[j * node->table->columns + node->column] : 0;
    case QRY_FORMULA_INDEX:
        return (int64_t)j;
    case QRY_FORMULA_SUM:
        return sum_value(node, value);
    case QRY_FORMULA_PRODUCT:
        return (int64_t)((uint64_t)a * (uint64_t)b);
    case QRY_FORMULA_ABS:
        return a < 0 ? (int64_t)(0 - (uint64_t)a) : a;
    case QRY_FORMULA_MIN:
        return a < b ? a : b;
    case QRY_FORMULA_MAX:
        return a > b ? a : b;
    case QRY_FORMULA_CHOOSE:
        return a ? b : value[node->arg[2]->number];
    case QRY_FORMULA_FLOOR:
        return floor_value(a, node->drop);
    case QRY_FORMULA_LOOKUP:
        return lookup_value(node, a);
    case QRY_FORMULA_UNIFORM:
        return (int64_t)(r >> node->drop & ((UINT64_C(1) << node->width) - 1));
    case QRY_FORMULA_HASH:
        return hash_value(node, j);
    case QRY_FORMULA_GE0:
        return a >= 0;
    case QRY_FORMULA_EQ0:
        return a == 0;
    case QRY_FORMULA_AND:
    case QRY_FORMULA_OR:
        for (uint32_t i = 0; i < node->arg_count; i++)
            if ((value[node->arg[i]->number] != 0) == (node->kind == QRY_FORMULA_OR))
                return node->kind == QRY_FORMULA_OR;
        return node->kind == QRY_FORMULA_AND;
    case QRY_FORMULA_NOT:
        return !a;
    }
    qry_must(!"a kind of formula that is known");
    return 0;
}

int64_t qry_formula_evaluate(const qry_formula_list *list, const qry_formula *node, uint64_t j, uint64_t r,
                             int64_t *scratch)
{
    for (uint32_t i = 0; i <= node->number; i++)
        scratch[i] = node_value(list->node[i], j, r, scratch);
    return scratch[node->number];
}

/* ---- printing ---- */

static void print_sum(FILE *stream, const qry_formula *node)
{
    fprintf(stream, " %" PRId64, node->constant);
    for (uint32_t i = 0; i < node->arg_count; i++)
        fprintf(stream, " %+" PRId64 "*#%" PRIu32, node->factor[i], node->arg[i]->number);
}

static void print_node(FILE *stream, const qry_formula *node)
{
    fprintf(stream, "#%-4" PRIu32 " %s", node->number, formula_names[node->kind]);
    switch (node->kind) {
    case QRY_FORMULA_TRUTH:
        fprintf(stream, " %" PRId64, node->constant);
        break;
    case QRY_FORMULA_ENTRY:
        fprintf(stream, " %s[j][%" PRIu32 "]", node->table->name, node->column);
        break;
    case QRY_FORMULA_SUM:
        print_sum(stream, node);
        break;
    default:
        for (uint32_t i = 0; i < node->arg_count; i++)
            fprintf(stream, " #%" PRIu32, node->arg[i]->number);
        if (node->kind == QRY_FORMULA_FLOOR)
            fprintf(stream, " drop %d", node->drop);
        if (node->is_exp)
            fputs(" exp", stream);
    }
    if (!node->is_bool)
        fprintf(stream, "  /2^%d", node->fraction);
    if (node->width)
        fprintf(stream, "  %" PRId64 " .. %" PRId64 ", %d bit%s", node->low, node->high, node->width,
                node->width == 1 ? "" : "s");
    putc('\n', stream);
}

void qry_formula_print(FILE *stream, const qry_formula_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        print_node(stream, list->node[i]);
    if (list->root)
        fprintf(stream, "predicate #%" PRIu32 "\n", list->root->number);
    if (list->by)
        fprintf(stream, "by #%" PRIu32 "\n", list->by->number);
}
