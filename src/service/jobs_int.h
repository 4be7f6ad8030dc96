/* jobs_int.h - jobs of this folder: rows that an act wrote, each closed by an act of the system */
#ifndef SIFARA_SERVICE_JOBS_INT_H
#define SIFARA_SERVICE_JOBS_INT_H

#include "act/gate.h"

enum { JOBS_AT_ONCE = 64, JOB_ARENA = 128 << 20 /* a package that came is opened in it */ };

struct due_job {
    struct id id;
    char subject[ID_TEXT + 1]; /* an id */
};

/* The oldest that are due; returns how many. */
unsigned jobs_due(struct house *, str kind, struct due_job out[JOBS_AT_ONCE]);
/* The system's act of that name, with the subject as {id}, the job and a reason as parameters. */
enum err job_act(struct house *, str name, const struct due_job *, str reason, struct fault *);
/* Inside its run(): the job is done. */
NODISCARD enum err job_end(struct act *, struct fault *);
/* Worth another try, or settled once and for all? */
bool job_passing(enum err);

#endif
