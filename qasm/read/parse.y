/* parse.y: tokens to a syntax tree, OpenQASM 3.1 and OpenQASM 2 in one grammar. The actions only call the constructors of
 * build.h.
 *
 * Conflicts: none (%expect 0). Instead of raising this, find a way to use precedence. After an error the parser goes on
 * behind the next ';', at a block, or at the next word that begins a statement, so that one run shows several errors. */

%require "3.8"
%define api.pure full
%define api.prefix {qry_openqasm_}
%define api.token.prefix {TOKEN_}
%define api.location.type {struct tree_place}
%define parse.error custom
%locations
%expect 0
%parse-param {void *scanner} {struct qry_reader *reader}
%lex-param {void *scanner}

%code requires {
#include "qasm/read/parser.h"
}

%code {
/* The parser's stack is the context's memory, so that nothing is lost when an action gives up. Nesting that is deeper
 * than a person writes ends with an error. */
#define YYMALLOC(size)  qry_alloc(reader->tree->ctx, (size), 1)
#define YYFREE(pointer) qry_free(reader->tree->ctx, (pointer))
#define YYMAXDEPTH      20000

#define YYLLOC_DEFAULT(whole, parts, count)                                                                            \
    ((whole) = (count) ? qry_tree_join(YYRHSLOC(parts, 1), YYRHSLOC(parts, count))                                     \
                       : qry_tree_behind(YYRHSLOC(parts, 0)))

#define TREE (reader->tree)
static const struct tree_exprs no_exprs = {0};
static const struct tree_parameters no_parameters = {0};
static const struct tree_modifiers no_modifiers = {0};

int qry_openqasm_lex(QRY_OPENQASM_STYPE *value, struct tree_place *place, void *scanner);
static void yyerror(struct tree_place *place, void *scanner, struct qry_reader *reader, const char *message);
}

%initial-action { @$ = (struct tree_place){reader->number, 0, 0}; }

%union {
    const char *text;
    bool truth;
    enum tree_operator op;
    enum qasm_kind kind;
    enum qasm_access access;
    enum tree_io io;
    struct tree_name *name;
    struct tree_expr *expr;
    struct tree_type *type;
    struct tree_stmt *stmt;
    struct tree_exprs exprs;
    struct tree_stmts stmts;
    struct tree_parameters parameters;
    struct tree_modifiers modifiers;
    struct tree_cases cases;
    struct tree_annotations annotations;
}

%token END 0 "the end of the file"
%token <name> NAME "a name"
%token <expr> NUMBER "a number" PHYSICAL "a physical qubit"
%token <text> STRING "a string" PRAGMA "a pragma"
%token <truth> TRUTH "true"
%token <op> CHANGE "an assignment"
%token <stmt> GATES "gates"
%token OPAQUE_TEXT "'{'" ANNOTATION "an annotation" VERSION "a version" MARK "a mark"

%token OPENQASM "OPENQASM" INCLUDE "include" GATE "gate" OPAQUE "opaque" DEF "def" EXTERN "extern"
%token CAL "cal" DEFCAL "defcal" DEFCALGRAMMAR "defcalgrammar"
%token QREG "qreg" CREG "creg" QUBIT "qubit" LET "let" CONST "const" INPUT "input" OUTPUT "output"
%token READONLY "readonly" MUTABLE "mutable" DIM "#dim"
%token BIT "bit" BOOL "bool" INT "int" UINT "uint" FLOAT "float" ANGLE "angle" COMPLEX "complex" ARRAY "array"
%token DURATION "duration" STRETCH "stretch"
%token MEASURE "measure" RESET "reset" BARRIER "barrier" BOX "box" DELAY "delay" NOP "nop"
%token CTRL "ctrl" NEGCTRL "negctrl" INV "inv" POW "pow" GPHASE "gphase" DURATIONOF "durationof"
%token IF "if" ELSE "else" FOR "for" IN "in" WHILE "while" SWITCH "switch" CASE "case" DEFAULT "default"
%token BREAK "break" CONTINUE "continue" RETURN "return" STOP "end"
%token OR "||" AND "&&" EQUAL "==" UNEQUAL "!=" LESS_EQUAL "<=" GREATER_EQUAL ">=" SHIFT_LEFT "<<" SHIFT_RIGHT ">>"
%token POWER "**" CONCAT "++" ARROW "->" AT "'@'"

