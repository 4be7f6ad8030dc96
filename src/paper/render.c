/* render.c - from a template to the bytes of a PDF
 *
 * Expand the names in braces; collect the tags that need work of ours; let librsvg measure what
 * must fit, and shrink it by a style sheet; let it draw the page; then draw boxes, zone and seal
 * where it says their rectangles are.
 */
#include "paper/render_int.h"
#include "paper/vds.h"

#include <cairo-pdf.h>
#include <librsvg/rsvg.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>

#define PAGE_MAX_POINTS 2400.0
#define EXPANDED_MAX    (size_t)(4 << 20)
#define ARENA_MAX       (size_t)(16 << 20)

struct page {
    RsvgHandle *svg;
    RsvgRectangle view; /* in points, from 0, 0 */
    size_t n;
    struct tag tags[RENDER_BOXES_MAX]; /* those that need work of ours */
    const struct render_in *in;
};

static void page_done(struct page *p)
{
    if (p->svg)
        g_object_unref(p->svg);
}

DEFINE_AUTO(page, struct page, page_done)

static enum err load_svg(struct page *p, str text, struct fault *f)
{
    GError *why = NULL;

    p->svg = rsvg_handle_new_from_data((const guint8 *)text.p, text.n, &why);
    if (!p->svg) {
        enum err e = fault_at(f, ERR_SYNTAX, "/template", "%s", why ? why->message : "no SVG");
        g_clear_error(&why);
        return e;
    }
    rsvg_handle_set_dpi(p->svg, 72);
    if (!rsvg_handle_get_intrinsic_size_in_pixels(p->svg, &p->view.width, &p->view.height) ||
        !(p->view.width > 1 && p->view.height > 1))
        return fault_at(f, ERR_SYNTAX, "/template", "the page has no size");
    if (p->view.width > PAGE_MAX_POINTS || p->view.height > PAGE_MAX_POINTS)
        return fault_at(f, ERR_LIMIT, "/template", "the page is too large");
    return OK;
}

static bool needs_work(const struct tag *t)
{
    str id = tag_attr(t, "id", S(""));

    if (str_eq(t->name, S("text")))
        return tag_attr(t, "data-fit", STR_NONE).p != NULL;
    return str_eq(t->name, S("rect")) && (str_eq(id, S("seal")) || str_eq(id, S("mrz")) ||
                                          tag_attr(t, "data-text", STR_NONE).p != NULL);
}

static bool id_ok(str id)
{
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    return id.n > 0 && id.n < 64;
}

static enum err collect(struct page *p, str text, struct arena *a, struct fault *f)
{
    struct tag t;
    enum err e;

    while (template_next(&text, a, &t, &e, f)) {
        if (!needs_work(&t))
            continue;
        if (!id_ok(tag_attr(&t, "id", S(""))))
            return fault_at(f, ERR_SYNTAX, "/template", "a %.*s needs an id", STR_FMT(t.name));
        if (p->n == RENDER_BOXES_MAX)
            return fault_at(f, ERR_LIMIT, "/template", "too many boxes");
        p->tags[p->n++] = t;
    }
    return e;
}

/* Where an element is on the page, in points. */
static bool place_of(const struct page *p, const struct tag *t, struct box *out)
{
    RsvgRectangle ink, logical;
    char id[80];
    str name = tag_attr(t, "id", S(""));

    snprintf(id, sizeof id, "#%.*s", STR_FMT(name));
    if (!rsvg_handle_get_geometry_for_layer(p->svg, id, &p->view, &ink, &logical, NULL))
        return false;
    *out = (struct box){logical.x, logical.y, logical.width, logical.height};
    return true;
}

/* Texts that are too wide get a smaller size by a style sheet, which beats their attribute. */
static enum err shrink_texts(struct page *p, double unit, struct fault *f)
{
    AUTO(buf) struct buf css = BUF(64 << 10);

    for (size_t i = 0; i < p->n; i++) {
        const struct tag *t = &p->tags[i];
        double size = tag_number(t, "font-size", 0), limit = tag_number(t, "data-fit", 0) * unit;
        struct box b;
        if (!str_eq(t->name, S("text")))
            continue;
        if (size <= 0 || limit <= 0 || !place_of(p, t, &b))
            return fault_at(f, ERR_SYNTAX, "/template", "data-fit needs a font-size");
        if (b.w > limit)
            buf_printf(&css, "#%.*s { font-size: %.3fpx }\n", STR_FMT(tag_attr(t, "id", S(""))),
                       size * limit / b.w);
    }
    if (css.n && !rsvg_handle_set_stylesheet(p->svg, (const guint8 *)css.p, css.n, NULL))
        return fault(f, ERR_INTERNAL, "the style sheet was refused");
    return OK;
}

static enum err draw_rect(const struct page *p, cairo_t *c, const struct tag *t, struct fault *f)
{
    str id = tag_attr(t, "id", S(""));
    double width = tag_number(t, "width", 0);
    struct box b;

    if (!place_of(p, t, &b) || b.w <= 0 || b.h <= 0 || width <= 0)
        return fault_at(f, ERR_SYNTAX, "/template", "the box %.*s has no size", STR_FMT(id));
    if (str_eq(id, S("seal")))
        return p->in->seal.n ? draw_seal(c, p->in->seal, b, f) : OK;
    if (str_eq(id, S("mrz")))
        return p->in->mrz.n ? draw_mrz(c, p->in->mrz, b, f) : OK;
    return draw_text(c, t, b, b.w / width, f);
}

static bool has_place(const struct page *p, str id)
{
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->tags[i].name, S("rect")) && str_eq(tag_attr(&p->tags[i], "id", S("")), id))
            return true;
    return false;
}

static enum err draw_page(struct page *p, cairo_t *c, struct fault *f)
{
    GError *why = NULL;

