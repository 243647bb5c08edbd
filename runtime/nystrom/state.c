/* state.c: what rows need of the low-rank kernel, in a file and back. Neither keys nor values are in it: s landmarks take
 * O(s^2 + s (d + d_v) + d_v^2) numbers. Whatever the file has, what comes out of it can be computed with. */
#include "runtime/nystrom/state.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { VERSION = 1, WORDS = 16, MOST_LANDMARKS = 1 << 16 };

/* What rows can be computed with: entries of points and values, which are squared; sums, and numbers that are squares. */
static const double most_entry = 1e150, most_sum = 1e300;

/* The places of "quarry_state". */
enum {
    AT_VERSION,
    AT_KEYS,
    AT_WIDTH,
    AT_VALUE_WIDTH,
    AT_LANDMARKS,
    AT_VALUE_SAMPLES,
    AT_RAW,
    AT_SAMPLED,
    AT_ENGINE,
    AT_STAGES,
    AT_VARIANCES,
    AT_WRITES
};

/* ---- arrays ---- */

static void put(qry_state_writer *w, const char *name, qry_array array, int dims, const size_t *shape)
{
    qry_must(w->count < QRY_STATE_ARRAYS);
    array.dims = dims;
    array.count = 1;
    for (int i = 0; i < dims; i++) {
        array.shape[i] = shape[i];
        array.count *= shape[i];
    }
    w->array[w->count] = array;
    w->entry[w->count] = (qry_npz_entry){name, &w->array[w->count]};
    w->count++;
}

void qry_state_put_reals(qry_state_writer *w, const char *name, int dims, const size_t *shape, double *items)
{
    put(w, name, (qry_array){.kind = QRY_ARRAY_REAL, .item.real = items}, dims, shape);
}

void qry_state_put_naturals(qry_state_writer *w, const char *name, int dims, const size_t *shape, uint64_t *items)
{
    put(w, name, (qry_array){.kind = QRY_ARRAY_UNSIGNED, .item.natural = items}, dims, shape);
}

bool qry_state_wrong(const qry_state_reader *r, const char *format, ...)
{
    char why[300];
    va_list list;
    va_start(list, format);
    vsnprintf(why, sizeof why, format, list);
    va_end(list);
    qry_error(r->ctx, "cannot use %s: %s", r->path, why);
    return false;
}

/* An array of that kind and shape, or NULL after a report. */
static qry_array *take(const qry_state_reader *r, const char *name, qry_array_kind kind, int dims, const size_t *shape)
{
    qry_array *array = qry_npz_read(r->ctx, r->path, name, (qry_span){0});
    if (!array)
        return NULL;
    bool same = array->dims == dims;
    for (int i = 0; i < dims && same; i++)
        same = array->shape[i] == shape[i];
    char found[QRY_SHAPE_TEXT], wanted[QRY_SHAPE_TEXT];
    if (!same)
        qry_state_wrong(r, "its array \"%s\" has the shape %s, but by its sizes it must have %s", name,
                        qry_shape_text(array->dims, array->shape, found), qry_shape_text(dims, shape, wanted));
    else if (array->kind != kind)
        qry_state_wrong(r, "its array \"%s\" has items of another type", name);
    if (same && array->kind == kind)
        return array;
    qry_array_free(r->ctx, array);
    return NULL;
}

bool qry_state_take_reals(const qry_state_reader *r, const char *name, int dims, const size_t *shape, double *items)
{
    qry_array *array = take(r, name, QRY_ARRAY_REAL, dims, shape);
    if (!array)
        return false;
    memcpy(items, array->item.real, array->count * sizeof *items);
    qry_array_free(r->ctx, array);
    return true;
}

bool qry_state_take_naturals(const qry_state_reader *r, const char *name, int dims, const size_t *shape,
                             uint64_t *items)
{
    qry_array *array = take(r, name, QRY_ARRAY_UNSIGNED, dims, shape);
    if (!array)
        return false;
    memcpy(items, array->item.natural, array->count * sizeof *items);
    qry_array_free(r->ctx, array);
    return true;
}

/* ---- what there is ---- */

/* A list of numbers, or a matrix: of it `matrix`, else `list`. */
struct part {
    const char *name;
    bool there;
    size_t rows, columns; /* columns 0: a list */
    double **list;
    qry_matrix *matrix;
    bool entries; /* of points or values: see most_entry */
};

enum { PARTS = 16 };

