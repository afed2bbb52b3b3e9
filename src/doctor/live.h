/* The doctor as a callback: what its parts share. live.c is the callback, gathering.c brings it the first
 * samples of a stream, own_loop.c is for training loops of programs. */
#ifndef HONE_DOCTOR_LIVE_H
#define HONE_DOCTOR_LIVE_H

#include "callbacks/callback.h"
#include "doctor/doctor.h"
#include "train/fit.h"

enum { HONE_LIVE_SAMPLES = 2000, HONE_LIVE_TOLD = 128 };

typedef struct hone_live {
    hone_examination examination;
    hone_diagnosis *diagnosis;
    hone_subject subject; /* borrows what the fit has */
    hone_diagnose_args args;
    hone_probe probe;
    hone_judge judge, held;
    bool ready, holds;
    bool told[HONE_LIVE_TOLD];
    double begun, spent, look; /* seconds: the last look alone */
    float *before;             /* the weights before the step whose change is measured; NULL: none is */
    hone_gathering *gathered;  /* of a stream whose samples are awaited; NULL: of none */
    hone_dataset *samples;     /* that went by: a stream's, or a batch of a program's loop */
    float *initial;            /* the weights before the first step of a stream, then */
    const hone_model *watched; /* of a program's loop; NULL: of a fit */
} hone_live;

/* Gives back what is held, and begins from scratch. */
void hone_internal_live_close(hone_live *state);
/* Samples, facts, the first pass, the judges: ready when it succeeds. `state->subject` and the examination
 * are set. */
hone_status hone_internal_live_open(hone_live *state);
/* The probe again, `step` steps on: facts of now. */
hone_status hone_internal_live_probe(hone_live *state, int64_t step);
/* Tells what the facts show, each once; `trainer` NULL: of a program's loop. */
void hone_internal_live_judge(hone_callback *callback, hone_trainer *trainer);
/* A subject and an examination of it, over what is borrowed. */
void hone_internal_live_borrow(hone_live *state, const hone_subject *subject, const hone_session *session);

/* gathering.c: a batch as the network takes it, behind layers over texts; from the first step on; the batch
 * that went by; at an epoch's end, what there is by then. */
hone_status hone_internal_live_add(hone_gathering *gathered, const hone_model *model,
                                   const hone_batch *batch);
hone_status hone_internal_live_gather(hone_live *state, hone_fit_run *run);
hone_status hone_internal_live_take(hone_live *state, hone_fit_run *run);
hone_status hone_internal_live_settle(hone_live *state, hone_fit_run *run);

#endif
