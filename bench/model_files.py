"""Loading and saving a model of 100 MB beside Keras: seconds and peak memory of a fresh process, and their ratio.
   bench/model_files.py [HONE_COMMAND]      (default build/release/hone; run by the Python of scripts/venv.sh)
One run each. Hone's loading is `hone summary`, Keras's is load_model after the imports; saving is the difference
to loading alone: `hone convert`, and model.save. Prints a table in Markdown."""
import os
import subprocess
import sys
import tempfile
import time

RUNS = 1
MAKE = """
import keras, numpy
model = keras.Sequential([keras.Input((1024,)), keras.layers.Dense(5120, "relu"), keras.layers.Dense(3840, "relu"), keras.layers.Dense(100)])
model.save(PATH)
"""
LOAD = """
import time, resource
import keras
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
model = keras.saving.load_model(PATH)
loaded = time.perf_counter()
if SAVE:
    model.save(SAVE)
print(loaded - start, time.perf_counter() - loaded, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def keras(program, path, save=None):
    """What the program prints, as numbers."""
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    text = subprocess.run([sys.executable, "-c", f"PATH, SAVE = {path!r}, {save!r}\n{program}"], env=environment, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return [float(number) for number in text.split()]


def hone(*arguments):
    """Seconds, and the peak memory of the process in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(arguments)}: status {status}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def least(runs):  # of RUNS
    return [min(numbers) for numbers in zip(*runs)]


def main():
    command = sys.argv[1] if len(sys.argv) > 1 else "build/release/hone"
    with tempfile.TemporaryDirectory() as folder:
        model, saved = os.path.join(folder, "m.keras"), os.path.join(folder, "s.keras")
        keras(MAKE, model)
        size = os.path.getsize(model) / 1e6
        load, save, memory = least(keras(LOAD, model, saved) for _ in range(RUNS))
        hone_load, hone_memory = least(hone(command, "summary", model) for _ in range(RUNS))
        both, both_memory = least(hone(command, "convert", model, saved) for _ in range(RUNS))
        tensors, tensors_memory = least(hone(command, "convert", model, os.path.join(folder, "s.safetensors")) for _ in range(RUNS))
    print(f"A model of {size:.0f} MB | Hone | Keras on JAX | ratio\n--- | --- | --- | ---")
    print(f"load, s | {hone_load:.2f} | {load:.2f} | {load / hone_load:.1f}")
    print(f"save, s | {both - hone_load:.2f} | {save:.2f} | {save / max(both - hone_load, 1e-3):.1f}")
    print(f"save as .safetensors, s | {tensors - hone_load:.2f} | |")
    print(f"peak memory of loading and saving, MB | {both_memory:.0f} | {memory:.0f} | {memory / both_memory:.1f}")
    print(f"peak memory of loading alone, MB | {hone_memory:.0f} | |")
    print(f"peak memory with .safetensors, MB | {tensors_memory:.0f} | |")


if __name__ == "__main__":
    main()
