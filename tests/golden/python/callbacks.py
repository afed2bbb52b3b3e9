"""callbacks/: what callbacks decide when they are fed with the logs of a made-up training."""
import contextlib
import io
import math
import os
import tempfile

import keras
import numpy

from common import number

NAN = math.nan
VALLEY = [1.0, 0.8, 0.7, 0.72, 0.71, 0.69, 0.75, 0.8, 0.85, 0.9]
FLAT = [0.5] * 10
HILL = [0.5, 0.6, 0.65, 0.64, 0.66, 0.66, 0.6, 0.5, 0.4, 0.3]


def val_loss(values):
    return [{"loss": 0.5, "val_loss": value} for value in values]


def val_accuracy(values):
    return [{"loss": 0.5, "accuracy": 0.9, "val_accuracy": value, "val_loss": 1.0} for value in values]


EARLY = [
    ("patience 0", {}, val_loss(VALLEY)), ("patience 1", {"patience": 1}, val_loss(VALLEY)),
    ("patience 2", {"patience": 2}, val_loss(VALLEY)), ("patience 3", {"patience": 3}, val_loss(VALLEY)),
    ("patience that is never used up", {"patience": 20, "restore_best_weights": True}, val_loss(VALLEY)),
    ("restored", {"patience": 2, "restore_best_weights": True}, val_loss(VALLEY)),
    ("not restored", {"patience": 2}, val_loss(VALLEY)),
    ("min_delta", {"patience": 2, "min_delta": 0.05, "restore_best_weights": True}, val_loss(VALLEY)),
    ("negative min_delta", {"patience": 1, "min_delta": -0.05}, val_loss(VALLEY)),
    ("constant", {"patience": 3, "restore_best_weights": True}, val_loss(FLAT)),
    ("accuracy, auto", {"monitor": "val_accuracy", "patience": 2, "restore_best_weights": True}, val_accuracy(HILL)),
    ("accuracy, max", {"monitor": "val_accuracy", "mode": "max", "patience": 1}, val_accuracy(HILL)),
    ("accuracy, min", {"monitor": "val_accuracy", "mode": "min", "patience": 1}, val_accuracy(HILL)),
    ("baseline not reached", {"baseline": 0.5, "patience": 3}, val_loss(VALLEY)),
    ("baseline reached", {"baseline": 0.75, "patience": 3}, val_loss(VALLEY)),
    ("baseline and restoring", {"baseline": 0.5, "patience": 4, "restore_best_weights": True}, val_loss(VALLEY)),
    ("start_from_epoch", {"start_from_epoch": 4, "patience": 1, "restore_best_weights": True}, val_loss(VALLEY)),
    ("start_from_epoch, patience 0", {"start_from_epoch": 2}, val_loss([3, 1, 2, 2.5, 1])),
    ("NaN in the middle", {"patience": 2}, val_loss([1, 0.9, NAN, 0.8, NAN, NAN, 0.5])),
    ("NaN in the first epoch", {"patience": 3}, val_loss([NAN, 0.9, 0.8, 0.7, 0.6])),
    ("missing value", {"patience": 1}, [{"loss": value} for value in VALLEY]),
    ("loss", {"monitor": "loss", "patience": 1}, [{"loss": value} for value in VALLEY]),
]
PLATEAU = [
    ("default", {}, val_loss(FLAT * 3)), ("patience 2", {"patience": 2}, val_loss(FLAT)),
    ("patience 1", {"patience": 1, "factor": 0.5}, val_loss(VALLEY)),
    ("patience 0", {"patience": 0, "factor": 0.5}, val_loss(VALLEY)),
    ("cooldown", {"patience": 2, "cooldown": 2}, val_loss(FLAT)),
    ("cooldown 1", {"patience": 1, "cooldown": 1, "factor": 0.5}, val_loss(VALLEY)),
    ("min_lr", {"patience": 1, "factor": 0.5, "min_lr": 0.02}, val_loss(FLAT)),
    ("min_delta", {"patience": 1, "factor": 0.5, "min_delta": 0.05}, val_loss(VALLEY)),
    ("small improvements", {"patience": 2, "factor": 0.5}, val_loss([1 - 0.00005 * i for i in range(10)])),
    ("accuracy", {"monitor": "val_accuracy", "patience": 1, "factor": 0.5}, val_accuracy(HILL)),
    ("accuracy, mode max", {"monitor": "val_accuracy", "mode": "max", "patience": 1, "factor": 0.5}, val_accuracy(HILL)),
    ("NaN", {"patience": 2, "factor": 0.5}, val_loss([1, NAN, 0.9, NAN, NAN, 0.5, 0.6])),
]
CHECKPOINT = [
    ("every epoch", {"filepath": "m.keras"}, val_loss(VALLEY)),
    ("formatted", {"filepath": "m-{epoch:02d}-{val_loss:.2f}.keras"}, val_loss(VALLEY)),
    ("best only", {"filepath": "m-{epoch}.keras", "save_best_only": True}, val_loss(VALLEY)),
    ("best accuracy", {"filepath": "m-{epoch:03d}-{val_accuracy:.3f}.keras", "monitor": "val_accuracy",
                       "save_best_only": True}, val_accuracy(HILL)),
    ("best loss, mode max", {"filepath": "m-{epoch}.keras", "mode": "max", "save_best_only": True}, val_loss(VALLEY)),
    ("threshold", {"filepath": "m-{epoch}.keras", "save_best_only": True, "initial_value_threshold": 0.75},
     val_loss(VALLEY)),
    ("weights only", {"filepath": "m-{epoch}.weights.h5", "save_weights_only": True}, val_loss(VALLEY[:3])),
    ("best, missing value", {"filepath": "m-{epoch}.keras", "save_best_only": True}, [{"loss": 1.0}, {"loss": 0.5}]),
    ("NaN", {"filepath": "m-{epoch}.keras", "save_best_only": True}, val_loss([1, NAN, 0.9, NAN, 0.8])),
    ("every 3 steps", {"filepath": "m-{epoch}-{batch}.keras", "save_freq": 3}, val_loss(VALLEY[:4])),
    ("every 5 steps of 4", {"filepath": "m-{epoch}-{batch}.keras", "save_freq": 5}, val_loss(VALLEY[:6])),
]
STEPS_PER_EPOCH = 4
CSV = [
    ("no validation", {}, [{"accuracy": 0.5, "loss": 1.25}, {"accuracy": 0.75, "loss": 0.125}]),
    ("validation", {}, [{"loss": 1.25, "val_loss": 2.5}, {"loss": 1e-5, "val_loss": 1234567.0}]),
    ("separator", {"separator": ";"}, [{"loss": 1.5, "val_loss": 2.5}]),
    ("missing later", {}, [{"loss": 1.5, "val_loss": 2.5}, {"loss": 0.5}]),
    ("learning rate", {}, [{"learning_rate": 0.5, "loss": 1.5, "val_loss": 2.5}]),
    ("not finite", {}, [{"loss": NAN, "val_loss": math.inf}, {"loss": 1.0, "val_loss": 2.0}]),
]


