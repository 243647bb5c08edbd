/* nystrom_state.c: what is saved comes back to the last bit; and everything that can be wrong with a saved state. */
#include "support.h"

#include <math.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "runtime/attend/pipeline.h"
#include "runtime/nystrom/factor.h"

enum { KEYS = 40, WIDTH = 3, VALUE_WIDTH = 2, LANDMARKS = 5, ROWS = 4, MEMBERS = 40 };

struct saved {
    qry_ctx *ctx, *reader;
    qry_random random;
    qry_nystrom nystrom;
    qry_head head;
    qry_attend_facts facts;
    qry_attend_stage stage[QRY_ATTEND_STAGES], again[QRY_ATTEND_STAGES];
    qry_array *q;
    char path[64], other[64], said[512];
    size_t errors;
};

static void note(void *state, const qry_diagnostic *diagnostic)
{
    struct saved *s = state;
    s->errors += diagnostic->severity == QRY_ERROR;
    snprintf(s->said, sizeof s->said, "%s%s%s", diagnostic->message, diagnostic->hint ? " hint: " : "",
             diagnostic->hint ? diagnostic->hint : "");
}

static void expect(struct saved *s, const char *text)
{
    if (s->errors != 1 || !strstr(s->said, text))
        fail_msg("%zu errors, the last: %s; expected: %s", s->errors, s->said, text);
    s->errors = 0;
}

/* ---- a state of random numbers ---- */