/* An else belongs to the nearest if. What follows the set of a `for` without brackets belongs to it as far as it can. */
%precedence WITHOUT
%precedence ELSE
%left "||"
%left "&&"
%left '|'
%left '^'
%left '&'
%left "==" "!="
%left '<' "<=" '>' ">="
%left "<<" ">>"
%left '+' '-'
%left '*' '/' '%'
%precedence '('

%type <stmt> statement worded plain simple body block
%type <stmts> statements
%type <annotations> annotations
%type <expr> expr unary power postfix primary phase index range operand value measure rows row in designator set alias
%type <expr> maybe_designator maybe_value maybe_expr
%type <exprs> exprs expr_list maybe_exprs indices index_list operands operand_list maybe_operands row_list concat
%type <type> type scalar returned array_parameter extern_type
%type <kind> sized_word plain_word
%type <access> access
%type <io> io
%type <parameters> names name_list maybe_parameters parameters parameter_list parameter extern_parameters extern_list
%type <modifiers> modifiers modifier
%type <cases> cases
%type <name> calibrated

%%

program
    : file END
    ;

file
    : %empty
    | file statement            { qry_reader_add(reader, $statement); }
    | file bad
    | file error '}'            { yyerrok; qry_reader_recovered(reader); }
    ;

statements
    : %empty                        { $$ = (struct tree_stmts){0}; }
    | statements[list] statement    { $$ = qry_tree_stmts($list, $statement); }
    | statements[list] bad          { $$ = $list; }
    ;

bad
    : error ';'         { yyerrok; qry_reader_recovered(reader); }
    | error block       { yyerrok; qry_reader_recovered(reader); }
    | error worded      { yyerrok; qry_reader_recovered(reader); }
    ;

statement
    : plain                 { $$ = qry_reader_statement(reader, $plain); }
    | annotations plain     { $$ = qry_reader_statement(reader, qry_tree_annotate($plain, $annotations)); }
    | PRAGMA                { $$ = qry_reader_statement(reader, qry_tree_worded(TREE, @$, TREE_PRAGMA, $PRAGMA)); }
    | GATES                 { $$ = qry_reader_statement(reader, $GATES); }
    | OPENQASM VERSION ';'  { qry_reader_head(reader, @$); $$ = NULL; }
    ;

annotations
    : ANNOTATION                        { $$ = qry_tree_annotation(TREE, (struct tree_annotations){0}, @1); }
    | annotations[list] ANNOTATION      { $$ = qry_tree_annotation(TREE, $list, @2); }
    ;

plain
    : worded
    | simple ';'            { $simple->place = @$; $$ = $simple; }
    | block
    ;

block
    : '{' statements '}'
        { $$ = qry_tree_nest(TREE, @$, TREE_BLOCK, NULL, qry_reader_close(reader, $statements, @3).first, NULL); }
    | '{' statements error '}'
        { yyerrok; qry_reader_recovered(reader); $$ = qry_tree_nest(TREE, @$, TREE_BLOCK, NULL, $statements.first, NULL); }
    ;

body
    : statement
    ;

/* ---- statements that begin with a word of their own: where reading goes on after an error ---- */

