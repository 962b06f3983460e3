"""The data sets that the command line knows."""

# Names of classes of d2lkit.data, which is loaded only when one is asked for.
DATA_SETS = {
    "digits": "Digits",
    "shapes": "Shapes",
    "mnist": "MNIST",
    "fashion-mnist": "FashionMNIST",
    "cifar10": "CIFAR10",
}
DOWNLOADED = ("mnist", "fashion-mnist", "cifar10")
AUGMENTATIONS = {
    "pad-crop": "PadCrop",
    "flip": "Flip",
    "colour-jitter": "ColourJitter",
    "cutout": "Cutout",
}


def open_data(name: str, *, size=None, batch_size=64, augment=(), root=None, seed=0, images=None):
    """Return a data set by its name.

    Args:
        name: a key of ``DATA_SETS``.
        size: height and width of the images in pixels; None takes the data set's own.
        batch_size: images in one training step.
        augment: keys of ``AUGMENTATIONS``.
        root: the folder of downloaded files; None means the cache.
        seed: settles order and augmentation.
        images: how many training images to draw, for shapes only.

    Raises:
        ValueError: for a setting that the data set does not take.
        DatasetError: if its files cannot be had.

    >>> open_data("digits", size=16)
    Digits: 1,197 train, 300 val, 300 test images of 1×16×16, 10 classes, in batches of 64
    """
    from d2lkit import data

    settings = {"batch_size": batch_size, "seed": seed}
    settings["augment"] = [getattr(data, AUGMENTATIONS[change])() for change in augment]
    if size is not None:
        settings["size"] = size
    if root is not None:
        if name not in DOWNLOADED:
            raise ValueError(f"--root is for {', '.join(DOWNLOADED)}, got it for {name}")
        settings["root"] = root
    if images is not None:
        if name != "shapes":
            raise ValueError(f"--images is for shapes, got it for {name}")
        settings["num_train"] = images
    return getattr(data, DATA_SETS[name])(**settings)
