/* A diagnosis as text for people, and as JSON. */
#include "doctor/doctor.h"
#include "fields/tree.h"
#include "fields/config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- for people ---- */

/* "data: {scale: 1/255}" of the path data.scale. */
static void put_path(hone_text *text, const char *path, const char *value)
{
    const char *dot = strchr(path, '.');
    if (dot != NULL && strncmp(path, "model.", 6) != 0)
        hone_internal_text_format(text, "%.*s: {%s: %s}", (int)(dot - path), path, dot + 1, value);
    else
        hone_internal_text_format(text, "%s: %s", path, value);
}

static void put_edit(hone_text *text, const hone_edit *edit)
{
    static const char *const forms[] = {
        "", "", "before %s: %s", "behind %s: %s", "without %s%s", "%s in front of %s", "all %s layers: %s"};
    if (edit->kind == HONE_EDIT_SET)
        put_path(text, edit->target, edit->value);
    else if (edit->kind == HONE_EDIT_LAYER)
        hone_internal_text_format(text, "%s: {%s: %s}", edit->target, edit->argument, edit->value);
    else if (edit->kind == HONE_EDIT_FIT)
        hone_internal_text_format(text, "%s layers: {%s: %s}", edit->target[0] == '\0' ? "all" : edit->target,
                                  edit->argument, edit->value);
    else if (edit->kind == HONE_EDIT_INSERT && edit->target[0] == '\0')
        hone_internal_text_format(text, "behind the input: %s", edit->value);
    else
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        hone_internal_text_format(text, forms[edit->kind], edit->target, edit->value);
#pragma GCC diagnostic pop
}

static void put_cure(hone_text *text, const hone_finding *finding)
{
    if (finding->cure_count > 0) {
        hone_internal_text_append(text, "     cure   ");
        if (finding->path[0] != '\0' && finding->cures[0].count == 1)
            put_path(text, finding->path, finding->becomes);
        else
            for (int e = 0; e < finding->cures[0].count; e++) {
                hone_internal_text_append(text, e > 0 ? "\n            " : "");
                put_edit(text, &finding->cures[0].edits[e]);
            }
        hone_internal_text_append(text, "\n");
    }
    if (finding->advice[0] != '\0')
        hone_internal_text_format(text, "     %s   %s\n", finding->cure_count > 0 ? "also" : "do  ",
                                  finding->advice);
    if (finding->verified)
        hone_internal_text_format(text, "   proved   %lld steps, %d seed%s: loss %.4g -> %.4g\n",
                                  (long long)finding->proof_steps, finding->proof_seeds,
                                  finding->proof_seeds == 1 ? "" : "s", finding->before, finding->after);
    else if (finding->cure_count > 0)
        hone_internal_text_append(text, finding->tried
                                            ? "            (tried: it did not help enough by itself)\n"
                                            : "            (not tried)\n");
}

static void put_finding(hone_text *text, const hone_finding *finding)
{
    hone_internal_text_format(text, "\n  %-9s %s  (%s)\n            %s\n",
                              finding->layer[0] == '\0' ? "the run" : finding->layer, finding->title,
                              finding->id, finding->message);
    bool first = true;
    for (int i = 0; i < finding->evidence_count; i++) {
        const hone_finding_number *number = &finding->evidence[i];
        if (isnan(number->value))
            continue;
        hone_internal_text_format(text, "%s%s %.4g", first ? "            " : ", ", number->name,
                                  number->value);
        if (!isnan(number->reference))
            hone_internal_text_format(text, " (bound %.4g)", number->reference);
        first = false;
    }
    hone_internal_text_append(text, first ? "" : "\n");
    put_cure(text, finding);
}

static void put_list(hone_text *text, const char *title, char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hone_internal_text_format(text, "%s%s", i == 0 ? title : "; ", items[i]);
    hone_internal_text_append(text, count > 0 ? "\n" : "");
}

