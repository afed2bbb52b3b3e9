/* Data sets from tables (CSV, libsvm), folders of pictures and CIFAR's binary files. Their options are in
 * field tables, like the arguments of layers: the same names follow a '#' in the command's DATA,
 * "houses.csv#target=price,drop=[id]". */
#ifndef HONE_DATA_FILES_H
#define HONE_DATA_FILES_H

#include <hone/args.h>
#include <hone/data.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- several files as one ----
 *
 * A path of CSV, libsvm, NPY, NPZ, IDX or TFRecord files may be a pattern, "train-*.csv" or
 * "shards/x-[0-9].npz", or a manifest, "train.manifest": their samples follow each other in the order of the
 * names, in which numbers count as such (part-2 before part-10), or in the manifest's. Types, shapes, columns
 * and names are the same in all.
 *
 * hone_manifest_write lists the files of a pattern with their sizes and, if `sums`, their SHA-256, in `path`,
 * which ends in .manifest and stands in their folder or above it. Whoever opens a manifest gets those files
 * or HONE_ERROR_DATA, which names the file that is another; the sums cost one reading of all.
 * HONE_ERROR_FILE: there is none, or one cannot be read. */
hone_status hone_manifest_write(const char *source, const char *path, bool sums);

/* ---- tables: CSV (RFC 4180), with or without gzip ----
 *
 * Refer to a column by its name in the header or by its number: 0 is the first, -1 the last. A column
 * of numbers is read as numbers. A column of strings is read as categories, numbered 0, 1, 2, ... in sorted
 * order, and their names are kept. A column with both is refused, unless `categorical` names it. Inputs are
 * (n, columns); a target of one column is (n), of several (n, columns). Lists of columns: {"age", "city"},
 * and "3:7" for the columns 3 to 6. "wide(age, city)" and "deep(age)" in `inputs` are two inputs with these
 * names; so are targets. */
#define HONE_CSV_FIELDS(F, A) \
    F(A, TEXT, path, NULL, "the file", HONE_REQUIRED) \
    F(A, TEXTS, target, HONE_NO_TEXTS, \
      "target column; several make one target of several numbers; price(a), aux(b) make two targets") \
    F(A, TEXTS, inputs, HONE_NO_TEXTS, \
      "input columns: a, b, or named groups wide(a, b), deep(c) (default: all others)") \
    F(A, TEXTS, drop, HONE_NO_TEXTS, "columns to leave out") \
    F(A, TEXT, weight, NULL, "column of sample weights") \
    F(A, TEXTS, categorical, HONE_NO_TEXTS, "columns to read as categories, even if they hold numbers") \
    F(A, TEXTS, numeric, HONE_NO_TEXTS, "columns that must hold numbers") \
    F(A, TEXT, encoding, "integer", "categories as integers, or one-hot", HONE_ONE_OF("integer|one_hot")) \
    F(A, TEXT, order, "sorted", "order of the category numbers: sorted, or by first appearance", \
      HONE_ONE_OF("sorted|seen")) \
    F(A, TEXT, unknown, NULL, \
      "categories not in the training data: error, drop the row, or ignore (zeros in one_hot) (default: as in training, otherwise error)", \
      HONE_ONE_OF("error|drop|ignore")) \
    F(A, TEXT, missing, "error", \
      "missing values: error, drop the row, mean of the column, nan, or a number", .integer_too = true) \
    F(A, TEXTS, missing_values, HONE_NO_TEXTS, \
      "more strings that mean missing, besides NA, nan, null and so on") \
    F(A, TEXT, header, "auto", "whether the first line has column names; auto: if it contains no numbers", \
      HONE_ONE_OF("auto|yes|no")) \
    F(A, TEXT, delimiter, NULL, \
      "comma, semicolon, tab, space, pipe or one character (default: tab for .tsv, else as in training, else comma)") \
    F(A, TEXT, quote, "\"", "quote character around fields, or none") \
    F(A, TEXT, decimal, NULL, "decimal point (default: as in training, otherwise .)") \
    F(A, BOOLEAN, strip, false, "remove spaces around strings") \
    F(A, INTEGER, skip, 0, "lines to skip at the start", HONE_AT_LEAST(0)) \
    F(A, INTEGER, most_categories, 10000, "maximum number of categories in a column", \
      HONE_BETWEEN(1, 16777216)) \
    F(A, NUMBER, scale, 1.0, "factor by which the inputs are multiplied") \
    F(A, TEXT, group, NULL, "column whose equal values stay together when the data are split; not an input") \
    F(A, TEXTS, text, HONE_NO_TEXTS, \
      "input columns to read as texts, each an input of its own, for layers such as text_vectorization") \
    F(A, BOOLEAN, standardize, false, \
      "bring each input column of numbers to mean 0 and deviation 1, by the training part") \
    F(A, TEXTS, classes, HONE_NO_TEXTS, "classes of the target, in this order (default: all, sorted)") \
    F(A, TEXTS, dates, HONE_NO_TEXTS, \
      "columns of dates, of which numbers become inputs: opened for its year, month, weekday (0 is Monday) and " \
      "day_of_year; opened(year, age, hour) for these, age in days before the last date of the training data, hour " \
      "with its minutes as a fraction") \
    F(A, TEXT, date_order, NULL, "how dates such as 03/04/2024 are read", HONE_ONE_OF("dmy|mdy")) \
    F(A, BOOLEAN, embed, false, \
      "make each column of categories an input of its own, with an embedding in front of a recipe's chain of layers") \
    HONE_SERIES_FIELDS(F, A)
