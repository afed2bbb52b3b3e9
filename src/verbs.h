/* The functions of the public API that take keyword arguments, each with its field table: what `hone_fit`
 * takes is described, checked and explained as what `hone_dense` takes is. */
#ifndef HONE_VERBS_H
#define HONE_VERBS_H

#include <hone/fields.h>

/* V(name, FIELDS, "summary"): hone_<name>_args, hone_internal_<name>_verb. */
#define HONE_VERBS(V) \
    V(dataset_from_files, HONE_DATASET_FROM_FILES_FIELDS, "Reads a data set, by its name or from files.") \
    V(dataset_hold_out, HONE_DATASET_HOLD_OUT_FIELDS, "Parts a data set for training and validation.") \
    V(dataset_windows, HONE_DATASET_WINDOWS_FIELDS, "Makes samples of windows of a series.") \
    V(dataset_fetch, HONE_DATASET_FETCH_FIELDS, "Downloads a known data set.") \
    V(compile, HONE_COMPILE_FIELDS, "Sets a model's optimizer, loss and metrics.") \
    V(fit, HONE_FIT_FIELDS, "Trains a model.") \
    V(evaluate, HONE_EVALUATE_FIELDS, "Computes a model's loss and metrics on data.") \
    V(predict, HONE_PREDICT_FIELDS, "Computes a model's outputs for data.") \
    V(generate, HONE_GENERATE_FIELDS, "Writes text with a model that foretells the next symbol.") \
    V(save, HONE_SAVE_FIELDS, "Saves a model, or its weights.") \
    V(load, HONE_LOAD_FIELDS, "Loads a model.") \
    V(load_weights, HONE_LOAD_WEIGHTS_FIELDS, "Loads weights into a model.") \
    V(summary, HONE_SUMMARY_FIELDS, "Describes a model's layers in a table.") \
    V(enable_lora, HONE_ENABLE_LORA_FIELDS, "Gives layers a low-rank adaptation, to be trained.") \
    V(plot_model, HONE_PLOT_MODEL_FIELDS, "Draws a model's layers.") \
    V(find_rate, HONE_FIND_RATE_FIELDS, "Finds a learning rate by training a copy of a model.") \
    V(report, HONE_REPORT_FIELDS, "Writes an HTML report about a model, its data and its training.") \
    V(diagnose, HONE_DIAGNOSE_FIELDS, "Names why a model does not learn.") \
    V(explain, HONE_EXPLAIN_FIELDS, "Says which pixels of an image speak for a class.") \
    V(importance, HONE_IMPORTANCE_FIELDS, "Says how much a model depends on each column of a table.") \
    V(export_c, HONE_EXPORT_C_FIELDS, "Writes a model as C source.") \
    V(export_onnx, HONE_EXPORT_ONNX_FIELDS, "Writes a model as an ONNX graph.")

#define HONE_VERB_DECLARE(name, FIELDS, summary) extern const hone_type hone_internal_##name##_verb;
HONE_VERBS(HONE_VERB_DECLARE)
#undef HONE_VERB_DECLARE

/* All of them, ended by NULL. */
extern const hone_type *const hone_internal_verbs[];

#endif
