/* A C++17 program over hone.hpp: compiled by headers_test.sh. */
#include <hone/hone.hpp>
#include <cstdio>
int main()
{
    float x[8][3];
    unsigned char y[8];
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 3; j++)
            x[i][j] = float((i * 7 + j * 3) % 5);
        y[i] = (unsigned char)(i % 2);
    }
    int64_t xs[] = {8, 3}, ys[] = {8};
    hone_dataset_from_arrays_args args = hone_dataset_from_arrays_args();
    args.x[0] = hone_array_view(x, HONE_FLOAT32, 2, xs);
    args.y[0] = hone_array_view(y, HONE_UINT8, 1, ys);
    args.scale = 1;
    hone::dataset data(hone_dataset_from_arrays_with(&args));
    hone::dense first;
    first.units = 4;
    first.activation = "tanh";
    hone::model model(
        {hone::input({3}), first, hone::batch_normalization(), hone::spec("dense(2, activation=softmax)")});
    model.compile({"adam(learning_rate=0.01)", "sparse_categorical_crossentropy", {"accuracy"}});
    model.fit(data, 3);
    std::printf("%f\n", model.evaluate(data).values[0]);
    hone::tensor wide = hone::input_tensor({3}), deep = hone::apply(first, {wide});
    hone::layer shared = hone::dense(2);
    hone::tensor one = hone::apply(hone::share(shared), {deep}),
                 two = hone::apply(hone::share(shared), {deep});
    hone::model graph({wide}, {hone::apply(hone::softmax(), {hone::apply(hone::add(), {one, two})})});
    hone::cosine_decay rates;
    rates.initial_learning_rate = 0.01;
    rates.decay_steps = 10;
    hone::adam steps;
    steps.learning_rate_schedule = static_cast<hone::schedule>(rates).release();
    graph.compile(steps, "sparse_categorical_crossentropy", {"accuracy"});
    hone::early_stopping stop;
    stop.monitor = "loss";
    stop.patience = 1;
    hone_fit_args fit = hone::model::fit_defaults();
    fit.epochs = 3;
    int epochs = 0;
    hone::lambda_callback count;
    count.context = &epochs;
    count.on_epoch_end = [](void *context, hone_trainer *, int64_t, hone_logs *) -> hone_status {
        ++*static_cast<int *>(context);
        return HONE_OK;
    };
    hone::learning_rate_scheduler halve;
    halve.function = [](void *, int64_t, double rate) { return rate / 2; };
    graph.fit(data, fit, {stop, hone::terminate_on_nan(), count});
    model.fit(data, fit, {halve});
    std::printf("%d epochs\n", epochs);
    std::printf("%d layers\n", hone_model_layer_count(graph.get()));
    try {
        hone::dense bad(0);
        hone::layer l = bad;
    } catch (const hone::error &e) {
        std::puts(e.what());
    }
}
