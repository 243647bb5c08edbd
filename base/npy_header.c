/* npy_header.c: the dictionary at the head of a .npy file: exactly the keys descr, fortran_order and shape, in any
 * order, with the blanks and the commas that Python allows. */
#include "npy.h"

#include <string.h>

enum { DESCR = 1, FORTRAN = 2, SHAPE = 4, ALL = 7 }; /* keys seen */

struct parser {
    qry_input *input;
    const char *text;
    size_t length, at;
    npy_header *header;
};

struct word {
    const char *text;
    size_t length;
};

static bool wrong(struct parser *p, const char *wanted)
{
    qry_input_error(p->input, NULL, "its header is damaged: %s expected at character %zu", wanted, p->at + 1);
    return false;
}

static void skip_blanks(struct parser *p)
{
    while (p->at < p->length && p->text[p->at] && strchr(" \t\r\n\f", p->text[p->at]))
        p->at++;
}

/* The next character that is not blank; 0 at the end. */
static char peek(struct parser *p)
{
    skip_blanks(p);
    return p->at < p->length ? p->text[p->at] : 0;
}

static bool take(struct parser *p, char c)
{
    if (peek(p) != c)
        return false;
    p->at++;
    return true;
}

/* A string in either kind of quotes; none of those that can be meant here has an escape. */
static bool take_string(struct parser *p, struct word *word)
{
    char quote = peek(p);
    if (quote != '\'' && quote != '"')
        return wrong(p, "a string");
    size_t start = ++p->at;
    while (p->at < p->length && p->text[p->at] != quote && p->text[p->at] != '\\')
        p->at++;
    if (p->at == p->length || p->text[p->at] != quote)
        return wrong(p, "the end of a string");
    *word = (struct word){p->text + start, p->at++ - start};
    return true;
}

static bool is(struct word word, const char *text)
{
    return word.length == strlen(text) && memcmp(word.text, text, word.length) == 0;
}

/* What NumPy has that is no plain number, by the letter of its kind. */
static const char *kind_name(char letter)
{
    static const struct {
        char letter;
        const char *name;
    } kinds[] = {{'c', "complex numbers"}, {'O', "Python objects"}, {'S', "strings"},    {'a', "strings"},
                 {'U', "strings"},         {'V', "raw bytes"},      {'m', "time spans"}, {'M', "dates"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].letter == letter)
            return kinds[i].name;
    return NULL;
}

static const char plain_hint[] = "save it as a bool, an integer or a float type, for example array.astype('f8')";

static bool parse_descr(struct parser *p)
{
    if (peek(p) == '[' || peek(p) == '(') {
        size_t rest = p->length - p->at, shown = rest < 40 ? rest : 40;
        qry_input_error(p->input, plain_hint, "its items have fields (%.*s%s), which are not supported", (int)shown,
                        p->text + p->at, rest > shown ? "..." : "");
        return false;
    }
    struct word descr;
    if (!take_string(p, &descr))
        return false;
    bool has_order = descr.length > 0 && memchr("<>=|", descr.text[0], 4);
    char order = has_order ? descr.text[0] : '=';
    struct word name = {descr.text + has_order, descr.length - has_order};
    p->header->type = qry_npy_type_find(name.text, name.length);
    p->header->swap = npy_little_endian() ? order == '>' : order == '<';
    if (p->header->type)
        return true;
    const char *kind = name.length ? kind_name(name.text[0]) : NULL;
    int shown = descr.length < 60 ? (int)descr.length : 60;
    if (kind)
        qry_input_error(p->input, plain_hint, "its items are %s ('%.*s'), which are not supported", kind, shown,
                        descr.text);
    else
        qry_input_error(p->input, plain_hint, "its items are of the unknown type '%.*s'", shown, descr.text);
    return false;
}

static bool parse_fortran_order(struct parser *p)
{
    static const struct word words[] = {{"False", 5}, {"True", 4}};
    skip_blanks(p);
    for (int i = 0; i < 2; i++)
        if (p->length - p->at >= words[i].length && memcmp(p->text + p->at, words[i].text, words[i].length) == 0) {
            p->at += words[i].length;
            p->header->fortran = i;
            return true;
        }
    return wrong(p, "True or False");
}

