/* Random numbers: Philox's published vectors, and the numbers drawn from it. */
#include "base/random.h"
#include "testing/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Random123's kat_vectors, philox 4x32 10. */
TEST(gives_the_known_answers_of_philox)
{
    static const struct {
        uint32_t counter[4], key[2], result[4];
    } rows[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    uint32_t result[4];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_internal_philox(rows[i].counter, rows[i].key, result);
        assert_memory_equal(result, rows[i].result, sizeof result);
    }
}

TEST(words_are_those_of_the_blocks)
{
    hone_random random = hone_internal_random(1, 2, UINT64_C(0x300000004));
    const uint32_t counter[4] = {5, 1, 4, 3};
    uint32_t block[4];

    hone_internal_philox(counter, random.key, block);
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(hone_internal_random_word(&random, ((UINT64_C(1) << 32) + 5) * 4 + i), block[i]);
}

TEST(streams_differ_by_seed_stream_and_step)
{
    uint64_t stream = hone_internal_random_stream("dropout_1", 0, "mask");
    hone_random random = hone_internal_random(0, stream, 0);
    const hone_random others[] = {
        hone_internal_random(1, stream, 0),
        hone_internal_random(0, stream, 1),
        hone_internal_random(0, hone_internal_random_stream("dropout_1", 1, "mask"), 0),
        hone_internal_random(0, hone_internal_random_stream("dropout_2", 0, "mask"), 0),
        hone_internal_random(0, hone_internal_random_stream("dropout_1", 0, "noise"), 0),
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_not_equal(hone_internal_random_word(&random, 0), hone_internal_random_word(&others[i], 0));
    assert_true(hone_internal_random_stream("ab", 0, "c") != hone_internal_random_stream("a", 0, "bc"));
}

/* Mean and variance of 100,000 draws, within five standard errors. */
TEST(draws_have_the_right_moments)
{
    enum { DRAWS = 100000 };
    hone_random random = hone_internal_random(42, 7, 0);
    double sum = 0, squares = 0, normal_sum = 0, normal_squares = 0;

    for (uint64_t i = 0; i < DRAWS; i++) {
        double uniform = hone_internal_random_uniform(&random, i),
               normal = hone_internal_random_normal(&random, i);
        assert_true(uniform >= 0 && uniform < 1);
        assert_true(isfinite(normal));
        sum += uniform;
        squares += uniform * uniform;
        normal_sum += normal;
        normal_squares += normal * normal;
    }
    assert_true(fabs(sum / DRAWS - 0.5) < 5 * sqrt(1.0 / 12 / DRAWS));
    assert_true(fabs(squares / DRAWS - 1.0 / 3) < 5 * sqrt(4.0 / 45 / DRAWS));
    assert_true(fabs(normal_sum / DRAWS) < 5 / sqrt(DRAWS));
    assert_true(fabs(normal_squares / DRAWS - 1) < 5 * sqrt(2.0 / DRAWS));
}

TEST(a_permutation_has_each_number_once)
{
    enum { COUNT = 1000 };
    hone_random random = hone_internal_random(3, 4, 5), next = hone_internal_random(3, 4, 6);
    int64_t *first = malloc(3 * COUNT * sizeof *first), *again = first + COUNT, *other = again + COUNT;
    int seen[COUNT] = {0}, in_place = 0;

    assert_non_null(first);
    hone_internal_random_permutation(&random, COUNT, first);
    hone_internal_random_permutation(&random, COUNT, again);
    hone_internal_random_permutation(&next, COUNT, other);
    for (int i = 0; i < COUNT; i++) {
        assert_in_range(first[i], 0, COUNT - 1);
        seen[first[i]]++;
        in_place += first[i] == i;
    }
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(seen[i], 1);
    assert_true(in_place < 10);
    assert_memory_equal(first, again, COUNT * sizeof *first);
    assert_memory_not_equal(first, other, COUNT * sizeof *first);
    hone_internal_random_permutation(&random, 0, first);
    hone_internal_random_permutation(&random, 1, first);
    assert_int_equal(first[0], 0);
    free(first);
}

/* All six orders of three, 6,000 times: chi-squared with 5 degrees of freedom, below its 99.9th percentile.
 */
TEST(permutations_are_equally_likely)
{
    int counts[6] = {0};
    double chi = 0;

    for (uint64_t step = 0; step < 6000; step++) {
        hone_random random = hone_internal_random(9, 9, step);
        int64_t order[3];
        hone_internal_random_permutation(&random, 3, order);
        counts[order[0] * 2 + (order[1] > order[2])]++;
    }
    for (int i = 0; i < 6; i++)
        chi += (counts[i] - 1000.0) * (counts[i] - 1000.0) / 1000;
    assert_true(chi < 20.5);
}