worded
    : INCLUDE STRING ';'            { $$ = qry_reader_include(reader, @$, @STRING, $STRING); }
    | DEFCALGRAMMAR STRING ';'      { $$ = qry_tree_worded(TREE, @$, TREE_CALIBRATION, $STRING); }
    | CAL OPAQUE_TEXT               { $$ = qry_tree_worded(TREE, @$, TREE_CAL, qry_tree_inside(TREE, @2)); }
    | DEFCAL calibrated calibrated_arguments calibrated_qubits calibrated_result OPAQUE_TEXT
        {
            $$ = qry_tree_worded(TREE, @$, TREE_DEFCAL, qry_tree_text(TREE, @$));
            $$->name = $calibrated;
            $$->name_place = @calibrated;
        }
    | GATE NAME maybe_parameters names { qry_reader_enter(reader, $NAME, $maybe_parameters, $names); } block
        {
            $$ = qry_tree_subroutine(TREE, @$, TREE_GATE, @NAME, $NAME, $maybe_parameters, $names, NULL, $block);
        }
    | OPAQUE NAME maybe_parameters names ';'
        {
            $$ = qry_tree_subroutine(TREE, @$, TREE_OPAQUE, @NAME, $NAME, $maybe_parameters, $names, NULL, NULL);
        }
    | DEF NAME '(' parameters ')' returned block
        {
            $$ = qry_tree_subroutine(TREE, @$, TREE_DEF, @NAME, $NAME, $parameters, no_parameters, $returned, $block);
        }
    | EXTERN NAME '(' extern_parameters ')' returned ';'
        {
            $$ = qry_tree_subroutine(TREE, @$, TREE_EXTERN, @NAME, $NAME, $extern_parameters, no_parameters, $returned,
                                     NULL);
        }
    | QUBIT maybe_designator NAME ';'   { $$ = qry_tree_qubits(TREE, @$, @NAME, $NAME, $maybe_designator); }
    | QREG NAME maybe_designator ';'
        { $$ = qry_tree_qubits(TREE, @$, @NAME, $NAME, $maybe_designator); $$->old = true; }
    | CREG NAME maybe_designator ';'
        {
            struct tree_type *type = qry_tree_type(TREE, @CREG, QASM_BIT, $maybe_designator);
            $$ = qry_tree_declare(TREE, @$, TREE_DECLARE, type, @NAME, $NAME, NULL);
            $$->old = true;
        }
    | CONST scalar NAME '=' value ';'   { $$ = qry_tree_declare(TREE, @$, TREE_CONST, $scalar, @NAME, $NAME, $value); }
    | io type NAME ';'
        { $$ = qry_tree_declare(TREE, @$, TREE_DECLARE, $type, @NAME, $NAME, NULL); $$->io = (uint8_t)$io; }
    | LET NAME '=' alias ';'            { $$ = qry_tree_declare(TREE, @$, TREE_ALIAS, NULL, @NAME, $NAME, $alias); }
    | measure ';'                       { $$ = qry_tree_measure_into(TREE, @$, $measure, NULL); }
    | measure "->" operand ';'          { $$ = qry_tree_measure_into(TREE, @$, $measure, $operand); }
    | RESET operand ';'                 { $$ = qry_tree_act(TREE, @$, TREE_RESET, NULL, qry_tree_list($operand)); }
    | BARRIER maybe_operands ';'        { $$ = qry_tree_act(TREE, @$, TREE_BARRIER, NULL, $maybe_operands); }
    | NOP maybe_operands ';'            { $$ = qry_tree_act(TREE, @$, TREE_NOP, NULL, $maybe_operands); }
    | DELAY designator maybe_operands ';'
        { $$ = qry_tree_act(TREE, @$, TREE_DELAY, $designator, $maybe_operands); }
    | BOX maybe_designator block
        { $$ = qry_tree_nest(TREE, @$, TREE_BOX, $maybe_designator, $block->body, NULL); }
    | IF '(' expr ')' body              %prec WITHOUT
        { $$ = qry_tree_nest(TREE, @$, TREE_IF, $expr, $body, NULL); $$->old = reader->version == TREE_VERSION_2; }
    | IF '(' expr ')' body[yes] ELSE body[no]
        { $$ = qry_tree_nest(TREE, @$, TREE_IF, $expr, $yes, $no); }
    | FOR scalar NAME IN in body        { $$ = qry_tree_for(TREE, @$, $scalar, @NAME, $NAME, $in, $body); }
    | WHILE '(' expr ')' body           { $$ = qry_tree_nest(TREE, @$, TREE_WHILE, $expr, $body, NULL); }
    | SWITCH '(' expr ')' '{' cases '}' { $$ = qry_tree_switch(TREE, @$, $expr, $cases); }
    | BREAK ';'                         { $$ = qry_tree_stmt(TREE, @$, TREE_BREAK); }
    | CONTINUE ';'                      { $$ = qry_tree_stmt(TREE, @$, TREE_CONTINUE); }
    | STOP ';'                          { $$ = qry_tree_stmt(TREE, @$, TREE_END); }
    | RETURN maybe_value ';'            { $$ = qry_tree_value(TREE, @$, TREE_RETURN, $maybe_value); }
    ;

