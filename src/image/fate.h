/* fate.h: what is known of a finding in an image when all of it was read. */
#ifndef IMAGE_FATE_H
#define IMAGE_FATE_H

struct arena;
struct error;
struct finding;
struct images;

/*
 * As a feed's settle(): tells with a finding's way the image and platform, where
 * the layer stands in it, which instruction made it, and what became of the file
 * in later layers. Secrets that were found in instructions are masked there.
 */
int fate_settle(struct images *, struct finding *, struct arena *, struct error *);

#endif
