"""What a file is, told by its first bytes and never by its name; what is no picture is refused by what it is."""

import re

REMEDY = "give a JPEG, PNG, WebP, GIF, BMP or TIFF file"

# how the files begin that are read; WebP has its length in the middle
_BEGINNINGS = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "TIFF": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "BMP": (b"BM",),
}

# what people take for a picture, and what to do about it
_OTHERS = (
    (
        rb"....ftyp(heic|heix|hevc|heim|heis|mif1|msf1)",
        "a HEIC photo",
        "export it as JPEG; phones offer 'most compatible'",
    ),
    (rb"....ftypavi[fs]", "an AVIF picture", "save it as JPEG or PNG"),
    (rb"....ftyp|\x1a\x45\xdf\xa3", "a film", "save one picture of it as JPEG"),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL picture", "save it as JPEG or PNG"),
    (rb"\0\0\0\x0cjP  ", "a JPEG 2000 picture", "save it as JPEG or PNG"),
    (rb"%PDF", "a PDF document", "save its picture as PNG"),
    (rb"%!PS", "a PostScript program", "save it as PNG"),
    (rb"8BPS", "a Photoshop document", "export it as PNG"),
    (rb"PK\x03\x04", "a ZIP archive", "unpack it first"),
    (rb"\x1f\x8b", "a gzip archive", "unpack it first"),
    (rb"version https://git-lfs", "a pointer of Git LFS", "fetch the file itself with 'git lfs pull'"),
)

_LOOKED_AT = 100_000  # bytes: a drawing may begin with a long comment
_SCRIPT = re.compile(rb"<(\w+:)?script|javascript:|\son\w+\s*=|<foreignobject", re.IGNORECASE)
_DRAWING = re.compile(rb"<(\w+:)?svg[\s>]", re.IGNORECASE)
_PAGE = re.compile(rb"<!doctype html|<html|<head|<body", re.IGNORECASE)


def kind_of(content: bytes, name: str) -> str:
    """The format of a picture, as Pillow calls it.

    Args:
        content: of the file.
        name: of the file, for errors.

    Raises:
        ValueError: an empty file, or no picture of a format that is read; each with what it seems to be.

    >>> kind_of(b"GIF89a", "a file")
    'GIF'
    """
    if not content:
        raise ValueError(f"expected a picture in {name}, got 0 bytes; fetch or save the file again")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    for kind, beginnings in _BEGINNINGS.items():
        if content.startswith(beginnings):
            return kind
    what, remedy = _something_else(content)
    raise ValueError(f"expected a picture in {name}, got {what}; {remedy}")


def _something_else(content: bytes) -> tuple[str, str]:
    for pattern, what, remedy in _OTHERS:
        if re.match(pattern, content, re.DOTALL):
            return what, remedy
    markup = _as_markup(content[:_LOOKED_AT])
    if _DRAWING.search(markup) and not _PAGE.match(markup.lstrip()):
        # the script may stand anywhere; only its presence is told, the file is neither parsed nor drawn
        script = " with a script in it, which is never run" if _SCRIPT.search(_as_markup(content)) else ""
        return f"an SVG drawing{script}", "it has no pixels: save it as PNG"
    if _PAGE.search(markup):
        return "a web page (HTML)", "take the address of the picture itself, or save the picture from the page"
    return "something that is no picture", REMEDY


def _as_markup(content: bytes) -> bytes:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, in which some programs save drawings
        return content.decode("utf-16", errors="replace").encode()
    return content
