/* page.h: the fixed parts of the HTML report. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

/* from the doctype to the opening of the list of findings */
extern const char page_head[];

/* from behind the summary to the end */
extern const char page_foot[];

#endif
