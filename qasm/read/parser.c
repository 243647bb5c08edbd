/* parser.c: reads a program: runs the parser over its file, and keeps account of what the grammar does not see, marks in
 * comments, versions, where opaque text begins. */
#include "openqasm.h"
#include "qasm/read/direct.h"

#include <string.h>

/* A program is text. The scanner would end at a zero byte, and start again behind it. */
static bool is_text(const struct qry_reader *reader)
{
    const qry_source *source = reader->source;
    const char *zero = memchr(source->text, 0, source->length);
    if (zero)
        qry_error_at(reader->tree->ctx, (qry_span){source, (size_t)(zero - source->text), 1},
                     "a program is UTF-8 text: save it as UTF-8, not as UTF-16",
                     "this is no text file: it has byte 0x00");
    return !zero;
}

/* Takes the marks that were bound to a token at this offset. */
static struct tree_mark *take_marks(struct qry_reader *reader, uint32_t offset)
{
    struct tree_mark *first = NULL;
    for (size_t i = reader->mark_count; i-- > 0;) {
        if (reader->marks[i].before != offset)
            continue;
        reader->marks[i].mark->next = first;
        first = reader->marks[i].mark;
        memmove(&reader->marks[i], &reader->marks[i + 1], (reader->mark_count - i - 1) * sizeof *reader->marks);
        reader->mark_count--;
    }
    return first;
}

void qry_reader_run(struct qry_reader *reader)
{
    const qry_source *source = reader->source;
    if (source->length >= INT32_MAX) {
        qry_error(reader->tree->ctx, "%s is too long: a program has less than 2 GiB", source->name);
        return;
    }
    reader->number = qry_tree_add_source(reader->tree, source);
    reader->here.source = reader->number;
    reader->kind = reader->kind_before = ';';
    reader->line_start = true;
    if (is_text(reader))
        qry_reader_scan(reader);
    reader->last_marks = take_marks(reader, reader->token.offset);
    qry_free(reader->tree->ctx, reader->marks);
}

struct tree_program *qry_tree_read(qry_ctx *ctx, qry_arena *arena, const qry_source *source,
                                   const struct tree_options *options)
{
    size_t errors = qry_error_count(ctx);
    struct tree_program *tree = qry_tree_new(ctx, arena);
    struct qry_reader reader = {.tree = tree, .options = options, .source = source};
    if (!options->grammar_only)
        reader.direct = qry_direct_new(tree);
    reader.file = qry_reader_file(tree, source->name);
    qry_reader_run(&reader);
    if (reader.direct)
        qry_direct_free(reader.direct);
    tree->first = reader.statements.first;
    tree->last = reader.statements.last;
    tree->last_marks = reader.last_marks;
    if (qry_error_count(ctx) == errors)
        return tree;
    qry_tree_free(tree);
    return NULL;
}

bool qry_qasm_parse(qry_ctx *ctx, const qry_source *source)
{
    qry_arena *arena = qry_arena_new(ctx);
    struct tree_program *tree = qry_tree_read(ctx, arena, source, &(struct tree_options){.syntax_only = true});
    qry_tree_free(tree);
    qry_arena_free(arena);
    return tree != NULL;
}

/* ---- tokens ---- */

/* The marks that wait for a token begin with it. */
static void bind_marks(struct qry_reader *reader, uint32_t offset)
{
    for (size_t i = reader->mark_count; i-- > 0 && reader->marks[i].before == READER_OPEN;)
        reader->marks[i].before = offset;
}

static bool is_one_of(int kind, const int *kinds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kinds[i] == kind)
            return true;
    return false;
}

/* What is open, and whether a statement may begin here. Braces behind these tokens hold a set, a list or what durationof
 * measures, no block; so do all within them. */
