/* wrappings.h: what unwrap.c lists. */
#ifndef UNWRAP_WRAPPINGS_H
#define UNWRAP_WRAPPINGS_H

struct wrapping;

extern const struct wrapping wrapping_gzip, wrapping_xz, wrapping_lzma, wrapping_zstd, wrapping_bzip2, wrapping_lz4,
	wrapping_compress;
extern const struct wrapping wrapping_tar, wrapping_zip, wrapping_7z, wrapping_cpio, wrapping_ar, wrapping_rpm,
	wrapping_iso, wrapping_cab, wrapping_lha, wrapping_rar;
extern const struct wrapping wrapping_utf16le, wrapping_utf16be, wrapping_utf32le, wrapping_utf32be;
extern const struct wrapping wrapping_gitobject, wrapping_gitpack;

#endif
