/* version.h - the version of this program */
#ifndef SIFARA_NODE_VERSION_H
#define SIFARA_NODE_VERSION_H

#define SIFARA_VERSION "0.1.0"

#endif
