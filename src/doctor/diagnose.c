/* An examination from beginning to end: data, network, first batch, training, verdict. */
#include "base/clock.h"
#include "base/plural.h"
#include "base/random.h"
#include "doctor/doctor.h"
#include "verbs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the diagnosis ---- */

const char *hone_internal_examination_text(hone_examination *examination, const char *text)
{
    return text == NULL ? NULL : hone_internal_arena_copy_text(&examination->diagnosis->arena, text);
}

double hone_internal_examination_left(const hone_examination *examination)
{
    return examination->args->time - (hone_internal_now() - examination->begun);
}

hone_status hone_internal_diagnosis_record(hone_diagnosis *diagnosis, int64_t step, double loss)
{
    size_t layers = (size_t)diagnosis->facts.layer_count;
    double *numbers = hone_internal_arena_allocate(&diagnosis->arena, (4 * layers + 1) * sizeof *numbers);
    if (numbers == NULL || hone_internal_grow(&diagnosis->records, &diagnosis->record_room,
                                              diagnosis->record_count + 1, sizeof *diagnosis->records) < 0)
        return HONE_ERROR_MEMORY;
    for (size_t l = 0; l < layers; l++) {
        const hone_doctor_check *end = &diagnosis->layers[l].end, *start = &diagnosis->layers[l].start;
        const hone_doctor_check *check = isnan(end->gradient) && isnan(end->a_rms) ? start : end;
        numbers[4 * l] = check->gradient;
        numbers[4 * l + 1] = HONE_NONE;
        numbers[4 * l + 2] = check->dead;
        numbers[4 * l + 3] = check->saturated;
    }
    diagnosis->records[diagnosis->record_count++] = (hone_check_record){step, loss, numbers};
    return HONE_OK;
}

void hone_diagnosis_free(hone_diagnosis *diagnosis)
{
    if (diagnosis == NULL)
        return;
    hone_internal_arena_free(&diagnosis->arena);
    hone_internal_free(diagnosis->notes);
    hone_internal_free(diagnosis->excluded);
    hone_internal_free(diagnosis->skipped);
    hone_internal_free(diagnosis->records);
    hone_internal_free(diagnosis);
}

int hone_diagnosis_count(const hone_diagnosis *diagnosis)
{
    return diagnosis == NULL ? 0 : diagnosis->count;
}
const hone_finding *hone_diagnosis_at(const hone_diagnosis *diagnosis, int index)
{
    return index >= 0 && index < hone_diagnosis_count(diagnosis) ? &diagnosis->findings[index] : NULL;
}
int hone_diagnosis_note_count(const hone_diagnosis *diagnosis)
{
    return diagnosis == NULL ? 0 : (int)diagnosis->note_count;
}
const hone_finding *hone_diagnosis_note_at(const hone_diagnosis *diagnosis, int index)
{
    return index >= 0 && index < hone_diagnosis_note_count(diagnosis) ? &diagnosis->notes[index] : NULL;
}
const char *hone_diagnosis_outcome(const hone_diagnosis *diagnosis)
{
    return hone_internal_outcome_name(diagnosis == NULL ? HONE_OUTCOME_UNKNOWN : diagnosis->facts.outcome);
}
const hone_doctor_facts *hone_diagnosis_facts(const hone_diagnosis *diagnosis)
{
    return diagnosis == NULL ? NULL : &diagnosis->facts;
}

/* ---- the examination ---- */

