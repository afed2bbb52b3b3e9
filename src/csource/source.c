/* A model as C source: arrays, functions, the calls, a header. */
#include "csource/source.h"
#include "base/file.h"
#include "base/memory.h"
#include "csource/forms.h"
#include "verbs.h"
#include <hone/runtime.h>

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- names ---- */

/* Letters, digits and _ stay; everything else becomes _. */
static void make_identifier(const char *from, bool upper, char *buffer, size_t size)
{
    size_t length = 0;
    for (; from[length] != '\0' && length + 1 < size; length++) {
        unsigned char letter = (unsigned char)from[length];
        bool plain = letter < 128 && (isalnum(letter) || letter == '_');
        buffer[length] = (char)(!plain ? '_' : upper ? toupper(letter) : letter);
    }
    buffer[length] = '\0';
}

/* Text of the user's within a comment: nothing that could end it. */
static void make_comment(const char *from, char *buffer, size_t size)
{
    size_t length = 0;
    for (; from[length] != '\0' && length + 1 < size; length++) {
        unsigned char letter = (unsigned char)from[length];
        bool plain = letter >= ' ' && letter < 127 && letter != '*' && letter != '?' && letter != '\\';
        buffer[length] = plain ? (char)letter : '_';
    }
    buffer[length] = '\0';
}

static bool is_identifier(const char *text)
{
    if (!isalpha((unsigned char)text[0]) || (unsigned char)text[0] > 127)
        return false;
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at > 127 || (!isalnum((unsigned char)*at) && *at != '_'))
            return false;
    return true;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

enum { LONGEST_PREFIX = 40 };

static hone_status choose_prefix(hone_c_writer *writer, const char *path, const char *given)
{
    if (given != NULL && (!is_identifier(given) || strlen(given) > LONGEST_PREFIX))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "the prefix \"%s\" is not a valid C name: expected letters, digits and _, a "
                         "letter first, at most %d characters",
                         given, LONGEST_PREFIX);
    char stem[LONGEST_PREFIX + 1];
    const char *from = given != NULL ? given : base_name(path);
    snprintf(stem, sizeof stem, "%.*s", given != NULL ? LONGEST_PREFIX : (int)strcspn(from, "."), from);
    make_identifier(stem, false, writer->prefix, sizeof writer->prefix);
    if (!isalpha((unsigned char)writer->prefix[0]))
        snprintf(writer->prefix, sizeof writer->prefix, "model_%s", stem[0] != '\0' ? stem : "c");
    make_identifier(writer->prefix, false, writer->prefix, sizeof writer->prefix);
    make_identifier(writer->prefix, true, writer->upper, sizeof writer->upper);
    memcpy(writer->report.prefix, writer->prefix, sizeof writer->prefix);
    return HONE_OK;
}

static const char *end_label(const hone_c_writer *writer, bool input, int number)
{
    const hone_model *model = writer->program.model;
    return input ? hone_model_input_name(model, number) : hone_model_output_name(model, number);
}

static int end_count(const hone_c_writer *writer, bool input)
{
    return input ? writer->program.model->input_count : writer->program.model->output_count;
}

/* Two names that look alike as identifiers, or one output given twice, get their number. */
static bool is_ambiguous(const hone_c_writer *writer, bool input, int number)
{
    char own[80], other[80];
    make_identifier(end_label(writer, input, number), true, own, sizeof own);
    for (int i = 0; i < end_count(writer, input); i++) {
        make_identifier(end_label(writer, input, i), true, other, sizeof other);
        if (i != number && strcmp(own, other) == 0)
            return true;
    }
    return false;
}

void hone_internal_c_end_name(const hone_c_writer *writer, const char *end, int number, char *buffer,
                              size_t size)
{
    bool input = end[0] == 'I' || end[0] == 'i', upper = isupper((unsigned char)end[0]);
    char name[60];
    if (end_count(writer, input) == 1) {
        snprintf(buffer, size, "%s", end);
        return;
    }
    make_identifier(end_label(writer, input, number), upper, name, sizeof name);
    if (is_ambiguous(writer, input, number))
        snprintf(buffer, size, "%s_%s_%d", end, name, number + 1);
    else
        snprintf(buffer, size, "%s_%s", end, name);
}

