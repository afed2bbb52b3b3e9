/* The self-test within a C source, and how its int8 weights do on data. */
#include "base/memory.h"
#include "base/random.h"
#include "csource/forms.h"
#include "csource/source.h"
#include "data/dataset.h"
#include "train/run.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- samples ---- */

/* Above 0 when an input holds ids: below this. */
static int64_t ids_of(const hone_c_program *program, int input)
{
    int64_t classes =
        hone_internal_graph_value(program->pass.plan->graph, program->pass.inputs[input])->classes;
    for (int s = 0; s < program->step_count && classes <= 0; s++)
        if (program->steps[s].form != NULL && program->steps[s].form->reads_ids &&
            program->steps[s].slots[1] == program->inputs[input])
            classes = program->steps[s].args.size[1];
    return classes;
}

/* Ids, or numbers from -1 to 1. */
static void draw_input(const hone_c_program *program, int input, int64_t index, float *numbers)
{
    int64_t count = program->slots[program->inputs[input]].count, ids = ids_of(program, input);
    hone_random random = hone_internal_random(
        0, hone_internal_random_stream("self-test", (uint64_t)input, "sample"), (uint64_t)index);
    for (int64_t i = 0; i < count; i++) {
        double drawn = hone_internal_random_uniform(&random, (uint64_t)i);
        numbers[i] = (float)(ids > 0 ? floor(drawn * (double)ids) : rint((2 * drawn - 1) * 1000) / 1000);
    }
}

static hone_status check_row(const hone_c_program *program, const hone_dataset *data, int input)
{
    const hone_array *array = hone_dataset_input(data, hone_internal_feed_input(program->model, data, input));
    int64_t rows = array->rank > 0 ? array->shape[0] : 1;
    if (rows > 0 && hone_array_count(array) / rows == program->slots[program->inputs[input]].count)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_SHAPE, "a sample of the data does not have the %" PRId64 " numbers of the input \"%s\"",
        program->slots[program->inputs[input]].count, hone_model_input_name(program->model, input));
}

hone_status hone_internal_c_feed(hone_c_program *program, hone_dataset *data, int64_t index)
{
    for (int i = 0; i < program->model->input_count; i++)
        HONE_TRY(check_row(program, data, i));
    const hone_feed feed = {.data = data, .begin = index, .count = 1};
    return hone_internal_feed_copy(program->model, &program->pass, &feed);
}

/* Feeds one sample: row `index` of the data, or drawn. */
static hone_status feed_sample(hone_c_writer *writer, int64_t index)
{
    hone_c_program *program = &writer->program;
    if (writer->data != NULL)
        return hone_internal_c_feed(program, writer->data, index);
    for (int i = 0; i < program->model->input_count; i++) {
        float *numbers = hone_internal_plan_address(program->pass.plan, program->pass.inputs[i]);
        if (numbers != NULL)
            draw_input(program, i, index, numbers);
    }
    return HONE_OK;
}

/* ---- the self-test ---- */

typedef struct sample_text {
    hone_text *inputs, *outputs;
} sample_text;

static void take_inputs(const hone_c_program *program, sample_text *text)
{
    for (int i = 0; i < program->model->input_count; i++) {
        const float *numbers = hone_internal_plan_address(program->pass.plan, program->pass.inputs[i]);
        if (numbers != NULL)
            hone_internal_c_write_floats(&text->inputs[i], numbers, program->slots[program->inputs[i]].count);
    }
}

/* What is expected: with float32 what Hone predicts; with int8 what these weights should give. */
static void take_outputs(hone_c_writer *writer, hone_c_run *run, sample_text *text)
{
    const hone_c_program *program = &writer->program;
    if (writer->program.bytes)
        hone_internal_c_run(run, program, true);
    else
        hone_internal_plan_run(program->pass.plan, NULL, 0);
    for (int i = 0; i < program->model->output_count; i++)
        hone_internal_c_write_floats(
            &text->outputs[i],
            writer->program.bytes ? run->outputs[i]
                                  : hone_internal_plan_address(program->pass.plan, program->pass.outputs[i]),
            program->slots[program->outputs[i]].count);
}

static hone_status take_samples(hone_c_writer *writer, sample_text *text)
{
    hone_c_run run;
    hone_status status = hone_internal_c_run_begin(&run, &writer->program);
    for (int64_t index = 0; index < writer->samples && status >= 0; index++) {
        status = feed_sample(writer, index);
        if (status < 0)
            break;
        take_inputs(&writer->program, text);
        take_outputs(writer, &run, text);
    }
    hone_internal_c_run_end(&run);
    return status;
}

static void write_array(hone_c_writer *writer, const char *end, int number, const hone_text *numbers)
{
    char lower[100], upper[100];
    hone_internal_c_end_name(writer, end, number, lower, sizeof lower);
    hone_internal_c_end_name(writer, end[0] == 'i' ? "INPUT" : "OUTPUT", number, upper, sizeof upper);
    hone_internal_text_format(
        &writer->source, "static const float %s_test_%s[%" PRId64 " * %s_%s_SIZE] = {%s};\n", writer->prefix,
        lower, writer->samples, writer->upper, upper, numbers->data != NULL ? numbers->data : "0");
}

