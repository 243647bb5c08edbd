/* print.h: what the files of the printer share. Private to qasm/. */
#ifndef QRY_PRINT_H
#define QRY_PRINT_H

#include "qasm/identifier.h"
#include "qasm/survey.h"

#include <string.h>

/* ---- text, written straight into the buffer of the output (print_text.c) ---- */

enum {
    QRY_TEXT_ROOM = 1 << 16, /* asked of the output at a time */
    QRY_NUMBER_ROOM = 32,    /* a number as text */
    QRY_NUMBER_CACHE = 256
};

/** A number as it was written before: circuits have few angles that differ. */
struct qry_number_text {
    double number;
    uint32_t length; /* 0: none yet */
    char text[QRY_NUMBER_ROOM];
};

typedef struct qry_text {
    qry_output *output;
    char *start, *at, *end; /* room in the output's buffer, and how far it is filled */
    struct qry_number_text *numbers;
} qry_text;

void qry_text_begin(qry_text *text, qry_ctx *ctx, qry_output *output);
/** Hands over what is in the room. The qry_text is of no use afterwards. */
void qry_text_end(qry_text *text, qry_ctx *ctx);
/** Gets new room; use qry_text_room. */
void qry_text_renew(qry_text *text);
/** A piece of any length. */
void qry_text_string(qry_text *text, const char *string);
/** A comment line "// BEFORE TEXT": one line of printable ASCII whatever `string` has in it. */
void qry_text_comment(qry_text *text, const char *before, const char *string);
/** Writes a number the way every reader takes it: 17 digits, a point or an exponent, never "-0.0". Returns its length.
 *  The process's locale has no say. */
size_t qry_text_of_number(double number, char to[QRY_NUMBER_ROOM]);
/** The same, from the cache. */
const struct qry_number_text *qry_text_number(qry_text *text, double number);

/** Makes sure that `size` bytes (at most QRY_TEXT_ROOM) can be put at text->at. */
static inline void qry_text_room(qry_text *text, size_t size)
{
    if (QRY_UNLIKELY(text->end - text->at < (ptrdiff_t)size))
        qry_text_renew(text);
}

static inline void qry_text_put(qry_text *text, const char *bytes, size_t length)
{
    memcpy(text->at, bytes, length);
    text->at += length;
}

/** A piece of text that is written again and again. */
typedef struct qry_word {
    const char *text;
    uint32_t length;
} qry_word;

qry_word qry_word_of(qry_arena *arena, const char *text);

static inline void qry_text_word(qry_text *text, qry_word word) { qry_text_put(text, word.text, word.length); }

/* ---- names (print_names.c) ---- */

enum {
    QRY_PREFIX_ROOM = QRY_IDENTIFIER_ROOM + 16, /* of a name that waits for its number */
    QRY_OPERAND_ROOM = QRY_PREFIX_ROOM + 16,
    QRY_LINE_ROOM = 256 + 3 * QRY_OPERAND_ROOM /* for a gate, or one operand of a call */
};

/** The operands of a definition with ", " behind each: addr[3] in the program, addr3 in a gate. In the portable profile no
 *  definition and no parameter is called like one of them. */
qry_word *qry_print_operands(qry_arena *arena, const qry_definition *definition, bool is_gate);

/** The bits of a circuit, for those who name them one after the other. */
typedef struct qry_bit_names {
    const qry_bit_register *registers;
    size_t latest; /* the register of the last one */
} qry_bit_names;

qry_bit_names qry_bit_names_of(const qry_circuit *circuit);
/** Writes "c[3]". Room for a line must be there. */
void qry_text_bit(qry_text *text, qry_bit_names *names, uint32_t bit);
/** Writes the declarations of all registers of bits. */
void qry_text_bit_registers(qry_text *text, const qry_circuit *circuit);

/** The names of the full profile. They depend on nothing but the structure of a circuit and the names in it, and a circuit
 *  whose definitions are called so has the same names again. */
typedef struct qry_full_names {
    qry_names taken;         /* all names outside of bodies */
    const char **definition; /* by number in the survey; of the program NULL */
    const char *parameter;   /* angles of a definition are this and a number */
    const char *round;       /* the variable of a `for` */
} qry_full_names;

void qry_full_names_choose(qry_full_names *names, qry_arena *arena, const qry_survey *survey);
/** The operands of a definition as they are called in its body, with ", " behind each. */
qry_word *qry_full_names_operands(qry_full_names *names, qry_arena *arena, const qry_definition *definition);
/** Frees what is not in the arena. */
void qry_full_names_free(qry_full_names *names);

/* ---- the full profile (print_full.c) ---- */

/** The whole file. False after a report. */
bool qry_print_full(const qry_circuit *circuit, const qry_print_options *options, qry_output *output);

/* ---- bodies of the portable profile (print_body.c) ---- */

/** What becomes of a definition. */
typedef struct qry_print_plan {
    bool is_gate;        /* else it is written out where it is called */
    bool needed[2];      /* forward, inverse */
    const char *name[2]; /* as gates */
} qry_print_plan;

typedef struct qry_printer {
    const qry_circuit *circuit;
    qry_survey *survey;
    qry_arena *arena;
    qry_print_plan *plans; /* by number in the survey */
    qry_text text;
    bool warned; /* of a controlled rotation */
} qry_printer;

/** Writes the body of a gate with its head and braces. */
void qry_print_gate(qry_printer *printer, const qry_body *body, bool inverse);
/** Writes the program's operations. */
void qry_print_program(qry_printer *printer, const qry_body *body);

#endif
