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

struct prefixes {
    qry_names used;   /* in this body */
    qry_names *taken; /* whole names that are not to be had; or NULL */
};

static bool is_free(struct prefixes *p, const char *prefix, uint32_t count)
{
    char operand[QRY_OPERAND_ROOM];
    for (uint32_t i = 0; p->taken && i < count; i++) {
        snprintf(operand, sizeof operand, "%s%u", prefix, i);
        if (qry_names_has(p->taken, operand))
            return false;
    }
    return qry_names_add(&p->used, prefix);
}

/* A name that can take a number without meaning anything else: no gate (u1), no parameter (p10), no operand of another
 * group (a1 and 0 against a and 10). */
static void find_prefix(struct prefixes *p, const qry_group *group, char prefix[QRY_PREFIX_ROOM])
{
    const char *name = group->name, last = name[strlen(name) - 1];
    bool bare = !(last >= '0' && last <= '9') && strcmp(name, "u") != 0 && strcmp(name, "p") != 0;
    snprintf(prefix, QRY_PREFIX_ROOM, "%s%s", name, bare ? "" : "_");
    for (int k = 2; !is_free(p, prefix, group->size); k++)
        snprintf(prefix, QRY_PREFIX_ROOM, "%s_%d_", name, k);
}

qry_word *qry_print_operands(qry_arena *arena, const qry_definition *d, bool is_gate, const char *parameter,
                             qry_names *taken)
{
    qry_word *words = qry_arena_alloc(arena, d->width, sizeof *words);
    struct prefixes prefixes = {.taken = taken};
    qry_names_init(&prefixes.used, arena);
    qry_names_add(&prefixes.used, parameter);
    for (size_t g = 0; g < d->group_count; g++) {
        char prefix[QRY_PREFIX_ROOM] = "", operand[QRY_OPERAND_ROOM];
        if (is_gate)
            find_prefix(&prefixes, &d->groups[g], prefix);
        for (uint32_t i = 0; i < d->groups[g].size; i++) {
            if (is_gate)
                snprintf(operand, sizeof operand, "%s%u, ", prefix, i);
            else
                snprintf(operand, sizeof operand, "%s[%u], ", d->groups[g].name, i);
            words[d->groups[g].first + i] = qry_word_of(arena, operand);
        }
    }
    qry_names_free(&prefixes.used);
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

/* An identifier stays as it is, if it can. */
static const char *name_definition(qry_full_names *names, qry_arena *arena, const char *name)
{
    char made[QRY_IDENTIFIER_ROOM];
    qry_identifier(name, made);
    const char *base = is_identifier(name) ? name : made, *found = base;
    for (int k = 2; means_something(found) || qry_names_has(&names->taken, found); k++)
        found = qry_arena_printf(arena, "%s_%d", base, k);
    qry_names_add(&names->taken, found);
    return qry_arena_text(arena, found, strlen(found));
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
    for (size_t k = 0; k < survey->count; k++) {
        const qry_body *body = survey->order[k];
        if (body->number)
            names->definition[body->number] = name_definition(names, arena, body->definition->name);
    }
    /* Neither ends in a digit, as all operands do; a parameter has a number behind it. */
    names->parameter = "p";
    while (begins_any(&names->taken, names->parameter))
        names->parameter = qry_arena_printf(arena, "%s_", names->parameter);
    names->round = "i";
    while (qry_names_has(&names->taken, names->round))
        names->round = qry_arena_printf(arena, "%s_", names->round);
}

void qry_full_names_free(qry_full_names *names) { qry_names_free(&names->taken); }
