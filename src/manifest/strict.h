/* strict.h: what a cluster refuses, or reads otherwise than the next tool does, though it can be read. */
#ifndef MANIFEST_STRICT_H
#define MANIFEST_STRICT_H

#include <stdbool.h>
#include <stdint.h>

struct tree;

/* whether a document of a tree has an apiVersion and a kind; the first is empty where the text begins with --- */
bool strict_object(const struct tree *);

/* the first node of the Kubernetes objects in a tree whose key its mapping had before, or 0; of large mappings the first keys are compared */
uint32_t strict_twice(const struct tree *);

#endif
