/* Which language is this word? A GRU reads its letters one by one. Trained on the word lists of five languages, tested on words that it has not
 * seen, and exported as C source for examples/embedded/language.c.
 *
 * The lists are those of the Debian packages wamerican, wfrench, wngerman, witalian and wspanish, in /usr/share/dict or in $HONE_DATA_DIR. */
#include "common.h"
#include "letters.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANGUAGES = 5, SHORTEST = 3, EACH = 10000, TESTED = 1000, MOST_WORDS = 500000, PRIME = 7919 };

static const char *const languages[LANGUAGES] = {"English", "French", "German", "Italian", "Spanish"};
static const char *const lists[LANGUAGES] = {"american-english", "french", "ngerman", "italian", "spanish"};

typedef struct words {
    int count;
    float letters[LANGUAGES * EACH][LETTERS_MOST];
    int32_t language[LANGUAGES * EACH];
} words;
static words training, tested;

/* Words of one list, read whole. */
typedef struct list {
    char *text;
    char *words[MOST_WORDS];
    int count;
} list;
static list read_lists[LANGUAGES];

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool read_list(const char *name, list *into)
{
    char path[4096];
    const char *folder = getenv("HONE_DATA_DIR");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "/usr/share/dict", name);
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    into->text = calloc((size_t)size + 1, 1);
    size_t got = into->text ? fread(into->text, 1, (size_t)size, file) : 0;
    fclose(file);
    for (char *word = got ? strtok(into->text, "\r\n") : NULL; word && into->count < MOST_WORDS; word = strtok(NULL, "\r\n"))
        into->words[into->count++] = word;
    qsort(into->words, (size_t)into->count, sizeof *into->words, compare);
    return into->count > 0;
}

/* A word that stands in two lists has no answer. */
static bool is_elsewhere(const char *word, int language)
{
    for (int i = 0; i < LANGUAGES; i++)
        if (i != language && bsearch(&word, read_lists[i].words, (size_t)read_lists[i].count, sizeof(char *), compare)) return true;
    return false;
}

/* So many words of a list, in an order without a pattern: the i-th is at i times a prime, around the list. */
static void choose(int language, int64_t wanted)
{
    const list *from = &read_lists[language];
    float letters[LETTERS_MOST];
    int found = 0;
    for (int i = 0; i < from->count && found < wanted + TESTED; i++) {
        const char *word = from->words[(int64_t)i * PRIME % from->count];
        if (letters_of(word, letters) < SHORTEST || is_elsewhere(word, language)) continue;
        words *to = found++ < TESTED ? &tested : &training;
        memcpy(to->letters[to->count], letters, sizeof letters);
        to->language[to->count++] = language;
    }
}

static hone_dataset *dataset_of(words *data)
{
    hone_array x = hone_array_view(data->letters, HONE_FLOAT32, 2, (int64_t[]){data->count, LETTERS_MOST});
    hone_array y = hone_array_view(data->language, HONE_INT32, 1, (int64_t[]){data->count});
    return hone_dataset_from_arrays(.x = {x}, .y = {y});
}

static hone_model *make_model(void)
{
    hone_model *model = hone_sequential(hone_input(LETTERS_MOST), hone_embedding(LETTERS_SYMBOLS, 16, .mask_zero = true), hone_gru(64), hone_dropout(0.2),
                                        hone_dense(LANGUAGES, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.003), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    return model;
}

/* ---- what it knows ---- */

static double right_of_length[LETTERS_MOST], count_of_length[LETTERS_MOST], confusions[LANGUAGES][LANGUAGES];

static bool judge(hone_model *model, hone_dataset *data)
{
    hone_array *answers = NULL;
    bool good = hone_predict(model, data, &answers, .batch_size = 500) >= 0;
    for (int i = 0; good && i < tested.count; i++) {
        const float *answer = (float *)answers->data + (size_t)i * LANGUAGES;
        int best = 0, length = 0;
        for (int k = 1; k < LANGUAGES; k++) best = answer[k] > answer[best] ? k : best;
        while (length < LETTERS_MOST && tested.letters[i][length] > 0) length++;
        right_of_length[length - 1] += best == tested.language[i];
        count_of_length[length - 1] += 1;
        confusions[tested.language[i]][best]++;
    }
    hone_array_free(answers);
    return good;
}

static void print_confusions(void)
{
    printf("\n%-10s", "");
    for (int k = 0; k < LANGUAGES; k++) printf(" %9s", languages[k]);
    for (int i = 0; i < LANGUAGES; i++) {
        printf("\n%-10s", languages[i]);
        for (int k = 0; k < LANGUAGES; k++) printf(" %9.0f", confusions[i][k]);
    }
    printf("\n");
}

static bool draw(const char *path)
{
    static double letters[LETTERS_MOST], shares[LETTERS_MOST], own[LANGUAGES];
    int used = 0;
    for (int i = 0; i < LETTERS_MOST; i++) {
        if (count_of_length[i] < 20) continue;
        letters[used] = i + 1;
        shares[used++] = right_of_length[i] / count_of_length[i];
    }
    for (int i = 0; i < LANGUAGES; i++) own[i] = confusions[i][i] / TESTED;
    hone_series series[] = {{.x = letters, .y = shares, .count = (size_t)used}, {.kind = HONE_SERIES_BARS, .y = own, .count = LANGUAGES}};
    hone_panel panels[] = {{.title = "Right answers by the length of the word", .x_label = "letters", .x_integers = true, .series = &series[0], .series_count = 1},
                           {.title = "Right answers by language", .series = &series[1], .series_count = 1, .categories = languages, .x_limits = {0, 1}}};
    return hone_chart_write(path, &(hone_chart){.panels = panels, .panel_count = 2, .columns = 2}) >= 0;
}

int main(int count, char **arguments)
{
    static example_comparison comparison;
    example run;
    hone_c_source source;
    if (!example_begin(&run, count, arguments, EACH - TESTED, 12)) return 2;
    bool there = true, good;
    for (int i = 0; i < LANGUAGES; i++) there = read_list(lists[i], &read_lists[i]) && there;
    if (!there) {
        printf("The word lists are not here, so there is nothing to show; Debian has wamerican, wfrench, wngerman, witalian and wspanish.\n");
        return example_end(&run, false);
    }
    for (int i = 0; i < LANGUAGES; i++) choose(i, run.samples < EACH - TESTED ? run.samples : EACH - TESTED);
    printf("%d words to learn, %d others\n", training.count, tested.count);
    hone_dataset *data = dataset_of(&training), *others = dataset_of(&tested);
    hone_model *model = make_model();
    good = example_compare(&comparison, "GRU over letters", hone_fit(model, data, .epochs = run.epochs, .batch_size = 64, .validation_data = others)) &&
           judge(model, others) && draw(example_path(&run, "22-words.png")) &&
           hone_export_c(model, example_path(&run, "word.c"), &source, .data = others, .samples = 20) >= 0;
    if (good) print_confusions();
    if (good) printf("word.c: weights %lld bytes, work space %lld bytes\n", (long long)source.weight_bytes, (long long)source.work_bytes);
    hone_model_free(model);
    hone_dataset_free(others);
    hone_dataset_free(data);
    for (int i = 0; i < LANGUAGES; i++) free(read_lists[i].text);
    return example_end(&run, !good);
}
