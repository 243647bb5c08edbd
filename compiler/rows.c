/* rows.c: formulas over blocks of rows. Arithmetic is that of formula.c, modulo 2^64; loops are simple ones that compilers
 * turn into vectors. A sum of entries of one table, such as a dot product, is taken row by row from the table as it
 * stands, without a block for each entry; where its numbers are small, in 16 bits. */
#include "compiler/rows.h"

#include <string.h>

/* Fewer entries of a table are added up as other sums are. */
enum { LEAST_DOT = 4 };

struct step {
    const qry_formula *node;
    int64_t *value;         /* QRY_ROWS of them */
    const int64_t **arg;    /* values of the arguments; NULL of a dot product */
    const qry_table *table; /* of a dot product; else NULL */
    int16_t *factor;        /* of a dot product, by column of the table; NULL: some do not fit */
    int64_t sizes;          /* sum of |factor| */
};

struct qry_rows {
    qry_narrow_book *book;
    struct step *step;
    size_t count;
};

/* ---- tables in 16 bits ---- */

void qry_narrow_free(qry_narrow_book *book)
{
    for (size_t i = 0; i < book->count; i++)
        qry_free(book->ctx, book->narrow[i].entry);
    qry_free(book->ctx, book->narrow);
}

static void make_narrow(qry_narrow_book *book, qry_narrow *narrow)
{
    const qry_table *table = narrow->table;
    size_t count = table->rows * table->columns;
    qry_free(book->ctx, narrow->entry);
    narrow->entry = NULL;
    narrow->version = table->version;
    int64_t low = 0, high = 0;
    for (size_t i = 0; i < count; i++) {
        low = table->mantissas[i] < low ? table->mantissas[i] : low;
        high = table->mantissas[i] > high ? table->mantissas[i] : high;
    }
    if (low < INT16_MIN || high > INT16_MAX)
        return;
    narrow->most = -low > high ? -low : high;
    narrow->entry = qry_alloc(book->ctx, count, sizeof *narrow->entry);
    for (size_t i = 0; i < count; i++)
        narrow->entry[i] = (int16_t)table->mantissas[i];
}

static const qry_narrow *narrow_of(qry_narrow_book *book, const qry_table *table)
{
    size_t i = 0;
    while (i < book->count && book->narrow[i].table != table)
        i++;
    if (i == book->count) {
        QRY_GROW(book->ctx, book->narrow, book->room, book->count + 1);
        book->narrow[book->count++] = (qry_narrow){.table = table, .version = ~table->version};
    }
    if (book->narrow[i].version != table->version)
        make_narrow(book, &book->narrow[i]);
    return &book->narrow[i];
}

/* ---- sums of entries ---- */

/* The table of which all arguments are entries, or NULL. */
static const qry_table *dot_table(const qry_formula *node)
{
    if (node->kind != QRY_FORMULA_SUM || node->arg_count < LEAST_DOT)
        return NULL;
    for (uint32_t i = 0; i < node->arg_count; i++)
        if (node->arg[i]->kind != QRY_FORMULA_ENTRY || node->arg[i]->table != node->arg[0]->table)
            return NULL;
    return node->arg[0]->table;
}

static void prepare_dot(struct step *step, qry_arena *arena)
{
    const qry_formula *node = step->node;
    step->factor = qry_arena_alloc(arena, step->table->columns, sizeof *step->factor);
    for (uint32_t i = 0; i < node->arg_count; i++) {
        int64_t factor = node->factor[i];
        int16_t *to = &step->factor[node->arg[i]->column];
        if (factor < -INT16_MAX || factor > INT16_MAX || *to) { /* or a column that is named twice */
            step->factor = NULL;
            return;
        }
        *to = (int16_t)factor;
        step->sizes += factor < 0 ? -factor : factor;
    }
}

static int32_t dot_of(uint32_t count, const int16_t *x, const int16_t *y)
{
    int32_t sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += (int32_t)x[i] * (int32_t)y[i];
    return sum;
}

