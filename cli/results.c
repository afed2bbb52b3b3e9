/* Loss and metrics of an evaluation, as text or JSON. */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* As Keras prints them: 0.8820, and 3.1e-04 for what is small. */
static void print_number(double value)
{
    printf(isfinite(value) && value != 0 && fabs(value) < 1e-3 ? "%.4e" : "%.4f", value);
}

/* "accuracy: 0.8820"; of several values "f1_score: [0.8820, 0.7511]". */
static void print_line(const char *prefix, const hone_log *log)
{
    printf("%s%s: %s", prefix, log->name, log->list ? "[" : "");
    for (int i = 0; i < log->count; i++) {
        printf("%s", i > 0 ? ", " : "");
        print_number(log->values[i]);
    }
    printf("%s\n", log->list ? "]" : "");
}

void cli_put_results(cli_json *json, const hone_logs *logs, const char *prefix)
{
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < hone_logs_count(logs); i++) {
            hone_log log = hone_logs_at(logs, i);
            if ((strcmp(log.name, "loss") == 0) != (pass == 0))
                continue;
            if (json == NULL)
                print_line(prefix, &log);
            else if (log.list)
                cli_json_numbers(json, log.name, log.values, log.count);
            else
                cli_json_number(json, log.name, log.values[0]);
        }
}

int cli_print_results(const hone_logs *logs, const char *prefix, const char *event, bool as_json)
{
    cli_json json;
    if (as_json)
        cli_json_begin(&json);
    if (as_json && event != NULL)
        cli_json_text(&json, "event", event);
    cli_put_results(as_json ? &json : NULL, logs, prefix);
    return as_json ? cli_json_print(&json) : CLI_DONE;
}