static bool is_taken(const hone_c_writer *writer, int count, const char *name)
{
    for (int s = 0; s < count; s++)
        if (writer->names[s] != NULL && strcmp(writer->names[s], name) == 0)
            return true;
    return false;
}

/* "classifier_w_dense_kernel"; a second one "classifier_w_dense_kernel_2". */
static char *constant_name(const hone_c_writer *writer, int slot)
{
    char label[100], name[200];
    make_identifier(writer->program.slots[slot].label, false, label, sizeof label);
    snprintf(name, sizeof name, "%s_w_%s", writer->prefix, label);
    for (int number = 2; is_taken(writer, slot, name); number++)
        snprintf(name, sizeof name, "%s_w_%s_%d", writer->prefix, label, number);
    return hone_internal_copy_text(name);
}

/* "states->lstm_0" */
static char *state_name(const hone_c_slot *slot)
{
    char label[100];
    make_identifier(slot->label, false, label, sizeof label);
    return hone_internal_format("states->%s%s_%d", isdigit((unsigned char)label[0]) ? "s_" : "", label,
                                slot->number);
}

static hone_status name_slots(hone_c_writer *writer)
{
    const hone_c_program *program = &writer->program;
    writer->names = hone_internal_allocate_zeroed((size_t)program->slot_count + 1, sizeof *writer->names);
    if (writer->names == NULL)
        return HONE_ERROR_MEMORY;
    for (int s = 0; s < program->slot_count; s++) {
        const hone_c_slot *slot = &program->slots[s];
        char name[100];
        if (slot->place == HONE_C_WORK || (slot->place == HONE_C_CONSTANT && slot->readers == 0))
            continue;
        if (slot->place == HONE_C_STATE) {
            writer->names[s] = state_name(slot);
            if (writer->names[s] == NULL)
                return HONE_ERROR_MEMORY;
            continue;
        }
        hone_internal_c_end_name(writer, slot->place == HONE_C_INPUT ? "input" : "output", slot->number, name,
                                 sizeof name);
        writer->names[s] =
            slot->place == HONE_C_CONSTANT ? constant_name(writer, s) : hone_internal_copy_text(name);
        if (writer->names[s] == NULL)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

/* ---- calls ---- */

static hone_status write_steps(hone_c_writer *writer)
{
    const hone_c_program *program = &writer->program;
    char scope[100];
    const char *last = "";
    writer->words.program = program;
    writer->words.prefix = writer->prefix;
    writer->words.names = (const char *const *)writer->names;
    for (int s = 0; s < program->step_count; s++) {
        const hone_c_step *step = &program->steps[s];
        make_comment(step->scope, scope, sizeof scope);
        if (strcmp(step->scope, last) != 0 && scope[0] != '\0')
            hone_internal_text_format(&writer->words.body, "    /* %s */\n", scope);
        last = step->scope;
        HONE_TRY(hone_internal_c_words_step(&writer->words, step));
        if (step->form->multiply_adds != NULL)
            writer->report.multiply_adds += step->form->multiply_adds(step);
    }
    return HONE_OK;
}

/* "const float *input, float *output" */
static void write_parameters(const hone_c_writer *writer, hone_text *text, bool types)
{
    char name[100];
    if (writer->program.state_count > 0 && types)
        hone_internal_text_format(text, "%s_states *", writer->prefix);
    if (writer->program.state_count > 0)
        hone_internal_text_append(text, "states, ");
    for (int i = 0; i < end_count(writer, true); i++) {
        hone_internal_c_end_name(writer, "input", i, name, sizeof name);
        hone_internal_text_format(text, "%s%s%s", i > 0 ? ", " : "", types ? "const float *" : "", name);
    }
    for (int i = 0; i < end_count(writer, false); i++) {
        hone_internal_c_end_name(writer, "output", i, name, sizeof name);
        hone_internal_text_format(text, ", %s%s", types ? "float *" : "", name);
    }
}

static void write_unused(const hone_c_writer *writer, hone_text *text)
{
    for (int i = 0; i < end_count(writer, true); i++)
        if (writer->program.slots[writer->program.inputs[i]].readers == 0)
            hone_internal_text_format(text, "    (void)%s;\n", writer->names[writer->program.inputs[i]]);
    if (writer->program.work_count == 0)
        hone_internal_text_append(text, "    (void)work;\n");
}

static void write_predict(hone_c_writer *writer)
{
    hone_text *text = &writer->source;
    hone_internal_c_write_reset(writer);
    hone_internal_text_format(text, "void %s_predict_with(", writer->prefix);
    write_parameters(writer, text, true);
    hone_internal_text_append(text, ", float *work)\n{\n");
    write_unused(writer, text);
    hone_internal_text_append(text, writer->words.body.data != NULL ? writer->words.body.data : "");
    hone_internal_text_format(text, "}\n\n#ifndef %s_NO_STATIC_WORK\nvoid %s_predict(", writer->upper,
                              writer->prefix);
    write_parameters(writer, text, true);
    hone_internal_text_format(text, ")\n{\n    static float work[%s_WORK_SIZE];\n    %s_predict_with(",
                              writer->upper, writer->prefix);
    write_parameters(writer, text, false);
    hone_internal_text_append(text, ", work);\n}\n#endif\n");
}

/* ---- the files ---- */

/* Letters of a source outside comments and spaces. */
static int64_t count_letters(const char *source)
{
    int64_t count = 0;
    for (const char *at = source; at != NULL && *at != '\0'; at++) {
        if (strncmp(at, "/*", 2) == 0)
            at = strstr(at, "*/") + 1;
        else
            count += !isspace((unsigned char)*at);
    }
    return count;
}

/* What gcc -Os makes of it for a Cortex-M4, roughly: measured over sources of one to forty steps. */
static int64_t code_bytes(const hone_c_writer *writer)
{
    return 60 + count_letters(writer->words.functions.data) / 4 + 17 * writer->words.calls;
}

static int64_t work_size(const hone_c_writer *writer)
{
    return writer->program.work_count > 0 ? writer->program.work_count : 1;
}

static void write_head(const hone_c_writer *writer, hone_text *text)
{
    char name[100];
    make_comment(hone_model_name(writer->program.model), name, sizeof name);
    hone_internal_text_format(
        text,
        "/* The model \"%s\" as C99, made by Hone %s. Free to use in any program.\n *\n"
        " * weights:         %" PRId64 " bytes, constant%s\n"
        " * work space:      %" PRId64 " bytes, static or the caller's; no other memory\n"
        " * code:            about %" PRId64 " bytes on an Arm Cortex-M4 (gcc -Os), without libm\n"
        " * multiply-adds:   %" PRId64 " a prediction\n",
        name, HONE_VERSION_TEXT, writer->report.weight_bytes,
        writer->program.byte_steps ? "; matrices and what is between layers are int8"
        : writer->program.bytes    ? "; matrices are int8 with a scale for each output"
                                   : "",
        writer->report.work_bytes, code_bytes(writer), writer->report.multiply_adds);
}

static void write_end(const hone_c_writer *writer, hone_text *text, bool input, int number)
{
    char name[100], comment[100], shape_text[128];
    hone_shape shape =
        input ? writer->program.pass.input_shapes[number]
              : hone_value_shape(writer->program.pass.plan->graph, writer->program.pass.outputs[number]);
    shape.size[0] = HONE_ANY;
    hone_internal_shape_to_text(shape, shape_text, sizeof shape_text);
    hone_internal_c_end_name(writer, input ? "INPUT" : "OUTPUT", number, name, sizeof name);
    make_comment(end_label(writer, input, number), comment, sizeof comment);
    int slot = input ? writer->program.inputs[number] : writer->program.outputs[number];
    hone_internal_text_format(text,
                              "/* %s \"%s\", %s in the model: a sample, row after row. */\n"
                              "#define %s_%s_SIZE %" PRId64 "\n",
                              input ? "Input" : "Output", comment, shape_text, writer->upper, name,
                              writer->program.slots[slot].count);
}

static void write_header(hone_c_writer *writer)
{
    hone_text *text = &writer->header;
    write_head(writer, text);
    hone_internal_text_format(
        text, " */\n#ifndef %s_H\n#define %s_H\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
        writer->upper, writer->upper);
    for (int i = 0; i < end_count(writer, true); i++)
        write_end(writer, text, true, i);
    for (int i = 0; i < end_count(writer, false); i++)
        write_end(writer, text, false, i);
    hone_internal_c_write_states(writer);
    hone_internal_text_format(text, "/* Work space, in floats. */\n#define %s_WORK_SIZE %" PRId64 "\n\n",
                              writer->upper, work_size(writer));
    hone_internal_text_format(
        text,
        "/* Reads the inputs, writes the outputs; they may not overlap. Not for two threads at a "
        "time:\n * its work space is static. Left out when %s_NO_STATIC_WORK is defined. */\n"
        "#ifndef %s_NO_STATIC_WORK\nvoid %s_predict(",
        writer->upper, writer->upper, writer->prefix);
    write_parameters(writer, text, true);
    hone_internal_text_format(
        text,
        ");\n#endif\n\n/* The same with %s_WORK_SIZE floats of the caller's: for several "
        "threads. */\nvoid %s_predict_with(",
        writer->upper, writer->prefix);
    write_parameters(writer, text, true);
    hone_internal_text_append(text, ", float *work);\n\n");
}

static hone_status write_source(hone_c_writer *writer, const char *header_name)
{
    hone_text *text = &writer->source;
    hone_internal_c_write_arrays(writer);
    HONE_TRY(write_steps(writer));
    const bool rows = hone_internal_c_has_rows(writer);
    if (writer->words.functions.failed)
        return HONE_ERROR_MEMORY;
    writer->report.work_bytes = work_size(writer) * (int64_t)sizeof(float);
    write_head(writer, text);
    hone_internal_text_format(
        text,
        " *\n * cc -std=c99 -DSELF_TEST %s.c -lm makes a program that predicts %" PRId64
        " samples and compares. */\n#include \"%s\"\n\n#include <math.h>\n#include <stddef.h>\n"
        "#include <stdint.h>\n%s\n/* How constants are declared: define it for a section or an "
        "attribute. */\n#ifndef %s_CONST\n#define %s_CONST static const\n#endif\n\n",
        writer->prefix, writer->samples, header_name,
        rows ? "#include <stdlib.h>\n#include <string.h>\n" : "", writer->upper, writer->upper);
    hone_internal_text_append(text, writer->arrays.data != NULL ? writer->arrays.data : "");
    hone_internal_text_append(text, writer->words.functions.data != NULL ? writer->words.functions.data : "");
    write_predict(writer);
    write_header(writer);
    hone_internal_c_write_classes(writer);
    HONE_TRY(hone_internal_c_write_rows(writer));
    hone_internal_text_append(&writer->header, "#ifdef __cplusplus\n}\n#endif\n#endif\n");
    HONE_TRY(hone_internal_c_write_test(writer));
    writer->report.source_bytes = (int64_t)text->length;
    bool failed = text->failed || writer->header.failed || writer->arrays.failed ||
                  writer->words.functions.failed || writer->words.body.failed;
    return failed ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status write_file(const char *path, const hone_text *text, hone_file_writer *file)
{
    HONE_TRY(hone_internal_file_begin(file, path));
    return hone_internal_file_write(file, text->data, text->length);
}

/* Both files, or none. */
static hone_status write_files(const hone_c_writer *writer, const char *path, const char *header_path)
{
    hone_file_writer source = {.path = NULL}, header = {.path = NULL};
    hone_status status = write_file(path, &writer->source, &source);
    if (status >= 0)
        status = write_file(header_path, &writer->header, &header);
    if (status >= 0)
        status = hone_internal_file_finish(&header);
    if (status >= 0)
        status = hone_internal_file_finish(&source);
    hone_internal_file_abandon(&source);
    hone_internal_file_abandon(&header);
    return status;
}

static hone_status check_path(const char *path)
{
    size_t length = strlen(path);
    if (length < 3 || strcmp(path + length - 2, ".c") != 0 || path[length - 3] == '/')
        return hone_fail(HONE_ERROR_ARGUMENT, "C source is written to a file that ends in .c, not \"%s\"",
                         path);
    if (strpbrk(base_name(path), "\"\\\n\r?*") != NULL)
        return hone_fail(HONE_ERROR_ARGUMENT, "\"%s\" cannot stand in an #include", path);
    return HONE_OK;
}

/* With data for calibration first the program with int8 weights alone, by which ranges are measured. */
static hone_status make_program(hone_c_writer *writer, hone_model *model, const hone_export_c_args *args)
{
    const bool bytes = strcmp(args->weights, "int8") == 0;
    if (args->calibration == HONE_NO_DATASET)
        return hone_internal_c_program_make(&writer->program, model, bytes);
    if (!bytes)
        return hone_fail(HONE_ERROR_ARGUMENT, "calibration is for int8 weights, not for %s", args->weights);
    HONE_TRY(hone_internal_feed_check(model, args->calibration, false));
    HONE_TRY(hone_internal_c_program_make(&writer->exact, model, true));
    return hone_internal_c_calibrate(writer, args->calibration);
}

static hone_status export_to(hone_c_writer *writer, hone_model *model, const char *path,
                             const char *header_path, const hone_export_c_args *args)
{
    HONE_TRY(choose_prefix(writer, path, args->prefix));
    hone_dataset *data = args->data == HONE_NO_DATASET ? NULL : args->data;
    if (data != NULL && hone_dataset_count(data) < 0)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "export needs a data set of known length; hone_dataset_cache makes one");
    if (data != NULL)
        HONE_TRY(hone_internal_feed_check(model, data, false));
    HONE_TRY(make_program(writer, model, args));
    writer->data = data;
    writer->samples = args->samples;
    if (data != NULL && hone_dataset_count(data) < writer->samples)
        writer->samples = hone_dataset_count(data);
    HONE_TRY(name_slots(writer));
    HONE_TRY(write_source(writer, base_name(header_path)));
    if (writer->program.bytes && data != NULL)
        HONE_TRY(hone_internal_c_measure(writer));
    return write_files(writer, path, header_path);
}

static void free_writer(hone_c_writer *writer)
{
    for (int s = 0; writer->names != NULL && s < writer->program.slot_count; s++)
        hone_internal_free(writer->names[s]);
    hone_internal_free(writer->names);
    hone_internal_c_program_free(&writer->program);
    hone_internal_c_program_free(&writer->exact);
    hone_internal_c_words_free(&writer->words);
    hone_internal_text_free(&writer->arrays);
    hone_internal_text_free(&writer->source);
    hone_internal_text_free(&writer->header);
}

hone_status hone_export_c_with(hone_model *model, const char *path, hone_c_source *report,
                               const hone_export_c_args *said)
{
    hone_export_c_args args;
    if (model == NULL || path == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a path");
    HONE_TRY(hone_internal_args_read(&hone_internal_export_c_verb, said, &args));
    HONE_TRY(check_path(path));
    hone_c_writer *writer = hone_internal_allocate_zeroed(1, sizeof *writer);
    char *header_path = hone_internal_copy_text(path);
    hone_status status = HONE_ERROR_MEMORY;
    if (writer != NULL && header_path != NULL) {
        header_path[strlen(path) - 1] = 'h';
        status = export_to(writer, model, path, header_path, &args);
        hone_model_reset_states(model);
        if (status >= 0 && report != NULL)
            *report = writer->report;
    }
    if (writer != NULL)
        free_writer(writer);
    hone_internal_free(writer);
    hone_internal_free(header_path);
    return status;
}