HONE_ARGS_STRUCT(hone_dataset_from_csv_args, HONE_CSV_FIELDS);
/* `like`: a data set of the same columns (the training data), whose inputs, targets, categories and fill
 * values are reused, or HONE_NO_DATASET. (NULL is an earlier failure, and is passed on.) Errors name the
 * file, the line and the column. */
hone_dataset *hone_dataset_from_csv_with(const hone_dataset *like, const hone_dataset_from_csv_args *args);
#ifndef __cplusplus
#define HONE_LIKE_CALL(create, like, type, FIELDS, ...) \
    HONE_WITH_OVERRIDES(create( \
        like, &(type){.base = {sizeof(type), HONE_SITE}, FIELDS(HONE_FIELD_DEFAULT, type) __VA_ARGS__}))
/* hone_dataset_from_csv("houses.csv", .target = {"price"}, .drop = {"id"}) */
#define hone_dataset_from_csv(...) hone_dataset_from_csv_like(HONE_NO_DATASET, __VA_ARGS__)
/* hone_dataset_from_csv_like(train, "valid.csv") */
#define hone_dataset_from_csv_like(like, ...) \
    HONE_LIKE_CALL(hone_dataset_from_csv_with, like, hone_dataset_from_csv_args, HONE_CSV_FIELDS, \
                   .path = __VA_ARGS__)
#endif

/* ---- TFRecord: files of records tf.train.Example, with or without gzip ----
 *
 * A feature is a list of floats, integers or bytes of the same length in each record. Features of one number
 * each become one array (n, features) in the order of their names; any other is an input (n, values) of its
 * own, by its name unless it is the only one. Bytes are pictures (PNG, JPEG), which are decoded to (n,
 * height, width, channels), or numbers (raw), or texts in UTF-8. Both checksums of each record are verified.
 */
#define HONE_TFRECORD_FIELDS(F, A) \
    F(A, TEXT, path, NULL, "the file, a pattern or a manifest", HONE_REQUIRED) \
    F(A, TEXTS, target, HONE_NO_TEXTS, \
      "target feature; several of one number each make one target of several numbers") \
    F(A, TEXTS, inputs, HONE_NO_TEXTS, "input features (default: all others)") \
    F(A, TEXTS, drop, HONE_NO_TEXTS, "features to leave out") \
    F(A, TEXT, weight, NULL, "feature of sample weights") \
    F(A, TEXTS, raw, HONE_NO_TEXTS, \
      "features of bytes that are numbers from 0 to 255, as of tf.io.decode_raw") \
    F(A, TEXTS, shape, HONE_NO_TEXTS, "shapes of features with several values: image(28, 28, 1)") \
    F(A, TEXTS, pad, HONE_NO_TEXTS, "features of varying length, which end in zeros up to the longest") \
    F(A, TEXT, color, "rgb", "channels of pictures: 1, 3 or 4", HONE_ONE_OF("grayscale|rgb|rgba")) \
    F(A, NUMBER, scale, 1.0, "factor by which the inputs are multiplied")
