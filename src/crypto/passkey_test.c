/* passkey_test.c - the test vectors of WebAuthn Level 3 (section 16), and what must not pass */
#include "base/testing.h"

#include "base/encode.h"
#include "crypto/passkey.h"

enum { MADE_CHALLENGE, MADE_CLIENT, MADE_AUTH, CHALLENGE, CLIENT, AUTH, SIGNATURE, PARTS };

/* Relying party example.org at https://example.org; hexadecimal, in the order above. A passkey that
 * is refused when it is made has no assertion here. */
static const struct {
    const char *what, *hex[PARTS];
    enum err made, signs;
} vectors[] = {
    {"ES256",
     {"c1184a5fddf8045e13dc47f54b61f5a656b666b59018f16d870e9256e9952012",
      "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a227752684b58"
      "393334424634543345663153324831706c61325a725751475046746877365356756d56494249222c226f7269"
      "67696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c"
      "73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e64"
      "65642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c20737563"
      "6820617320746869733a20396138624e596a4b436757724258552d66436c316167227d",
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b54d00000000876ca4f52071c3"
      "e9b25509ef2cdf7ed60020c9a6f5b3462d02873fea0c56862234f99f081728084e511bb7760201a89054a5a5"
      "0102032620012158201cf27f25da591208a4239c2e324f104f585525479a29edeedd830f48e77aeae5225820"
      "59e4b7da6c0106e206ce390c93ab98a15a5ec3887e57f0cc2bece803b920c423",
      "b1106fa46a57bef1781511c0557dc898a03413d5f0f17d244630c194c7e1adb5",
      "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a227352427670477058"
      "7676463446524841565833496d4b4130453958773858306b526a44426c4d6668726255222c226f726967696e"
      "223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c"
      "22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e64656420"
      "77697468206164646974696f6e616c206669656c647320696e20746865206675747572652c20737563682061"
      "7320746869733a20415a4d77794d78496244382d756775464e7036723851227d",
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50d00000000",
      "30450220694969d3ee928de6f02ef23a9c644d7d779916451734a94b432542f498a1ebe90221008b0819c824"
      "218a97152cd099c55bfb1477b29d900a49a64018314f9bfccda163"},
     OK,
     OK},
    {"made without asking who",
     {"00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130",
      "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d5074"
      "34557878475453746e63647134313759447742466938767049612d7077386f4f755657345441222c226f7269"
      "67696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c"
      "73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e64"
      "65642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c20737563"
      "6820617320746869733a20426b5165446a646354427258426941774a544c453551227d",
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db3"
      "74750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5"
      "010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820"
      "930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220",
      "", "", "", ""},
     ERR_UNTRUSTED,
     OK},
    {"signed without asking who",
     {"7869c2b772d4b58eba9378cf8f29e26cf935aa77df0da89fa99c0bdc0a76f7e5",
      "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a2265476e4374"
      "334c55745936366b336a506a796e6962506b31716e666644616966715a774c33417032392d55222c226f7269"
      "67696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c"
      "73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e64"
      "65642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c20737563"
      "6820617320746869733a205539685458764b453255526b4d6e625f307859485667227d",
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b55d00000000df850e09db6afb"
      "dfab51697791506cfc0020455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58ca5"
      "010203262001215820eb151c8176b225cc651559fecf07af450fd85802046656b34c18f6cf193843c5225820"
      "927b8aa427a2be1b8834d233a2d34f61f13bfd44119c325d5896e183fee484f2",
      "4478a10b1352348dd160c1353b0d469b5db19eb91c27f7dfa6fed39fe26af20b",
      "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a225248696843784e53"
      "4e493352594d45314f7731476d3132786e726b634a5f6666707637546e2d4a71386773222c226f726967696e"
      "223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c"
      "22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e64656420"
      "77697468206164646974696f6e616c206669656c647320696e20746865206675747572652c20737563682061"
      "7320746869733a206754623533727a36456853576f6d58477a696d433151227d",
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50900000000",
      "304402203310b9431903c401f1be2bdc8d23a4007682dbbddcf846994947b7f465daf84002204e94dd00047b"
      "316061b3b99772b7efd95994a83ef584b3b6b825ea3550251b66"},
     OK,
     ERR_BAD_SIGNATURE},
    {"asked for by another site",
     {"3be5aacd03537142472340ab5969f240f1d87716e20b6807ac230655fa4b3b49",
      "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a224f2d57717a"
      "514e5463554a484930437257576e7951504859647862694332674872434d475666704c4f306b222c226f7269"
      "67696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a747275"
      "652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465"
      "642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c2073756368"
      "20617320746869733a207a5a7175457444523944577170573574425754467567227d",
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b54500000000883f4f6014f19c"
      "09d87aa38123be48d000206e1050c0d2ca2f07c755cb2c66a74c64fa43065c18f938354d9915db2bd5ce57a5"
      "01020326200121582022200a473f90b11078851550d03b4e44a2279f8c4eca27b3153dedfe03e4e97d225820"
      "cbd0be95e746ad6f5a8191be11756e4c0420e72f65b466d39bc56b8b123a9c6e",
      "", "", "", ""},
     ERR_UNTRUSTED,
     OK},
    {"ES512 is not taken",
     {"4ee220cd92b07e11451cb4c201c5755bd879848e492a9b12d79135c62764dc2fd28ead4808cafe5ad1de8fa9"
      "e08d4a8eeafea4dfb333877b02bc503f475d3b0c1394a7683baaf4f2477829f7b8cf750948985558748c0730"
      "68396fcfdcd3f245bf2038e6bb38d7532768aad13be8c118f727722e7426139041e9caca503884c5",
      "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22547549677a"
      "5a4b7766684646484c544341635631573968356849354a4b707353313545317869646b33435f536a71314943"
      "4d722d577448656a366e676a55714f3676366b33374d7a683373437646415f5231303744424f557032673771"
      "7654795233677039376a5064516c496d465659644977484d47673562385f63305f4a46767941343572733431"
      "314d6e614b72524f2d6a424750636e636935304a684f5151656e4b796c4134684d55222c226f726967696e22"
      "3a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22"
      "657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077"
      "697468206164646974696f6e616c206669656c647320696e20746865206675747572652c2073756368206173"
      "20746869733a206f3371566a4f4c327454576d3447786b7a495f516767227d",
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b54d0000000039d8ce6a3cf610"
      "25775083a738e5c2540020d17d5af7e3f37c56622a67c8462c9e1c6336dfccb8b61d359dc47378dba58ce4a5"
      "010203382320032158420083240a2c3ad21a3dc0a6daa3d8bc05a46d7cd9825ba010ae2a22686c2d6d663d7d"
      "5f678987fb1e767542e63dc197ae915e25f8ee284651af29066910a2cc083f50225842017337df47ab5cce5d"
      "716ef8caffa97a3012689b1f326ea6c43a1ba9596c72f71f0122390143552b42be772b4c35ffb961220c743b"
      "486a601ea4cb6d5412f5b078d3",
      "", "", "", ""},
     ERR_UNTRUSTED,
     OK},
    {"RS256 of another size than 2048 bits",
     {"bea8f0770009bd57f2c0df6fea9f743a27e4b61bbe923c862c7aad7a9fc8e4a6",
      "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a2276716a7764"
      "77414a76566679774e3976367039304f69666b7468752d6b6a79474c48717465705f49354b59222c226f7269"
      "67696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c"
      "73657d",
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b55d00000000428f8878298b98"
      "62a36ad8c7527bfef20020992a18acc83f67533600c1138a4b4c4bd236de13629cf025ed17cb00b00b74dfa4"
      "010303390100205901b403ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7ffffffffff"
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      "ffffffffffffffffffffffffffffffffffffffffffff80000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000012143010001",
      "295f59f5fa8fe62c5aca9e27626c78c8da376ae6d8cd2dd29aebad601e1bc4c5",
      "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224b56395a39667150"
      "356978617970346e596d7834794e6f33617562597a5333536d75757459423462784d55222c226f726967696e"
      "223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d",
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000",
      "01063d52d7c39b4d432fc7063c5d93e582bdcb16889cd71f888d67d880ea730a428498d3bc8e1ee11f2b1ecb"
      "e6c292b118c55ffaaddefa8cad0a54dd137c51f1eec673f1bb6c4d1789d6826a222b22d0f585fc901fdc9332"
      "12e579d199b89d672aa44891333e6a1355536025e82b25590256c3538229b55737083b2f6b9377e49e2472f1"
      "1952f79fdd0da180b5ffd901b4049a8f081bb40711bef76c62aed943571f2d0575304cb549d68d8892f95086"
      "a30f93716aee818f8dc06e96c0d5e0ed4cfa9fd8773d90464b68cf140f7986666ff9c9e3302acd0535d60d76"
      "9f465e2ab57ef8aabc89fccfef7ba32a64154a8b3d26be2298f470b8cc5377dbe3dfd4b0b45f8f01e63bde6c"
      "fc76b62771f9b70aa27cf40152cad93aa5acd784fd4b90f676e2ea828d0bf2400aebbaae4153e5838f537f88"
      "b6228346782a93a899be66ec77de45b3efcf311da6321c92e6b0cd11bfe653bf3e98cee8e341f02d67dbb6f9"
      "c98d9e8178090cfb5b70fbc6d541599ac794ae2f1d4de1286ec8de8c2daf7b1d15c8438e90d924df5c190452"
      "20a4c8438c1b979bbe016cf3d0eeec23c3999d4882cc645b776de930756612cdc6dd398160ff02a6"},
     ERR_UNTRUSTED,
     OK},
    {"ES256 of a TPM",
     {"cfc82cdf1ceee876120aa88f0364f0910193460cfb97a317b2fe090694f9a299",
      "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a227a38677333"
      "787a753648595343716950413254776b51475452677a376c364d587376344a427054356f706b222c226f7269"
      "67696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c"
      "73657d",
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b54d000000004b92a377fc5f61"
      "07c4c85c190adbfd990020ec27bec7521c894bbb821105ea3724c90e770cf1fa354157ef18d0f18f78bea9a5"
      "01020326200121582041202698c9d9753fb4bb3f27cd09fe6b8afdb76438ee2ae54d7c9dade10d864b225820"
      "d8735115cdb330a63ea1d6e43d5000f4bd56f99bce83ee1d73301fc270116d07",
      "00093b66c21d5b5e89f7a07082118907ea3e502d343b314b8c5a54d62db202fb",
      "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a2241416b375a734964"
      "5731364a393642776768474a422d6f2d554330304f7a464c6a46705531693279417673222c226f726967696e"
      "223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d",
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50d00000000",
      "3045022060dc76b1607ec716c6e5eba8d056695ed6bc47b2e3d7a729c34e759e3ab66aa0022100d010a9e8fd"
      "dcb64c439dfdca628ddb33cf245d567d157d9f66f942601bed9b38"},
     OK,
     OK},
};

