/* Layers: the parts of a network. Each `hone_<layer>(...)` returns a layer, or NULL with a
 * message; a model (or hone_apply) takes it over. Formulas and defaults are Keras's
 * (keras.io/api/layers).
 *
 * Shapes are written without the batch where a user gives them, and as (batch, ...) in comments. */
#ifndef HONE_LAYERS_H
#define HONE_LAYERS_H

#include <hone/args.h>

#ifdef __cplusplus
extern "C" {
#endif

hone_layer *hone_layer_retain(hone_layer *layer);
void hone_layer_free(hone_layer *layer); /* drops one reference; accepts NULL */
const char *
hone_layer_name(const hone_layer *layer); /* NULL until it is part of a model, unless the user named it */
/* Layers in a list, taken over, for layers that hold several: hone_layer_list(hone_lstm_cell(8),
 * hone_gru_cell(8)). NULL when one of them is, an earlier failure: the others are freed. */
hone_layer_list *hone_layer_list_with(hone_layer *const *layers); /* up to HONE_NO_LAYER */
#ifndef __cplusplus
#define hone_layer_list(...) hone_layer_list_with((hone_layer *const[]){__VA_ARGS__, HONE_NO_LAYER})
#endif
void hone_layer_list_free(hone_layer_list *list); /* drops one reference; accepts NULL */
void hone_layer_set_trainable(hone_layer *layer, bool trainable);
/* Sets the states that a stateful layer, with the layers in it, keeps from batch to batch to 0. */
void hone_layer_reset_states(hone_layer *layer);
/* The dtype policy of layers that this thread makes from now on without a `dtype`: "float32"
 * (also at the start), "mixed_bfloat16" or "mixed_float16": inputs, outputs and the operands of products are
 * rounded to that type, as in Keras; weights, sums and the optimizer's state stay float32. bfloat16 is faster
 * where the processor has AVX512-BF16, slower elsewhere; float16 is slower everywhere, and there for files
 * that were trained so. Files of "bfloat16", "float16" and "float64" are read and keep their policy: the
 * first two are computed as the mixed ones, the last one in float32. HONE_ERROR_ARGUMENT for another name. */
hone_status hone_set_dtype_policy(const char *policy);
const char *hone_dtype_policy(void);
/* A layer from text: hone_layer_from_text("dense(300, activation=relu)"). */
hone_layer *hone_layer_from_text(const char *text);

/* The start of every layer's argument list, with space for arguments that Keras may add to all layers.
 * (The second list is for layers of Keras without `trainable`, the third for those that have only a name.) */
#define HONE_LAYER_FIELDS(F, A) HONE_LAYER_START_FIELDS(F, A, false, false)
#define HONE_BARE_LAYER_FIELDS(F, A) HONE_LAYER_START_FIELDS(F, A, true, false)
#define HONE_NAMED_LAYER_FIELDS(F, A) HONE_LAYER_START_FIELDS(F, A, true, true)
#define HONE_LAYER_START_FIELDS(F, A, bare, named) \
    F(A, TEXT, name, NULL, "name of the layer, unique in its model", HONE_BY_NAME) \
    F(A, BOOLEAN, trainable, true, "whether training changes its weights", HONE_BY_NAME, .unsaved = bare) \
    F(A, TEXT, dtype, NULL, "dtype of the computation (default: the thread's policy, float32 unless set)", \
      HONE_BY_NAME, HONE_ONE_OF("float32|mixed_bfloat16|mixed_float16|bfloat16|float16|float64"), \
      .unsaved = named) \
    F(A, REGULARIZER, activity_regularizer, NULL, "penalty on the output, divided by the batch size", \
      HONE_BY_NAME, .newer = true) \
    F##_ROOM(A)

/* Low-rank adaptation (LoRA; Hu and others, 2021): the weight W of a layer, flattened to [m, n], stays as it
 * is, and W + lora_alpha / lora_rank A B takes its place, where A [m, lora_rank] and B [lora_rank, n], 0 at
 * first, are trained. See hone_enable_lora (hone/model.h). */
#define HONE_LORA_RANK_FIELD(F, A) \
    F(A, INTEGER, lora_rank, HONE_NONE_INTEGER, \
      "rank of a low-rank adaptation, which is trained in place of the weights (default: there is none)", \
      HONE_AT_LEAST(1), .newer = true)
#define HONE_LORA_ALPHA_FIELD(F, A) \
    F(A, NUMBER, lora_alpha, HONE_NONE, \
      "scale of that adaptation, which is multiplied by lora_alpha / lora_rank (default lora_rank)", \
      .newer = true, .only_with = "lora_rank")

/* How the weights of a layer are quantised (hone_quantize in hone/model.h): whole numbers that stay as they
 * are in training, with a scale for each column, row or block. int8: of eight bits, inputs are quantised too,
 * each time; int4/128: of four bits, in blocks of 128 along the inputs (int4 is the same); int4/-1: without
 * blocks; +inputs or -inputs behind it where that is not so. */
#define HONE_QUANTIZATION_FIELD(F, A) \
    F(A, TEXT, quantization_config, NULL, \
      "how weights are quantised: int8, int4, int4/SIZE of blocks, int4/-1 (default: they are not)", \
      .newer = true, HONE_BY_NAME)

/* Declares, for a layer `thing`: the struct hone_thing_args and hone_thing_with(). */
#define HONE_DECLARE_LAYER_ARGS(thing, FIELDS) \
    HONE_ARGS_STRUCT(hone_##thing##_args, FIELDS); \
    hone_layer *hone_##thing##_with(const hone_##thing##_args *args)

/* Arguments of the calls of softmax and batch_normalization (hone_masked_call in hone/model.h). */
#define HONE_MASK_CALL_FIELDS(F, A) \
    F(A, TENSOR, mask, HONE_NO_TENSOR, \
      "mask: 1 for positions that count, 0 for others; replaces the mask of the input")
HONE_ARGS_STRUCT(hone_mask_call, HONE_MASK_CALL_FIELDS);

#include <hone/layers_core.h>
#include <hone/layers_activation.h>
#include <hone/layers_attention.h>
#include <hone/layers_convolution.h>
#include <hone/layers_hub.h>
#include <hone/layers_merge.h>
#include <hone/layers_normalization.h>
#include <hone/layers_pooling.h>
#include <hone/layers_preprocessing.h>
#include <hone/layers_recurrent.h>
#include <hone/layers_regularization.h>
#include <hone/layers_shape.h>
#include <hone/layers_text.h>
#include <hone/layers_image.h>
#include <hone/layers_audio.h>

#ifdef __cplusplus
}
#endif
#endif
