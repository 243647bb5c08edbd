/* failures_test.c: a day's work of base/, with every allocation failing once. Each time there is one clean report, and
 * no file, no descriptor and no memory stays behind (the last is the address sanitizer's to see). */
#include "base/faults.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct work {
    fixture *f;
    qry_ctx *ctx;
    bool done;
};

static void collect_error(void *state, const qry_diagnostic *diagnostic)
{
    fixture *f = state;
    f->errors += diagnostic->severity == QRY_ERROR;
    f->diagnostics++;
    snprintf(f->text, sizeof f->text, "%s", diagnostic->message);
}

static void work_in_child(void *ctx)
{
    qry_arena *arena = qry_arena_new(ctx);
    for (int i = 0; i < 3; i++)
        qry_arena_alloc(arena, 3000, 1);
    qry_type_text(arena, (qry_type){true, false, 4, 4});
    qry_arena_free(arena);
}

static void write_outputs(struct work *w)
{
    const double items[] = {1, 2, 3, 4, 5, 6};
    assert_true(qry_npy_write(w->ctx, path_of(w->f, "out.npy"), 2, (const size_t[]){2, 3}, items));
    double one = 1;
    const qry_array array = {.dims = 1, .shape = {1}, .count = 1, .item.real = &one};
    assert_true(qry_npz_write(w->ctx, path_of(w->f, "out.npz"), &(qry_npz_entry){"one", &array}, 1));
    qry_array *read = qry_npz_read(w->ctx, path_of(w->f, "out.npz"), "one", (qry_span){0});
    assert_int_equal(read->count, 1);
    qry_array_free(w->ctx, read);
    qry_output *output = qry_output_start(w->ctx, path_of(w->f, "out.txt"), true);
    qry_output_printf(output, "%1000d", 5);
    assert_true(qry_output_commit(output));
    output = qry_output_open(w->ctx, path_of(w->f, "link"));
    assert_true(qry_output_commit(output));
}

static void work(void *state)
{
    struct work *w = state;
    qry_array *array = qry_npy_read(w->ctx, path_of(w->f, "in.npy"), (qry_span){0});
    assert_int_equal(array->count, 6);
    qry_array_free(w->ctx, array);
    array = qry_csv_read(w->ctx, path_of(w->f, "in.csv"), (qry_span){0});
    assert_int_equal(array->count, 40);
    assert_non_null(qry_source_read(w->ctx, path_of(w->f, "in.csv")));
    write_outputs(w);
    qry_ctx *child = qry_ctx_fork(w->ctx);
    bool child_done = qry_protect(child, work_in_child, child);
    qry_ctx_join(child);
    if (!child_done)
        qry_give_up(w->ctx);
    w->done = true;
}

static void put_inputs(fixture *f)
{
    char npy[128 + 12] = "\x93NUMPY\1\0\x76\0{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }";
    for (size_t i = strlen(npy + 10) + 10; i < 127; i++)
        npy[i] = ' ';
    npy[9] = 0;
    npy[127] = '\n';
    write_file(path_of(f, "in.npy"), npy, sizeof npy);
    char csv[1000] = "";
    for (int i = 0; i < 20; i++) /* integers at first */
        strcat(csv, i < 15 ? "1,2\n" : "3.5,4\n");
    write_file(path_of(f, "in.csv"), csv, strlen(csv));
}

static void test_every_allocation(void **state)
{
    fixture *f = *state;
    put_inputs(f);
    assert_int_equal(symlink("linked", path_of(f, "link")), 0);
    size_t descriptors = names_in("/proc/self/fd"), failures = 0;
    for (size_t n = 1;; n++) {
        struct work w = {f, qry_ctx_new(), false};
        qry_ctx_on_diagnostic(w.ctx, collect_error, f);
        qry_memory_fail_at(w.ctx, n);
        bool finished = qry_protect(w.ctx, work, &w);
        qry_ctx_free(w.ctx);
        assert_int_equal(finished, w.done);
        assert_int_equal(names_in("/proc/self/fd"), descriptors);
        if (finished)
            break;
        failures++;
        if (f->errors != 1 || f->diagnostics != 1 || strncmp(f->text, "out of memory", 13) != 0)
            fail_msg("allocation %zu: %zu errors, %s", n, f->errors, f->text);
        forget(f);
        unlink(path_of(f, "out.npy"));
        unlink(path_of(f, "out.npz"));
        unlink(path_of(f, "out.txt"));
        unlink(path_of(f, "linked"));
        assert_int_equal(names_in(f->folder), 3); /* in.npy, in.csv, link: no temporary file */
    }
    assert_true(failures > 40);
    expect_silence(f);
    assert_int_equal(names_in(f->folder), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_every_allocation)};
    return cmocka_run_group_tests_name("failures", tests, NULL, NULL);
}
