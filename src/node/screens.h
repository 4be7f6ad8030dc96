/* screens.h - the files of the screens (web/), as they are built into the program
 *
 * web/build.mjs makes them: portal.js, desk.js and ministry.js with their style sheets and parts, each
 * name with the digest of its content, each also compressed (NAME.gz, NAME.br).
 */
#ifndef SIFARA_NODE_SCREENS_H
#define SIFARA_NODE_SCREENS_H

#include "package/package.h"

extern const struct package_file screen_files[];
extern const size_t screen_files_n;

#endif
