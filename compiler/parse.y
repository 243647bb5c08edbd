/* parse.y: tokens to a syntax tree. The actions only call the constructors of ast.h.
 *
 * Conflicts: none (%expect 0). Instead of raising this, find a way to use precedence. After an error the parser goes on
 * behind the next ';' or at the next word that begins an item, so that one run shows several errors. */

%require "3.8"
%define api.pure full
%define api.prefix {qry_lang_}
%define api.token.prefix {TOKEN_}
%define api.location.type {struct ast_place}
%define parse.error custom
%locations
%expect 0
%parse-param {void *scanner} {struct qry_parser *parser}
%lex-param {void *scanner}

%code requires {
#include "compiler/parser.h"
}

%code {
/* The parser's stack is the context's memory, so that nothing is lost when an action gives up. Nesting that is deeper
 * than a person writes ends with an error. */
#define YYMALLOC(size)  qry_alloc(parser->tree->ctx, (size), 1)
#define YYFREE(pointer) qry_free(parser->tree->ctx, (pointer))
#define YYMAXDEPTH      10000

#define YYLLOC_DEFAULT(whole, parts, count)                                                                            \
    ((whole) = (count) ? qry_ast_join(YYRHSLOC(parts, 1), YYRHSLOC(parts, count)) : qry_ast_behind(YYRHSLOC(parts, 0)))

int qry_lang_lex(QRY_LANG_STYPE *value, struct ast_place *place, void *scanner);
static void yyerror(struct ast_place *place, void *scanner, struct qry_parser *parser, const char *message);
}

%initial-action { @$ = (struct ast_place){0, 0}; }

%union {
    qry_rational number;
    int64_t integer;
    const char *text;
    struct ast_name *name;
    struct ast_expr *expr;
    struct ast_type *type;
    struct ast_item *item;
    struct ast_source_text *source;
    struct ast_parameter *parameter;
    struct ast_reference *reference;
    struct ast_option *option;
    struct ast_size size;
    struct ast_sizes sizes;
    struct ast_domain domain;
    enum ast_arch arch_name;
    struct ast_architecture arch;
    enum ast_builtin builtin;
    enum ast_source from;
}

%token END 0 "the end of the file"
%token <name> NAME "a name"
%token <number> INTEGER "a whole number" DECIMAL "a number"
%token <text> STRING "a string"
%token <arch_name> ARCH "an architecture"

%token TABLE "table" CONST "const" PARAM "param" QRAM "qram" FN "fn"
%token SEARCH "search" ONE "one" ALL "all" MAX "max" MIN "min" COUNT "count" ESTIMATE "estimate" MEAN "mean" SUM "sum"
%token SAMPLE "sample" SET "set" IN "in" WHERE "where" BY "by" OF "of" FOR "for" WITH "with" PROBABILITY "probability"
%token FIXED "fixed" UFIXED "ufixed" INT "int" UINT "uint" BOOL "bool"
%token NPY "npy" CSV "csv" NPZ "npz" SAFETENSORS "safetensors"
%token IF "if" THEN "then" ELSE "else" AS "as"
%token DOT "dot" SQUARE "square" EXP "exp" ABS "abs" CLIP "clip" LOOKUP "lookup"
%token OR "||" AND "&&" EQUAL "==" UNEQUAL "!=" LESS_EQUAL "<=" GREATER_EQUAL ">=" SHIFT_LEFT "<<" SHIFT_RIGHT ">>"
%token TO ".."

%left "||"
%left "&&"
%left "==" "!="
%left '<' "<=" '>' ">="
%left "<<" ">>"
%left '+' '-'
%left '*'

%type <item> item worded statement query
%type <sizes> sizes
%type <size> size
%type <source> source origin
%type <from> file archive
%type <arch> arch
%type <reference> tables label bound
%type <parameter> parameters parameter_list parameter
%type <type> type result
%type <integer> signed
%type <option> options option_list option
%type <domain> domain
%type <expr> expr binary cast unary postfix primary where list entries entry arguments argument_list
%type <builtin> builtin

%%

program
    : %empty
    | program item              { qry_ast_add(parser->tree, $item, @item); }
    | program error ';'         { yyerrok; }
    | program error worded      { yyerrok; qry_ast_add(parser->tree, $worded, @worded); }
    ;

item
    : worded
    | label ':' statement       { $$ = qry_ast_label($statement, $label); }
    ;