/* Rows behind the end of the table are not in it: their entries are 0. */
static void dot(const qry_rows *rows, const struct step *step, uint64_t first)
{
    const qry_table *table = step->table;
    const qry_formula *node = step->node;
    const qry_narrow *narrow = step->factor ? narrow_of(rows->book, table) : NULL;
    uint64_t there = first < table->rows ? table->rows - first : 0;
    uint32_t columns = table->columns;
    bool small = narrow && narrow->entry && (!narrow->most || step->sizes <= INT32_MAX / narrow->most);
    for (uint64_t k = 0; k < QRY_ROWS; k++) {
        uint64_t sum = (uint64_t)node->constant;
        if (k < there && small) {
            sum += (uint64_t)dot_of(columns, narrow->entry + (first + k) * columns, step->factor);
        } else if (k < there) {
            const int64_t *entry = table->mantissas + (first + k) * columns;
            for (uint32_t i = 0; i < node->arg_count; i++)
                sum += (uint64_t)node->factor[i] * (uint64_t)entry[node->arg[i]->column];
        }
        step->value[k] = (int64_t)sum;
    }
}

/* ---- other nodes ---- */

static void entries(const struct step *step, uint64_t first)
{
    const qry_table *table = step->node->table;
    uint64_t there = first < table->rows ? table->rows - first : 0;
    const int64_t *entry = table->mantissas + first * table->columns + step->node->column;
    for (uint64_t k = 0; k < QRY_ROWS; k++)
        step->value[k] = k < there ? entry[k * table->columns] : 0;
}

static void sum(const struct step *step)
{
    const qry_formula *node = step->node;
    for (int k = 0; k < QRY_ROWS; k++)
        step->value[k] = node->constant;
    for (uint32_t i = 0; i < node->arg_count; i++) {
        const int64_t *x = step->arg[i];
        uint64_t factor = (uint64_t)node->factor[i];
        for (int k = 0; k < QRY_ROWS; k++)
            step->value[k] = (int64_t)((uint64_t)step->value[k] + factor * (uint64_t)x[k]);
    }
}

/* The parity is linear over GF(2): with one more bit of j, what stands for the others so far is changed by what that bit
 * has in the masks. The block begins at a multiple of its length. */
static void hashes(const struct step *step, uint64_t first)
{
    const qry_formula *node = step->node;
    step->value[0] = node->constant;
    for (int i = 0; i < node->width; i++)
        step->value[0] ^= (int64_t)(__builtin_popcountll(first & node->masks[i]) & 1) << i;
    for (uint64_t bit = 1; bit < QRY_ROWS; bit *= 2) {
        int64_t change = 0;
        for (int i = 0; i < node->width; i++)
            change |= (int64_t)((node->masks[i] & bit) != 0) << i;
        for (uint64_t k = 0; k < bit; k++)
            step->value[bit + k] = step->value[k] ^ change;
    }
}

static void lookups(const struct step *step)
{
    const qry_formula *node = step->node;
    const int64_t *x = step->arg[0];
    for (int k = 0; k < QRY_ROWS; k++)
        step->value[k] =
            x[k] < node->first || x[k] - node->first >= node->value_count ? 0 : node->values[x[k] - node->first];
}

static void logic(const struct step *step)
{
    const qry_formula *node = step->node;
    bool any = node->kind == QRY_FORMULA_OR;
    for (int k = 0; k < QRY_ROWS; k++)
        step->value[k] = !any;
    for (uint32_t i = 0; i < node->arg_count; i++) {
        const int64_t *x = step->arg[i];
        for (int k = 0; k < QRY_ROWS; k++)
            step->value[k] = any ? step->value[k] | (x[k] != 0) : step->value[k] & (x[k] != 0);
    }
}

