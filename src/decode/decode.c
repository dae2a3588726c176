#include "decode/decode.h"

#include "decode/encodings.h"

/* every encoding there is; at most eight, since who waits for a literal is a set of eight bits */
static const struct encoding *const encodings[] = {
	&encoding_base64,
	&encoding_hex,
	&encoding_utf16,
	&encoding_percent,
	&encoding_escape,
	&encoding_protobuf,
};

const struct encoding *
decode_list(size_t i)
{
	return i < sizeof encodings / sizeof encodings[0] ? encodings[i] : NULL;
}
