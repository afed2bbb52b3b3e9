"""Cases of the layers that attend, for layers.py."""
import numpy

from common import away_from, generator, normal

QUERY_MASK = numpy.array([[1, 1, 0], [1, 0, 1]], bool)
VALUE_MASK = numpy.array([[1, 0, 1, 1], [1, 1, 0, 0]], bool)
GIVEN = numpy.array([[[1, 0, 1, 0], [0, 1, 1, 1], [1, 1, 1, 1]], [[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 0, 1]]], bool)
NOTHING = numpy.array([[[0, 0, 0, 0], [0, 1, 1, 1], [1, 1, 1, 1]], [[1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 0, 1]]], bool)
CAUSAL = {"use_causal_mask": True}
SCORES = {"return_attention_scores": True}


def numbers(name, *shape):
    return away_from(normal(generator("inputs", name, *shape), *shape), (0,))


def pair(value=5):
    return [numbers("query", 2, 3, 5), numbers("value", 2, 4, value)]


def triple():
    return [*pair(3), numbers("key", 2, 4, 5)]


def itself():
    x = numbers("query", 2, 4, 5)
    return [x, x]


def masks(count=2):
    return [QUERY_MASK, VALUE_MASK, None][:count]


def plain(base):
    yield "query and value", base, pair()
    yield "and key", base, triple()
    yield "masks", base, pair(), {"masks": masks()}
    yield "mask of the value", base, pair(), {"masks": [None, VALUE_MASK]}
    yield "masks and key", base, triple(), {"masks": masks(3)}
    yield "causal", base, itself(), {"call": {"options": CAUSAL}}
    yield "causal and masks", base, pair(), {"call": {"options": CAUSAL}, "masks": [QUERY_MASK, numpy.array([[1, 0, 1, 1], [1, 1, 0, 0]], bool)]}
    yield "scores", base, pair(), {"call": {"options": SCORES, "output": 1}}
    yield "dropout, inference", {**base, "dropout": 0.5}, pair()
    yield "frozen", {**base, "trainable": False}, pair()


def attention():
    yield from plain({})
    yield "scale", {"use_scale": True}, pair()
    yield "concat", {"score_mode": "concat"}, pair()
    yield "concat, scale", {"score_mode": "concat", "use_scale": True}, pair(), {"masks": masks()}
    yield "activity penalty", {"activity_regularizer": "l2(0.3)"}, pair()


def additive_attention():
    yield from plain({})
    yield "no scale", {"use_scale": False}, pair(), {"masks": masks()}


def apart(options=None, tensors=None, output=0):
    return {"apart": True, "options": options or {}, "tensors": tensors or {}, "output": output}


def heads(base, own):
    yield "query and value", base, pair(3), {"call": apart()}
    yield "and key", base, triple(), {"call": apart()}
    yield "itself", base, itself(), {"call": apart()}
    yield "masks", base, pair(), {"call": apart(), "masks": masks()}
    yield "masks and key", base, triple(), {"call": apart(), "masks": [QUERY_MASK, VALUE_MASK, ~VALUE_MASK | GIVEN[:, 2]]}
    yield "masks of the call", base, triple(), \
        {"call": apart(tensors={"value_mask": VALUE_MASK, "key_mask": GIVEN[:, 1] | VALUE_MASK}), "masks": [None, ~VALUE_MASK, None]}
    yield "attention mask", base, pair(), {"call": apart(tensors={"attention_mask": GIVEN})}
    yield "attention mask, one for all", base, pair(), {"call": apart(tensors={"attention_mask": GIVEN[:1]})}
    yield "attention mask, by head", base, pair(), \
        {"call": apart(tensors={"attention_mask": numpy.stack([GIVEN, ~GIVEN | GIVEN[::-1]] * own, 1)})}
    yield "attention mask and masks", base, pair(), {"call": apart(tensors={"attention_mask": GIVEN}), "masks": [None, numpy.ones((2, 4), bool)]}
    yield "nothing to read", base, pair(), {"call": apart(tensors={"attention_mask": NOTHING})}
    yield "nothing to read, dropout", {**base, "dropout": 0.5}, pair(), {"call": apart(tensors={"attention_mask": NOTHING})}
    yield "causal", base, itself(), {"call": apart(CAUSAL)}
    yield "causal, fewer queries", base, pair(), {"call": apart(CAUSAL)}
    yield "causal and masks", base, itself(), {"call": apart(CAUSAL), "masks": [VALUE_MASK, VALUE_MASK]}
    yield "causal and attention mask", base, pair(), {"call": apart(CAUSAL, {"attention_mask": GIVEN[:, :, ::-1]})}
    yield "sliding window", {**base, "sliding_window": 2}, itself(), {"call": apart()}
    yield "sliding window, causal", {**base, "sliding_window": 2}, itself(), {"call": apart(CAUSAL)}
    yield "scores", base, pair(), {"call": apart(SCORES, output=1)}
    yield "scores, masks", base, pair(), {"call": apart(SCORES, {"attention_mask": NOTHING}, 1)}
    yield "output beside scores, causal", base, itself(), {"call": apart({**SCORES, **CAUSAL})}
    yield "dropout, inference", {**base, "dropout": 0.5}, pair(), {"call": apart()}
    yield "no bias", {**base, "use_bias": False}, pair(), {"call": apart()}
    yield "gate", {**base, "use_gate": True}, pair(), {"call": apart()}
    yield "penalties", {**base, "kernel_regularizer": "l2(0.1)", "bias_regularizer": "l1(0.1)", "activity_regularizer": "l2(0.2)"}, \
        pair(), {"call": apart()}
    yield "frozen", {**base, "trainable": False}, pair(), {"call": apart()}


