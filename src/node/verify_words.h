/* verify_words.h - the words of all languages, inside the program that stands alone (words/) */
#ifndef SIFARA_NODE_VERIFY_WORDS_H
#define SIFARA_NODE_VERIFY_WORDS_H

#include "package/package.h"

extern const struct package_file verify_words[];
extern const size_t verify_words_n;

#endif
