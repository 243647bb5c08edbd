/* row_program.c: the search of a row as a program of the language. The circuits that run are those of this text, and who
 * compiles it gets the same. */
#include "runtime/attend/pipeline.h"

static const char *list_text(qry_arena *arena, const int32_t *numbers, size_t count)
{
    enum { IN_A_LINE = 16, LONGEST = 16 };
    char *text = qry_arena_alloc(arena, count + 1, LONGEST);
    int length = 0;
    for (size_t i = 0; i < count; i++)
        length += snprintf(text + length, LONGEST, "%s%d", i == 0 ? "" : i % IN_A_LINE ? ", " : ",\n    ", numbers[i]);
    return text;
}

const char *qry_row_program(const qry_attend *attend, const char *comment, const char *keys, const int32_t *query,
                            int64_t comparator, size_t expected, qry_arena *arena)
{
    const qry_attend_facts *f = &attend->facts;
    const char *expect = expected ? qry_arena_printf(arena, ", expect = %zu", expected) : "";
    return qry_arena_printf(arena,
                            "%stable K[%zu][%zu] : int(%d) = npy(\"%s\");\n"
                            "const q[%zu] : int(%d) = [\n    %s];\n"
                            "param threshold = %lld;\n"
                            "hits: search all j in K where dot(q, K[j]) >= threshold { failure = %.12g%s };\n",
                            comment, f->keys, f->width, f->bits.key, keys, f->width, f->bits.query,
                            list_text(arena, query, f->width), (long long)comparator, f->failure, expect);
}

static const char *rule_text(const qry_attend *attend, qry_arena *arena)
{
    qry_rule rule = attend->facts.rule;
    if (rule.kind == QRY_RULE_TAU)
        return qry_arena_printf(arena, "all keys that score at least %g", rule.value);
    if (rule.kind == QRY_RULE_DROP)
        return qry_arena_printf(arena, "all keys that score at most %g below the highest", rule.value);
    return qry_arena_printf(arena, "the %g keys of highest score", rule.value);
}

/* How many keys match: a classical scan, which only a file that is written pays for. */
static size_t matching(const qry_attend *attend, const int32_t *query, int64_t comparator)
{
    size_t count = 0, width = attend->facts.width;
    for (size_t j = 0; j < attend->facts.keys; j++) {
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
    size_t match = matching(attend, query.code, row->comparator);
    const char *comment =
        qry_arena_printf(arena,
                         "// The search of attention row %zu: %s. In integers, a score is\n"
                         "// %.9g + %.9g dot(q, K[j]), up to %.3g.\n"
                         "// %zu keys match. The threshold was found by searching; on the way %zu keys were found.\n",
                         row->row, rule_text(attend, arena), query.base + attend->head->offset[row->row], query.unit,
                         query.error, match, row->hits);
    return qry_row_program(attend, comment, keys, query.code, row->comparator, match, arena);
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
