/* ledger.c: adding up what was used. */
#include "runtime/runtime.h"

#include <string.h>

static qry_ledger_query *query_of(qry_arena *arena, qry_ledger *ledger, const char *table)
{
    for (size_t i = 0; i < ledger->query_count; i++)
        if (strcmp(ledger->query[i].table, table) == 0)
            return &ledger->query[i];
    qry_ledger_query *old = ledger->query;
    ledger->query = qry_arena_alloc(arena, ledger->query_count + 1, sizeof *ledger->query);
    if (ledger->query_count)
        memcpy(ledger->query, old, ledger->query_count * sizeof *old);
    qry_ledger_query *fresh = &ledger->query[ledger->query_count++];
    fresh->table = qry_arena_text(arena, table, strlen(table));
    return fresh;
}

/* Numbers that would not fit stay at the greatest there is, as in a tally. */
static qry_u128 sum(qry_u128 a, qry_u128 b) { return a + b < a ? ~(qry_u128)0 : a + b; }

void qry_ledger_add(qry_arena *arena, qry_ledger *to, const qry_ledger *ledger)
{
    to->oracle_calls += ledger->oracle_calls;
    to->shots += ledger->shots;
    for (size_t i = 0; i < ledger->query_count; i++) {
        qry_ledger_query *query = query_of(arena, to, ledger->query[i].table);
        query->loads = sum(query->loads, ledger->query[i].loads);
    }
    qry_tally_add(&to->tally, &ledger->tally, 1);
    to->depth = sum(to->depth, ledger->depth);
    to->t_depth = sum(to->t_depth, ledger->t_depth);
    if (to->qubits < ledger->qubits)
        to->qubits = ledger->qubits;
    to->score_evaluations += ledger->score_evaluations;
    to->classical_score_evaluations += ledger->classical_score_evaluations;
    to->seconds += ledger->seconds;
    to->planning_seconds += ledger->planning_seconds;
}
