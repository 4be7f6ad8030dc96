/* tables.c - the tables of all fields, one after the other, and what is made from them */
#include <stdio.h>

#include "node/node_int.h"
#include "link/link.h"
#include "registry/registry.h"
#include "service/services.h"

static const struct {
    const struct action *rows;
    const size_t *n;
} tables[] = {
    {registry_actions, &registry_actions_n},
    {service_actions, &service_actions_n},
    {post_actions, &post_actions_n},
    {cost_actions, &cost_actions_n},
    {link_actions, &link_actions_n},
    {public_actions, &public_actions_n},
    {screen_actions, &screen_actions_n},
    {comparing_actions, &comparing_actions_n},
    {journaling_actions, &journaling_actions_n},
    {advising_actions, &advising_actions_n},
};

size_t actions_count(void)
{
    size_t n = 0;

    for (size_t t = 0; t < ARRAY_LEN(tables); t++)
        n += *tables[t].n;
    return n;
}

const struct action *action_at(size_t i)
{
    for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
        if (i < *tables[t].n)
            return &tables[t].rows[i];
        i -= *tables[t].n;
    }
    return NULL;
}

const struct action *action_find(str name)
{
    for (size_t i = 0; action_at(i); i++)
        if (str_eq(str_of(action_at(i)->name), name))
            return action_at(i);
    return NULL;
}

bool action_is_route(const struct action *a)
{
    return a->path && a->method != ACTION_INTERNAL;
}

/* ---- kinds of dispatches ----------------------------------------------------------------- */

static const struct {
    const struct dispatch_kind *rows;
    const size_t *n;
} kinds[] = {{link_kinds, &link_kinds_n}, {service_kinds, &service_kinds_n}};

static const struct dispatch_kind *kind_at(size_t i)
{
    for (size_t t = 0; t < ARRAY_LEN(kinds); t++) {
        if (i < *kinds[t].n)
            return &kinds[t].rows[i];
        i -= *kinds[t].n;
    }
    return NULL;
}

const struct link_tables dispatch_tables = {kind_at, action_find};

/* ---- inputs ------------------------------------------------------------------------------ */

#define TEXT(max) "{\"type\":\"string\",\"minLength\":1,\"maxLength\":" #max "}"
/* not of blanks alone: somebody is to know a thing again by it */
#define NAMED(max) "{\"type\":\"string\",\"pattern\":\"\\\\S\",\"maxLength\":" #max "}"
#define LANGUAGE  "{\"type\":\"string\",\"pattern\":\"^[a-z]{2,3}$\"}"
#define ID_SCHEMA "{\"type\":\"string\",\"format\":\"uuid\"}"
#define DATE      "{\"type\":\"string\",\"format\":\"date\"}"
#define BASE64URL "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]+$\",\"maxLength\":128}"
#define SIGNATURE "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]+$\",\"maxLength\":2732}"
#define PASSKEY   "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]+$\",\"maxLength\":2048}"
#define COUNTRY   "{\"type\":\"string\",\"pattern\":\"^[A-Z]{2}$\"}"
#define CURRENCY  "{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}"
#define NAMES     "{\"type\":\"object\",\"required\":[\"en\"],\"additionalProperties\":" TEXT(200) "}"
#define CODE_NAME "{\"type\":\"string\",\"pattern\":\"^[a-z][a-z0-9-]{0,30}$\"}"
#define SHA256    "{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{64}$\"}"
#define EMAIL     "{\"type\":\"string\",\"format\":\"email\",\"maxLength\":254}"
#define PHONE     "{\"type\":\"string\",\"pattern\":\"^[+][1-9][0-9]{5,14}$\"}"
#define CODE      "{\"type\":\"string\",\"pattern\":\"^[0-9]{8}$\"}"
/* a time at a mission, as its clocks show it */
#define SLOT  "{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$\"}"
#define CLOCK "{\"type\":\"string\",\"pattern\":\"^[0-9]{2}:[0-9]{2}$\"}"
#define SPAN  "\"from\":" CLOCK ",\"to\":" CLOCK
#define WEEKDAYS                                                                                   \
    "\"days\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":7,\"uniqueItems\":true,\"items\":{"  \
    "\"type\":\"integer\",\"minimum\":0,\"maximum\":6}}"
