/* credence_page.h - the art of the page that goes with a note verbale (credence.svg) */
#ifndef SIFARA_NODE_CREDENCE_PAGE_H
#define SIFARA_NODE_CREDENCE_PAGE_H

#include "package/package.h"

extern const struct package_file credence_page[];
extern const size_t credence_page_n;

#endif