hone_status hone_internal_examination_choose(hone_examination *examination, const hone_dataset *data)
{
    int64_t rows = hone_dataset_count(data), count = rows < HONE_PROBE_ROWS ? rows : HONE_PROBE_ROWS;
    const hone_array *x = hone_dataset_input(data, 0);
    int64_t width = hone_array_count(x) / (rows > 0 ? rows : 1);
    while (count > 128 && width * count > (8 << 20))
        count /= 2;
    int64_t *order = hone_internal_allocate((size_t)(rows + 1) * sizeof *order);
    if (order == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_dataset_shuffle(12345, 0, rows, order);
    for (int64_t i = 0; i < count; i++)
        examination->probe_rows[i] = order[i];
    examination->probe_count = count;
    hone_internal_free(order);
    return HONE_OK;
}

static hone_status make_outputs(hone_examination *examination)
{
    hone_diagnosis *diagnosis = examination->diagnosis;
    const hone_model *model = examination->subject->model;
    int count = model->output_count > 0 ? model->output_count : 1;
    diagnosis->outputs =
        hone_internal_arena_allocate(&diagnosis->arena, (size_t)count * sizeof *diagnosis->outputs);
    if (diagnosis->outputs == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++)
        diagnosis->outputs[i] = (hone_doctor_output){.y_low = HONE_NONE,
                                                     .y_high = HONE_NONE,
                                                     .y_mean = HONE_NONE,
                                                     .y_sd = HONE_NONE,
                                                     .y_rms = HONE_NONE,
                                                     .y_median = HONE_NONE,
                                                     .y_whole = HONE_NONE,
                                                     .label_runs = HONE_NONE,
                                                     .constant_loss = HONE_NONE,
                                                     .out_of_range = HONE_NONE,
                                                     .not_probability = HONE_NONE,
                                                     .sums_to_one = HONE_NONE,
                                                     .spread = HONE_NONE,
                                                     .top_share = HONE_NONE,
                                                     .least_recall = HONE_NONE,
                                                     .accuracy = HONE_NONE,
                                                     .balanced_accuracy = HONE_NONE,
                                                     .target_sums = HONE_NONE};
    diagnosis->facts.outputs = diagnosis->outputs;
    diagnosis->facts.output_count = count;
    return HONE_OK;
}

/* The layer in front of the last one, which gives what the targets do not fit. */
static void name_before_last(hone_examination *examination)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    const hone_model *model = examination->subject->model;
    if (model->layer_count < 2)
        return;
    const hone_layer *layer = model->layers[model->layer_count - 2];
    facts->refused_after = hone_internal_examination_text(examination, hone_internal_layer_label(layer));
    facts->refused_after_class = layer->type->type.class_name;
}

/* A failure of the model or the data, kept as a fact; failures of memory go on. */
static hone_status refuse(hone_examination *examination, hone_status status)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    hone_error_parts parts;
    if (status == HONE_ERROR_MEMORY)
        return status;
    hone_error_get_parts(&parts, sizeof parts);
    facts->refusal = hone_internal_examination_text(examination, parts.sentence);
    facts->outcome = HONE_OUTCOME_REFUSED;
    name_before_last(examination);
    for (int i = 0; i < facts->output_count; i++) {
        const hone_loss *loss = hone_internal_model_loss(examination->subject->model, i);
        hone_doctor_output *output = &examination->diagnosis->outputs[i];
        const hone_tensor *end =
            examination->subject->model->built ? examination->subject->model->outputs[i] : NULL;
        output->loss = loss == NULL ? NULL : loss->type->type.name;
        output->wants_ids = loss != NULL && loss->type->class_ids;
        output->has_loss = loss != NULL;
        output->rank = end == NULL ? 0 : end->shape.rank;
        output->units = end == NULL || end->shape.rank < 1 ? 0 : end->shape.size[end->shape.rank - 1];
        output->layer = end == NULL ? "" : hone_internal_layer_label(end->call->layer);
    }
    return HONE_OK;
}

/* Everything up to the first step; the probe goes on to the training. */
hone_status hone_internal_examination_first(hone_examination *examination, hone_probe *probe)
{
    hone_subject *subject = examination->subject;
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    HONE_TRY(hone_internal_probe_make(examination, subject, probe, true));
    if (hone_model_has_loss(subject->model))
        HONE_TRY(hone_internal_prepare_training(subject->model));
    HONE_TRY(hone_internal_probe_run(examination, subject, probe));
    hone_internal_probe_read(examination, subject, probe, 0);
    if (hone_internal_subject_sums(subject))
        facts->first_loss /= (double)probe->rows;
    hone_internal_doctor_baseline(examination);
    hone_internal_doctor_padding(examination);
    hone_internal_doctor_flow(facts);
    hone_internal_doctor_ranges(facts, examination->diagnosis->outputs, &examination->sample);
    return HONE_OK;
}

/* Why there is no training; NULL: there is one. */
static const char *why_untrained(const hone_examination *examination)
{
    const hone_doctor_facts *facts = &examination->diagnosis->facts;
    if (facts->bad_part != NULL)
        return "the data are not finite";
    if (!hone_model_has_loss(examination->subject->model))
        return "the model has no loss; its program trains it in a loop of its own";
    if (facts->trainable_numbers == 0)
        return "nothing can be trained";
    return examination->args->steps == 0 ? "no steps are allowed" : NULL;
}

