/* value_file.c: extensions. */
#include "triage/value_file.h"

#include <string.h>
#include <strings.h>

struct extension {
	const char *text;
	enum file_kind kind;
};

static const struct extension extensions[] = {
	{"c", FILE_CODE}, {"h", FILE_CODE}, {"cc", FILE_CODE}, {"cpp", FILE_CODE}, {"cxx", FILE_CODE}, {"hpp", FILE_CODE}, {"py", FILE_CODE},
	{"pyx", FILE_CODE}, {"rb", FILE_CODE}, {"erb", FILE_CODE}, {"js", FILE_CODE}, {"jsx", FILE_CODE}, {"mjs", FILE_CODE},
	{"cjs", FILE_CODE}, {"ts", FILE_CODE}, {"tsx", FILE_CODE}, {"vue", FILE_CODE}, {"go", FILE_CODE}, {"java", FILE_CODE},
	{"kt", FILE_CODE}, {"kts", FILE_CODE}, {"scala", FILE_CODE}, {"groovy", FILE_CODE}, {"gradle", FILE_CODE}, {"cs", FILE_CODE},
	{"vb", FILE_CODE}, {"fs", FILE_CODE}, {"swift", FILE_CODE}, {"m", FILE_CODE}, {"mm", FILE_CODE}, {"rs", FILE_CODE},
	{"php", FILE_CODE}, {"pl", FILE_CODE}, {"pm", FILE_CODE}, {"lua", FILE_CODE}, {"ex", FILE_CODE}, {"exs", FILE_CODE},
	{"erl", FILE_CODE}, {"hs", FILE_CODE}, {"clj", FILE_CODE}, {"dart", FILE_CODE}, {"jl", FILE_CODE}, {"r", FILE_CODE},
	{"sql", FILE_CODE}, {"tf", FILE_CODE}, {"hcl", FILE_CODE}, {"nix", FILE_CODE}, {"ml", FILE_CODE}, {"coffee", FILE_CODE},
	{"s", FILE_CODE}, {"cshtml", FILE_CODE}, {"jsp", FILE_CODE}, {"proto", FILE_CODE}, {"bzl", FILE_CODE}, {"snap", FILE_CODE},
	{"env", FILE_CONFIG}, {"ini", FILE_CONFIG}, {"cfg", FILE_CONFIG}, {"conf", FILE_CONFIG}, {"cnf", FILE_CONFIG},
	{"config", FILE_CONFIG}, {"properties", FILE_CONFIG}, {"yaml", FILE_CONFIG}, {"yml", FILE_CONFIG}, {"toml", FILE_CONFIG},
	{"tfvars", FILE_CONFIG}, {"npmrc", FILE_CONFIG}, {"netrc", FILE_CONFIG}, {"example", FILE_CONFIG}, {"sample", FILE_CONFIG},
	{"dist", FILE_CONFIG}, {"tmpl", FILE_CONFIG}, {"tpl", FILE_CONFIG}, {"j2", FILE_CONFIG}, {"template", FILE_CONFIG},
	{"sh", FILE_SHELL}, {"bash", FILE_SHELL}, {"zsh", FILE_SHELL}, {"fish", FILE_SHELL}, {"ps1", FILE_SHELL}, {"bat", FILE_SHELL},
	{"cmd", FILE_SHELL}, {"dockerfile", FILE_SHELL}, {"mk", FILE_SHELL}, {"service", FILE_CONFIG},
	{"json", FILE_DATA}, {"jsonl", FILE_DATA}, {"har", FILE_DATA}, {"ipynb", FILE_DATA}, {"tfstate", FILE_DATA}, {"csv", FILE_DATA},
	{"xml", FILE_MARKUP}, {"html", FILE_MARKUP}, {"htm", FILE_MARKUP}, {"xaml", FILE_MARKUP}, {"svg", FILE_MARKUP},
	{"plist", FILE_MARKUP}, {"resx", FILE_MARKUP}, {"css", FILE_MARKUP}, {"scss", FILE_MARKUP}, {"less", FILE_MARKUP},
	{"lock", FILE_LOCK}, {"sum", FILE_LOCK}, {"po", FILE_LOCK}, {"pot", FILE_LOCK}, {"map", FILE_LOCK}, {"arb", FILE_LOCK},
	{"strings", FILE_LOCK}, {"ts-locale", FILE_LOCK},
};

static const char *
base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

enum file_kind
value_file(const char *path)
{
	const char *base, *dot;

	if (path == NULL)
		return FILE_TEXT;
	base = base_of(path);
	if (strcmp(base, "package-lock.json") == 0 || strcmp(base, "pnpm-lock.yaml") == 0)
		return FILE_LOCK;
	if (strncmp(base, ".env", 4) == 0)
		return FILE_CONFIG;
	if (strncasecmp(base, "dockerfile", 10) == 0 || strcmp(base, "Makefile") == 0)
		return FILE_SHELL;
	dot = strrchr(base, '.');
	for (size_t i = 0; dot != NULL && i < sizeof extensions / sizeof *extensions; i++)
		if ((dot[1] | 32) == extensions[i].text[0] && strcasecmp(dot + 1, extensions[i].text) == 0)
			return extensions[i].kind;
	return FILE_TEXT;
}

static bool
holds_any(const char *path, const char *const *word, size_t words)
{
	for (; path != NULL && *path != 0; path++)
		for (size_t i = 0; i < words; i++)
			if ((*path | 32) == word[i][0] && strncasecmp(path, word[i], strlen(word[i])) == 0)
				return true;
	return false;
}

bool
value_file_test(const char *path)
{
	static const char *const words[] = {"test", "spec/", "fixture", "mock", "example", "sample", "demo"};

	return holds_any(path, words, sizeof words / sizeof *words);
}

bool
value_file_example(const char *path)
{
	static const char *const words[] = {"example", "sample"};

	return holds_any(path, words, sizeof words / sizeof *words);
}

bool
value_file_foreign(const char *path)
{
	static const char *const folders[] = {"node_modules/", "site-packages/", "dist-packages/", "vendor/", "bower_components/", "pkg/mod/",
		".cargo/registry/", "gems/", "third_party/", "third-party/", ".m2/repository/"};

	for (size_t i = 0; path != NULL && i < sizeof folders / sizeof *folders; i++) {
		const char *at = strstr(path, folders[i]);

		if (at != NULL && (at == path || at[-1] == '/' || at[-1] == '!'))
			return true;
	}
	return false;
}
