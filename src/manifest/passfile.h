/* passfile.h: how files of one password a line are read into a tree. */
#ifndef MANIFEST_PASSFILE_H
#define MANIFEST_PASSFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tree;

/* the list that holds a map for each line; 0 when memory ran out */
uint32_t passfile_list(struct tree *);

/*
 * The password of a line is the one thing that has a name; its place in the
 * file is the path. False when memory ran out.
 */
bool passfile_add(struct tree *, uint32_t list, size_t line, size_t end, size_t key, size_t key_end, size_t from, size_t to);

#endif
