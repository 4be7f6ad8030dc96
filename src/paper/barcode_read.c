/* barcode_read.c - pictures to bytes with libdmtx
 *
 * libdmtx searches a picture for the two solid edges of a symbol and needs long on a page full
 * of text. So places that look like a symbol are found first: blocks where dark and light
 * alternate in both directions, joined to patches that are about as wide as high. Each patch is
 * cut out, brought to a few sizes, and searched; then the whole picture. A budget of the
 * processor's time ends the search of a hopeless one.
 */
#include "paper/barcode.h"
#include "paper/vds.h"

#include <dmtx.h>
#include <stdlib.h>

#include "base/world.h"

#define MAX_PIXELS   (size_t)60000000
#define BUDGET_NS    INT64_C(8000000000)
#define MS           INT64_C(1000000)
#define TURN_MS      20
#define PATCHES      6
#define SMALL_PIXELS (size_t)1500000

struct image {
    uint8_t *p;
    size_t w, h;
};

static void image_done(struct image *im)
{
    free(im->p);
    im->p = NULL;
}

DEFINE_AUTO(image, struct image, image_done)

static bool image_init(struct image *im, size_t w, size_t h)
{
    im->w = w;
    im->h = h;
    im->p = w && h && w <= MAX_PIXELS / h ? calloc(w, h) : NULL;
    return im->p != NULL;
}

/* --- one search ---------------------------------------------------------------------------- */

/* The next place that looks like a symbol, or NULL: there is no more, or the processor's time is
 * over. libdmtx knows only the clock on the wall: it is asked in short turns, and goes on where it
 * was. */
static DmtxRegion *next_region(DmtxDecode *d, int64_t until)
{
    while (thread_cpu_ns() < until) {
        DmtxTime turn = dmtxTimeAdd(dmtxTimeNow(), TURN_MS);
        DmtxRegion *r = dmtxRegionFindNext(d, &turn);
        if (r || !dmtxTimeExceeded(turn))
            return r;
    }
    return NULL;
}

/* A seal is accepted only if it decodes as one. */
static bool search_regions(DmtxDecode *d, unsigned ms, struct buf *out)
{
    int64_t until = thread_cpu_ns() + ms * MS;
    DmtxRegion *r;
    bool found = false;

    while (!found && (r = next_region(d, until))) {
        DmtxMessage *m = dmtxDecodeMatrixRegion(d, r, DmtxUndefined);
        struct vds v;
        if (m && m->outputIdx > 0 &&
            vds_decode(str_bytes(m->output, (size_t)m->outputIdx), &v, NULL) == OK) {
            buf_add(out, m->output, (size_t)m->outputIdx);
            found = true;
        }
        dmtxMessageDestroy(&m);
        dmtxRegionDestroy(&r);
    }
    return found;
}

static bool search(const struct image *im, unsigned ms, struct buf *out)
{
    DmtxImage *di = dmtxImageCreate(im->p, (int)im->w, (int)im->h, DmtxPack8bppK);
    DmtxDecode *d = di ? dmtxDecodeCreate(di, 1) : NULL;
    bool found = false;

    if (d) {
        dmtxDecodeSetProp(d, DmtxPropSymbolSize, DmtxSymbolSquareAuto);
        dmtxDecodeSetProp(d, DmtxPropSquareDevn, 25);
        found = search_regions(d, ms, out);
        dmtxDecodeDestroy(&d);
    }
    if (di)
        dmtxImageDestroy(&di);
    return found;
}

/* --- bringing a cut to other sizes ----------------------------------------------------------- */

struct rect {
    size_t x, y, w, h;
};

/* The cut at percent of its size: means of the pixels below, or between the pixels around. */
static bool resample(const struct image *im, struct rect r, unsigned percent, struct image *out)
{
    if (!image_init(out, r.w * percent / 100, r.h * percent / 100))
        return false;
    for (size_t y = 0; y < out->h; y++) {
        double fy = ((double)y + 0.5) * 100 / percent - 0.5;
        for (size_t x = 0; x < out->w; x++) {
            double fx = ((double)x + 0.5) * 100 / percent - 0.5;
            size_t x0 = fx < 0 ? 0 : (size_t)fx, y0 = fy < 0 ? 0 : (size_t)fy;
            size_t x1 = x0 + 1 < r.w ? x0 + 1 : x0, y1 = y0 + 1 < r.h ? y0 + 1 : y0;
            double ax = fx < 0 ? 0 : fx - (double)x0, ay = fy < 0 ? 0 : fy - (double)y0;
            const uint8_t *a = im->p + (r.y + y0) * im->w + r.x;
            const uint8_t *b = im->p + (r.y + y1) * im->w + r.x;
            double top = a[x0] * (1 - ax) + a[x1] * ax, low = b[x0] * (1 - ax) + b[x1] * ax;
            out->p[y * out->w + x] = (uint8_t)(top * (1 - ay) + low * ay + 0.5);
        }
    }
    return true;
}

