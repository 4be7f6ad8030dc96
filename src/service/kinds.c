/* kinds.c - the dispatches of this folder that travel between states: by which act each is taken
 * up, and what it may say */
#include "service/services.h"

/* a member of a schema a line, which clang-format would tear apart */
/* clang-format off */
#define TEXT(max) "{\"type\":\"string\",\"minLength\":1,\"maxLength\":" #max "}"
#define STRICT    "{\"type\":\"object\",\"additionalProperties\":false,"

static const char package_answer[] = STRICT
    "\"required\":[\"outcome\"],\"properties\":{"
    "\"outcome\":{\"enum\":[\"accepted\",\"refused\"]},"
    "\"reason\":" TEXT(4000) ","
    "\"record\":" TEXT(130000) "}}";

static const char trust_list[] = STRICT
    "\"required\":[\"trust\",\"revocations\"],\"properties\":{"
    "\"trust\":" TEXT(1000000) ","
    "\"revocations\":" TEXT(20000000) "}}";

static const char protection_case[] = STRICT
    "\"required\":[\"service\",\"country\",\"person\",\"answers\",\"mission\"],\"properties\":{"
    "\"service\":" TEXT(60) ","
    "\"country\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{2}$\"},"
    "\"mission\":" TEXT(40) ","
    "\"role\":" TEXT(60) ","
    "\"answers\":{\"type\":\"object\"},"
    "\"person\":{\"type\":\"object\","
    "\"required\":[\"surname\",\"given_names\",\"birth_date\",\"nationality\"],"
    "\"maxProperties\":20,\"additionalProperties\":" TEXT(200) "},"
    "\"paper\":" STRICT "\"required\":[\"name\",\"data\"],\"properties\":{"
    "\"name\":" TEXT(200) ","
    "\"data\":" TEXT(2800000) "}}}}";

static const char protection_word[] = STRICT
    "\"required\":[\"text\"],\"properties\":{"
    "\"text\":" TEXT(4000) ","
    "\"proposal\":" STRICT "\"required\":[\"statement\",\"seal\"],\"properties\":{"
    "\"statement\":" TEXT(16000) ","
    "\"seal\":{\"type\":\"object\"}}}}}";

static const char protection_assent[] = STRICT
    "\"required\":[\"key\",\"mission\",\"officer\",\"role\",\"signature\",\"statement\",\"until\"],"
    "\"properties\":{"
    "\"key\":" TEXT(64) ","
    "\"mission\":" TEXT(64) ","
    "\"officer\":" TEXT(36) ","
    "\"role\":" TEXT(64) ","
    "\"signature\":" TEXT(8000) ","
    "\"statement\":" TEXT(64) ","
    "\"until\":" TEXT(10) ","
    "\"passkeys\":{\"type\":\"array\",\"maxItems\":32,\"items\":{\"type\":\"object\"}}}}";
/* clang-format on */

const struct dispatch_kind service_kinds[] = {
    {"package", "package.arrive", NULL},
    {"package-answer", "package.answered", package_answer},
    {"trust-list", "trust.receive", trust_list},
    {"protection-case", "protection.arrive", protection_case},
    {"protection-word", "protection.word", protection_word},
    {"protection-assent", "protection.assent", protection_assent},
    {"protection-answer", "protection.answered", NULL},
    {"trust-query", "trust.asked",
     "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{}}"},
};
const size_t service_kinds_n = ARRAY_LEN(service_kinds);
