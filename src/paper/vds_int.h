/* vds_int.h - codecs of values, shared by vds.c and vds_text.c */
#ifndef SIFARA_PAPER_VDS_INT_H
#define SIFARA_PAPER_VDS_INT_H

#include "paper/vds.h"

/* Decodes C40; out has room for bytes.n / 2 * 3 + 1. False for bytes that no text gives. */
bool c40_decode(str bytes, char *out, size_t *out_n);
/* Appends text in C40; false at a character outside its alphabet. */
bool c40_encode(struct buf *, str text);

bool vds_date_ok(struct vds_date);
/* Three bytes; false if they are no date. Zero is "no date". */
bool vds_date_decode(const uint8_t p[3], struct vds_date *out);
void vds_date_encode(struct buf *, struct vds_date);

/* The value as text in the arena; STR_NONE if it does not fit its coding. */
str vds_value_text(enum vds_coding, str value, struct arena *);
/* The other way. */
bool vds_value_encode(enum vds_coding, str text, struct buf *);

#endif
