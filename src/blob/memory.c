#include "blob/memory.h"

static int
memory_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct memory_blob *m = b->state;

	(void)err;
	*out = m->left;
	m->left.len = 0;
	return out->len > 0;
}

static int
memory_seek(struct blob *b, uint64_t offset, struct error *err)
{
	struct memory_blob *m = b->state;

	(void)err;
	m->left = bytes_cut(m->text, offset < m->text.len ? (size_t)offset : m->text.len, m->text.len);
	return 0;
}

void
memory_blob_init(struct memory_blob *m, const struct origin *origin, struct bytes text)
{
	*m = (struct memory_blob){
		.blob = {
			.origin = origin,
			.size = text.len,
			.read = memory_read,
			.seek = memory_seek,
			.state = m,
		},
		.text = text,
		.left = text,
	};
}