/* Black and white by the mean of the surroundings (integral image), against uneven light. */
static bool binarise(struct image *im)
{
    size_t w = im->w, h = im->h, radius = (w < h ? w : h) / 8 + 4;
    uint64_t *sum = calloc((w + 1) * (h + 1), sizeof *sum);

    if (!sum)
        return false;
    for (size_t y = 0; y < h; y++) {
        uint64_t row = 0;
        for (size_t x = 0; x < w; x++) {
            row += im->p[y * w + x];
            sum[(y + 1) * (w + 1) + x + 1] = sum[y * (w + 1) + x + 1] + row;
        }
    }
    for (size_t y = 0; y < h; y++) {
        size_t y0 = y > radius ? y - radius : 0, y1 = y + radius < h ? y + radius : h;
        for (size_t x = 0; x < w; x++) {
            size_t x0 = x > radius ? x - radius : 0, x1 = x + radius < w ? x + radius : w;
            uint64_t s = sum[y1 * (w + 1) + x1] - sum[y0 * (w + 1) + x1] - sum[y1 * (w + 1) + x0] +
                         sum[y0 * (w + 1) + x0];
            uint64_t mean = s / ((x1 - x0) * (y1 - y0));
            im->p[y * w + x] = im->p[y * w + x] < mean ? 0 : 255;
        }
    }
    free(sum);
    return true;
}

/* One cut at one size, as it is and in black and white. */
static bool search_cut(const struct image *im, struct rect r, unsigned percent, unsigned ms,
                       struct buf *out)
{
    AUTO(image) struct image cut = {0};
    size_t w = r.w * percent / 100, h = r.h * percent / 100;

    if (w < 24 || h < 24 || w > 4000 || h > 4000 || !resample(im, r, percent, &cut))
        return false;
    return search(&cut, ms, out) || (binarise(&cut) && search(&cut, ms, out));
}

/* --- finding patches ------------------------------------------------------------------------- */

struct grid {
    uint8_t *busy; /* 1 busy, 2 visited */
    size_t w, h, block;
};

/* A block is busy if many of its pixels differ strongly from those a few places on, in both
 * directions: text does so in lines with gaps between, a symbol all over. */
static void mark_busy(const struct image *im, struct grid *g)
{
    size_t step = g->block / 8 ? g->block / 8 : 1;

    for (size_t by = 0; by < g->h; by++)
        for (size_t bx = 0; bx < g->w; bx++) {
            unsigned across = 0, down = 0, seen = 0, dark = 0;
            unsigned lo = 255, hi = 0;
            for (size_t y = by * g->block; y < (by + 1) * g->block; y++)
                for (size_t x = bx * g->block; x < (bx + 1) * g->block; x++) {
                    unsigned v = im->p[y * im->w + x];
                    lo = v < lo ? v : lo;
                    hi = v > hi ? v : hi;
                }
            unsigned middle = (lo + hi) / 2;
            if (hi - lo < 48)
                continue;
            for (size_t y = by * g->block; y < (by + 1) * g->block; y++)
                for (size_t x = bx * g->block; x < (bx + 1) * g->block; x++) {
                    bool here = im->p[y * im->w + x] < middle;
                    size_t x2 = x + step < im->w ? x + step : x;
                    size_t y2 = y + step < im->h ? y + step : y;
                    across += here != (im->p[y * im->w + x2] < middle);
                    down += here != (im->p[y2 * im->w + x] < middle);
                    dark += here;
                    seen++;
                }
            g->busy[by * g->w + bx] =
                across * 12 > seen && down * 12 > seen && dark * 5 > seen && dark * 5 < seen * 4;
        }
}

/* The bounding box of the busy blocks joined to this one; the stack holds each block once. */
static struct rect flood(struct grid *g, size_t at, size_t *stack, size_t *out_count)
{
    size_t n = 0, count = 0, x0 = g->w, x1 = 0, y0 = g->h, y1 = 0;