worded
    : TABLE NAME size ':' type '=' source ';'
        { $$ = qry_ast_table(parser->tree, @NAME, $NAME, (struct ast_sizes){1, {$size}}, $type, $source); }
    | TABLE NAME size[rows] size[columns] ':' type '=' source ';'
        { $$ = qry_ast_table(parser->tree, @NAME, $NAME, (struct ast_sizes){2, {$rows, $columns}}, $type, $source); }
    | CONST NAME sizes ':' type '=' source ';'
        { $$ = qry_ast_const(parser->tree, @NAME, $NAME, $sizes, $type, $source, NULL); }
    | CONST NAME sizes ':' type '=' expr ';'
        { $$ = qry_ast_const(parser->tree, @NAME, $NAME, $sizes, $type, NULL, $expr); }
    | PARAM NAME '=' expr ';'   { $$ = qry_ast_param(parser->tree, @NAME, $NAME, $expr); }
    | QRAM arch ';'             { $$ = qry_ast_qram(parser->tree, @arch, $arch, NULL); }
    | QRAM arch FOR tables ';'  { $$ = qry_ast_qram(parser->tree, @arch, $arch, $tables); }
    | FN NAME '(' parameters ')' result '=' expr ';'
        { $$ = qry_ast_fn(parser->tree, @NAME, $NAME, $parameters, $result, $expr); }
    | statement
    ;

sizes
    : %empty                        { $$ = (struct ast_sizes){0}; }
    | size                          { $$ = (struct ast_sizes){1, {$size}}; }
    | size[rows] size[columns]      { $$ = (struct ast_sizes){2, {$rows, $columns}}; }
    ;

size
    : '[' INTEGER ']'   { $$ = (struct ast_size){$INTEGER.num, @INTEGER}; }
    ;

/* ---- types and sources ---- */

type
    : FIXED '(' signed[i] ',' signed[f] ')'     { $$ = qry_ast_type(parser->tree, @$, true, $i, $f); }
    | UFIXED '(' signed[i] ',' signed[f] ')'    { $$ = qry_ast_type(parser->tree, @$, false, $i, $f); }
    | INT '(' signed ')'                        { $$ = qry_ast_type(parser->tree, @$, true, $signed, 0); }
    | UINT '(' signed ')'                       { $$ = qry_ast_type(parser->tree, @$, false, $signed, 0); }
    | BOOL                                      { $$ = qry_ast_bool(parser->tree, @$); }
    ;

signed
    : INTEGER       { $$ = $INTEGER.num; }
    | '-' INTEGER   { $$ = -$INTEGER.num; }
    ;

result
    : %empty        { $$ = NULL; }
    | ':' type      { $$ = $type; }
    ;

source
    : origin
    | origin '[' INTEGER ']'    { $$ = qry_ast_source_row($origin, @INTEGER, $INTEGER.num); }
    ;

origin
    : file '(' STRING ')'                       { $$ = qry_ast_source(parser->tree, $file, @$, $STRING, NULL, NULL); }
    | archive '(' STRING[path] ',' STRING[member] ')'   { $$ = qry_ast_source(parser->tree, $archive, @$, $path, $member, NULL); }
    | list                                      { $$ = qry_ast_source(parser->tree, AST_FROM_LIST, @$, NULL, NULL, $list); }
    ;

file
    : NPY           { $$ = AST_FROM_NPY; }
    | CSV           { $$ = AST_FROM_CSV; }
    ;

archive
    : NPZ           { $$ = AST_FROM_NPZ; }
    | SAFETENSORS   { $$ = AST_FROM_SAFETENSORS; }
    ;

list
    : '[' entries ']'       { $$ = qry_ast_literal(@$, $entries); }
    | '[' entries ',' ']'   { $$ = qry_ast_literal(@$, $entries); }
    ;

entries
    : entry                     { $$ = qry_ast_append(parser->tree, qry_ast_list(parser->tree), $entry); }
    | entries[head] ',' entry   { $$ = qry_ast_append(parser->tree, $head, $entry); }
    ;

entry
    : list
    | expr
    ;

arch
    : ARCH                      { $$ = (struct ast_architecture){.arch = $ARCH}; }
    | ARCH '(' INTEGER ')'      { $$ = (struct ast_architecture){$ARCH, true, {$INTEGER.num, @INTEGER}}; }
    ;

