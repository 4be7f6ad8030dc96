/* vds_types.c - the document types and profiles that a seal may name
 *
 * Types: ICAO Doc 9303-13 (5d01, 5e03), BSI TR-03137-1 (the German ones), BSI TR-03171 (01c8,
 * 01c9). Profiles of 01c8 have their own messages from tag 4 on; tags 0 to 3 belong to the type.
 */
#include "paper/vds.h"

#define REQUIRED true
#define OPTIONAL false

static const struct vds_field arrival_attestation[] = {
    {"MRZ", 2, VDS_MRZ, REQUIRED, 48, 48},
    {"AZR", 3, VDS_C40, REQUIRED, 8, 8},
};
static const struct vds_field address_sticker[] = {
    {"DOCUMENT_NUMBER", 1, VDS_C40, REQUIRED, 6, 6},
    {"AGS", 2, VDS_C40, REQUIRED, 6, 6},
    {"ADDRESS", 3, VDS_C40, REQUIRED, 6, 18},
};
static const struct vds_field address_sticker_passport[] = {
    {"DOCUMENT_NUMBER", 1, VDS_C40, REQUIRED, 6, 6},
    {"AGS", 2, VDS_C40, REQUIRED, 6, 6},
    {"POSTAL_CODE", 3, VDS_C40, REQUIRED, 4, 4},
};
static const struct vds_field emergency_travel_document[] = {
    {"MRZ", 2, VDS_MRZ, REQUIRED, 48, 48},
};
/* A visa carries one of the two zones, so neither is required by itself. */
static const struct vds_field visa[] = {
    {"MRZ_MRVA", 1, VDS_MRZ_MRVA, OPTIONAL, 48, 48},
    {"MRZ_MRVB", 2, VDS_MRZ_MRVB, OPTIONAL, 44, 44},
    {"NUMBER_OF_ENTRIES", 3, VDS_BYTE, OPTIONAL, 1, 1},
    {"DURATION_OF_STAY", 4, VDS_BYTES, REQUIRED, 3, 3},
    {"PASSPORT_NUMBER", 5, VDS_C40, REQUIRED, 6, 6},
    {"VISA_TYPE", 6, VDS_BYTES, OPTIONAL, 1, 4},
    {"ADDITIONAL_FEATURES", 7, VDS_BYTES, OPTIONAL, 0, 254},
};
static const struct vds_field residence_permit[] = {
    {"MRZ", 2, VDS_MRZ, REQUIRED, 48, 48},
    {"PASSPORT_NUMBER", 3, VDS_C40, REQUIRED, 6, 6},
};
static const struct vds_field social_insurance_card[] = {
    {"SOCIAL_INSURANCE_NUMBER", 1, VDS_C40, REQUIRED, 8, 8},
    {"SURNAME", 2, VDS_UTF8, REQUIRED, 1, 90},
    {"FIRST_NAME", 3, VDS_UTF8, REQUIRED, 1, 90},
    {"BIRTH_NAME", 4, VDS_UTF8, OPTIONAL, 1, 90},
};
static const struct vds_field supplementary_sheet[] = {
    {"MRZ", 4, VDS_MRZ, REQUIRED, 48, 48},
    {"SHEET_NUMBER", 5, VDS_C40, REQUIRED, 6, 6},
};
static const struct vds_field administrative_v8[] = {
    {"DOC_PROFILE_NUMBER", 0, VDS_BYTES, REQUIRED, 16, 16},
    {"VALIDITY_DATES", 1, VDS_VALIDITY_DATES, OPTIONAL, 1, 17},
};
static const struct vds_field administrative_v9[] = {
    {"DOC_PROFILE_NUMBER", 0, VDS_BYTES, REQUIRED, 16, 16},
    {"VALID_FROM", 1, VDS_DATE_STRING, OPTIONAL, 8, 8},
    {"VALID_TO", 2, VDS_DATE_STRING, OPTIONAL, 8, 8},
    {"PROFILE_URI", 3, VDS_UTF8, REQUIRED, 1, 255},
    {"CERTIFICATE_URI", 4, VDS_UTF8, REQUIRED, 1, 255},
    {"STATUS_URI", 5, VDS_UTF8, OPTIONAL, 1, 255},
    {"STATUS_LIST_INDEX", 6, VDS_BYTES, OPTIONAL, 1, 4},
};

