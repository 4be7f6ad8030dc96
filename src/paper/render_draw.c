/* render_draw.c - what librsvg does not do: wrapped text, zones, seals */
#include "paper/render_int.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>

#include "paper/barcode.h"

#define PITCH 7.2 /* points: ten characters to the inch (Doc 9303-3, 4.5) */

static PangoLayout *layout_new(cairo_t *c)
{
    PangoLayout *l = pango_cairo_create_layout(c);
    cairo_font_options_t *o = cairo_font_options_create();

    /* positions must not depend on a screen's pixels */
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(pango_layout_get_context(l), o);
    pango_context_set_round_glyph_positions(pango_layout_get_context(l), FALSE);
    cairo_font_options_destroy(o);
    return l;
}

static void set_font(PangoLayout *l, str family, bool bold, double size)
{
    char name[128];
    PangoFontDescription *d = pango_font_description_new();

    snprintf(name, sizeof name, "%.*s", (int)(family.n < 120 ? family.n : 120), family.p);
    pango_font_description_set_family(d, name);
    pango_font_description_set_weight(d, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(d, size * PANGO_SCALE);
    pango_layout_set_font_description(l, d);
    pango_font_description_free(d);
}

/* #rrggbb; black if it is something else. */
static void set_colour(cairo_t *c, str s)
{
    unsigned v[3] = {0, 0, 0};
    char text[8] = "";

    if (s.n == 7 && s.p[0] == '#') {
        memcpy(text, s.p, 7);
        if (sscanf(text, "#%2x%2x%2x", &v[0], &v[1], &v[2]) != 3)
            v[0] = v[1] = v[2] = 0;
    }
    cairo_set_source_rgb(c, v[0] / 255.0, v[1] / 255.0, v[2] / 255.0);
}

/* start and end turn with the direction, left and right do not. */
static PangoAlignment alignment_of(str align, bool rtl)
{
    if (str_eq(align, S("center")))
        return PANGO_ALIGN_CENTER;
    if (str_eq(align, S("left")))
        return PANGO_ALIGN_LEFT;
    if (str_eq(align, S("right")))
        return PANGO_ALIGN_RIGHT;
    return str_eq(align, S("end")) != rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
}

/* The direction of the first letter that has one (Unicode Bidirectional Algorithm, P2). */
static bool begins_rtl(str text)
{
    uint32_t cp;

    for (size_t i = 0, n; i < text.n && (n = utf8_decode(str_sub(text, i, text.n), &cp)); i += n) {
        UCharDirection d = u_charDirection((UChar32)cp);
        if (d == U_LEFT_TO_RIGHT)
            return false;
        if (d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC)
            return true;
    }
    return false;
}

/* Direction, language, alignment. Names are never broken with a hyphen that is not theirs. */
static void set_paragraph(PangoLayout *l, const struct tag *t, str text, double width)
{
    str lang = tag_attr(t, "data-lang", S("")), dir = tag_attr(t, "data-dir", S("ltr"));
    bool rtl = str_eq(dir, S("rtl"));
    PangoContext *pc = pango_layout_get_context(l);
    PangoAttrList *attrs = pango_attr_list_new();
    char tag[16] = "";

    if (str_eq(dir, S("auto")))
        rtl = begins_rtl(text);
    pango_context_set_base_dir(pc, rtl ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    pango_layout_set_auto_dir(l, FALSE);
    if (lang.n > 0 && lang.n < sizeof tag) {
        memcpy(tag, lang.p, lang.n);
        pango_context_set_language(pc, pango_language_from_string(tag));
    }
    pango_attr_list_insert(attrs, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(l, attrs);
    pango_attr_list_unref(attrs);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_alignment(l, alignment_of(tag_attr(t, "data-align", S("")), rtl));
}

static enum err too_long(const struct tag *t, struct fault *f)
{
    char pointer[96];
    str id = tag_attr(t, "id", S(""));

    snprintf(pointer, sizeof pointer, "/template/%.*s", (int)(id.n < 64 ? id.n : 64), id.p);
    return fault_at(f, ERR_RANGE, pointer, "the text does not fit its place");
}

static bool fits(PangoLayout *l, struct box b, double *out_height)
{
    PangoRectangle logical;

    pango_layout_get_extents(l, NULL, &logical);
    *out_height = (double)logical.height / PANGO_SCALE;
    return *out_height <= b.h && (double)logical.width / PANGO_SCALE <= b.w + 0.1;
}

/* Finds the largest size between the two at which the text fits; words stay whole if any size
 * lets them. */
static bool fit(PangoLayout *l, const struct tag *t, struct box b, double scale, double *out_height)
{
    static const PangoWrapMode modes[] = {PANGO_WRAP_WORD, PANGO_WRAP_WORD_CHAR};
    str family = tag_attr(t, "data-font", S("Noto Sans"));
    bool bold = str_eq(tag_attr(t, "data-weight", S("")), S("bold"));
    double most = tag_number(t, "data-size", 11), least = tag_number(t, "data-min", most * 0.6);

    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        pango_layout_set_wrap(l, modes[i]);
        for (double size = most; size >= least && size > most / 20; size *= 0.96) {
            set_font(l, family, bold, size * scale);
            if (fits(l, b, out_height))
                return true;
        }
    }
    return false;
}

enum err draw_text(cairo_t *c, const struct tag *t, struct box b, double scale, struct fault *f)
{
    str text = tag_attr(t, "data-text", S("")), valign = tag_attr(t, "data-valign", S("top"));
    double height = 0;
    PangoLayout *l = layout_new(c);

    set_paragraph(l, t, text, b.w);
    pango_layout_set_text(l, text.p, (int)text.n);
    bool ok = fit(l, t, b, scale, &height);
    if (ok) {
        double spare = b.h - height;
        double dy = str_eq(valign, S("middle"))   ? spare / 2
                    : str_eq(valign, S("bottom")) ? spare
                                                  : 0;
        set_colour(c, tag_attr(t, "data-fill", S("#000000")));
        cairo_move_to(c, b.x, b.y + dy);
        pango_cairo_show_layout(c, l);
    }
    g_object_unref(l);
    return ok ? OK : too_long(t, f);
}

/* Width of one character of the fixed pitch font at size 100. */
static double advance_at_100(PangoLayout *l)
{
    PangoRectangle logical;

    set_font(l, S("OCR B"), false, 100);
    pango_layout_set_text(l, "0000000000", 10);
    pango_layout_get_extents(l, NULL, &logical);
    return (double)logical.width / PANGO_SCALE / 10;
}

enum err draw_mrz(cairo_t *c, str lines, struct box b, struct fault *f)
{
    str rest = lines, line;
    size_t n = 0, longest = 0;

    while (str_split(&rest, '\n', &line)) {
        longest = line.n > longest ? line.n : longest;
        n++;
    }
    if (n == 0 || n > 3 || longest == 0 || longest > 44)
        return fault_at(f, ERR_INVALID, "/mrz", "this is no machine readable zone");
    double pitch = b.w / (double)longest < PITCH ? b.w / (double)longest : PITCH;
    PangoLayout *l = layout_new(c);
    double advance = advance_at_100(l), left = b.x + (b.w - pitch * (double)longest) / 2;
    set_font(l, S("OCR B"), false, 100 * pitch / (advance > 1 ? advance : 60));
    cairo_set_source_rgb(c, 0, 0, 0);
    rest = lines;
    for (size_t i = 0; str_split(&rest, '\n', &line); i++) {
        PangoRectangle logical;
        pango_layout_set_text(l, line.p, (int)line.n);
        pango_layout_get_extents(l, NULL, &logical);
        double step = b.h / (double)n;
        cairo_move_to(c, left,
                      b.y + step * (double)i + (step - (double)logical.height / PANGO_SCALE) / 2);
        /* as outlines: cairo 1.16 embeds this OpenType font in a way that viewers cannot read */
        pango_cairo_layout_path(c, l);
        cairo_fill(c);
    }
    g_object_unref(l);
    return OK;
}

enum err draw_seal(cairo_t *c, str bytes, struct box b, struct fault *f)
{
    struct datamatrix m;

    TRY(datamatrix_write(bytes, &m, f));
    double side = b.w < b.h ? b.w : b.h, module = side / (m.n + 2);
    double left = b.x + (b.w - side) / 2 + module, top = b.y + (b.h - side) / 2 + module;
    cairo_rectangle(c, left - module, top - module, side, side);
    cairo_set_source_rgb(c, 1, 1, 1);
    cairo_fill(c);
    /* all modules are one path, so that no viewer leaves hairlines between them */
    for (unsigned y = 0; y < m.n; y++)
        for (unsigned x = 0; x < m.n;) {
            unsigned run = 0;
            while (x + run < m.n && m.dark[y * m.n + x + run])
                run++;
            if (run)
                cairo_rectangle(c, left + x * module, top + y * module, run * module, module);
            x += run ? run : 1;
        }
    cairo_set_source_rgb(c, 0, 0, 0);
    cairo_fill(c);
    return OK;
}

void draw_watermark(cairo_t *c, str text, double width, double height)
{
    double diagonal = hypot(width, height);
    PangoLayout *l = layout_new(c);
    int w, h;

    set_font(l, S("Noto Sans"), true, 100);
    pango_layout_set_text(l, text.p, (int)text.n);
    pango_layout_get_size(l, &w, &h);
    double size = w > 0 ? 0.8 * diagonal * PANGO_SCALE / w : 1;
    cairo_save(c);
    cairo_translate(c, width / 2, height / 2);
    cairo_rotate(c, -atan2(height, width));
    cairo_scale(c, size, size);
    cairo_translate(c, -(double)w / PANGO_SCALE / 2, -(double)h / PANGO_SCALE / 2);
    cairo_set_source_rgba(c, 0.8, 0, 0, 0.25);
    cairo_move_to(c, 0, 0); /* not where the last text ended */
    pango_cairo_show_layout(c, l);
    cairo_restore(c);
    g_object_unref(l);
}