static double *numbers(struct saved *s, size_t count)
{
    double *list = qry_alloc(s->ctx, count, sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = 0.1 + qry_random_unit(&s->random);
    return list;
}

static qry_matrix matrix(struct saved *s, size_t rows, size_t columns)
{
    return (qry_matrix){numbers(s, rows * columns), rows, columns};
}

static void fill_nystrom(struct saved *s, bool sampled, bool variances)
{
    qry_nystrom *n = &s->nystrom;
    *n = (qry_nystrom){.ctx = s->ctx, .keys = KEYS, .width = WIDTH, .value_width = VALUE_WIDTH, .landmarks = LANDMARKS};
    n->facts = (qry_nystrom_facts){.landmarks = LANDMARKS,
                                   .lambda = 0.125,
                                   .raw = sampled,
                                   .residual_trace = 0.3,
                                   .key_trace = 7,
                                   .value_samples = sampled ? 9 : KEYS,
                                   .mean_epsilon = 0.02};
    n->failure = 1e-3;
    n->gain = -0.7;
    n->kernel = qry_alloc(s->ctx, 1, sizeof *n->kernel);
    *n->kernel = (qry_kernel){.ctx = s->ctx, .keys = KEYS, .width = WIDTH, .raw = sampled, .stretch = 1.5, .gain = -2};
    n->kernel->centre = numbers(s, WIDTH);
    n->landmark = matrix(s, LANDMARKS, WIDTH);
    n->square = numbers(s, LANDMARKS);
    n->root = matrix(s, LANDMARKS, LANDMARKS);
    n->sketch = (qry_sketch){.values = matrix(s, LANDMARKS, VALUE_WIDTH),
                             .mean = numbers(s, LANDMARKS),
                             .spread = matrix(s, LANDMARKS, LANDMARKS),
                             .half = numbers(s, LANDMARKS),
                             .sampled = sampled};
    if (sampled) {
        n->sketch.sample_mean = numbers(s, LANDMARKS);
        n->sketch.sample_value = numbers(s, VALUE_WIDTH);
    }
    if (variances) {
        n->sketch.variance = matrix(s, LANDMARKS, LANDMARKS);
        n->sketch.of_values = matrix(s, LANDMARKS, LANDMARKS);
        n->sketch.value_cross = numbers(s, LANDMARKS);
        n->sketch.value_constant = 3.5;
    }
    n->certificate = (qry_certificate){.left = matrix(s, 1 + VALUE_WIDTH, 1 + VALUE_WIDTH),
                                       .top = 0.5,
                                       .weights = 30,
                                       .values = 20,
                                       .slope = 4,
                                       .longest = 6};
    n->value_mean = numbers(s, VALUE_WIDTH);
    n->value_radius = 2.5;
}

static void fill_facts(struct saved *s)
{
    static qry_ledger_query query[] = {{"K", 123}, {"P", (qry_u128)1 << 70}};
    s->stage[0] = (qry_attend_stage){.name = "landmarks",
                                     .note = "probabilities computed by the oracle",
                                     .operations = (qry_u128)5 << 64,
                                     .seconds = 0.25};
    s->stage[0].ledger = (qry_ledger){.oracle_calls = 1,
                                      .a_calls = 2,
                                      .shots = 3,
                                      .simulated = 4,
                                      .rows = 5,
                                      .axes = 6,
                                      .query = query,
                                      .query_count = 2,
                                      .depth = (qry_u128)7 << 65,
                                      .t_depth = 8,
                                      .qubits = 9,
                                      .score_evaluations = 10,
                                      .classical_score_evaluations = 11,
                                      .seconds = 0.5,
                                      .planning_seconds = 0.125};
    s->stage[0].ledger.tally.gate[QRY_GATE_cswap] = (qry_u128)12 << 64;
    s->stage[0].ledger.tally.resets = 13;
    s->stage[1] = (qry_attend_stage){.name = "certificate", .operations = 14};
    s->facts = (qry_attend_facts){.engine = QRY_ENGINE_ORACLE,
                                  .failure = 0.01,
                                  .qram_writes = 77,
                                  .stage = s->stage,
                                  .stage_count = 2,
                                  .keys = KEYS,
                                  .width = WIDTH};
}

static int set_up(void **state)
{
    static struct saved one;
    struct saved *s = &one;
    *s = (struct saved){.ctx = qry_ctx_new()};
    qry_ctx_on_diagnostic(s->ctx, note, s);
    qry_random_seed(&s->random, 1, 1);
    fill_nystrom(s, true, true);
    fill_facts(s);
    s->head = (qry_head){.ctx = s->ctx,
                         .keys = KEYS,
                         .width = WIDTH,
                         .value_width = VALUE_WIDTH,
                         .scale = 0.5,
                         .key_mean = numbers(s, WIDTH),
                         .longest_key = 3,
                         .longest_value = 4};
    s->q = qry_array_new(s->ctx, 2, (const size_t[]){ROWS, WIDTH});
    for (size_t i = 0; i < s->q->count; i++)
        s->q->item.real[i] = qry_random_normal(&s->random);
    snprintf(s->path, sizeof s->path, "/tmp/quarry_state_%ld.npz", (long)getpid());
    snprintf(s->other, sizeof s->other, "/tmp/quarry_other_%ld.npz", (long)getpid());
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct saved *s = *state;
    unlink(s->path);
    unlink(s->other);
    qry_ctx_free(s->reader);
    qry_ctx_free(s->ctx);
    return 0;
}

static void save(struct saved *s)
{
    assert_true(qry_nystrom_save(&s->nystrom, &s->head, &s->facts, s->path));
    assert_int_equal(s->errors, 0);
}

static qry_nystrom *load(struct saved *s, const char *path, qry_attend_facts *facts, qry_head **head)
{
    memset(s->again, 0, sizeof s->again);
    *facts = (qry_attend_facts){.stage = s->again};
    qry_ctx_free(s->reader); /* a context shows so many errors and no more */
    s->reader = qry_ctx_new();
    qry_ctx_on_diagnostic(s->reader, note, s);
    return qry_nystrom_load(s->reader, path, s->q, facts, head);
}

/* ---- there and back ---- */

static void same(const double *a, const double *b, size_t count) { assert_memory_equal(a, b, count * sizeof *a); }

static void same_sketch(const qry_sketch *a, const qry_sketch *b)
{
    enum { S = LANDMARKS };
    same(a->values.at, b->values.at, S * VALUE_WIDTH);
    same(a->mean, b->mean, S);
    same(a->spread.at, b->spread.at, S * S);
    same(a->half, b->half, S);
    assert_int_equal(a->sampled, b->sampled);
    if (a->sampled) {
        same(a->sample_mean, b->sample_mean, S);
        same(a->sample_value, b->sample_value, VALUE_WIDTH);
    }
    assert_int_equal(a->variance.at != NULL, b->variance.at != NULL);
    if (a->variance.at) {
        same(a->variance.at, b->variance.at, S * S);
        same(a->of_values.at, b->of_values.at, S * S);
        same(a->value_cross, b->value_cross, S);
    }
    same(&a->value_constant, &b->value_constant, 1);
}

static void same_nystrom(const qry_nystrom *a, const qry_nystrom *b)
{
    assert_int_equal(a->keys, b->keys);
    assert_int_equal(a->landmarks, b->landmarks);
    assert_int_equal(a->kernel->raw, b->kernel->raw);
    assert_int_equal(a->facts.landmarks, b->facts.landmarks);
    assert_int_equal(a->facts.value_samples, b->facts.value_samples);
    const double *pairs[][2] = {{&a->failure, &b->failure},
                                {&a->gain, &b->gain},
                                {&a->facts.lambda, &b->facts.lambda},
                                {&a->facts.residual_trace, &b->facts.residual_trace},
                                {&a->facts.key_trace, &b->facts.key_trace},
                                {&a->facts.mean_epsilon, &b->facts.mean_epsilon},
                                {&a->kernel->stretch, &b->kernel->stretch},
                                {&a->kernel->gain, &b->kernel->gain},
                                {&a->value_radius, &b->value_radius},
                                {&a->certificate.top, &b->certificate.top},
                                {&a->certificate.weights, &b->certificate.weights},
                                {&a->certificate.values, &b->certificate.values},
                                {&a->certificate.slope, &b->certificate.slope},
                                {&a->certificate.longest, &b->certificate.longest}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        same(pairs[i][0], pairs[i][1], 1);
    same(a->kernel->centre, b->kernel->centre, WIDTH);
    same(a->landmark.at, b->landmark.at, LANDMARKS * WIDTH);
    same(a->square, b->square, LANDMARKS);
    same(a->root.at, b->root.at, LANDMARKS * LANDMARKS);
    same(a->certificate.left.at, b->certificate.left.at, (1 + VALUE_WIDTH) * (1 + VALUE_WIDTH));
    same(a->value_mean, b->value_mean, VALUE_WIDTH);
    same_sketch(&a->sketch, &b->sketch);
}

static void same_stage(const qry_attend_stage *a, const qry_attend_stage *b)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->note == NULL, b->note == NULL);
    if (a->note)
        assert_string_equal(a->note, b->note);
    assert_true(a->operations == b->operations && a->seconds == b->seconds);
    const qry_ledger *l = &a->ledger, *m = &b->ledger;
    assert_true(l->oracle_calls == m->oracle_calls && l->a_calls == m->a_calls && l->shots == m->shots);
    assert_true(l->simulated == m->simulated && l->rows == m->rows && l->axes == m->axes);
    assert_true(l->depth == m->depth && l->t_depth == m->t_depth && l->qubits == m->qubits);
    assert_true(l->score_evaluations == m->score_evaluations);
    assert_true(l->classical_score_evaluations == m->classical_score_evaluations);
    assert_true(l->seconds == m->seconds && l->planning_seconds == m->planning_seconds);
    assert_memory_equal(&l->tally, &m->tally, sizeof l->tally);
    assert_int_equal(l->query_count, m->query_count);
    for (size_t i = 0; i < l->query_count; i++) {
        assert_string_equal(l->query[i].table, m->query[i].table);
        assert_true(l->query[i].loads == m->query[i].loads);
    }
}

