/* print_text.c: see print.h. */
#include "qasm/print.h"

#include <math.h>
#include <stdio.h>

void qry_text_begin(qry_text *text, qry_ctx *ctx, qry_output *output)
{
    *text = (qry_text){.output = output};
    text->numbers = qry_alloc(ctx, QRY_NUMBER_CACHE, sizeof *text->numbers);
    qry_text_renew(text);
}

void qry_text_end(qry_text *text, qry_ctx *ctx)
{
    qry_must(text->at <= text->end);
    qry_output_advance(text->output, (size_t)(text->at - text->start));
    qry_free(ctx, text->numbers);
}

void qry_text_renew(qry_text *text)
{
    qry_must(text->at <= text->end); /* else somebody wrote without asking for room */
    if (text->start)
        qry_output_advance(text->output, (size_t)(text->at - text->start));
    text->start = text->at = qry_output_reserve(text->output, QRY_TEXT_ROOM);
    text->end = text->start + QRY_TEXT_ROOM;
}

void qry_text_string(qry_text *text, const char *string)
{
    size_t left = strlen(string);
    while (left) {
        size_t piece = left < 1024 ? left : 1024;
        qry_text_room(text, piece);
        qry_text_put(text, string, piece);
        string += piece;
        left -= piece;
    }
}

void qry_text_comment(qry_text *text, const char *before, const char *string)
{
    qry_text_string(text, "// ");
    qry_text_string(text, before);
    for (; *string; string++) {
        unsigned char c = (unsigned char)*string;
        if ((c & 0xc0) == 0x80)
            continue; /* inside a UTF-8 character, for which its first byte stands */
        qry_text_room(text, 1);
        *text->at++ = c < 0x20 ? ' ' : c < 0x7f ? (char)c : '?';
    }
    qry_text_string(text, "\n");
}

size_t qry_text_of_number(double number, char to[QRY_NUMBER_ROOM])
{
    qry_must(isfinite(number));
    char printed[2 * QRY_NUMBER_ROOM];
    snprintf(printed, sizeof printed, "%.17g", number == 0 ? 0.0 : number);
    size_t length = 0;
    bool plain = true; /* neither point nor exponent so far */
    for (const char *p = printed; *p; p++) {
        bool point = !strchr("0123456789+-e", *p); /* or what the locale has in its place, perhaps several bytes */
        if (point && !plain)
            continue;
        plain &= !point && *p != 'e';
        to[length++] = point ? '.' : *p;
    }
    if (plain) {
        to[length++] = '.';
        to[length++] = '0';
    }
    to[length] = 0;
    return length;
}

const struct qry_number_text *qry_text_number(qry_text *text, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    struct qry_number_text *kept = &text->numbers[(bits * UINT64_C(0x9e3779b97f4a7c15)) >> 56];
    if (!kept->length || memcmp(&kept->number, &number, sizeof number) != 0) {
        kept->number = number;
        kept->length = (uint32_t)qry_text_of_number(number, kept->text);
    }
    return kept;
}
