/* migrations_int.h - what service_open applies */
#ifndef SIFARA_SERVICE_MIGRATIONS_INT_H
#define SIFARA_SERVICE_MIGRATIONS_INT_H

#include "store/store.h"

extern const struct migration service_migrations[];
extern const size_t service_migrations_n;

#endif