cases
    : %empty                                { $$ = (struct tree_cases){0}; }
    | cases[list] CASE exprs block          { $$ = qry_tree_case(TREE, $list, @2, $exprs, $block); }
    | cases[list] DEFAULT block             { $$ = qry_tree_case(TREE, $list, @2, no_exprs, $block); }
    ;

/* The set that a loop goes through. */
in
    : expr      %prec WITHOUT
    | set
    | '[' range ']'     { $$ = $range; $$->place = @$; }
    ;

calibrated
    : NAME
    | MEASURE       { $$ = qry_tree_name(TREE, "measure", 7); }
    | RESET         { $$ = qry_tree_name(TREE, "reset", 5); }
    | DELAY         { $$ = qry_tree_name(TREE, "delay", 5); }
    ;

calibrated_arguments
    : %empty
    | '(' ')'
    | '(' calibrated_list ')'
    | '(' calibrated_list ',' ')'
    ;

calibrated_list
    : calibrated_argument
    | calibrated_list ',' calibrated_argument
    ;

calibrated_argument
    : expr
    | parameter
    ;

calibrated_qubits
    : calibrated_qubit
    | calibrated_qubits ',' calibrated_qubit
    ;

calibrated_qubit
    : NAME
    | PHYSICAL
    ;

calibrated_result
    : %empty
    | "->" scalar
    ;

/* ---- statements that begin with a type or an expression ---- */

simple
    : type NAME                 { $$ = qry_tree_declare(TREE, @$, TREE_DECLARE, $type, @NAME, $NAME, NULL); }
    | type NAME '=' value       { $$ = qry_tree_declare(TREE, @$, TREE_DECLARE, $type, @NAME, $NAME, $value); }
    | postfix operands          { $$ = qry_tree_apply(TREE, @$, no_modifiers, $postfix, $operands); }
    | modifiers postfix operands    { $$ = qry_tree_apply(TREE, @$, $modifiers, $postfix, $operands); }
    | phase maybe_operands      { $$ = qry_tree_apply(TREE, @$, no_modifiers, $phase, $maybe_operands); }
    | modifiers phase maybe_operands    { $$ = qry_tree_apply(TREE, @$, $modifiers, $phase, $maybe_operands); }
    | postfix '=' value         { $$ = qry_tree_assign(TREE, @$, $postfix, TREE_OPERATORS, $value); }
    | postfix CHANGE expr       { $$ = qry_tree_assign(TREE, @$, $postfix, $CHANGE, $expr); }
    | expr                      { $$ = qry_tree_value(TREE, @$, TREE_EXPRESSION, $expr); }
    ;

/* gphase is a gate that may do without operands. */
phase
    : GPHASE '(' maybe_exprs ')'
        { $$ = qry_tree_call(TREE, @$, qry_tree_name(TREE, "gphase", 6), $maybe_exprs); }
    | GPHASE '(' maybe_exprs ')' designator
        {
            struct tree_place place = qry_tree_join(@1, @4);
            struct tree_expr *call = qry_tree_call(TREE, place, qry_tree_name(TREE, "gphase", 6), $maybe_exprs);
            $$ = qry_tree_index(TREE, @$, call, qry_tree_list($designator));
        }
    ;

modifiers
    : modifier                          { $$ = $modifier; }
    | modifiers[list] modifier          { $$ = qry_tree_modifiers($list, $modifier); }
    ;

modifier
    : INV AT                            { $$ = qry_tree_modifier(TREE, @1, TREE_INV, no_exprs); }
    | CTRL AT                           { $$ = qry_tree_modifier(TREE, @1, TREE_CTRL, no_exprs); }
    | NEGCTRL AT                        { $$ = qry_tree_modifier(TREE, @1, TREE_NEGCTRL, no_exprs); }
    | CTRL '(' exprs ')' AT             { $$ = qry_tree_modifier(TREE, @$, TREE_CTRL, $exprs); }
    | NEGCTRL '(' exprs ')' AT          { $$ = qry_tree_modifier(TREE, @$, TREE_NEGCTRL, $exprs); }
    | POW '(' maybe_exprs ')' AT        { $$ = qry_tree_modifier(TREE, @$, TREE_POW, $maybe_exprs); }
    ;

