"""Images of random bytes in CIFAR-10's layout, always the same ones."""
import random

NAMES = "airplane automobile bird cat deer dog frog horse ship truck"


def write_random_images(folder, n_train, n_test):
    """Writes `data/cifar-10-batches-bin/` into `folder` and returns the path of `data`."""
    source = random.Random(2026)
    target = folder / "data" / "cifar-10-batches-bin"
    target.mkdir(parents=True)
    for name, n in [("data_batch_1.bin", n_train), ("test_batch.bin", n_test)]:
        (target / name).write_bytes(b"".join(bytes([i % 10]) + source.randbytes(3072) for i in range(n)))
    (target / "batches.meta.txt").write_text(NAMES.replace(" ", "\n") + "\n")
    return folder / "data"
