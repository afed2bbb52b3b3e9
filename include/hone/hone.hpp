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
        operator layer() const \
        { \
            return layer(check(hone_##thing##_with(this))); \
        } \
    };
HONE_CPP_LAYER(flatten)
HONE_CPP_LAYER(batch_normalization)
HONE_CPP_LAYER(layer_normalization)
HONE_CPP_LAYER(reshape)
HONE_CPP_LAYER(embedding)
HONE_CPP_LAYER(gaussian_noise)
HONE_CPP_LAYER(re_lu)
HONE_CPP_LAYER(leaky_re_lu)
HONE_CPP_LAYER(softmax)
HONE_CPP_LAYER(rescaling)
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
    /* Arguments of fit with their defaults. */
    static hone_fit_args fit_defaults()
    {
        return defaults<hone_fit_args>("fit");
    }
    const hone_history *fit(const dataset &data, const hone_fit_args &args)
    {
        return check(hone_fit_with(get(), data.get(), &args));
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
