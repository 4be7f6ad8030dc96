/* archive.h - the one file in which a package travels: NAME-VERSION.sifara
 *
 * A POSIX ustar archive (IEEE 1003.1, pax "ustar Interchange Format"), uncompressed, so that any
 * tar unpacks it; but only one of the many that tar could write for the same files: manifest.json,
 * manifest.note, then the files in the order of their names' bytes, each a regular file of mode
 * 0644, of nobody, of 1970, then two blocks of zeros and the end. The same folder thus gives the
 * same bytes on any machine. The reader refuses every other archive, which leaves no place for
 * links, devices, absolute paths, two files of one name, sparse files or hidden headers.
 */
#ifndef SIFARA_PACKAGE_ARCHIVE_H
#define SIFARA_PACKAGE_ARCHIVE_H

#include "package/package.h"

enum {
    PACKAGE_NAME = 64,                /* bytes of a file's name, folder included */
    PACKAGE_MANIFEST_BYTES = 1 << 16, /* of manifest.json */
    PACKAGE_NOTE_BYTES = 1 << 13,     /* of manifest.note */
    PACKAGE_BLOCK = 512,
    /* what all of it can be: each file with its header and up to a block of padding */
    PACKAGE_ARCHIVE_BYTES = PACKAGE_BYTES + PACKAGE_MANIFEST_BYTES + PACKAGE_NOTE_BYTES +
                            (PACKAGE_FILES + 3) * 2 * PACKAGE_BLOCK
};

/* What lies in an archive; all of it borrows from its bytes. */
struct package_archive {
    str manifest, note;
    struct package_files files;
};

/* Letters a-z, digits, '.' and '-'; at most one folder, documents/; neither hidden nor "..". */
bool package_name_valid(str name);
/* "words.ar.json" gives "ar"; STR_NONE for what is no file of words. */
str package_words_language(str name);
/* Two or three letters a-z (ISO 639). */
bool package_language_valid(str tag);

/* Appends the archive; names and sizes are what package_read_folder or the reader let through.
 * ERR_MEMORY_LIMIT when the buffer's maximum is too small. */
NODISCARD enum err package_archive_write(struct buf *, const struct package_archive *,
                                         struct fault *);
/* ERR_MALFORMED_TEXT with a sentence that says at which byte or file it is not as the writer would
 * write it; ERR_LIMIT for sizes. What the files say is not looked at: manifest.h does. */
NODISCARD enum err package_archive_read(str bytes, struct package_archive *out, struct fault *);

/* Other archives of ours are made of the same entries: a header, the bytes, zeros to the end of the
 * block, and two blocks of zeros behind the last one. */
void package_entry_header(str name, size_t size, char out[PACKAGE_BLOCK]);
size_t package_entry_padding(size_t size);
/* The entry at *at, which moves behind it; *out_name is STR_NONE at the end of the archive.
 * ERR_MALFORMED_TEXT with a sentence unless it is as it would have been written. */
NODISCARD enum err package_entry_read(str bytes, size_t *at, str *out_name, str *out,
                                      struct fault *);

#endif
