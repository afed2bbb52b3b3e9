/* Windows of sound, for the initializer stft and for spectrograms. */
#ifndef HONE_INITIALIZERS_STFT_H
#define HONE_INITIALIZERS_STFT_H

#include <stdbool.h>
#include <stdint.h>

/* scipy.signal.get_window(name, length, periodic); NULL: ones. The names are those of hone/layers_audio.h. */
void hone_internal_sound_window(const char *name, bool periodic, int64_t length, double *window);

#endif