static void put_healthy(hone_text *text, const hone_diagnosis *diagnosis)
{
    const hone_doctor_facts *facts = &diagnosis->facts;
    bool bad = facts->outcome == HONE_OUTCOME_STUCK || facts->outcome == HONE_OUTCOME_SLOW ||
               facts->outcome == HONE_OUTCOME_BROKE || facts->outcome == HONE_OUTCOME_REFUSED;
    int rules = 0;
    while (hone_doctor_rule_at(rules) != NULL)
        rules++;
    if (facts->outcome == HONE_OUTCOME_REFUSED)
        hone_internal_text_format(text, "It cannot train: %s\n", facts->refusal);
    else if (bad)
        hone_internal_text_format(
            text, "It does not learn (%s, q %.2g after %lld steps), but no cause was found.\n",
            hone_internal_outcome_name(facts->outcome), facts->q, (long long)facts->steps);
    else if (facts->outcome == HONE_OUTCOME_UNKNOWN)
        hone_internal_text_format(
            text, "Nothing wrong found; not trained for long enough to tell whether it learns (%d checks).\n",
            rules);
    else
        hone_internal_text_format(text, "Nothing wrong found: learns (q %.2f after %lld steps), %d checks.\n",
                                  facts->q, (long long)facts->steps, rules);
}

char *hone_diagnosis_text(const hone_diagnosis *diagnosis, bool verbose)
{
    hone_text text = {.data = NULL};
    if (diagnosis == NULL)
        return NULL;
    if (diagnosis->count == 0)
        put_healthy(&text, diagnosis);
    else
        hone_internal_text_format(&text, "%d diagnosis%s: %s\n", diagnosis->count,
                                  diagnosis->findings[0].verified ? ", verified" : "",
                                  hone_internal_outcome_name(diagnosis->facts.outcome));
    for (int i = 0; i < diagnosis->count; i++)
        put_finding(&text, &diagnosis->findings[i]);
    bool bad = diagnosis->count > 0 || diagnosis->excluded_count > 0;
    if (bad && diagnosis->excluded_count > 0)
        put_list(&text, "\n  not it    ", diagnosis->excluded, diagnosis->excluded_count);
    if (verbose || diagnosis->count > 0)
        put_list(&text, "  left out  ", diagnosis->skipped, diagnosis->skipped_count);
    if (verbose)
        for (size_t i = 0; i < diagnosis->note_count; i++)
            hone_internal_text_format(&text, "  note      %s: %s\n", diagnosis->notes[i].id,
                                      diagnosis->notes[i].message);
    else if (diagnosis->note_count > 0 && diagnosis->count > 0)
        hone_internal_text_format(&text, "            notes: %zu (--verbose)\n", diagnosis->note_count);
    return hone_internal_text_take(&text);
}

/* ---- JSON ---- */

static void put_number(bool *good, hone_config *map, const char *key, double number)
{
    put(good, map, key, isfinite(number) ? hone_internal_config_number(number) : hone_internal_config_null());
}

static hone_config *edit_of(bool *good, const hone_edit *edit)
{
    static const char *const kinds[] = {"set", "layer", "insert", "append", "remove", "move", "layers"};
    hone_config *map = hone_internal_config_map();
    put(good, map, "kind", hone_internal_config_text(kinds[edit->kind]));
    put(good, map, "target", hone_internal_config_text(edit->target));
    put(good, map, "argument", hone_internal_config_text(edit->argument));
    put(good, map, "value", hone_internal_config_text(edit->value));
    return map;
}

/* {"path": "data.scale", "from": 1, "to": "1/255"}; the edits when there are several. */
static hone_config *cure_of(bool *good, const hone_finding *finding)
{
    if (finding->cure_count == 0)
        return finding->advice[0] == '\0' ? hone_internal_config_null()
                                          : hone_internal_config_text(finding->advice);
    hone_config *map = hone_internal_config_map(), *edits = hone_internal_config_list();
    put(good, map, "path",
        finding->path[0] == '\0' ? hone_internal_config_null() : hone_internal_config_text(finding->path));
    put(good, map, "from",
        finding->was[0] == '\0' ? hone_internal_config_null() : hone_internal_config_text(finding->was));
    put(good, map, "to",
        finding->becomes[0] == '\0' ? hone_internal_config_null()
                                    : hone_internal_config_text(finding->becomes));
    for (int e = 0; e < finding->cures[0].count; e++)
        push(good, edits, edit_of(good, &finding->cures[0].edits[e]));
    put(good, map, "edits", edits);
    return map;
}

