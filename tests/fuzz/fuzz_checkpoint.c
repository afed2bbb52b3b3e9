/* Fuzz target: checkpoints. The first input trains until a checkpoint stands in the middle of an epoch; an
 * input
 * {"state": {...}, "members": {"hone/sums.bin": ..., ...}, "gone": ["hone/carried.bin"]} then takes the
 * places of its parts, and the training goes on from it or refuses. "run": "fresh" in the state stands for
 * what tells which run it is of. */
#include "structure.h"
#include "folder.h"
#include "train/state.h"

enum { ROWS = 8, MOST_MEMBERS = 32 };
static const char FOLDER[] = "run", FILE_NAME[] = "run/latest.keras";

static struct {
    char *name;
    void *data;
    size_t bytes;
} base[MOST_MEMBERS]; /* of the archive, plain memory */
static size_t base_count;

static hone_status stop_early(void *context, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    (void)context, (void)trainer, (void)logs;
    static int left = 7; /* batches: the second epoch has begun, its second batch is saved */
    return left-- > 0 ? HONE_OK : hone_fail(HONE_ERROR_STATE, "enough at batch %d", (int)batch);
}

static hone_status go_on(void *context, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    (void)context, (void)trainer, (void)batch, (void)logs;
    return HONE_OK;
}

static const hone_history *train(hone_model *model, bool first)
{
    float x[ROWS][3], y[ROWS];
    for (int i = 0; i < ROWS; i++) {
        x[i][0] = (float)i, x[i][1] = (float)(i % 3), x[i][2] = 0.5f;
        y[i] = (float)(i % 2);
    }
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){ROWS, 3})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){ROWS})});
    const hone_history *history =
        hone_fit(model, data, .epochs = 3, .batch_size = 2, .checkpoint = FOLDER, .checkpoint_every = 2,
                 .resume = !first,
                 .callbacks = hone_callbacks(
                     hone_early_stopping(.monitor = "loss", .patience = 9, .restore_best_weights = true),
                     hone_reduce_lr_on_plateau(.monitor = "loss"),
                     hone_lambda_callback(.on_train_batch_end = first ? stop_early : go_on)));
    hone_dataset_free(data);
    return history;
}

static hone_model *make_model(void)
{
    static const char RECIPE[] =
        "{model: [{input: [3]}, {dense: {units: 4, activation: relu}}, {dropout: 0.5}, {dense: 1}], "
        "compile: {optimizer: {adam: {use_ema: true}}, loss: mse, metrics: [mae]}}";
    return folder_model(RECIPE);
}

static void *plain_copy(const void *data, size_t bytes)
{
    void *copy = malloc(bytes + 1);
    if (copy == NULL)
        abort();
    memcpy(copy, data, bytes);
    return copy;
}

static void make_base(void)
{
    hone_model *model = make_model();
    if (train(model, true) != NULL)
        abort();
    hone_model_free(model);
    hone_zip_reader *zip = hone_internal_zip_open(FILE_NAME);
    for (; zip != NULL && base_count < hone_internal_zip_count(zip) && base_count < MOST_MEMBERS;
         base_count++) {
        const char *name = hone_internal_zip_name(zip, base_count);
        void *data;
        if (hone_internal_zip_read(zip, name, DESCRIBED_MOST, &data, &base[base_count].bytes) < 0)
            abort();
        base[base_count].name = plain_copy(name, strlen(name) + 1);
        base[base_count].data = plain_copy(data, base[base_count].bytes);
        if (strcmp(name, HONE_STATE_MEMBER) == 0 && getenv("FUZZ_STATE") != NULL)
            fprintf(stderr, "%.*s\n", (int)base[base_count].bytes, (char *)data);
        hone_internal_free(data);
    }
    hone_internal_zip_close(zip);
    if (base_count == 0)
        abort();
}

/* The state of the input as text, with the identity of the run put in; to be freed. */
static char *state_of(const hone_config *tree)
{
    hone_config *state = hone_internal_config_copy(hone_internal_config_get(tree, "state"));
    const char *run = hone_internal_config_get_text(state, "run");
    for (size_t i = 0; run != NULL && strcmp(run, "fresh") == 0 && i < base_count; i++)
        if (strcmp(base[i].name, HONE_STATE_MEMBER) == 0) {
            hone_config *whole = hone_internal_json_parse(base[i].data, base[i].bytes, "base");
            hone_internal_config_set(state, "run",
                                     hone_internal_config_copy(hone_internal_config_get(whole, "run")));
            hone_internal_config_free(whole);
            break;
        }
    char *text = hone_internal_config_to_json(state, false);
    hone_internal_config_free(state);
    return text;
}

static bool is_gone(const hone_config *tree, const char *name)
{
    const hone_config *gone = hone_internal_config_get(tree, "gone");
    for (size_t i = 0; i < hone_internal_config_count(gone); i++)
        if (strcmp(hone_internal_config_text_at(gone, i), name) == 0)
            return true;
    return false;
}

/* False when it has a name that no archive can have. */
static bool write_checkpoint(const hone_config *tree)
{
    const hone_config *others = hone_internal_config_get(tree, "members");
    hone_zip_member members[MOST_MEMBERS];
    described contents[MOST_MEMBERS] = {{.data = NULL}};
    size_t count = 0;
    char *state = hone_internal_config_get(tree, "state") == NULL ? NULL : state_of(tree);
    for (size_t i = 0; i < base_count; i++) {
        if (is_gone(tree, base[i].name))
            continue;
        members[count] = (hone_zip_member){base[i].name, base[i].data, base[i].bytes};
        if (state != NULL && strcmp(base[i].name, HONE_STATE_MEMBER) == 0)
            members[count] = (hone_zip_member){base[i].name, state, strlen(state)};
        if (hone_internal_config_get(others, base[i].name) != NULL) {
            contents[count] = content_of(&(described){.depth = 0}, others, base[i].name);
            members[count] = (hone_zip_member){base[i].name, contents[count].data, contents[count].size};
        }
        count++;
    }
    bool written = hone_internal_zip_write(FILE_NAME, members, count) == HONE_OK;
    for (size_t i = 0; i < MOST_MEMBERS; i++)
        free(contents[i].data);
    hone_internal_free(state);
    return written;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_config *tree = enter_folder(data, size);
    if (tree == NULL)
        return 0;
    hone_set_threads(1);
    if (base_count == 0)
        make_base();
    mkdir(FOLDER, 0700);
    hone_model *model = make_model();
    if (write_checkpoint(tree)) {
        hone_error_clear();
        limited_largest = 0;
        const hone_history *history = train(model, false);
        fuzz_said(history == NULL);
        check_proportion();
        hone_model *again = history != NULL && hone_save(model, "m.keras") >= 0 ? hone_load("m.keras") : NULL;
        if (history != NULL && again == NULL)
            fuzz_said(true), abort();
        hone_model_free(again);
    }
    hone_model_free(model);
    leave_folder(tree);
    return 0;
}
