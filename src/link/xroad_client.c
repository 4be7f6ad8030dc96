#include "link/xroad.h"

#include <string.h>

bool xroad_part_valid(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              (c && strchr("'()+,-.=?", c))))
            return false;
    }
    return s.n > 0 && s.n <= XROAD_PART;
}

bool xroad_client_parse(str text, struct xroad_client *out)
{
    str part[4] = {STR_NONE, STR_NONE, STR_NONE, STR_NONE}, rest = text;
    size_t n = 0;

    for (size_t i = 0; i < text.n && n < 4; i++)
        n += text.p[i] == '/';
    if (n != 2 && n != 3)
        return false;
    for (size_t i = 0; i <= n; i++) {
        ptrdiff_t slash = str_find_char(rest, '/');
        part[i] = slash < 0 ? rest : str_sub(rest, 0, (size_t)slash);
        rest = slash < 0 ? STR_NONE : str_sub(rest, (size_t)slash + 1, rest.n);
        if (!xroad_part_valid(part[i]))
            return false;
    }
    *out = (struct xroad_client){part[0], part[1], part[2], part[3]};
    return true;
}
