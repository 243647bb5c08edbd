/* include.c: files that a program includes. stdgates.inc and qelib1.inc are built in; other paths are relative to the file
 * that names them. */
#include "qasm/read/parser.h"

#include <stdlib.h>
#include <string.h>

const char *qry_reader_file(struct tree_program *tree, const char *path)
{
    char *real = realpath(path, NULL);
    const char *kept = real ? qry_arena_text(tree->arena, real, strlen(real)) : NULL;
    free(real);
    return kept;
}

/* The path as seen from here: one that does not begin with / starts in the folder of the file around it. */
static const char *from_here(const struct qry_reader *reader, const char *path)
{
    const char *around = reader->source->name, *slash = strrchr(around, '/');
    if (path[0] == '/' || !slash)
        return path;
    return qry_arena_printf(reader->tree->arena, "%.*s/%s", (int)(slash - around), around, path);
}

/* Reports and says false when the file is one of those that are being read, or there are too many of them. */
static bool may_include(const struct qry_reader *reader, struct tree_place place, const char *file)
{
    int files = 1;
    for (const struct qry_reader *r = reader; r; r = r->outer, files++) {
        if (file && r->file && strcmp(file, r->file) == 0) {
            qry_tree_error(reader->tree, place, "what both need goes into a third file", "'%s' includes itself",
                           r->source->name);
            return false;
        }
    }
    if (files > READER_MAX_INCLUDES)
        qry_tree_error(reader->tree, place, NULL, "files include each other more than %d deep", READER_MAX_INCLUDES);
    else if (reader->tree->source_count >= READER_MAX_FILES)
        qry_tree_error(reader->tree, place, NULL, "a program has at most %d files", READER_MAX_FILES);
    return files <= READER_MAX_INCLUDES && reader->tree->source_count < READER_MAX_FILES;
}

static struct tree_stmt *read_into(struct qry_reader *outer, struct tree_stmt *stmt, struct qry_reader *inner)
{
    inner->tree = outer->tree;
    inner->options = outer->options;
    inner->outer = outer;
    inner->direct = outer->direct;
    qry_reader_run(inner);
    stmt->body = inner->statements.first;
    return qry_tree_finish(outer->tree, stmt);
}

struct tree_stmt *qry_reader_include(struct qry_reader *reader, struct tree_place place, struct tree_place path_place,
                                     const char *path)
{
    struct tree_program *tree = reader->tree;
    struct tree_stmt *stmt = qry_tree_worded(tree, place, TREE_INCLUDE, path);
    const char *text = qry_standard_include(path);
    if (reader->braces) {
        qry_tree_error(tree, place, "move it out of the braces", "files are included outside of all blocks only");
        return stmt;
    }
    if (!*path) {
        qry_tree_error(tree, path_place, "include \"stdgates.inc\"; brings the gates of the language",
                       "an include names a file");
        return stmt;
    }
    if (text && may_include(reader, path_place, NULL)) {
        const qry_source *source = qry_source_from_text(tree->ctx, path, text, strlen(text));
        return read_into(reader, stmt,
                         &(struct qry_reader){.source = source, .version = TREE_VERSION_3, .standard = true});
    }
    if (text || reader->options->syntax_only)
        return stmt;
    const char *way = from_here(reader, path), *file = qry_reader_file(tree, way);
    if (!may_include(reader, path_place, file))
        return stmt;
    const qry_source *source = qry_source_load(tree->ctx, way, qry_tree_span(tree, path_place));
    if (!source)
        return stmt;
    return read_into(reader, stmt, &(struct qry_reader){.source = source, .file = file, .version = reader->version});
}
