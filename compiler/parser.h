/* parser.h: what scanner and parser share. Private to compiler/. */
#ifndef QRY_PARSER_H
#define QRY_PARSER_H

#include "compiler/ast.h"

enum { QRY_LONGEST_NAME = 255 }; /* of tables and all else in a program, so that lines and messages stay readable */

struct qry_parser {
    struct qry_ast_program *tree;
    struct ast_place here;     /* the match of the scanner */
    struct ast_place token;    /* the last token */
    struct ast_place previous; /* the token before it */
};

/** The tree of a source, or NULL after errors. Nothing in it is checked. */
struct qry_ast_program *qry_parse(qry_ctx *ctx, qry_arena *arena, const qry_source *source);

/* What scan.l and parse.y call (parser.c). */

/** Scans and parses parser->tree->source (scan.l). */
void qry_parser_run(struct qry_parser *parser);
void qry_parser_token(struct qry_parser *parser);
/** The value of a literal; 0 after an error. */
qry_rational qry_parser_number(struct qry_parser *parser, const char *text, size_t length);
struct ast_name *qry_parser_name(struct qry_parser *parser, const char *text, size_t length);
qry_rational qry_parser_bad_number(struct qry_parser *parser, const char *text);
void qry_parser_foreign_name(struct qry_parser *parser, const char *text);
void qry_parser_unclosed_comment(struct qry_parser *parser);
void qry_parser_unclosed_string(struct qry_parser *parser);
void qry_parser_stray(struct qry_parser *parser, char character);
void qry_parser_too_deep(struct qry_parser *parser, struct ast_place place, int most);

/** An unexpected token: its name and those of what could stand there instead, as the grammar calls them. */
void qry_parser_unexpected(struct qry_parser *parser, struct ast_place place, const char *token,
                           const char *const *expected, size_t count);

#endif
