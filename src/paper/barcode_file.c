/* barcode_file.c - seals in files: PDF by poppler, PNG and JPEG by gdk-pixbuf */
#include "paper/barcode.h"

#include <cairo.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <poppler.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_FILE   (size_t)(32 << 20)
#define MAX_PAGES  20
#define MAX_SIDE   9000
#define MAX_PIXELS 40000000.0

/* --- pixels to grey -------------------------------------------------------------------------- */

static uint8_t grey_of(unsigned r, unsigned g, unsigned b)
{
    return (uint8_t)((r * 299 + g * 587 + b * 114) / 1000);
}

static uint8_t *grey_from_cairo(cairo_surface_t *s, size_t w, size_t h)
{
    const uint8_t *data = cairo_image_surface_get_data(s);
    size_t stride = (size_t)cairo_image_surface_get_stride(s);
    uint8_t *grey = malloc(w * h);

    for (size_t y = 0; grey && y < h; y++)
        for (size_t x = 0; x < w; x++) {
            uint32_t v;
            memcpy(&v, data + y * stride + 4 * x, 4);
            grey[y * w + x] = grey_of(v >> 16 & 255, v >> 8 & 255, v & 255);
        }
    return grey;
}

/* What is transparent counts as white paper. */
static uint8_t *grey_from_pixbuf(const GdkPixbuf *p, size_t w, size_t h)
{
    const uint8_t *data = gdk_pixbuf_read_pixels(p);
    size_t stride = (size_t)gdk_pixbuf_get_rowstride(p);
    size_t channels = (size_t)gdk_pixbuf_get_n_channels(p);
    uint8_t *grey = malloc(w * h);

    for (size_t y = 0; grey && y < h; y++)
        for (size_t x = 0; x < w; x++) {
            const uint8_t *v = data + y * stride + channels * x;
            unsigned alpha = channels == 4 ? v[3] : 255;
            grey[y * w + x] =
                (uint8_t)((grey_of(v[0], v[1], v[2]) * alpha + 255 * (255 - alpha)) / 255);
        }
    return grey;
}

/* --- PDF ------------------------------------------------------------------------------------- */

static enum err read_page(PopplerPage *page, double dpi, struct buf *out, struct fault *f)
{
    double w, h;

    poppler_page_get_size(page, &w, &h);
    w = w * dpi / 72, h = h * dpi / 72;
    if (!(w >= 1 && h >= 1) || w > MAX_SIDE || h > MAX_SIDE || w * h > MAX_PIXELS)
        return fault(f, ERR_LIMIT, "the page is too large");
    int iw = (int)w, ih = (int)h;
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, iw, ih);
    cairo_t *c = cairo_create(s);
    cairo_set_source_rgb(c, 1, 1, 1);
    cairo_paint(c);
    cairo_scale(c, dpi / 72, dpi / 72);
    poppler_page_render(page, c);
    cairo_destroy(c);
    cairo_surface_flush(s);
    enum err e = ERR_MEMORY;
    if (cairo_surface_status(s) == CAIRO_STATUS_SUCCESS) {
        uint8_t *grey = grey_from_cairo(s, (size_t)iw, (size_t)ih);
        if (grey)
            e = seal_read_pixels(grey, (size_t)iw, (size_t)ih, out, f);
        free(grey);
    }
    cairo_surface_destroy(s);
    return e == ERR_MEMORY ? fault(f, e, "no memory for the page") : e;
}

static enum err read_pdf(str file, struct buf *out, struct fault *f)
{
    GBytes *bytes = g_bytes_new_static(file.p, file.n);
    PopplerDocument *doc = poppler_document_new_from_bytes(bytes, NULL, NULL);
    enum err e = ERR_NOT_FOUND;

    g_bytes_unref(bytes);
    if (!doc)
        return fault(f, ERR_MALFORMED_TEXT, "the PDF cannot be read");
    int pages = poppler_document_get_n_pages(doc);
    for (int i = 0; i < pages && i < MAX_PAGES && e == ERR_NOT_FOUND; i++) {
        PopplerPage *page = poppler_document_get_page(doc, i);
        if (!page)
            continue;
        e = read_page(page, 300, out, f);
        g_object_unref(page);
    }
    g_object_unref(doc);
    return e == ERR_NOT_FOUND ? fault(f, e, "no seal was found in the document") : e;
}

/* --- pictures -------------------------------------------------------------------------------- */

static void limit_size(GdkPixbufLoader *loader, int w, int h, void *refused)
{
    if (w <= 0 || h <= 0 || w > 2 * MAX_SIDE || h > 2 * MAX_SIDE ||
        (double)w * h > MAX_PIXELS * 1.5) {
        *(bool *)refused = true;
        gdk_pixbuf_loader_set_size(loader, 1, 1);
    }
}

static enum err read_picture(str file, const char *type, struct buf *out, struct fault *f)
{
    GdkPixbufLoader *loader = gdk_pixbuf_loader_new_with_mime_type(type, NULL);
    bool refused = false;
    enum err e = ERR_MALFORMED_TEXT;

    if (!loader)
        return fault(f, ERR_MEDIA_TYPE, "pictures of type %s cannot be read", type);
    g_signal_connect(loader, "size-prepared", G_CALLBACK(limit_size), &refused);
    bool ok = gdk_pixbuf_loader_write(loader, (const guchar *)file.p, file.n, NULL);
    ok = gdk_pixbuf_loader_close(loader, NULL) && ok;
    const GdkPixbuf *p = ok ? gdk_pixbuf_loader_get_pixbuf(loader) : NULL;
    if (refused) {
        e = fault(f, ERR_LIMIT, "the picture is too large");
    } else if (!p) {
        e = fault(f, e, "the picture cannot be read");
    } else {
        size_t w = (size_t)gdk_pixbuf_get_width(p), h = (size_t)gdk_pixbuf_get_height(p);
        uint8_t *grey = grey_from_pixbuf(p, w, h);
        e = grey ? seal_read_pixels(grey, w, h, out, f) : fault(f, ERR_MEMORY, "no memory");
        free(grey);
    }
    g_object_unref(loader);
    return e;
}

enum err seal_read_bytes(str file, struct buf *out, struct fault *f)
{
    if (file.n > MAX_FILE)
        return fault(f, ERR_TOO_LARGE, "the file is too large");
    if (str_starts(file, S("%PDF-")))
        return read_pdf(file, out, f);
    if (str_starts(file, S("\x89PNG")))
        return read_picture(file, "image/png", out, f);
    if (str_starts(file, S("\xff\xd8\xff")))
        return read_picture(file, "image/jpeg", out, f);
    return fault(f, ERR_MEDIA_TYPE, "seals are read from PDF, PNG and JPEG files");
}

enum err seal_read_image(const char *path, struct buf *out, struct fault *f)
{
    AUTO(buf) struct buf file = BUF(MAX_FILE + 65536);
    FILE *in = fopen(path, "rb");
    size_t n = 1;

    if (!in)
        return fault(f, ERR_IO, "cannot open %s", path);
    while (n && buf_ok(&file) && file.n <= MAX_FILE) {
        char *to = buf_extend(&file, 65536);
        if (!to)
            break;
        n = fread(to, 1, 65536, in);
        file.n -= 65536 - n;
    }
    bool failed = ferror(in);
    fclose(in);
    if (failed)
        return fault(f, ERR_IO, "cannot read %s", path);
    if (!buf_ok(&file))
        return fault(f, ERR_TOO_LARGE, "the file is too large");
    return seal_read_bytes(buf_str(&file), out, f);
}
