/* JSON on stdout: one object on a line.
 *
 *   cli_json json;
 *   cli_json_begin(&json);
 *   cli_json_text(&json, "event", "end");
 *   return cli_json_print(&json); */
#ifndef HONE_CLI_JSON_H
#define HONE_CLI_JSON_H

#include "cli.h"

#include <stdio.h>

typedef struct cli_json {
    FILE *out; /* NULL when there was no memory */
    char *text;
    size_t length;
    bool began; /* an item stands before this one */
} cli_json;

void cli_json_begin(cli_json *json);
/* `key` is NULL in a list. What is not finite, and a text that is NULL, is null. */
void cli_json_text(cli_json *json, const char *key, const char *text);
void cli_json_integer(cli_json *json, const char *key, int64_t integer);
void cli_json_number(cli_json *json, const char *key, double number);
void cli_json_truth(cli_json *json, const char *key, bool truth); /* true or false */
void cli_json_numbers(cli_json *json, const char *key, const double *numbers, int count);
void cli_json_open(cli_json *json, const char *key, char bracket); /* '{' or '[' */
void cli_json_close(cli_json *json, char bracket);
/* Prints the line and frees what it took. The exit status, after a message when there was no memory. */
int cli_json_print(cli_json *json);
void cli_json_drop(cli_json *json); /* frees it unprinted */
/* A text in quotes. JSON is UTF-8: each byte that is of no character is U+FFFD. */
void cli_json_put_text(FILE *out, const char *text);

/* The loss first, then the metrics by name: a line for each, "test " in front when that is the prefix, or one
 * object, with this "event" unless it is NULL. */
/* The same into an object; as text when `json` is NULL. */
void cli_put_results(cli_json *json, const hone_logs *logs, const char *prefix);
int cli_print_results(const hone_logs *logs, const char *prefix, const char *event, bool as_json);

#endif