static void test_there_and_back(void **state)
{
    struct saved *s = *state;
    for (int kind = 0; kind < 3; kind++) {
        fill_nystrom(s, kind > 0, kind > 1);
        save(s);
        qry_attend_facts facts;
        qry_head *head;
        qry_nystrom *again = load(s, s->path, &facts, &head);
        assert_non_null(again);
        assert_int_equal(s->errors, 0);
        same_nystrom(&s->nystrom, again);
        assert_int_equal(facts.stage_count, 2);
        same_stage(&s->stage[0], &facts.stage[0]);
        same_stage(&s->stage[1], &facts.stage[1]);
        assert_true(facts.loaded && facts.engine == QRY_ENGINE_ORACLE && facts.failure == 0.01 && facts.scale == 0.5);
        assert_int_equal(facts.keys, KEYS);
        assert_int_equal(facts.qram_writes, 77);
        assert_int_equal(facts.queries, ROWS);
        assert_int_equal(facts.nystrom.landmarks, LANDMARKS);
        for (size_t i = 0; i < ROWS; i++) {
            double offset = 0;
            for (size_t c = 0; c < WIDTH; c++) {
                double entry = 0.5 * s->q->item.real[i * WIDTH + c];
                assert_true(qry_matrix_row(head->q, i)[c] == entry);
                offset += entry * s->head.key_mean[c];
            }
            assert_true(fabs(head->offset[i] - offset) < 1e-15);
        }
        qry_head_free(head);
    }
}

/* The size depends on landmarks and widths, not on keys. */
static void test_size(void **state)
{
    struct saved *s = *state;
    long size[2];
    for (int i = 0; i < 2; i++) {
        s->nystrom.keys = i ? 1000000 : KEYS;
        save(s);
        FILE *file = fopen(s->path, "rb");
        fseek(file, 0, SEEK_END);
        size[i] = ftell(file);
        fclose(file);
    }
    assert_int_equal(size[0], size[1]);
}

