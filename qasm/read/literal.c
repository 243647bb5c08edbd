/* literal.c: numbers, durations and names as they are written. What is wrong with them is reported here. */
#include "qasm/read/parser.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct tree_constant qry_tree_constants[TREE_CONSTANTS] = {{"pi", M_PI},    {"π", M_PI},    {"tau", 2 * M_PI},
                                                                 {"τ", 2 * M_PI}, {"euler", M_E}, {"ℇ", M_E}};

static qry_span span_of(const struct qry_reader *reader) { return qry_tree_span(reader->tree, reader->here); }

/* ---- numbers ---- */

/* The digits without the underscores between them, as the C library takes them. */
static char *bare(struct qry_reader *reader, const char *text, size_t length)
{
    char *digits = qry_arena_alloc(reader->tree->arena, length + 1, 1), *at = digits;
    for (size_t i = 0; i < length; i++)
        if (text[i] != '_')
            *at++ = text[i];
    return digits;
}

static struct tree_expr *integer(struct qry_reader *reader, const char *digits)
{
    static const struct {
        char letter;
        unsigned base;
    } bases[] = {{'x', 16}, {'o', 8}, {'b', 2}};
    unsigned base = 10;
    for (size_t i = 0; digits[0] == '0' && digits[1] && i < sizeof bases / sizeof *bases; i++)
        if (tolower((unsigned char)digits[1]) == bases[i].letter)
            base = bases[i].base;
    struct tree_expr *e = qry_tree_expr(reader->tree, reader->here, TREE_INTEGER);
    for (const char *at = digits + (base == 10 ? 0 : 2); *at; at++) {
        unsigned digit = isdigit((unsigned char)*at) ? (unsigned)(*at - '0') : (unsigned)(tolower(*at) - 'a' + 10);
        if (QRY_MUL_OVERFLOWS(e->natural, base, &e->natural) || QRY_ADD_OVERFLOWS(e->natural, digit, &e->natural)) {
            e->too_large = true;
            e->natural = ~(qry_u128)0;
            break;
        }
    }
    return e;
}

static struct tree_expr *real(struct qry_reader *reader, enum tree_expr_kind kind, const char *digits)
{
    struct tree_expr *e = qry_tree_expr(reader->tree, reader->here, kind);
    e->real = strtod(digits, NULL); /* no library here sets a locale of its own: the point is a point */
    if (isinf(e->real))
        qry_error_at(reader->tree->ctx, span_of(reader), "the greatest number is about 1.8e308",
                     "the number is too large");
    return e;
}

static enum tree_unit unit_of(const char *word, size_t length)
{
    static const struct {
        const char *word;
        enum tree_unit unit;
    } units[] = {{"dt", TREE_DT},        {"ns", TREE_NS}, {"us", TREE_US}, {"\xc2\xb5s", TREE_US},
                 {"\xce\xbcs", TREE_US}, {"ms", TREE_MS}, {"s", TREE_S}};
    size_t i = 0;
    while (strlen(units[i].word) != length || memcmp(units[i].word, word, length) != 0)
        if (++i == sizeof units / sizeof *units)
            return TREE_S + 1;
    return units[i].unit;
}

/* The length of the number that a text begins with: all before the blanks and the word at its end, if there are any. */
static size_t number_length(const char *text, size_t length)
{
    bool based = length > 1 && text[0] == '0' && strchr("xXoObB", text[1]);
    size_t used = 0;
    while (used < length && (based || isdigit((unsigned char)text[used]) || strchr("._eE+-", text[used])))
        used++;
    return used;
}

struct tree_expr *qry_reader_number(struct qry_reader *reader, const char *text, size_t *length)
{
    size_t digits = number_length(text, *length), word = digits;
    while (word < *length && isblank((unsigned char)text[word]))
        word++;
    const char *plain = bare(reader, text, digits);
    bool imaginary = *length - word == 2 && memcmp(text + word, "im", 2) == 0;
    enum tree_unit unit = unit_of(text + word, *length - word);
    if (imaginary || unit <= TREE_S) {
        struct tree_expr *e = real(reader, imaginary ? TREE_IMAGINARY : TREE_TIME, plain);
        e->op = (uint8_t)(imaginary ? 0 : unit);
        return e;
    }
    *length = digits;
    reader->here.length = (uint32_t)digits;
    bool based = plain[0] == '0' && isalpha((unsigned char)plain[1]) && !strchr("eE", plain[1]);
    bool whole = based || !strpbrk(plain, ".eE");
    return whole ? integer(reader, plain) : real(reader, TREE_FLOAT, plain);
}