#define FIELDS(a) (a), ARRAY_LEN(a)

static const struct vds_type types[] = {
    {"ARRIVAL_ATTESTATION", 0xfd02, FIELDS(arrival_attestation), false},
    {"ADDRESS_STICKER_ID", 0xf908, FIELDS(address_sticker), false},
    {"ADDRESS_STICKER_RP", 0xf90c, FIELDS(address_sticker), false},
    {"ADDRESS_STICKER_PASSPORT", 0xf80a, FIELDS(address_sticker_passport), false},
    {"EMERGENCY_TRAVEL_DOCUMENT", VDS_REF_EMERGENCY_TRAVEL, FIELDS(emergency_travel_document),
     false},
    {"VISA", 0x5d01, FIELDS(visa), false},
    {"RESIDENCE_PERMIT", 0xfb06, FIELDS(residence_permit), false},
    {"SOCIAL_INSURANCE_CARD", 0xfc04, FIELDS(social_insurance_card), false},
    {"SUPPLEMENTARY_SHEET", 0xfa06, FIELDS(supplementary_sheet), false},
    {"ADMINISTRATIVE_DOCUMENTS_V8", VDS_REF_ADMINISTRATIVE, FIELDS(administrative_v8), true},
    {"ADMINISTRATIVE_DOCUMENTS_V9", 0x01c9, FIELDS(administrative_v9), true},
};

/* BSI TR-03171: the German certificate of residence */
static const struct vds_field meldebescheinigung[] = {
    {"SURNAME", 4, VDS_UTF8, REQUIRED, 1, 255},
    {"ACADEMIC_DEGREE", 5, VDS_UTF8, OPTIONAL, 1, 255},
    {"FIRST_NAME", 6, VDS_UTF8, REQUIRED, 1, 255},
    {"COMMON_FIRST_NAME", 7, VDS_UTF8, OPTIONAL, 1, 255},
    {"DATE_OF_BIRTH", 8, VDS_UTF8, OPTIONAL, 1, 255},
    {"STREET", 9, VDS_UTF8, REQUIRED, 1, 255},
    {"HOUSE_NUMBER", 10, VDS_UTF8, REQUIRED, 1, 10},
    {"POSTAL_CODE", 11, VDS_UTF8, REQUIRED, 5, 5},
    {"CITY", 12, VDS_UTF8, REQUIRED, 1, 255},
    {"MOVING_DATE", 13, VDS_UTF8, REQUIRED, 8, 8},
    {"HOUSING_STATUS", 14, VDS_BYTE, REQUIRED, 1, 1},
    {"DATE_OF_NOTIFICATION", 15, VDS_UTF8, REQUIRED, 8, 8},
};
static const struct vds_field consular_registration[] = {
    {"DOCUMENT_NUMBER", 4, VDS_UTF8, REQUIRED, 1, 32},
    {"SURNAME", 5, VDS_UTF8, REQUIRED, 1, 120},
    {"GIVEN_NAMES", 6, VDS_UTF8, OPTIONAL, 1, 120},
    {"DATE_OF_BIRTH", 7, VDS_DATE_STRING, REQUIRED, 8, 8},
    {"NATIONALITY", 8, VDS_C40, REQUIRED, 2, 2},
    {"MISSION", 9, VDS_UTF8, REQUIRED, 1, 80},
};
static const struct vds_field power_of_attorney[] = {
    {"DOCUMENT_NUMBER", 4, VDS_UTF8, REQUIRED, 1, 32},
    {"GRANTOR", 5, VDS_UTF8, REQUIRED, 1, 120},
    {"GRANTOR_DATE_OF_BIRTH", 6, VDS_DATE_STRING, REQUIRED, 8, 8},
    {"ATTORNEY", 7, VDS_UTF8, REQUIRED, 1, 120},
    {"SUBJECT", 8, VDS_UTF8, REQUIRED, 1, 160},
    {"MISSION", 9, VDS_UTF8, REQUIRED, 1, 80},
};
static const struct vds_field consular_document[] = {
    {"DOCUMENT_NUMBER", 4, VDS_UTF8, REQUIRED, 1, 32},
    {"TITLE", 5, VDS_UTF8, REQUIRED, 1, 120},
    {"HOLDER", 6, VDS_UTF8, OPTIONAL, 1, 160},
    {"DATE_OF_BIRTH", 7, VDS_DATE_STRING, OPTIONAL, 8, 8},
    {"MISSION", 8, VDS_UTF8, OPTIONAL, 1, 80},
    {"CONTENT_SHA256", 9, VDS_BYTES, OPTIONAL, 32, 32},
};

