/* Which language is this word? A GRU over its letters inside a program that knows nothing of Hone: a word on each line of stdin, the language
 * and its probability for each.
 *
 *   build/release/examples/example_words      # writes word.c and word.h
 *   cc -O2 -I. -Iexamples examples/embedded/language.c word.c -lm -o language
 *   echo "Schmetterling" | ./language
 */
#include "letters.h"
#include "word.h"

#include <stdio.h>

static const char *const languages[WORD_OUTPUT_SIZE] = {"English", "French", "German", "Italian", "Spanish"};

int main(void)
{
    static char line[256];
    static float letters[WORD_INPUT_SIZE], probabilities[WORD_OUTPUT_SIZE];
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (letters_of(line, letters) == 0) {
            printf("not a word of 1 to %d letters\n", LETTERS_MOST);
            continue;
        }
        word_predict(letters, probabilities);
        int best = 0;
        for (int i = 1; i < WORD_OUTPUT_SIZE; i++)
            if (probabilities[i] > probabilities[best]) best = i;
        printf("%s %.4f\n", languages[best], (double)probabilities[best]);
    }
    return 0;
}
