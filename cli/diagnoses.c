/* hone help on the diagnoses of the doctor. */
#include "diagnoses.h"

#include <hone/doctor.h>
#include <stdio.h>
#include <string.h>

/* Text in lines of at most 98 characters, behind a title of 12. */
static void put_text(const char *title, const char *text)
{
    enum { WIDTH = 98 };
    printf("%-12s", title);
    for (int column = 0; *text != '\0';) {
        int length = (int)strcspn(text, " ");
        if (column > 0 && column + length > WIDTH) {
            printf("\n%-12s", "");
            column = 0;
        }
        column += printf("%s%.*s", column > 0 ? " " : "", length, text);
        text += length + (text[length] == ' ');
    }
    printf("\n");
}

bool cli_print_diagnosis(const char *id)
{
    for (int i = 0; hone_doctor_rule_at(i) != NULL; i++) {
        const hone_doctor_rule *rule = hone_doctor_rule_at(i);
        if (strcmp(rule->id, id) != 0)
            continue;
        printf("%s: %s (a diagnosis of hone doctor)\n\n", rule->id, rule->title);
        put_text("", rule->what);
        printf("\n");
        put_text("How it is told", "");
        put_text("", rule->told);
        put_text("Not to be taken for", "");
        put_text("", rule->alike);
        put_text("What to do", "");
        put_text("", rule->cure);
        put_text("Source", "");
        put_text("", rule->source);
        return true;
    }
    return false;
}

void cli_print_diagnoses(void)
{
    for (int i = 0; hone_doctor_rule_at(i) != NULL; i++)
        printf("  %-20s %s\n", hone_doctor_rule_at(i)->id, hone_doctor_rule_at(i)->title);
}
