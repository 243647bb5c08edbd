/* json.c: JSON values for programs that read what quarry prints. jansson builds and writes them; here are numbers that
 * may be larger than JSON readers take, and failures that give up instead of returning NULL. */
#include "cli.h"

#include <math.h>
#include <string.h>

static const uint64_t EXACT = UINT64_C(1) << 53; /* the readers that keep every number as a double */

static _Noreturn void no_memory(cli *cli)
{
    qry_error(cli->ctx, "out of memory");
    qry_give_up(cli->ctx);
}

static void release(void *value) { json_decref(value); }

json_t *cli_json_new(cli *cli)
{
    json_t *object = json_object();
    if (!object)
        no_memory(cli);
    qry_defer(cli->ctx, release, object);
    return object;
}

void cli_put(cli *cli, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        no_memory(cli);
}

void cli_append(cli *cli, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        no_memory(cli);
}

json_t *cli_json_natural(qry_u128 number)
{
    if (number <= EXACT)
        return json_integer((json_int_t)number);
    char digits[CLI_DIGITS];
    return json_string(cli_digits(number, digits));
}

json_t *cli_json_real(double number) { return isfinite(number) ? json_real(number) : json_null(); }

/* ---- text ---- */

/* Bytes of the UTF-8 character at text, 0 if there is none. */
static size_t character_at(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    size_t length = c[0] < 0x80 ? 1 : c[0] >= 0xc2 && c[0] < 0xe0 ? 2 : c[0] >= 0xe0 && c[0] < 0xf0 ? 3 : 4;
    if (length == 4 && (c[0] < 0xf0 || c[0] > 0xf4))
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    bool too_long = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    bool beyond = (c[0] == 0xed && c[1] > 0x9f) || (c[0] == 0xf4 && c[1] > 0x8f);
    return too_long || beyond ? 0 : length;
}

json_t *cli_json_text(cli *cli, const char *text)
{
    static const char unknown[] = "\xef\xbf\xbd"; /* U+FFFD */
    char *clean = qry_arena_alloc(cli->arena, 3 * strlen(text) + 1, 1), *to = clean;
    while (*text) {
        size_t length = character_at(text);
        memcpy(to, length ? text : unknown, length ? length : 3);
        to += length ? length : 3;
        text += length ? length : 1;
    }
    return json_string(clean);
}

/* ---- the bill ---- */

json_t *cli_json_ledger(cli *cli, const qry_ledger *ledger)
{
    json_t *object = cli_json_new(cli), *queries = json_object();
    const struct {
        const char *name;
        qry_u128 number;
    } counts[] = {{"a_calls", ledger->a_calls},
                  {"shots", ledger->shots},
                  {"simulated", ledger->simulated},
                  {"gates", qry_tally_gates(&ledger->tally)},
                  {"cswap", ledger->tally.gate[QRY_GATE_cswap]},
                  {"toffoli", qry_tally_toffoli(&ledger->tally)},
                  {"t", qry_tally_t(&ledger->tally)},
                  {"depth", ledger->depth},
                  {"t_depth", ledger->t_depth},
                  {"qubits", ledger->qubits},
                  {"score_evaluations", ledger->score_evaluations},
                  {"classical_score_evaluations", ledger->classical_score_evaluations}};
    cli_put(cli, object, "oracle_calls", cli_json_natural(ledger->oracle_calls));
    cli_put(cli, object, "queries", queries);
    for (size_t i = 0; i < ledger->query_count; i++)
        cli_put(cli, queries, ledger->query[i].table, cli_json_natural(ledger->query[i].loads));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        cli_put(cli, object, counts[i].name, cli_json_natural(counts[i].number));
    cli_put(cli, object, "seconds", cli_json_real(ledger->seconds));
    return json_incref(object);
}

/* ---- writing ---- */

static int write_piece(const char *bytes, size_t length, void *output)
{
    qry_output_write(output, bytes, length);
    return 0;
}

void cli_write_json(cli *cli, const json_t *value, qry_output *output)
{
    if (json_dump_callback(value, write_piece, output, JSON_REAL_PRECISION(17)) != 0)
        no_memory(cli);
    qry_output_printf(output, "\n");
}

void cli_write_json_members(cli *cli, const json_t *object, qry_output *output)
{
    if (json_dump_callback(object, write_piece, output, JSON_REAL_PRECISION(17) | JSON_EMBED) != 0)
        no_memory(cli);
}