static void test_not_saved(void **state)
{
    struct saved *s = *state;
    assert_false(qry_nystrom_save(&s->nystrom, &s->head, &s->facts, "/no/such/folder/a.npz"));
    expect(s, "cannot write /no/such/folder/a.npz");
    s->nystrom.gain = INFINITY;
    assert_false(qry_nystrom_save(&s->nystrom, &s->head, &s->facts, s->path));
    expect(s, "some of its numbers are not finite");
    s->nystrom.gain = 1;
    s->nystrom.landmark.at[0] = 1e200;
    assert_false(qry_nystrom_save(&s->nystrom, &s->head, &s->facts, s->path));
    expect(s, "some of its numbers are not finite, or so large that rows overflow");
    assert_int_equal(access(s->path, F_OK), -1);
}

/* ---- what is wrong ---- */

static size_t members(const char *path, char names[MEMBERS][64])
{
    zip_t *zip = zip_open(path, ZIP_RDONLY, NULL);
    assert_non_null(zip);
    size_t count = (size_t)zip_get_num_entries(zip, 0);
    assert_in_range(count, 10, MEMBERS);
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], 64, "%s", zip_get_name(zip, i, 0));
        *strstr(names[i], ".npy") = 0;
    }
    zip_discard(zip);
    return count;
}

/* Copies the state with one array changed, and loads the copy in vain. */
static void load_changed(struct saved *s, const char *name, void (*change)(qry_array **), const char *said)
{
    char names[MEMBERS][64];
    size_t count = members(s->path, names), kept = 0;
    qry_array *array[MEMBERS];
    qry_npz_entry entry[MEMBERS];
    for (size_t i = 0; i < count; i++) {
        array[i] = qry_npz_read(s->ctx, s->path, names[i], (qry_span){0});
        if (strcmp(names[i], name) == 0)
            change(&array[i]);
        if (array[i])
            entry[kept++] = (qry_npz_entry){names[i], array[i]};
    }
    assert_true(qry_npz_write(s->ctx, s->other, entry, kept));
    qry_attend_facts facts;
    qry_head *head;
    assert_null(load(s, s->other, &facts, &head));
    expect(s, said);
    for (size_t i = 0; i < count; i++)
        qry_array_free(s->ctx, array[i]);
}

static void drop(qry_array **array) { *array = NULL; }
static void shorten(qry_array **array)
{
    qry_array *a = *array;
    if (a->shape[0] == 1) {
        a->dims++;
        a->shape[a->dims - 1] = 1;
        return;
    }
    a->count = a->count / a->shape[0] * (a->shape[0] - 1);
    a->shape[0]--;
}
static void turn_kind(qry_array **array)
{
    (*array)->kind = (*array)->kind == QRY_ARRAY_REAL ? QRY_ARRAY_UNSIGNED : QRY_ARRAY_REAL;
    memset((*array)->item.real, 0, (*array)->count * sizeof(double));
}

static void test_arrays(void **state)
{
    struct saved *s = *state;
    char names[MEMBERS][64];
    save(s);
    size_t count = members(s->path, names);
    for (size_t i = 0; i < count; i++) {
        bool words = strcmp(names[i], "quarry_state") == 0;
        load_changed(s, names[i], drop, words ? "it is not a state of quarry attend" : "it has no array \"");
        load_changed(s, names[i], shorten, words ? "is not that of a state" : "by its sizes it must have");
        load_changed(s, names[i], turn_kind, words ? "is not that of a state" : "has items of another type");
    }
}

static void newer(qry_array **array) { (*array)->item.natural[0] = 2; }
static void older(qry_array **array) { (*array)->item.natural[0] = 0; }
static void no_keys(qry_array **array) { (*array)->item.natural[1] = 0; }
static void wide(qry_array **array) { (*array)->item.natural[2] = 1 << 20; }
static void vast(qry_array **array) { (*array)->item.natural[4] = UINT64_MAX; }
static void other_engine(qry_array **array) { (*array)->item.natural[8] = 7; }
static void many_stages(qry_array **array) { (*array)->item.natural[9] = 1000; }
static void more_landmarks(qry_array **array) { (*array)->item.natural[4]++; }
static void zero(qry_array **array) { (*array)->item.real[0] = 0; }
static void negative(qry_array **array) { (*array)->item.real[0] = -1; }
static void huge(qry_array **array) { (*array)->item.real[1] = -1e301; }
static void large(qry_array **array) { (*array)->item.real[1] = 1e151; }
static void negative_constant(qry_array **array) { (*array)->item.real[13] = -1; }
static void negative_lambda(qry_array **array) { (*array)->item.real[5] = -1; }
static void nameless(qry_array **array) { (*array)->item.natural[0] = 0; }
static void endless(qry_array **array)
{
    for (size_t i = 0; i < (*array)->count; i++)
        (*array)->item.natural[i] = UINT64_C(0x6161616161616161);
}

