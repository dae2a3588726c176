/* formats.h: what manifest.c lists. */
#ifndef MANIFEST_FORMATS_H
#define MANIFEST_FORMATS_H

struct manifest_format;

extern const struct manifest_format format_assignments, format_chap, format_directives, format_dockerfile, format_environ, format_hcl, format_ipsec, format_netrc,
	format_pgpass, format_radius, format_sasl, format_userlist, format_xml, format_yaml;

#endif
