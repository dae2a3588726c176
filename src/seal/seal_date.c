/* Dates without time zones, locales or the C library's calendar. */
#include <stdio.h>
#include <string.h>

#include <stanch/seal.h>

static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";

static bool
is_shaped(const char *text, size_t len)
{
	if (len != sizeof shape - 1)
		return false;
	for (size_t i = 0; i < len; i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return false;
	return true;
}

static int
number(const char *text, int digits)
{
	int n = 0;

	for (int i = 0; i < digits; i++)
		n = n * 10 + (text[i] - '0');
	return n;
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* days from 1970-01-01 to the first of January */
static int64_t
year_days(int64_t year)
{
	const int64_t y = year - 1;

	return (year - 1970) * 365 + (y / 4 - y / 100 + y / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

bool
seal_date_parse(const char *text, size_t len, int64_t *seconds)
{
	int year, month, day, hour, minute, second;
	int64_t days;

	if (len == 5 && memcmp(text, "never", 5) == 0) {
		*seconds = SEAL_NEVER;
		return true;
	}
	if (!is_shaped(text, len))
		return false;
	year = number(text, 4), month = number(text + 5, 2), day = number(text + 8, 2);
	hour = number(text + 11, 2), minute = number(text + 14, 2), second = number(text + 17, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > month_days(year, month) || hour > 23 || minute > 59 || second > 59)
		return false;
	days = year_days(year) + day - 1;
	for (int m = 1; m < month; m++)
		days += month_days(year, m);
	*seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
	return true;
}

void
seal_date_format(int64_t seconds, char text[24])
{
	int64_t days = seconds / 86400, rest = seconds % 86400;
	int year = 1970, month = 1;

	if (seconds < 0 || days >= year_days(10000)) {
		strcpy(text, "never");
		return;
	}
	while (year_days(year + 1) <= days)
		year++;
	days -= year_days(year);
	for (; days >= month_days(year, month); month++)
		days -= month_days(year, month);
	snprintf(text, 24, "%04d-%02d-%02dT%02d:%02d:%02dZ", year % 10000, month % 100, (int)days % 100 + 1, (int)(rest / 3600),
	    (int)(rest / 60 % 60), (int)(rest % 60));
}