static struct arena *arena;

static str part(size_t i, int which)
{
    str hex = str_of(vectors[i].hex[which]);
    char *bytes = arena_alloc(arena, hex.n / 2 + 1);

    assert_non_null(bytes);
    assert_true(hex_decode(hex, bytes, hex.n / 2));
    return str_bytes(bytes, hex.n / 2);
}

static struct hash challenge(size_t i, int which)
{
    struct hash h;

    memcpy(h.b, part(i, which).p, sizeof h.b);
    return h;
}

static enum err make(size_t i, str client, str auth, struct passkey *out)
{
    struct hash c = challenge(i, MADE_CHALLENGE);

    return passkey_made(arena, client, auth, &c, S("example.org"), S("https://example.org"), out,
                        NULL);
}

static void put_part(struct buf *b, str bytes)
{
    buf_add_char(b, (char)(bytes.n >> 8));
    buf_add_char(b, (char)(bytes.n & 255));
    buf_add_str(b, bytes);
}

static void assertion_bytes(size_t i, const struct passkey *p, struct buf *b)
{
    buf_add_char(b, 1);
    put_part(b, p->id);
    put_part(b, part(i, AUTH));
    put_part(b, part(i, CLIENT));
    put_part(b, part(i, SIGNATURE));
    assert_true(buf_ok(b));
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        AUTO(buf) struct buf b = BUF(OFFICER_SIGNATURE_MAX);
        struct assertion said;
        struct passkey p;
        enum err e = make(i, part(i, MADE_CLIENT), part(i, MADE_AUTH), &p);
        if (e != vectors[i].made)
            fail_msg("%s: %d when made", vectors[i].what, e);
        if (e != OK)
            continue;
        struct hash c = challenge(i, CHALLENGE);
        assertion_bytes(i, &p, &b);
        assert_true(assertion_parse(buf_str(&b), &said));
        e = passkey_check(arena, &p, &said, &c, NULL);
        if (e != vectors[i].signs)
            fail_msg("%s: %d when it signs", vectors[i].what, e);
    }
}