/* Variances are only known where every probability was. */
static void list_parts(qry_nystrom *n, qry_head *head, bool variances, struct part part[PARTS])
{
    size_t s = n->landmarks, d = n->width, dv = n->value_width;
    qry_sketch *k = &n->sketch;
    const struct part all[PARTS] = {
        {"centre", true, d, 0, &n->kernel->centre, NULL, true},
        {"key_mean", true, d, 0, &head->key_mean, NULL, true},
        {"value_mean", true, dv, 0, &n->value_mean, NULL, true},
        {"landmark", true, s, d, NULL, &n->landmark, true},
        {"square", true, s, 0, &n->square, NULL, false},
        {"root", true, s, s, NULL, &n->root, false},
        {"sums_of_values", true, s, dv, NULL, &k->values, false},
        {"mean", true, s, 0, &k->mean, NULL, false},
        {"spread", true, s, s, NULL, &k->spread, false},
        {"half", true, s, 0, &k->half, NULL, false},
        {"sample_mean", k->sampled, s, 0, &k->sample_mean, NULL, false},
        {"sample_value", k->sampled, dv, 0, &k->sample_value, NULL, false},
        {"variance", variances, s, s, NULL, &k->variance, false},
        {"variance_of_values", variances, s, s, NULL, &k->of_values, false},
        {"value_cross", variances, s, 0, &k->value_cross, NULL, false},
        {"left", true, 1 + dv, 1 + dv, NULL, &n->certificate.left, false},
    };
    memcpy(part, all, sizeof all);
}

enum { NUMBERS = 19 };

static void list_numbers(qry_nystrom *n, qry_head *head, qry_attend_facts *f, double *number[NUMBERS])
{
    qry_certificate *c = &n->certificate;
    double *const all[NUMBERS] = {&head->scale,
                                  &head->longest_key,
                                  &head->longest_value,
                                  &f->failure,
                                  &n->failure,
                                  &n->facts.lambda,
                                  &n->facts.residual_trace,
                                  &n->facts.key_trace,
                                  &n->facts.mean_epsilon,
                                  &n->gain,
                                  &n->kernel->stretch,
                                  &n->kernel->gain,
                                  &n->value_radius,
                                  &n->sketch.value_constant,
                                  &c->top,
                                  &c->weights,
                                  &c->values,
                                  &c->slope,
                                  &c->longest};
    memcpy(number, all, sizeof all);
}

static size_t count_of(const struct part *part) { return part->rows * (part->columns ? part->columns : 1); }

static const double *items_of(const struct part *part) { return part->matrix ? part->matrix->at : *part->list; }

static double most_of(const struct part *part) { return part->entries ? most_entry : most_sum; }

/* The first item that is, or is no number; NULL if there is none. */
static const double *too_large(const double *item, size_t count, double most)
{
    for (size_t i = 0; i < count; i++)
        if (!(fabs(item[i]) <= most))
            return &item[i];
    return NULL;
}

/* ---- writing ---- */

/* A reader refuses a file with other numbers. */
static bool are_usable(const qry_state_writer *w, const struct part *part)
{
    for (size_t a = 0; a < w->count; a++)
        if (w->array[a].kind == QRY_ARRAY_REAL && too_large(w->array[a].item.real, w->array[a].count, most_sum))
            return false;
    for (size_t i = 0; i < PARTS; i++)
        if (part[i].there && too_large(items_of(&part[i]), count_of(&part[i]), most_of(&part[i])))
            return false;
    return true;
}

static void put_sizes(qry_state_writer *w, qry_nystrom *n, qry_head *head, qry_attend_facts *f)
{
    uint64_t *word = qry_arena_alloc(w->arena, WORDS, sizeof *word);
    double *number[NUMBERS], *numbers = qry_arena_alloc(w->arena, NUMBERS, sizeof *numbers);
    word[AT_VERSION] = VERSION;
    word[AT_KEYS] = n->keys;
    word[AT_WIDTH] = n->width;
    word[AT_VALUE_WIDTH] = n->value_width;
    word[AT_LANDMARKS] = n->landmarks;
    word[AT_VALUE_SAMPLES] = n->facts.value_samples;
    word[AT_RAW] = n->kernel->raw;
    word[AT_SAMPLED] = n->sketch.sampled;
    word[AT_ENGINE] = f->engine;
    word[AT_STAGES] = f->stage_count;
    word[AT_WRITES] = f->qram_writes;
    word[AT_VARIANCES] = n->sketch.variance.at != NULL;
    qry_state_put_naturals(w, "quarry_state", 1, (const size_t[]){WORDS}, word);
    list_numbers(n, head, f, number);
    for (size_t i = 0; i < NUMBERS; i++)
        numbers[i] = *number[i];
    qry_state_put_reals(w, "numbers", 1, (const size_t[]){NUMBERS}, numbers);
}

