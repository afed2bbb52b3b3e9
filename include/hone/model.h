/* Models: building and inspecting them. Compiling, training and using them is in
 * hone/train.h, saving and loading in hone/files.h.
 *
 * The caller owns a model (hone_model_free) unless it becomes a layer. It may be
 * used by one thread at a time; different models are independent. */
#ifndef HONE_MODEL_H
#define HONE_MODEL_H

#include <hone/data.h>
#include <hone/graph.h>
#include <hone/layers.h>
#include <hone/memory.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    HONE_MAX_ENDS = HONE_MAX_COMPONENTS
}; /* tensors that a list in braces can hold; others have any length */

/* ---- building ---- */

/* A stack of layers, taken over. It starts with hone_input or gets its input shape from the first data. NULL
 * among the layers is an earlier failure: the others are freed. */
hone_model *hone_sequential_with(const char *site, hone_layer *const *layers); /* up to hone_layers_end */
extern hone_layer *const hone_layers_end;
#ifndef __cplusplus
#define hone_sequential(...) \
    hone_sequential_with(HONE_SITE, (hone_layer *const[]){__VA_ARGS__, hone_layers_end})
#endif
hone_status hone_model_add(hone_model *model,
                           hone_layer *layer); /* at the end of a sequential model; taken over */
hone_status hone_model_pop(hone_model *model); /* drops the last layer of a sequential model */

/* An input of a graph, with the shape of one sample, like hone_input. Its network belongs to the model made
 * from it, or is freed by hone_tensor_free. */
hone_tensor *hone_tensor_input(hone_layer *input); /* takes over a hone_input(...) layer */
#ifndef __cplusplus
#define hone_input_tensor(...) hone_tensor_input(hone_input(__VA_ARGS__))
#endif
void hone_tensor_free(hone_tensor *input); /* frees an input that no model uses; accepts NULL */
hone_shape hone_tensor_shape(const hone_tensor *tensor);
hone_tensor *hone_tensor_output(hone_tensor *tensor, int index);
extern hone_tensor *const hone_tensors_end;
/* Applies a layer (taken over; hone_layer_retain it to share it) to tensors (up to hone_tensors_end); gives
 * its first output, borrowed; hone_tensor_output gives the others. `call_args`: arguments of the call, a
 * struct of the fields that the layer's type has for them, such as hone_mask_call; NULL: none. */
hone_tensor *hone_apply_with(hone_layer *layer, hone_tensor *const *inputs, const void *call_args);
/* The defaults of those arguments, for other languages: hone_call_default("softmax", &args, sizeof args). */
hone_status hone_call_default(const char *layer, void *call_args, size_t size);
#ifndef __cplusplus
#define hone_apply(layer, ...) hone_apply_with((layer), HONE_TENSOR_LIST(__VA_ARGS__), NULL)
#define HONE_TENSOR_LIST(...) ((hone_tensor *const[]){__VA_ARGS__, hone_tensors_end})
#define HONE_APPLY(type, FIELDS, layer, inputs, ...) \
    HONE_WITH_OVERRIDES(hone_apply_with( \
        layer, inputs, \
        &(type){.base = {sizeof(type), HONE_SITE}, FIELDS(HONE_FIELD_DEFAULT, type) __VA_ARGS__}))
#endif

/* Softmax and BatchNormalization: hone_masked_call(hone_softmax(), HONE_TENSOR_LIST(x), .mask = m). */
#define hone_masked_call(layer, inputs, ...) \
    HONE_APPLY(hone_mask_call, HONE_MASK_CALL_FIELDS, layer, inputs, __VA_ARGS__)
/* CategoryEncoding: hone_weighted_call(hone_category_encoding(4, .output_mode = "count"),
 * HONE_TENSOR_LIST(ids), .count_weights = w). */
#define hone_weighted_call(layer, inputs, ...) \
    HONE_APPLY(hone_count_weights_call, HONE_COUNT_WEIGHTS_CALL_FIELDS, layer, inputs, __VA_ARGS__)
/* SimpleRNN, LSTM and GRU: hone_recurrent_call(hone_lstm(8), HONE_TENSOR_LIST(x), .initial_state =
 * HONE_TENSOR_LIST(h, c), .mask = m). */
#define hone_recurrent_call(layer, inputs, ...) \
    HONE_APPLY(hone_recurrent_call, HONE_RECURRENT_CALL_FIELDS, layer, inputs, __VA_ARGS__)
