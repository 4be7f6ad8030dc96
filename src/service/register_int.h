/* register_int.h - a register of persons that was kept elsewhere, entered row by row
 *
 * A trial tells of each row whether it is new, refused (with the places), twice in the file, on
 * record already, or entered before; it writes nothing. Each row is then an act of its own, known
 * by the digest of its file and its number: done again, it changes nothing.
 */
#ifndef SIFARA_SERVICE_REGISTER_INT_H
#define SIFARA_SERVICE_REGISTER_INT_H

#include "service/counter_int.h"

enum { REGISTER_BYTES = 2 << 20 };

enum err register_try_prepare(struct act *, struct fault *);
enum err register_try(struct act *, struct fault *);
enum err register_enter_prepare(struct act *, struct fault *);
enum err register_enter(struct act *, struct fault *);
enum err register_list(struct act *, struct fault *);

#endif
