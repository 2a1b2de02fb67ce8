#!/usr/bin/env python3
"""Small images of many kinds, and their pixels as Pillow reads them.

    pip install pillow numpy
    python tests/golden/images.py

Writes tests/golden/images/ and tests/golden/images.json: for each file the width, the height and the pixels
(row by row, red, green and blue) that Pillow 13.0.0 decodes, turned as its EXIF data says.
"""
import json
import pathlib

import numpy as np
from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).parent / "images"


def picture(width, height):
    """Smooth colours, different in each corner, so that JPEG changes little and a turn shows."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = 40 + 170 * x / (width - 1), 30 + 190 * y / (height - 1)
    return Image.fromarray(np.stack([red, green, 250 - red], axis=2).round().astype(np.uint8))


def main():
    FOLDER.mkdir(exist_ok=True)
    large = picture(37, 21)
    jpeg = dict(format="JPEG", quality=95)
    large.save(FOLDER / "baseline.jpg", **jpeg, subsampling=0)
    large.save(FOLDER / "subsampled.jpg", **jpeg, subsampling=2)
    large.save(FOLDER / "progressive.jpg", **jpeg, subsampling=0, progressive=True)
    large.save(FOLDER / "restart.jpg", **jpeg, subsampling=0, restart_marker_blocks=2)
    large.convert("L").save(FOLDER / "grey.jfif", **jpeg)
    large.convert("CMYK").save(FOLDER / "cmyk.jpe", **jpeg)
    large.quantize(16).save(FOLDER / "palette.png")
    grey = np.array(large.convert("L")).astype(np.uint16) * 257
    Image.fromarray(grey).save(FOLDER / "sixteen.png")
    frames = [large.quantize(16), ImageOps.invert(large).quantize(16)]
    frames[0].save(FOLDER / "animated.gif", save_all=True, append_images=frames[1:], duration=100)
    small = picture(16, 8)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        small.save(FOLDER / f"orientation-{orientation}.jpg", **jpeg, subsampling=0, exif=exif)
        small.save(FOLDER / f"orientation-{orientation}.png", exif=exif)
        small.save(FOLDER / f"orientation-{orientation}.webp", lossless=True, exif=exif)
        small.save(FOLDER / f"orientation-{orientation}.tiff", compression="tiff_lzw", tiffinfo={0x0112: orientation})

    pixels = {}
    for path in sorted(FOLDER.iterdir()):
        with Image.open(path) as image:
            if image.mode == "I;16":
                image = Image.fromarray((np.array(image) / 257).round().astype(np.uint8))
            image = ImageOps.exif_transpose(image).convert("RGB")
        pixels[path.name] = {"size": list(image.size), "pixels": np.array(image).flatten().tolist()}
    target = FOLDER.parent / "images.json"
    target.write_text("{\n" + ",\n".join(f'"{k}": {json.dumps(v, separators=(",", ":"))}' for k, v in pixels.items()) + "\n}\n")


if __name__ == "__main__":
    main()
