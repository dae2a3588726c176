/* notes.h: what is worth knowing and refuses nothing, one line each on standard error. */
#ifndef DELIVER_NOTES_H
#define DELIVER_NOTES_H

struct error;
struct arguments;

/* Tells it, unless --quiet. */
void notes_say(const struct arguments *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same, for what weakens what is delivered: told in any case. */
void notes_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Tells why something is refused: text, which begins in the status's word. */
void notes_refused(const char *text);

/* Tells what this system protects less than it could; -1 under --strict. */
int notes_lack(const struct arguments *, const char *what, struct error *);

#endif
