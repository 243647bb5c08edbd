/* mistakes.c: says in plain words what the scanner and the parser did not understand. */
#include "openqasm.h"
#include "qasm/read/parser.h"

#include <ctype.h>
#include <string.h>

static void error(const struct qry_reader *reader, struct tree_place place, const char *hint, const char *message)
{
    qry_tree_error(reader->tree, place, hint, "%s", message);
}

/* ---- what the scanner finds wrong ---- */

size_t qry_reader_opaque(struct qry_reader *reader)
{
    const char *text = reader->source->text + reader->here.offset, *end = reader->source->text + reader->source->length;
    size_t depth = 0;
    for (const char *at = text; at < end; at++) {
        depth += *at == '{';
        if (*at == '}' && --depth == 0)
            return (size_t)(at + 1 - text);
    }
    error(reader, reader->here, "every { in it needs a }, whatever else stands there", "the block has no end");
    return (size_t)(end - text);
}

size_t qry_reader_unclosed_comment(struct qry_reader *reader)
{
    error(reader, reader->here, "it ends with */", "the comment has no end");
    return reader->source->length - reader->here.offset;
}

void qry_reader_unclosed_string(struct qry_reader *reader, char quote)
{
    qry_tree_error(reader->tree, reader->here, NULL, "the string has no closing %c on its line", quote);
}

void qry_reader_bad_pragma(struct qry_reader *reader)
{
    error(reader, reader->here, "#pragma TEXT, with a blank before the text", "this is no pragma");
}

size_t qry_reader_foreign_comment(struct qry_reader *reader)
{
    error(reader, reader->here, "a comment begins with //; with # begins only #pragma", "'#' does not belong here");
    return strcspn(reader->source->text + reader->here.offset, "\n");
}

void qry_reader_stray(struct qry_reader *reader, char character)
{
    static const struct {
        char character;
        const char *hint;
    } hints[] = {
        {'$', "a physical qubit has a number: $0"},
        {'.', "a number with a point has a digit beside it: .5"},
        {'\\', "statements end with ';', not with their line"},
    };
    unsigned char byte = (unsigned char)character;
    const char *hint = NULL;
    if (reader->wrong)
        return;
    reader->wrong = true;
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].character == character)
            hint = hints[i].hint;
    if (isprint(byte))
        qry_tree_error(reader->tree, reader->here, hint, "'%c' does not belong here", character);
    else
        qry_tree_error(reader->tree, reader->here, hint, "byte 0x%02x does not belong here", byte);
}

void qry_reader_too_deep(struct qry_reader *reader, struct tree_place place)
{
    error(reader, place, "brackets or statements within each other: give inner parts names of their own",
          "the program is nested too deep");
}

/* ---- what the parser finds wrong ---- */

