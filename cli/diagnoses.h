/* hone help on the diagnoses of the doctor. */
#ifndef HONE_CLI_DIAGNOSES_H
#define HONE_CLI_DIAGNOSES_H

#include <stdbool.h>

bool cli_print_diagnosis(const char *id); /* false when there is none of this name */
void cli_print_diagnoses(void);

#endif
