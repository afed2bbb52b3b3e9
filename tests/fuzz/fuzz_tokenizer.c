/* Fuzz target: tokenizers of SentencePiece. The first byte tells how many bytes at the end are the text that
 * is cut; each number must be one of a piece, and what a model keeps of the tokenizer must cut alike. */
#include "data/tokenizer.h"
#include "replay.h"

#include <stdlib.h>
#include <string.h>

static hone_piece_numbers cut(const hone_tokenizer *tokenizer, const char *text, size_t length)
{
    hone_piece_numbers numbers = {.list = NULL};
    if (hone_internal_tokenizer_encode(tokenizer, text, length, length % 2 == 0, &numbers) < 0)
        abort();
    for (size_t i = 0; i < numbers.count; i++)
        if (numbers.list[i] < 0 || (size_t)numbers.list[i] >= tokenizer->pieces.count ||
            strlen(tokenizer->written[numbers.list[i]]) > (size_t)1 << 16)
            abort();
    return numbers;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const size_t length = data[0] < size - 1 ? data[0] : size - 1, bytes = size - 1 - length;
    uint8_t *copy = fuzz_copy(data + 1, bytes);
    hone_tokenizer *first = hone_internal_tokenizer_create(copy, bytes, "fuzz.model");
    hone_internal_free(copy);
    if (first == NULL)
        return 0;
    hone_config *kept = hone_internal_tokenizer_to_config(first);
    hone_tokenizer *second = hone_internal_tokenizer_from_config(kept);
    if (second == NULL)
        abort();
    const char *text = (const char *)data + 1 + bytes;
    hone_piece_numbers a = cut(first, text, length), b = cut(second, text, length);
    if (a.count != b.count || (a.count > 0 && memcmp(a.list, b.list, a.count * sizeof *a.list) != 0))
        abort();
    hone_internal_free(a.list);
    hone_internal_free(b.list);
    hone_internal_config_free(kept);
    hone_internal_tokenizer_free(second);
    hone_internal_tokenizer_free(first);
    return 0;
}