bool qry_nystrom_save(const qry_nystrom *nystrom, const qry_head *head, const qry_attend_facts *facts, const char *path)
{
    qry_ctx *ctx = nystrom->ctx;
    qry_nystrom n = *nystrom; /* the lists of parts are of places to write to, too */
    qry_head h = *head;
    qry_attend_facts f = *facts;
    qry_arena *arena = qry_arena_new(ctx);
    qry_state_writer *w = QRY_NEW(arena, qry_state_writer);
    struct part part[PARTS] = {{0}};
    w->arena = arena;
    put_sizes(w, &n, &h, &f);
    list_parts(&n, &h, n.sketch.variance.at != NULL, part);
    for (size_t i = 0; i < PARTS; i++)
        if (part[i].there)
            qry_state_put_reals(w, part[i].name, part[i].columns ? 2 : 1,
                                (const size_t[]){part[i].rows, part[i].columns},
                                part[i].list ? *part[i].list : part[i].matrix->at);
    qry_state_put_stages(w, &f);
    bool usable = are_usable(w, part);
    if (!usable)
        qry_error(ctx, "cannot save %s: some of its numbers are not finite, or so large that rows overflow", path);
    bool done = usable && qry_npz_write(ctx, path, w->entry, w->count);
    qry_arena_free(arena);
    return done;
}

/* ---- reading ---- */

static bool check_words(const qry_state_reader *r, const uint64_t *word)
{
    if (word[AT_VERSION] > VERSION)
        return qry_state_wrong(r, "a newer version of Quarry saved it (states of version %llu, this one knows %d)",
                               (unsigned long long)word[AT_VERSION], VERSION);
    bool sizes = word[AT_KEYS] >= 1 && word[AT_KEYS] <= INT_MAX && word[AT_WIDTH] >= 1 &&
                 word[AT_WIDTH] <= QRY_HEAD_MAX_WIDTH && word[AT_VALUE_WIDTH] >= 1 &&
                 word[AT_VALUE_WIDTH] <= QRY_HEAD_MAX_WIDTH && word[AT_LANDMARKS] >= 1 &&
                 word[AT_LANDMARKS] <= MOST_LANDMARKS;
    bool words = word[AT_RAW] <= 1 && word[AT_SAMPLED] <= 1 && word[AT_VARIANCES] <= word[AT_SAMPLED] &&
                 word[AT_ENGINE] <= QRY_ENGINE_ORACLE;
    return word[AT_VERSION] == VERSION && sizes && words ? true
                                                         : qry_state_wrong(r, "its sizes are no sizes of a state");
}

static bool take_words(const qry_state_reader *r, uint64_t word[WORDS])
{
    static const qry_npz_use state = {"a state of quarry attend", "quarry attend --method nystrom --save writes one"};
    qry_array *array = qry_npz_read_for(r->ctx, r->path, "quarry_state", &state);
    if (!array)
        return false;
    bool good = array->kind == QRY_ARRAY_UNSIGNED && array->dims == 1 && array->count >= 1;
    bool known = good && array->count == WORDS;
    if (good) { /* a newer version may have more of them */
        word[AT_VERSION] = array->item.natural[0];
        for (size_t i = 1; i < WORDS && known; i++)
            word[i] = array->item.natural[i];
    }
    qry_array_free(r->ctx, array);
    if (good && !known && word[AT_VERSION] <= VERSION)
        good = false;
    return good ? check_words(r, word) : qry_state_wrong(r, "its \"quarry_state\" is not that of a state");
}

static bool check_size(const qry_state_reader *r, const char *name, const double *item, size_t count, double most)
{
    const double *wrong = too_large(item, count, most);
    return wrong ? qry_state_wrong(r, "its array \"%s\" has the entry %g; beyond %g rows overflow", name, *wrong, most)
                 : true;
}

static bool take_part(const qry_state_reader *r, const struct part *part)
{
    size_t shape[] = {part->rows, part->columns};
    double *items;
    if (part->matrix) {
        *part->matrix = qry_matrix_new(r->ctx, part->rows, part->columns);
        items = part->matrix->at;
    } else {
        items = *part->list = qry_alloc(r->ctx, part->rows, sizeof *items);
    }
    return qry_state_take_reals(r, part->name, part->columns ? 2 : 1, shape, items) &&
           check_size(r, part->name, items, count_of(part), most_of(part));
}