/* Not a bit of the first vector's assertion may be another one. */
static void test_every_bit(void **state)
{
    AUTO(buf) struct buf b = BUF(OFFICER_SIGNATURE_MAX);
    struct hash c = challenge(0, CHALLENGE);
    struct passkey p;

    (void)state;
    assert_int_equal(make(0, part(0, MADE_CLIENT), part(0, MADE_AUTH), &p), OK);
    assertion_bytes(0, &p, &b);
    for (size_t i = 0; i < b.n * 8; i++) {
        AUTO(arena) struct arena *a = arena_new(1 << 20);
        struct assertion said;
        b.p[i / 8] = (char)(b.p[i / 8] ^ 1 << i % 8);
        if (assertion_parse(buf_str(&b), &said) && passkey_check(a, &p, &said, &c, NULL) == OK)
            fail_msg("bit %zu does not matter", i);
        b.p[i / 8] = (char)(b.p[i / 8] ^ 1 << i % 8);
    }
    for (size_t n = 0; n < b.n; n++) {
        struct assertion said;
        assert_false(assertion_parse(str_bytes(b.p, n), &said));
    }
}

/* Somebody else's challenge, site and address. */
static void test_elsewhere(void **state)
{
    struct hash c = challenge(0, MADE_CHALLENGE), other = {{0}};
    str client = part(0, MADE_CLIENT), auth = part(0, MADE_AUTH);
    str rp = S("example.org"), origin = S("https://example.org");
    struct passkey p;

    (void)state;
    assert_int_equal(passkey_made(arena, client, auth, &other, rp, origin, &p, NULL),
                     ERR_UNTRUSTED);
    assert_int_equal(passkey_made(arena, client, auth, &c, S("example.com"), origin, &p, NULL),
                     ERR_UNTRUSTED);
    assert_int_equal(
        passkey_made(arena, client, auth, &c, rp, S("https://www.example.org"), &p, NULL),
        ERR_UNTRUSTED);
    /* what was signed for an assertion makes no passkey */
    assert_int_equal(passkey_made(arena, part(0, CLIENT), auth, &c, rp, origin, &p, NULL),
                     ERR_UNTRUSTED);
}