static void note_brackets(struct qry_reader *reader, int kind)
{
    static const int before_lists[] = {'=', '[', ',', '(', TOKEN_IN};
    reader->line_start = kind == ';' || kind == TOKEN_GATES || kind == TOKEN_PRAGMA || kind == TOKEN_OPAQUE_TEXT;
    switch (kind) {
    case TOKEN_GATE:
    case TOKEN_CASE:
        reader->heading = true;
        break;
    case '(':
    case '[':
        reader->brackets++;
        break;
    case ')':
    case ']':
        reader->brackets -= reader->brackets > 0;
        break;
    case '{':
        reader->lists += reader->lists || (!reader->heading && is_one_of(reader->kind_before, before_lists, 5));
        reader->heading = false;
        reader->braces++;
        reader->brackets = 0;
        reader->line_start = !reader->lists;
        break;
    case '}':
        reader->unmatched = reader->braces == 0;
        reader->line_start = !reader->lists;
        reader->lists -= reader->lists > 0;
        reader->braces -= reader->braces > 0;
        reader->brackets = 0;
        break;
    case ';':
        reader->brackets = 0;
        break;
    }
}

void qry_reader_token(struct qry_reader *reader, int kind)
{
    bind_marks(reader, reader->here.offset);
    reader->previous = reader->token;
    reader->token = reader->here;
    reader->kind_before = reader->kind;
    reader->kind = kind;
    reader->before_began = reader->began;
    reader->began = reader->line_start;
    note_brackets(reader, kind);
    switch (kind) {
    case TOKEN_CAL:
    case TOKEN_DEFCAL:
        reader->calibrating = true;
        break;
    case TOKEN_CTRL:
    case TOKEN_NEGCTRL:
    case TOKEN_INV:
    case TOKEN_POW:
        reader->modifying = true;
        break;
    case TOKEN_AT:
        reader->modifying = false;
        break;
    case TOKEN_OPAQUE_TEXT:
        reader->calibrating = false;
        break;
    case ';':
        reader->calibrating = reader->modifying = false;
        break;
    }
}

struct tree_stmt *qry_reader_gates(struct qry_reader *reader)
{
    struct reader_direct *direct = reader->direct;
    if (!direct || !reader->token.length || !reader->line_start || reader->brackets ||
        reader->braces != direct->within || qry_error_count(reader->tree->ctx) != direct->errors)
        return NULL;
    size_t from = reader->here.offset + reader->here.length;
    struct tree_stmt *stmt = qry_direct_read(direct, reader->source, reader->number, &from);
    if (stmt)
        reader->here = stmt->place;
    return stmt;
}

/* The length without the blanks at the end. */
static size_t trimmed(const char *text, size_t length)
{
    while (length && strchr(" \t\r\f\v", text[length - 1]))
        length--;
    return length;
}

size_t qry_reader_annotation(const struct qry_reader *reader, const char *text)
{
    static const int before[] = {
        ';', '{', '}', ')', TOKEN_ANNOTATION, TOKEN_PRAGMA, TOKEN_ELSE, TOKEN_OPAQUE_TEXT, TOKEN_GATES};
    bool begins = !reader->modifying && is_one_of(reader->kind, before, sizeof before / sizeof *before);
    if (!begins) /* then the line is not looked at: it may be long, and have many more of them */
        return 0;
    const char *end = reader->source->text + reader->source->length, *line = memchr(text, '\n', (size_t)(end - text));
    return trimmed(text, (size_t)((line ? line : end) - text));
}

const char *qry_reader_pragma(struct qry_reader *reader, const char *text, size_t length)
{
    size_t from = strlen("pragma") + (text[0] == '#');
    while (from < length && (text[from] == ' ' || text[from] == '\t'))
        from++;
    return qry_arena_text(reader->tree->arena, text + from, trimmed(text + from, length - from));
}

void qry_reader_version(struct qry_reader *reader, const char *text, size_t length)
{
    static const struct {
        const char *text;
        enum tree_version version;
    } versions[] = {{"2", TREE_VERSION_2},
                    {"2.0", TREE_VERSION_2},
                    {"3", TREE_VERSION_3},
                    {"3.0", TREE_VERSION_3},
                    {"3.1", TREE_VERSION_3}};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        if (strlen(versions[i].text) == length && memcmp(versions[i].text, text, length) == 0) {
            reader->version = versions[i].version;
            return;
        }
    qry_tree_error(reader->tree, reader->here, "there are 2.0, 3.0 and 3.1", "OpenQASM %.*s is not known here",
                   length > 40 ? 40 : (int)length, text);
}