#define NUMBER(least, most) "{\"type\":\"integer\",\"minimum\":" #least ",\"maximum\":" #most "}"
/* who somebody is, as on their documents */
#define PERSON_REQUIRED "\"surname\",\"given_names\",\"birth_date\",\"nationality\""
#define PERSON_NAMES                                                                               \
    "\"surname\":" TEXT(120) ",\"given_names\":" TEXT(120) ",\"surname_latin\":" TEXT(             \
        120) ",\"given_names_latin\":" TEXT(120) ",\"birth_date\":" DATE                           \
                                                 ",\"nationality\":{\"type\":\"string\","          \
                                                 "\"pattern\":\"^[A-Z]{3}$\"}"
#define PERSON_NUMBERS "\"identity_number\":" TEXT(40) ",\"passport_number\":" TEXT(40)
/* where a company is entered */
#define REGISTER                                                                                   \
    "\"register\":" TEXT(120) ",\"register_number\":" TEXT(60) ",\"country\":" COUNTRY
/* how and when something came that an officer enters */
#define RECEIVED                                                                                   \
    "\"channel\":{\"enum\":[\"counter\",\"post\"]},\"received\":" DATE ",\"received_time\":" CLOCK
/* an amount in minor units */
#define MINOR "{\"type\":\"integer\",\"minimum\":0,\"maximum\":1000000000000}"
#define BLANK_KIND "\"kind\":{\"enum\":[\"booklet\",\"sticker\"]}"
#define DIGITS     "{\"type\":\"string\",\"pattern\":\"^[0-9]{1,10}$\"}"
#define LIST  "{\"type\":\"array\",\"maxItems\":10000,\"items\":{\"type\":\"object\"}}"
/* the texts of a step */
#define STEP_TEXTS                                                                                 \
    "\"fields\":{\"type\":\"object\",\"maxProperties\":12,\"additionalProperties\":" TEXT(         \
        500) "},\"note\":" TEXT(2000)
/* what every act towards a partner says */
#define ENGAGEMENT                                                                                 \
    "\"title\":" TEXT(300) ",\"purpose\":" TEXT(                                                   \
        200) ",\"undertakings\":{\"type\":\"array\","                                              \
             "\"maxItems\":20,\"items\":" CODE_NAME                                                \
             "},\"urgent\":{\"type\":\"boolean\"},\"aim\":" TEXT(60) ",\"capability\":" TEXT(      \
                 60) ",\"amount\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000000}"
#define TLP "\"tlp\":{\"enum\":[\"CLEAR\",\"GREEN\",\"AMBER\",\"AMBER_STRICT\",\"RED\"]}"
#define POLICY_FILES                                                                               \
    "\"files\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":64,\"items\":" OBJECT(              \
        "\"name\",\"text\"",                                                                       \
        "\"name\":{\"type\":\"string\",\"pattern\":\"^(facts/)?[A-Za-z0-9._-]{1,80}$\"},"          \
        "\"text\":{\"type\":\"string\",\"maxLength\":1000000}") "}"
/* By e-mail or by telephone. */
#define ADDRESS                                                                                    \
    "\"type\":\"object\",\"additionalProperties\":false,\"oneOf\":[{\"required\":[\"email\"]},"    \
    "{\"required\":[\"phone\"]}]"
#define OBJECT(required, properties)                                                               \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[" required                  \
    "],\"properties\":{" properties "}}"

/* what becomes of a partner, and by which letter */
#define STANDING                                                                                   \
    "\"standing\":{\"enum\":[\"accredited\",\"suspended\",\"recalled\",\"severed\"]},"             \
    "\"reason\":" TEXT(2000) ",\"fingerprint\":" TEXT(200) ",\"note\":" SHA256                     \
                                                           ",\"credence\":{\"type\":\"object\"}"

