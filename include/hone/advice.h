/* What is worth changing of a training step on this machine: its batch, its threads, the widths of its
 * layers, the type of its products. The numbers are those by which the planner decides: they follow from
 * shapes, the kernel table and the number of threads, not from measuring, so that the same machine always
 * says the same.
 *
 *   hone_advice *advice = hone_advise(model, 32);
 *   for (int i = 0; i < hone_advice_count(advice); i++)
 *       puts(hone_advice_at(advice, i)->sentence);
 *   hone_advice_free(advice);
 *
 * `hone plan MODEL --advice` prints it. */
#ifndef HONE_ADVICE_H
#define HONE_ADVICE_H

#include <hone/model.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { HONE_ADVICE_SENTENCE = 480 };

typedef struct hone_advice hone_advice;

/* About one thing. There is one about each of "batch", "threads" and "dtype", in this order, and then at
 * least one about "width". */
typedef struct hone_advice_item {
    const char *subject;
    bool worth;                /* changing it */
    double gain;               /* how many times as fast a sample is then, by estimate; 1: no faster */
    char layer[64];            /* of a width; else "" */
    char now[32], instead[32]; /* what it is, and what is worth trying; `instead` is "" where nothing is */
    char sentence[HONE_ADVICE_SENTENCE]; /* the numbers, for people */
} hone_advice_item;

/* For training steps of batches of `batch_size` samples (1 or more), or for predicting where the model is not
 * compiled. It plans other sizes of batches, but runs nothing. NULL on failure; to be freed with
 * hone_advice_free. */
hone_advice *hone_advise(hone_model *model, int64_t batch_size);
int hone_advice_count(const hone_advice *advice); /* 0 for NULL */
/* Borrowed; NULL where there is none. */
const hone_advice_item *hone_advice_at(const hone_advice *advice, int index);
void hone_advice_free(hone_advice *advice);

#ifdef __cplusplus
}
#endif
#endif