HONE_ARGS_STRUCT(hone_dataset_from_tfrecord_args, HONE_TFRECORD_FIELDS);
/* `like` as of tables. HONE_ERROR_FORMAT: a damaged file; HONE_ERROR_DATA: features that differ from record
 * to record. Errors name the file and the record. */
hone_dataset *hone_dataset_from_tfrecord_with(const hone_dataset *like,
                                              const hone_dataset_from_tfrecord_args *args);
#ifndef __cplusplus
/* hone_dataset_from_tfrecord("train-*.tfrecord", .target = {"label"}, .raw = {"image"}, .shape = {"image(28,
 * 28)"}) */
#define hone_dataset_from_tfrecord(...) hone_dataset_from_tfrecord_like(HONE_NO_DATASET, __VA_ARGS__)
#define hone_dataset_from_tfrecord_like(like, ...) \
    HONE_LIKE_CALL(hone_dataset_from_tfrecord_with, like, hone_dataset_from_tfrecord_args, \
                   HONE_TFRECORD_FIELDS, .path = __VA_ARGS__)
#endif

/* ---- libsvm's text: a line "label index:value index:value ..." per sample, '#' begins a comment ----
 *
 * Inputs are (n, features), zero where a line has no value; "qid:3" is ignored. */
#define HONE_LIBSVM_FIELDS(F, A) \
    F(A, TEXT, path, NULL, "the file", HONE_REQUIRED) \
    F(A, INTEGER, features, HONE_NONE_INTEGER, "number of features (default: the largest index)", \
      HONE_BETWEEN(1, 16777216)) \
    F(A, INTEGER, first, 1, "index of the first feature", HONE_BETWEEN(0, 1)) \
    F(A, TEXT, labels, "class", "class: the sorted distinct labels become 0, 1, ...; number: as they are", \
      HONE_ONE_OF("class|number")) \
    F(A, NUMBER, scale, 1.0, "factor by which the inputs are multiplied")
HONE_ARGS_STRUCT(hone_dataset_from_libsvm_args, HONE_LIBSVM_FIELDS);
hone_dataset *hone_dataset_from_libsvm_with(const hone_dataset *like,
                                            const hone_dataset_from_libsvm_args *args);
#ifndef __cplusplus
#define hone_dataset_from_libsvm(...) hone_dataset_from_libsvm_like(HONE_NO_DATASET, __VA_ARGS__)
#define hone_dataset_from_libsvm_like(like, ...) \
    HONE_LIKE_CALL(hone_dataset_from_libsvm_with, like, hone_dataset_from_libsvm_args, HONE_LIBSVM_FIELDS, \
                   .path = __VA_ARGS__)
#endif

/* ---- text: a file in UTF-8, with or without gzip, cut into windows of characters ----
 *
 * Inputs are (n, window), the numbers of characters; targets the next character after each (n, window), or
 * after the last (n, 1). The characters of the training data, in the order of their bytes, are the classes: a
 * model that was trained on them has them with it, and writes text (hone_generate). */
#define HONE_CHARACTERS_FIELDS(F, A) \
    F(A, TEXT, path, NULL, "the file", HONE_REQUIRED) \
    F(A, INTEGER, window, HONE_NONE_INTEGER, \
      "characters of a sample (default: as in the training data, otherwise 100)", HONE_BETWEEN(1, 16777216)) \
    F(A, INTEGER, stride, HONE_NONE_INTEGER, \
      "characters from the start of a sample to the start of the next (default: window)", HONE_AT_LEAST(1)) \
    F(A, TEXT, targets, "sequence", \
      "what to predict: the next character after each, only after the last, nothing", \
      HONE_ONE_OF("sequence|last|none")) \
    F(A, BOOLEAN, lowercase, false, "convert the letters A to Z to lower case") \
    F(A, TEXT, unknown, "error", "characters not in the training data: error, or drop them", \
      HONE_ONE_OF("error|drop")) \
    F(A, INTEGER, most_characters, 4096, "maximum number of different characters", HONE_BETWEEN(1, 1114112)) \
    F(A, TEXT, tokenizer, NULL, \
      "file .model of SentencePiece: its pieces in place of characters, of which window and stride count as many")
