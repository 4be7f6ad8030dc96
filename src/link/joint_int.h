/* joint_int.h - phases of the acts towards organisations */
#ifndef SIFARA_LINK_JOINT_INT_H
#define SIFARA_LINK_JOINT_INT_H

#include "link/link_int.h"

enum err joint_send_prepare(struct act *, struct fault *);
enum err joint_send_facts(struct act *, struct fault *);
enum err joint_send(struct act *, struct fault *);
void joint_sent_after(struct act *);
enum err joint_show(struct act *, struct fault *);
enum err organisation_show(struct act *, struct fault *);

#endif
