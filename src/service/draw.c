#include "service/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"

struct hash draw_commitment(const struct key *seed)
{
    return sha256(str_bytes(seed->b, sizeof seed->b));
}

void draw_key(const struct key *seed, str round, const struct draw_head *h, struct key *out)
{
    AUTO(buf) struct buf text = BUF(1024);

    buf_printf(&text, "sifara-draw/1\n%.*s\n%" PRId64 "\n%" PRId64 "\n%.*s\n", STR_FMT(round),
               h->epoch, h->size, STR_FMT(h->root));
    struct hash made = hmac_sha256(seed, buf_str(&text));
    memcpy(out->b, made.b, sizeof out->b);
}

/* ---- serving ------------------------------------------------------------------------------ */

static int by_turn(const void *a, const void *b)
{
    const struct draw_ask *x = a, *y = b;

    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return memcmp(x->rank.b, y->rank.b, sizeof x->rank.b);
}

static bool meets(str wish, str slot)
{
    return str_eq(wish, slot) || (wish.n == 10 && str_starts(slot, wish));
}

bool draw_wanted(const struct json *wishes, bool any, str slot)
{
    for (size_t i = 0; json_at(wishes, i); i++)
        if (meets(json_str(json_at(wishes, i)), slot))
            return true;
    return any;
}

static struct draw_slot *first_free(struct draw_slot *slots, size_t n, str wish)
{
    for (size_t i = 0; i < n; i++)
        if (slots[i].places > 0 && (!wish.p || meets(wish, slots[i].at)))
            return &slots[i];
    return NULL;
}

static void serve(struct draw_ask *ask, struct draw_slot *slots, size_t n)
{
    struct draw_slot *got = NULL;

    for (size_t i = 0; !got && json_at(ask->wishes, i); i++)
        got = first_free(slots, n, json_str(json_at(ask->wishes, i)));
    if (!got && ask->any)
        got = first_free(slots, n, STR_NONE);
    if (got)
        got->places--;
    ask->got = got;
}

void draw_run(const struct key *key, struct draw_slot *slots, size_t n_slots, struct draw_ask *asks,
              size_t n_asks)
{
    for (size_t i = 0; i < n_asks; i++)
        asks[i].rank = hmac_sha256(key, asks[i].id);
    qsort(asks, n_asks, sizeof *asks, by_turn);
    for (size_t i = 0; i < n_asks; i++)
        serve(&asks[i], slots, n_slots);
}

/* ---- reading what was published ------------------------------------------------------------ */

enum err draw_slots(struct arena *a, const struct json *opening, struct draw_slot **out,
                    size_t *out_n, struct fault *f)
{
    const struct json *list = json_get(opening, S("slots"));
    struct draw_slot *slots = arena_zalloc(a, DRAW_SLOTS_MAX, sizeof *slots);
    size_t n = 0;

    TRY_PTR(slots, f);
    for (; json_at(list, n) && n < DRAW_SLOTS_MAX; n++) {
        slots[n].at = json_get_str(json_at(list, n), S("at"));
        slots[n].places = json_get_int(json_at(list, n), S("places"), 0);
        if (slots[n].at.n != SLOT_TEXT || slots[n].places < 0 ||
            (n && str_cmp(slots[n - 1].at, slots[n].at) >= 0))
            return fault_at(f, ERR_INVALID, "/opening", "its slots are not in order");
    }
    if (json_at(list, n))
        return fault_at(f, ERR_INVALID, "/opening", "it has too many slots");
    *out = slots;
    *out_n = n;
    return OK;
}

static enum err read_ask(const struct json *j, size_t i, struct draw_ask *out, struct fault *f)
{
    char pointer[32];

    *out = (struct draw_ask){.id = json_get_str(j, S("ask")),
                             .wishes = json_get(j, S("wishes")),
                             .any = json_get_bool(j, S("any"), false),
                             .class = json_get_int(j, S("class"), 0)};
    snprintf(pointer, sizeof pointer, "/asks/%zu", i);
    return out->id.n ? OK : fault_at(f, ERR_INVALID, pointer, "an ask without its id");
}

static int by_id(const void *a, const void *b)
{
    return str_cmp(((const struct draw_ask *)a)->id, ((const struct draw_ask *)b)->id);
}

