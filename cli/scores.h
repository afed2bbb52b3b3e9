/* What evaluate and report print of a model's answers: confusions, classes, calibration. */
#ifndef HONE_CLI_SCORES_H
#define HONE_CLI_SCORES_H

#include "json.h"

/* As asked for by --confusion, --per-class and --calibration, or all of them. Added to the object, or as text
 * when `json` is NULL. */
hone_status cli_put_scores(cli_json *json, hone_recipe *recipe, hone_model *model, hone_dataset *data,
                           const cli_settings *settings, bool all);

#endif
