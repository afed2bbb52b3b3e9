/* Which classes a model says of the probe, beside those that are right. */
#include "doctor/doctor.h"

hone_status hone_internal_doctor_answers(hone_examination *examination, hone_judge *judge)
{
    int index = hone_internal_judged_output(examination->subject->model);
    hone_doctor_output *output = &examination->diagnosis->outputs[index];
    int64_t width, count = judge->slice * judge->slices, classes = output->units > 1 ? output->units : 2;
    if (output->classes < 2 || classes > 1000 ||
        !hone_internal_dataset_in_memory(examination->subject->train))
        return HONE_OK;
    float *said =
        hone_internal_judge_outputs(judge, examination->subject, examination->session, index, &width);
    int64_t *table = hone_internal_allocate_zeroed((size_t)(3 * classes), sizeof *table), right = 0;
    int target =
        hone_internal_feed_target(examination->subject->model, examination->subject->train, NULL, index);
    float *row = hone_internal_allocate((size_t)(output->target_width + 1) * sizeof *row);
    if (said == NULL || table == NULL || row == NULL || width != (output->units > 1 ? output->units : 1)) {
        hone_internal_free(said);
        hone_internal_free(table);
        hone_internal_free(row);
        return HONE_OK;
    }
    for (int64_t r = 0; r < count; r++) {
        int64_t says = width > 1 ? hone_internal_class_of(said + r * width, width) : said[r] > 0.5F, is;
        if (hone_internal_dataset_gather(examination->subject->train, HONE_COMPONENT_TARGET, target,
                                         judge->rows + r, 0, 1, row) < 0)
            break;
        is = hone_internal_class_of(row, output->target_width);
        if (is < 0 || is >= classes)
            continue;
        table[is]++;
        table[classes + says]++;
        table[2 * classes + is] += says == is;
        right += says == is;
    }
    double recalls = 0, seen = 0, least = 1;
    int64_t top = 0;
    for (int64_t k = 0; k < classes; k++) {
        top = table[classes + k] > table[classes + top] ? k : top;
        if (table[k] == 0)
            continue;
        double recall = (double)table[2 * classes + k] / (double)table[k];
        recalls += recall;
        seen++;
        if (table[k] >= 5 && recall < least)
            least = recall;
    }
    output->top_share = (double)table[classes + top] / (double)count;
    output->top_class = top;
    output->least_recall = least;
    output->accuracy = (double)right / (double)count;
    output->balanced_accuracy = seen > 0 ? recalls / seen : HONE_NONE;
    hone_internal_free(said);
    hone_internal_free(table);
    hone_internal_free(row);
    return HONE_OK;
}
