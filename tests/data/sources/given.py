"""Small pictures, and folders and zips of them, as people bring them."""

import io
import zipfile
import zlib

from PIL import Image

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def picture(colour=RED, size=(40, 40), mode="RGB", kind="PNG", **options):
    file = io.BytesIO()
    image = Image.new(mode, size, colour)
    image.save(file, kind, **options)
    return file.getvalue()


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def folder(path, files):
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def heap(n, prefix="", colour=None):
    """n different pictures, which no other prefix has: prefix000.png, …"""
    own = zlib.crc32(prefix.encode()) % 200 + 50
    return {f"{prefix}{k:03}.png": picture(colour or (k % 256, k // 256, own)) for k in range(n)}


def colours(split):
    return split.images[:, :, 16, 16].tolist()


def notes(data):
    return " ".join(data.notes)
