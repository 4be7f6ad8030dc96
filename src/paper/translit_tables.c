/* translit_tables.c - ICAO Doc 9303-3, 8th edition, section 6, tables A to C, and the readable
 * romanisation of Arabic
 *
 * Where table A offers a choice the first is taken (AE for A with diaeresis, and N for N with
 * tilde). Two letters are added: the Romanian S and T with comma below, which Unicode told from
 * those with cedilla after the table was made. To table B are added: Serbian TSHE (040B), which
 * the table shows under 04BA, and the soft sign, which it leaves out, as not encoded.
 */
#include "paper/translit_int.h"

/* table A */
const struct letter translit_latin[] = {
    {0x00c0, "A"},  {0x00c1, "A"}, {0x00c2, "A"},  {0x00c3, "A"},  {0x00c4, "AE"}, {0x00c5, "AA"},
    {0x00c6, "AE"}, {0x00c7, "C"}, {0x00c8, "E"},  {0x00c9, "E"},  {0x00ca, "E"},  {0x00cb, "E"},
    {0x00cc, "I"},  {0x00cd, "I"}, {0x00ce, "I"},  {0x00cf, "I"},  {0x00d0, "D"},  {0x00d1, "N"},
    {0x00d2, "O"},  {0x00d3, "O"}, {0x00d4, "O"},  {0x00d5, "O"},  {0x00d6, "OE"}, {0x00d8, "OE"},
    {0x00d9, "U"},  {0x00da, "U"}, {0x00db, "U"},  {0x00dc, "UE"}, {0x00dd, "Y"},  {0x00de, "TH"},
    {0x0100, "A"},  {0x0102, "A"}, {0x0104, "A"},  {0x0106, "C"},  {0x0108, "C"},  {0x010a, "C"},
    {0x010c, "C"},  {0x010e, "D"}, {0x0110, "D"},  {0x0112, "E"},  {0x0114, "E"},  {0x0116, "E"},
    {0x0118, "E"},  {0x011a, "E"}, {0x011c, "G"},  {0x011e, "G"},  {0x0120, "G"},  {0x0122, "G"},
    {0x0124, "H"},  {0x0126, "H"}, {0x0128, "I"},  {0x012a, "I"},  {0x012c, "I"},  {0x012e, "I"},
    {0x0130, "I"},  {0x0131, "I"}, {0x0132, "IJ"}, {0x0134, "J"},  {0x0136, "K"},  {0x0139, "L"},
    {0x013b, "L"},  {0x013d, "L"}, {0x013f, "L"},  {0x0141, "L"},  {0x0143, "N"},  {0x0145, "N"},
    {0x0147, "N"},  {0x014a, "N"}, {0x014c, "O"},  {0x014e, "O"},  {0x0150, "O"},  {0x0152, "OE"},
    {0x0154, "R"},  {0x0156, "R"}, {0x0158, "R"},  {0x015a, "S"},  {0x015c, "S"},  {0x015e, "S"},
    {0x0160, "S"},  {0x0162, "T"}, {0x0164, "T"},  {0x0166, "T"},  {0x0168, "U"},  {0x016a, "U"},
    {0x016c, "U"},  {0x016e, "U"}, {0x0170, "U"},  {0x0172, "U"},  {0x0174, "W"},  {0x0176, "Y"},
    {0x0178, "Y"},  {0x0179, "Z"}, {0x017b, "Z"},  {0x017d, "Z"},  {0x0218, "S"},  {0x021a, "T"},
    {0x1e9e, "SS"},
};
const size_t translit_latin_n = ARRAY_LEN(translit_latin);

/* table B */
const struct letter translit_cyrillic[] = {
    {0x0401, "E"},  {0x0402, "D"},  {0x0404, "IE"}, {0x0405, "DZ"},   {0x0406, "I"},
    {0x0407, "I"},  {0x0408, "J"},  {0x0409, "LJ"}, {0x040a, "NJ"},   {0x040b, "C"},
    {0x040c, "K"},  {0x040e, "U"},  {0x040f, "DZ"}, {0x0410, "A"},    {0x0411, "B"},
    {0x0412, "V"},  {0x0413, "G"},  {0x0414, "D"},  {0x0415, "E"},    {0x0416, "ZH"},
    {0x0417, "Z"},  {0x0418, "I"},  {0x0419, "I"},  {0x041a, "K"},    {0x041b, "L"},
    {0x041c, "M"},  {0x041d, "N"},  {0x041e, "O"},  {0x041f, "P"},    {0x0420, "R"},
    {0x0421, "S"},  {0x0422, "T"},  {0x0423, "U"},  {0x0424, "F"},    {0x0425, "KH"},
    {0x0426, "TS"}, {0x0427, "CH"}, {0x0428, "SH"}, {0x0429, "SHCH"}, {0x042a, "IE"},
    {0x042b, "Y"},  {0x042c, ""},   {0x042d, "E"},  {0x042e, "IU"},   {0x042f, "IA"},
    {0x046a, "U"},  {0x0474, "Y"},  {0x0490, "G"},  {0x0492, "G"},    {0x04ba, "C"},
};
const size_t translit_cyrillic_n = ARRAY_LEN(translit_cyrillic);