tables
    : NAME                      { $$ = qry_ast_reference(parser->tree, @NAME, $NAME, NULL); }
    | tables[head] ',' NAME     { $$ = qry_ast_reference(parser->tree, @NAME, $NAME, $head); }
    ;

parameters
    : %empty            { $$ = NULL; }
    | parameter_list
    ;

parameter_list
    : parameter
    | parameter_list[head] ',' parameter    { $$ = qry_ast_parameter_after($head, $parameter); }
    ;

parameter
    : NAME ':' type     { $$ = qry_ast_parameter(parser->tree, @NAME, $NAME, $type); }
    ;

/* ---- statements ---- */

label
    : NAME      { $$ = qry_ast_reference(parser->tree, @NAME, $NAME, NULL); }
    ;

statement
    : query options ';'     { $$ = qry_ast_statement($query, $options); }
    ;

query
    : SEARCH ONE bound IN domain WHERE expr
        { $$ = qry_ast_query(parser->tree, qry_ast_join(@1, @2), AST_SEARCH_ONE, $bound, $domain, NULL, $expr); }
    | SEARCH ALL bound IN domain WHERE expr
        { $$ = qry_ast_query(parser->tree, qry_ast_join(@1, @2), AST_SEARCH_ALL, $bound, $domain, NULL, $expr); }
    | SEARCH MAX bound IN domain BY expr where
        { $$ = qry_ast_query(parser->tree, qry_ast_join(@1, @2), AST_SEARCH_MAX, $bound, $domain, $expr, $where); }
    | SEARCH MIN bound IN domain BY expr where
        { $$ = qry_ast_query(parser->tree, qry_ast_join(@1, @2), AST_SEARCH_MIN, $bound, $domain, $expr, $where); }
    | COUNT bound IN domain WHERE expr
        { $$ = qry_ast_query(parser->tree, @1, AST_COUNT, $bound, $domain, NULL, $expr); }
    | ESTIMATE MEAN OF expr FOR bound IN domain where
        { $$ = qry_ast_query(parser->tree, qry_ast_join(@1, @2), AST_ESTIMATE_MEAN, $bound, $domain, $expr, $where); }
    | ESTIMATE SUM OF expr FOR bound IN domain where
        { $$ = qry_ast_query(parser->tree, qry_ast_join(@1, @2), AST_ESTIMATE_SUM, $bound, $domain, $expr, $where); }
    | SAMPLE SET bound IN domain WITH PROBABILITY expr
        { $$ = qry_ast_query(parser->tree, qry_ast_join(@1, @2), AST_SAMPLE_SET, $bound, $domain, $expr, NULL); }
    | SAMPLE ONE bound IN domain WITH PROBABILITY expr
        { $$ = qry_ast_query(parser->tree, qry_ast_join(@1, @2), AST_SAMPLE_ONE, $bound, $domain, $expr, NULL); }
    ;

bound
    : NAME      { $$ = qry_ast_reference(parser->tree, @NAME, $NAME, NULL); }
    ;

domain
    : expr                          { $$ = (struct ast_domain){$1, NULL}; }
    | expr[from] ".." expr[to]      { $$ = (struct ast_domain){$from, $to}; }
    ;

where
    : %empty        { $$ = NULL; }
    | WHERE expr    { $$ = $expr; }
    ;

options
    : %empty                { $$ = NULL; }
    | '{' option_list '}'   { $$ = $option_list; }
    ;

option_list
    : option
    | option_list[head] ',' option      { $$ = qry_ast_option_after($head, $option); }
    ;

option
    : NAME '=' expr     { $$ = qry_ast_option(parser->tree, @NAME, $NAME, $expr); }
    ;

/* ---- expressions ---- */

expr
    : binary
    | IF expr[condition] THEN expr[yes] ELSE expr[no]   { $$ = qry_ast_if(parser->tree, @$, $condition, $yes, $no); }
    ;

