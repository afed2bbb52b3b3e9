/* hone doctor: why a training does not learn, and what to change. */
#include "cli.h"

#include <hone/doctor.h>
#include <stdio.h>
#include <string.h>

enum { CLI_MOST_IDS = HONE_MAX_TEXTS };

/* "overfit,dead_relu" as a list; in place. */
static int split_ids(char *text, const char **ids)
{
    int count = 0;
    for (char *at = strtok(text, ","); at != NULL && count < CLI_MOST_IDS; at = strtok(NULL, ","))
        ids[count++] = at;
    return count;
}

static int check_ids(const char *text)
{
    char copy[1024];
    const char *ids[CLI_MOST_IDS], *names[128];
    size_t known = 0;
    snprintf(copy, sizeof copy, "%s", text);
    int count = split_ids(copy, ids);
    for (; hone_doctor_rule_at((int)known) != NULL && known < 128; known++)
        names[known] = hone_doctor_rule_at((int)known)->id;
    for (int i = 0; i < count; i++) {
        bool found = false;
        for (size_t n = 0; n < known; n++)
            found = found || strcmp(names[n], ids[i]) == 0;
        const char *near = found ? NULL : hone_nearest_name(ids[i], names, known);
        if (!found && near != NULL)
            return cli_fail_usage("doctor: --without: unknown diagnosis \"%s\"; did you mean \"%s\"?", ids[i],
                                  near);
        if (!found)
            return cli_fail_usage(
                "doctor: --without: unknown diagnosis \"%s\"; hone help diagnoses lists them", ids[i]);
    }
    return CLI_DONE;
}

static int check_line(const cli_settings *settings)
{
    int status = cli_check_model("doctor", settings->operands[0], true);
    if (status != CLI_DONE)
        return status;
    if (cli_given_text(settings, "data.train") == NULL && !cli_is_recipe(settings->operands[0]))
        return cli_fail_usage("doctor: --data is missing: a model file does not name its data");
    if (settings->apply != NULL && !cli_is_recipe(settings->operands[0]))
        return cli_fail_usage("doctor: --apply needs a recipe; %s is a model file", settings->operands[0]);
    return settings->without == NULL ? CLI_DONE : check_ids(settings->without);
}

/* The recipe with the first cure. */
static int apply(hone_recipe *recipe, const hone_diagnosis *diagnosis, const char *path)
{
    const hone_finding *finding = hone_diagnosis_at(diagnosis, 0);
    if (finding == NULL || finding->cure_count == 0) {
        cli_say("there is no cure that a recipe can say, so %s was not written", path);
        return CLI_DONE;
    }
    if (hone_recipe_cure(recipe, &finding->cures[0]) < 0 || hone_recipe_save(recipe, path) < 0)
        return cli_fail_library();
    cli_say("wrote %s, with the cure of %s%s", path, finding->id,
            finding->verified ? "" : ", which is not proved");
    return CLI_DONE;
}

static int print(const hone_diagnosis *diagnosis, const cli_settings *settings)
{
    char *text =
        settings->json ? hone_diagnosis_json(diagnosis) : hone_diagnosis_text(diagnosis, settings->detailed);
    if (text == NULL)
        return cli_fail_library();
    printf("%s%s", text, settings->json ? "\n" : "");
    hone_free(text);
    return CLI_DONE;
}

static int tell(hone_recipe *recipe, const hone_diagnosis *diagnosis, const cli_settings *settings)
{
    int status = print(diagnosis, settings);
    if (status == CLI_DONE && settings->html != NULL && hone_diagnosis_report(diagnosis, settings->html) < 0)
        status = cli_fail_library();
    if (status == CLI_DONE && settings->apply != NULL)
        status = apply(recipe, diagnosis, settings->apply);
    bool refused = strcmp(hone_diagnosis_outcome(diagnosis), "refused") == 0;
    bool alarm = hone_diagnosis_count(diagnosis) > 0;
    if (status == CLI_DONE && refused && !alarm)
        return CLI_FAILED;
    return status == CLI_DONE && settings->fails && alarm ? CLI_FAILED : status;
}

