/* ledger.c: adding up what was used. */
#include "runtime/runtime.h"

#include <math.h>
#include <string.h>

/* Makes room for a table at a place of the list. */
static void insert(qry_arena *arena, qry_ledger *ledger, size_t place, const char *table)
{
    qry_ledger_query *old = ledger->query;
    size_t count = ledger->query_count++;
    ledger->query = qry_arena_alloc(arena, count + 1, sizeof *old);
    for (size_t i = 0; i < count; i++)
        ledger->query[i < place ? i : i + 1] = old[i];
    ledger->query[place] = (qry_ledger_query){qry_arena_text(arena, table, strlen(table)), 0};
}

void qry_ledger_charge(qry_arena *arena, qry_ledger *ledger, const char *table, qry_u128 loads)
{
    size_t place = 0;
    while (place < ledger->query_count && strcmp(ledger->query[place].table, table) < 0)
        place++;
    if (loads == 0)
        return;
    if (place == ledger->query_count || strcmp(ledger->query[place].table, table) != 0)
        insert(arena, ledger, place, table);
    ledger->query[place].loads = qry_sum(ledger->query[place].loads, loads);
}

void qry_ledger_note_state(qry_ledger *ledger, uint64_t rows, uint64_t axes)
{
    if (ldexp((double)rows, (int)axes) <= ldexp((double)ledger->rows, (int)ledger->axes))
        return;
    ledger->rows = rows;
    ledger->axes = axes;
}

void qry_ledger_add(qry_arena *arena, qry_ledger *to, const qry_ledger *ledger)
{
    to->oracle_calls += ledger->oracle_calls;
    to->a_calls += ledger->a_calls;
    to->shots += ledger->shots;
    to->simulated += ledger->simulated;
    qry_ledger_note_state(to, ledger->rows, ledger->axes);
    for (size_t i = 0; i < ledger->query_count; i++)
        qry_ledger_charge(arena, to, ledger->query[i].table, ledger->query[i].loads);
    qry_tally_add(&to->tally, &ledger->tally, 1);
    to->depth = qry_sum(to->depth, ledger->depth);
    to->t_depth = qry_sum(to->t_depth, ledger->t_depth);
    if (to->qubits < ledger->qubits)
        to->qubits = ledger->qubits;
    to->score_evaluations += ledger->score_evaluations;
    to->classical_score_evaluations += ledger->classical_score_evaluations;
    to->seconds += ledger->seconds;
    to->planning_seconds += ledger->planning_seconds;
}
