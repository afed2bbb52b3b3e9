/* A diagnosis out of the JSON of hone doctor --json or hone train --doctor-page, for the page of hone report:
 * findings, losses, the numbers of the layers at each check. */
#include "base/file.h"
#include "base/limits.h"
#include "doctor/doctor.h"
#include "formats/formats.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

/* The longest lists that are drawn; files are not trusted. */
enum { MOST_LAYERS = 4096, MOST_RECORDS = 100000 };

static double number_at(const hone_config *map, const char *key)
{
    const hone_config *value = hone_internal_config_get(map, key);
    return hone_internal_config_is_numeric(value) ? hone_internal_config_as_number(value) : HONE_NONE;
}

static const char *text_at(hone_diagnosis *of, const hone_config *map, const char *key)
{
    const char *text = hone_internal_config_get_text(map, key);
    return text == NULL ? "" : hone_internal_arena_copy_text(&of->arena, text);
}

static void copy_to(char *place, size_t size, const char *text)
{
    snprintf(place, size, "%s", text != NULL ? text : "");
}

/* The name that people read is the rule's. */
static const char *title_of(const char *id)
{
    for (int i = 0; hone_doctor_rule_at(i) != NULL; i++)
        if (strcmp(hone_doctor_rule_at(i)->id, id) == 0)
            return hone_doctor_rule_at(i)->title;
    return id;
}

static void read_cure(hone_finding *finding, const hone_config *cure)
{
    if (hone_internal_config_is(cure, HONE_CONFIG_TEXT))
        copy_to(finding->advice, sizeof finding->advice, hone_internal_config_as_text(cure));
    copy_to(finding->path, sizeof finding->path, hone_internal_config_get_text(cure, "path"));
    copy_to(finding->becomes, sizeof finding->becomes, hone_internal_config_get_text(cure, "to"));
}

static void read_proof(hone_finding *finding, const hone_config *verified)
{
    finding->verified = hone_internal_config_is(verified, HONE_CONFIG_MAP);
    if (!finding->verified)
        return;
    finding->proof_steps = hone_internal_config_as_integer(hone_internal_config_get(verified, "steps"));
    finding->proof_seeds = (int)hone_internal_config_as_integer(hone_internal_config_get(verified, "seeds"));
    finding->before = number_at(verified, "before");
    finding->after = number_at(verified, "after");
}

static void read_findings(hone_diagnosis *of, const hone_config *list)
{
    for (size_t i = 0; i < hone_internal_config_count(list) && of->count < 2; i++) {
        const hone_config *map = hone_internal_config_at(list, i);
        hone_finding *finding = &of->findings[of->count++];
        finding->id = text_at(of, map, "id");
        finding->title = title_of(finding->id == NULL ? "" : finding->id);
        finding->step = hone_internal_config_as_integer(hone_internal_config_get(map, "step"));
        copy_to(finding->layer, sizeof finding->layer, hone_internal_config_get_text(map, "layer"));
        copy_to(finding->message, sizeof finding->message, hone_internal_config_get_text(map, "message"));
        read_cure(finding, hone_internal_config_get(map, "cure"));
        read_proof(finding, hone_internal_config_get(map, "verified"));
    }
}

static hone_status read_layers(hone_diagnosis *of, const hone_config *list)
{
    const size_t count = hone_internal_config_count(list);
    if (count > MOST_LAYERS)
        return hone_fail(HONE_ERROR_FORMAT, "%zu layers; at most %d are drawn", count, MOST_LAYERS);
    of->layers = hone_internal_arena_allocate(&of->arena, (count + 1) * sizeof *of->layers);
    if (of->layers == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const hone_config *map = hone_internal_config_at(list, i),
                          *weights = hone_internal_config_get(map, "weights");
        of->layers[i] =
            (hone_doctor_layer){.name = text_at(of, map, "name"),
                                .weights = hone_internal_config_is(weights, HONE_CONFIG_BOOLEAN) &&
                                           hone_internal_config_as_boolean(weights)};
        if (of->layers[i].name == NULL)
            return HONE_ERROR_MEMORY;
    }
    of->facts.layers = of->layers;
    of->facts.layer_count = (int)count;
    return HONE_OK;
}

