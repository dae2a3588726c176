/* archives: many members in one file */
#include <archive.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/bytes.h"
#include "base/dictionary.h"
#include "unwrap/reading.h"
#include "unwrap/unwrap.h"
#include "unwrap/wrappings.h"

#define ARCHIVE_KIND(id, support, seek, stream) \
	static const struct reading_kind id##_kind = { support, ORIGIN_MEMBER, NULL, seek, stream }; \
	static struct feed * \
	id##_open(struct blob *b, struct budget *budget, struct error *err) \
	{ \
		return reading_open(b, budget, &id##_kind, err); \
	}

static bool
starts(struct bytes head, const char *magic, size_t n)
{
	return head.len >= n && memcmp(head.at, magic, n) == 0;
}

static int
zip_bid(struct bytes head)
{
	if (starts(head, "PK\3\4", 4) || starts(head, "PK\5\6", 4) || starts(head, "PK\7\10PK\3\4", 8))
		return 90;
	return 0;
}

static int
seven_bid(struct bytes head)
{
	return starts(head, "7z\xbc\xaf\x27\x1c", 6) ? 95 : 0;
}

static int
cpio_bid(struct bytes head)
{
	if (head.len < 76 || !(starts(head, "070701", 6) || starts(head, "070702", 6) || starts(head, "070707", 6)))
		return 0;
	for (size_t i = 6; i < 76; i++)
		if (!strchr("0123456789abcdefABCDEF", head.at[i]) || head.at[i] == 0)
			return 0;
	return 80;
}

static int
ar_bid(struct bytes head)
{
	return starts(head, "!<arch>\n", 8) ? 90 : 0;
}

static int
iso_bid(struct bytes head)
{
	return head.len > 32774 && memcmp(head.at + 32769, "CD001", 5) == 0 ? 60 : 0;
}

static int
cab_bid(struct bytes head)
{
	return starts(head, "MSCF\0\0\0\0", 8) ? 90 : 0;
}

/* a length before "-lhN-", and behind it a header level that no text has */
static int
lha_bid(struct bytes head)
{
	return head.len >= 22 && memcmp(head.at + 2, "-lh", 3) == 0 && head.at[6] == '-' && head.at[20] <= 3 ? 60 : 0;
}

static int
rar_bid(struct bytes head)
{
	return starts(head, "Rar!\x1a\7", 6) ? 90 : 0;
}

/* a header's checksum counts its own field as blanks; some old programs summed signed bytes */
static int
tar_bid(struct bytes head)
{
	char field[9] = { 0 }, *end;
	long sum = 0, signed_sum = 0, said;

	if (head.len < 512 || head.at[0] == 0)
		return 0;
	memcpy(field, head.at + 148, 8);
	said = strtol(field, &end, 8);
	/* as bytes may be summed signed, chance would often be near a short number */
	if (end == field || (*end != 0 && *end != ' '))
		return 0;
	for (size_t i = 0; i < 512; i++) {
		const uint8_t c = i >= 148 && i < 156 ? ' ' : head.at[i];

		sum += c;
		signed_sum += (int8_t)c;
	}
	if (said != sum && said != signed_sum)
		return 0;
	return memcmp(head.at + 257, "ustar", 5) == 0 ? 85 : 70;
}

static int
tar_support(struct archive *a)
{
	const int r = archive_read_support_format_tar(a);

	/* one tar behind another is read as well: nothing hides behind the two blank blocks */
	return r == ARCHIVE_OK ? archive_read_set_format_option(a, "tar", "read_concatenated_archives", "1") : r;
}

static int
zip_support(struct archive *a)
{
	return archive_read_support_format_zip(a);
}

static int
seven_support(struct archive *a)
{
	return archive_read_support_format_7zip(a);
}

static int
cpio_support(struct archive *a)
{
	return archive_read_support_format_cpio(a);
}

static int
ar_support(struct archive *a)
{
	return archive_read_support_format_ar(a);
}

static int
iso_support(struct archive *a)
{
	return archive_read_support_format_iso9660(a);
}

static int
cab_support(struct archive *a)
{
	return archive_read_support_format_cab(a);
}

static int
lha_support(struct archive *a)
{
	return archive_read_support_format_lha(a);
}

ARCHIVE_KIND(tar, tar_support, false, false)
ARCHIVE_KIND(zip, zip_support, false, true)
ARCHIVE_KIND(seven, seven_support, true, false)
ARCHIVE_KIND(cpio, cpio_support, false, false)
ARCHIVE_KIND(ar, ar_support, false, false)
ARCHIVE_KIND(iso, iso_support, false, false)
ARCHIVE_KIND(cab, cab_support, false, false)
ARCHIVE_KIND(lha, lha_support, false, false)

static struct feed *
rar_open(struct blob *b, struct budget *budget, struct error *err)
{
	(void)b;
	(void)budget;
	error_set(err, ERROR_UNSUPPORTED, "RAR archives are not read; unpack it and scan the folder");
	return NULL;
}

const struct wrapping wrapping_tar = { "tar", tar_bid, tar_open, NULL };
const struct wrapping wrapping_zip = { "zip", zip_bid, zip_open, NULL };
const struct wrapping wrapping_7z = { "7z", seven_bid, seven_open, dictionary_of };
const struct wrapping wrapping_cpio = { "cpio", cpio_bid, cpio_open, NULL };
const struct wrapping wrapping_ar = { "ar", ar_bid, ar_open, NULL };
const struct wrapping wrapping_iso = { "iso", iso_bid, iso_open, NULL };
const struct wrapping wrapping_cab = { "cab", cab_bid, cab_open, NULL };
const struct wrapping wrapping_lha = { "lha", lha_bid, lha_open, NULL };
const struct wrapping wrapping_rar = { "rar", rar_bid, rar_open, NULL };
