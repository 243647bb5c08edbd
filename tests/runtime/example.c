/* example.c: the worked example of docs/bounds.md, recomputed; every line of it must stand in the page. */
#include "support.h"

#include <math.h>
#include <string.h>

struct page {
    const char *text;
    size_t lines;
};

static void say(struct page *page, const char *format, ...) QRY_PRINTF(2, 3);

static void say(struct page *page, const char *format, ...)
{
    char line[200];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    if (!strstr(page->text, line))
        fail_msg("docs/bounds.md does not have the line\n%s", line);
    page->lines++;
}

static qry_array *column(qry_ctx *ctx, size_t rows, const double *entries)
{
    qry_array *a = qry_array_new(ctx, 2, (size_t[]){rows, 1});
    memcpy(a->item.real, entries, rows * sizeof *entries);
    return a;
}

static void page_and_code(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    const qry_source *source = qry_source_read(ctx, QUARRY_SOURCE_DIR "/docs/bounds.md");
    assert_non_null(source);
    struct page page = {source->text, 0};
    qry_head *head = qry_head_new(ctx, column(ctx, 1, (double[]){1}), column(ctx, 5, (double[]){4, 1, 0, 0, -1}),
                                  column(ctx, 5, (double[]){2, 1, 0, 1, -2}), 1, true);
    qry_moments *m = qry_moments_new(head, 1, 1);
    qry_rest *rest = qry_rest_new(ctx, m);
    qry_rest_of_row(rest, 0);
    qry_rest_remove(rest, (uint32_t[]){0}, 1, 1 - head->offset[0]);
    const qry_rest_group *g = &rest->group[0];
    const qry_law *law = &g->law;
    double unit = exp(g->high), output, exact, scores[5], normaliser, shift;
    qry_answer answer;
    qry_answer_row(rest, QRY_REST_MOMENTS, &output, &answer);
    qry_head_exact(head, 0, scores, &exact, &normaliser, &shift);
    say(&page, "rest: mean score %.4f, variance %.4f, mean value %.4f, covariance %.4f\n",
        fabs(g->mean + head->offset[0]), g->variance, fabs(rest->value_mean.at[0] + head->value_mean[0]),
        rest->covariance.at[0]);
    say(&page, "range of x: %.4f to %.4f\n", -g->low, g->high);
    say(&page, "size: at least %.4f, at most %.4f, likely %.4f\n", law->size_low * unit, law->size_high * unit,
        law->size * unit);
    say(&page, "slope: at least %.4f, at most %.4f, likely %.4f\n", law->slope_low * unit, law->slope_high * unit,
        law->slope * unit);
    say(&page, "mean square of the residual: at most %.4f\n", law->residual * unit * unit);
    say(&page, "hybrid: output %.4f, bound %.4f, error %.4f (exact %.4f)\n", output, answer.bound, fabs(output - exact),
        exact);
    say(&page, "normaliser: %.4f times e^4 (exact %.4f)\n", answer.normaliser * exp(answer.shift - 4), normaliser);
    qry_answer_row(rest, QRY_REST_CONSTANT, &output, &answer);
    say(&page, "sparse: output %.4f, bound %.4f, error %.4f\n", output, answer.bound, fabs(output - exact));
    assert_int_equal(page.lines, 8);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(page_and_code)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