def dummy(rate=0.1):
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse", metrics=["accuracy"])
    model.train_on_batch(numpy.ones((2, 1)), numpy.ones((2, 1)))
    model.optimizer.learning_rate = rate
    return model


def feed(callback, model, logs, saved=None):
    """Calls the hooks as fit would. The weight is the epoch's number, from 0."""
    rates, history = [], []
    callback.set_params({"epochs": len(logs), "steps": STEPS_PER_EPOCH, "verbose": 0})
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin()
    for epoch, row in enumerate(logs):
        if saved is not None:
            saved.append([])
        callback.on_epoch_begin(epoch)
        rates.append(number(model.optimizer.learning_rate))
        for batch in range(STEPS_PER_EPOCH):
            callback.on_train_batch_begin(batch)
            callback.on_train_batch_end(batch, {"loss": row["loss"]})
        model.set_weights([numpy.full((1, 1), epoch, "float32")])
        callback.on_epoch_end(epoch, dict(row))
        history.append(epoch)
        if model.stop_training:
            break
    callback.on_train_end()
    return rates, len(history)


def json_logs(logs):
    return [{key: None if value != value else value for key, value in row.items()} for row in logs]


def quiet():
    return contextlib.redirect_stdout(io.StringIO())


def early(title, arguments, logs):
    model = dummy()
    callback = keras.callbacks.EarlyStopping(**arguments)
    with quiet():
        _, epochs = feed(callback, model, logs)
    expected = {"epochs_run": epochs, "stopped_epoch": callback.stopped_epoch if model.stop_training else None,
                "restored_epoch": int(model.get_weights()[0][0, 0])}
    return {"case": title, "arguments": arguments, "compile_metrics": ["accuracy"], "epochs": len(logs),
            "logs": json_logs(logs), "expected": expected}