    stack[n++] = at;
    g->busy[at] = 2;
    while (n) {
        size_t i = stack[--n], x = i % g->w, y = i / g->w;
        count++;
        x0 = x < x0 ? x : x0, x1 = x > x1 ? x : x1;
        y0 = y < y0 ? y : y0, y1 = y > y1 ? y : y1;
        size_t near[4] = {x ? i - 1 : i, x + 1 < g->w ? i + 1 : i, y ? i - g->w : i,
                          y + 1 < g->h ? i + g->w : i};
        for (size_t k = 0; k < 4; k++)
            if (g->busy[near[k]] == 1) {
                g->busy[near[k]] = 2;
                stack[n++] = near[k];
            }
    }
    *out_count = count;
    return (struct rect){x0, y0, x1 - x0 + 1, y1 - y0 + 1};
}

/* Blocks to pixels with a margin, inside the picture. */
static struct rect to_pixels(const struct image *im, const struct grid *g, struct rect b)
{
    size_t margin = g->block + b.w * g->block / 6;
    size_t x0 = b.x * g->block, y0 = b.y * g->block;
    size_t x1 = x0 + b.w * g->block + margin, y1 = y0 + b.h * g->block + margin;

    x0 = x0 > margin ? x0 - margin : 0;
    y0 = y0 > margin ? y0 - margin : 0;
    x1 = x1 < im->w ? x1 : im->w;
    y1 = y1 < im->h ? y1 : im->h;
    return (struct rect){x0, y0, x1 - x0, y1 - y0};
}

/* Up to PATCHES cuts, the fullest first. */
static size_t find_patches(const struct image *im, size_t block, struct rect out[PATCHES])
{
    struct grid g = {NULL, im->w / block, im->h / block, block};
    size_t blocks = g.w * g.h, n = 0, weight[PATCHES] = {0};
    size_t *stack = blocks ? calloc(blocks, sizeof *stack) : NULL;

    g.busy = blocks ? calloc(blocks, 1) : NULL;
    if (g.busy && stack) {
        mark_busy(im, &g);
        for (size_t i = 0; i < blocks; i++) {
            size_t count;
            if (g.busy[i] != 1)
                continue;
            struct rect b = flood(&g, i, stack, &count);
            if (b.w < 3 || b.h < 3 || b.w > 2 * b.h || b.h > 2 * b.w || count * 3 < b.w * b.h)
                continue;
            size_t k = n < PATCHES ? n++ : PATCHES - 1;
            if (k == PATCHES - 1 && weight[k] >= count)
                continue;
            for (; k > 0 && weight[k - 1] < count; k--)
                weight[k] = weight[k - 1], out[k] = out[k - 1];
            weight[k] = count;
            out[k] = to_pixels(im, &g, b);
        }
    }
    free(g.busy);
    free(stack);
    return n;
}

/* All patches, for three sizes of blocks. */
static size_t all_patches(const struct image *im, struct rect out[3 * PATCHES])
{
    size_t longest = im->w > im->h ? im->w : im->h, n = 0;
    const size_t blocks[] = {longest / 80, longest / 40, longest / 20};

    for (size_t i = 0; i < ARRAY_LEN(blocks); i++)
        if (blocks[i] >= 6)
            n += find_patches(im, blocks[i], out + n);
    return n;
}

/* Quick looks first, everywhere and at the likeliest sizes; then the patient ones. Of a small
 * picture the whole is the likeliest place. */
static bool find_seal(const struct image *im, struct buf *out)
{
    static const struct {
        unsigned percent, ms;
    } looks[] = {{100, 250}, {200, 250}, {150, 400}, {60, 400}, {300, 800}, {35, 400}};
    struct rect places[3 * PATCHES + 1];
    bool small = im->w * im->h <= SMALL_PIXELS;
    const struct rect whole = {0, 0, im->w, im->h};
    int64_t until = thread_cpu_ns() + BUDGET_NS;
    size_t n = all_patches(im, places + small) + 1;

    places[small ? 0 : n - 1] = whole;
    for (size_t i = 0; i < ARRAY_LEN(looks); i++)
        for (size_t k = 0; k < n && thread_cpu_ns() < until; k++)
            if (search_cut(im, places[k], looks[i].percent, looks[i].ms, out))
                return true;
    return false;
}

enum err seal_read_pixels(const uint8_t *grey, size_t width, size_t height, struct buf *out,
                          struct fault *f)
{
    struct image im = {(uint8_t *)(uintptr_t)grey, width, height};

    if (!width || !height || width > MAX_PIXELS / height)
        return fault(f, ERR_LIMIT, "the picture is empty or too large");
    if (!find_seal(&im, out))
        return fault(f, ERR_NOT_FOUND, "no seal was found in the picture");
    return buf_ok(out) ? OK : fault(f, ERR_MEMORY, "no memory for the seal");
}