operands
    : operand_list
    | operand_list ','
    ;

operand_list
    : operand                           { $$ = qry_tree_list($operand); }
    | operand_list[list] ',' operand    { $$ = qry_tree_append($list, $operand); }
    ;

maybe_operands
    : %empty        { $$ = no_exprs; }
    | operands
    ;

operand
    : NAME                              { $$ = qry_tree_use(TREE, @$, $NAME); }
    | PHYSICAL
    | operand[base] '[' indices ']'     { $$ = qry_tree_index(TREE, @$, $base, $indices); }
    ;

measure
    : MEASURE operand   { $$ = qry_tree_measure(TREE, @$, $operand); }
    ;

/* ---- what is declared: types, parameters, values ---- */

type
    : scalar
    | ARRAY '[' scalar ',' exprs ']'    { $$ = qry_tree_array(TREE, @$, $scalar, $exprs); }
    ;

scalar
    : sized_word maybe_designator       { $$ = qry_tree_type(TREE, @$, $sized_word, $maybe_designator); }
    | plain_word                        { $$ = qry_tree_type(TREE, @$, $plain_word, NULL); }
    | COMPLEX                           { $$ = qry_tree_complex(TREE, @$, NULL); }
    | COMPLEX '[' scalar[base] ']'      { $$ = qry_tree_complex(TREE, @$, $base); }
    ;

sized_word
    : BIT       { $$ = QASM_BIT; }
    | INT       { $$ = QASM_INT; }
    | UINT      { $$ = QASM_UINT; }
    | FLOAT     { $$ = QASM_FLOAT; }
    | ANGLE     { $$ = QASM_ANGLE; }
    ;

plain_word
    : BOOL      { $$ = QASM_BOOL; }
    | DURATION  { $$ = QASM_DURATION; }
    | STRETCH   { $$ = QASM_STRETCH; }
    ;

io
    : INPUT     { $$ = TREE_INPUT; }
    | OUTPUT    { $$ = TREE_OUTPUT; }
    ;

returned
    : %empty        { $$ = NULL; }
    | "->" scalar   { $$ = $scalar; }
    ;

names
    : name_list
    | name_list ','
    ;

name_list
    : NAME                      { $$ = qry_tree_parameter(TREE, @NAME, NULL, $NAME); }
    | name_list[list] ',' NAME
        { $$ = qry_tree_parameters($list, qry_tree_parameter(TREE, @NAME, NULL, $NAME)); }
    ;

maybe_parameters
    : %empty            { $$ = no_parameters; }
    | '(' ')'           { $$ = no_parameters; }
    | '(' names ')'     { $$ = $names; }
    ;

parameters
    : %empty            { $$ = no_parameters; }
    | parameter_list
    | parameter_list ','
    ;

parameter_list
    : parameter
    | parameter_list[list] ',' parameter    { $$ = qry_tree_parameters($list, $parameter); }
    ;

parameter
    : scalar NAME                   { $$ = qry_tree_parameter(TREE, @NAME, $scalar, $NAME); }
    | array_parameter NAME          { $$ = qry_tree_parameter(TREE, @NAME, $array_parameter, $NAME); }
    | QUBIT maybe_designator NAME
        { $$ = qry_tree_parameter(TREE, @NAME, qry_tree_type(TREE, @1, QASM_QUBIT, $maybe_designator), $NAME); }
    | QREG NAME maybe_designator
        { $$ = qry_tree_parameter(TREE, @NAME, qry_tree_type(TREE, @1, QASM_QUBIT, $maybe_designator), $NAME); }
    | CREG NAME maybe_designator
        { $$ = qry_tree_parameter(TREE, @NAME, qry_tree_type(TREE, @1, QASM_BIT, $maybe_designator), $NAME); }
    ;

array_parameter
    : access ARRAY '[' scalar ',' exprs ']'
        { $$ = qry_tree_array(TREE, @$, $scalar, $exprs); $$->access = $access; }
    | access ARRAY '[' scalar ',' DIM '=' expr ']'
        { $$ = qry_tree_array_rank(TREE, @$, $scalar, $expr); $$->access = $access; }
    ;

