/* metrics.h - counters, gauges and histograms, as Prometheus reads them
 *
 * A metric is made once, at start, and lives as long as its registry. Updates are single relaxed
 * atomic additions on one of several cache lines, chosen per thread: no locks. Reading adds them
 * up; it may be a few events behind. All functions accept a NULL registry or metric and then do
 * nothing.
 *
 * Histograms are of durations: buckets at powers of two from 2^14 ns (16 µs) to 2^34 ns (17 s).
 */
#ifndef SIFARA_HTTP_METRICS_H
#define SIFARA_HTTP_METRICS_H

#include "base/buf.h"

struct metrics;
struct metric;

NODISCARD struct metrics *metrics_new(void);
void metrics_free(struct metrics *);

/* name and help must be static; labels is copied, e.g. `route="case.read",class="2xx"`, or NULL.
 * The same name and labels give the same metric. NULL without memory. Thread safe. */
struct metric *metrics_counter(struct metrics *, const char *name, const char *help,
                               const char *labels);
struct metric *metrics_gauge(struct metrics *, const char *name, const char *help,
                             const char *labels);
struct metric *metrics_histogram(struct metrics *, const char *name, const char *help,
                                 const char *labels);
/* A gauge that is asked when the metrics are read; ctx must outlive the registry, or be withdrawn
 * by naming the gauge again with read NULL. */
void metrics_ask(struct metrics *, const char *name, const char *help, const char *labels,
                 int64_t (*read)(void *ctx), void *ctx);

void metric_add(struct metric *, uint64_t n);
void metric_set(struct metric *, int64_t value);
void metric_observe(struct metric *, int64_t ns);

/* Text exposition format 0.0.4, ordered by name. */
void metrics_write(struct metrics *, struct buf *);

#endif