binary
    : cast
    | binary[a] "||" binary[b]  { $$ = qry_ast_binary(parser->tree, @$, AST_OR, $a, $b); }
    | binary[a] "&&" binary[b]  { $$ = qry_ast_binary(parser->tree, @$, AST_AND, $a, $b); }
    | binary[a] "==" binary[b]  { $$ = qry_ast_binary(parser->tree, @$, AST_EQUAL, $a, $b); }
    | binary[a] "!=" binary[b]  { $$ = qry_ast_binary(parser->tree, @$, AST_UNEQUAL, $a, $b); }
    | binary[a] '<' binary[b]   { $$ = qry_ast_binary(parser->tree, @$, AST_LESS, $a, $b); }
    | binary[a] "<=" binary[b]  { $$ = qry_ast_binary(parser->tree, @$, AST_LESS_EQUAL, $a, $b); }
    | binary[a] '>' binary[b]   { $$ = qry_ast_binary(parser->tree, @$, AST_GREATER, $a, $b); }
    | binary[a] ">=" binary[b]  { $$ = qry_ast_binary(parser->tree, @$, AST_GREATER_EQUAL, $a, $b); }
    | binary[a] "<<" binary[b]  { $$ = qry_ast_binary(parser->tree, @$, AST_SHIFT_LEFT, $a, $b); }
    | binary[a] ">>" binary[b]  { $$ = qry_ast_binary(parser->tree, @$, AST_SHIFT_RIGHT, $a, $b); }
    | binary[a] '+' binary[b]   { $$ = qry_ast_binary(parser->tree, @$, AST_ADD, $a, $b); }
    | binary[a] '-' binary[b]   { $$ = qry_ast_binary(parser->tree, @$, AST_SUBTRACT, $a, $b); }
    | binary[a] '*' binary[b]   { $$ = qry_ast_binary(parser->tree, @$, AST_MULTIPLY, $a, $b); }
    ;

cast
    : unary
    | cast[a] AS type   { $$ = qry_ast_as(parser->tree, @$, $a, $type); }
    ;

unary
    : postfix
    | '-' unary[a]      { $$ = qry_ast_unary(parser->tree, @$, AST_NEGATE, $a); }
    | '!' unary[a]      { $$ = qry_ast_unary(parser->tree, @$, AST_NOT, $a); }
    ;

postfix
    : primary
    | postfix[base] '[' expr ']'    { $$ = qry_ast_index(parser->tree, @$, $base, $expr); }
    ;

primary
    : INTEGER                               { $$ = qry_ast_number(parser->tree, @$, $1); }
    | DECIMAL                               { $$ = qry_ast_number(parser->tree, @$, $1); }
    | NAME                                  { $$ = qry_ast_use(parser->tree, @$, $1); }
    | NAME '(' arguments ')'                { $$ = qry_ast_apply(@$, $NAME, $arguments); }
    | builtin '(' arguments ')'             { $$ = qry_ast_call(@$, $builtin, $arguments); }
    | SUM '(' arguments ')'                 { $$ = qry_ast_call(@$, AST_SUM, $arguments); }
    | SUM '(' expr[e] FOR bound IN expr[from] ".." expr[to] ')'
        { $$ = qry_ast_series(parser->tree, @$, $e, $bound, $from, $to); }
    | '(' expr ')'                          { $$ = $expr; }
    ;

builtin
    : DOT       { $$ = AST_DOT; }
    | SQUARE    { $$ = AST_SQUARE; }
    | EXP       { $$ = AST_EXP; }
    | MAX       { $$ = AST_MAX; }
    | MIN       { $$ = AST_MIN; }
    | ABS       { $$ = AST_ABS; }
    | CLIP      { $$ = AST_CLIP; }
    | LOOKUP    { $$ = AST_LOOKUP; }
    ;

arguments
    : %empty            { $$ = qry_ast_list(parser->tree); }
    | argument_list
    ;

argument_list
    : expr                              { $$ = qry_ast_append(parser->tree, qry_ast_list(parser->tree), $expr); }
    | argument_list[head] ',' expr      { $$ = qry_ast_append(parser->tree, $head, $expr); }
    ;

%%

/* Bison's own messages: the stack has come to its end. */
static void yyerror(struct ast_place *place, void *scanner, struct qry_parser *parser, const char *message)
{
    (void)scanner, (void)message;
    qry_parser_too_deep(parser, *place, YYMAXDEPTH);
}

static int yyreport_syntax_error(const yypcontext_t *context, void *scanner, struct qry_parser *parser)
{
    (void)scanner;
    yysymbol_kind_t expected[YYNTOKENS];
    const char *names[YYNTOKENS];
    int count = yypcontext_expected_tokens(context, expected, YYNTOKENS);
    qry_must(count >= 0);
    for (int i = 0; i < count; i++)
        names[i] = yysymbol_name(expected[i]);
    qry_parser_unexpected(parser, *yypcontext_location(context), yysymbol_name(yypcontext_token(context)), names,
                          (size_t)count);
    return 0;
}
