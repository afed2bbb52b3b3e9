/* A training step of libnnc (github.com/liuliu/ccv) with OpenBLAS: dense layers with ReLU, softmax and
 * cross-entropy, SGD or Adam. Batches are copied as the others do; OpenBLAS has the threads. Built by
 * c_peers.sh. */
#include "c_peer.h"
#include <ccv.h>
#include <nnc/ccv_nnc.h>
#include <nnc/ccv_nnc_easy.h>

typedef struct nnc_training {
    ccv_cnnp_model_t *model;
    ccv_nnc_tensor_t *x, *y, *answer;
} nnc_training;

static void epoch(const c_peer *peer, void *context)
{
    nnc_training *training = context;
    int inputs = peer->size[0], classes = peer->size[peer->sizes - 1];
    c_peer_shuffle(peer);
    for (int begin = 0; begin + peer->batch <= peer->samples; begin += peer->batch) {
        for (int i = 0; i < peer->batch; i++) {
            int row = peer->order[begin + i];
            memcpy(training->x->data.f32 + (long)i * inputs, peer->x + (long)row * inputs,
                   (size_t)inputs * sizeof(float));
            memcpy(training->y->data.f32 + (long)i * classes, peer->y + (long)row * classes,
                   (size_t)classes * sizeof(float));
        }
        ccv_cnnp_model_fit(training->model, &training->x, 1, &training->y, 1, &training->answer, 1, 0, 0);
    }
}

int main(int count, char **words)
{
    c_peer peer = c_peer_begin(count, words);
    ccv_cnnp_model_t *layers[2 * C_PEER_MOST_SIZES];
    int layer_count = 0, classes = peer.size[peer.sizes - 1];
    ccv_nnc_init();
    for (int i = 1; i < peer.sizes; i++) {
        layers[layer_count++] = ccv_cnnp_dense(peer.size[i], 0, 0, 1, 0);
        layers[layer_count++] = i < peer.sizes - 1 ? ccv_cnnp_relu(0) : ccv_cnnp_softmax(0);
    }
    nnc_training training = {.model = ccv_cnnp_sequential_new(layers, layer_count, 1, 0)};
    ccv_nnc_tensor_param_t input = CPU_TENSOR_NHWC(32F, peer.batch, peer.size[0]);
    ccv_nnc_cmd_t optimizer = CMD_SGD_FORWARD(0, 0.01, 1.0 / peer.batch, 0, 0, 0);
    if (strcmp(peer.optimizer, "adam") == 0)
        optimizer = CMD_ADAM_FORWARD(1, 0.001, 0.9, 0.999, 0, 1e-7, 0);
    ccv_cnnp_model_compile(training.model, &input, 1, optimizer, CMD_CATEGORICAL_CROSSENTROPY_FORWARD());
    training.x = ccv_nnc_tensor_new(0, input, 0);
    training.y = ccv_nnc_tensor_new(0, CPU_TENSOR_NHWC(32F, peer.batch, classes), 0);
    training.answer = ccv_nnc_tensor_new(0, CPU_TENSOR_NHWC(32F, peer.batch, classes), 0);
    return c_peer_measure(&peer, "libnnc", epoch, &training);
}
