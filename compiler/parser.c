/* parser.c: runs the parser, and says in plain words what it did not understand. */
#include "compiler/parser.h"

#include "compiler/qram/qram.h"

#include <ctype.h>
#include <string.h>

/* A program is text. The scanner would start again at every zero byte within a comment or a string, and a file of zero
 * bytes would take it time that grows with the square of its length. */
static bool is_text(qry_ctx *ctx, const qry_source *source)
{
    const char *zero = memchr(source->text, 0, source->length);
    if (zero)
        qry_error_at(ctx, (qry_span){source, (size_t)(zero - source->text), 1},
                     "a program is UTF-8 text: save it as UTF-8, not as UTF-16",
                     "this is no text file: it has byte 0x00");
    return !zero;
}

struct qry_ast_program *qry_parse(qry_ctx *ctx, qry_arena *arena, const qry_source *source)
{
    size_t errors = qry_error_count(ctx);
    if (source->length >= INT32_MAX) {
        qry_error(ctx, "%s is too long: a program has less than 2 GiB", source->name);
        return NULL;
    }
    if (!is_text(ctx, source))
        return NULL;
    struct qry_parser parser = {.tree = qry_ast_new(ctx, arena, source)};
    qry_parser_run(&parser);
    return qry_error_count(ctx) == errors ? parser.tree : NULL;
}

void qry_parser_token(struct qry_parser *parser)
{
    parser->previous = parser->token;
    parser->token = parser->here;
}

static void error(struct qry_parser *parser, struct ast_place place, const char *hint, const char *message)
{
    qry_error_at(parser->tree->ctx, qry_ast_span(parser->tree, place), hint, "%s", message);
}

/* ---- what the scanner finds wrong ---- */

qry_rational qry_parser_number(struct qry_parser *parser, const char *text, size_t length)
{
    qry_rational number = {0, 1};
    if (!qry_rational_parse(text, length, &number))
        error(parser, parser->here, "a fraction of two numbers below 2^63: from 1e-18 to 9.2e18",
              "the number has too many digits");
    return number;
}

qry_rational qry_parser_bad_number(struct qry_parser *parser, const char *text)
{
    const struct qry_ast_program *tree = parser->tree;
    if (text[strlen(text) - 1] == '.')
        error(parser, parser->here, NULL, "a digit must follow the point of a number");
    else
        qry_error_at(tree->ctx, qry_ast_span(tree, parser->here),
                     "names begin with a letter; an exponent has digits: 1e-3",
                     "'%.40s' is neither a number nor a name", text);
    return (qry_rational){0, 1};
}

struct ast_name *qry_parser_name(struct qry_parser *parser, const char *text, size_t length)
{
    struct qry_ast_program *tree = parser->tree;
    if (length > QRY_LONGEST_NAME)
        qry_error_at(tree->ctx, qry_ast_span(tree, parser->here), "a name has at most 255",
                     "the name %.20s... has %zu characters", text, length);
    return qry_ast_intern(tree, text, length);
}

void qry_parser_foreign_name(struct qry_parser *parser, const char *text)
{
    const struct qry_ast_program *tree = parser->tree;
    qry_error_at(tree->ctx, qry_ast_span(tree, parser->here), "names are made of the letters a to z, digits and _",
                 "'%.40s' is not a name", text);
}

void qry_parser_unclosed_comment(struct qry_parser *parser)
{
    error(parser, parser->here, "it ends with */", "the comment has no end");
}

void qry_parser_unclosed_string(struct qry_parser *parser)
{
    error(parser, parser->here, NULL, "the string has no closing '\"' on its line");
}

