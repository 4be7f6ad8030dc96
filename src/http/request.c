/* request.c - what handlers ask of a request */
#include "http/http.h"

const char *http_method_name(enum http_method m)
{
    switch (m) {
    case HTTP_GET:
        return "GET";
    case HTTP_HEAD:
        return "HEAD";
    case HTTP_POST:
        return "POST";
    case HTTP_PUT:
        return "PUT";
    case HTTP_PATCH:
        return "PATCH";
    case HTTP_DELETE:
        return "DELETE";
    case HTTP_OPTIONS:
        return "OPTIONS";
    case HTTP_OTHER:
        break;
    }
    return "other";
}

str http_header(const struct http_request *r, str name)
{
    for (unsigned i = 0; i < r->n_headers; i++)
        if (r->headers[i].name.n == name.n && str_eq_nocase(r->headers[i].name, name))
            return r->headers[i].value;
    return STR_NONE;
}

static str pair_get(const struct http_pair *pairs, unsigned n, str name)
{
    for (unsigned i = 0; i < n; i++)
        if (str_eq(pairs[i].name, name))
            return pairs[i].value;
    return STR_NONE;
}

str http_param(const struct http_request *r, str name)
{
    return pair_get(r->params, r->n_params, name);
}

str http_query(const struct http_request *r, str name)
{
    return pair_get(r->query, r->n_query, name);
}

/* RFC 6265, 4.2.1: pairs separated by "; " */
str http_cookie(const struct http_request *r, str name)
{
    str found = STR_NONE, pair;

    for (unsigned i = 0; i < r->n_headers; i++) {
        if (!str_eq_nocase(r->headers[i].name, S("Cookie")))
            continue;
        str rest = r->headers[i].value;
        while (str_split(&rest, ';', &pair)) {
            pair = str_trim(pair);
            ptrdiff_t eq = str_find_char(pair, '=');
            if (eq < 0 || !str_eq(str_sub(pair, 0, (size_t)eq), name))
                continue;
            if (found.p)
                return STR_NONE;
            found = str_sub(pair, (size_t)eq + 1, pair.n);
            if (found.n >= 2 && str_starts(found, S("\"")) && str_ends(found, S("\"")))
                found = str_sub(found, 1, found.n - 1);
        }
    }
    return found;
}
