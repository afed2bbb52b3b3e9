/* Windows and waves of sound, for the initializer stft and for spectrograms. */
#ifndef HONE_INITIALIZERS_STFT_H
#define HONE_INITIALIZERS_STFT_H

#include <stdbool.h>
#include <stdint.h>

/* scipy.signal.get_window(name, length, periodic); NULL: ones. The names are those of hone/layers_audio.h. */
void hone_internal_sound_window(const char *name, bool periodic, int64_t length, double *window);
/* The factor of sample t of a frame for frequency f of a transform over `points`: cos(2 pi t f / points), or
 * -sin of that. */
double hone_internal_sound_wave(bool sine, int64_t t, int64_t f, int64_t points);

#endif
