/* marks.c: what the oracle of a printed circuit marks, where the statement alone does not say it. `max` and `min` look for
 * rows beyond a bar that rises while they run: the file gets the bar of the last round, beyond which only `expect` rows
 * are. Samples have thresholds or variates drawn with the statement's seed. */
#include "circuit.h"

#include <math.h>
#include <stdlib.h>

static int compare_keys(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

/* The keys of the rows that match, in order. */
static int64_t *sorted_keys(cli *cli, qry_search *search, size_t *count)
{
    int64_t *keys = qry_arena_alloc(cli->arena, search->high - search->low + 1, sizeof *keys);
    *count = 0;
    for (uint64_t j = search->low; j <= search->high; j++) {
        if (qry_search_matches(search, j))
            keys[(*count)++] = qry_search_key(search, j);
        qry_check_interrupt(cli->ctx);
    }
    qsort(keys, *count, sizeof *keys, compare_keys);
    return keys;
}

/* Just before the key of the last row that is to be marked. */
static void set_bar(cli *cli, qry_search *search)
{
    size_t count, marked = search->expect ? search->expect : 1;
    if (search->high - search->low >= CLI_COUNTED_ROWS)
        return;
    const int64_t *keys = sorted_keys(cli, search, &count);
    if (count < marked)
        return;
    bool least = search->kind == QRY_SEARCH_MIN;
    qry_search_set_bar(search, least ? keys[marked - 1] + 1 : keys[count - marked] - 1);
}

void cli_choose_marks(cli *cli, qry_search *search)
{
    bool race = search->method == QRY_METHOD_RACE;
    if (race || search->kind == QRY_SAMPLE_SET) {
        qry_random random;
        qry_random_seed(&random, search->has_seed ? search->seed : 1, 0);
        qry_search_draw(search, &random);
    }
    if (race || search->kind == QRY_SEARCH_MAX || search->kind == QRY_SEARCH_MIN)
        set_bar(cli, search);
}

void cli_find_share(cli *cli, cli_circuit *circuit)
{
    qry_search *search = circuit->search;
    if (search->high - search->low >= CLI_COUNTED_ROWS)
        return;
    circuit->counted = true;
    cli_progress_begin(cli, "looking how much is marked", NULL, 0);
    cli_progress_watch(cli, NULL, NULL);
    circuit->share = qry_search_probability(search);
    cli_progress_end(cli);
}

bool cli_marks_rows(const cli_circuit *circuit) { return !circuit->search->uniform && !circuit->search->flags; }

uint64_t cli_marked_rows(const cli_circuit *circuit)
{
    return (uint64_t)(ldexp(circuit->share, (int)circuit->search->address) + 0.5);
}