HONE_ARGS_STRUCT(hone_dataset_from_characters_args, HONE_CHARACTERS_FIELDS);
hone_dataset *hone_dataset_from_characters_with(const hone_dataset *like,
                                                const hone_dataset_from_characters_args *args);
#ifndef __cplusplus
/* hone_dataset_from_characters("verses.txt", .window = 50) */
#define hone_dataset_from_characters(...) hone_dataset_from_characters_like(HONE_NO_DATASET, __VA_ARGS__)
#define hone_dataset_from_characters_like(like, ...) \
    HONE_LIKE_CALL(hone_dataset_from_characters_with, like, hone_dataset_from_characters_args, \
                   HONE_CHARACTERS_FIELDS, .path = __VA_ARGS__)
#endif

/* ---- pictures: a folder with a subfolder of PNG and JPEG files for each class ----
 *
 * Like keras.utils.image_dataset_from_directory: the classes are the folders in order of
 * their names, with their subfolders. Inputs are (n, height, width, channels): bytes if no picture had to be
 * resized, otherwise floats, from 0 to 255. Resizing is TensorFlow's, with pixel centres at halves and
 * without antialiasing. */
#define HONE_IMAGES_FIELDS(F, A) \
    F(A, TEXT, path, NULL, "the folder, or one picture", HONE_REQUIRED) \
    F(A, INTEGERS, size, HONE_NO_INTEGERS, \
      "size to resize to, HEIGHTxWIDTH (default: all pictures must have the same size)", \
      HONE_BETWEEN(1, 65535), .scalar_or_list = true) \
    F(A, TEXT, color, "rgb", "channels: 1, 3 or 4", HONE_ONE_OF("grayscale|rgb|rgba")) \
    F(A, TEXT, interpolation, "bilinear", "interpolation of resized pictures", \
      HONE_ONE_OF("bilinear|nearest")) \
    F(A, BOOLEAN, crop, false, "crop the largest centred area of the target aspect ratio before resizing") \
    F(A, TEXTS, classes, HONE_NO_TEXTS, "the classes to use, in this order (default: all, by name)") \
    F(A, TEXT, labels, "int", "class numbers, one float for two classes, one-hot floats, or no targets", \
      HONE_ONE_OF("int|binary|categorical|none")) \
    F(A, NUMBER, validation_split, HONE_NONE, "fraction of the pictures in subset=validation", \
      HONE_BETWEEN_OPEN(0, 1)) \
    F(A, TEXT, subset, NULL, "the part to read", HONE_ONE_OF("training|validation")) \
    F(A, BOOLEAN, shuffle, false, "shuffle the files before they are split") \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, "random seed of the shuffling; gives the same order as Keras", \
      HONE_BETWEEN(0, 4294967295.0)) \
    F(A, BOOLEAN, follow_links, false, "follow symbolic links to folders") \
    F(A, TEXT, corrupt, "error", "pictures that cannot be read: error, or skip", HONE_ONE_OF("error|skip")) \
    F(A, TEXT, dtype, "auto", "uint8 rounds resized pictures to bytes and needs a quarter of the memory", \
      HONE_ONE_OF("auto|uint8|float32")) \
    F(A, INTEGER, most_pixels, 100000000, "maximum number of pixels of a picture", HONE_AT_LEAST(1)) \
    F(A, NUMBER, scale, 1.0, "factor by which the inputs are multiplied")
HONE_ARGS_STRUCT(hone_dataset_from_images_args, HONE_IMAGES_FIELDS);
hone_dataset *hone_dataset_from_images_with(const hone_dataset *like,
                                            const hone_dataset_from_images_args *args);
#ifndef __cplusplus
#define hone_dataset_from_images(...) hone_dataset_from_images_like(HONE_NO_DATASET, __VA_ARGS__)
#define hone_dataset_from_images_like(like, ...) \
    HONE_LIKE_CALL(hone_dataset_from_images_with, like, hone_dataset_from_images_args, HONE_IMAGES_FIELDS, \
                   .path = __VA_ARGS__)
