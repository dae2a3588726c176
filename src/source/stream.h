/* stream.h: an image whose parts come one after another, its manifest perhaps last. */
#ifndef SOURCE_STREAM_H
#define SOURCE_STREAM_H

struct blob;
struct error;
struct images;
struct origin;

/*
 * Makes blob one that opens as a feed of all that the stream holds. The stream is
 * taken over; images and origin are borrowed until the blob is closed, and used by
 * whichever thread opens it alone. -1 when memory ran out.
 */
int stream_blob(struct blob *, const struct blob *stream, struct images *, const struct origin *, struct error *);

#endif