static void write_test_call(hone_c_writer *writer, const char *end, int number, bool result)
{
    char lower[100], upper[100];
    hone_internal_c_end_name(writer, end, number, lower, sizeof lower);
    hone_internal_c_end_name(writer, end[0] == 'i' ? "INPUT" : "OUTPUT", number, upper, sizeof upper);
    hone_text *text = &writer->source;
    if (result)
        hone_internal_text_format(text, "%s_test_result_%s", writer->prefix, lower);
    else
        hone_internal_text_format(text, "%s_test_%s + sample * %s_%s_SIZE", writer->prefix, lower,
                                  writer->upper, upper);
}

static void write_main(hone_c_writer *writer)
{
    const hone_model *model = writer->program.model;
    hone_text *text = &writer->source;
    const bool stateful = writer->program.state_count > 0;
    hone_internal_text_format(text,
                              "int main(void)\n{\n    int32_t sample, wrong = 0;\n    float largest = 0;\n"
                              "%s%s%s%s%s    for (sample = 0; sample < %" PRId64 "; sample++) {\n        "
                              "%s_predict(%s",
                              stateful ? "    static " : "", stateful ? writer->prefix : "",
                              stateful ? "_states states;\n    " : "", stateful ? writer->prefix : "",
                              stateful ? "_reset(&states);\n" : "", writer->samples, writer->prefix,
                              stateful ? "&states,\n            " : "");
    for (int i = 0; i < model->input_count; i++) {
        hone_internal_text_append(text, i > 0 ? ",\n            " : "");
        write_test_call(writer, "input", i, false);
    }
    for (int i = 0; i < model->output_count; i++) {
        hone_internal_text_append(text, ",\n            ");
        write_test_call(writer, "output", i, true);
    }
    hone_internal_text_append(text, ");\n");
    for (int i = 0; i < model->output_count; i++) {
        char name[100];
        hone_internal_c_end_name(writer, "OUTPUT", i, name, sizeof name);
        hone_internal_text_format(text, "        wrong += %s_fn_count_wrong(", writer->prefix);
        write_test_call(writer, "output", i, true);
        hone_internal_text_append(text, ", ");
        write_test_call(writer, "output", i, false);
        hone_internal_text_format(text, ",\n            %s_%s_SIZE, SELF_TEST_TOLERANCE, &largest);\n",
                                  writer->upper, name);
    }
    hone_internal_text_format(text,
                              "    }\n#ifndef SELF_TEST_SILENT\n"
                              "    printf(\"%s: %" PRId64
                              " samples, %%d numbers wrong, largest difference %%g\\n\",\n"
                              "        (int)wrong, (double)largest);\n#endif\n"
                              "    return wrong == 0 ? 0 : 1;\n}\n#endif\n",
                              writer->prefix, writer->samples);
}

