/* problem.h - the one door through which a fault becomes an HTTP answer (RFC 9457)
 *
 * type = "/problems/" + slug, a page that the server generates from base/errors.h; instance =
 * "urn:uuid:" + request id; extension errors = [{pointer, detail}] from the fault. The detail of
 * a 5xx stays in the log.
 */
#ifndef SIFARA_HTTP_PROBLEM_H
#define SIFARA_HTTP_PROBLEM_H

#include "base/buf.h"
#include "http/http.h"

/* Status of a class of errors. */
unsigned problem_status(enum err_class);
/* Writes the problem document of f, whose code is not OK. name and json: an extension member and
 * its value; STR_NONE for none. */
void problem_write(struct buf *, const struct fault *f, const char *request_id, str name, str json);
/* Makes f the reply; retry_after in seconds, 0 for the default of BUSY and LIMITED. */
void http_reply_fault_after(struct http_request *, const struct fault *f, unsigned retry_after);
/* Makes f the reply with one more member, its value given as JSON (RFC 9457, section 3.2). */
void http_reply_fault_with(struct http_request *, const struct fault *f, str name, str json);
static inline enum http_verdict http_fail(struct http_request *r, const struct fault *f)
{
    http_reply_fault_after(r, f, 0);
    return HTTP_DONE;
}
/* The page of one slug, or with an empty one the list of all; false if there is no such slug. */
bool problem_page(struct buf *, str slug);

#endif
