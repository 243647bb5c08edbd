/* describe.c: a compiled search in words, for the heads of files. */
#include "compiler/lower.h"

#include <stdlib.h>
#include <string.h>

uint32_t qry_search_work(const qry_search *search) { return qry_lowered_of_const(search)->work_size; }

uint64_t qry_search_rounds(const qry_search *search) { return qry_lowered_of_const(search)->rounds; }

static const qry_statement *statement_of(const qry_search *search)
{
    return &search->program->statements[qry_lowered_of_const(search)->statement];
}

qry_span qry_search_span(const qry_search *search) { return statement_of(search)->whole; }

/* "0-3, 7": the columns of a word in the order of their bits. */
static const char *columns_text(const qry_words *words, qry_arena *arena)
{
    const char *text = "";
    for (uint32_t i = 0; i < words->column_count;) {
        uint32_t first = i++;
        while (i < words->column_count && words->columns[i] == words->columns[i - 1] + 1)
            i++;
        const char *comma = first ? ", " : "";
        if (i - first > 1)
            text = qry_arena_printf(arena, "%s%s%u-%u", text, comma, words->columns[first], words->columns[i - 1]);
        else
            text = qry_arena_printf(arena, "%s%s%u", text, comma, words->columns[first]);
    }
    return text;
}

static const char *word_text(const qry_search *search, const struct qry_load *load, qry_arena *arena)
{
    const qry_lowered *l = qry_lowered_of_const(search);
    const qry_table *table = load->words.table;
    const char *bound = statement_of(search)->bound, *type = qry_type_text(arena, table->type);
    if (load == &l->alive)
        return qry_arena_printf(arena, "1 where row %s is still looked for", bound);
    if (table == &l->draws)
        return qry_arena_printf(arena,
                                search->kind == QRY_SAMPLE_SET ? "the threshold of row %s as %s"
                                                               : "a Gumbel variate for row %s as %s",
                                bound, type);
    if (table->columns == 1)
        return qry_arena_printf(arena, "%s[%s] as %s", table->name, bound, type);
    if (load->words.column_count == 1)
        return qry_arena_printf(arena, "%s[%s][%u] as %s", table->name, bound, load->words.columns[0], type);
    return qry_arena_printf(arena, "columns %s of %s[%s] as %s, %d bits each, in that order",
                            columns_text(&load->words, arena), table->name, bound, type, qry_type_width(table->type));
}

static const struct qry_load *load_of(const qry_lowered *l, const qry_group *group)
{
    if (l->queried)
        return l->queried;
    for (size_t i = 0; i < l->load_count; i++)
        if (l->loads[i].used && l->loads[i].word == group->first)
            return &l->loads[i];
    return &l->alive;
}

/* Registers that are for one thing only. */
static const struct {
    const char *name, *text;
} registers[] = {
    {"uniform", "all its values alike; with a row as many of them are marked as its number has units"},
    {"flags", "turned by rotations, all 0 with the probability that the row's number stands for"},
    {"flag", "1 where there is a mark"},
    {"count", "in the end the angle by which an iterate turns, as a fraction of a full turn"},
};

const char *qry_search_register(const qry_search *search, const qry_group *group, qry_arena *arena)
{
    const qry_lowered *l = qry_lowered_of_const(search);
    if (group->role == QRY_ROLE_ADDRESS)
        return qry_arena_printf(arena, "the row %s", statement_of(search)->bound);
    if (group->role == QRY_ROLE_WORD)
        return word_text(search, load_of(l, group), arena);
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        if (group->role == QRY_ROLE_DATA && strcmp(group->name, registers[i].name) == 0)
            return registers[i].text;
    for (int i = 0; i < QRY_TREES; i++)
        for (int k = 0; l->trees[i].qram && k < 2; k++) {
            const qry_qram_machine *machine = &l->trees[i].qram->machine[k];
            if (machine->name && strcmp(machine->name, group->name) == 0)
                return machine->text;
        }
    return "intermediate results";
}
