/* answers.h - what actions answer (answers.json): the schema of each by its name, and the schemas
 */
#ifndef SIFARA_NODE_ANSWERS_H
#define SIFARA_NODE_ANSWERS_H

#include "package/package.h"

extern const struct package_file answers_file[];
extern const size_t answers_file_n;

#endif