static hone_config *alternatives_of(bool *good, const hone_finding *finding)
{
    hone_config *list = hone_internal_config_list();
    for (int c = 1; c < finding->cure_count; c++)
        for (int e = 0; e < finding->cures[c].count; e++)
            push(good, list, edit_of(good, &finding->cures[c].edits[e]));
    return list;
}

static hone_config *verified_of(bool *good, const hone_finding *finding)
{
    if (!finding->verified)
        return hone_internal_config_null();
    hone_config *map = hone_internal_config_map();
    put(good, map, "steps", hone_internal_config_integer(finding->proof_steps));
    put(good, map, "seeds", hone_internal_config_integer(finding->proof_seeds));
    put_number(good, map, "before", finding->before);
    put_number(good, map, "after", finding->after);
    return map;
}

/* "a|b" as a list. */
static hone_config *ids_of(bool *good, const char *ids)
{
    hone_config *list = hone_internal_config_list();
    while (ids != NULL && *ids != '\0') {
        char id[64];
        size_t length = strcspn(ids, "|");
        snprintf(id, sizeof id, "%.*s", (int)length, ids);
        push(good, list, hone_internal_config_text(id));
        ids += length + (ids[length] == '|');
    }
    return list;
}

static hone_config *finding_of(bool *good, const hone_finding *finding)
{
    const char grade[2] = {finding->grade == 'M' && finding->verified ? 'C' : finding->grade, '\0'};
    hone_config *map = hone_internal_config_map(), *evidence = hone_internal_config_map(),
                *threshold = hone_internal_config_map();
    for (int i = 0; i < finding->evidence_count; i++) {
        const hone_finding_number *number = &finding->evidence[i];
        put_number(good, evidence, number->name, number->value);
        if (!isnan(number->reference))
            put_number(good, threshold, number->name, number->reference);
    }
    put(good, map, "id", hone_internal_config_text(finding->id));
    put(good, map, "class", hone_internal_config_text(grade));
    put(good, map, "phase", hone_internal_config_text(finding->phase));
    put(good, map, "layer",
        finding->layer[0] == '\0' ? hone_internal_config_null() : hone_internal_config_text(finding->layer));
    put(good, map, "step", hone_internal_config_integer(finding->step));
    put(good, map, "message", hone_internal_config_text(finding->message));
    put(good, map, "evidence", evidence);
    put(good, map, "threshold", threshold);
    put(good, map, "cure", cure_of(good, finding));
    put(good, map, "alternatives", alternatives_of(good, finding));
    put(good, map, "suppressed", ids_of(good, finding->suppressed));
    put(good, map, "verified", verified_of(good, finding));
    return map;
}

static hone_config *list_of(bool *good, char *const *items, size_t count)
{
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; i < count; i++)
        push(good, list, hone_internal_config_text(items[i]));
    return list;
}

static hone_config *findings_of(bool *good, const hone_finding *findings, size_t count)
{
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; i < count; i++)
        push(good, list, finding_of(good, &findings[i]));
    return list;
}

char *hone_diagnosis_json(const hone_diagnosis *diagnosis)
{
    if (diagnosis == NULL)
        return NULL;
    bool good = true;
    const hone_doctor_facts *facts = &diagnosis->facts;
    hone_config *map = hone_internal_config_map();
    put(&good, map, "version", hone_internal_config_integer(1));
    put(&good, map, "outcome", hone_internal_config_text(hone_internal_outcome_name(facts->outcome)));
    put_number(&good, map, "q", facts->q);
    put_number(&good, map, "overhead", facts->overhead);
    put(&good, map, "rows", hone_internal_config_integer(facts->rows));
    put(&good, map, "steps", hone_internal_config_integer(facts->steps));
    put(&good, map, "refusal", hone_internal_config_text(facts->refusal));
    put(&good, map, "diagnoses", findings_of(&good, diagnosis->findings, (size_t)diagnosis->count));
    put(&good, map, "notes", findings_of(&good, diagnosis->notes, diagnosis->note_count));
    put(&good, map, "excluded", list_of(&good, diagnosis->excluded, diagnosis->excluded_count));
    put(&good, map, "skipped", list_of(&good, diagnosis->skipped, diagnosis->skipped_count));
    hone_internal_doctor_put_measured(&good, map, diagnosis);
    char *text = good ? hone_internal_config_to_json(map, true) : NULL;
    hone_internal_config_free(map);
    return text;
}
