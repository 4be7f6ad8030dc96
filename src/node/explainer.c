#include "node/explainer.h"

#include <sys/resource.h>
#include <unistd.h>

static struct act *next_refusal(struct explainer *x)
{
    pthread_mutex_lock(&x->lock);
    while (!x->head && !x->stopping)
        pthread_cond_wait(&x->wake, &x->lock);
    struct act *a = x->head;
    if (a) {
        x->head = a->next;
        if (!x->head)
            x->tail = &x->head;
        x->queued--;
    }
    pthread_mutex_unlock(&x->lock);
    return a;
}

static void *explainer_main(void *arg)
{
    struct explainer *x = arg;
    struct act *a;

    setpriority(PRIO_PROCESS, (id_t)gettid(), 5);
    while ((a = next_refusal(x)))
        x->answer(a);
    return NULL;
}

enum err explainer_start(struct explainer *x, void (*answer)(struct act *), struct fault *f)
{
    *x = (struct explainer){.tail = &x->head, .answer = answer};
    pthread_mutex_init(&x->lock, NULL);
    pthread_cond_init(&x->wake, NULL);
    if (pthread_create(&x->thread, NULL, explainer_main, x) == 0)
        return OK;
    x->stopping = true;
    x->answer = NULL;
    return fault(f, ERR_MEMORY, "cannot start a thread");
}

bool explainer_take(struct explainer *x, struct act *a)
{
    pthread_mutex_lock(&x->lock);
    bool room = x->queued < EXPLAINER_QUEUE && !x->stopping;
    if (room) {
        a->next = NULL;
        *x->tail = a;
        x->tail = &a->next;
        x->queued++;
        pthread_cond_signal(&x->wake);
    }
    pthread_mutex_unlock(&x->lock);
    return room;
}

void explainer_stop(struct explainer *x)
{
    if (!x->answer) /* never started */
        return;
    pthread_mutex_lock(&x->lock);
    x->stopping = true;
    pthread_cond_signal(&x->wake);
    pthread_mutex_unlock(&x->lock);
    pthread_join(x->thread, NULL);
    x->answer = NULL;
}
