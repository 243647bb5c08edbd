/* identifier.c: names that every reader takes. Registers stand in one scope with the gates in Qiskit and the QDK, so none
 * may be called t; MQT reads sin and ln as functions wherever they stand; the rest are words of OpenQASM, old and new. */
#include "qasm/identifier.h"

#include "qasm/qasm.h"

#include <string.h>

/* In lower case, since a register called u would be hard to tell from U. Gates of gates.def are not repeated. */
static const char *const reserved[] = {
    /* gates: built in, or of stdgates.inc */
    "u", "gphase", "u1", "u2", "u3", "sx", "cu", "phase", "cphase",
    /* keywords */
    "openqasm", "include", "defcalgrammar", "def", "cal", "defcal", "gate", "opaque", "extern", "box", "let", "break",
    "continue", "if", "else", "end", "return", "for", "while", "in", "switch", "case", "default", "nop", "pragma",
    "input", "output", "const", "readonly", "mutable", "qreg", "qubit", "creg", "bool", "bit", "int", "uint", "float",
    "angle", "complex", "array", "void", "duration", "stretch", "inv", "pow", "ctrl", "negctrl", "dim", "durationof",
    "delay", "reset", "measure", "barrier", "true", "false", "im",
    /* constants and functions */
    "pi", "tau", "euler", "arccos", "arcsin", "arctan", "ceiling", "cos", "exp", "floor", "log", "mod", "popcount",
    "real", "imag", "rotl", "rotr", "sin", "sizeof", "sqrt", "tan", "ln"};

bool qry_identifier_is_reserved(const char *identifier)
{
    if (strcmp(identifier, "c") == 0)
        return true;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(identifier, reserved[i]) == 0)
            return true;
    return qry_gate_find(identifier) != QRY_GATES;
}

/* By hand: the functions of <ctype.h> depend on the locale. */
static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

void qry_identifier(const char *text, char identifier[QRY_IDENTIFIER_ROOM])
{
    size_t length = 0;
    if (!is_lower(*text) && !is_upper(*text))
        identifier[length++] = 'q';
    for (; *text && length < QRY_IDENTIFIER_LENGTH; text++) {
        if (((unsigned char)*text & 0xc0) == 0x80)
            continue; /* inside a UTF-8 character: its first byte stands for it */
        identifier[length++] = is_upper(*text)                      ? (char)(*text - 'A' + 'a')
                               : is_lower(*text) || is_digit(*text) ? *text
                                                                    : '_';
    }
    identifier[length] = 0;
    if (strncmp(identifier, "qr_", 3) == 0) {
        memmove(identifier + 1, identifier, length + 1);
        identifier[QRY_IDENTIFIER_LENGTH] = 0;
    }
}
