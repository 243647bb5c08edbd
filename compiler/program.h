/* program.h: what the passes hand to each other. Private to compiler/. The list of passes is passes.def. */
#ifndef QRY_PROGRAM_H
#define QRY_PROGRAM_H

#include "compiler/compiler.h"
#include "compiler/formula.h"

struct qry_ast_program; /* ast.h */

/** One statement after the pass widths. Lives in the program's arena of the current compilation. */
typedef struct qry_statement {
    qry_search_kind kind;
    const char *name;
    qry_span span, whole;    /* its first words; all of it */
    const char *bound;       /* the bound name: j */
    uint64_t low, high;      /* its values, both included */
    const qry_table *domain; /* the table whose rows they are, or NULL for a .. b */
    qry_formula_list where;  /* its root: the predicate, true without one; `by`: what is maximised, estimated, a
                              * probability */
    double failure, epsilon;
    bool absolute;
    qry_method method;                  /* AUTO: a search, which has none */
    qry_encoding encoding;              /* AUTO: not said */
    uint64_t expect, iterations, shots; /* 0: not said */
    bool has_seed;
    uint64_t seed;
    const char *default_arch; /* of planes that the compiler adds: the domain table's, else the program's default */
} qry_statement;

struct qry_program {
    qry_ctx *ctx;
    const qry_source *source;
    qry_arena *syntax; /* the syntax tree: as long as the program */
    struct qry_ast_program *tree;
    qry_table *tables; /* declared tables, loaded; as long as the program; data replaced by bind */
    size_t table_count;
    qry_arena *work;           /* formulas of the current compilation; renewed by every compile or refresh */
    qry_statement *statements; /* in work */
    size_t statement_count;
    bool checked;
    /* Of the compilation in progress: */
    const char *dump;               /* the pass after which to print what it left; NULL: none */
    bool keep_found, count_memory;  /* of qry_compile_options */
    const qry_statement *statement; /* what the pass lower takes, */
    qry_search *search;             /* and fills */
};

/* The passes, in order; the functions return false after diagnostics. */
enum qry_pass {
#define PASS(name, requires, leaves) QRY_PASS_##name,
#include "compiler/passes.def"
#undef PASS
    QRY_PASSES
};
#define PASS(name, requires, leaves) bool qry_pass_##name(qry_program *program);
#include "compiler/passes.def"
#undef PASS

/** compile.c: runs the passes from first to last, until one fails. */
bool qry_program_run(qry_program *program, enum qry_pass first, enum qry_pass last);
/** The passes from check to widths; program->statements is then filled. options NULL: as the last time, after a change of
 *  params or data. The work of the last time is gone. */
bool qry_program_run_passes(qry_program *program, const qry_compile_options *options);
/** By name; NULL is the first. NULL after a report. */
const qry_statement *qry_program_find_statement(const qry_program *program, const char *name);

/** search.c: a search of one of the program's statements, lowered by the pass lower; NULL after errors. */
qry_search *qry_search_new(qry_program *program, const qry_statement *statement);

/** lower.c: writes the circuit of a statement into a fresh search, or again into one that qry_search_refresh keeps. */
bool qry_lower(const qry_statement *statement, qry_search *search);

/** For --dump and --explain: formula as text, one node a line; widths of every named part of the source. */
void qry_formula_print(FILE *stream, const qry_formula_list *list);
void qry_widths_explain(FILE *stream, const qry_program *program);

#endif