static bool is_among(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

#define IS_AMONG(word, words) is_among((word), (words), sizeof(words) / sizeof *(words))

/* Words that begin a statement, where the parser goes on after an error. */
static const char *const statement_words[] = {
    "OPENQASM", "include", "gate",  "opaque", "def",     "extern", "cal",    "defcal",  "defcalgrammar",
    "qreg",     "creg",    "qubit", "let",    "const",   "input",  "output", "measure", "reset",
    "barrier",  "box",     "delay", "nop",    "if",      "for",    "while",  "switch",  "break",
    "continue", "return",  "end",   "ctrl",   "negctrl", "inv",    "pow",    "gphase",  "the end of the file"};
static const char *const type_words[] = {"bit",   "bool",  "int",      "uint",    "float",
                                         "angle", "array", "duration", "stretch", "complex"};
static const char *const operands[] = {
    "a name", "a number", "a physical qubit", "a string", "'('",      "'-'",     "'!'",
    "'~'",    "pow",      "durationof",       "bit",      "bool",     "int",     "uint",
    "float",  "angle",    "complex",          "array",    "duration", "stretch", "true"};
static const char *const operators[] = {"||",  "&&",  "==",  "!=",  "'<'", "<=",  "'>'", ">=",  "<<", ">>",
                                        "'+'", "'-'", "'*'", "'/'", "'%'", "'&'", "'|'", "'^'", "**", "++"};

static bool is_word(const char *token) { return islower((unsigned char)token[0]) && !strchr(token, ' '); }

static const char *quoted(qry_arena *arena, const char *symbol)
{
    bool plain = symbol[0] == '\'' || strchr(symbol, ' ');
    return plain ? symbol : qry_arena_printf(arena, "'%s'", symbol);
}

/* Whether a line ends between the last token and the one before it. */
static bool on_a_new_line(const struct qry_reader *reader)
{
    size_t from = reader->previous.offset + reader->previous.length;
    return memchr(reader->source->text + from, '\n', reader->token.offset - from) != NULL;
}

/* What can stand there, in words: "';' or '{'". What begins an expression, a type or a statement is called so, and
 * operators go without saying. NULL when the list would be too long to help. */
static const char *alternatives(qry_arena *arena, const char *const *expected, size_t count)
{
    enum { LONGEST = 5 };
    const char *shown[LONGEST];
    size_t kept = 0;
    bool expression = is_among("durationof", expected, count),
         statement = is_among("qubit", expected, count) && is_among("barrier", expected, count);
    bool type = !expression && is_among("float", expected, count);
    if (statement)
        shown[kept++] = "a statement";
    else if (expression)
        shown[kept++] = "an expression";
    else if (type)
        shown[kept++] = "a type";
    for (size_t i = 0; i < count; i++) {
        const char *word = expected[i];
        if (IS_AMONG(word, operators) || ((expression || statement) && IS_AMONG(word, operands)) ||
            ((type || statement) && IS_AMONG(word, type_words)) || (statement && IS_AMONG(word, statement_words)))
            continue;
        if (statement && strcmp(word, "'}'") != 0)
            continue;
        if (kept == LONGEST)
            return NULL;
        shown[kept++] = quoted(arena, word);
    }
    const char *text = kept ? shown[0] : NULL;
    for (size_t i = 1; i < kept; i++)
        text = qry_arena_printf(arena, "%s%s%s", text, i + 1 < kept ? ", " : " or ", shown[i]);
    return text;
}

static bool is_text(const struct qry_reader *reader, struct tree_place place, const char *text)
{
    return strlen(text) == place.length && memcmp(reader->source->text + place.offset, text, place.length) == 0;
}

/* What people write for something that is spelt otherwise here. */
static const char *word_hint(const struct qry_reader *reader)
{
    static const struct {
        const char *text, *hint;
    } hints[] = {
        {"and", "\"and\" is &&"},
        {"or", "\"or\" is ||"},
        {"not", "\"not\" is !"},
        {"elif", "write else if (...)"},
        {"measure", "a measurement stands alone behind = or return, or before ->: c = measure q;"},
        {"++", "x += 1; counts up, and ++ joins registers in let and in values"},
    };
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (is_text(reader, reader->token, hints[i].text))
            return hints[i].hint;
    return is_text(reader, reader->previous, "not") ? "\"not\" is !" : NULL;
}

static const char *sign_hint(const struct qry_reader *reader, const char *const *expected, size_t count)
{
    switch (reader->kind) {
    case '=':
        return reader->brackets ? "== compares" : NULL;
    case ',':
        return reader->kind_before == TOKEN_NAME && count == 1 ? "one statement declares one name" : NULL;
    case '[':
        if (is_among("'{'", expected, count))
            return "an array's value stands between braces: {1, 2}";
        if (reader->kind_before == TOKEN_QREG || reader->kind_before == TOKEN_CREG)
            return "qreg q[4]; or qubit[4] q; and creg c[4]; or bit[4] c;";
        return reader->kind_before == TOKEN_NAME ? "the size is part of the type: int[8] a; array[int[8], 3] a;" : NULL;
    case TOKEN_AT:
    case TOKEN_ANNOTATION:
        if (reader->began)
            return "an annotation has a name: @name, and a statement behind it";
        return "modifiers stand before a gate: inv, pow(k), ctrl(n) and negctrl(n), each with an @";
    default:
        break;
    }
    if (reader->kind_before == TOKEN_INV)
        return "inv takes no argument";
    if (reader->kind_before == TOKEN_IF || reader->kind_before == TOKEN_WHILE || reader->kind_before == TOKEN_SWITCH)
        return "what decides stands between parentheses";
    return NULL;
}

/* A ';' is missed at the end of the line before, or before the next statement. */
static bool misses_semicolon(const struct qry_reader *reader, const char *token, const char *const *expected,
                             size_t count)
{
    return reader->previous.length && is_among("';'", expected, count) &&
           (IS_AMONG(token, statement_words) || strcmp(token, "'}'") == 0 || on_a_new_line(reader));
}

/* A name where a statement's word should stand: "fro uint i in [0:3] { ... }". */
static const char *meant_word(const struct qry_reader *reader)
{
    if (reader->kind_before != TOKEN_NAME || !reader->before_began)
        return NULL;
    const char *word = qry_tree_text(reader->tree, reader->previous);
    return qry_nearest_word(reader->tree->arena, word, statement_words,
                            sizeof statement_words / sizeof *statement_words - 1);
}

static void unexpected(struct qry_reader *reader, struct tree_place place, const char *token,
                       const char *const *expected, size_t count)
{
    qry_arena *arena = reader->tree->arena;
    const char *text = reader->source->text + place.offset;
    bool at_end = strcmp(token, "the end of the file") == 0;
    size_t length = reader->kind == TOKEN_ANNOTATION || reader->kind == TOKEN_OPAQUE_TEXT ? 1 : place.length;
    length = length < 40 ? length : 40;
    while (length < place.length && length && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--; /* no half characters */
    const char *shown = at_end ? token : qry_arena_printf(arena, "'%.*s'", (int)length, text);
    const char *wanted = alternatives(arena, expected, count), *hint = word_hint(reader);
    if (!hint)
        hint = sign_hint(reader, expected, count);
    if (!hint)
        hint = meant_word(reader);
    if (!hint && reader->version == TREE_VERSION_2)
        hint = "the file says OPENQASM 2.0: what came with OpenQASM 3 is not known in it";
    if (wanted)
        qry_tree_error(reader->tree, place, hint, "expected %s, not %s", wanted, shown);
    else
        qry_tree_error(reader->tree, place, hint, "unexpected %s", shown);
}

void qry_reader_unexpected(struct qry_reader *reader, struct tree_place place, const char *token,
                           const char *const *expected, size_t count)
{
    const struct tree_place before = reader->previous;
    const char *text = reader->source->text + before.offset;
    int length = before.length < 40 ? (int)before.length : 40;
    reader->wrong = true;
    if (misses_semicolon(reader, token, expected, count)) {
        struct tree_place behind = {before.source, before.offset + before.length, 1};
        qry_tree_error(reader->tree, behind, meant_word(reader), "expected ';' after '%.*s'", length, text);
    } else if (is_word(token) && is_among("a name", expected, count) && !is_among("durationof", expected, count)) {
        qry_tree_error(reader->tree, place, "choose another name",
                       "'%s' is a word of the language and cannot be a name", token);
    } else if (reader->kind == '}' && is_among("the end of the file", expected, count)) {
        if (reader->unmatched) /* else what it closes was wrong, and has been reported */
            error(reader, place, NULL, "there is no '{' that this '}' could close");
    } else {
        unexpected(reader, place, token, expected, count);
    }
}