static int doctor(const cli_settings *settings)
{
    char ids[1024] = "";
    hone_diagnose_args args = {.base = {sizeof args, NULL}, HONE_DIAGNOSE_FIELDS(HONE_FIELD_DEFAULT, )};
    int status = check_line(settings);
    if (status != CLI_DONE)
        return status;
    if ((settings->html != NULL && hone_check_writable(settings->html) < 0) ||
        (settings->apply != NULL && hone_check_writable(settings->apply) < 0))
        return cli_fail_library();
    if (settings->without != NULL) {
        snprintf(ids, sizeof ids, "%s", settings->without);
        split_ids(ids, args.without);
    }
    if (cli_given(settings->seconds))
        args.time = settings->seconds;
    if (cli_given_integer(settings->steps))
        args.steps = settings->steps;
    hone_recipe *recipe = cli_load_recipe(settings->operands[0], settings);
    hone_diagnosis *diagnosis = recipe == NULL ? NULL : hone_recipe_diagnose_with(recipe, &args);
    status = diagnosis == NULL ? cli_fail_library() : tell(recipe, diagnosis, settings);
    hone_diagnosis_free(diagnosis);
    hone_recipe_free(recipe);
    return status;
}

static const cli_option options[] = {
    {"data", .key = "data.train", .help = "training data (see hone help data)"},
    {"validation", .key = "data.validation", .argument = "DATA", .help = "validation data"},
    CLI_OPTION_MEMORY_LIMIT,
    CLI_OPTION_SCALE,
    CLI_OPTION_BATCH_SIZE,
    {.key = "fit.epochs"},
    CLI_OPTION_LOSS,
    {.key = "compile.optimizer"},
    {.key = "fit.seed"},
    CLI_OPTION_THREADS,
    {.argument_of = "diagnose.time", CLI_AT(seconds), .argument = "SECONDS"},
    {.argument_of = "diagnose.steps", CLI_AT(steps)},
    {"without", CLI_TEXT, CLI_AT(without), .argument = "ID,ID", .help = "diagnoses that are not looked for"},
    {"apply", CLI_FILE, CLI_AT(apply), .argument = "FILE.yaml", .detail = ".yaml|.yml",
     .help = "write the recipe with the cure"},
    {"html", CLI_FILE, CLI_AT(html), .argument = "FILE.html", .detail = ".html|.htm",
     .help = "write a page: gradients, updates, dead and saturated units of each layer over time"},
    {"verbose", CLI_FLAG, CLI_AT(detailed),
     .help = "also print what is not a diagnosis, and what was left out"},
    {"fail", CLI_FLAG, CLI_AT(fails), .help = "exit with 1 if there is a diagnosis"},
    CLI_OPTION_JSON,
    CLI_OPTIONS_END};

const cli_command cli_doctor = {
    .name = "doctor",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .options = options,
    .run = doctor,
    .summary =
        "Names why the training of a recipe (.yaml) or model file does not learn, and proves the cure.",
    .details =
        "It looks at the data and the network, then at the first batch, then trains a copy for as long as --time allows\n"
        "and decides whether that learns. Only what is wrong by construction, and what explains a training that does not\n"
        "learn, is a diagnosis; if nothing is wrong one line says so. Cures are tried: from the same initial weights, on\n"
        "the same batches, with three seeds; one that helped is called proved. The model file and the recipe stay as they\n"
        "are. hone help dead_relu (or another id) explains a diagnosis.\n"
        "\n"
        "--json prints one object: \"outcome\" (learned, partly, slow, stuck, broke, memorises, unknown, refused), \"q\" (0: as\n"
        "good as the best constant prediction, 1: without error), \"diagnoses\" with id, class (F a fact, M a mechanism, C a\n"
        "cure that helped), layer, message, evidence, threshold, cure, verified; \"notes\", \"excluded\", \"skipped\"; of a fit in\n"
        "stages the \"stage\" that is spoken of, of how many \"stages\".\n"
        "\n"
        "  hone doctor examples/chapter.yaml --time 30\n"
        "  hone doctor broken.yaml --apply mended.yaml --fail\n"};
