/* attr.h - compiler attributes and scope clean-up
 *
 * AUTO(x) releases a variable at the end of its scope; a type joins by
 *     DEFINE_AUTO(buf, struct buf, buf_done)
 */
#ifndef SIFARA_BASE_ATTR_H
#define SIFARA_BASE_ATTR_H

#define NODISCARD    __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define NORETURN     __attribute__((noreturn))
#define AUTO(name)   __attribute__((cleanup(name##_auto)))
#define UNUSED       __attribute__((unused))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define DEFINE_AUTO(name, type, release)                                                           \
    UNUSED static inline void name##_auto(type *p)                                                 \
    {                                                                                              \
        release(p);                                                                                \
    }

#endif