static const struct {
    const char *name, *json;
} inputs[] = {
    {"session-code.v1", "{" ADDRESS ",\"properties\":{\"email\":" EMAIL ",\"phone\":" PHONE
                        ",\"language\":" LANGUAGE ",\"as\":{\"enum\":[\"person\",\"officer\"]}}}"},
    {"notices.v1",
     "{\"type\":\"object\",\"additionalProperties\":false,\"minProperties\":1,\"properties\":{"
     "\"progress\":{\"type\":\"boolean\"},\"rating\":{\"type\":\"boolean\"}}}"},
    {"session-open.v1",
     "{" ADDRESS ",\"required\":[\"code\"],\"properties\":{\"email\":" EMAIL ",\"phone\":" PHONE
     ",\"code\":" CODE ",\"language\":" LANGUAGE
     ",\"as\":{\"enum\":[\"person\",\"officer\"]},\"signature\":" SIGNATURE "}}"},
    {"session-passkey.v1", OBJECT("\"assertion\"", "\"assertion\":" SIGNATURE)},
    {"passkey.v1", OBJECT("\"name\",\"client_data\",\"auth_data\",\"signature\"",
                          "\"name\":" NAMED(60) ",\"client_data\":" PASSKEY ",\"auth_data\":" PASSKEY
                                               ",\"signature\":" SIGNATURE)},
    {"passkey-name.v1", OBJECT("\"name\"", "\"name\":" NAMED(60))},
    {"person-passkey.v1",
     OBJECT("\"name\",\"client_data\",\"auth_data\"",
            "\"name\":" NAMED(60) ",\"client_data\":" PASSKEY ",\"auth_data\":" PASSKEY)},
    {"mission.v1",
     OBJECT(
         "\"code\",\"kind\",\"country\",\"zone\",\"weekend\",\"name\"",
         "\"code\":" CODE_NAME
         ",\"kind\":{\"enum\":[\"embassy\",\"consulate\",\"honorary\",\"ministry\"]},"
         "\"country\":" COUNTRY ",\"city\":" TEXT(100) ",\"zone\":" TEXT(
             60) ",\"weekend\":{\"type\":\"array\",\"maxItems\":3,\"items\":{\"type\":\"integer\","
                 "\"minimum\":0,\"maximum\":6}},\"name\":" NAMES
                 ",\"one_officer\":{\"type\":\"boolean\"},\"currency\":" CURRENCY)},
    {"jurisdiction.v1",
     OBJECT("\"service\",\"assign\"",
            "\"service\":{\"type\":\"string\",\"pattern\":\"^([a-z][a-z0-9-]{0,60}|[*])$\"},"
            "\"assign\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":195,\"items\":" OBJECT(
                "\"country\"",
                "\"country\":" COUNTRY ",\"authority\":{\"type\":\"string\",\"pattern\":"
                "\"^([a-z][a-z0-9-]{0,30}|partner:[A-Z]{2})$\"}") "}")},
    {"calendar.v1",
     OBJECT("\"year\",\"days\",\"signature\"",
            "\"year\":{\"type\":\"integer\",\"minimum\":1990,\"maximum\":2076},\"days\":{\"type\":"
            "\"array\",\"maxItems\":120,\"items\":" OBJECT(
                "\"day\",\"name\"",
                "\"day\":" DATE ",\"name\":" TEXT(100)) "},\"signature\":" SIGNATURE)},
    {"mission-hours.v1",
     OBJECT("\"hours\"", "\"hours\":{\"type\":\"array\",\"maxItems\":14,\"items\":" OBJECT(
                             "\"days\",\"from\",\"to\"",
                             WEEKDAYS "," SPAN) "},\"telephone\":" PHONE ",\"emergency\":" PHONE
                                                ",\"address\":" TEXT(300))},
    {"delegation.v1",
     OBJECT("\"officer\",\"colleague\",\"role\",\"from\",\"until\",\"signature\"",
            "\"officer\":" ID_SCHEMA ",\"colleague\":" ID_SCHEMA ",\"role\":" CODE_NAME
            ",\"from\":" DATE ",\"until\":" DATE ",\"signature\":" SIGNATURE)},
    {"incident.v1",
     OBJECT("\"kind\",\"severity\",\"what\"",
            "\"kind\":{\"enum\":[\"security\",\"safety\",\"service\",\"property\",\"other\"]},"
            "\"severity\":{\"enum\":[\"low\",\"high\",\"critical\"]},\"what\":" TEXT(
                4000) ",\"where\":" TEXT(300))},
    {"incident-close.v1", OBJECT("\"learnt\"", "\"learnt\":" TEXT(4000))},
    {"officer.v1",
     OBJECT("\"id\",\"email\",\"name\",\"mission\",\"roles\",\"public_key\"",
            "\"id\":" ID_SCHEMA ",\"email\":" EMAIL ",\"name\":" TEXT(
                120) ",\"mission\":" CODE_NAME ",\"roles\":{\"type\":\"array\",\"minItems\":1,"
                     "\"maxItems\":8,\"items\":" CODE_NAME "},\"language\":" LANGUAGE
                     ",\"public_key\":" BASE64URL ",\"person\":" ID_SCHEMA
                     ",\"assertions\":{\"type\":\"array\",\"maxItems\":2,\"items\":" OBJECT(
                         "\"officer\",\"signature\"",
                         "\"officer\":" ID_SCHEMA ",\"signature\":" SIGNATURE) "}")},
    {"person.v1",
     OBJECT(PERSON_REQUIRED, PERSON_NAMES ",\"residence\":" COUNTRY ",\"phone\":" PHONE
                                          ",\"language\":" LANGUAGE ",\"email\":" EMAIL)},
    {"person-find.v1",
     "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{" PERSON_NAMES
     "," PERSON_NUMBERS ",\"email\":" EMAIL "}}"},
    {"person-record.v1", OBJECT(PERSON_REQUIRED ",\"evidence\"", PERSON_NAMES
                                "," PERSON_NUMBERS ",\"residence\":" COUNTRY ",\"phone\":" PHONE
                                ",\"language\":" LANGUAGE
                                ",\"evidence\":" TEXT(300) ",\"namesake\":{\"type\":\"boolean\"}")},
    {"company-find.v1", OBJECT("\"register\",\"register_number\",\"country\"", REGISTER)},
    {"company-record.v1",
     OBJECT("\"register\",\"register_number\",\"country\",\"name\",\"form\",\"seat\",\"evidence\"",
            REGISTER ",\"name\":" TEXT(200) ",\"name_latin\":" TEXT(
                200) ",\"form\":{\"enum\":[\"company\",\"association\"]},\"seat\":" TEXT(
                200) ",\"evidence\":" TEXT(300))},
    {"representative.v1",
     OBJECT("\"person\",\"holder\",\"kind\",\"basis\",\"until\"",
            "\"person\":" ID_SCHEMA ",\"holder\":" ID_SCHEMA
            ",\"kind\":{\"enum\":[\"guardian\",\"family\",\"representative\",\"director\"]},\"basis\":" TEXT(
                500) ",\"until\":" DATE ",\"services\":{\"type\":\"array\",\"maxItems\":30,"
                     "\"uniqueItems\":true,\"items\":" CODE_NAME "}")},
    {"person-email-code.v1", OBJECT("\"email\"", "\"email\":" EMAIL ",\"language\":" LANGUAGE)},
    {"person-email.v1", OBJECT("\"email\",\"code\",\"evidence\"",
                               "\"email\":" EMAIL ",\"code\":" CODE ",\"evidence\":" TEXT(300))},
    {"case-open.v1",
     OBJECT("\"person\",\"service\",\"country\",\"channel\",\"received\"",
            "\"person\":" ID_SCHEMA ",\"service\":" CODE_NAME ",\"country\":" COUNTRY "," RECEIVED
            ",\"answers\":{\"type\":\"object\"}")},
    {"pass-on.v1", OBJECT("\"officer\"", "\"officer\":" ID_SCHEMA)},
    {"mrz.v1", OBJECT("\"text\"", "\"text\":" TEXT(200))},
    {"ticket.v1",
     "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"service\":" CODE_NAME
     "}}"},
    {"ticket-call.v1",
     OBJECT("\"counter\"", "\"counter\":" NUMBER(1, 99) ",\"number\":" NUMBER(1, 2000))},
    {"ticket-end.v1", OBJECT("\"as\"", "\"as\":{\"enum\":[\"served\",\"absent\"]}")},
    {"case-lodge.v1",
     OBJECT("\"event\",\"channel\",\"received\"",
            "\"event\":" TEXT(40) "," RECEIVED ",\"answers\":{\"type\":\"object\"}," STEP_TEXTS)},
    {"case-import.v1",
     OBJECT("\"format\",\"journal\",\"case\",\"person\"",
            "\"format\":{\"const\":1},\"journal\":" TEXT(
                300) ",\"case\":{\"type\":\"object\"},\"answers\":{\"type\":\"object\"},"
                     "\"person\":{\"type\":\"object\"},\"steps\":" LIST ",\"decisions\":" LIST
                     ",\"payments\":" LIST ",\"documents\":" LIST ",\"attachments\":" LIST
                     ",\"access\":" LIST ",\"proofs\":" LIST ",\"messages\":" LIST
                     ",\"remarks\":" LIST)},
    {"access-delay.v1", OBJECT("\"person\",\"until\",\"basis\"",
                               "\"person\":" ID_SCHEMA ",\"until\":" DATE ",\"basis\":" TEXT(500))},
    {"policy.v1", OBJECT("\"files\"", POLICY_FILES)},
    {"policy-draft.v1",
     "{\"type\":\"object\",\"additionalProperties\":false,\"oneOf\":[{\"required\":[\"files\"]},"
     "{\"required\":[\"proposal\"]}],\"properties\":{" POLICY_FILES ",\"proposal\":" ID_SCHEMA
     ",\"language\":" LANGUAGE "}}"},
    {"case-new.v1", OBJECT("\"service\",\"country\"",
                           "\"service\":" CODE_NAME ",\"country\":" COUNTRY ",\"for\":" ID_SCHEMA)},
    {"application.v1",
     OBJECT("\"service\",\"country\",\"answers\"",
            "\"service\":" CODE_NAME ",\"country\":" COUNTRY ",\"answers\":{\"type\":\"object\"}")},
    {"service-ask.v1",
     OBJECT("\"country\"", "\"country\":" COUNTRY ",\"language\":" LANGUAGE
                           ",\"answers\":{\"type\":\"object\"},\"person\":{\"type\":\"object\"}")},
    {"answers.v1", OBJECT("\"answers\"", "\"answers\":{\"type\":\"object\"}")},
    {"correction.v1",
     OBJECT("\"message\"",
            "\"message\":" TEXT(
                2000) ",\"fields\":{\"type\":\"array\",\"maxItems\":50,\"items\":{\"type\":"
                      "\"string\",\"format\":\"json-pointer\"}}")},
    {"message.v1",
     OBJECT("\"text\"", "\"text\":" TEXT(2000) ",\"files\":{\"type\":\"array\",\"maxItems\":3,"
                        "\"items\":" ID_SCHEMA "}")},
    {"remark.v1", OBJECT("\"text\"", "\"text\":" TEXT(2000))},
    {"rating.v1", OBJECT("\"score\"", "\"score\":{\"type\":\"integer\",\"minimum\":1,"
                                      "\"maximum\":5},\"text\":" TEXT(2000))},
    {"appointment-rule.v1",
     OBJECT("\"hours\",\"counters\",\"minutes\"",
            "\"hours\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":14,\"items\":" OBJECT(
                "\"days\",\"from\",\"to\"", WEEKDAYS
                "," SPAN) "},\"breaks\":{\"type\":\"array\",\"maxItems\":"
                          "10,\"items\":" OBJECT(
                              "\"from\",\"to\"",
                              SPAN) "},"
                                    "\"counters\""
                                    ":" NUMBER(
                                        1, 20) ","
                                               "\""
                                               "mi"
                                               "nu"
                                               "te"
                                               "s"
                                               "\""
                                               ":" NUMBER(
                                                   5, 240) ",\"held\""
                                                           ":" NUMBER(0, 200) ",\"grace\":" NUMBER(
                                                               0, 240) ",\"states"
                                                                       "\":{"
                                                                       "\"type\":"
                                                                       "\"array\""
                                                                       ",\"maxIte"
                                                                       "ms\":20,"
                                                                       "\"items\""
                                                                       ":" TEXT(40) "}")},
    {"appointment-round.v1",
     OBJECT("\"closes\",\"from\",\"to\"", "\"closes\":" SLOT ",\"from\":" DATE ",\"to\":" DATE)},
    {"appointment-ask.v1",
     OBJECT("\"round\"", "\"round\":" ID_SCHEMA
                         ",\"wishes\":{\"type\":\"array\",\"maxItems\":10,\"uniqueItems\":true,"
                         "\"items\":{\"type\":\"string\",\"pattern\":"
                         "\"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$\"}},"
                         "\"any\":{\"type\":\"boolean\"}")},
    {"appointment-book.v1", OBJECT("\"at\"", "\"at\":" SLOT)},
    {"appointment-give.v1", OBJECT("\"at\",\"reason\"", "\"at\":" SLOT ",\"reason\":" TEXT(500))},
    {"appointment-mark.v1",
     OBJECT("\"as\"", "\"as\":{\"enum\":[\"arrived\",\"served\",\"missed\"]}")},
    {"decision.v1", OBJECT("\"outcome\",\"signature\"",
                           "\"outcome\":{\"enum\":[\"approve\",\"refuse\"]},\"reason\":" TEXT(
                               2000) ",\"signature\":" SIGNATURE)},
    {"confirmation.v1",
     OBJECT("\"signature\"", "\"signature\":" SIGNATURE ",\"reason\":" TEXT(2000))},
    {"interest.v1", OBJECT("\"person\",\"kind\"",
                           "\"person\":" ID_SCHEMA
                           ",\"kind\":{\"enum\":[\"kin\",\"friend\",\"business\",\"other\"]}")},
    {"signature.v1", OBJECT("\"signature\"", "\"signature\":" SIGNATURE)},
    {"overlay.v1",
     OBJECT("\"files\"",
            "\"files\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":128,\"items\":" OBJECT(
                "\"name\",\"text\"", "\"name\":" TEXT(64) ",\"text\":{\"type\":\"string\"}") "}")},
    {"settle.v1",
     OBJECT("\"choices\"", "\"choices\":{\"type\":\"array\",\"maxItems\":500,\"items\":" OBJECT(
                               "\"where\",\"take\"", "\"where\":" TEXT(400) ",\"take\":{\"enum\":["
                                                       "\"ours\",\"theirs\"]}") "}")},
    {"fees-change.v1",
     OBJECT("\"amounts\"", "\"amounts\":{\"type\":\"array\",\"maxItems\":200,\"items\":" OBJECT(
                               "\"at\",\"amount\"", "\"at\":" TEXT(
                                                        400) ",\"amount\":" MINOR) "},"
                               "\"words\":{\"type\":\"object\",\"maxProperties\":40,"
                               "\"additionalProperties\":" TEXT(500) "}")},
    {"reason.v1", OBJECT("\"reason\"", "\"reason\":" TEXT(2000))},
    {"step.v1", OBJECT("\"event\"", "\"event\":" TEXT(40) "," STEP_TEXTS)},
    {"account.v1",
     OBJECT("\"holder\",\"iban\"", "\"holder\":" TEXT(70) ",\"iban\":" TEXT(
                                       42) ",\"bic\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{6}["
                                           "A-Z0-9]{2}([A-Z0-9]{3})?$\"},"
                                           "\"bank\":" TEXT(100))},
    {"fee-call.v1", OBJECT("\"payment\",\"order\",\"amount\",\"currency\",\"status\"",
                           "\"payment\":" TEXT(100) ",\"order\":" TEXT(
                               40) ",\"amount\":{\"type\":\"integer\","
                                   "\"minimum\":1,\"maximum\":1000000000000},\"currency\":" CURRENCY
                                   ",\"status\":{\"enum\":[\"paid\",\"pending\",\"failed\"]}")},
    {"repayment.v1",
     OBJECT("\"how\",\"reference\"",
            "\"how\":{\"enum\":[\"cash\",\"transfer\"]},\"reference\":" NAMED(120))},
    {"cash-close.v1",
     OBJECT("\"day\",\"cash\"",
            "\"day\":" DATE ",\"cash\":{\"type\":\"array\",\"maxItems\":40,\"items\":" OBJECT(
                "\"currency\",\"counted\"", "\"currency\":" CURRENCY ",\"counted\":" MINOR
                                            ",\"deposited\":" MINOR ",\"reason\":" TEXT(500)) "}")},
    {"stock-series.v1",
     OBJECT("\"kind\",\"first\",\"last\"",
            BLANK_KIND ",\"prefix\":{\"type\":\"string\",\"pattern\":\"^([A-Z0-9-]{0,7}[A-Z-])?$\"},"
                       "\"first\":" DIGITS ",\"last\":" DIGITS)},
    {"stock-spoilt.v1",
     OBJECT("\"kind\",\"number\",\"reason\"",
            BLANK_KIND ",\"number\":" TEXT(20) ",\"reason\":" TEXT(500))},
    {"stock-count.v1",
     OBJECT("\"counts\"",
            "\"counts\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":4,\"items\":" OBJECT(
                "\"kind\",\"counted\"",
                BLANK_KIND ",\"counted\":" NUMBER(0, 1000000) ",\"missing\":{\"type\":\"array\","
                "\"maxItems\":200,\"items\":" TEXT(20) "},\"reason\":" TEXT(500)) "}")},
    {"register-row.v1",
     OBJECT("\"file\",\"row\",\"evidence\",\"person\"",
            "\"file\":" SHA256 ",\"row\":" NUMBER(1, 1000000) ",\"evidence\":" TEXT(
                300) ",\"namesake\":{\"type\":\"boolean\"},\"person\":" OBJECT(
                PERSON_REQUIRED, PERSON_NAMES "," PERSON_NUMBERS ",\"residence\":" COUNTRY
                                              ",\"phone\":" PHONE ",\"language\":" LANGUAGE))},
    {"register-trial.v1",
     OBJECT("\"file\",\"evidence\",\"rows\"",
            "\"file\":" SHA256 ",\"evidence\":" TEXT(
                300) ",\"rows\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":2000,\"items\":" OBJECT(
                "\"row\",\"person\"",
                "\"row\":" NUMBER(1, 1000000) ",\"person\":{\"type\":\"object\",\"maxProperties\":20}") "}")},
    {"entry-assign.v1", OBJECT("\"case\"", "\"case\":" ID_SCHEMA)},
    {"payment.v1",
     OBJECT("\"amount\",\"currency\",\"how\"",
            "\"amount\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000000000000},"
            "\"currency\":" CURRENCY ",\"how\":{\"enum\":[\"cash\",\"card\",\"transfer\",\"post\","
            "\"other\"]},\"reference\":" TEXT(120))},
    {"intelligence.v1",
     OBJECT("\"title\",\"tlp\",\"originator\"", ENGAGEMENT
            "," TLP ",\"originator\":" COUNTRY
            ",\"releasable\":{\"type\":\"array\",\"maxItems\":50,\"items\":" TEXT(40) "}")},
    {"figures.v1", OBJECT("\"title\",\"tlp\",\"personal\"",
                          ENGAGEMENT "," TLP ",\"personal\":{\"type\":\"boolean\"}")},
    {"package-gift.v1", OBJECT("\"title\",\"owner\",\"sensitive\"", ENGAGEMENT
                               ",\"owner\":" COUNTRY ",\"sensitive\":{\"type\":\"boolean\"}"
                               ",\"package\":{\"type\":\"string\",\"pattern\":"
                               "\"^[a-z][a-z0-9-]{0,60}(@[0-9.]{1,32})?$\"}")},
    {"help.v1", OBJECT("\"title\",\"capability\"", ENGAGEMENT)},
    {"contact.v1",
     OBJECT("\"name\"", "\"name\":" TEXT(120) ",\"office\":" TEXT(
                            200) ",\"phone\":" PHONE ",\"email\":" EMAIL ",\"note\":" TEXT(2000))},
    {"pledge.v1",
     OBJECT("\"by\",\"text\",\"due\"", "\"by\":{\"enum\":[\"us\",\"them\"]},\"text\":" TEXT(
                                           500) ",\"due\":" DATE ",\"basis\":" TEXT(300))},
    {"pledge-settle.v1",
     OBJECT("\"outcome\"",
            "\"outcome\":{\"enum\":[\"kept\",\"broken\",\"released\"]},\"note\":" TEXT(500))},
    {"advice.v1", OBJECT("\"action\"", "\"action\":" TEXT(60) ",\"input\":{\"type\":\"object\"}")},
    {"cost-rate.v1", OBJECT("\"per_hour\",\"currency\",\"source\"",
                            "\"mission\":" CODE_NAME ",\"per_hour\":" NUMBER(
                                1, 100000000) ",\"currency\":" CURRENCY ",\"source\":" TEXT(300))},
    {"paper-time.v1",
     OBJECT("\"service\",\"minutes\",\"source\"",
            "\"service\":" CODE_NAME ",\"minutes\":" NUMBER(1, 100000) ",\"source\":" TEXT(300))},
    {"credence.v1",
     OBJECT("\"credence\",\"keyset\"", "\"credence\":" TEXT(8000) ",\"keyset\":" TEXT(8000))},
    {"standing.v1", OBJECT("\"standing\",\"signature\"", STANDING ",\"signature\":" SIGNATURE)},
    {"standing-wish.v1", OBJECT("\"standing\"", STANDING)},
    {"standing-confirm.v1",
     OBJECT("\"signature\"", "\"fingerprint\":" TEXT(200) ",\"signature\":" SIGNATURE)},
    {"note.v1",
     OBJECT("\"subject\",\"text\",\"language\"",
            "\"subject\":" TEXT(300) ",\"text\":" TEXT(
                100000) ",\"language\":" LANGUAGE ",\"reply_to\":" ID_SCHEMA
                        ",\"emergency\":{\"type\":\"boolean\"},\"sealed\":{\"type\":\"boolean\"}")},
    {"witnesses.v1",
     OBJECT("\"policy\",\"signature\"", "\"policy\":" TEXT(16384) ",\"signature\":" SIGNATURE)},
    {"guest.v1",
     OBJECT("\"email\",\"name\",\"state\",\"subject\",\"text\",\"language\",\"until\"",
            "\"email\":" EMAIL ",\"name\":" TEXT(
                120) ",\"state\":" COUNTRY
                     ",\"subject\":" TEXT(300) ",\"text\":" TEXT(
                         20000) ",\"language\":{\"enum\":[\"ar\",\"en\",\"fr\"]},"
                                "\"until\":" DATE
                                ",\"may\":{\"type\":\"array\",\"uniqueItems\":true,\"maxItems\":3,"
                                "\"items\":{\"enum\":[\"download\",\"answer\",\"acknowledge\"]}},"
                                "\"file\":" OBJECT(
                                    "\"name\",\"data\"",
                                    "\"name\":" TEXT(
                                        200) ",\"data\":{\"type\":\"string\",\"contentEncoding\":"
                                             "\"base64\",\"minLength\":1,\"maxLength\":2800000}"))},
    {"joint-note.v1", OBJECT("\"subject\",\"text\",\"language\",\"matter\"",
                             "\"subject\":" TEXT(300) ",\"text\":" TEXT(
                                 100000) ",\"language\":" LANGUAGE ",\"matter\":" CODE_NAME
                                         ",\"sealed\":{\"type\":\"boolean\"}")},
    {"xroad-call.v1", OBJECT("\"member\",\"service\"",
                             "\"member\":" TEXT(1023) ",\"service\":" TEXT(255) ",\"path\":" TEXT(
                                 1000) ",\"case\":" ID_SCHEMA ",\"body\":{}")},
    {"query.v1",
     "{\"type\":\"object\",\"additionalProperties\":false,\"minProperties\":1,"
     "\"maxProperties\":1,\"properties\":{\"seal\":" TEXT(200) ",\"number\":" TEXT(60) "}}"},
    {"acknowledgement.v1",
     "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"text\":" TEXT(
         2000) "}}"},
    {"protection-give.v1",
     OBJECT("\"title\",\"citizen\"",
            ENGAGEMENT ",\"citizen\":" COUNTRY ",\"case\":" OBJECT(
                "\"service\",\"country\",\"person\",\"answers\"",
                "\"service\":" CODE_NAME ",\"country\":" COUNTRY
                ",\"answers\":{\"type\":\"object\"},\"person\":{\"type\":\"object\",\"required\":["
                "\"surname\",\"given_names\",\"birth_date\",\"nationality\"],\"maxProperties\":20,"
                "\"additionalProperties\":" TEXT(200) "},\"paper\":" OBJECT(
                    "\"name\",\"data\"",
                    "\"name\":" TEXT(200) ",\"data\":{\"type\":\"string\",\"contentEncoding\":"
                                          "\"base64\",\"minLength\":1,\"maxLength\":2800000}")))},
    {"consultation.v1",
     OBJECT("\"text\"", "\"text\":" TEXT(4000) ",\"proposal\":{\"type\":\"boolean\"}")},
    {"protection.v1", OBJECT("\"title\",\"citizen\"", ENGAGEMENT ",\"citizen\":" COUNTRY)},
};

const char *input_at(size_t i)
{
    return i < ARRAY_LEN(inputs) ? inputs[i].name : NULL;
}

const char *input_schema(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_LEN(inputs); i++)
        if (strcmp(inputs[i].name, name) == 0)
            return inputs[i].json;
    return NULL;
}