/* Attention and AdditiveAttention: hone_attention_call(hone_attention(), HONE_TENSOR_LIST(query, value),
 * .use_causal_mask = true). */
#define hone_attention_call(layer, inputs, ...) \
    HONE_APPLY(hone_attention_call, HONE_ATTENTION_CALL_FIELDS, layer, inputs, __VA_ARGS__)
/* MultiHeadAttention and GroupQueryAttention: hone_heads_call(hone_multi_head_attention(2, 16),
 * HONE_TENSOR_LIST(query, value), .attention_mask = m). */
#define hone_heads_call(layer, inputs, ...) \
    HONE_APPLY(hone_heads_call, HONE_HEADS_CALL_FIELDS, layer, inputs, __VA_ARGS__)
/* ReversibleEmbedding: hone_reverse_call(hone_layer_retain(layer), HONE_TENSOR_LIST(x), .reverse = true). */
#define hone_reverse_call(layer, inputs, ...) \
    HONE_APPLY(hone_reverse_call, HONE_REVERSE_CALL_FIELDS, layer, inputs, __VA_ARGS__)
/* Layers of keras_hub: hone_positions_call(hone_position_embedding(128), HONE_TENSOR_LIST(x), .start_index =
 * 5). */
#define hone_positions_call(layer, inputs, ...) \
    HONE_APPLY(hone_positions_call, HONE_POSITIONS_CALL_FIELDS, layer, inputs, __VA_ARGS__)
#define hone_encoder_call(layer, inputs, ...) \
    HONE_APPLY(hone_encoder_call, HONE_ENCODER_CALL_FIELDS, layer, inputs, __VA_ARGS__)
#define hone_decoder_call(layer, inputs, ...) \
    HONE_APPLY(hone_decoder_call, HONE_DECODER_CALL_FIELDS, layer, inputs, __VA_ARGS__)
/* Models as layers. */
#define HONE_MASKS_CALL_FIELDS(F, A) \
    F(A, TENSORS, mask, HONE_NO_TENSORS, \
      "mask for each input: 1 for positions that count, 0 for others; replaces the masks of the inputs")
HONE_ARGS_STRUCT(hone_masks_call, HONE_MASKS_CALL_FIELDS);
#define hone_masked_model_call(layer, inputs, ...) \
    HONE_APPLY(hone_masks_call, HONE_MASKS_CALL_FIELDS, layer, inputs, __VA_ARGS__)

/* A model from inputs to outputs of a network. Takes over one reference to each input (made by
 * hone_input_tensor). Inputs owned by other models, or inner tensors, give a sub-model.
 */
typedef struct hone_functional_args {
    hone_args base;
    hone_tensor *inputs[HONE_MAX_ENDS],
        *outputs[HONE_MAX_ENDS];   /* exactly input_count and output_count of them */
    int input_count, output_count; /* their numbers; a NULL among them is an earlier failure */
    const char *name;
    /* Any number of them in place of the arrays, up to hone_tensors_end; NULL: the arrays. */
    hone_tensor *const *input_list, *const *output_list;
} hone_functional_args;
hone_model *hone_functional_with(const hone_functional_args *args);
#ifndef __cplusplus
#define HONE_TENSORS(...) \
    { \
        __VA_ARGS__ \
    }
#define HONE_TENSOR_COUNT(...) ((int)(sizeof((hone_tensor *[]){__VA_ARGS__}) / sizeof(hone_tensor *)))
/* hone_functional((a, b), (c), .name = "m"): the lists in brackets. */
#define HONE_UNBRACKET(...) __VA_ARGS__
#define hone_functional(...) HONE_FUNCTIONAL(__VA_ARGS__, .base = {sizeof(hone_functional_args), HONE_SITE})
#define HONE_FUNCTIONAL(ins, outs, ...) \
    hone_functional_with(&(hone_functional_args){.inputs = {HONE_UNBRACKET ins}, \
                                                 .outputs = {HONE_UNBRACKET outs}, \
                                                 .input_count = HONE_TENSOR_COUNT(HONE_UNBRACKET ins), \
                                                 .output_count = HONE_TENSOR_COUNT(HONE_UNBRACKET outs), \
                                                 __VA_ARGS__})
