/* report_json.h: findings as JSON, the same in each format that is JSON. */
#ifndef REPORT_REPORT_JSON_H
#define REPORT_REPORT_JSON_H

struct finding;
struct jsonout;
struct origin;
struct summary;
struct unread;

/* The objects of the report as data: contrib/schema/stanch-report.schema.json. */
void report_json_finding(struct jsonout *, const struct finding *);
void report_json_unread(struct jsonout *, const struct unread *);
void report_json_summary(struct jsonout *, const struct summary *);

/* The steps of a way, from its root, as an array. */
void report_json_origin(struct jsonout *, const struct origin *);

/* The words of its evidence, strongest first, as an array. */
void report_json_evidence(struct jsonout *, unsigned evidence);

/* key: the "file" of the origin */
void report_json_file(struct jsonout *, const char *key, const struct origin *);

/* key: its mark in hex */
void report_json_mark(struct jsonout *, const char *key, const struct finding *);

#endif
