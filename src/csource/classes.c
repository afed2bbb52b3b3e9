/* What the outputs of a model mean, in its C source: the names of classes and of labels, and from which
 * probability on an output is a yes (hone threshold). With one output they begin with the prefix alone
 * (net_classes), with several with the output's name too (net_output_sky_classes). */
#include "csource/source.h"
#include "readers/schema.h"
#include <hone/look.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* An output, and what the names of its constants begin with. */
typedef struct meaning {
    int output;
    int64_t width; /* numbers along the last axis */
    char prefix[180], upper[180];
} meaning;

static meaning meaning_of(const hone_c_writer *writer, int output)
{
    hone_model *model = writer->program.model;
    const hone_shape shape = hone_tensor_shape(hone_model_output(model, output));
    const int64_t last = shape.rank > 1 ? shape.size[shape.rank - 1] : 1;
    meaning of = {.output = output, .width = last > 0 ? last : 1};
    char name[100];
    snprintf(of.prefix, sizeof of.prefix, "%s", writer->prefix);
    snprintf(of.upper, sizeof of.upper, "%s", writer->upper);
    if (model->output_count > 1) {
        hone_internal_c_end_name(writer, "output", output, name, sizeof name);
        snprintf(of.prefix, sizeof of.prefix, "%s_%s", writer->prefix, name);
        hone_internal_c_end_name(writer, "OUTPUT", output, name, sizeof name);
        snprintf(of.upper, sizeof of.upper, "%s_%s", writer->upper, name);
    }
    return of;
}

/* ---- classes ---- */

static size_t write_names(hone_c_writer *writer, const meaning *of)
{
    const hone_config *classes = hone_internal_schema_classes(writer->program.model->schema, of->output);
    const size_t count = hone_internal_config_count(classes);
    if (classes == NULL || count == 0)
        return 0;
    hone_internal_text_format(&writer->source, "const char *const %s_classes[%s_CLASSES] = {", of->prefix,
                              of->upper);
    hone_internal_c_write_strings(&writer->source, classes);
    hone_internal_text_format(
        &writer->header,
        "/* The classes, by their numbers. */\n#define %s_CLASSES %zu\nextern const char *const "
        "%s_classes[%s_CLASSES];\n",
        of->upper, count, of->prefix, of->upper);
    return count;
}

/* ---- thresholds ---- */

/* The greatest float that is not above the threshold, a double: a float is above the one exactly if it is
 * above the other. */
static float threshold_of(const hone_c_writer *writer, const meaning *of, int64_t number)
{
    const double threshold = hone_model_threshold_of(writer->program.model, of->output, number);
    const float near = (float)threshold;
    return (double)near > threshold ? nextafterf(near, -INFINITY) : near;
}

/* One was set; or the numbers are columns of yes and no, or the second of two classes. */
static bool has_thresholds(const hone_c_writer *writer, const meaning *of, size_t classes)
{
    hone_model *model = writer->program.model;
    for (int64_t i = 0; i < of->width; i++)
        if (hone_model_threshold_of(model, of->output, i) != 0.5)
            return true;
    return (of->width == 1 && classes == 2) ||
           (hone_model_target_name(model, of->output, 0) != NULL && hone_model_decides(model, of->output));
}

static void write_threshold(hone_c_writer *writer, const meaning *of, size_t classes)
{
    char number[40];
    hone_internal_c_number(threshold_of(writer, of, 0), number, sizeof number);
    hone_internal_text_format(&writer->header,
                              "/* An output above it means %s. */\n#define %s_THRESHOLD %s\n",
                              classes == 2 ? "the second class" : "yes", of->upper, number);
}

static void write_labels(hone_c_writer *writer, const meaning *of)
{
    const hone_model *model = writer->program.model;
    hone_internal_text_format(&writer->source, "const char *const %s_labels[%s_LABELS] = {", of->prefix,
                              of->upper);
    for (int64_t i = 0; i < of->width; i++) {
        const char *name = hone_model_target_name(model, of->output, i);
        hone_internal_text_append(&writer->source, i % 8 == 0 ? "\n    " : " ");
        hone_internal_c_write_string(&writer->source, name != NULL ? name : "");
        hone_internal_text_append(&writer->source, ",");
    }
    hone_internal_text_append(&writer->source, "\n};\n\n");
    hone_internal_text_format(&writer->header, "extern const char *const %s_labels[%s_LABELS];\n", of->prefix,
                              of->upper);
}

static void write_thresholds(hone_c_writer *writer, const meaning *of)
{
    hone_internal_text_format(
        &writer->header,
        "/* Labels, each a yes where its number of the output is above its threshold. */\n#define %s_LABELS "
        "%" PRId64 "\nextern const float %s_thresholds[%s_LABELS];\n",
        of->upper, of->width, of->prefix, of->upper);
    hone_internal_text_format(&writer->source, "const float %s_thresholds[%s_LABELS] = {", of->prefix,
                              of->upper);
    for (int64_t i = 0; i < of->width; i++) {
        char number[40];
        hone_internal_c_number(threshold_of(writer, of, i), number, sizeof number);
        hone_internal_text_format(&writer->source, "%s%s,", i % 8 == 0 ? "\n    " : " ", number);
    }
    hone_internal_text_append(&writer->source, "\n};\n\n");
    if (hone_model_target_name(writer->program.model, of->output, 0) != NULL)
        write_labels(writer, of);
}

/* ---- both ---- */

void hone_internal_c_write_classes(hone_c_writer *writer)
{
    for (int output = 0; output < writer->program.model->output_count; output++) {
        const meaning of = meaning_of(writer, output);
        const size_t before = writer->header.length, classes = write_names(writer, &of);
        if (has_thresholds(writer, &of, classes)) {
            if (of.width == 1)
                write_threshold(writer, &of, classes);
            else
                write_thresholds(writer, &of);
        }
        if (writer->header.length > before)
            hone_internal_text_append(&writer->header, "\n");
    }
}