#endif
/* The model as a layer of another; takes the model over. */
hone_layer *hone_model_as_layer(hone_model *model);
/* The same architecture and names with fresh weights, and the same compile settings. */
hone_model *hone_model_clone(hone_model *model);
/* A copy with its weights, for prediction, in which each BatchNormalization is folded into the convolution or
 * dense layer before it: an identity of the same name is in its place. One stays where folding would not be
 * exact to 1e-6: an activation or another reader between them, shared layers, a mean that is large for its
 * deviation. `report`, if not NULL: how many were folded, and a line for each that was not, with the reason;
 * to be freed with hone_free. */
hone_model *hone_model_fold(hone_model *model, char **report);

void hone_model_free(hone_model *model); /* accepts NULL */
hone_status hone_model_set_name(hone_model *model, const char *name);
const char *hone_model_name(const hone_model *model);
/* The random seed of initial weights, dropout and shuffling (default 0). Draws new initial weights where
 * they have not changed yet. */
hone_status hone_model_set_seed(hone_model *model, uint64_t seed);
uint64_t hone_model_seed(const hone_model *model);
/* Builds a sequential model that has no input yet, for samples of this shape (the batch in front). */
hone_status hone_model_build(hone_model *model, hone_shape input);

/* Stateful layers begin again: the states that they keep from batch to batch are set to 0. The next batch may
 * have another size. */
hone_status hone_model_reset_states(hone_model *model);

int hone_model_layer_count(const hone_model *model); /* without the input layer of a sequential model */
hone_layer *hone_model_layer_at(const hone_model *model,
                                int index); /* borrowed; negative counts from the end */
hone_layer *hone_model_layer(const hone_model *model,
                             const char *name); /* borrowed; NULL with the nearest name */
int hone_model_input_count(const hone_model *model);
int hone_model_output_count(const hone_model *model);
const char *hone_model_input_name(const hone_model *model, int index);
const char *hone_model_output_name(const hone_model *model, int index);
/* What tells outputs of one layer apart, as keys of archives do: the name, for a second output of the same
 * name with _1 behind it, then _2 and so on, without those that are other outputs' names. Writes at most
 * `size` bytes, the 0 among them, into `key`; gives `key`. */
const char *hone_model_output_key(const hone_model *model, int index, char *key, size_t size);
hone_tensor *hone_model_input(const hone_model *model, int index); /* for sub-models; borrowed */
hone_tensor *hone_model_output(const hone_model *model, int index);
hone_tensor *hone_model_layer_output(const hone_model *model,
                                     const char *layer);          /* of its first use; borrowed */
void hone_model_set_trainable(hone_model *model, bool trainable); /* of all its layers; compile afterwards */
/* Of the layers whose name matches: "block1_conv1", or a pattern, "block1*" (* stands for any letters, ? for
 * one). A layer within another is called inner, or outer/inner. HONE_ERROR_NAME when none matches. Compile
 * afterwards. */
hone_status hone_model_set_trainable_matching(hone_model *model, const char *pattern, bool trainable);
/* Gives the layers whose name matches (as above) a low-rank adaptation (lora_rank in hone/layers.h): Dense,
 * EinsumDense, Embedding, ReversibleEmbedding and Conv1D to Conv3D, also those within other layers; others
 * are passed by. What they compute does not change at first. HONE_ERROR_NAME when none can have one. Compile
 * afterwards. */
#define HONE_ENABLE_LORA_FIELDS(F, A) \
    F(A, INTEGER, rank, HONE_NONE_INTEGER, "number of columns of A and rows of B", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, NUMBER, alpha, HONE_NONE, "A B is multiplied by alpha / rank (default rank)") \
    F(A, INITIALIZER, a_initializer, "he_uniform", "initial values of A") \
    F(A, INITIALIZER, b_initializer, "zeros", "initial values of B")
HONE_ARGS_STRUCT(hone_enable_lora_args, HONE_ENABLE_LORA_FIELDS);
hone_status hone_enable_lora_with(hone_model *model, const char *pattern, const hone_enable_lora_args *args);
#ifndef __cplusplus
/* hone_enable_lora(model, "dense*", .rank = 4) */
#define hone_enable_lora(...) HONE_ENABLE_LORA(__VA_ARGS__, HONE_BASE(hone_enable_lora_args))
#define HONE_ENABLE_LORA(model_, pattern_, ...) \
    HONE_WITH_OVERRIDES(hone_enable_lora_with( \
        model_, pattern_, HONE_ARGS(hone_enable_lora_args, HONE_ENABLE_LORA_FIELDS, __VA_ARGS__)))