def plateau(title, arguments, logs):
    model = dummy(0.1)
    callback = keras.callbacks.ReduceLROnPlateau(**arguments)
    with quiet():
        rates, _ = feed(callback, model, logs)
    return {"case": title, "arguments": arguments, "compile_metrics": ["accuracy"], "epochs": len(logs),
            "learning_rate": 0.1, "logs": json_logs(logs),
            "expected": {"learning_rates": rates, "learning_rate_after": number(model.optimizer.learning_rate)}}


def checkpoint(title, arguments, logs):
    model = dummy()
    saved = []
    record = lambda path, **options: saved[-1].append(os.path.basename(str(path)))
    model.save = record
    model.save_weights = record
    with tempfile.TemporaryDirectory() as folder, quiet():
        options = {**arguments, "filepath": os.path.join(folder, arguments["filepath"])}
        feed(keras.callbacks.ModelCheckpoint(**options), model, logs, saved)
    return {"case": title, "arguments": arguments, "compile_metrics": ["accuracy"], "epochs": len(logs),
            "steps_per_epoch": STEPS_PER_EPOCH, "logs": json_logs(logs), "expected": {"saved": saved}}


def csv(title, arguments, logs):
    model = dummy()
    with tempfile.TemporaryDirectory() as folder, quiet():
        path = os.path.join(folder, "log.csv")
        feed(keras.callbacks.CSVLogger(path, **arguments), model, logs)
        with open(path, newline="") as file:
            text = file.read()
    return {"case": title, "arguments": arguments, "epochs": len(logs), "logs": json_logs(logs),
            "expected": {"text": text}}


def terminate(title, losses):
    """The running loss after each batch, and the number of batches after which it stops."""
    model = dummy()
    callback = keras.callbacks.TerminateOnNaN()
    callback.set_model(model)
    model.stop_training = False
    count = 0
    with quiet():
        for batch, loss in enumerate(losses):
            callback.on_train_batch_end(batch, {"loss": loss})
            count += 1
            if model.stop_training:
                break
    words = [None if loss != loss else str(loss) if math.isinf(loss) else loss for loss in losses]
    return {"case": title, "arguments": {}, "batch_losses": words, "expected": {"batches_run": count}}


def make(book):
    book.add("callbacks", "early_stopping", {"class": "EarlyStopping", "cases": [early(*row) for row in EARLY]})
    book.add("callbacks", "reduce_lr_on_plateau",
             {"class": "ReduceLROnPlateau", "cases": [plateau(*row) for row in PLATEAU]})
    book.add("callbacks", "model_checkpoint",
             {"class": "ModelCheckpoint", "cases": [checkpoint(*row) for row in CHECKPOINT]})
    book.add("callbacks", "csv_logger", {"class": "CSVLogger", "cases": [csv(*row) for row in CSV]})
    book.add("callbacks", "terminate_on_nan", {"class": "TerminateOnNaN", "cases": [
        terminate("finite", [1.0, 2.0, 0.5]), terminate("NaN", [1.0, NAN, 0.5]),
        terminate("infinity", [1.0, 2.0, math.inf, 0.5])]})