static hone_status train(hone_examination *examination, hone_probe *probe)
{
    hone_diagnosis *diagnosis = examination->diagnosis;
    hone_doctor_facts *facts = &diagnosis->facts;
    const char *reason = why_untrained(examination);
    if (reason != NULL) {
        hone_internal_diagnosis_skip(diagnosis, "training: %s", reason);
        hone_internal_diagnosis_skip_checks(diagnosis, false, "no training");
        return HONE_OK;
    }
    HONE_TRY(hone_internal_doctor_whole(examination, probe));
    HONE_TRY(hone_internal_doctor_train(examination, probe));
    hone_internal_doctor_outcome(examination);
    if (!facts->finished)
        hone_internal_diagnosis_skip(diagnosis, "the training after step %lld of %lld: budget",
                                     (long long)facts->steps, (long long)facts->steps_planned);
    if (facts->outcome == HONE_OUTCOME_UNKNOWN)
        hone_internal_diagnosis_skip_checks(diagnosis, false,
                                            facts->finished ? "too few samples to judge by" : "budget");
    else if (!facts->finished)
        hone_internal_diagnosis_skip_checks(diagnosis, true, "budget");
    if (facts->outcome == HONE_OUTCOME_STUCK || facts->outcome == HONE_OUTCOME_SLOW ||
        facts->outcome == HONE_OUTCOME_MEMORISES)
        hone_internal_doctor_relations(examination);
    return HONE_OK;
}

hone_status hone_internal_examination_prepare(hone_examination *examination)
{
    HONE_TRY(make_outputs(examination));
    HONE_TRY(hone_internal_doctor_data(examination));
    hone_internal_doctor_compiled(examination);
    return hone_internal_examination_choose(examination, examination->subject->train);
}

static hone_status examine(hone_examination *examination)
{
    hone_subject *subject = examination->subject;
    hone_probe probe = {.rows = 0};
    HONE_TRY(make_outputs(examination));
    const bool targets = hone_model_has_loss(subject->model);
    hone_status status = hone_internal_feed_check(subject->model, subject->train, targets);
    if (status >= 0 && subject->validation != NULL)
        status = hone_internal_feed_check(subject->model, subject->validation, targets);
    if (status >= 0)
        status = hone_internal_subject_prepare(subject);
    if (status >= 0 && subject->model->output_count > examination->diagnosis->facts.output_count)
        status = make_outputs(examination);
    const bool numbers =
        hone_dataset_input(subject->train, 0)->type != HONE_TEXT; /* texts where it was refused */
    if (numbers && hone_dataset_count(subject->train) > 0 && subject->model->output_count > 0)
        HONE_TRY(hone_internal_doctor_data(examination));
    if (status >= 0 && subject->unfit != NULL)
        status = hone_fail(HONE_ERROR_DATA, "%s", subject->unfit);
    if (status >= 0) {
        hone_internal_doctor_compiled(examination);
        HONE_TRY(hone_internal_examination_choose(examination, subject->train));
        status = hone_internal_examination_first(examination, &probe);
        if (status >= 0)
            status = train(examination, &probe);
    }
    hone_internal_probe_free(&probe);
    if (status < 0)
        HONE_TRY(refuse(examination, status));
    hone_error_clear();
    return hone_internal_doctor_verdict(examination);
}

/* Of streams the first samples are the data: training on them is as good a look as at any others. */
static hone_status take_first(hone_dataset **data, int64_t *taken)
{
    enum { MOST_SAMPLES = 4000 };
    if (*data == NULL || !hone_internal_dataset_streams(*data))
        return HONE_OK;
    hone_dataset *first = hone_internal_dataset_first(*data, MOST_SAMPLES);
    if (first == NULL)
        return hone_error_status();
    hone_dataset_free(*data);
    *data = first;
    *taken = hone_dataset_count(first);
    return HONE_OK;
}

static hone_status settle(hone_examination *examination)
{
    hone_subject *subject = examination->subject;
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    int64_t held = 0;
    facts->stage = subject->stage;
    facts->stages = subject->stages;
    HONE_TRY(take_first(&subject->train, &facts->streamed));
    HONE_TRY(take_first(&subject->validation, &held));
    facts->streams = facts->streamed > 0;
    subject->shuffle = subject->shuffle && !facts->streams; /* it has an order of its own */
    if (facts->streams)
        hone_internal_diagnosis_skip(examination->diagnosis, "all but the first %lld sample%s of the stream",
                                     (long long)facts->streamed, hone_internal_plural(facts->streamed));
    return HONE_OK;
}

hone_diagnosis *hone_internal_examine(hone_subject *subject, const hone_diagnose_args *args,
                                      const hone_subject_source *source)
{
    hone_diagnosis *diagnosis = hone_internal_allocate_zeroed(1, sizeof *diagnosis);
    if (diagnosis == NULL)
        return NULL;
    diagnosis->facts = hone_doctor_facts_none();
    hone_session session = hone_internal_session_begin();
    hone_examination *examination = hone_internal_allocate_zeroed(1, sizeof *examination);
    hone_status status = HONE_ERROR_MEMORY;
    if (examination != NULL) {
        *examination = (hone_examination){.diagnosis = diagnosis,
                                          .args = args,
                                          .source = source,
                                          .subject = subject,
                                          .session = &session,
                                          .begun = hone_internal_now()};
        status = settle(examination);
        if (status >= 0)
            status = examine(examination);
        hone_internal_sample_free(&examination->sample);
        hone_internal_sample_free(&examination->validation);
    }
    hone_internal_free(examination);
    hone_internal_session_end(&session);
    if (status >= 0)
        return diagnosis;
    hone_diagnosis_free(diagnosis);
    return NULL;
}

