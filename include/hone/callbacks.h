/* Callbacks: what happens around epochs and batches of a fit. hone_early_stopping(.patience = 10), or
 * hone_callback_from_text("early_stopping(patience=10)"). hone_fit takes over the list that hone_callbacks(...) makes. */
#ifndef HONE_CALLBACKS_H
#define HONE_CALLBACKS_H

#include <hone/ext.h>

#ifdef __cplusplus
extern "C" {
#endif

hone_callback *hone_callback_from_text(const char *text);
hone_callback *hone_callback_retain(hone_callback *callback);
void hone_callback_free(hone_callback *callback);

/* A list of callbacks, in the order in which they are called. NULL among the arguments is an earlier failure: the others are freed and the
 * result is NULL. */
typedef struct hone_callback_list hone_callback_list;
hone_callback_list *hone_callback_list_create(hone_callback *const *callbacks); /* up to hone_callbacks_end; taken over */
void hone_callback_list_free(hone_callback_list *list);
extern hone_callback *const hone_callbacks_end;
#ifndef __cplusplus
#define hone_callbacks(...) hone_callback_list_create((hone_callback *const[]){__VA_ARGS__, hone_callbacks_end})
#endif

#define HONE_DECLARE_CALLBACK_ARGS(thing, FIELDS) \
    HONE_ARGS_STRUCT(hone_##thing##_args, FIELDS); \
    hone_callback *hone_##thing##_create(const hone_##thing##_args *args)

/* Stops when a number no longer improves. */
#define HONE_EARLY_STOPPING_FIELDS(F, A) \
    F(A, TEXT, monitor, "val_loss", "the number that is watched") \
    F(A, NUMBER, min_delta, 0, "smallest change that counts as better; its size") \
    F(A, INTEGER, patience, 0, "epochs without improvement before stopping", HONE_AT_LEAST(0)) \
    F(A, INTEGER, verbose, 0, "1: says when it stops and what it restores", HONE_BETWEEN(0, 2)) \
    F(A, TEXT, mode, "auto", "whether less or more is better", HONE_ONE_OF("auto|min|max")) \
    F(A, NUMBER, baseline, HONE_NONE, "improvement counts only beyond this") \
    F(A, BOOLEAN, restore_best_weights, false, "at the end go back to the best epoch's weights") \
    F(A, INTEGER, start_from_epoch, 0, "epochs at the start that are not watched", HONE_AT_LEAST(0))
HONE_DECLARE_CALLBACK_ARGS(early_stopping, HONE_EARLY_STOPPING_FIELDS);
#define hone_early_stopping(...) \
    HONE_ARGS_CALL(hone_early_stopping_create, hone_early_stopping_args, HONE_EARLY_STOPPING_FIELDS, __VA_ARGS__)

/* Saves the model, or its weights, after epochs or every so many batches. */
#define HONE_MODEL_CHECKPOINT_FIELDS(F, A) \
    F(A, TEXT, filepath, NULL, "file to write; {epoch:02d} and {val_loss:.2f} are filled in", HONE_REQUIRED) \
    F(A, TEXT, monitor, "val_loss", "the number that is watched") \
    F(A, INTEGER, verbose, 0, "1: says what it saves", HONE_BETWEEN(0, 2)) \
    F(A, BOOLEAN, save_best_only, false, "only when the number is better than before") \
    F(A, BOOLEAN, save_weights_only, false, "weights alone, as .weights.h5") \
    F(A, TEXT, mode, "auto", "whether less or more is better", HONE_ONE_OF("auto|min|max")) \
    F(A, TEXT, save_freq, "epoch", "\"epoch\", or a number of batches") \
    F(A, NUMBER, initial_value_threshold, HONE_NONE, "the best so far, before the first epoch")
HONE_DECLARE_CALLBACK_ARGS(model_checkpoint, HONE_MODEL_CHECKPOINT_FIELDS);
#define hone_model_checkpoint(...) \
    HONE_ARGS_CALL(hone_model_checkpoint_create, hone_model_checkpoint_args, HONE_MODEL_CHECKPOINT_FIELDS, .filepath = __VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