/* What main() compares with, behind the rest of the source: it is not part of what predicts. */
static hone_status write_comparison(hone_c_writer *writer)
{
    hone_c_words words = {.prefix = writer->prefix};
    hone_internal_c_use(&words, "fn_count_wrong");
    const bool failed = words.functions.failed;
    hone_internal_text_append(&writer->source, failed ? "" : words.functions.data);
    hone_internal_c_words_free(&words);
    return failed ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status write_test(hone_c_writer *writer, const sample_text *samples)
{
    const hone_model *model = writer->program.model;
    hone_text *text = &writer->source;
    hone_internal_text_append(text,
                              "\n#ifdef SELF_TEST\n#ifndef SELF_TEST_SILENT\n#include <stdio.h>\n#endif\n"
                              "#ifndef SELF_TEST_TOLERANCE\n#define SELF_TEST_TOLERANCE 1e-5f\n#endif\n\n");
    for (int i = 0; i < model->input_count; i++)
        write_array(writer, "input", i, &samples->inputs[i]);
    for (int i = 0; i < model->output_count; i++) {
        char name[100], upper[100];
        write_array(writer, "output", i, &samples->outputs[i]);
        hone_internal_c_end_name(writer, "output", i, name, sizeof name);
        hone_internal_c_end_name(writer, "OUTPUT", i, upper, sizeof upper);
        hone_internal_text_format(text, "static float %s_test_result_%s[%s_%s_SIZE];\n", writer->prefix, name,
                                  writer->upper, upper);
    }
    hone_internal_text_append(text, "\n");
    HONE_TRY(write_comparison(writer));
    write_main(writer);
    return HONE_OK;
}

hone_status hone_internal_c_write_test(hone_c_writer *writer)
{
    int inputs = writer->program.model->input_count, count = inputs + writer->program.model->output_count;
    hone_text *texts = hone_internal_allocate_zeroed((size_t)count, sizeof *texts);
    if (texts == NULL)
        return HONE_ERROR_MEMORY;
    sample_text samples = {texts, texts + inputs};
    hone_status status = take_samples(writer, &samples);
    if (status >= 0)
        status = write_test(writer, &samples);
    for (int i = 0; i < count; i++) {
        if (status >= 0 && texts[i].failed)
            status = HONE_ERROR_MEMORY;
        hone_internal_text_free(&texts[i]);
    }
    hone_internal_free(texts);
    return status;
}

/* ---- measuring int8 weights ---- */

/* How a target is compared with the one output. */
typedef enum scoring { NO_SCORE, CLASS_IDS, CLASS_ROWS, BINARY, ERRORS } scoring;

static scoring choose_scoring(const hone_c_writer *writer, int64_t *width)
{
    const hone_c_program *program = &writer->program;
    if (program->model->output_count != 1 || hone_dataset_target_count(writer->data) != 1)
        return NO_SCORE;
    const hone_array *target = hone_dataset_target(writer->data, 0);
    int64_t count = program->slots[program->outputs[0]].count, rows = target->rank > 0 ? target->shape[0] : 0;
    *width = rows > 0 ? hone_array_count(target) / rows : 0;
    int rank = hone_value_shape(program->pass.plan->graph, program->pass.outputs[0]).rank;
    const hone_loss *loss = hone_internal_model_loss(program->model, 0);
    bool ids = count > 1 && rank == 2 && *width == 1;
    bool crossentropy =
        *width == count && loss != NULL && strstr(loss->type->type.name, "crossentropy") != NULL;
    if (crossentropy && rank == 2)
        return count > 1 ? CLASS_ROWS : BINARY;
    return ids ? CLASS_IDS : *width == count ? ERRORS : NO_SCORE;
}

static int64_t largest_of(const float *numbers, int64_t count)
{
    int64_t best = 0;
    for (int64_t i = 1; i < count; i++)
        if (numbers[i] > numbers[best])
            best = i;
    return best;
}

static double score(scoring how, const float *output, int64_t count, const float *target)
{
    double sum = 0;
    if (how == CLASS_IDS)
        return (double)largest_of(output, count) == (double)target[0] ? 1 : 0;
    if (how == CLASS_ROWS)
        return largest_of(output, count) == largest_of(target, count) ? 1 : 0;
    if (how == BINARY)
        return (output[0] > 0.5f) == (target[0] > 0.5f) ? 1 : 0;
    for (int64_t i = 0; i < count; i++)
        sum += fabs((double)output[i] - (double)target[i]);
    return sum / (double)count;
}

static void compare_outputs(hone_c_writer *writer, const hone_c_run *exact, const hone_c_run *rounded)
{
    const hone_c_program *program = &writer->program;
    for (int i = 0; i < program->model->output_count; i++)
        for (int64_t j = 0; j < program->slots[program->outputs[i]].count; j++) {
            double difference = fabs((double)exact->outputs[i][j] - (double)rounded->outputs[i][j]);
            if (difference > writer->report.largest_difference)
                writer->report.largest_difference = difference;
        }
}

/* What the program with bytes is compared with. */
static const hone_c_program *exact_of(const hone_c_writer *writer)
{
    return writer->program.byte_steps ? &writer->exact : &writer->program;
}

static hone_status measure(hone_c_writer *writer, hone_c_run *exact, hone_c_run *rounded)
{
    const hone_c_program *program = &writer->program;
    hone_c_source *report = &writer->report;
    int64_t width = 0, count = hone_dataset_count(writer->data),
            numbers = program->slots[program->outputs[0]].count;
    scoring how = choose_scoring(writer, &width);
    float *target = hone_internal_allocate_zeroed((size_t)width + 1, sizeof *target);
    hone_status status = target == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int64_t i = 0; i < count && status >= 0; i++) {
        status = feed_sample(writer, i);
        if (status >= 0 && program->byte_steps)
            status = hone_internal_c_feed(&writer->exact, writer->data, i);
        if (status < 0)
            break;
        hone_internal_c_run(exact, exact_of(writer), false);
        hone_internal_c_run(rounded, program, true);
        compare_outputs(writer, exact, rounded);
        if (how == NO_SCORE)
            continue;
        status = hone_internal_dataset_gather(writer->data, HONE_COMPONENT_TARGET, 0, NULL, i, 1, target);
        report->float_score += score(how, exact->outputs[0], numbers, target) / (double)count;
        report->int8_score += score(how, rounded->outputs[0], numbers, target) / (double)count;
    }
    hone_internal_free(target);
    report->measured = count;
    report->score = how == NO_SCORE ? NULL : how == ERRORS ? "mean absolute error" : "accuracy";
    return status;
}

hone_status hone_internal_c_measure(hone_c_writer *writer)
{
    hone_c_run exact, rounded = {.work = NULL};
    hone_status status = hone_internal_c_run_begin(&exact, exact_of(writer));
    if (status >= 0)
        status = hone_internal_c_run_begin(&rounded, &writer->program);
    if (status >= 0)
        status = measure(writer, &exact, &rounded);
    hone_internal_c_run_end(&exact);
    hone_internal_c_run_end(&rounded);
    return status;
}
