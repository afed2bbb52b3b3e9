"""Pictures of all kinds and the numbers that Keras makes of them; needs TensorFlow and Pillow.

    python tests/golden/images/make.py pictures        the pictures: tests/golden/images/pictures/CLASS/...
    python tests/golden/images/make.py numbers         tests/golden/images/NAME.npy, out of the pictures

The numbers are from keras.utils.image_dataset_from_directory, without shuffling.
"""
import os
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
PICTURES = os.path.join(FOLDER, "pictures")
SIZE = (7, 9)
CASES = [("rgb", False, "bilinear"), ("rgb", True, "bilinear"), ("rgb", False, "nearest"),
         ("grayscale", False, "bilinear"), ("grayscale", True, "nearest")]


def make_pictures():
    import numpy
    from PIL import Image
    numbers = numpy.random.default_rng(1)

    def smooth(height, width, channels):
        small = numbers.integers(0, 256, (max(2, height // 5), max(2, width // 5), channels)).astype("uint8")
        return Image.fromarray(small if channels > 1 else small[..., 0]).resize((width, height), Image.BICUBIC)

    def save(name, picture, **options):
        path = os.path.join(PICTURES, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        picture.save(path, **options)

    turned = Image.Exif()
    turned[0x112] = 6
    save("Lily/rgb.png", smooth(12, 20, 3))
    save("Lily/grey.png", smooth(21, 9, 1))
    save("Lily/alpha.PNG", smooth(10, 10, 4))
    save("Lily/palette.png", smooth(16, 11, 3).quantize(16))
    save("Lily/two_bits.png", smooth(13, 13, 3).quantize(4), bits=2)
    save("Lily/transparent.png", smooth(9, 14, 3).quantize(16), transparency=3)
    save("Lily/one_bit.png", smooth(15, 10, 1).convert("1"))
    save("Lily/deep.png", Image.fromarray(numbers.integers(0, 65536, (8, 12)).astype("uint16")))
    save("aster/exact.png", smooth(7, 9, 3))
    save("aster/grey_alpha.png", smooth(11, 12, 1).convert("LA"))
    save("aster/inner/plain.jpg", smooth(24, 18, 3), quality=90)
    save("aster/inner/progressive.jpeg", smooth(17, 23, 3), quality=75, subsampling=0, progressive=True)
    save("aster/inner/grey.JPG", smooth(20, 20, 1), quality=80)
    save("aster/turned.jpg", smooth(12, 31, 3), quality=85, exif=turned)
    save("inks/cmyk.jpg", smooth(18, 14, 4).convert("CMYK"), quality=90)


def make_numbers():
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    import numpy

    for color, crop, interpolation in CASES:
        classes = ["Lily", "aster", "inks"] if color == "rgb" else ["Lily", "aster"]
        data = keras.utils.image_dataset_from_directory(
            PICTURES, class_names=classes, color_mode=color, image_size=SIZE, crop_to_aspect_ratio=crop,
            interpolation=interpolation, batch_size=None, shuffle=False, verbose=False)
        images = numpy.stack([image.numpy() for image, _ in data])
        labels = numpy.array([label.numpy() for _, label in data])
        name = f"{color}_{'crop_' if crop else ''}{interpolation}"
        numpy.save(os.path.join(FOLDER, name + ".npy"), images)
        numpy.save(os.path.join(FOLDER, name + "_labels.npy"), labels)
        print(name, images.shape, images.dtype)
    for subset in ["training", "validation"]:
        data = keras.utils.image_dataset_from_directory(PICTURES, image_size=SIZE, validation_split=0.3,
                                                        subset=subset, seed=123, batch_size=None, verbose=False)
        with open(os.path.join(FOLDER, subset + ".txt"), "w") as file:
            file.writelines(os.path.relpath(path, PICTURES) + "\n" for path in data.file_paths)


if __name__ == "__main__":
    make_pictures() if sys.argv[1:] == ["pictures"] else make_numbers()