static const struct vds_field passport_order[] = {
    {"DOCUMENT_NUMBER", 4, VDS_UTF8, REQUIRED, 1, 32},
    {"SURNAME", 5, VDS_UTF8, REQUIRED, 1, 120},
    {"GIVEN_NAMES", 6, VDS_UTF8, OPTIONAL, 1, 120},
    {"DATE_OF_BIRTH", 7, VDS_DATE_STRING, REQUIRED, 8, 8},
    {"OLD_PASSPORT", 8, VDS_UTF8, REQUIRED, 1, 16},
    {"MISSION", 9, VDS_UTF8, REQUIRED, 1, 80},
};

static const struct vds_profile profiles[] = {
    {{0x9a, 0x42, 0x23, 0x40, 0x6d, 0x37, 0x4e, 0xf9, 0x9e, 0x2c, 0xf9, 0x5e, 0x31, 0xa2, 0x38,
      0x46},
     "MELDEBESCHEINIGUNG",
     FIELDS(meldebescheinigung)},
    {{0x3b, 0x0a, 0x5e, 0x1c, 0x52, 0x7d, 0x4c, 0x0e, 0x8f, 0x21, 0x6a, 0x9d, 0x41, 0xc7, 0x00,
      0x01},
     "CONSULAR_REGISTRATION",
     FIELDS(consular_registration)},
    {{0x3b, 0x0a, 0x5e, 0x1c, 0x52, 0x7d, 0x4c, 0x0e, 0x8f, 0x21, 0x6a, 0x9d, 0x41, 0xc7, 0x00,
      0x02},
     "POWER_OF_ATTORNEY",
     FIELDS(power_of_attorney)},
    {{0x3b, 0x0a, 0x5e, 0x1c, 0x52, 0x7d, 0x4c, 0x0e, 0x8f, 0x21, 0x6a, 0x9d, 0x41, 0xc7, 0x00,
      0x03},
     "CONSULAR_DOCUMENT",
     FIELDS(consular_document)},
    {{0x3b, 0x0a, 0x5e, 0x1c, 0x52, 0x7d, 0x4c, 0x0e, 0x8f, 0x21, 0x6a, 0x9d, 0x41, 0xc7, 0x00,
      0x04},
     "PASSPORT_ORDER",
     FIELDS(passport_order)},
};

const struct vds_type *vds_type_find(uint16_t ref)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (types[i].ref == ref)
            return &types[i];
    return NULL;
}

const struct vds_type *vds_type_named(str name)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (str_eq(str_of(types[i].name), name))
            return &types[i];
    return NULL;
}

const struct vds_profile *vds_profile_find(const uint8_t uuid[16])
{
    for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
        if (memcmp(profiles[i].uuid, uuid, 16) == 0)
            return &profiles[i];
    return NULL;
}

const struct vds_profile *vds_profile_named(str name)
{
    for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
        if (str_eq(str_of(profiles[i].name), name))
            return &profiles[i];
    return NULL;
}