static void test_contents(void **state)
{
    struct saved *s = *state;
    save(s);
    load_changed(s, "quarry_state", newer, "a newer version of Quarry saved it");
    load_changed(s, "quarry_state", older, "its sizes are no sizes of a state");
    load_changed(s, "quarry_state", no_keys, "its sizes are no sizes of a state");
    load_changed(s, "quarry_state", wide, "its sizes are no sizes of a state");
    load_changed(s, "quarry_state", vast, "its sizes are no sizes of a state");
    load_changed(s, "quarry_state", other_engine, "its sizes are no sizes of a state");
    load_changed(s, "quarry_state", many_stages, "it has 1000 stages");
    load_changed(s, "quarry_state", more_landmarks, "has the shape");
    load_changed(s, "numbers", zero, "its numbers are no numbers of a state");
    load_changed(s, "root", zero, "its numbers are no numbers of a state");
    load_changed(s, "half", negative, "its numbers are no numbers of a state");
    static const char *const signs[] = {"square", "variance", "variance_of_values"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        load_changed(s, signs[i], negative, "its numbers are no numbers of a state");
    load_changed(s, "numbers", negative_constant, "its numbers are no numbers of a state");
    load_changed(s, "numbers", negative_lambda, "its numbers are no numbers of a state");
    load_changed(s, "numbers", huge, "its array \"numbers\" has the entry -1e+301; beyond 1e+300 rows overflow");
    load_changed(s, "spread", huge, "its array \"spread\" has the entry -1e+301; beyond 1e+300 rows overflow");
    load_changed(s, "landmark", large, "its array \"landmark\" has the entry 1e+151; beyond 1e+150 rows overflow");
    load_changed(s, "stage_texts", nameless, "its stages have no names");
    load_changed(s, "stage_texts", endless, "its stages have no names");
}

static void test_files(void **state)
{
    struct saved *s = *state;
    qry_attend_facts facts;
    qry_head *head;
    assert_null(load(s, "/no/such/state.npz", &facts, &head));
    expect(s, "No such file");
    assert_null(load(s, QUARRY_SOURCE_DIR "/tests/fuzz/seeds/npz/stored.npz", &facts, &head));
    expect(s, "it is not a state of quarry attend hint: quarry attend --method nystrom --save writes one");
    save(s);
    static char bytes[1 << 18];
    FILE *file = fopen(s->path, "rb");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_in_range(length, 1000, sizeof bytes - 1);
    for (size_t cut = 0; cut < length; cut += 499) {
        file = fopen(s->other, "wb");
        fwrite(bytes, 1, cut, file);
        fclose(file);
        assert_null(load(s, s->other, &facts, &head));
        expect(s, "cannot read");
    }
}

static void test_queries(void **state)
{
    struct saved *s = *state;
    qry_attend_facts facts;
    qry_head *head;
    save(s);
    qry_array *q = s->q;
    s->q = qry_array_new(s->ctx, 2, (const size_t[]){3, WIDTH + 4});
    assert_null(load(s, s->path, &facts, &head));
    expect(s, "Q has 7 columns but the keys had 3");
    s->q = qry_array_new(s->ctx, 1, (const size_t[]){WIDTH});
    assert_null(load(s, s->path, &facts, &head));
    expect(s, "Q has 1 dimension; it must have two");
    s->q = q;
    q->item.real[0] = 1e139;
    assert_non_null(load(s, s->path, &facts, &head));
    q->item.real[0] = 9e139;
    assert_null(load(s, s->path, &facts, &head));
    expect(s, "beyond 1e+140 they overflow");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_there_and_back), TEST(test_size),     TEST(test_not_saved),
                                       TEST(test_arrays),         TEST(test_contents), TEST(test_files),
                                       TEST(test_queries)};
    return cmocka_run_group_tests_name("nystrom state", tests, NULL, NULL);
}
