/* options.c: the words of a command line. popt takes them apart; what they mean stands in the tables of the commands. */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <popt.h>
#include <stdlib.h>
#include <string.h>

/* Everything that one command takes, in one list. */
struct reader {
    cli *cli;
    void *settings;
    const cli_option **options; /* popt's `val` is the place here, from 1 */
    size_t count;
};

const cli_option cli_common_options[] = {
    {.name = "json", .kind = CLI_FLAG, .at = offsetof(cli, json), .help = "print one JSON value, for programs"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .at = offsetof(cli, quiet),
     .help = "errors only: no warnings, notes or progress"},
    {.name = "color",
     .kind = CLI_WORD,
     .at = offsetof(cli, color),
     .value = "WHEN",
     .words = "auto|always|never",
     .help = "colour in diagnostics; auto: on a terminal"},
    {.name = "help", .letter = 'h', .kind = CLI_FLAG, .at = offsetof(cli, help), .help = "print this help"},
    {0}};

/* ---- misuse ---- */

int cli_misuse(cli *cli, const char *hint, const char *format, ...)
{
    char message[512];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    if (!hint)
        hint = cli->command ? qry_arena_printf(cli->arena, "see quarry %s --help", cli->command->name)
                            : "see quarry --help";
    qry_error_at(cli->ctx, (qry_span){0}, hint, "%s", message);
    return CLI_MISUSED;
}

int cli_not_yet(cli *cli, const char *what)
{
    qry_error(cli->ctx, "%s is not supported by this version yet", what);
    return CLI_MISUSED;
}

int cli_refuse(cli *cli, const cli_option *table, const char *why)
{
    for (size_t i = 0; i < cli->given_count; i++)
        for (const cli_option *o = table; o->name; o++)
            if (o == cli->given[i])
                return cli_misuse(cli, NULL, "--%s %s", o->name, why);
    return CLI_DONE;
}

/* ---- words ---- */

const char *cli_word_at(qry_arena *arena, const char *words, size_t i)
{
    for (; i > 0 && words; i--) {
        words = strchr(words, '|');
        words += words != NULL;
    }
    return words ? qry_arena_text(arena, words, strcspn(words, "|")) : NULL;
}

/* The place of a word in a list, -1 when it is not there. */
static int place_of(qry_arena *arena, const char *words, const char *word)
{
    const char *each;
    for (int i = 0; (each = cli_word_at(arena, words, (size_t)i)); i++)
        if (strcmp(each, word) == 0)
            return i;
    return -1;
}

static const char *question(qry_arena *arena, const char *words, const char *word)
{
    qry_nearest nearest = qry_nearest_to(word);
    const char *each;
    for (size_t i = 0; (each = cli_word_at(arena, words, i)); i++)
        qry_nearest_consider(&nearest, each);
    return qry_nearest_question(arena, &nearest);
}

/* "auto, always or never" */
static const char *choices(qry_arena *arena, const char *words)
{
    const char *text = cli_word_at(arena, words, 0), *each;
    for (size_t i = 1; (each = cli_word_at(arena, words, i)); i++)
        text = qry_arena_printf(arena, "%s%s%s", text, cli_word_at(arena, words, i + 1) ? ", " : " or ", each);
    return text;
}

bool cli_has_word(qry_arena *arena, const char *words, const char *word) { return place_of(arena, words, word) >= 0; }

int cli_not_a_word(cli *cli, const char *option, const char *words, const char *text)
{
    return cli_misuse(cli, question(cli->arena, words, text), "--%s takes %s, not '%.60s'", option,
                      choices(cli->arena, words), text);
}

/* ---- values ---- */

static int set_natural(cli *cli, const cli_option *option, const char *text, cli_natural *to)
{
    char *end;
    errno = 0;
    to->value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end)
        return cli_misuse(cli, NULL, "--%s takes a whole number, not '%.60s'", option->name, text);
    if (errno || to->value < option->least || (option->most && to->value > option->most)) {
        uint64_t most = option->most ? option->most : UINT64_MAX;
        return cli_misuse(cli, NULL, "--%s takes a number from %llu to %llu, not %.60s", option->name,
                          (unsigned long long)option->least, (unsigned long long)most, text);
    }
    to->given = true;
    return CLI_DONE;
}

static int set_real(cli *cli, const cli_option *option, const char *text, cli_real *to)
{
    char *end;
    to->value = strtod(text, &end);
    if (end == text || *end || !isfinite(to->value) || !strpbrk(text, "0123456789"))
        return cli_misuse(cli, NULL, "--%s takes a number, not '%.60s'", option->name, text);
    to->given = true;
    return CLI_DONE;
}

static int set_word(cli *cli, const cli_option *option, const char *text, int *to)
{
    int place = place_of(cli->arena, option->words, text);
    if (place >= 0) {
        *to = place + (option->kind == CLI_CHOICE);
        return CLI_DONE;
    }
    if (place_of(cli->arena, option->later, text) >= 0)
        return cli_not_yet(cli, qry_arena_printf(cli->arena, "--%s %s", option->name, text));
    return cli_not_a_word(cli, option->name, option->words, text);
}

static void add_text(cli *cli, const char *text, cli_texts *to)
{
    QRY_GROW(cli->ctx, to->text, to->room, to->count + 1);
    to->text[to->count++] = text;
}