    if ((p->in->seal.n && !has_place(p, S("seal"))) || (p->in->mrz.n && !has_place(p, S("mrz"))))
        return fault_at(f, ERR_SYNTAX, "/template", "there is no place for the seal or the zone");
    if (!rsvg_handle_render_document(p->svg, c, &p->view, &why)) {
        enum err e = fault_at(f, ERR_SYNTAX, "/template", "%s", why ? why->message : "");
        g_clear_error(&why);
        return e;
    }
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->tags[i].name, S("rect")))
            TRY(draw_rect(p, c, &p->tags[i], f));
    if (p->in->watermark.n && utf8_valid(p->in->watermark))
        draw_watermark(c, p->in->watermark, p->view.width, p->view.height);
    return cairo_status(c) == CAIRO_STATUS_SUCCESS
               ? OK
               : fault(f, ERR_INTERNAL, "%s", cairo_status_to_string(cairo_status(c)));
}

/* --- PDF --------------------------------------------------------------------------------- */

static cairo_status_t write_to_buf(void *to, const unsigned char *p, unsigned n)
{
    struct buf *b = to;

    buf_add(b, p, n);
    return buf_ok(b) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void set_metadata(cairo_surface_t *s, const struct render_in *in, struct arena *a)
{
    time_t seconds = (time_t)(in->created_ms / 1000);
    struct tm tm;
    char date[40] = "1970-01-01T00:00:00Z";

    if (gmtime_r(&seconds, &tm))
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, "Sifara");
    char *title = in->title.n && utf8_valid(in->title) ? str_cstr(a, in->title) : NULL;
    if (title)
        cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, title);
}

static enum err write_pdf(struct page *p, struct arena *a, struct buf *out, struct fault *f)
{
    cairo_surface_t *s =
        cairo_pdf_surface_create_for_stream(write_to_buf, out, p->view.width, p->view.height);
    set_metadata(s, p->in, a);
    cairo_t *c = cairo_create(s);
    enum err e = draw_page(p, c, f);
    cairo_destroy(c);
    cairo_surface_finish(s);
    if (e == OK && (cairo_surface_status(s) != CAIRO_STATUS_SUCCESS || !buf_ok(out)))
        e = fault(f, ERR_LIMIT, "the document is too large");
    cairo_surface_destroy(s);
    if (e == OK)
        vds_put_behind(out, p->in->seal);
    return e;
}

/* User units of the template are points times this; boxes know better by themselves. */
static double unit_of(const struct page *p)
{
    gboolean has_box = FALSE;
    RsvgRectangle box;

    rsvg_handle_get_intrinsic_dimensions(p->svg, NULL, NULL, NULL, NULL, &has_box, &box);
    return has_box && box.width > 0 ? p->view.width / box.width : 1;
}

enum err render_pdf(const struct render_in *in, struct buf *out, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ARENA_MAX);
    AUTO(buf) struct buf text = BUF(EXPANDED_MAX);
    AUTO(page) struct page p = {.in = in};
    AUTO(buf) struct buf pdf = BUF(RENDER_PDF_MAX);

    if (!a)
        return fault(f, ERR_MEMORY, "no memory");
    TRY(template_expand(in, &text, f));
    TRY(collect(&p, buf_str(&text), a, f));
    TRY(load_svg(&p, buf_str(&text), f));
    TRY(shrink_texts(&p, unit_of(&p), f));
    TRY(write_pdf(&p, a, &pdf, f));
    buf_add_str(out, buf_str(&pdf));
    return buf_ok(out) ? OK : fault(f, ERR_LIMIT, "the document is too large");
}

/* --- warming ----------------------------------------------------------------------------- */

static bool font_there(PangoFontMap *map, const char *family)
{
    PangoFontFamily *found = pango_font_map_get_family(map, family);

    return found && strcmp(pango_font_family_get_name(found), family) == 0;
}

enum err render_warm(struct fault *f)
{
    static const char *const families[] = {"Noto Sans", "Noto Serif", "Noto Sans Arabic",
                                           "Noto Naskh Arabic", "OCR B"};
    static const char page[] =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\">"
        "<text x=\"9\" y=\"20\" font-family=\"Noto Sans\">Aa<tspan font-weight=\"bold\">Bb</tspan>"
        "</text><text x=\"9\" y=\"30\" font-family=\"Noto Serif\">Aa<tspan "
        "font-weight=\"bold\">Bb</tspan></text><text x=\"9\" y=\"40\" font-family=\"Noto Sans "
        "Arabic\">\xd8\xb3<tspan "
        "font-weight=\"bold\">\xd8\xb3</tspan></text><text x=\"9\" y=\"60\" "
        "font-family=\"Noto Naskh Arabic\">\xd8\xb3<tspan font-weight=\"bold\">\xd8\xb3</tspan>"
        "</text><rect id=\"box\" data-text=\"\xd8\xb3 Aa\" data-weight=\"bold\" "
        "data-font=\"Noto Naskh Arabic, Noto Sans\" width=\"90\" height=\"40\"/>"
        "<rect id=\"mrz\" width=\"300\" height=\"20\"/><rect id=\"seal\" width=\"90\" "
        "height=\"90\"/></svg>";
    const struct render_in in = {
        .template_svg = str_of(page), .seal = S("\xdc"), .mrz = S("P<UTO<<")};
    AUTO(buf) struct buf out = BUF(RENDER_PDF_MAX);
    PangoFontMap *map = pango_cairo_font_map_get_default();

    for (size_t i = 0; i < ARRAY_LEN(families); i++)
        if (!font_there(map, families[i]))
            return fault(f, ERR_INTERNAL, "the font %s is not installed", families[i]);
    return render_pdf(&in, &out, f);
}
