/* key.c: strings of bits as people and programs read them. */
#include "run.h"

#include <string.h>

enum { LONGEST = 64, SHORT_REGISTER = 8 }; /* columns of a key for people; what stays binary in a long one */

static int bit_at(const uint64_t *words, uint32_t i) { return (int)(words[i / 64] >> i % 64 & 1); }

size_t cli_key_length(const cli_registers *registers)
{
    size_t length = registers->count ? registers->count - 1 : 0;
    for (size_t i = 0; i < registers->count; i++)
        length += registers->item[i].size;
    return length;
}

const char *cli_key(const cli_registers *registers, const uint64_t *words, char *room)
{
    char *to = room;
    for (size_t i = registers->count; i-- > 0;) {
        const cli_register *r = &registers->item[i];
        for (uint32_t b = r->size; b-- > 0;)
            *to++ = (char)('0' + bit_at(words, r->first + b));
        if (i > 0)
            *to++ = ' ';
    }
    *to = 0;
    return room;
}

/* ---- for people ---- */

static bool is_hexadecimal(const cli_registers *registers, const cli_register *r)
{
    return r->size > SHORT_REGISTER && cli_key_length(registers) > LONGEST;
}

static size_t short_length(const cli_registers *registers)
{
    size_t length = registers->count ? registers->count - 1 : 0;
    for (size_t i = 0; i < registers->count; i++) {
        const cli_register *r = &registers->item[i];
        length += is_hexadecimal(registers, r) ? 2 + ((size_t)r->size + 3) / 4 : r->size;
    }
    return length;
}

bool cli_keys_are_cut(const cli_registers *registers) { return short_length(registers) > LONGEST; }

static char *write_hexadecimal(const cli_register *r, const uint64_t *words, char *to)
{
    static const char digits[] = "0123456789abcdef";
    *to++ = '0';
    *to++ = 'x';
    for (uint32_t d = (r->size + 3) / 4; d-- > 0;) {
        int digit = 0;
        for (uint32_t b = 0; b < 4 && 4 * d + b < r->size; b++)
            digit |= bit_at(words, r->first + 4 * d + b) << b;
        *to++ = digits[digit];
    }
    return to;
}

const char *cli_short_key(const cli_registers *registers, const uint64_t *words, qry_arena *arena)
{
    char *text = qry_arena_alloc(arena, short_length(registers) + 1, 1), *to = text;
    for (size_t i = registers->count; i-- > 0;) {
        const cli_register *r = &registers->item[i];
        if (is_hexadecimal(registers, r))
            to = write_hexadecimal(r, words, to);
        else
            for (uint32_t b = r->size; b-- > 0;)
                *to++ = (char)('0' + bit_at(words, r->first + b));
        if (i > 0)
            *to++ = ' ';
    }
    if (!cli_keys_are_cut(registers))
        return text;
    return qry_arena_printf(arena, "%.*s…%s", LONGEST / 2, text, to - (LONGEST / 2 - 1));
}

const char *cli_key_head(const cli_registers *registers, qry_arena *arena)
{
    const char *text = "";
    for (size_t i = registers->count; i-- > 0;) {
        text = qry_arena_printf(arena, "%s%s%s", text, *text ? " " : "", registers->item[i].name);
        if (strlen(text) > LONGEST)
            return qry_arena_printf(arena, "%.*s…", LONGEST - 1, text);
    }
    return text;
}
