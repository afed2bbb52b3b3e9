"""schedules/: the rate at many steps."""
import keras

from common import number

SCHEDULES = {
    "ExponentialDecay": [
        ("default", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
        ("staircase", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True})],
    "InverseTimeDecay": [
        ("default", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
        ("staircase", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True})],
    "PiecewiseConstantDecay": [
        ("two boundaries", {"boundaries": [10, 25], "values": [1.0, 0.5, 0.1]}),
        ("one boundary", {"boundaries": [3], "values": [0.3, 0.7]}),
        ("forty boundaries", {"boundaries": list(range(1, 41)), "values": [0.5 / (i + 1) for i in range(41)]})],
    "PolynomialDecay": [
        ("default", {"initial_learning_rate": 0.1, "decay_steps": 20}),
        ("power, end", {"initial_learning_rate": 0.1, "decay_steps": 20, "end_learning_rate": 0.01, "power": 2.0}),
        ("square root", {"initial_learning_rate": 0.1, "decay_steps": 20, "end_learning_rate": 0.01, "power": 0.5}),
        ("cycle", {"initial_learning_rate": 0.1, "decay_steps": 8, "end_learning_rate": 0.01, "cycle": True})],
    "CosineDecay": [
        ("default", {"initial_learning_rate": 0.1, "decay_steps": 30}),
        ("alpha", {"initial_learning_rate": 0.1, "decay_steps": 30, "alpha": 0.2}),
        ("warm-up", {"initial_learning_rate": 0.01, "decay_steps": 30, "warmup_target": 0.2, "warmup_steps": 7}),
        ("warm-up, alpha", {"initial_learning_rate": 0.0, "decay_steps": 12, "alpha": 0.1, "warmup_target": 0.2,
                            "warmup_steps": 7}),
        ("warm-up steps without a target", {"initial_learning_rate": 0.1, "decay_steps": 30, "warmup_steps": 7})],
    "CosineDecayRestarts": [
        ("default", {"initial_learning_rate": 0.1, "first_decay_steps": 7}),
        ("equal periods", {"initial_learning_rate": 0.1, "first_decay_steps": 6, "t_mul": 1.0}),
        ("multiplied, alpha", {"initial_learning_rate": 0.1, "first_decay_steps": 6, "t_mul": 1.5, "m_mul": 0.8,
                               "alpha": 0.1})],
}
STEPS = [*range(0, 45), 60, 100, 1000]


def case(class_name, title, arguments):
    schedule = getattr(keras.optimizers.schedules, class_name)(**arguments)
    steps = STEPS
    if class_name == "CosineDecayRestarts":
        steps = [step for step in STEPS if not on_restart(schedule, step)]
    return {"case": title, "arguments": arguments, "steps": steps,
            "values": [number(schedule(step)) for step in steps]}


def on_restart(schedule, step):
    """Rounding decides on which side of a restart such a step falls."""
    period, begin = float(schedule.first_decay_steps), 0.0
    while begin < step - 1e-3:
        begin += period
        period *= schedule._t_mul
    return step > 0 and abs(begin - step) < 1e-3


def make(book):
    for class_name, rows in SCHEDULES.items():
        book.add("schedules", keras.src.utils.naming.to_snake_case(class_name),
                 {"class": class_name, "cases": [case(class_name, *row) for row in rows]})
