/* Hone for C++17: ownership, exceptions and typed defaults over the C API.
 *
 *     hone::dense first; first.units = 300; first.activation = "relu";
 *     hone::model model({hone::input({28, 28}), hone::flatten(), first, hone::dense(10, "softmax")});
 *     model.compile({"adam(learning_rate=0.001)", "sparse_categorical_crossentropy", {"accuracy"}});
 *     model.fit(train, 30, validation);
 *
 * A failure throws hone::error with Hone's message. Everything in <hone/hone.h> may be used beside it: get()
 * lends the C object. */
#ifndef HONE_HONE_HPP
#define HONE_HONE_HPP

#include <hone/hone.h>

#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hone
{

class error : public std::runtime_error
{
  public:
    error() : std::runtime_error(hone_error_message()), status(hone_error_status()) {}
    hone_status status;
};

inline void check(hone_status status)
{
    if (status < 0)
        throw error();
}

template <typename T> T *check(T *pointer)
{
    if (pointer == nullptr)
        throw error();
    return pointer;
}

/* The arguments of a function, layer, ... by name with their defaults: defaults<hone_save_args>("save"). */
template <typename T> T defaults(const char *name)
{
    T args;
    check(hone_args_default(name, &args, sizeof args));
    return args;
}

namespace detail
{
template <typename T, void (*free_function)(T *)> struct deleter {
    void operator()(T *pointer) const
    {
        free_function(pointer);
    }
};
template <typename T, void (*free_function)(T *)> using owner = std::unique_ptr<T, deleter<T, free_function>>;
} // namespace detail

/* A layer that is owned until a model takes it over. */
using layer = detail::owner<hone_layer, hone_layer_free>;
/* These are owned until something that takes them (compile, a field of an optimizer, fit) is given their
 * release(). */
using optimizer = detail::owner<hone_optimizer, hone_optimizer_free>;
using schedule = detail::owner<hone_schedule, hone_schedule_free>;
using callback = detail::owner<hone_callback, hone_callback_free>;
using dataset = detail::owner<hone_dataset, hone_dataset_free>;
using array = detail::owner<hone_array, hone_array_free>;

/* The arguments of each layer with their defaults filled in; they convert to a layer where one is expected.
 */
#define HONE_CPP_LAYER(thing) \
    struct thing : hone_##thing##_args { \
        thing() : hone_##thing##_args() \
        { \
            check(hone_args_default(#thing, this, sizeof(hone_##thing##_args))); \
        } \
        operator ::hone::layer() const \
        { \
            return ::hone::layer(check(hone_##thing##_with(this))); \
        } \
    };
HONE_CPP_LAYER(flatten)
HONE_CPP_LAYER(activation)
HONE_CPP_LAYER(batch_normalization)
HONE_CPP_LAYER(reshape)
HONE_CPP_LAYER(permute)
HONE_CPP_LAYER(repeat_vector)
HONE_CPP_LAYER(identity)
HONE_CPP_LAYER(embedding)
HONE_CPP_LAYER(masking)
HONE_CPP_LAYER(add)
HONE_CPP_LAYER(subtract)
HONE_CPP_LAYER(multiply)
HONE_CPP_LAYER(average)
HONE_CPP_LAYER(maximum)
HONE_CPP_LAYER(minimum)
HONE_CPP_LAYER(concatenate)
HONE_CPP_LAYER(dot)
HONE_CPP_LAYER(re_lu)
HONE_CPP_LAYER(leaky_re_lu)
HONE_CPP_LAYER(p_re_lu)
HONE_CPP_LAYER(elu)
HONE_CPP_LAYER(softmax)
HONE_CPP_LAYER(layer_normalization)
HONE_CPP_LAYER(group_normalization)
HONE_CPP_LAYER(rms_normalization)
HONE_CPP_LAYER(unit_normalization)
HONE_CPP_LAYER(gaussian_noise)
HONE_CPP_LAYER(gaussian_dropout)
HONE_CPP_LAYER(alpha_dropout)
HONE_CPP_LAYER(spatial_dropout1d)
HONE_CPP_LAYER(spatial_dropout2d)
HONE_CPP_LAYER(spatial_dropout3d)
HONE_CPP_LAYER(activity_regularization)
HONE_CPP_LAYER(rescaling)
HONE_CPP_LAYER(normalization)
HONE_CPP_LAYER(discretization)
HONE_CPP_LAYER(category_encoding)
HONE_CPP_LAYER(text_vectorization)
HONE_CPP_LAYER(string_lookup)
HONE_CPP_LAYER(integer_lookup)
HONE_CPP_LAYER(hashing)
HONE_CPP_LAYER(hashed_crossing)
HONE_CPP_LAYER(spectral_normalization)
HONE_CPP_LAYER(simple_rnn)
HONE_CPP_LAYER(simple_rnn_cell)
HONE_CPP_LAYER(lstm)
HONE_CPP_LAYER(lstm_cell)
HONE_CPP_LAYER(gru)
HONE_CPP_LAYER(gru_cell)
HONE_CPP_LAYER(rnn)
HONE_CPP_LAYER(stacked_rnn_cells)
HONE_CPP_LAYER(conv_lstm1d)
HONE_CPP_LAYER(conv_lstm2d)
HONE_CPP_LAYER(conv_lstm3d)
HONE_CPP_LAYER(time_distributed)
HONE_CPP_LAYER(bidirectional)
HONE_CPP_LAYER(conv1d)
HONE_CPP_LAYER(conv2d)
HONE_CPP_LAYER(conv3d)
HONE_CPP_LAYER(conv1d_transpose)
HONE_CPP_LAYER(conv2d_transpose)
HONE_CPP_LAYER(conv3d_transpose)
HONE_CPP_LAYER(depthwise_conv1d)
HONE_CPP_LAYER(depthwise_conv2d)
HONE_CPP_LAYER(separable_conv1d)
HONE_CPP_LAYER(separable_conv2d)
HONE_CPP_LAYER(max_pooling1d)
HONE_CPP_LAYER(max_pooling2d)
HONE_CPP_LAYER(max_pooling3d)
HONE_CPP_LAYER(average_pooling1d)
HONE_CPP_LAYER(average_pooling2d)
HONE_CPP_LAYER(average_pooling3d)
HONE_CPP_LAYER(global_max_pooling1d)
HONE_CPP_LAYER(global_max_pooling2d)
HONE_CPP_LAYER(global_max_pooling3d)
HONE_CPP_LAYER(global_average_pooling1d)
HONE_CPP_LAYER(global_average_pooling2d)
HONE_CPP_LAYER(global_average_pooling3d)
HONE_CPP_LAYER(adaptive_max_pooling1d)
HONE_CPP_LAYER(adaptive_max_pooling2d)
HONE_CPP_LAYER(adaptive_max_pooling3d)
HONE_CPP_LAYER(adaptive_average_pooling1d)
HONE_CPP_LAYER(adaptive_average_pooling2d)
HONE_CPP_LAYER(adaptive_average_pooling3d)
HONE_CPP_LAYER(zero_padding1d)
HONE_CPP_LAYER(zero_padding2d)
HONE_CPP_LAYER(zero_padding3d)
HONE_CPP_LAYER(cropping1d)
HONE_CPP_LAYER(cropping2d)
HONE_CPP_LAYER(cropping3d)
HONE_CPP_LAYER(up_sampling1d)
HONE_CPP_LAYER(up_sampling2d)
HONE_CPP_LAYER(up_sampling3d)
HONE_CPP_LAYER(resizing)
HONE_CPP_LAYER(center_crop)
HONE_CPP_LAYER(auto_contrast)
HONE_CPP_LAYER(equalization)
HONE_CPP_LAYER(contrast_limited_adaptive_histogram_equalization)
HONE_CPP_LAYER(solarization)
HONE_CPP_LAYER(random_flip)
HONE_CPP_LAYER(random_rotation)
HONE_CPP_LAYER(random_zoom)
HONE_CPP_LAYER(random_translation)
HONE_CPP_LAYER(random_crop)
HONE_CPP_LAYER(random_shear)
HONE_CPP_LAYER(random_perspective)
HONE_CPP_LAYER(random_elastic_transform)
HONE_CPP_LAYER(random_contrast)
HONE_CPP_LAYER(random_brightness)
HONE_CPP_LAYER(random_saturation)
HONE_CPP_LAYER(random_hue)
HONE_CPP_LAYER(random_grayscale)
HONE_CPP_LAYER(random_color_degeneration)
HONE_CPP_LAYER(random_color_jitter)
HONE_CPP_LAYER(random_erasing)
HONE_CPP_LAYER(random_gaussian_blur)
HONE_CPP_LAYER(random_posterization)
HONE_CPP_LAYER(random_sharpness)
HONE_CPP_LAYER(random_invert)
HONE_CPP_LAYER(mix_up)
HONE_CPP_LAYER(cut_mix)
HONE_CPP_LAYER(rand_augment)
HONE_CPP_LAYER(aug_mix)
HONE_CPP_LAYER(max_num_bounding_boxes)
HONE_CPP_LAYER(pipeline)
HONE_CPP_LAYER(einsum_dense)
HONE_CPP_LAYER(attention)
HONE_CPP_LAYER(additive_attention)
HONE_CPP_LAYER(multi_head_attention)
HONE_CPP_LAYER(group_query_attention)
HONE_CPP_LAYER(reversible_embedding)
HONE_CPP_LAYER(position_embedding)
HONE_CPP_LAYER(token_and_position_embedding)
HONE_CPP_LAYER(sine_position_encoding)
HONE_CPP_LAYER(rotary_embedding)
HONE_CPP_LAYER(transformer_encoder)
HONE_CPP_LAYER(transformer_decoder)
HONE_CPP_LAYER(layer_scale)
HONE_CPP_LAYER(stochastic_depth)
HONE_CPP_LAYER(custom_scale_layer)
HONE_CPP_LAYER(stft_spectrogram)
HONE_CPP_LAYER(mel_spectrogram)
#undef HONE_CPP_LAYER

struct input : hone_input_args {
    input(std::initializer_list<int64_t> sizes) : hone_input_args()
    {
        check(hone_args_default("input", static_cast<hone_input_args *>(this), sizeof(hone_input_args)));
        int axis = 0;
        for (int64_t size : sizes)
            if (axis < HONE_MAX_RANK)
                shape[axis++] = size;
    }
    operator layer() const
    {
        return layer(check(hone_input_with(this)));
    }
};

struct dense : hone_dense_args {
    dense() : hone_dense_args()
    {
        check(hone_args_default("dense", static_cast<hone_dense_args *>(this), sizeof(hone_dense_args)));
    }
    explicit dense(int64_t units_, const char *activation_ = nullptr) : dense()
    {
        units = units_;
        activation = activation_;
    }
    operator layer() const
    {
        return layer(check(hone_dense_with(this)));
    }
};

struct dropout : hone_dropout_args {
    explicit dropout(double rate_) : hone_dropout_args()
    {
        check(
            hone_args_default("dropout", static_cast<hone_dropout_args *>(this), sizeof(hone_dropout_args)));
        rate = rate_;
    }
    operator layer() const
    {
        return layer(check(hone_dropout_with(this)));
    }
};

/* Optimizers, schedules and callbacks likewise: hone::adam steps; steps.learning_rate = 0.01;
 * model.compile(steps, "mse"). */
#define HONE_CPP_OBJECT(kind, thing) \
    struct thing : hone_##thing##_args { \
        thing() : hone_##thing##_args() \
        { \
            check(hone_args_default(#thing, this, sizeof(hone_##thing##_args))); \
        } \
        operator ::hone::kind() const \
        { \
            return ::hone::kind(check(hone_##thing##_with(this))); \
        } \
    };
HONE_CPP_OBJECT(optimizer, sgd)
HONE_CPP_OBJECT(optimizer, adam)
HONE_CPP_OBJECT(optimizer, adamw)
HONE_CPP_OBJECT(optimizer, rmsprop)
HONE_CPP_OBJECT(optimizer, adamax)
HONE_CPP_OBJECT(optimizer, nadam)
HONE_CPP_OBJECT(optimizer, adagrad)
HONE_CPP_OBJECT(optimizer, adadelta)
HONE_CPP_OBJECT(optimizer, ftrl)
HONE_CPP_OBJECT(optimizer, lion)
HONE_CPP_OBJECT(optimizer, lamb)
HONE_CPP_OBJECT(optimizer, adafactor)
HONE_CPP_OBJECT(optimizer, muon)
HONE_CPP_OBJECT(optimizer, schedule_free_adamw)
HONE_CPP_OBJECT(schedule, exponential_decay)
HONE_CPP_OBJECT(schedule, inverse_time_decay)
HONE_CPP_OBJECT(schedule, piecewise_constant_decay)
HONE_CPP_OBJECT(schedule, polynomial_decay)
HONE_CPP_OBJECT(schedule, cosine_decay)
HONE_CPP_OBJECT(schedule, cosine_decay_restarts)
HONE_CPP_OBJECT(schedule, one_cycle)
HONE_CPP_OBJECT(callback, early_stopping)
HONE_CPP_OBJECT(callback, model_checkpoint)
HONE_CPP_OBJECT(callback, reduce_lr_on_plateau)
HONE_CPP_OBJECT(callback, csv_logger)
HONE_CPP_OBJECT(callback, terminate_on_nan)
HONE_CPP_OBJECT(callback, backup_and_restore)
HONE_CPP_OBJECT(callback, swap_ema_weights)
HONE_CPP_OBJECT(callback, tensor_board)
HONE_CPP_OBJECT(callback, learning_rate_scheduler)
HONE_CPP_OBJECT(callback, lambda_callback)
#undef HONE_CPP_OBJECT

/* Any layer by its spec: hone::spec("alpha_dropout(0.1)"). */
struct spec {
    std::string text;
    explicit spec(std::string text_) : text(std::move(text_)) {}
    operator layer() const
    {
        return layer(check(hone_layer_from_text(text.c_str())));
    }
};

/* An item of a list of layers. */
class part
{
  public:
    template <typename T> part(const T &arguments) : made(static_cast<layer>(arguments).release()) {}
    part(layer &&given) : made(given.release()) {}
    hone_layer *release() const
    {
        return std::exchange(made, nullptr);
    }
    part(const part &other) : made(other.release()) {}
    ~part()
    {
        hone_layer_free(made);
    }

  private:
    mutable hone_layer *made;
};

/* Tensors of a graph, which the model that is made of them owns:
 *
 *     hone::tensor wide = hone::input_tensor({5}), deep = hone::input_tensor({6});
 *     hone::tensor joined = hone::apply(hone::concatenate(), {wide, hone::apply(hone::dense(30, "relu"),
 * {deep})}); hone::model model({wide, deep}, {hone::apply(hone::dense(1), {joined})}); */
class tensor
{
  public:
    explicit tensor(hone_tensor *lent) : borrowed(check(lent)) {}
    hone_tensor *get() const
    {
        return borrowed;
    }
    hone_shape shape() const
    {
        return hone_tensor_shape(borrowed);
    }
    /* Of a layer with several outputs; the first is the tensor itself. */
    tensor output(int index) const
    {
        return tensor(hone_tensor_output(borrowed, index));
    }

  private:
    hone_tensor *borrowed;
};

inline tensor input_tensor(const input &arguments)
{
    return tensor(hone_tensor_input(static_cast<layer>(arguments).release()));
}

/* Takes the layer over. `call_args`: arguments of the call, such as hone_mask_call; nullptr: none. */
inline tensor apply(layer &&given, std::initializer_list<tensor> inputs, const void *call_args = nullptr)
{
    std::vector<hone_tensor *> list;
    for (const tensor &one : inputs)
        list.push_back(one.get());
    list.push_back(const_cast<hone_tensor *>(hone_tensors_end));
    return tensor(hone_apply_with(given.release(), list.data(), call_args));
}

template <typename T>
tensor apply(const T &arguments, std::initializer_list<tensor> inputs, const void *call_args = nullptr)
{
    return apply(static_cast<layer>(arguments), inputs, call_args);
}

/* The same layer, with the same weights, at a further place. */
inline layer share(const layer &one)
{
    return layer(check(hone_layer_retain(one.get())));
}

/* An item of a list of callbacks. */
class watcher
{
  public:
    template <typename T> watcher(const T &arguments) : made(static_cast<callback>(arguments).release()) {}
    watcher(callback &&given) : made(given.release()) {}
    watcher(const watcher &other) : made(other.release()) {}
    ~watcher()
    {
        hone_callback_free(made);
    }
    hone_callback *release() const
    {
        return std::exchange(made, nullptr);
    }

  private:
    mutable hone_callback *made;
};

struct compile_options {
    std::string optimizer = "rmsprop";
    std::string loss;
    std::vector<std::string> metrics;
};

inline dataset load(const std::string &source, const char *split = nullptr, double scale = 1)
{
    return dataset(check(hone_dataset_load(source.c_str(), split, scale)));
}

class model
{
  public:
    explicit model(hone_model *taken) : owned(check(taken)) {}
    model(std::initializer_list<part> parts)
    {
        std::vector<hone_layer *> layers;
        for (const part &one : parts)
            layers.push_back(one.release());
        layers.push_back(const_cast<hone_layer *>(hone_layers_end));
        owned.reset(check(hone_sequential_with(nullptr, layers.data())));
    }
    /* From inputs, each made by input_tensor, to outputs of one graph. */
    model(std::initializer_list<tensor> inputs, std::initializer_list<tensor> outputs)
    {
        std::vector<hone_tensor *> in, out;
        for (const tensor &one : inputs)
            in.push_back(one.get());
        for (const tensor &one : outputs)
            out.push_back(one.get());
        hone_functional_args args = hone_functional_args();
        args.base.size = sizeof args;
        in.push_back(const_cast<hone_tensor *>(hone_tensors_end));
        out.push_back(const_cast<hone_tensor *>(hone_tensors_end));
        args.input_list = in.data();
        args.output_list = out.data();
        owned.reset(check(hone_functional_with(&args)));
    }
    /* As a layer of another model: hone::part(std::move(base).as_layer()). */
    layer as_layer() &&
    {
        return layer(check(hone_model_as_layer(owned.release())));
    }
    static model load(const std::string &path)
    {
        return model(hone_load_with(path.c_str(), nullptr));
    }
    void save(const std::string &path)
    {
        check(hone_save_with(get(), path.c_str(), nullptr));
    }
    void compile(const compile_options &options)
    {
        auto args = defaults<hone_compile_args>("compile");
        args.optimizer = check(hone_optimizer_from_text(options.optimizer.c_str()));
        args.loss = options.loss.c_str();
        for (std::size_t i = 0; i < options.metrics.size() && i < HONE_MAX_TEXTS; i++)
            args.metrics[i] = options.metrics[i].c_str();
        check(hone_compile_with(get(), &args));
    }
    /* With an optimizer of its own type: model.compile(steps, "mse", {"mae"}). */
    void compile(optimizer &&given, const std::string &loss, const std::vector<std::string> &metrics = {})
    {
        auto args = defaults<hone_compile_args>("compile");
        args.optimizer = given.release();
        args.loss = loss.c_str();
        for (std::size_t i = 0; i < metrics.size() && i < HONE_MAX_TEXTS; i++)
            args.metrics[i] = metrics[i].c_str();
        check(hone_compile_with(get(), &args));
    }
    /* Arguments of fit with their defaults. */
    static hone_fit_args fit_defaults()
    {
        return defaults<hone_fit_args>("fit");
    }
    const hone_history *fit(const dataset &data, const hone_fit_args &args)
    {
        return check(hone_fit_with(get(), data.get(), &args));
    }
    /* With callbacks, which are taken over: hone::early_stopping stop; stop.patience = 5; model.fit(data,
     * args, {stop}). */
    const hone_history *fit(const dataset &data, hone_fit_args args, std::initializer_list<watcher> callbacks)
    {
        std::vector<hone_callback *> list;
        for (const watcher &one : callbacks)
            list.push_back(one.release());
        list.push_back(const_cast<hone_callback *>(hone_callbacks_end));
        args.callbacks = check(hone_callbacks_with(list.data()));
        return fit(data, args);
    }
    const hone_history *fit(const dataset &data, int64_t epochs, const dataset *validation = nullptr)
    {
        hone_fit_args args = fit_defaults();
        args.epochs = epochs;
        if (validation != nullptr)
            args.validation_data = validation->get();
        return fit(data, args);
    }
    /* More than HONE_MAX_LOGS numbers hold memory: hone_logs_free. */
    hone_logs evaluate(const dataset &data, int64_t batch_size = 32)
    {
        hone_logs logs = hone_logs();
        auto args = defaults<hone_evaluate_args>("evaluate");
        args.batch_size = batch_size;
        check(hone_evaluate_with(get(), data.get(), &logs, &args));
        return logs;
    }
    std::vector<array> predict(const dataset &data, int64_t batch_size = 32)
    {
        std::vector<hone_array *> outputs(static_cast<std::size_t>(hone_model_output_count(get())) + 1,
                                          nullptr);
        auto args = defaults<hone_predict_args>("predict");
        args.batch_size = batch_size;
        check(hone_predict_with(get(), data.get(), outputs.data(), &args));
        std::vector<array> result;
        for (int i = 0; i < hone_model_output_count(get()); i++)
            result.emplace_back(outputs[static_cast<std::size_t>(i)]);
        return result;
    }
    hone_model *get() const
    {
        return owned.get();
    }

  private:
    detail::owner<hone_model, hone_model_free> owned;
};

} // namespace hone

#endif
