/* A training step of FANN (libfann-dev): fully connected, one sample at a time as it trains, SGD without
 * momentum, sigmoid at the end (it has no softmax). A step is `batch` samples. Built by c_peers.sh. */
#include "c_peer.h"
#include <floatfann.h>

static void epoch(const c_peer *peer, void *context)
{
    int inputs = peer->size[0], classes = peer->size[peer->sizes - 1];
    c_peer_shuffle(peer);
    for (int i = 0; i < peer->samples; i++) {
        long row = peer->order[i];
        fann_train(context, peer->x + row * inputs, peer->y + row * classes);
    }
}

int main(int count, char **words)
{
    c_peer peer = c_peer_begin(count, words);
    if (peer.samples > 2048)
        peer.samples = 2048; /* an epoch of the others takes it most of a minute */
    unsigned int sizes[C_PEER_MOST_SIZES];
    for (int i = 0; i < peer.sizes; i++)
        sizes[i] = (unsigned int)peer.size[i];
    struct fann *network = fann_create_standard_array((unsigned int)peer.sizes, sizes);
    fann_set_training_algorithm(network, FANN_TRAIN_INCREMENTAL);
    fann_set_activation_function_hidden(network, FANN_LINEAR_PIECE);
    fann_set_activation_function_output(network, FANN_SIGMOID);
    fann_set_learning_rate(network, 0.01f);
    return c_peer_measure(&peer, "FANN 2.2.0", epoch, network);
}
