/* Ranges of the numbers between steps, measured on data; and the program over bytes that follows from them.
 */
#include "base/memory.h"
#include "csource/source.h"
#include "data/dataset.h"

static hone_status measure(hone_c_writer *writer, hone_dataset *data, hone_c_run *run, hone_c_range *ranges)
{
    const int64_t all = hone_dataset_count(data), count = all < HONE_C_CALIBRATION ? all : HONE_C_CALIBRATION;
    if (all <= 0)
        return hone_fail(HONE_ERROR_DATA,
                         all < 0
                             ? "calibration needs a data set of known length; hone_dataset_cache makes one"
                             : "there are no samples to calibrate by");
    for (int64_t i = 0; i < count; i++) {
        HONE_TRY(hone_internal_c_feed(&writer->exact, data, i * all / count));
        HONE_TRY(hone_internal_c_run_watched(run, &writer->exact, ranges));
    }
    writer->report.calibrated = count;
    return HONE_OK;
}

static void count_float_steps(hone_c_writer *writer)
{
    for (int s = 0; s < writer->program.step_count; s++)
        writer->report.float_steps +=
            writer->program.slots[writer->program.steps[s].slots[0]].type == HONE_C_FLOATS;
}

hone_status hone_internal_c_calibrate(hone_c_writer *writer, hone_dataset *data)
{
    hone_c_run run;
    hone_c_range *ranges =
        hone_internal_allocate_zeroed((size_t)writer->exact.slot_count + 1, sizeof *ranges);
    hone_status status = hone_internal_c_run_begin(&run, &writer->exact);
    if (status >= 0)
        status = ranges == NULL ? HONE_ERROR_MEMORY : measure(writer, data, &run, ranges);
    hone_internal_c_run_end(&run);
    if (status >= 0)
        status = hone_internal_c_program_make_int8(&writer->program, writer->exact.model, ranges);
    hone_internal_free(ranges);
    if (status >= 0)
        count_float_steps(writer);
    return status;
}
