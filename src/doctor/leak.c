/* Sequences: whether outputs know inputs of later steps, and how much of the inputs is padding. */
#include "doctor/doctor.h"

#include <math.h>
#include <string.h>

/* ---- padding ---- */

/* Sizes of a sample [t] or [t, c]; false: it is no sequence. */
static bool sequence_of(const hone_dataset *data, int64_t *steps, int64_t *width)
{
    const hone_array *x = hone_dataset_input(data, 0);
    if (x == NULL || x->rank < 2 || x->rank > 3 || x->shape[1] < 4)
        return false;
    *steps = x->shape[1];
    *width = x->rank > 2 ? x->shape[2] : 1;
    return true;
}

/* Steps at one end (the last ones, or the first) that equal `pad`. */
static int64_t run_of(const float *sample, int64_t steps, int64_t width, const float *pad, bool from_end)
{
    int64_t length = 0;
    while (length < steps && memcmp(sample + (from_end ? steps - 1 - length : length) * width, pad,
                                    (size_t)width * sizeof *pad) == 0)
        length++;
    return length;
}

/* The share of steps that are the row with which most samples end (or begin). */
static double share_of(const hone_examined *sample, int64_t steps, int64_t width, bool from_end,
                       double *value)
{
    int64_t tries = sample->count < 32 ? sample->count : 32, all = steps * width;
    for (int64_t i = 0; i < tries; i++) {
        const float *pad = sample->x + i * all + (from_end ? (steps - 1) * width : 0);
        int64_t with = 0, padded = 0, whole = 0;
        for (int64_t c = 1; c < width; c++)
            whole += pad[c] == pad[0];
        for (int64_t r = 0; r < sample->count; r++) {
            int64_t length = run_of(sample->x + r * all, steps, width, pad, from_end);
            with += length > 1;
            padded += length;
        }
        if (2 * with <= sample->count || whole != width - 1)
            continue;
        *value = (double)pad[0];
        return (double)padded / (double)(sample->count * steps);
    }
    return 0;
}

void hone_internal_doctor_padding(hone_examination *examination)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    const hone_examined *sample = &examination->sample;
    int64_t steps, width;
    double values[2] = {0, 0};
    if (facts->pad_layer == NULL || sample->count < 10 || sample->x == NULL ||
        !sequence_of(examination->subject->train, &steps, &width) || steps * width != sample->x_width)
        return;
    double end = share_of(sample, steps, width, true, &values[0]),
           begin = share_of(sample, steps, width, false, &values[1]);
    facts->padding = fmax(end, begin);
    facts->pad_value = values[begin > end];
    facts->pad_ids = hone_dataset_input(examination->subject->train, 0)->rank == 2;
}

/* ---- later steps ---- */

/* The targets of steps 0 .. t-2 are the inputs of steps 1 .. t-1. */
static bool targets_follow(const hone_examination *examination, int64_t steps)
{
    const hone_examined *sample = &examination->sample;
    int64_t same = 0, all = 0;
    bool moves = false;
    if (sample->y == NULL || sample->y_width != steps || sample->x_width != steps)
        return false;
    for (int64_t r = 0; r < sample->count; r++)
        for (int64_t t = 0; t + 1 < steps; t++, all++) {
            same += sample->y[r * steps + t] == sample->x[r * steps + t + 1];
            moves = moves || sample->x[r * steps + t] != sample->x[r * steps + t + 1];
        }
    return moves && (double)same > 0.99 * (double)all;
}

static bool is_sequence(const hone_pass *pass, hone_value value, int64_t steps)
{
    hone_shape shape = hone_value_shape(pass->plan->graph, value);
    return shape.rank >= 2 && shape.size[1] == steps;
}

/* The inputs of the later half of the steps become those of the next sample. */
static void change_later(float *x, int64_t samples, int64_t steps, int64_t width, float *room)
{
    int64_t from = steps / 2, count = (steps - from) * width;
    memcpy(room, x + from * width, (size_t)count * sizeof *x);
    for (int64_t n = 0; n < samples; n++)
        memcpy(x + (n * steps + from) * width, n + 1 < samples ? x + ((n + 1) * steps + from) * width : room,
               (size_t)count * sizeof *x);
}

