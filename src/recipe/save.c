/* A recipe as a file of YAML: sections as blocks, layers a line each. */
#include "base/memory.h"
#include "base/text.h"
#include "recipe/parts.h"

#include <hone/output.h>
#include <string.h>

/* A text that YAML reads back as that text without quotes. */
static bool is_plain(const char *text)
{
    static const char *const others[] = {"true", "false", "null", "yes", "no", "on",
                                         "off",  "inf",   "nan",  "y",   "n"};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    if (text[0] == '\0' || strchr(letters, text[0]) == NULL)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (hone_internal_text_equal_nocase(text, others[i]))
            return false;
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789./-()=+")] ==
           '\0';
}

static void put_flow(hone_text *text, const hone_config *node)
{
    bool map = hone_internal_config_is(node, HONE_CONFIG_MAP),
         list = hone_internal_config_is(node, HONE_CONFIG_LIST);
    if (!map && !list) {
        char *json = hone_internal_config_to_json(node, false);
        bool plain =
            hone_internal_config_is(node, HONE_CONFIG_TEXT) && is_plain(hone_internal_config_as_text(node));
        hone_internal_text_append(text, plain          ? hone_internal_config_as_text(node)
                                        : json == NULL ? "null"
                                                       : json);
        text->failed = text->failed || json == NULL;
        hone_internal_free(json);
        return;
    }
    hone_internal_text_append(text, map ? "{" : "[");
    for (size_t i = 0; i < hone_internal_config_count(node); i++) {
        hone_internal_text_append(text, i > 0 ? ", " : "");
        if (map)
            hone_internal_text_format(text, "%s: ", hone_internal_config_key(node, i));
        put_flow(text, hone_internal_config_at(node, i));
    }
    hone_internal_text_append(text, map ? "}" : "]");
}

/* {dense: {units: 3}} as "dense: {units: 3}"; a map of one key. */
static void put_item(hone_text *text, const hone_config *item)
{
    bool short_form = hone_internal_config_is(item, HONE_CONFIG_MAP) && hone_internal_config_count(item) == 1;
    hone_internal_text_append(text, "  - ");
    if (short_form) {
        hone_internal_text_format(text, "%s: ", hone_internal_config_key(item, 0));
        put_flow(text, hone_internal_config_at(item, 0));
    } else
        put_flow(text, item);
    hone_internal_text_append(text, "\n");
}

hone_status hone_recipe_save(const hone_recipe *recipe, const char *path)
{
    hone_text text = {.data = NULL};
    if (recipe == NULL || path == NULL)
        return hone_internal_fail_null(recipe == NULL ? "a recipe" : "a path");
    for (size_t i = 0; i < hone_internal_config_count(recipe->tree); i++) {
        const hone_config *section = hone_internal_config_at(recipe->tree, i);
        bool map = hone_internal_config_is(section, HONE_CONFIG_MAP),
             list = hone_internal_config_is(section, HONE_CONFIG_LIST);
        hone_internal_text_format(&text, "%s:%s", hone_internal_config_key(recipe->tree, i),
                                  map || list ? "\n" : " ");
        for (size_t k = 0; k < hone_internal_config_count(section); k++) {
            if (list) {
                put_item(&text, hone_internal_config_at(section, k));
                continue;
            }
            hone_internal_text_format(&text, "  %s: ", hone_internal_config_key(section, k));
            put_flow(&text, hone_internal_config_at(section, k));
            hone_internal_text_append(&text, "\n");
        }
        if (!map && !list) {
            put_flow(&text, section);
            hone_internal_text_append(&text, "\n");
        }
    }
    hone_status status = text.failed ? HONE_ERROR_MEMORY
                                     : hone_write_file(path, text.data == NULL ? "" : text.data, text.length);
    hone_internal_text_free(&text);
    return status;
}