struct tree_expr *qry_reader_bad_number(struct qry_reader *reader, const char *text, size_t length)
{
    int shown = length > 40 ? 40 : (int)length;
    const char *hint = "names begin with a letter, numbers have one point and one exponent: 1.5e-3";
    if (text[0] == '0' && length > 1 && strchr("xXoObB", text[1]))
        hint = "0x has the digits 0 to f, 0o 0 to 7, 0b 0 and 1";
    else if (memchr(text, '_', length))
        hint = "underscores stand one at a time between digits: 1_000";
    qry_error_at(reader->tree->ctx, span_of(reader), hint, "'%.*s' is neither a number nor a name", shown, text);
    return qry_tree_expr(reader->tree, reader->here, TREE_BROKEN);
}

struct tree_expr *qry_reader_physical(struct qry_reader *reader, const char *text, size_t length)
{
    uint64_t number = 0;
    for (size_t i = 1; i < length && number <= INT32_MAX; i++)
        number = 10 * number + (uint64_t)(text[i] - '0');
    if (number > INT32_MAX) {
        qry_error_at(reader->tree->ctx, span_of(reader), "physical qubits are numbered from $0 to $2147483647",
                     "there is no physical qubit with so high a number");
        number = 0;
    }
    return qry_tree_natural(reader->tree, reader->here, TREE_PHYSICAL, number);
}

/* ---- names ---- */

/* What is no letter beyond ASCII, in ranges: controls and signs, punctuation, arrows and mathematics, private use,
 * pictures. Names are letters of any script (the specification's Lu, Ll, Lt, Lm, Lo and Nl). */
static const struct {
    uint32_t first, last;
} no_letters[] = {{0x80, 0xa9},     {0xab, 0xb4},     {0xb6, 0xb9},       {0xbb, 0xbf},       {0xd7, 0xd7},
                  {0xf7, 0xf7},     {0x2000, 0x2070}, {0x2072, 0x207e},   {0x2080, 0x208f},   {0x20a0, 0x2101},
                  {0x2103, 0x2106}, {0x2108, 0x2109}, {0x2114, 0x2114},   {0x2116, 0x2118},   {0x211e, 0x2123},
                  {0x2125, 0x2125}, {0x2127, 0x2127}, {0x2129, 0x2129},   {0x213a, 0x213b},   {0x2140, 0x2144},
                  {0x214a, 0x214d}, {0x214f, 0x215f}, {0x2189, 0x2bff},   {0x2e00, 0x3004},   {0x3008, 0x3020},
                  {0x302a, 0x3030}, {0xd800, 0xf8ff}, {0xfe00, 0xfe6f},   {0xfeff, 0xff20},   {0xff3b, 0xff40},
                  {0xff5b, 0xff65}, {0xffe0, 0xffff}, {0x1f000, 0x1fbff}, {0xe0000, 0x10ffff}};

/* The code point that begins at *at, which moves behind it; 0 where the bytes are no UTF-8. */
static uint32_t code_point(const unsigned char *text, size_t length, size_t *at)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    unsigned char lead = text[(*at)++];
    if (lead < 0x80)
        return lead;
    unsigned more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    uint32_t code = lead & (0x3fu >> more);
    bool valid = lead >= 0xc2 && lead <= 0xf4 && length - *at >= more;
    for (unsigned i = 0; valid && i < more; i++) {
        valid = (text[*at] & 0xc0) == 0x80;
        code = code << 6 | (text[(*at)++] & 0x3fu);
    }
    return valid && code >= least[more] && code <= 0x10ffff ? code : 0;
}

static bool is_letter(uint32_t code)
{
    bool letter = code != 0;
    for (size_t i = 0; code >= 0x80 && letter && i < sizeof no_letters / sizeof *no_letters; i++)
        letter = code < no_letters[i].first || code > no_letters[i].last;
    return letter;
}

/* Reports the first character that cannot be in a name; false if that is its very first. */
static bool check_letters(struct qry_reader *reader, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t from = at;
        uint32_t code = code_point((const unsigned char *)text, length, &at);
        if (is_letter(code))
            continue;
        struct tree_place place = reader->here;
        place.offset += (uint32_t)from;
        place.length = (uint32_t)(at - from);
        if (code)
            qry_tree_error(reader->tree, place, "names are made of letters of any script, digits and _",
                           "the character U+%04X does not belong here", (unsigned)code);
        else
            qry_tree_error(reader->tree, place, "save the file as UTF-8", "these bytes are no UTF-8");
        return from > 0;
    }
    return true;
}

struct tree_name *qry_reader_name(struct qry_reader *reader, const char *text, size_t length)
{
    bool ascii = true;
    for (size_t i = 0; i < length && ascii; i++)
        ascii = (unsigned char)text[i] < 0x80;
    if (length > READER_LONGEST_NAME) {
        qry_error_at(reader->tree->ctx, span_of(reader), "a name has at most 1 MiB", "the name %.20s... has %zu bytes",
                     text, length);
        length = 20;
    } else if (!ascii && !check_letters(reader, text, length)) {
        reader->wrong = true;
        return NULL;
    }
    return qry_tree_name(reader->tree, text, length);
}
