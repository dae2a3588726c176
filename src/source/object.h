/* object.h: a blob of a git repository as a blob that is read when it is first asked for, on whichever thread. */
#ifndef SOURCE_OBJECT_H
#define SOURCE_OBJECT_H

#include "base/bytes.h"
#include "git/oid.h"

struct blob;
struct error;
struct file_root;
struct origin;
struct readers;

/*
 * Makes blob the object of an id, named by its path in reports (copied), in the
 * commit that is its parent step (borrowed; NULL: none). The readers must
 * outlive it. -1 when memory ran out.
 */
int object_blob(struct blob *, struct readers *, const struct oid *, const struct origin *commit, const char *path, struct error *);

/* Makes blob a text that is there already (copied), as what its way says: a commit's message. The way is borrowed. */
int object_blob_text(struct blob *, struct bytes text, const struct origin *, struct error *);

/*
 * Makes blob the content that a Git LFS pointer stands for, of the same path:
 * a file beneath the repository's folder. 1; 0 when text is no such pointer.
 */
int object_blob_lfs(struct blob *, struct file_root *, struct bytes text, const struct origin *commit, const char *path, struct error *);

/* longer than any pointer */
#define OBJECT_LFS_MAX 1024

/* the attribute of a step that says which LFS object it is */
#define OBJECT_LFS "lfs_oid"

#endif
