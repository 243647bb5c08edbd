/* print_names.c: what operands, definitions and their parameters are called in a file. See print.h. */
#include "qasm/print.h"

#include <ctype.h>
#include <stdio.h>

qry_word qry_word_of(qry_arena *arena, const char *text)
{
    size_t length = strlen(text);
    return (qry_word){qry_arena_text(arena, text, length), (uint32_t)length};
}

/* ---- operands ---- */

/* A name that can take a number without meaning anything else: no gate (u1), no parameter (p10), no operand of another
 * group (a1 and 0 against a and 10). */
static void find_prefix(qry_names *taken, const char *group, char prefix[QRY_PREFIX_ROOM])
{
    char last = group[strlen(group) - 1];
    bool bare = !(last >= '0' && last <= '9') && strcmp(group, "u") != 0 && strcmp(group, "p") != 0;
    snprintf(prefix, QRY_PREFIX_ROOM, "%s%s", group, bare ? "" : "_");
    for (int k = 2; !qry_names_add(taken, prefix); k++)
        snprintf(prefix, QRY_PREFIX_ROOM, "%s_%d_", group, k);
}

qry_word *qry_print_operands(qry_arena *arena, const qry_definition *d, bool is_gate)
{
    qry_word *words = qry_arena_alloc(arena, d->width, sizeof *words);
    qry_names taken;
    qry_names_init(&taken, arena);
    for (size_t g = 0; g < d->group_count; g++) {
        char prefix[QRY_PREFIX_ROOM], operand[QRY_OPERAND_ROOM];
        find_prefix(&taken, d->groups[g].name, prefix);
        for (uint32_t i = 0; i < d->groups[g].size; i++) {
            if (is_gate)
                snprintf(operand, sizeof operand, "%s%u, ", prefix, i);
            else
                snprintf(operand, sizeof operand, "%s[%u], ", d->groups[g].name, i);
            words[d->groups[g].first + i] = qry_word_of(arena, operand);
        }
    }
    qry_names_free(&taken);
    return words;
}

/* ---- bits ---- */

qry_bit_names qry_bit_names_of(const qry_circuit *circuit)
{
    size_t count;
    return (qry_bit_names){qry_circuit_bit_registers(circuit, &count), 0};
}

void qry_text_bit(qry_text *text, qry_bit_names *names, uint32_t bit)
{
    while (bit < names->registers[names->latest].first)
        names->latest--;
    while (bit >= names->registers[names->latest].first + names->registers[names->latest].size)
        names->latest++;
    const qry_bit_register *of = &names->registers[names->latest];
    text->at += sprintf(text->at, "%s[%u]", of->name, bit - of->first);
}

void qry_text_bit_registers(qry_text *text, const qry_circuit *circuit)
{
    size_t count;
    const qry_bit_register *bits = qry_circuit_bit_registers(circuit, &count);
    for (size_t i = 0; i < count; i++) {
        char line[QRY_IDENTIFIER_ROOM + 32];
        snprintf(line, sizeof line, "bit[%u] %s;\n", bits[i].size, bits[i].name);
        qry_text_string(text, line);
    }
}

/* ---- the full profile ---- */

static bool is_identifier(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return *name && !(*name >= '0' && *name <= '9') && strspn(name, letters) == strlen(name);
}

static bool means_something(const char *name)
{
    return qry_identifier_is_reserved(name) || strcmp(name, "CX") == 0 || strcmp(name, "OPENQASM") == 0;
}

/* An identifier stays as it is, if it can; else it gets a number. *numbers: by name, the last number that it was given, so
 * that many of one name take no longer than others. */
static const char *name_definition(qry_full_names *names, qry_map *numbers, qry_arena *arena, const char *name)
{
    char made[QRY_IDENTIFIER_ROOM];
    qry_identifier(name, made);
    const char *base = is_identifier(name) ? name : made;
    const bool free = !qry_names_has(&names->taken, base) && !means_something(base);
    const uint32_t number = qry_names_number(&names->taken, base);
    if (free)
        return names->taken.text[number];
    uint32_t *last = qry_map_at(numbers, number);
    *last += *last == 0;
    const char *found;
    do
        found = qry_arena_printf(arena, "%s_%u", base, ++*last);
    while (!qry_names_add(&names->taken, found));
    return found;
}