/* the exceptions of table B */
const struct exception translit_exceptions[] = {
    {0x0401, TRANSLIT_BELARUSIAN, false, "IO"}, {0x0404, TRANSLIT_UKRAINIAN, true, "YE"},
    {0x0407, TRANSLIT_UKRAINIAN, true, "YI"},   {0x040c, TRANSLIT_MACEDONIAN, false, "KJ"},
    {0x040f, TRANSLIT_MACEDONIAN, false, "DJ"}, {0x0413, TRANSLIT_BELARUSIAN, false, "H"},
    {0x0413, TRANSLIT_SERBIAN, false, "H"},     {0x0413, TRANSLIT_UKRAINIAN, false, "H"},
    {0x0416, TRANSLIT_SERBIAN, false, "Z"},     {0x0418, TRANSLIT_UKRAINIAN, false, "Y"},
    {0x0419, TRANSLIT_UKRAINIAN, true, "Y"},    {0x0425, TRANSLIT_MACEDONIAN, false, "H"},
    {0x0425, TRANSLIT_SERBIAN, false, "H"},     {0x0426, TRANSLIT_MACEDONIAN, false, "C"},
    {0x0426, TRANSLIT_SERBIAN, false, "C"},     {0x0427, TRANSLIT_SERBIAN, false, "C"},
    {0x0428, TRANSLIT_SERBIAN, false, "S"},     {0x0429, TRANSLIT_BULGARIAN, false, "SHT"},
    {0x042e, TRANSLIT_UKRAINIAN, true, "YU"},   {0x042f, TRANSLIT_UKRAINIAN, true, "YA"},
    {0x0492, TRANSLIT_MACEDONIAN, false, "GJ"},
};
const size_t translit_exceptions_n = ARRAY_LEN(translit_exceptions);

/* table C; teh marbuta and shadda are in translit.c */
const struct letter translit_arabic_mrz[] = {
    {0x0621, "XE"},  {0x0622, "XAA"}, {0x0623, "XAE"}, {0x0624, "U"},   {0x0625, "I"},
    {0x0626, "XI"},  {0x0627, "A"},   {0x0628, "B"},   {0x062a, "T"},   {0x062b, "XTH"},
    {0x062c, "J"},   {0x062d, "XH"},  {0x062e, "XKH"}, {0x062f, "D"},   {0x0630, "XDH"},
    {0x0631, "R"},   {0x0632, "Z"},   {0x0633, "S"},   {0x0634, "XSH"}, {0x0635, "XSS"},
    {0x0636, "XDZ"}, {0x0637, "XTT"}, {0x0638, "XZZ"}, {0x0639, "E"},   {0x063a, "G"},
    {0x0641, "F"},   {0x0642, "Q"},   {0x0643, "K"},   {0x0644, "L"},   {0x0645, "M"},
    {0x0646, "N"},   {0x0647, "H"},   {0x0648, "W"},   {0x0649, "XAY"}, {0x064a, "Y"},
    {0x064b, ""},    {0x064c, ""},    {0x064d, ""},    {0x064e, ""},    {0x064f, ""},
    {0x0650, ""},    {0x0652, ""},    {0x0670, ""},    {0x0671, "XXA"}, {0x0679, "XXT"},
    {0x067c, "XRT"}, {0x067e, "P"},   {0x0681, "XKE"}, {0x0685, "XXH"}, {0x0686, "XC"},
    {0x0688, "XXD"}, {0x0689, "XDR"}, {0x0691, "XXR"}, {0x0693, "XRR"}, {0x0696, "XRX"},
    {0x0698, "XJ"},  {0x069a, "XXS"}, {0x069c, ""},    {0x06a2, ""},    {0x06a7, ""},
    {0x06a8, ""},    {0x06a9, "XKK"}, {0x06ab, "XXK"}, {0x06ad, "XNG"}, {0x06af, "XGG"},
    {0x06ba, "XNN"}, {0x06bc, "XXN"}, {0x06be, "XDO"}, {0x06c0, "XYH"}, {0x06c1, "XXG"},
    {0x06c2, "XGE"}, {0x06c3, "XTG"}, {0x06cc, "XYA"}, {0x06cd, "XXY"}, {0x06d0, "Y"},
    {0x06d2, "XYB"}, {0x06d3, "XBE"},
};
const size_t translit_arabic_mrz_n = ARRAY_LEN(translit_arabic_mrz);

/* UNGEGN consonants without diacritics; waw and yeh are in translit.c */
const struct letter translit_arabic_reading[] = {
    {0x0621, ""},   {0x0622, "A"},  {0x0623, "A"},  {0x0624, "U"},  {0x0625, "I"},  {0x0626, "I"},
    {0x0627, "A"},  {0x0628, "B"},  {0x0629, "AH"}, {0x062a, "T"},  {0x062b, "TH"}, {0x062c, "J"},
    {0x062d, "H"},  {0x062e, "KH"}, {0x062f, "D"},  {0x0630, "DH"}, {0x0631, "R"},  {0x0632, "Z"},
    {0x0633, "S"},  {0x0634, "SH"}, {0x0635, "S"},  {0x0636, "D"},  {0x0637, "T"},  {0x0638, "DH"},
    {0x0639, "A"},  {0x063a, "GH"}, {0x0641, "F"},  {0x0642, "Q"},  {0x0643, "K"},  {0x0644, "L"},
    {0x0645, "M"},  {0x0646, "N"},  {0x0647, "H"},  {0x0649, "A"},  {0x064b, ""},   {0x064c, ""},
    {0x064d, ""},   {0x064e, "A"},  {0x064f, "U"},  {0x0650, "I"},  {0x0652, ""},   {0x0670, "A"},
    {0x0671, "A"},  {0x0679, "T"},  {0x067e, "P"},  {0x0686, "CH"}, {0x0688, "D"},  {0x0691, "R"},
    {0x0698, "ZH"}, {0x06a9, "K"},  {0x06af, "G"},  {0x06ba, "N"},  {0x06be, "H"},  {0x06c1, "H"},
    {0x06cc, "I"},  {0x06d2, "E"},
};
const size_t translit_arabic_reading_n = ARRAY_LEN(translit_arabic_reading);