def multi_head_attention():
    base = {"num_heads": 2, "key_dim": 3}
    yield from heads(base, 1)
    # Keras on JAX takes another value_dim only where it keeps the scores.
    yield "value_dim", {**base, "value_dim": 4, "dropout": 0.5}, triple(), {"call": apart()}
    yield "value_dim, gate", {**base, "value_dim": 4, "use_gate": True, "dropout": 0.5}, triple(), {"call": apart()}
    yield "output_shape", {**base, "output_shape": [7]}, pair(), {"call": apart()}
    yield "output_shape of two axes", {**base, "output_shape": [2, 3]}, pair(), {"call": apart()}
    image = [numbers("image", 2, 2, 3, 4), numbers("other", 2, 2, 3, 4)]
    yield "two axes", {**base}, image, {"call": apart()}
    yield "first axis of two", {**base, "attention_axes": [1]}, image, {"call": apart()}
    yield "second axis of two", {**base, "attention_axes": [2]}, image, {"call": apart()}
    yield "second axis from the end, scores", {**base, "attention_axes": [-2]}, image, {"call": apart(SCORES, output=1)}
    yield "one head", {"num_heads": 1, "key_dim": 2}, itself(), {"call": apart(CAUSAL)}


def group_query_attention():
    yield from heads({"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}, 2)
    yield "mask of the query", {"head_dim": 3, "num_query_heads": 2, "num_key_value_heads": 1}, pair(), \
        {"call": apart(tensors={"query_mask": QUERY_MASK})}
    yield "a head each", {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 2}, pair(), {"call": apart()}


def einsum_dense():
    x = numbers("einsum", 2, 3, 4)
    yield "dense", {"equation": "ab,bc->ac", "output_shape": [5]}, numbers("einsum", 3, 4)
    yield "rank 3", {"equation": "abc,cd->abd", "output_shape": [None, 5], "bias_axes": "d"}, x
    yield "dots on the left", {"equation": "...x,xy->...y", "output_shape": 5, "bias_axes": "y", "activation": "tanh"}, x
    yield "dots on the left, nothing elided", {"equation": "...ax,xy->...ay", "output_shape": [5], "bias_axes": "y"}, numbers("einsum", 3, 4)
    yield "dots on the right", {"equation": "ab...,bc->ac...", "output_shape": [5], "bias_axes": "c"}, x
    yield "two axes to one", {"equation": "abc,bcd->ad", "output_shape": [5], "bias_axes": "d"}, x
    yield "one axis to two", {"equation": "abc,cde->abde", "output_shape": [3, 2, 5], "bias_axes": "de"}, x
    yield "bias of an inner axis", {"equation": "abc,cde->abde", "output_shape": [3, 2, 5], "bias_axes": "d"}, x
    yield "bias of each place", {"equation": "abc,cd->abd", "output_shape": [3, 2], "bias_axes": "bd"}, x
    yield "turned", {"equation": "abc,cd->adb", "output_shape": [2, 3], "bias_axes": "d"}, x
    yield "an axis of both", {"equation": "abc,bcd->abd", "output_shape": [3, 2]}, x
    yield "element by element", {"equation": "abc,bc->abc", "output_shape": [3, 4]}, x
    yield "a sum", {"equation": "abc,b->ac", "output_shape": [4], "activation": "relu"}, x
    yield "penalties", {"equation": "abc,cd->abd", "output_shape": [3, 2], "bias_axes": "d", "kernel_regularizer": "l2(0.1)",
                        "bias_regularizer": "l1(0.1)", "activity_regularizer": "l2(0.2)"}, x


def reversible_embedding():
    base, ids, vectors = {"input_dim": 6, "output_dim": 3}, numpy.array([[0, 2, 5], [1, 1, 4]], "int32"), numbers("back", 2, 4, 3)
    back = {"call": {"options": {"reverse": True}}}
    yield "ids", base, ids
    yield "mask", {**base, "mask_zero": True}, ids
    yield "back", base, vectors, back
    yield "back by its own table", {**base, "tie_weights": False}, vectors, back
    yield "soft cap", {**base, "logit_soft_cap": 0.5}, vectors, back
    yield "penalty", {**base, "tie_weights": False, "embeddings_regularizer": "l2(0.1)"}, ids


ATTENTION = {"Attention": attention, "AdditiveAttention": additive_attention, "MultiHeadAttention": multi_head_attention,
             "GroupQueryAttention": group_query_attention, "EinsumDense": einsum_dense,
             "ReversibleEmbedding": reversible_embedding}
ATTENTION_NEEDED = {"MultiHeadAttention": {"num_heads": 2, "key_dim": 3},
                    "GroupQueryAttention": {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2},
                    "EinsumDense": {"equation": "ab,bc->ac", "output_shape": 5},
                    "ReversibleEmbedding": {"input_dim": 6, "output_dim": 3}}
