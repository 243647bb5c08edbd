/* report.h: the files of the page that `quarry attend --report` writes, as they are built into the program (embed.cmake). */
#ifndef QRY_REPORT_H
#define QRY_REPORT_H

#include <stddef.h>

typedef struct qry_report_file {
    const char *name; /* "page.html" */
    const unsigned char *bytes;
    size_t size;
} qry_report_file;

/** NULL is the name behind the last. Without D3 there is no d3.min.js. */
extern const qry_report_file qry_report_files[];

#endif
