/* calendar_file.c - an appointment for a person's own calendar: iCalendar (RFC 5545)
 *
 * One VEVENT, in UTC: so it needs no VTIMEZONE, and each calendar shows it in its own zone. UID
 * stays when the appointment moves and SEQUENCE rises; one that is cancelled says so.
 */
#include "service/appointments_int.h"

#include <time.h>

enum { LINE_BYTES = 75 /* RFC 5545 section 3.1, without the line end */ };

/* Folded between characters, never within one. */
static void put_line(struct buf *b, str text)
{
    size_t room = LINE_BYTES;

    while (text.n > room) {
        size_t n = room;
        while (n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
            n--;
        buf_add_str(b, str_sub(text, 0, n));
        buf_add_str(b, S("\r\n "));
        text = str_sub(text, n, text.n);
        room = LINE_BYTES - 1;
    }
    buf_add_str(b, text);
    buf_add_str(b, S("\r\n"));
}

/* Section 3.3.11: backslash, semicolon, comma and line feed are escaped; what controls is dropped.
 */
static void put_text(struct buf *b, str name, str value)
{
    AUTO(buf) struct buf line = BUF(8192);

    buf_add_str(&line, name);
    buf_add_char(&line, ':');
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c == '\n')
            buf_add_str(&line, S("\\n"));
        else if (c == '\\' || c == ';' || c == ',')
            buf_printf(&line, "\\%c", c);
        else if (c >= 0x20 && c != 0x7f)
            buf_add_char(&line, (char)c);
    }
    put_line(b, buf_str(&line));
}

static void put_moment(struct buf *b, const char *name, int64_t ms)
{
    time_t secs = (time_t)(ms / 1000);
    char text[64];
    struct tm tm;

    gmtime_r(&secs, &tm);
    strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &tm);
    buf_printf(b, "%s:%s\r\n", name, text);
}

void calendar_put(struct buf *b, const struct calendar_event *e)
{
    buf_add_str(b, S("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Sifara//Appointments//EN\r\n"));
    put_text(b, S("METHOD"), e->cancelled ? S("CANCEL") : S("PUBLISH"));
    buf_add_str(b, S("BEGIN:VEVENT\r\n"));
    put_text(b, S("UID"), e->uid);
    buf_printf(b, "SEQUENCE:%lld\r\n", (long long)e->sequence);
    put_moment(b, "DTSTAMP", e->made);
    put_moment(b, "DTSTART", e->starts);
    put_moment(b, "DTEND", e->ends);
    put_text(b, S("STATUS"), e->cancelled ? S("CANCELLED") : S("CONFIRMED"));
    put_text(b, S("SUMMARY"), e->summary);
    put_text(b, S("LOCATION"), e->place);
    put_text(b, S("DESCRIPTION"), e->description);
    AUTO(buf) struct buf url = BUF(4096);
    buf_printf(&url, "URL:%.*s", STR_FMT(e->url));
    put_line(b, buf_str(&url));
    buf_add_str(b, S("END:VEVENT\r\nEND:VCALENDAR\r\n"));
}
