/* row_program.c: the search of a row, and its estimates, as programs of the language. The circuits that run are those of
 * these texts, and who compiles them gets the same. */
#include "runtime/attend/pipeline.h"

#include <string.h>

static const char *list_text(qry_arena *arena, const int64_t *numbers, size_t count)
{
    enum { IN_A_LINE = 16, LONGEST = 28 };
    char *text = qry_arena_alloc(arena, count + 1, LONGEST);
    int length = 0;
    for (size_t i = 0; i < count; i++)
        length += snprintf(text + length, LONGEST, "%s%lld",
                           i == 0          ? ""
                           : i % IN_A_LINE ? ", "
                                           : ",\n    ",
                           (long long)numbers[i]);
    return text;
}

static const char *codes_text(qry_arena *arena, const int32_t *codes, size_t count)
{
    int64_t *numbers = qry_arena_alloc(arena, count, sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = codes[i];
    return list_text(arena, numbers, count);
}

const char *qry_row_program(const qry_attend *attend, const char *comment, const char *keys, const int32_t *query,
                            int64_t comparator, size_t last, size_t expected, qry_arena *arena)
{
    const qry_attend_facts *f = &attend->facts;
    bool limited = f->causal && last + 1 < f->keys;
    const char *expect = expected ? qry_arena_printf(arena, ", expect = %zu", expected) : "";
    return qry_arena_printf(arena,
                            "%stable K[%zu][%zu] : int(%d) = npy(\"%s\");\n"
                            "const q[%zu] : int(%d) = [\n    %s];\n"
                            "param threshold = %lld;\n"
                            "%s"
                            "hits: search all j in K where %sdot(q, K[j]) >= threshold { failure = %.12g%s };\n",
                            comment, f->keys, f->width, f->bits.key, keys, f->width, f->bits.query,
                            codes_text(arena, query, f->width), (long long)comparator,
                            limited ? qry_arena_printf(arena, "param last = %zu;\n", last) : "",
                            limited ? "j <= last && " : "", qry_search_failure(attend), expect);
}

/* ---- estimates ---- */

/* A cast drops what is behind the point; all integers have room. */
#define WIDE "int(48)"

void qry_cells_left(const qry_attend *attend, const uint8_t *is_found, int64_t *mantissas)
{
    for (size_t j = 0; j < attend->facts.keys; j++)
        mantissas[j] = !is_found[j];
}

static const char *left_text(const qry_attend *attend, const uint8_t *is_found, qry_arena *arena)
{
    size_t n = attend->facts.keys;
    int64_t *left = qry_arena_alloc(arena, n, sizeof *left);
    qry_cells_left(attend, is_found, left);
    return qry_arena_printf(arena, "table rest[%zu] : bool = [\n    %s];\n", n, list_text(arena, left, n));
}

static const char *group_text(const qry_attend *attend, qry_arena *arena)
{
    size_t n = attend->facts.keys, bits = 1;
    int64_t *group = qry_arena_alloc(arena, n, sizeof *group);
    for (size_t j = 0; j < n; j++)
        group[j] = attend->moments->group_of[j];
    while (attend->moments->groups > (size_t)1 << bits)
        bits++;
    return qry_arena_printf(arena, "table group[%zu] : uint(%zu) = [\n    %s];\n", n, bits, list_text(arena, group, n));
}

static const char *tables_text(const qry_attend *attend, const qry_cells *cells, qry_arena *arena)
{
    if (cells->sum == QRY_SUM_WEIGHTS)
        return qry_arena_printf(arena,
                                "param top = %lld;\n"
                                "param drop = %d;\n"
                                "const weight[%zu] : uint(%d) = [\n    %s];\n",
                                (long long)cells->top, cells->drop, cells->count, QRY_CELL_BITS,
                                list_text(arena, cells->value, cells->count));
    return qry_arena_printf(arena,
                            "%s"
                            "param drop = %d;\n"
                            "const first[%zu] : " WIDE " = [\n    %s];\n"
                            "const term[%zu] : uint(%d) = [\n    %s];\n",
                            group_text(attend, arena), cells->drop, attend->moments->groups,
                            list_text(arena, cells->first, attend->moments->groups), cells->count, QRY_CELL_BITS,
                            list_text(arena, cells->value, cells->count));
}

static const char *summand_text(const qry_cells *cells, qry_arena *arena)
{
    int last = cells->each - 1;
    if (cells->sum == QRY_SUM_WEIGHTS)
        return qry_arena_printf(arena, "lookup(weight, clip(((top - dot(q, K[j])) >> drop) as " WIDE ", 0, %d))", last);
    return qry_arena_printf(arena,
                            "lookup(term, %d * group[j] + clip(((dot(q, K[j]) >> drop) as " WIDE
                            ") - lookup(first, group[j]), 0, %d))",
                            cells->each, last);
}

const char *qry_cells_program(const qry_attend *attend, const char *comment, const char *keys, const int32_t *query,
                              const qry_cells *cells, const uint8_t *is_found, const qry_goal *goal, qry_arena *arena)
{
    const qry_attend_facts *f = &attend->facts;
    return qry_arena_printf(arena,
                            "%stable K[%zu][%zu] : int(%d) = npy(\"%s\");\n"
                            "%s"
                            "const q[%zu] : int(%d) = [\n    %s];\n"
                            "%s"
                            "%s: estimate sum of %s\n"
                            "    for j in K where rest[j] { epsilon = %.9g, failure = %.9g, encoding = flags };\n",
                            comment, f->keys, f->width, f->bits.key, keys, left_text(attend, is_found, arena), f->width,
                            f->bits.query, codes_text(arena, query, f->width), tables_text(attend, cells, arena),
                            cells->sum == QRY_SUM_WEIGHTS ? "normaliser" : "energy", summand_text(cells, arena),
                            goal->epsilon, goal->failure);
}

/* ---- programs of rows that were computed ---- */

static const char *rule_text(const qry_attend *attend, qry_arena *arena)
{
    qry_rule rule = attend->facts.rule;
    if (rule.kind == QRY_RULE_TAU)
        return qry_arena_printf(arena, "all keys that score at least %g", rule.value);
    if (rule.kind == QRY_RULE_DROP)
        return qry_arena_printf(arena, "all keys that score at most %g below the highest", rule.value);
    if (rule.kind == QRY_RULE_TARGET)
        return qry_arena_printf(arena, "keys of highest score, for a bound of %g times the output", rule.value);
    return qry_arena_printf(arena, "the %g keys of highest score", rule.value);
}

/* How many keys match: a classical scan, which only a file that is written pays for. */
static size_t matching(const qry_attend *attend, size_t row, const int32_t *query, int64_t comparator)
{
    size_t count = 0, width = attend->facts.width, keys = qry_head_keys_of(attend->head, row);
    for (size_t j = 0; j < keys; j++) {
        int64_t sum = 0;
        for (size_t c = 0; c < width; c++)
            sum += (int64_t)query[c] * attend->codes->code[j * width + c];
        count += sum >= comparator;
    }
    return count;
}

const char *qry_attend_program(const qry_attend *attend, const qry_attend_row *row, const char *keys, qry_arena *arena)
{
    qry_must(attend->codes);
    qry_query_code query = {.code = qry_arena_alloc(arena, attend->facts.width, sizeof *query.code)};
    qry_codes_query(attend->codes, row->row, attend->facts.bits.query, &query);
    size_t match = matching(attend, row->row, query.code, row->comparator);
    const char *comment =
        qry_arena_printf(arena,
                         "// The search of attention row %zu: %s. In integers, a score is\n"
                         "// %.9g + %.9g dot(q, K[j]), up to %.3g.\n"
                         "// %zu keys match. The threshold was found by searching; on the way %zu keys were found.\n",
                         row->row, rule_text(attend, arena), query.base + attend->head->offset[row->row], query.unit,
                         query.error, match, row->hits);
    return qry_row_program(attend, comment, keys, query.code, row->comparator, row->row, match, arena);
}

/* What the estimate was of, once more: the rest as it was, and what had been measured of it before. */
static void restore(qry_worker *w, const qry_attend_row *row, bool energy)
{
    qry_worker_take_row(w, row->row);
    for (size_t i = 0; i < row->hits; i++)
        w->is_found[row->found[i]] = 1;
    qry_rest_remove(w->rest, row->found, row->hits, qry_query_ceiling(&w->query, row->comparator));
    if (energy && row->rest_normaliser.epsilon > 0)
        qry_rest_measured_total(w->rest, row->rest_normaliser.low, row->rest_normaliser.high);
    if (energy)
        qry_rest_choose_energy(w->rest);
}

const char *qry_attend_estimate_program(const qry_attend *attend, const qry_attend_row *row, bool energy,
                                        const char *keys, qry_arena *arena)
{
    const qry_attend_estimate *estimate = energy ? &row->energy : &row->rest_normaliser;
    if (!(estimate->epsilon > 0))
        return NULL;
    qry_must(attend->codes && row->found);
    qry_worker *w = qry_worker_new(attend->ctx, attend, 1);
    qry_cells *cells = &w->meter[energy ? QRY_SUM_ENERGY : QRY_SUM_WEIGHTS].cells;
    restore(w, row, energy);
    qry_cells_fill(cells, w->rest, &w->query, w->low, w->high);
    const char *comment = qry_arena_printf(
        arena,
        "// The %s of the rest of attention row %zu: the keys that its search did not find. In integers, a\n"
        "// score is %.9g + %.9g dot(q, K[j]), up to %.3g. 1 stands for %.9g.\n",
        energy ? "energy of what stands in for the keys" : "normaliser", row->row,
        w->query.base + attend->head->offset[row->row], w->query.unit, w->query.error, cells->unit);
    qry_goal goal = {.epsilon = estimate->epsilon, .failure = estimate->failure};
    const char *text = qry_cells_program(attend, comment, keys, w->query.code, cells, w->is_found, &goal, arena);
    qry_worker_free(w);
    return text;
}

qry_search *qry_attend_compile(const qry_attend *attend, const char *program)
{
    qry_ctx *ctx = attend->ctx;
    qry_program *read = qry_program_read(ctx, qry_source_from_text(ctx, "attend.qry", program, strlen(program)));
    if (!read)
        qry_give_up(ctx);
    qry_worker_bind_keys(&(qry_worker){.ctx = ctx, .attend = attend}, read);
    qry_search *search = qry_program_compile(read, NULL);
    if (!search)
        qry_give_up(ctx);
    return search;
}

bool qry_attend_write_keys(const qry_attend *attend, const char *path)
{
    qry_must(attend->codes);
    const qry_attend_facts *f = &attend->facts;
    size_t shape[] = {f->keys, f->width}, count = f->keys * f->width;
    double *numbers = qry_alloc(attend->ctx, count, sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = attend->codes->code[i];
    bool written = qry_npy_write(attend->ctx, path, 2, shape, numbers);
    qry_free(attend->ctx, numbers);
    return written;
}