/* The diagonal of what is positive in the order of matrices; `matrix` may be empty. */
static bool is_positive(qry_matrix matrix)
{
    for (size_t i = 0; i < matrix.rows; i++)
        if (!(matrix.at[i * (matrix.columns + 1)] >= 0))
            return false;
    return true;
}

/* What rows divide by, and take roots and logarithms of; and signs. */
static bool check_numbers(const qry_state_reader *r, const qry_nystrom *n, const qry_head *head,
                          const qry_attend_facts *f)
{
    const qry_certificate *c = &n->certificate;
    bool good = head->scale != 0 && head->longest_key >= 0 && head->longest_value >= 0 && f->failure > 0 &&
                f->failure < 1 && n->failure >= 0 && n->failure < 1 && n->kernel->stretch > 0 && n->value_radius >= 0 &&
                c->top >= 0 && c->weights > 0 && c->values >= 0 && c->slope >= 0 && c->longest >= 0 &&
                n->facts.lambda >= 0 && n->facts.mean_epsilon >= 0 && n->sketch.value_constant >= 0 &&
                is_positive(n->sketch.variance) && is_positive(n->sketch.of_values);
    for (size_t i = 0; i < n->landmarks; i++)
        good = good && n->root.at[i * (n->landmarks + 1)] > 0 && n->square[i] >= 0 && n->sketch.half[i] >= 0;
    return good ? true : qry_state_wrong(r, "its numbers are no numbers of a state");
}

static qry_nystrom *new_nystrom(qry_ctx *ctx, const uint64_t *word)
{
    qry_nystrom *n = qry_alloc(ctx, 1, sizeof *n);
    *n = (qry_nystrom){.ctx = ctx,
                       .keys = word[AT_KEYS],
                       .width = word[AT_WIDTH],
                       .value_width = word[AT_VALUE_WIDTH],
                       .landmarks = word[AT_LANDMARKS]};
    n->facts = (qry_nystrom_facts){
        .landmarks = n->landmarks, .raw = word[AT_RAW] == 1, .value_samples = word[AT_VALUE_SAMPLES]};
    n->sketch.sampled = word[AT_SAMPLED] == 1;
    n->kernel = qry_alloc(ctx, 1, sizeof *n->kernel);
    *n->kernel = (qry_kernel){.ctx = ctx, .keys = n->keys, .width = n->width, .raw = n->facts.raw};
    return n;
}

static bool take_all(const qry_state_reader *r, bool variances, qry_nystrom *n, qry_head *head, qry_attend_facts *f)
{
    struct part part[PARTS] = {{0}};
    double *number[NUMBERS], numbers[NUMBERS];
    if (!qry_state_take_reals(r, "numbers", 1, (const size_t[]){NUMBERS}, numbers) ||
        !check_size(r, "numbers", numbers, NUMBERS, most_sum))
        return false;
    list_numbers(n, head, f, number);
    for (size_t i = 0; i < NUMBERS; i++)
        *number[i] = numbers[i];
    list_parts(n, head, variances, part);
    for (size_t i = 0; i < PARTS; i++)
        if (part[i].there && !take_part(r, &part[i]))
            return false;
    return check_numbers(r, n, head, f);
}

static void set_facts(qry_attend_facts *f, const qry_nystrom *n, const qry_head *head, const uint64_t *word)
{
    f->queries = head->rows;
    f->keys = n->keys;
    f->width = n->width;
    f->value_width = n->value_width;
    f->scale = head->scale;
    f->qram_writes = word[AT_WRITES];
    f->engine = (qry_engine)word[AT_ENGINE];
    f->nystrom = n->facts;
    f->loaded = true;
}

qry_nystrom *qry_nystrom_load(qry_ctx *ctx, const char *path, const qry_array *q, qry_attend_facts *facts,
                              qry_head **head)
{
    qry_state_reader r = {ctx, path};
    uint64_t word[WORDS] = {0};
    *head = NULL;
    if (!take_words(&r, word))
        return NULL;
    qry_nystrom *n = new_nystrom(ctx, word);
    qry_head others = {.keys = n->keys, .width = n->width, .value_width = n->value_width};
    if (take_all(&r, word[AT_VARIANCES] == 1, n, &others, facts) && qry_state_take_stages(&r, facts, word[AT_STAGES])) {
        qry_nystrom_measure_keys(n, &others);
        others.value_mean = n->value_mean;
        others.value_radius = n->value_radius;
        *head = qry_head_of_queries(ctx, q, others.scale, &others);
    }
    qry_free(ctx, others.key_mean);
    if (*head) {
        set_facts(facts, n, *head, word);
        return n;
    }
    qry_nystrom_free(n);
    return NULL;
}