/* "line 3: needs an input of ..." */
static const char *refusal_of(hone_examination *examination)
{
    hone_error_parts parts;
    hone_error_get_parts(&parts, sizeof parts);
    char *text = parts.line > 0 ? hone_internal_format("line %d: %s", parts.line, parts.sentence)
                                : hone_internal_copy_text(parts.sentence);
    const char *kept = hone_internal_examination_text(examination, text);
    hone_internal_free(text);
    return kept;
}

hone_diagnosis *hone_internal_diagnosis_of_failure(const hone_diagnose_args *args,
                                                   const hone_subject_source *source,
                                                   const hone_refusal *refusal)
{
    hone_diagnosis *diagnosis = hone_internal_allocate_zeroed(1, sizeof *diagnosis);
    hone_examination *examination = hone_internal_allocate_zeroed(1, sizeof *examination);
    hone_session session = {0};
    hone_status status = diagnosis == NULL || examination == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0) {
        *examination = (hone_examination){.diagnosis = diagnosis,
                                          .args = args,
                                          .source = source,
                                          .session = &session,
                                          .begun = hone_internal_now()};
        hone_doctor_facts *facts = &diagnosis->facts;
        *facts = hone_doctor_facts_none();
        facts->refusal = refusal_of(examination);
        facts->refused_layer = hone_internal_examination_text(examination, refusal->layer);
        facts->refused_after = hone_internal_examination_text(examination, refusal->after);
        facts->refused_after_class = hone_internal_examination_text(examination, refusal->after_class);
        facts->outcome = HONE_OUTCOME_REFUSED;
        session = hone_internal_session_begin();
        hone_error_clear();
        status = hone_internal_doctor_verdict(examination);
        hone_internal_session_end(&session);
    }
    hone_internal_free(examination);
    if (status >= 0) {
        hone_error_clear();
        return diagnosis;
    }
    hone_diagnosis_free(diagnosis);
    return NULL;
}

/* ---- for programs ---- */

typedef struct plain_source {
    hone_model *model;
    hone_dataset *data;
    const hone_diagnose_args *args;
} plain_source;

static hone_status copy_model(hone_model *model, hone_model **copy)
{
    *copy = hone_model_clone(model);
    if (*copy == NULL)
        return hone_error_status();
    for (size_t i = 0; i < model->weights.count && i < (*copy)->weights.count; i++) {
        memcpy(hone_internal_variable_data((*copy)->weights.items[i]),
               hone_internal_variable_data(model->weights.items[i]),
               (size_t)hone_internal_variable_count(model->weights.items[i]) * sizeof(float));
        (*copy)->weights.items[i]->fresh = model->weights.items[i]->fresh;
    }
    return HONE_OK;
}

/* A copy of the model; no cure can be applied to it. */
static hone_status make_plain(void *context, const hone_cure *cure, uint64_t seed, hone_subject *subject)
{
    plain_source *source = context;
    const hone_diagnose_args *args = source->args;
    *subject = (hone_subject){.model = NULL};
    if (cure != NULL || seed != 0)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "cures are tried only on models of recipes");
    bool held = args->validation_data != HONE_NO_DATASET;
    HONE_TRY(copy_model(source->model, &subject->model));
    subject->train = hone_dataset_retain(source->data);
    subject->validation = held ? hone_dataset_retain(args->validation_data) : NULL;
    subject->batch = args->batch_size;
    subject->epochs = args->epochs;
    subject->shuffle = args->shuffle;
    return HONE_OK;
}

static hone_status check(const hone_model *model, const hone_dataset *data)
{
    if (model == NULL || data == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a data set");
    return HONE_OK;
}

hone_diagnosis *hone_diagnose_with(hone_model *model, hone_dataset *data, const hone_diagnose_args *said)
{
    hone_diagnose_args args;
    hone_subject subject;
    if (hone_internal_args_read(&hone_internal_diagnose_verb, said, &args) < 0 || check(model, data) < 0)
        return NULL;
    plain_source plain = {model, data, &args};
    hone_subject_source source = {.context = &plain, .make = make_plain};
    hone_diagnosis *diagnosis =
        make_plain(&plain, NULL, 0, &subject) < 0 ? NULL : hone_internal_examine(&subject, &args, &source);
    hone_internal_subject_free(&subject);
    return diagnosis;
}