access
    : READONLY      { $$ = QASM_READONLY; }
    | MUTABLE       { $$ = QASM_MUTABLE; }
    ;

extern_parameters
    : %empty            { $$ = no_parameters; }
    | extern_list
    | extern_list ','
    ;

extern_list
    : extern_type                       { $$ = qry_tree_parameter(TREE, @$, $extern_type, NULL); }
    | extern_list[list] ',' extern_type
        { $$ = qry_tree_parameters($list, qry_tree_parameter(TREE, @extern_type, $extern_type, NULL)); }
    ;

extern_type
    : scalar
    | array_parameter
    | CREG maybe_designator     { $$ = qry_tree_type(TREE, @$, QASM_BIT, $maybe_designator); }
    ;

value
    : alias
    | measure
    | rows
    ;

alias
    : expr
    | concat            { $$ = qry_tree_node(TREE, @$, TREE_CONCAT, $concat); }
    ;

concat
    : expr[a] "++" expr[b]          { $$ = qry_tree_append(qry_tree_list($a), $b); }
    | concat[list] "++" expr        { $$ = qry_tree_append($list, $expr); }
    ;

rows
    : '{' row_list '}'          { $$ = qry_tree_node(TREE, @$, TREE_LIST, $row_list); }
    | '{' row_list ',' '}'      { $$ = qry_tree_node(TREE, @$, TREE_LIST, $row_list); }
    ;

row_list
    : row                           { $$ = qry_tree_list($row); }
    | row_list[list] ',' row        { $$ = qry_tree_append($list, $row); }
    ;

row
    : expr
    | rows
    ;

designator
    : '[' expr ']'      { $$ = $expr; }
    ;

maybe_designator
    : %empty        { $$ = NULL; }
    | designator
    ;

maybe_value
    : %empty        { $$ = NULL; }
    | expr
    | measure
    ;

/* ---- expressions ---- */

expr
    : unary
    | expr[a] "||" expr[b]      { $$ = qry_tree_binary(TREE, @$, TREE_OR, $a, $b); }
    | expr[a] "&&" expr[b]      { $$ = qry_tree_binary(TREE, @$, TREE_AND, $a, $b); }
    | expr[a] '|' expr[b]       { $$ = qry_tree_binary(TREE, @$, TREE_BIT_OR, $a, $b); }
    | expr[a] '^' expr[b]       { $$ = qry_tree_binary(TREE, @$, TREE_BIT_XOR, $a, $b); }
    | expr[a] '&' expr[b]       { $$ = qry_tree_binary(TREE, @$, TREE_BIT_AND, $a, $b); }
    | expr[a] "==" expr[b]      { $$ = qry_tree_binary(TREE, @$, TREE_EQUAL, $a, $b); }
    | expr[a] "!=" expr[b]      { $$ = qry_tree_binary(TREE, @$, TREE_UNEQUAL, $a, $b); }
    | expr[a] '<' expr[b]       { $$ = qry_tree_binary(TREE, @$, TREE_LESS, $a, $b); }
    | expr[a] "<=" expr[b]      { $$ = qry_tree_binary(TREE, @$, TREE_LESS_EQUAL, $a, $b); }
    | expr[a] '>' expr[b]       { $$ = qry_tree_binary(TREE, @$, TREE_GREATER, $a, $b); }
    | expr[a] ">=" expr[b]      { $$ = qry_tree_binary(TREE, @$, TREE_GREATER_EQUAL, $a, $b); }
    | expr[a] "<<" expr[b]      { $$ = qry_tree_binary(TREE, @$, TREE_SHIFT_LEFT, $a, $b); }
    | expr[a] ">>" expr[b]      { $$ = qry_tree_binary(TREE, @$, TREE_SHIFT_RIGHT, $a, $b); }
    | expr[a] '+' expr[b]       { $$ = qry_tree_binary(TREE, @$, TREE_ADD, $a, $b); }
    | expr[a] '-' expr[b]       { $$ = qry_tree_binary(TREE, @$, TREE_SUBTRACT, $a, $b); }
    | expr[a] '*' expr[b]       { $$ = qry_tree_binary(TREE, @$, TREE_MULTIPLY, $a, $b); }
    | expr[a] '/' expr[b]       { $$ = qry_tree_binary(TREE, @$, TREE_DIVIDE, $a, $b); }
    | expr[a] '%' expr[b]       { $$ = qry_tree_binary(TREE, @$, TREE_MODULO, $a, $b); }
    ;

