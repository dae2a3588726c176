/*
 * quote.h: text that others wrote, made harmless for each format. Names and
 * excerpts come from whoever wrote the files: any byte may stand in them.
 */
#ifndef REPORT_QUOTE_H
#define REPORT_QUOTE_H

#include <stdbool.h>

#include "base/bytes.h"

struct buf;

/* For a terminal: hidden characters and bytes that are not UTF-8 are shown as
 * \n, \x1b, \u{202e}. Returns the columns that it takes. */
unsigned quote_visible(struct buf *, struct bytes);

/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void quote_json(struct buf *, const char *);

/* For the text and the attributes of XML and HTML; hidden characters are shown
 * as quote_visible does, so that none is left that XML forbids. */
void quote_xml(struct buf *, struct bytes);

/* A field of RFC 4180 with its quotes, which no spreadsheet takes for a formula. */
void quote_csv(struct buf *, const char *);

/* For a workflow command of GitHub: its message or one of its properties. */
void quote_github(struct buf *, const char *, bool property);

/* A path as a URI: relative, or file:///... when it is absolute. */
void quote_uri(struct buf *, const char *path);

/* Whether text is the address of a web page, so that it may become a link; NULL is none. */
bool quote_is_link(const char *);

#endif
