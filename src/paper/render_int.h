/* render_int.h - templates as text (render_template.c), drawing (render_draw.c) */
#ifndef SIFARA_PAPER_RENDER_INT_H
#define SIFARA_PAPER_RENDER_INT_H

#include <cairo.h>

#include "paper/render.h"

#define TAG_ATTRS 32

/* A start tag of the expanded template; strings borrow from it, entities resolved in the arena. */
struct tag {
    str name;
    size_t n;
    struct {
        str key, value;
    } attr[TAG_ATTRS];
};

/* The value of an attribute, or otherwise. */
str tag_attr(const struct tag *, const char *key, str otherwise);
/* A number at the beginning of an attribute. */
double tag_number(const struct tag *, const char *key, double otherwise);

/* Goes through start tags: false at the end, or with *e set at what a template may not have.
 * *rest begins as the whole text. */
bool template_next(str *rest, struct arena *, struct tag *out, enum err *e, struct fault *);

struct box {
    double x, y, w, h;
};

/* Lays text out in a box; scale is what one user unit of the template is in points. */
NODISCARD enum err draw_text(cairo_t *, const struct tag *, struct box, double scale,
                             struct fault *);
NODISCARD enum err draw_mrz(cairo_t *, str lines, struct box, struct fault *);
/* Over a page of that size, from corner to corner, so that what is below can still be read. */
void draw_watermark(cairo_t *, str text, double width, double height);
NODISCARD enum err draw_seal(cairo_t *, str bytes, struct box, struct fault *);

#endif