#endif
/* ---- texts: a folder with a subfolder of .txt files for each class; a file of lines ----
 *
 * Inputs are (n) texts, UTF-8, for layers such as text_vectorization. Like
 * keras.utils.text_dataset_from_directory. Lines are one text each, without targets. */
#define HONE_TEXTS_FIELDS(F, A) \
    F(A, TEXT, path, NULL, "the folder", HONE_REQUIRED) \
    F(A, TEXTS, classes, HONE_NO_TEXTS, "the classes to use, in this order (default: all, by name)") \
    F(A, TEXT, labels, "int", "class numbers, one float for two classes, one-hot floats, or no targets", \
      HONE_ONE_OF("int|binary|categorical|none")) \
    F(A, NUMBER, validation_split, HONE_NONE, "fraction of the texts in subset=validation", \
      HONE_BETWEEN_OPEN(0, 1)) \
    F(A, TEXT, subset, NULL, "the part to read", HONE_ONE_OF("training|validation")) \
    F(A, BOOLEAN, shuffle, false, "shuffle the files before they are split") \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, "random seed of the shuffling; gives the same order as Keras", \
      HONE_BETWEEN(0, 4294967295.0)) \
    F(A, BOOLEAN, follow_links, false, "follow symbolic links to folders")
HONE_ARGS_STRUCT(hone_dataset_from_texts_args, HONE_TEXTS_FIELDS);
hone_dataset *hone_dataset_from_texts_with(const hone_dataset *like,
                                           const hone_dataset_from_texts_args *args);
#define HONE_LINES_FIELDS(F, A) \
    F(A, TEXT, path, NULL, "the file", HONE_REQUIRED) \
    F(A, BOOLEAN, empty, false, "keep empty lines, as empty texts")
HONE_ARGS_STRUCT(hone_dataset_from_lines_args, HONE_LINES_FIELDS);
hone_dataset *hone_dataset_from_lines_with(const hone_dataset_from_lines_args *args);
#ifndef __cplusplus
#define hone_dataset_from_texts(...) hone_dataset_from_texts_like(HONE_NO_DATASET, __VA_ARGS__)
#define hone_dataset_from_texts_like(like, ...) \
    HONE_LIKE_CALL(hone_dataset_from_texts_with, like, hone_dataset_from_texts_args, HONE_TEXTS_FIELDS, \
                   .path = __VA_ARGS__)
#define hone_dataset_from_lines(...) \
    HONE_ARGS_CALL(hone_dataset_from_lines_with, hone_dataset_from_lines_args, HONE_LINES_FIELDS, \
                   .path = __VA_ARGS__)
#endif

/* ---- sound: a folder with a subfolder of .wav files for each class, or one such file ----
 *
 * Inputs are (n, length, channels) numbers from -1 to 1. Like keras.utils.audio_dataset_from_directory. WAV
 * of integers of 8, 16, 24 or 32 bits and of floats of 32 or 64; other formats are converted by ffmpeg or
 * sox. */
#define HONE_AUDIO_FIELDS(F, A) \
    F(A, TEXT, path, NULL, "the folder, or a .wav file", HONE_REQUIRED) \
    F(A, TEXTS, classes, HONE_NO_TEXTS, "the classes to use, in this order (default: all, by name)") \
    F(A, TEXT, labels, "int", "class numbers, one float for two classes, one-hot floats, or no targets", \
      HONE_ONE_OF("int|binary|categorical|none")) \
    F(A, INTEGER, length, HONE_NONE_INTEGER, \
      "samples per file: longer ones are cut, shorter ones end in zeros (default: the longest one)", \
      HONE_BETWEEN(1, 1 << 30)) \
    F(A, INTEGER, sampling_rate, HONE_NONE_INTEGER, \
      "samples per second that all files must have (default: those of the first file)", HONE_AT_LEAST(1)) \
    F(A, INTEGER, channels, HONE_NONE_INTEGER, \
      "1: the mean of the channels of each file; otherwise what all files must have (default: as the first)", \
      HONE_BETWEEN(1, 65535)) \
    F(A, NUMBER, validation_split, HONE_NONE, "fraction of the files in subset=validation", \
      HONE_BETWEEN_OPEN(0, 1)) \
    F(A, TEXT, subset, NULL, "the part to read", HONE_ONE_OF("training|validation")) \
    F(A, BOOLEAN, shuffle, false, "shuffle the files before they are split") \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, "random seed of the shuffling; gives the same order as Keras", \
      HONE_BETWEEN(0, 4294967295.0)) \
    F(A, BOOLEAN, follow_links, false, "follow symbolic links to folders") \
    F(A, NUMBER, scale, 1.0, "factor by which the inputs are multiplied")