/* {"step": 10, "loss": 0.4, "layers": [[gradient, update, dead, saturated], ...]} */
static hone_status read_check(hone_diagnosis *of, const hone_config *map)
{
    const hone_config *rows = hone_internal_config_get(map, "layers");
    const size_t layers = (size_t)of->facts.layer_count;
    if (hone_internal_config_count(rows) != layers)
        return hone_fail(HONE_ERROR_FORMAT, "check %zu has numbers of %zu layers; expected %zu",
                         of->record_count + 1, hone_internal_config_count(rows), layers);
    double *numbers = hone_internal_arena_allocate(&of->arena, (4 * layers + 1) * sizeof *numbers);
    if (numbers == NULL ||
        hone_internal_grow(&of->records, &of->record_room, of->record_count + 1, sizeof *of->records) < 0)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < 4 * layers; i++) {
        const hone_config *value = hone_internal_config_at(hone_internal_config_at(rows, i / 4), i % 4);
        numbers[i] =
            hone_internal_config_is_numeric(value) ? hone_internal_config_as_number(value) : HONE_NONE;
    }
    of->records[of->record_count++] =
        (hone_check_record){hone_internal_config_as_integer(hone_internal_config_get(map, "step")),
                            number_at(map, "loss"), numbers};
    return HONE_OK;
}

static hone_status read_measured(hone_diagnosis *of, const hone_config *measured)
{
    const hone_config *losses = hone_internal_config_get(measured, "losses"),
                      *checks = hone_internal_config_get(measured, "checks");
    of->facts.constant_loss = number_at(measured, "chance_loss");
    for (size_t i = 0; i < hone_internal_config_count(losses) && of->facts.block_count < HONE_DOCTOR_BLOCKS;
         i++) {
        const hone_config *loss = hone_internal_config_at(losses, i);
        of->facts.blocks[of->facts.block_count++] =
            hone_internal_config_is_numeric(loss) ? hone_internal_config_as_number(loss) : HONE_NONE;
    }
    HONE_TRY(read_layers(of, hone_internal_config_get(measured, "layers")));
    for (size_t i = 0; i < hone_internal_config_count(checks) && i < MOST_RECORDS; i++)
        HONE_TRY(read_check(of, hone_internal_config_at(checks, i)));
    return HONE_OK;
}

static hone_doctor_outcome outcome_of(const char *name)
{
    for (int i = 0; name != NULL && i <= HONE_OUTCOME_REFUSED; i++)
        if (strcmp(hone_internal_outcome_name((hone_doctor_outcome)i), name) == 0)
            return (hone_doctor_outcome)i;
    return HONE_OUTCOME_UNKNOWN;
}

static hone_status read_tree(hone_diagnosis *of, const hone_config *tree)
{
    if (!hone_internal_config_is(tree, HONE_CONFIG_MAP) ||
        !hone_internal_config_is(hone_internal_config_get(tree, "measured"), HONE_CONFIG_MAP))
        return hone_fail(HONE_ERROR_FORMAT,
                         "expected what hone doctor --json prints, with \"diagnoses\" and \"measured\"");
    of->facts = hone_doctor_facts_none();
    of->facts.outcome = outcome_of(hone_internal_config_get_text(tree, "outcome"));
    of->facts.q = number_at(tree, "q");
    of->facts.steps = hone_internal_config_as_integer(hone_internal_config_get(tree, "steps"));
    of->facts.block_count = 0;
    read_findings(of, hone_internal_config_get(tree, "diagnoses"));
    return read_measured(of, hone_internal_config_get(tree, "measured"));
}

hone_status hone_internal_report_doctor(hone_text *page, const char *path)
{
    void *text = NULL;
    size_t length = 0;
    HONE_TRY(hone_internal_file_read(path, hone_internal_limits.json_bytes, &text, &length));
    hone_config *tree = hone_internal_json_parse(text, length, path);
    hone_diagnosis *of = tree == NULL ? NULL : hone_internal_allocate_zeroed(1, sizeof *of);
    hone_status status = tree == NULL ? hone_error_status()
                         : of == NULL ? HONE_ERROR_MEMORY
                                      : read_tree(of, tree);
    if (status >= 0)
        hone_internal_report_diagnosis(page, of);
    else if (tree != NULL)
        status = hone_internal_error_in(status, path);
    hone_diagnosis_free(of);
    hone_internal_config_free(tree);
    hone_internal_free(text);
    return status;
}