static bool begins_any(const qry_names *names, const char *prefix)
{
    size_t length = strlen(prefix);
    for (size_t i = 0; i < names->count; i++)
        if (strncmp(names->text[i], prefix, length) == 0 && isdigit((unsigned char)names->text[i][length]))
            return true;
    return false;
}

void qry_full_names_choose(qry_full_names *names, qry_arena *arena, const qry_survey *survey)
{
    const qry_definition *program = survey->bodies[0]->definition;
    size_t count;
    const qry_bit_register *bits = qry_circuit_bit_registers(program->circuit, &count);
    qry_names_init(&names->taken, arena);
    for (size_t i = 0; i < program->group_count; i++)
        qry_names_add(&names->taken, program->groups[i].name);
    for (size_t i = 0; i < count; i++)
        qry_names_add(&names->taken, bits[i].name);
    names->definition = qry_arena_alloc(arena, survey->count, sizeof *names->definition);
    qry_map numbers = {.ctx = qry_arena_ctx(arena)};
    for (size_t k = 0; k < survey->count; k++) {
        const qry_body *body = survey->order[k];
        if (body->number)
            names->definition[body->number] = name_definition(names, &numbers, arena, body->definition->name);
    }
    qry_map_free(&numbers);
    /* Nothing outside of bodies is called like a parameter or a loop variable, and operands keep away from both. */
    names->parameter = "p";
    while (begins_any(&names->taken, names->parameter))
        names->parameter = qry_arena_printf(arena, "%s_", names->parameter);
    names->round = "i";
    while (qry_names_has(&names->taken, names->round))
        names->round = qry_arena_printf(arena, "%s_", names->round);
}

void qry_full_names_free(qry_full_names *names) { qry_names_free(&names->taken); }

/* Whether `count` operands can have this prefix: none is called like another, or like anything outside. */
static bool takes_prefix(qry_full_names *names, qry_names *used, const char *prefix, uint32_t count)
{
    char operand[QRY_OPERAND_ROOM];
    for (uint32_t i = 0; i < count; i++) {
        snprintf(operand, sizeof operand, "%s%u", prefix, i);
        if (means_something(operand) || qry_names_has(&names->taken, operand) || qry_names_has(used, operand))
            return false;
    }
    return true;
}

static bool takes_name(qry_full_names *names, qry_names *used, const char *name)
{
    return !means_something(name) && strcmp(name, names->round) != 0 && !qry_names_has(&names->taken, name) &&
           !qry_names_has(used, name);
}

/* A group of one qubit has its name for it, so that what is read and written again keeps its names. */
static void name_group(qry_full_names *names, qry_names *used, qry_arena *arena, const qry_group *group,
                       qry_word *words)
{
    char prefix[QRY_PREFIX_ROOM], operand[QRY_OPERAND_ROOM];
    const bool bare = group->size == 1 && takes_name(names, used, group->name);
    snprintf(prefix, sizeof prefix, "%s", group->name);
    for (int k = 2; !bare && !takes_prefix(names, used, prefix, group->size); k++)
        snprintf(prefix, sizeof prefix, "%s_%d_", group->name, k);
    for (uint32_t i = 0; i < group->size; i++) {
        if (bare)
            snprintf(operand, sizeof operand, "%s", prefix);
        else
            snprintf(operand, sizeof operand, "%s%u", prefix, i);
        qry_names_add(used, operand);
        words[i] = qry_word_of(arena, qry_arena_printf(arena, "%s, ", operand));
    }
}

qry_word *qry_full_names_operands(qry_full_names *names, qry_arena *arena, const qry_definition *d)
{
    qry_word *words = qry_arena_alloc(arena, d->width, sizeof *words);
    qry_names used;
    qry_names_init(&used, arena);
    for (uint32_t i = 0; i < d->angle_count; i++)
        qry_names_add(&used, qry_arena_printf(arena, "%s%u", names->parameter, i));
    for (size_t g = 0; g < d->group_count; g++)
        name_group(names, &used, arena, &d->groups[g], words + d->groups[g].first);
    qry_names_free(&used);
    return words;
}