HONE_ARGS_STRUCT(hone_dataset_from_audio_args, HONE_AUDIO_FIELDS);
hone_dataset *hone_dataset_from_audio_with(const hone_dataset *like,
                                           const hone_dataset_from_audio_args *args);
#ifndef __cplusplus
#define hone_dataset_from_audio(...) hone_dataset_from_audio_like(HONE_NO_DATASET, __VA_ARGS__)
#define hone_dataset_from_audio_like(like, ...) \
    HONE_LIKE_CALL(hone_dataset_from_audio_with, like, hone_dataset_from_audio_args, HONE_AUDIO_FIELDS, \
                   .path = __VA_ARGS__)
#endif

/* The number of pictures that corrupt=skip left out, and the message about the first (NULL if none). */
int64_t hone_dataset_skipped(const hone_dataset *dataset, const char **first);
/* The file of a sample of a folder of pictures, borrowed; NULL without an error for other data sets. */
const char *hone_dataset_sample_name(const hone_dataset *dataset, int64_t sample);

/* What looked wrong in the file when it was read, a line for each; NULL when nothing did. */
const char *hone_dataset_notes(const hone_dataset *dataset);

/* ---- CIFAR-10 and CIFAR-100, "binary version": (n, 32, 32, 3) bytes and labels (n, 1) ---- */
#define HONE_CIFAR_FIELDS(F, A) \
    F(A, TEXT, path, NULL, "the folder with data_batch_1.bin or train.bin, or one such file", HONE_REQUIRED) \
    F(A, TEXT, part, "train", "which files of a folder to read", HONE_ONE_OF("train|test")) \
    F(A, TEXT, labels, "fine", "CIFAR-100 labels: fine (100 classes) or coarse (20)", \
      HONE_ONE_OF("fine|coarse")) \
    F(A, NUMBER, scale, 1.0, "factor by which the inputs are multiplied")
HONE_ARGS_STRUCT(hone_dataset_from_cifar_args, HONE_CIFAR_FIELDS);
hone_dataset *hone_dataset_from_cifar_with(const hone_dataset_from_cifar_args *args);
#ifndef __cplusplus
#define hone_dataset_from_cifar(...) \
    HONE_ARGS_CALL(hone_dataset_from_cifar_with, hone_dataset_from_cifar_args, HONE_CIFAR_FIELDS, \
                   .path = __VA_ARGS__)
#endif

/* The formats with the options of each: "csv", "images", "libsvm", "cifar"; NULL after the last. */
const struct hone_type *hone_data_format_at(size_t index);

/* What is in a file, before anything is trained on it: of a table its columns, their kinds, ranges, missing
 * values, the most frequent values, and what looks wrong; of other data their arrays and classes. As text,
 * or as JSON; to be freed with hone_free. */
char *hone_describe(const char *source, bool json);

/* ---- names ---- */

/* Loads DATA like hone_dataset_load, read in the same way as the data set `like`: the same columns,
 * categories, classes and sizes of pictures. */
hone_dataset *hone_dataset_load_like(const hone_dataset *like, const char *source, const char *part,
                                     double scale);
/* The number of class names of target `index`; 0 if it has none. */
int64_t hone_dataset_class_count(const hone_dataset *dataset, int index);
/* The name of a class, borrowed; NULL without an error when there is none. */
const char *hone_dataset_class_name(const hone_dataset *dataset, int index, int64_t class_number);

#ifdef __cplusplus
}
#endif
#endif
