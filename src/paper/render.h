/* render.h - an SVG template and values to a PDF of one page
 *
 * A template is an SVG file whose width and height are lengths (210mm, 297mm) and in which
 *
 *   {{name}}              stands, in text or in an attribute, for the value of that name
 *   <text data-fit="W">   shrinks to W user units (needs id and font-size, both as attributes)
 *   <rect data-text="T">  is a box (needs id) that T is set in: wrapped, and shrunk if it must be,
 *                         down to data-min. data-font, data-size, data-weight (bold),
 *                         data-align (start, end, left, right, center), data-valign (top, middle,
 * bottom), data-dir (ltr, rtl, auto), data-lang, data-fill (#rrggbb) <rect id="seal">      is where
 * the seal stands, as a Data Matrix with its quiet zone <rect id="mrz">       is where the machine
 * readable zone stands, in OCR B, 10 to the inch or as wide as the rectangle allows
 *
 * A template is data that may come from another state: it loads nothing from outside itself
 * (librsvg is given no base address), DOCTYPE and entities are refused, sizes are limited.
 * Fonts are embedded as subsets. The same input gives the same bytes on the same machine.
 *
 * One thread at a time; the node renders in its worker process (worker.h).
 */
#ifndef SIFARA_PAPER_RENDER_H
#define SIFARA_PAPER_RENDER_H

#include "base/buf.h"
#include "base/errors.h"

#define RENDER_TEMPLATE_MAX (size_t)(512 << 10)
#define RENDER_VALUES_MAX   256
#define RENDER_VALUE_MAX    8192 /* bytes of one value */
#define RENDER_BOXES_MAX    96
#define RENDER_PDF_MAX      (size_t)(16 << 20)

struct render_value {
    str name; /* a-z, 0-9, _ . - ; at most 64 */
    str text; /* UTF-8 without control characters but line feeds */
};

struct render_in {
    str template_svg;
    const struct render_value *values;
    size_t n;
    str seal;           /* bytes; empty for none */
    str mrz;            /* lines; empty for none */
    str watermark;      /* across the page; empty for none */
    str title;          /* of the PDF */
    int64_t created_ms; /* date of the PDF */
};

/* Appends the template with its values put in: what the page says, before any font is asked. Errors
 * as render_pdf. */
NODISCARD enum err template_expand(const struct render_in *, struct buf *out, struct fault *);

/* Appends the PDF. Errors: ERR_LIMIT; ERR_SYNTAX at /template (not a template, or a seal or zone
 * without a place); ERR_INVALID at /values/NAME (a value is missing, or has characters that no
 * document can have); ERR_RANGE at /template/ID (a text that does not fit its box);
 * ERR_MEMORY, ERR_INTERNAL. */
NODISCARD enum err render_pdf(const struct render_in *, struct buf *out, struct fault *);

/* Loads fonts and what libraries load on first use. ERR_INTERNAL if a font is not installed:
 * Noto Sans, Noto Serif, Noto Sans Arabic, Noto Naskh Arabic (Debian: fonts-noto-core), and OCR B
 * (fonts-ocr-b). */
NODISCARD enum err render_warm(struct fault *);

#endif