static enum err read_asks(struct arena *a, const struct json *file, struct draw_ask **out,
                          size_t *out_n, struct fault *f)
{
    const struct json *list = json_get(file, S("asks"));
    size_t n = list && list->type == J_ARRAY ? list->n : 0;

    if (n > DRAW_ASKS_MAX)
        return fault_at(f, ERR_INVALID, "/asks", "too many asks");
    struct draw_ask *asks = arena_zalloc(a, n + 1, sizeof *asks);
    TRY_PTR(asks, f);
    for (size_t i = 0; i < n; i++)
        TRY(read_ask(json_at(list, i), i, &asks[i], f));
    qsort(asks, n, sizeof *asks, by_id);
    for (size_t i = 1; i < n; i++)
        if (str_eq(asks[i - 1].id, asks[i].id))
            return fault_at(f, ERR_INVALID, "/asks", "%.*s is there twice", STR_FMT(asks[i].id));
    *out = asks;
    *out_n = n;
    return OK;
}

static enum err read_seed(const struct json *file, const struct json *opening, struct key *out,
                          struct fault *f)
{
    struct hash committed, made;

    if (!hex_decode(json_get_str(file, S("seed")), out->b, sizeof out->b))
        return fault_at(f, ERR_INVALID, "/seed",
                        "32 bytes in hex; it is told once the draw is done");
    made = draw_commitment(out);
    if (!hex_decode(json_get_str(opening, S("commitment")), committed.b, sizeof committed.b) ||
        memcmp(made.b, committed.b, sizeof made.b) != 0)
        return fault_at(f, ERR_INVALID, "/seed", "not the seed that the opening committed to");
    return OK;
}

static enum err same_result(const struct json *file, const struct draw_ask *asks, size_t n,
                            struct draw_told *out, struct fault *f)
{
    const struct json *list = json_get(file, S("result"));
    char pointer[32];

    for (size_t i = 0; i < n; i++) {
        str slot = json_get_str(json_at(list, i), S("slot"));
        str mine = asks[i].got ? asks[i].got->at : STR_NONE;
        snprintf(pointer, sizeof pointer, "/result/%zu", i);
        if (!str_eq(json_get_str(json_at(list, i), S("ask")), asks[i].id))
            return fault_at(f, ERR_INVALID, pointer, "the draw has %.*s here", STR_FMT(asks[i].id));
        if (!str_eq(slot, mine))
            return fault_at(f, ERR_INVALID, pointer, "the draw gives %.*s",
                            STR_FMT(mine.p ? mine : S("no place")));
        out->served += asks[i].got != NULL;
    }
    if (json_at(list, n))
        return fault_at(f, ERR_INVALID, "/result", "it names more than asked");
    return OK;
}

enum err draw_check(struct arena *a, const struct json *file, struct draw_told *out,
                    struct fault *f)
{
    str text = json_get_str(file, S("opening"));
    const struct json *head = json_get(file, S("head"));
    struct draw_head at = {json_get_int(head, S("epoch"), -1), json_get_int(head, S("size"), -1),
                           json_get_str(head, S("root"))};
    struct draw_told told = {.opening = sha256(text)};
    struct json *opening;
    struct draw_slot *slots = NULL;
    struct draw_ask *asks = NULL;
    size_t n_slots = 0, n_asks = 0;
    struct key seed, key;

    if (!text.p)
        return fault_at(f, ERR_INVALID, "/opening", "a draw has an opening");
    TRY(json_parse(a, text, &json_limits_wide, &opening, f));
    told.round = json_get_str(opening, S("round"));
    told.mission = json_get_str(opening, S("mission"));
    told.service = json_get_str(opening, S("service"));
    TRY(read_seed(file, opening, &seed, f));
    TRY(draw_slots(a, opening, &slots, &n_slots, f));
    TRY(read_asks(a, file, &asks, &n_asks, f));
    draw_key(&seed, told.round, &at, &key);
    draw_run(&key, slots, n_slots, asks, n_asks);
    told.asks = n_asks;
    TRY(same_result(file, asks, n_asks, &told, f));
    *out = told;
    return OK;
}
