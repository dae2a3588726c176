/* driver.c: runs a fuzzer over files and folders of files, where there is no libFuzzer. */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static size_t runs;

static int
run_file(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	FILE *f;
	uint8_t *data;
	size_t len;

	(void)at;
	if (kind != FTW_F)
		return 0;
	f = fopen(path, "rb");
	/* exactly as long as the file, so that a sanitizer sees the first byte too far */
	data = malloc(st->st_size > 0 ? (size_t)st->st_size : 1);
	if (!f || !data) {
		perror(path);
		exit(2);
	}
	len = fread(data, 1, (size_t)st->st_size, f);
	fclose(f);
	LLVMFuzzerTestOneInput(data, len);
	free(data);
	runs++;
	return 0;
}

int
main(int argc, char **argv)
{
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		if (nftw(argv[i], run_file, 16, FTW_PHYS) != 0) {
			perror(argv[i]);
			return 2;
		}
	printf("%zu inputs\n", runs);
	return 0;
}
