/* bundle.h: a folder of sealed files and their set, as it will be delivered. */
#ifndef INJECT_BUNDLE_H
#define INJECT_BUNDLE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include <stanch/seal.h>

struct error;

struct bundle {
	json_t *data;           /* what a config map holds: file names and texts, ascending */
	char **names;           /* NULL-ended: of the secrets, ascending */
	size_t count;
	struct seal_set set;
	char pin[SEAL_PIN_TEXT_MAX];    /* of the set */
	uint64_t opened;        /* bytes of all secrets at most */
};

/*
 * Reads *.sealed and stanch.set of a folder and the folders in it; links are
 * refused. So is what is no sealed file, or not what the set names. Signatures
 * are not looked at: that needs the signers, and is done where the files are opened.
 */
int bundle_read(struct bundle *, const char *folder, struct error *);
void bundle_done(struct bundle *);

#endif
