/* identifier.h: which names may stand in a printed file. Private to qasm/. */
#ifndef QRY_IDENTIFIER_H
#define QRY_IDENTIFIER_H

#include <stdbool.h>

enum {
    QRY_IDENTIFIER_LENGTH = 40, /* of a name made from somebody's text */
    QRY_IDENTIFIER_ROOM = 64    /* the same with a number behind it and the final zero */
};

/** Makes [a-z][a-z0-9_]* of any text: lower case, '_' for every other character, a q in front where no letter is, or
 *  where it would begin with "qr_", as only our gates do. Never empty, never longer than QRY_IDENTIFIER_LENGTH. */
void qry_identifier(const char *text, char identifier[QRY_IDENTIFIER_ROOM]);

/** Whether some reader of OpenQASM means something by this name (lower case): a gate, a keyword, a constant, a function,
 *  or our own "c". */
bool qry_identifier_is_reserved(const char *identifier);

#endif