void qry_parser_stray(struct qry_parser *parser, char character)
{
    static const struct {
        char character;
        const char *hint;
    } hints[] = {
        {'/', "there is no division; multiply, or shift with >>"},
        {'%', "there is no remainder"},
        {'&', "\"and\" is &&"},
        {'|', "\"or\" is ||"},
        {'^', "a square is square(x)"},
        {'\'', "strings stand between double quotes"},
        {'#', "a comment begins with //"},
    };
    const struct qry_ast_program *tree = parser->tree;
    unsigned char byte = (unsigned char)character;
    const char *hint = NULL;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (hints[i].character == character)
            hint = hints[i].hint;
    if (isprint(byte))
        qry_error_at(tree->ctx, qry_ast_span(tree, parser->here), hint, "'%c' does not belong to the language", byte);
    else
        qry_error_at(tree->ctx, qry_ast_span(tree, parser->here), NULL, "byte 0x%02x does not belong to the language",
                     byte);
}

void qry_parser_too_deep(struct qry_parser *parser, struct ast_place place, int most)
{
    qry_error_at(parser->tree->ctx, qry_ast_span(parser->tree, place), "give parts of the expression names with fn",
                 "the nesting is too deep: more than %d parts are open", most);
}

/* ---- what the grammar finds wrong ----
 *
 * Symbols of the grammar come as words of the language (table), as signs (';' in quotes, && without) or as descriptions
 * with a blank in them ("a name"). */

static bool is_word(const char *symbol) { return isalpha((unsigned char)symbol[0]) && !strchr(symbol, ' '); }

static bool is_among(const char *symbol, const char *const *symbols, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(symbols[i], symbol) == 0)
            return true;
    return false;
}

#define IS_AMONG(symbol, symbols) is_among((symbol), (symbols), sizeof(symbols) / sizeof *(symbols))

static const char *const item_words[] = {"table",  "const", "param",    "qram",   "fn",
                                         "search", "count", "estimate", "sample", "the end of the file"};
static const char *const operands[] = {"a name", "a whole number", "a number", "'('", "'-'", "'!'", "if",   "sum",
                                       "dot",    "square",         "exp",      "max", "min", "abs", "clip", "lookup"};
static const char *const operators[] = {"||", "&&", "==", "!=",  "'<'", "<=",  "'>'",
                                        ">=", "<<", ">>", "'+'", "'-'", "'*'", "as"};

/* Whether a line ends between the last token and the one before it. */
static bool on_a_new_line(const struct qry_parser *parser)
{
    size_t from = parser->previous.offset + parser->previous.length;
    return memchr(parser->tree->source->text + from, '\n', parser->token.offset - from) != NULL;
}

static const char *quoted(qry_arena *arena, const char *symbol)
{
    bool plain = symbol[0] == '\'' || strchr(symbol, ' ');
    return plain ? symbol : qry_arena_printf(arena, "'%s'", symbol);
}

/* What can stand there, in words: "';' or '{'". What begins an expression is "an expression", and operators go without
 * saying. NULL when the list would be too long to help. */
static const char *alternatives(qry_arena *arena, const char *const *expected, size_t count)
{
    enum { LONGEST = 5 };
    const char *shown[LONGEST];
    size_t kept = 0;
    bool expression = is_among("dot", expected, count);
    if (expression)
        shown[kept++] = "an expression";
    for (size_t i = 0; i < count; i++) {
        if (IS_AMONG(expected[i], operators) || (expression && IS_AMONG(expected[i], operands)))
            continue;
        if (kept == LONGEST)
            return NULL;
        shown[kept++] = quoted(arena, expected[i]);
    }
    const char *text = kept ? shown[0] : NULL;
    for (size_t i = 1; i < kept; i++)
        text = qry_arena_printf(arena, "%s%s%s", text, i + 1 < kept ? ", " : " or ", shown[i]);
    return text;
}

/* The architectures that this version has, or the one that was meant. */
static const char *arch_hint(const struct qry_parser *parser)
{
    qry_arena *arena = parser->tree->arena;
    struct ast_place place = parser->token;
    qry_nearest nearest =
        qry_nearest_to(qry_arena_text(arena, parser->tree->source->text + place.offset, place.length));
    const char *list = qry_qram_name(0), *question;
    for (int i = 0; i < AST_ARCHES; i++)
        qry_nearest_consider(&nearest, qry_ast_arch((enum ast_arch)i)->name);
    for (size_t i = 1; qry_qram_name(i); i++)
        list = qry_arena_printf(arena, "%s%s%s", list, qry_qram_name(i + 1) ? ", " : " or ", qry_qram_name(i));
    return (question = qry_nearest_question(arena, &nearest)) ? question : list;
}