void qry_reader_head(struct qry_reader *reader, struct tree_place place)
{
    const struct tree_program *tree = reader->tree;
    if (reader->headed || reader->statements.first || reader->braces) {
        qry_tree_error(tree, place, NULL, "the version stands before all else in a file, once");
    } else if (reader->outer && (reader->outer->version == TREE_VERSION_2) != (reader->version == TREE_VERSION_2)) {
        qry_tree_error(tree, place, NULL, "a file that is included has the version of the file around it");
    }
    reader->headed = true;
    if (reader->outer)
        return;
    reader->tree->version = reader->version;
    if (reader->direct)
        qry_direct_version(reader->direct, reader->version);
    reader->tree->version_place = place;
}

/* ---- marks ---- */

bool qry_reader_comment(struct qry_reader *reader, const char *text, size_t length)
{
    static const char *const words[] = {"@enter", "@leave"};
    size_t at = 2;
    length = trimmed(text, length);
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    for (size_t i = 0; i < 2; i++) {
        size_t word = strlen(words[i]);
        if (length - at < word || memcmp(text + at, words[i], word) != 0)
            continue;
        at += word;
        if (at < length && text[at] != ' ' && text[at] != '\t')
            return false;
        while (at < length && (text[at] == ' ' || text[at] == '\t'))
            at++;
        struct tree_mark *mark = QRY_NEW(reader->tree->arena, struct tree_mark);
        mark->name = i == 0 ? qry_arena_text(reader->tree->arena, text + at, length - at) : NULL;
        QRY_GROW(reader->tree->ctx, reader->marks, reader->mark_room, reader->mark_count + 1);
        reader->marks[reader->mark_count++] = (struct reader_mark){mark, READER_OPEN};
        return true;
    }
    return false;
}

void qry_reader_recovered(struct qry_reader *reader) { reader->wrong = false; }

struct tree_stmt *qry_reader_statement(struct qry_reader *reader, struct tree_stmt *stmt)
{
    uint32_t from = stmt->annotations ? stmt->annotations->place.offset : stmt->place.offset;
    if (reader->mark_count)
        stmt->marks = take_marks(reader, from);
    return stmt;
}

struct tree_stmts qry_reader_close(struct qry_reader *reader, struct tree_stmts list, struct tree_place brace)
{
    struct tree_mark *marks = reader->mark_count ? take_marks(reader, brace.offset) : NULL;
    if (!marks)
        return list;
    struct tree_stmt *nothing = qry_tree_stmt(reader->tree, brace, TREE_STRETCH);
    nothing->stretch = QRY_NEW(reader->tree->arena, struct tree_stretch);
    nothing->stretch->place = brace;
    nothing->marks = marks;
    return qry_tree_stmts(list, nothing);
}

void qry_reader_enter(struct qry_reader *reader, struct tree_name *gate, struct tree_parameters parameters,
                      struct tree_parameters qubits)
{
    if (reader->direct && reader->braces == 1 && !reader->direct->within)
        qry_direct_enter(reader->direct, gate, parameters, qubits);
}

/* Marks within a statement, where none begins, are nobody's. */
static void drop_marks(struct qry_reader *reader, uint32_t before)
{
    size_t kept = 0;
    for (size_t i = 0; i < reader->mark_count; i++)
        if (reader->marks[i].before >= before)
            reader->marks[kept++] = reader->marks[i];
    reader->mark_count = kept;
}

void qry_reader_add(struct qry_reader *reader, struct tree_stmt *stmt)
{
    if (stmt)
        drop_marks(reader, stmt->place.offset + stmt->place.length);
    if (reader->direct && reader->direct->within && !reader->braces)
        qry_direct_leave(reader->direct);
    if (reader->direct && stmt)
        qry_direct_declare(reader->direct, stmt, reader->standard);
    reader->statements = qry_tree_stmts(reader->statements, stmt);
}
