/* scan.h - attachments pass a virus scanner, where one is configured
 *
 * The protocol is clamd's INSTREAM: "zINSTREAM\0", then chunks of a four-byte length and bytes, a
 * length of zero at the end, and one line as the answer: "stream: OK" or "stream: NAME FOUND".
 * A scanner that is configured and does not answer refuses the upload: nothing passes unseen.
 */
#ifndef SIFARA_SERVICE_SCAN_H
#define SIFARA_SERVICE_SCAN_H

#include "base/errors.h"

struct scan;

/* Connects to "/path/of/socket" or "127.0.0.1:3310" (addresses of this machine or its network, no
 * names). ERR_BUSY when nobody is there. */
NODISCARD enum err scan_open(const char *address, struct scan **out, struct fault *);
NODISCARD enum err scan_add(struct scan *, str bytes, struct fault *);
/* Waits for the verdict: ERR_MALWARE with the scanner's name for it. */
NODISCARD enum err scan_end(struct scan *, struct fault *);
void scan_free(struct scan *);

#endif
