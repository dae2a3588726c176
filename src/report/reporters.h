/* reporters.h: every output format there is; each is one file. */
#ifndef REPORT_REPORTERS_H
#define REPORT_REPORTERS_H

#include "report/report.h"

extern const struct reporter text_reporter;
extern const struct reporter json_reporter;
extern const struct reporter jsonl_reporter;
extern const struct reporter sarif_reporter;
extern const struct reporter gitlab_reporter;
extern const struct reporter junit_reporter;
extern const struct reporter csv_reporter;
extern const struct reporter html_reporter;
extern const struct reporter github_reporter;

#endif