unary
    : power
    | '-' unary[a]      { $$ = qry_tree_unary(TREE, @$, TREE_NEGATE, $a); }
    | '!' unary[a]      { $$ = qry_tree_unary(TREE, @$, TREE_NOT, $a); }
    | '~' unary[a]      { $$ = qry_tree_unary(TREE, @$, TREE_COMPLEMENT, $a); }
    ;

power
    : postfix
    | postfix[a] "**" unary[b]      { $$ = qry_tree_binary(TREE, @$, TREE_POWER, $a, $b); }
    ;

postfix
    : primary
    | postfix[base] '[' indices ']'     { $$ = qry_tree_index(TREE, @$, $base, $indices); }
    ;

primary
    : NUMBER
    | PHYSICAL
    | TRUTH                             { $$ = qry_tree_natural(TREE, @$, TREE_TRUTH, $TRUTH); }
    | STRING                            { $$ = qry_tree_bits(TREE, @$, $STRING); }
    | NAME          %prec WITHOUT       { $$ = qry_tree_use(TREE, @$, $NAME); }
    | NAME '(' maybe_exprs ')'          { $$ = qry_tree_call(TREE, @$, $NAME, $maybe_exprs); }
    | POW '(' maybe_exprs ')'           { $$ = qry_tree_call(TREE, @$, qry_tree_name(TREE, "pow", 3), $maybe_exprs); }
    | type '(' expr ')'                 { $$ = qry_tree_cast(TREE, @$, $type, $expr); }
    | DURATIONOF '(' block ')'          { $$ = qry_tree_duration_of(TREE, @$, $block); }
    | '(' expr ')'                      { $$ = $expr; $$->place = @$; }
    ;

/* What stands between the brackets of an index: places and ranges, one for each dimension, or a set. */
indices
    : set               { $$ = qry_tree_list($set); }
    | index_list
    | index_list ','
    ;

index_list
    : index                         { $$ = qry_tree_list($index); }
    | index_list[list] ',' index    { $$ = qry_tree_append($list, $index); }
    ;

index
    : expr
    | range
    ;

range
    : maybe_expr[a] ':' maybe_expr[b]           { $$ = qry_tree_range(TREE, @$, $a, NULL, $b); }
    | maybe_expr[a] ':' maybe_expr[s] ':' expr  { $$ = qry_tree_range(TREE, @$, $a, $s, $expr); }
    ;

set
    : '{' exprs '}'     { $$ = qry_tree_node(TREE, @$, TREE_SET, $exprs); }
    ;

maybe_expr
    : %empty        { $$ = NULL; }
    | expr
    ;

exprs
    : expr_list
    | expr_list ','
    ;

expr_list
    : expr                          { $$ = qry_tree_list($expr); }
    | expr_list[list] ',' expr      { $$ = qry_tree_append($list, $expr); }
    ;

maybe_exprs
    : %empty        { $$ = no_exprs; }
    | exprs
    ;

%%

/* Bison's own messages: the stack has come to its end. */
static void yyerror(struct tree_place *place, void *scanner, struct qry_reader *reader, const char *message)
{
    (void)scanner, (void)message;
    qry_reader_too_deep(reader, *place);
}

static int yyreport_syntax_error(const yypcontext_t *context, void *scanner, struct qry_reader *reader)
{
    (void)scanner;
    yysymbol_kind_t expected[YYNTOKENS];
    const char *names[YYNTOKENS];
    int count = yypcontext_expected_tokens(context, expected, YYNTOKENS);
    qry_must(count >= 0);
    for (int i = 0; i < count; i++)
        names[i] = yysymbol_name(expected[i]);
    qry_reader_unexpected(reader, *yypcontext_location(context), yysymbol_name(yypcontext_token(context)), names,
                          (size_t)count);
    return 0;
}