/* rms of the change of steps before the half over their rms. */
static double change_of(const float *before, const float *after, int64_t samples, int64_t steps,
                        int64_t width)
{
    double changes = 0, squares = 0;
    for (int64_t n = 0; n < samples; n++)
        for (int64_t i = 0; i < steps / 2 * width; i++) {
            double a = (double)before[n * steps * width + i], d = (double)after[n * steps * width + i] - a;
            changes += d * d;
            squares += a * a;
        }
    return squares > 0 ? sqrt(changes / squares) : 0;
}

/* The outputs, and those with other inputs later; *moved says what changed of the earlier ones. */
static hone_status compare(hone_examination *examination, hone_judge *judge, int64_t steps, double *moved)
{
    hone_pass *pass = &judge->pass;
    int output = hone_internal_judged_output(examination->subject->model);
    hone_shape x = hone_value_shape(pass->plan->graph, pass->inputs[0]),
               y = hone_value_shape(pass->plan->graph, pass->outputs[output]);
    int64_t inputs = hone_internal_shape_count(x), outputs = hone_internal_shape_count(y);
    float *room = hone_internal_allocate((size_t)(inputs + outputs + 1) * sizeof *room),
          *kept = room + inputs;
    hone_status status = room == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int again = 0; again < 2 && status >= 0; again++) {
        status = hone_internal_judge_feed(judge, examination->subject, examination->session, 0, NULL);
        if (status < 0)
            break;
        if (again)
            change_later(hone_internal_plan_address(pass->plan, pass->inputs[0]), judge->slice, steps,
                         inputs / (judge->slice * steps), room);
        hone_internal_plan_run(pass->plan, examination->session->team, 0);
        const float *given = hone_internal_plan_address(pass->plan, pass->outputs[output]);
        if (again)
            *moved = change_of(kept, given, judge->slice, steps, outputs / (judge->slice * steps));
        else
            memcpy(kept, given, (size_t)outputs * sizeof *kept);
    }
    hone_internal_free(room);
    return status;
}

static bool is_causal(const hone_examination *examination, const hone_probe *probe, int layer)
{
    const hone_model *model = examination->subject->model;
    const char *name = examination->diagnosis->facts.layers[layer].name;
    for (int a = 0; a < probe->attention_count; a++)
        if (probe->attentions[a].layer == layer && probe->attentions[a].causal)
            return true;
    for (size_t i = 0; i < model->layer_count; i++) {
        const char *const *padding = hone_internal_layer_argument(model->layers[i], "padding");
        if (strcmp(hone_internal_layer_label(model->layers[i]), name) == 0 && padding != NULL &&
            *padding != NULL)
            return strcmp(*padding, "causal") == 0;
    }
    return false;
}

/* The first layer along time that is known to look ahead. */
static void name_leak(const hone_examination *examination, const hone_probe *probe)
{
    static const char *const kinds[] = {"Attention", "Transformer", "Bidirectional", "Conv1D", "Pooling1D"};
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    for (int i = 0; i < facts->layer_count && facts->leak_layer == NULL; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds && !is_causal(examination, probe, i); k++)
            if (strstr(facts->layers[i].class_name, kinds[k]) != NULL) {
                facts->leak_layer = facts->layers[i].name;
                facts->leak_class = facts->layers[i].class_name;
            }
}

hone_status hone_internal_doctor_leak(hone_examination *examination, hone_judge *judge, hone_probe *probe)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    const hone_model *model = examination->subject->model;
    int64_t steps, width;
    if (model->input_count < 1 || judge->slice < 2 ||
        !sequence_of(examination->subject->train, &steps, &width) ||
        !is_sequence(&judge->pass, judge->pass.outputs[hone_internal_judged_output(model)], steps) ||
        !is_sequence(&judge->pass, judge->pass.inputs[0], steps))
        return HONE_OK;
    if (targets_follow(examination, steps))
        facts->causal_asked = "the targets are the inputs one step later";
    if (facts->causal_asked == NULL)
        return HONE_OK;
    HONE_TRY(compare(examination, judge, steps, &facts->leak));
    if (facts->leak > 1e-4)
        name_leak(examination, probe);
    return HONE_OK;
}
