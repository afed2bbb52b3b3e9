/* What targets of data share. An input is {"files": {...}, "data": "a.csv", "options": {"target": "y"}}: the
 * files are written (folder.h), the DATA form of the command is put together and read, and read again in the
 * same way, and with a limit of memory: with the same numbers each time. */
#ifndef HONE_TESTS_FUZZ_DATA_H
#define HONE_TESTS_FUZZ_DATA_H

#include "data/dataset.h"
#include "folder.h"

/* "[a, b]", or a text or number as it is. */
static inline void put_option(described *to, const hone_config *value)
{
    bool list = hone_internal_config_is(value, HONE_CONFIG_LIST);
    char number[40];
    if (list) {
        put_text(to, "[");
        for (size_t i = 0; i < hone_internal_config_count(value); i++) {
            put_text(to, i == 0 ? "" : ",");
            put_text(to, hone_internal_config_text_at(value, i));
        }
        put_text(to, "]");
    } else if (hone_internal_config_is_numeric(value)) {
        snprintf(number, sizeof number, "%.17g", hone_internal_config_as_number(value));
        put_text(to, number);
    } else if (hone_internal_config_is(value, HONE_CONFIG_BOOLEAN)) {
        put_text(to, hone_internal_config_as_boolean(value) ? "true" : "false");
    } else {
        put_text(to, hone_internal_config_as_text(value));
    }
}

/* The DATA form, to be freed. */
static inline char *data_form(const hone_config *tree)
{
    const hone_config *options = hone_internal_config_get(tree, "options");
    described form = {.size = 0};
    put_text(&form, name_of(tree, "data"));
    for (size_t i = 0; i < hone_internal_config_count(options); i++) {
        const hone_config *value = hone_internal_config_at(options, i);
        put_text(&form, i == 0 ? "#" : ",");
        put_text(&form, hone_internal_config_key(options, i));
        if (hone_internal_config_present(value))
            put_text(&form, "=");
        put_option(&form, value);
    }
    make_room(&form, 1);
    form.data[form.size] = '\0';
    return (char *)form.data;
}

/* Options by which the user, not the file, asks for memory. */
static inline bool asks_for_much(const char *form)
{
    static const char *const words[] = {"size",     "window", "length",  "most_",
                                        "features", "stride", "one_hot", "rate"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(form, words[i]) != NULL)
            return true;
    return false;
}

static inline void check_same_data(const hone_dataset *first, const hone_dataset *second, const char *what,
                                   const char *form)
{
    uint64_t a, b;
    if (second == NULL && hone_error_status() == HONE_ERROR_MEMORY)
        return;
    if (second == NULL) {
        fprintf(stderr, "%s: %s: %s\n", form, what, hone_error_message());
        abort();
    }
    if (hone_internal_dataset_fingerprint(first, &a) < 0 || hone_internal_dataset_fingerprint(second, &b) < 0)
        return;
    if (a != b || hone_dataset_count(first) != hone_dataset_count(second)) {
        fprintf(stderr, "%s: %s: other numbers\n", form, what);
        abort();
    }
}

/* With less memory than the data have; what cannot be had in parts is refused. */
static inline void check_limited(const hone_dataset *first, const char *form)
{
    hone_dataset *limited = hone_dataset_from_files(form, .memory_limit = 64);
    if (limited != NULL)
        check_same_data(first, limited, "with a limit of memory", form);
    hone_dataset_free(limited);
}

static inline void read_described_data(const uint8_t *data, size_t size)
{
    hone_config *tree = enter_folder(data, size);
    if (tree == NULL)
        return;
    char *form = data_form(tree);
    hone_dataset *first = hone_dataset_load(form, NULL, 0);
    fuzz_said(first == NULL);
    if (!asks_for_much(form))
        check_proportion();
    if (first != NULL) {
        hone_dataset *again = hone_dataset_load_like(first, form, NULL, 0);
        check_same_data(first, again, "read as before", form);
        hone_dataset_free(again);
        check_limited(first, form);
    }
    hone_dataset_free(first);
    free(form);
    leave_folder(tree);
}

#endif
