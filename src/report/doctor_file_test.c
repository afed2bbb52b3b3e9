/* A diagnosis through a file of JSON: the report has its findings and each layer's curves; files that say
 * something else. */
#define _GNU_SOURCE /* mkdtemp */
#include <hone/doctor.h>
#include <hone/hone.h>
#include "testing/files.h"
#include "testing/message.h"
#include "testing/test.h"

#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static void write_text(const char *name, const char *text)
{
    assert_int_equal(hone_write_file(testing_path(name), text, strlen(text)), HONE_OK);
}

static bool page_has(const char *words)
{
    static char page[200000];
    FILE *file = fopen(testing_path("r.html"), "r");
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    return strstr(page, words) != NULL;
}

TEST(the_report_shows_the_layers_and_the_alarm)
{
    write_text(
        "d.json",
        "{\"version\": 1, \"outcome\": \"stuck\", \"q\": 0.1, \"steps\": 300, \"diagnoses\": [{\"id\": \"dead_relu\", "
        "\"layer\": \"hidden\", \"step\": 10, \"message\": \"all are <0>\", \"cure\": null, \"verified\": null}], "
        "\"measured\": {\"losses\": [2, 1.5], \"chance_loss\": 2.3, \"layers\": [{\"name\": \"hidden\", \"weights\": "
        "true}], \"checks\": [{\"step\": 1, \"loss\": 2, \"layers\": [[0.1, 0.01, 0.2, null]]}, {\"step\": 10, "
        "\"loss\": 1.5, \"layers\": [[0.2, 0.02, 0.9, 0.1]]}]}}");
    assert_int_equal(hone_report(testing_path("r.html"), .doctor_file = testing_path("d.json")), HONE_OK);
    assert_true(page_has("Outcome: stuck"));
    assert_true(page_has("(dead_relu)"));
    assert_true(page_has("all are &lt;0&gt;"));
    assert_true(page_has("Share of dead units"));
    assert_true(page_has("Share of saturated units"));
    assert_true(page_has("Change of the weights in a step"));
    unlink(testing_path("r.html"));
    unlink(testing_path("d.json"));
}

static const struct {
    const char *name, *text, *says;
} wrong_files[] = {
    {"no JSON", "{", "d.json"},
    {"another file", "{\"model\": 1}", "expected what hone doctor --json prints"},
    {"a check of too few layers",
     "{\"measured\": {\"layers\": [{\"name\": \"a\"}, {\"name\": \"b\"}], \"checks\": [{\"step\": "
     "1, \"layers\": [[0.1, 0.1, 0, 0]]}]}}",
     "check 1 has numbers of 1 layers; expected 2"},
    {"lists that are texts", "{\"measured\": 3}", "expected what hone doctor --json prints"}};

TEST_EACH(refuses, wrong_files)
{
    write_text("d.json", row->text);
    assert_true(hone_report(testing_path("r.html"), .doctor_file = testing_path("d.json")) < 0);
    assert_message_has(row->says);
    hone_error_clear();
    unlink(testing_path("d.json"));
}