/* A number of items; the L is how Python 2 wrote long integers. */
static bool take_extent(struct parser *p, size_t *extent)
{
    if (peek(p) < '0' || peek(p) > '9')
        return wrong(p, "a number");
    *extent = 0;
    for (; p->at < p->length && p->text[p->at] >= '0' && p->text[p->at] <= '9'; p->at++)
        if (QRY_MUL_OVERFLOWS(*extent, 10, extent) || QRY_ADD_OVERFLOWS(*extent, p->text[p->at] - '0', extent)) {
            qry_input_error(p->input, NULL, "its shape is too large for any machine");
            return false;
        }
    if (p->at < p->length && p->text[p->at] == 'L')
        p->at++;
    return true;
}

/* "()", "(3,)", "(3, 4)", "(3, 4,)". */
static bool parse_shape(struct parser *p)
{
    npy_header *header = p->header;
    if (!take(p, '('))
        return wrong(p, "'('");
    bool comma = true;
    while (!take(p, ')')) {
        size_t extent;
        if (!comma)
            return wrong(p, "',' or ')'");
        if (!take_extent(p, &extent))
            return false;
        if (header->dims < QRY_ARRAY_MAX_DIMS)
            header->shape[header->dims] = extent;
        header->dims++;
        comma = take(p, ',');
    }
    if (header->dims == 1 && !comma) /* (3) is a number to Python */
        return wrong(p, "',' before ')'");
    return true;
}

static bool parse_entry(struct parser *p, int *seen)
{
    static const struct {
        const char *name;
        int bit;
        bool (*parse)(struct parser *);
    } keys[] = {
        {"descr", DESCR, parse_descr}, {"fortran_order", FORTRAN, parse_fortran_order}, {"shape", SHAPE, parse_shape}};
    struct word word;
    if (!take_string(p, &word))
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!is(word, keys[i].name))
            continue;
        if (*seen & keys[i].bit) {
            qry_input_error(p->input, NULL, "its header has '%s' twice", keys[i].name);
            return false;
        }
        *seen |= keys[i].bit;
        return take(p, ':') ? keys[i].parse(p) : wrong(p, "':'");
    }
    qry_input_error(p->input, NULL, "its header has the unknown entry '%.*s'", word.length < 60 ? (int)word.length : 60,
                    word.text);
    return false;
}

static bool parse_dictionary(struct parser *p)
{
    int seen = 0;
    if (!take(p, '{'))
        return wrong(p, "'{'");
    bool comma = true;
    while (!take(p, '}')) {
        if (!comma)
            return wrong(p, "',' or '}'");
        if (!parse_entry(p, &seen))
            return false;
        comma = take(p, ',');
    }
    skip_blanks(p);
    if (p->at != p->length)
        return wrong(p, "nothing more");
    if (seen == ALL)
        return true;
    qry_input_error(p->input, NULL, "its header lacks '%s'",
                    seen & DESCR ? seen & FORTRAN ? "shape" : "fortran_order" : "descr");
    return false;
}

/* Counts the items and refuses shapes that cannot be read. */
static bool check_shape(qry_input *input, npy_header *header)
{
    if (header->dims > QRY_ARRAY_MAX_DIMS) {
        qry_input_error(input, NULL, "it has %d dimensions, more than %d", header->dims, QRY_ARRAY_MAX_DIMS);
        return false;
    }
    char shape[QRY_SHAPE_TEXT];
    qry_shape_text(header->dims, header->shape, shape);
    header->count = 1;
    bool empty = false, overflow = false;
    for (int i = 0; i < header->dims; i++) {
        empty = empty || header->shape[i] == 0;
        overflow = QRY_MUL_OVERFLOWS(header->count, header->shape[i], &header->count) || overflow;
    }
    if (empty)
        qry_input_error(input, NULL, "it is empty: its shape is %s", shape);
    else if (overflow || header->count > SIZE_MAX / 16) /* the largest item on disk */
        qry_input_error(input, NULL, "its shape %s is too large for any machine", shape);
    else
        return true;
    return false;
}

bool qry_npy_header_parse(qry_input *input, const char *text, size_t length, npy_header *header)
{
    *header = (npy_header){0};
    struct parser p = {input, text, length, 0, header};
    return parse_dictionary(&p) && check_shape(input, header);
}
