/* The doctor's page. */
#include "doctor/doctor.h"
#include "testing/test.h"

#include <stdio.h>
#include <unistd.h>

TEST(a_page_is_written_for_what_was_found)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/hone_page_%d.html", (int)getpid());
    hone_diagnosis diagnosis = {.facts = hone_doctor_facts_none(), .count = 1};
    diagnosis.findings[0] =
        (hone_finding){.id = "dead_relu", .title = "units are dead", .message = "97 of 100 <units>"};
    diagnosis.facts.block_count = 2;
    diagnosis.facts.steps = 10;
    if (hone_diagnosis_report(&diagnosis, path) < 0)
        fail_msg("%s", hone_error_message());
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    fclose(file);
    unlink(path);
    assert_int_equal(hone_diagnosis_report(NULL, path), HONE_ERROR_ARGUMENT);
}
