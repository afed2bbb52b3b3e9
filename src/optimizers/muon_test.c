/* muon. */
#include "testing/check_optimizer.h"
#include <string.h>

TEST(agrees_with_keras_in_every_option_and_keeps_what_optimizers_promise)
{
    check_optimizer(&(optimizer_example){
        .golden = "muon",
        .uses = {"muon(0.1)", "muon(0.1, nesterov=false)"},
    });
}

/* Which weights move by Adam is seen by its second slot. */
static void check_by_adam(const char *text, const char *path, bool by_adam)
{
    optimizer_bench bench = bench_begin(hone_optimizer_from_text(text), NULL);
    bench_add_filled(&bench, path, HONE_SHAPE(4, 2), 0, NULL);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, bench.count), HONE_OK);
    if ((hone_optimizer_slot(bench.optimizer, 0, 1) != NULL) != by_adam)
        fail_msg("%s: %s moves by %s", text, path, by_adam ? "Muon" : "Adam");
    bench_end(&bench);
}

TEST(embeddings_and_excluded_layers_move_by_adam)
{
    check_by_adam("muon", "my_Embedding/embeddings", true);
    check_by_adam("muon(exclude_embeddings=false)", "my_Embedding/embeddings", false);
    check_by_adam("muon(exclude_layers=[\"^head/\"])", "head/kernel", true);
    check_by_adam("muon(exclude_layers=[\"^head/\"])", "overhead/kernel", false);
}

TEST(refuses_a_broken_regular_expression)
{
    optimizer_bench bench = bench_begin(hone_muon(.exclude_layers = {"("}), NULL);
    bench_add_filled(&bench, "kernel", HONE_SHAPE(4, 2), 0, NULL);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, bench.count),
                     HONE_ERROR_ARGUMENT);
    assert_non_null(strstr(hone_error_message(), "exclude_layers"));
    bench_end(&bench);
}
