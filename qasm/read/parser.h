/* parser.h: what the scanner, the parser and the direct path share while one file is read. Private to qasm/read/. */
#ifndef QRY_READ_PARSER_H
#define QRY_READ_PARSER_H

#include "qasm/read/build.h"

enum {
    READER_LONGEST_NAME = 1 << 20, /* bytes; the names of registers and variables stand in messages and files */
    READER_MAX_INCLUDES = 64,      /* files within files */
    READER_MAX_FILES = 10000       /* all in all */
};

/* A mark, and the offset of the token that follows it: the statement that begins there takes it. */
struct reader_mark {
    struct tree_mark *mark;
    uint32_t before; /* READER_OPEN: no token has followed yet */
};

enum { READER_OPEN = UINT32_MAX };

/* The reading of one file; an include is read by a reader of its own, whose `outer` is that of the file around it. */
struct qry_reader {
    struct tree_program *tree;
    const struct tree_options *options;
    struct qry_reader *outer;
    const qry_source *source;
    const char *file;          /* the path of the source without detours, or NULL: it is no file */
    uint32_t number;           /* of the source in the tree */
    enum tree_version version; /* of this file: a standard include is OpenQASM 3 in a program of OpenQASM 2 too */
    bool headed;               /* OPENQASM stood at its head */
    bool standard;             /* one of the includes that are built in */
    struct tree_place here;    /* the match of the scanner */
    struct tree_place token, previous; /* the last token, and the one before it */
    int kind, kind_before;             /* of these two */
    bool began, before_began;          /* these two began statements */
    uint32_t brackets;                 /* ( and [ that are open */
    uint32_t braces;
    uint32_t lists;               /* braces of sets and lists that are open */
    bool heading;                 /* behind gate or case: the next { begins a block, whatever is before it */
    bool line_start;              /* the next token may begin a statement, and that is not the body of one */
    struct reader_direct *direct; /* NULL: everything goes through the grammar */
    bool unmatched;               /* the last } closes nothing */
    bool wrong;       /* something has been reported, and what follows is skipped: it is not looked at closely */
    bool calibrating; /* between cal or defcal and its text */
    bool modifying;   /* behind a modifier's word: the next @ belongs to it */
    struct reader_mark *marks;
    size_t mark_count, mark_room;
    struct tree_stmts statements;
    struct tree_mark *last_marks; /* behind them */
};

/** Reads reader->source into reader->statements. */
void qry_reader_run(struct qry_reader *reader);

/* What scan.l and parse.y call (parser.c, literal.c). */

/** Scans and parses reader->source (scan.l). */
void qry_reader_scan(struct qry_reader *reader);
/** Notes a token that goes to the parser. */
void qry_reader_token(struct qry_reader *reader, int kind);
/** Gate lines that stand here, as a token of their own; NULL where none are (parser.c). */
struct tree_stmt *qry_reader_gates(struct qry_reader *reader);
/** Whether a comment is a mark, which is then kept. */
bool qry_reader_comment(struct qry_reader *reader, const char *text, size_t length);
/** How many bytes an annotation has that begins with this @; 0: the @ is a modifier's, or stands wrong. */
size_t qry_reader_annotation(const struct qry_reader *reader, const char *text);
/** What follows the word pragma. */
const char *qry_reader_pragma(struct qry_reader *reader, const char *text, size_t length);
void qry_reader_version(struct qry_reader *reader, const char *text, size_t length);
/** A name; NULL after a report that it does not even begin as one. */
struct tree_name *qry_reader_name(struct qry_reader *reader, const char *text, size_t length);
/** A literal. *length: the bytes of the match, and then those that belong to the number, without a word behind it. */
struct tree_expr *qry_reader_number(struct qry_reader *reader, const char *text, size_t *length);
struct tree_expr *qry_reader_bad_number(struct qry_reader *reader, const char *text, size_t length);
struct tree_expr *qry_reader_physical(struct qry_reader *reader, const char *text, size_t length);
/** The bytes of the block that begins at the scanner's place, or what is left of the file. */
size_t qry_reader_opaque(struct qry_reader *reader);
size_t qry_reader_unclosed_comment(struct qry_reader *reader);
void qry_reader_unclosed_string(struct qry_reader *reader, char quote);
void qry_reader_bad_pragma(struct qry_reader *reader);
/** The rest of a line that begins with #. */
size_t qry_reader_foreign_comment(struct qry_reader *reader);
void qry_reader_stray(struct qry_reader *reader, char character);
void qry_reader_too_deep(struct qry_reader *reader, struct tree_place place);

/** Reading goes on after an error. */
void qry_reader_recovered(struct qry_reader *reader);
/** A statement that is whole takes its marks. */
struct tree_stmt *qry_reader_statement(struct qry_reader *reader, struct tree_stmt *stmt);
/** Marks before the } at a place become a stretch of nothing at the end of the list. */
struct tree_stmts qry_reader_close(struct qry_reader *reader, struct tree_stmts list, struct tree_place brace);
void qry_reader_add(struct qry_reader *reader, struct tree_stmt *stmt);
/** The body of a gate begins. */
void qry_reader_enter(struct qry_reader *reader, struct tree_name *gate, struct tree_parameters parameters,
                      struct tree_parameters qubits);
/** OPENQASM at this place. */
void qry_reader_head(struct qry_reader *reader, struct tree_place place);
/** The path of a file without links and detours, so that two ways to one file are one; NULL where there is none. */
const char *qry_reader_file(struct tree_program *tree, const char *path);
/** The statement of an include, with what is in it (include.c). */
struct tree_stmt *qry_reader_include(struct qry_reader *reader, struct tree_place place, struct tree_place path_place,
                                     const char *path);
/** An unexpected token: its name and those of what could stand there instead, as the grammar calls them (mistakes.c). */
void qry_reader_unexpected(struct qry_reader *reader, struct tree_place place, const char *token,
                           const char *const *expected, size_t count);

#endif