/* As an officer's: over a text, by a registered passkey or the file's key, by nothing else. */
static void test_officer(void **state)
{
    struct ed25519_secret secret;
    struct officer_signature s;

    (void)state;
    ed25519_new(&secret);
    struct ed25519_public key = ed25519_public_of(&secret);
    struct ed25519_signature plain = ed25519_sign(&secret, S("{}"));
    assert_true(officer_signature_of(str_bytes(plain.b, sizeof plain.b), &s));
    assert_int_equal(officer_check(arena, &key, NULL, 0, S("{}"), &s, NULL), OK);
    assert_int_equal(officer_check(arena, &key, NULL, 0, S("{ }"), &s, NULL), ERR_BAD_SIGNATURE);
    AUTO(buf) struct buf b = BUF(OFFICER_SIGNATURE_MAX);
    struct passkey p;
    assert_int_equal(make(0, part(0, MADE_CLIENT), part(0, MADE_AUTH), &p), OK);
    assertion_bytes(0, &p, &b);
    assert_true(officer_signature_of(buf_str(&b), &s));
    assert_int_equal(officer_check(arena, &key, NULL, 0, S("{}"), &s, NULL), ERR_UNTRUSTED);
    assert_int_equal(officer_check(arena, &key, &p, 1, S("{}"), &s, NULL), ERR_UNTRUSTED);
    assert_false(officer_signature_of(STR_NONE, &s));
}

static void test_record(void **state)
{
    AUTO(buf) struct buf b = BUF(4096);
    struct jw w = JW(&b);
    struct passkey p, q;
    struct json *j;

    (void)state;
    assert_int_equal(make(0, part(0, MADE_CLIENT), part(0, MADE_AUTH), &p), OK);
    passkey_write(&w, &p);
    assert_int_equal(json_parse(arena, buf_str(&b), NULL, &j, NULL), OK);
    assert_int_equal(passkey_read(arena, j, &q, NULL), OK);
    assert_true(q.alg == p.alg && str_eq(q.id, p.id) && str_eq(q.key, p.key) && str_eq(q.rp, p.rp));
    assert_int_equal(json_parse(arena, S("{\"alg\":-7}"), NULL, &j, NULL), OK);
    assert_int_equal(passkey_read(arena, j, &q, NULL), ERR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_elsewhere), cmocka_unit_test(test_officer),
        cmocka_unit_test(test_record)};

    arena = arena_new(16 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