#endif
/* Every adapted weight becomes what it was with its adaptation, which goes. Compile afterwards. */
hone_status hone_merge_lora(hone_model *model);
/* Quantises Dense, EinsumDense, Embedding, ReversibleEmbedding and the projections of MultiHeadAttention and
 * GroupQueryAttention as Keras's model.quantize does, those of models within the model too: mode "int8",
 * "int4", "int4/64" or "int4/-1" (HONE_QUANTIZATION_FIELD in hone/layers.h). An optimizer begins again. */
hone_status hone_quantize(hone_model *model, const char *mode);
/* The model from its inputs to the output of the first use of a layer; its layers are those of `model`. NULL
 * with the nearest name. */
hone_model *hone_model_until(const hone_model *model, const char *layer);

/* Weights in Keras's order. */
int hone_model_weight_count(const hone_model *model);
hone_variable *hone_model_weight(const hone_model *model, int index); /* borrowed */
const char *hone_variable_name(const hone_variable *variable);        /* "kernel" */
const char *hone_variable_path(const hone_variable *variable);        /* "dense/kernel" */
hone_shape hone_variable_shape(const hone_variable *variable);
bool hone_variable_trainable(const hone_variable *variable);
float *hone_variable_data(hone_variable *variable); /* to read and write in place, row-major */

/* .keras files store how the training data were read and prepared (columns, categories, class names, the
 * scale, the preprocessing of images; data_files.h). This loads DATA in the same way, so that a saved model
 * gets data as in training. `scale` 0: that of the training. */
hone_dataset *hone_dataset_load_for(const hone_model *model, const char *source, const char *part,
                                    double scale);
/* The number of class names of an output, 0 if none are known; and a name, borrowed, or NULL. */
int64_t hone_model_class_count(const hone_model *model, int output);
const char *hone_model_class_name(const hone_model *model, int output, int64_t class_number);
/* The column of the training table that number `column` of an output predicts, "price"; NULL when it is not
 * known. */
const char *hone_model_target_name(const hone_model *model, int output, int64_t column);
/* What the model knows of its training data, as JSON, to be freed with hone_free: all of it (key NULL or ""),
 * or one fact: "scale", "preprocess", "threshold", "classes", "columns", ... NULL without an error when it is
 * not known. */
char *hone_model_data(const hone_model *model, const char *key);
/* Sets a fact that fit does not know, or has wrong: "scale" (a number or fraction), "preprocess" (caffe, tf
 * or torch), "threshold" (from which on one output means the second of two classes), "classes" ("[cat,
 * dog]"). NULL removes it. */
hone_status hone_model_set_data(hone_model *model, const char *key, const char *value);
double hone_model_threshold(const hone_model *model); /* 0.5 unless it was set */
/* The same for people: one line for each fact and column; to be freed with hone_free. */
char *hone_model_data_text(const hone_model *model);
/* Keras's table; to be freed with hone_free. Lines are at most 88 long, 108 in a graph, 12 more with
 * `show_trainable`, and 4 less than `columns`. */
#define HONE_SUMMARY_FIELDS(F, A) \
    F(A, INTEGER, columns, 80, "width of the terminal", HONE_AT_LEAST(1), HONE_PROGRAM_ONLY) \
    F(A, INTEGER, line_length, HONE_NONE_INTEGER, "exact length of the lines (default: by the terminal)", \
      HONE_AT_LEAST(1)) \
    F(A, BOOLEAN, expand_nested, false, "also show the layers of nested models") \
    F(A, BOOLEAN, show_trainable, false, "add a column: Y trainable, N frozen, - no weights")
HONE_ARGS_STRUCT(hone_summary_args, HONE_SUMMARY_FIELDS);
char *hone_summary_with(hone_model *model, const hone_summary_args *args);
#ifndef __cplusplus
#define hone_summary(...) HONE_SUMMARY(__VA_ARGS__, HONE_BASE(hone_summary_args))
#define HONE_SUMMARY(model_, ...) \
    HONE_WITH_OVERRIDES( \
        hone_summary_with(model_, HONE_ARGS(hone_summary_args, HONE_SUMMARY_FIELDS, __VA_ARGS__)))
#endif
/* The plan for a batch of this size, for training or prediction, and its memory; to be freed with hone_free.
 */
char *hone_model_plan(hone_model *model, int64_t batch_size, bool training);

#ifdef __cplusplus
}
#endif
#endif
