/* A diagnosis as text for people. */
#include "base/plural.h"
#include "doctor/doctor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* "data: {scale: 1/255}" of the path data.scale. */
static void put_path(hone_text *text, const char *path, const char *value)
{
    const char *dot = strchr(path, '.');
    int stage, length = 0;
    if (sscanf(path, "fit.%d.%n", &stage, &length) == 1 && length > 0) {
        hone_internal_text_format(text, "fit, stage %d: {%s: %s}", stage + 1, path + length, value);
        return;
    }
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
    if (finding->verified && isnan(finding->before))
        hone_internal_text_format(text, "   proved   %lld step%s, %d seed%s: it trains, to a loss of %.4g\n",
                                  (long long)finding->proof_steps, hone_internal_plural(finding->proof_steps),
                                  finding->proof_seeds, hone_internal_plural(finding->proof_seeds),
                                  finding->after);
    else if (finding->verified)
        hone_internal_text_format(text, "   proved   %lld step%s, %d seed%s: loss %.4g -> %.4g\n",
                                  (long long)finding->proof_steps, hone_internal_plural(finding->proof_steps),
                                  finding->proof_seeds, hone_internal_plural(finding->proof_seeds),
                                  finding->before, finding->after);
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

/* Words in lines of at most 98 characters, from `column` on; where it ends. */
static int put_words(hone_text *text, const char *words, int column)
{
    enum { WIDTH = 98, INDENT = 12 };
    while (*words != '\0') {
        const int length = (int)strcspn(words, " ");
        if (column > INDENT && column + 1 + length > WIDTH) {
            hone_internal_text_format(text, "\n%*s", INDENT, "");
            column = INDENT;
        }
        hone_internal_text_format(text, "%s%.*s", column > INDENT ? " " : "", length, words);
        column += length + (column > INDENT);
        words += length + (words[length] == ' ');
    }
    return column;
}

/* The reason of "overfit: budget", an id and why it was left out; NULL: the item is a sentence. */
static const char *reason_of(const char *item)
{
    const size_t length = strspn(item, "abcdefghijklmnopqrstuvwxyz_0123456789");
    return length > 0 && strncmp(item + length, ": ", 2) == 0 ? item + length : NULL;
}

/* Ids that have the reason of the one behind them stand without it. */
static void put_list(hone_text *text, const char *title, char *const *items, size_t count)
{
    int column = 12;
    hone_internal_text_append(text, count > 0 ? title : "");
    for (size_t i = 0; i < count; i++) {
        const char *reason = reason_of(items[i]), *next = i + 1 < count ? reason_of(items[i + 1]) : NULL;
        const bool joined = reason != NULL && next != NULL && strcmp(reason, next) == 0;
        char word[400];
        snprintf(word, sizeof word, "%.*s%s", joined ? (int)(reason - items[i]) : (int)strlen(items[i]),
                 items[i],
                 joined          ? ","
                 : i + 1 < count ? ";"
                                 : "");
        column = put_words(text, word, column);
    }
    hone_internal_text_append(text, count > 0 ? "\n" : "");
}

static bool has_loss(const hone_doctor_facts *facts)
{
    for (int i = 0; i < facts->output_count; i++)
        if (facts->outputs[i].has_loss)
            return true;
    return false;
}

static void put_healthy(hone_text *text, const hone_diagnosis *diagnosis, const char *stage)
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
            text, "It does not learn (%s, q %.2g after %lld step%s%s), but no cause was found.\n",
            hone_internal_outcome_name(facts->outcome), facts->q, (long long)facts->steps,
            hone_internal_plural(facts->steps), stage);
    else if (!has_loss(facts))
        hone_internal_text_format(
            text,
            "Nothing wrong found in the data and the network (%d checks); without a loss it was not trained.\n",
            rules);
    else if (facts->outcome == HONE_OUTCOME_UNKNOWN)
        hone_internal_text_format(
            text, "Nothing wrong found; %s to tell whether it learns (%d checks).\n",
            facts->finished ? "there are too few samples" : "not trained for long enough", rules);
    else
        hone_internal_text_format(
            text, "Nothing wrong found: learns (q %.2f after %lld step%s%s), %d checks.\n", facts->q,
            (long long)facts->steps, hone_internal_plural(facts->steps), stage, rules);
}

char *hone_diagnosis_text(const hone_diagnosis *diagnosis, bool verbose)
{
    hone_text text = {.data = NULL};
    char stage[64] = "";
    if (diagnosis == NULL)
        return NULL;
    if (diagnosis->facts.stages > 1)
        snprintf(stage, sizeof stage, ", in stage %d of %d", diagnosis->facts.stage + 1,
                 diagnosis->facts.stages);
    if (diagnosis->count == 0)
        put_healthy(&text, diagnosis, stage);
    else
        hone_internal_text_format(&text, "%d diagnos%s%s: %s%s\n", diagnosis->count,
                                  diagnosis->count == 1 ? "is" : "es",
                                  diagnosis->findings[0].verified ? ", verified" : "",
                                  hone_internal_outcome_name(diagnosis->facts.outcome), stage);
    for (int i = 0; i < diagnosis->count; i++)
        put_finding(&text, &diagnosis->findings[i]);
    bool bad = diagnosis->count > 0 || diagnosis->excluded_count > 0;
    if (bad && diagnosis->excluded_count > 0)
        put_list(&text, "\n  not it    ", diagnosis->excluded, diagnosis->excluded_count);
    const bool unsure = diagnosis->facts.outcome == HONE_OUTCOME_UNKNOWN;
    if (verbose || diagnosis->count > 0 || unsure)
        put_list(&text, "  left out  ", diagnosis->skipped, diagnosis->skipped_count);
    if (verbose)
        for (size_t i = 0; i < diagnosis->note_count; i++)
            hone_internal_text_format(&text, "  note      %s: %s\n", diagnosis->notes[i].id,
                                      diagnosis->notes[i].message);
    else if (diagnosis->note_count > 0 && diagnosis->count > 0)
        hone_internal_text_format(&text, "            notes: %zu (--verbose)\n", diagnosis->note_count);
    return hone_internal_text_take(&text);
}