static int set(const struct reader *r, const cli_option *option, const char *text)
{
    bool common = false;
    for (const cli_option *o = cli_common_options; o->name; o++)
        common |= o == option;
    char *member = (char *)(common ? (void *)r->cli : r->settings) + option->at;
    if (!option->help && !option->words)
        return cli_not_yet(r->cli, qry_arena_printf(r->cli->arena, "--%s", option->name));
    QRY_GROW(r->cli->ctx, r->cli->given, r->cli->given_room, r->cli->given_count + 1);
    r->cli->given[r->cli->given_count++] = option;
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)(void *)member = true;
        return CLI_DONE;
    case CLI_TEXT:
        *(const char **)(void *)member = text;
        return CLI_DONE;
    case CLI_TEXTS:
        add_text(r->cli, text, (cli_texts *)(void *)member);
        return CLI_DONE;
    case CLI_NATURAL:
        return set_natural(r->cli, option, text, (cli_natural *)(void *)member);
    case CLI_REAL:
        return set_real(r->cli, option, text, (cli_real *)(void *)member);
    case CLI_WORD:
    case CLI_CHOICE:
        return set_word(r->cli, option, text, (int *)(void *)member);
    }
    return CLI_MISUSED;
}

/* ---- popt ---- */

static void collect(struct reader *r, const cli_option *table)
{
    for (const cli_option *o = table; o && o->name; o++)
        r->options[r->count++] = o;
}

static size_t length_of(const cli_option *table)
{
    size_t count = 0;
    while (table && table[count].name)
        count++;
    return count;
}

static struct poptOption *popt_table(struct reader *r, const cli_command *command)
{
    enum { TABLES = sizeof command->options / sizeof *command->options };
    qry_arena *arena = r->cli->arena;
    size_t room = length_of(cli_common_options);
    for (int i = 0; i < TABLES; i++)
        room += length_of(command->options[i]);
    r->options = qry_arena_alloc(arena, room, sizeof *r->options);
    for (int i = 0; i < TABLES; i++)
        collect(r, command->options[i]);
    collect(r, cli_common_options);
    struct poptOption *table = qry_arena_alloc(arena, r->count + 1, sizeof *table);
    for (size_t i = 0; i < r->count; i++) {
        const cli_option *o = r->options[i];
        table[i] = (struct poptOption){.longName = o->name,
                                       .shortName = o->letter,
                                       .argInfo = o->kind == CLI_FLAG ? POPT_ARG_NONE : POPT_ARG_STRING,
                                       .val = (int)i + 1};
    }
    return table;
}

static void free_popt(void *popt) { poptFreeContext(popt); }

/* The option as it was written, without "=value". */
static const char *written(const struct reader *r, poptContext popt)
{
    const char *text = poptBadOption(popt, POPT_BADOPTION_NOALIAS);
    return text ? qry_arena_text(r->cli->arena, text, strcspn(text, "=")) : "";
}

static int unreadable(const struct reader *r, poptContext popt, int error)
{
    const char *option = written(r, popt);
    qry_arena *arena = r->cli->arena;
    if (error == POPT_ERROR_NOARG)
        return cli_misuse(r->cli, NULL, "%.60s needs a value", option);
    if (error == POPT_ERROR_UNWANTEDARG)
        return cli_misuse(r->cli, NULL, "%.60s takes no value", option);
    if (error != POPT_ERROR_BADOPT)
        return cli_misuse(r->cli, NULL, "%.60s: %s", option, poptStrerror(error));
    qry_nearest nearest = qry_nearest_to(option);
    for (size_t i = 0; i < r->count; i++)
        if (r->options[i]->help)
            qry_nearest_consider(&nearest, qry_arena_printf(arena, "--%s", r->options[i]->name));
    return cli_misuse(r->cli, qry_nearest_question(arena, &nearest), "unknown option '%.60s'", option);
}

static int read_all(struct reader *r, poptContext popt, const char ***arguments)
{
    qry_arena *arena = r->cli->arena;
    int at, status = CLI_DONE;
    while (status == CLI_DONE && (at = poptGetNextOpt(popt)) > 0) {
        char *value = poptGetOptArg(popt);
        const char *text = value ? qry_arena_text(arena, value, strlen(value)) : NULL;
        free(value);
        status = set(r, r->options[at - 1], text);
    }
    if (status != CLI_DONE)
        return status;
    if (at < -1)
        return unreadable(r, popt, at);
    const char **rest = poptGetArgs(popt);
    size_t count = 0;
    while (rest && rest[count])
        count++;
    *arguments = qry_arena_alloc(arena, count + 1, sizeof **arguments);
    for (size_t i = 0; i < count; i++)
        (*arguments)[i] = qry_arena_text(arena, rest[i], strlen(rest[i]));
    return CLI_DONE;
}

static int check_count(cli *cli, const char *const *arguments)
{
    const cli_command *command = cli->command;
    size_t count = 0;
    while (arguments[count])
        count++;
    if (count < command->least)
        return cli_misuse(cli, NULL, "an argument is missing: quarry %s %s", command->name, command->arguments);
    if (count > command->most)
        return cli_misuse(cli, NULL, "one argument too many: '%.60s'", arguments[command->most]);
    return CLI_DONE;
}

int cli_read_options(cli *cli, int argc, const char *const *argv, void *settings, const char ***arguments)
{
    struct reader r = {.cli = cli, .settings = settings};
    struct poptOption *table = popt_table(&r, cli->command);
    poptContext popt = poptGetContext(NULL, argc, (const char **)argv, table, 0);
    if (!popt) {
        qry_error(cli->ctx, "out of memory");
        return CLI_FAILED;
    }
    qry_defer(cli->ctx, free_popt, popt);
    int status = read_all(&r, popt, arguments);
    qry_defer_cancel(cli->ctx, free_popt, popt);
    poptFreeContext(popt);
    return status != CLI_DONE || cli->help ? status : check_count(cli, *arguments);
}
