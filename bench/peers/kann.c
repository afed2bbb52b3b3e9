/* A training step of KANN (github.com/attractivechaos/kann) with OpenBLAS: dense layers with ReLU, softmax
 * and cross-entropy, and the one optimizer that it has, RMSprop. Its threads split the batch; OpenBLAS runs
 * on one. Built by c_peers.sh. */
#include "c_peer.h"
#include "kann.h"

typedef struct kann_training {
    kann_t *network;
    float *x, *y, *state; /* a batch, and RMSprop's averages */
} kann_training;

/* As kann_train_fnn1b does it. */
static void epoch(const c_peer *peer, void *context)
{
    kann_training *training = context;
    kann_t *network = training->network;
    int inputs = peer->size[0], classes = peer->size[peer->sizes - 1], weights = kann_size_var(network), base;
    c_peer_shuffle(peer);
    for (int begin = 0; begin < peer->samples; begin += peer->batch) {
        int rows = peer->samples - begin < peer->batch ? peer->samples - begin : peer->batch;
        for (int i = 0; i < rows; i++) {
            int row = peer->order[begin + i];
            memcpy(training->x + (long)i * inputs, peer->x + (long)row * inputs,
                   (size_t)inputs * sizeof(float));
            memcpy(training->y + (long)i * classes, peer->y + (long)row * classes,
                   (size_t)classes * sizeof(float));
        }
        kann_set_batch_size(network, rows);
        kann_cost(network, 0, 1);
        kann_class_error(network, &base);
        kann_RMSprop(weights, 0.001f, 0, 0.9f, network->g, network->x, training->state);
    }
}

int main(int count, char **words)
{
    c_peer peer = c_peer_begin(count, words);
    kad_node_t *node = kann_layer_input(peer.size[0]);
    for (int i = 1; i < peer.sizes - 1; i++)
        node = kad_relu(kann_layer_dense(node, peer.size[i]));
    kann_training training = {.network =
                                  kann_new(kann_layer_cost(node, peer.size[peer.sizes - 1], KANN_C_CEM), 0)};
    training.x = malloc((size_t)peer.batch * (size_t)peer.size[0] * sizeof(float));
    training.y = malloc((size_t)peer.batch * (size_t)peer.size[peer.sizes - 1] * sizeof(float));
    training.state = calloc((size_t)kann_size_var(training.network), sizeof(float));
    if (peer.threads > 1)
        kann_mt(training.network, peer.threads, peer.batch);
    kann_feed_bind(training.network, KANN_F_IN, 0, &training.x);
    kann_feed_bind(training.network, KANN_F_TRUTH, 0, &training.y);
    kann_switch(training.network, 1);
    return c_peer_measure(&peer, "KANN " KANN_VERSION, epoch, &training);
}