/* Of what has one argument, or two. */
static void operate(const struct step *step)
{
    const qry_formula *node = step->node;
    const int64_t *a = step->arg[0], *b = node->arg_count > 1 ? step->arg[1] : a;
    int64_t *to = step->value;
    int drop = node->drop < 63 ? node->drop : 63;
    for (int k = 0; k < QRY_ROWS; k++)
        switch (node->kind) {
        case QRY_FORMULA_PRODUCT:
            to[k] = (int64_t)((uint64_t)a[k] * (uint64_t)b[k]);
            break;
        case QRY_FORMULA_ABS:
            to[k] = a[k] < 0 ? (int64_t)(0 - (uint64_t)a[k]) : a[k];
            break;
        case QRY_FORMULA_MIN:
            to[k] = a[k] < b[k] ? a[k] : b[k];
            break;
        case QRY_FORMULA_MAX:
            to[k] = a[k] > b[k] ? a[k] : b[k];
            break;
        case QRY_FORMULA_CHOOSE:
            to[k] = a[k] ? b[k] : step->arg[2][k];
            break;
        case QRY_FORMULA_FLOOR:
            to[k] = a[k] >> drop;
            break;
        case QRY_FORMULA_GE0:
            to[k] = a[k] >= 0;
            break;
        case QRY_FORMULA_EQ0:
            to[k] = a[k] == 0;
            break;
        default:
            qry_must(node->kind == QRY_FORMULA_NOT);
            to[k] = !a[k];
        }
}

static void take_step(const qry_rows *rows, const struct step *step, uint64_t first)
{
    switch (step->node->kind) {
    case QRY_FORMULA_TRUTH: /* the same for all rows: written when the step was made */
    case QRY_FORMULA_UNIFORM:
        return;
    case QRY_FORMULA_ENTRY:
        entries(step, first);
        return;
    case QRY_FORMULA_INDEX:
        for (uint64_t k = 0; k < QRY_ROWS; k++)
            step->value[k] = (int64_t)(first + k);
        return;
    case QRY_FORMULA_SUM:
        if (step->table)
            dot(rows, step, first);
        else
            sum(step);
        return;
    case QRY_FORMULA_LOOKUP:
        lookups(step);
        return;
    case QRY_FORMULA_HASH:
        hashes(step, first);
        return;
    case QRY_FORMULA_AND:
    case QRY_FORMULA_OR:
        logic(step);
        return;
    default:
        operate(step);
    }
}

const int64_t *qry_rows_values(qry_rows *rows, uint64_t first)
{
    qry_must(first % QRY_ROWS == 0);
    for (size_t i = 0; i < rows->count; i++)
        take_step(rows, &rows->step[i], first);
    return rows->step[rows->count - 1].value;
}

/* ---- what has to be evaluated ---- */

static const qry_formula **list_nodes(qry_arena *arena, const qry_formula *node, size_t *count)
{
    size_t numbers = node->number + (size_t)1;
    const qry_formula **by_number = qry_arena_alloc(arena, numbers, sizeof *by_number);
    by_number[node->number] = node;
    *count = 0;
    for (size_t i = numbers; i-- > 0;) { /* arguments have smaller numbers */
        const qry_formula *n = by_number[i];
        *count += n != NULL;
        for (uint32_t k = 0; n && !dot_table(n) && k < n->arg_count; k++)
            by_number[n->arg[k]->number] = n->arg[k];
    }
    return by_number;
}

qry_rows *qry_rows_new(qry_arena *arena, qry_narrow_book *book, const qry_formula *node)
{
    size_t count;
    const qry_formula **by_number = list_nodes(arena, node, &count);
    int64_t **value = qry_arena_alloc(arena, node->number + (size_t)1, sizeof *value);
    qry_rows *rows = QRY_NEW(arena, qry_rows);
    *rows = (qry_rows){.book = book, .step = qry_arena_alloc(arena, count, sizeof *rows->step)};
    for (size_t i = 0; i <= node->number; i++) {
        const qry_formula *n = by_number[i];
        if (!n)
            continue;
        struct step *step = &rows->step[rows->count++];
        *step = (struct step){.node = n, .table = dot_table(n)};
        step->value = value[i] = qry_arena_alloc(arena, QRY_ROWS, sizeof **value);
        if (step->table) {
            prepare_dot(step, arena);
            continue;
        }
        step->arg = qry_arena_alloc(arena, n->arg_count + (size_t)1, sizeof *step->arg);
        for (uint32_t k = 0; k < n->arg_count; k++)
            step->arg[k] = value[n->arg[k]->number];
        for (int k = 0; k < QRY_ROWS; k++)
            step->value[k] = n->kind == QRY_FORMULA_TRUTH ? n->constant : 0;
    }
    return rows;
}