static const char *mistake_hint(const struct qry_parser *parser, const char *token, bool expression)
{
    static const struct {
        const char *text, *hint;
    } hints[] = {
        {"=", "== compares"},
        {"and", "\"and\" is &&"},
        {"or", "\"or\" is ||"},
        {"not", "\"not\" is !"},
        {"if", "put the \"if\" between parentheses"},
    };
    const struct ast_place place = parser->token;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (strlen(hints[i].text) == place.length &&
            memcmp(parser->tree->source->text + place.offset, hints[i].text, place.length) == 0)
            return hints[i].hint;
    if (!expression || !is_word(token))
        return NULL;
    return qry_arena_printf(parser->tree->arena, "'%s' is a word of the language, not a name", token);
}

/* A ';' is missed at the end of the line before, or before the next item. */
static bool misses_semicolon(const struct qry_parser *parser, const char *token, const char *const *expected,
                             size_t count)
{
    return parser->previous.length && is_among("';'", expected, count) &&
           (IS_AMONG(token, item_words) || on_a_new_line(parser));
}

/* A name at the beginning of an item would be a statement's, with a colon behind it. */
static void not_an_item(struct qry_parser *parser)
{
    struct qry_ast_program *tree = parser->tree;
    struct ast_place place = parser->previous;
    const char *word = qry_arena_text(tree->arena, tree->source->text + place.offset, place.length);
    const char *hint = qry_nearest_word(tree->arena, word, item_words, sizeof item_words / sizeof *item_words);
    qry_error_at(tree->ctx, qry_ast_span(tree, place), hint ? hint : "table, const, param, qram, fn and search do",
                 "'%.40s' does not begin anything", word);
}

void qry_parser_unexpected(struct qry_parser *parser, struct ast_place place, const char *token,
                           const char *const *expected, size_t count)
{
    struct qry_ast_program *tree = parser->tree;
    const char *text = tree->source->text;
    struct ast_place before = parser->previous;
    bool expression = is_among("dot", expected, count), at_end = strcmp(token, "the end of the file") == 0;
    if (strcmp(token, "an architecture") == 0) /* a word like the others */
        token = qry_arena_text(tree->arena, text + place.offset, place.length);
    if (misses_semicolon(parser, token, expected, count)) {
        struct ast_place behind = {before.offset + before.length, 1};
        qry_error_at(tree->ctx, qry_ast_span(tree, behind), NULL, "expected ';' after '%.*s'", (int)before.length,
                     text + before.offset);
        return;
    }
    if (is_word(token) && is_among("a name", expected, count) && !expression && before.length) {
        qry_error_at(tree->ctx, qry_ast_span(tree, place), "choose another name",
                     "'%s' is a word of the language and cannot be a name", token);
        return;
    }
    if (count == 1 && strcmp(expected[0], "':'") == 0 && before.length && isalpha((unsigned char)text[before.offset])) {
        not_an_item(parser);
        return;
    }
    int length = (int)(place.length < 40 ? place.length : 40);
    const char *shown =
        at_end ? "the end of the file" : qry_arena_printf(tree->arena, "'%.*s'", length, text + place.offset);
    const char *wanted = alternatives(tree->arena, expected, count);
    const char *hint =
        is_among("an architecture", expected, count) ? arch_hint(parser) : mistake_hint(parser, token, expression);
    if (wanted)
        qry_error_at(tree->ctx, qry_ast_span(tree, place), hint, "expected %s, not %s", wanted, shown);
    else
        qry_error_at(tree->ctx, qry_ast_span(tree, place), hint, "unexpected %s", shown);
}
