"""`report` makes the page, `save` puts it on the disk: whole or not at all, and over nothing that is there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from cam_course._checks import nearest
from cam_course.images import fit
from cam_course.report.findings import findings
from cam_course.report.networks import Subject, brought
from cam_course.report.page import page
from cam_course.report.photograph import photograph


def report(
    model: object,
    source: object,
    *,
    to: object = None,
    categories: Sequence[str] | None = None,
    methods: Iterable[str] | None = None,
    target: int | str | None = None,
    layer: str | nn.Module | None = None,
    steps: int = 20,
    online: bool = False,
    progress: bool | None = None,
) -> str:
    """One picture, what a network says of it, and where each method says that it looked: a page to keep.

    Args:
        model: a network that gives logits of at least two classes; or a `weights.Pretrained`, or a name, as of
            `report.named`, of which ``package.module:function`` runs code.
        source: the picture, as `images.read` takes it.
        to: a side in pixels or a transform, as of `images.fit`; by default what belongs to the network, and 224 for a
            module of yours.
        categories: names of the classes, in their order; by default what belongs to the network.
        methods: names out of `METHODS`; all by default.
        target: the class to explain, by number or name; the predicted one by default.
        layer: as for `explain`.
        steps: of deletion and insertion, which run the network twice as often for every map; 0 leaves them out.
        online: whether an address of a picture may be fetched.
        progress: whether to show a bar; None shows it after two seconds.

    Returns:
        HTML of at most 3 MB, which loads nothing and runs nothing.

    Raises:
        ValueError: a picture that cannot be read; a network that cannot be explained by any method, or that the
            picture does not fit; names that are not as many as classes; an unknown class, method or name.
        TypeError: arguments of another type.
        OSError: a file or weights that cannot be had.
    """
    subject, photo = brought(model, to=to, categories=categories), photograph(source, online=online)
    fitted = fit(photo.picture, subject.to)
    image = _as_the_model_takes(subject.model, fitted.image)
    how = {"methods": methods, "layer": layer, "steps": steps, "progress": progress}
    found = findings(subject.model, image, target=_number(target, subject), names=subject.categories, **how)
    return page(photo, fitted, subject, found)


def save(html: str, out: str | os.PathLike, *, force: bool = False) -> Path:
    """Write a page.

    Args:
        html: of `report`.
        out: the file, in a folder that is there; its name ends in .html.
        force: replace a file that is there.

    Returns:
        The file.

    Raises:
        FileExistsError: it is there already; it stays as it is.
        FileNotFoundError: no such folder.
        ValueError: another ending.
        OSError: it cannot be written; nothing is left of it.
    """
    file = free(out, force=force)
    # a name that nobody guesses, made here or not at all: a link laid in wait in a shared folder is not followed
    part = file.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("x", encoding="utf-8") as stream:
            stream.write(html)
        if force:
            part.replace(file)
        else:
            _put(part, file)
    finally:
        part.unlink(missing_ok=True)
    return file


def free(out: str | os.PathLike, *, force: bool = False) -> Path:
    """A file that may be written, asked before the work begins.

    Raises:
        FileExistsError, FileNotFoundError, ValueError: as `save`.
    """
    file = Path(out)
    if file.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"expected a file whose name ends in .html, got {file.name!r}; add it")
    if not file.parent.is_dir():
        raise FileNotFoundError(f"expected a folder at {str(file.parent)!r}, got none; make it first")
    if file.is_dir() or (os.path.lexists(file) and not force):
        raise _taken(file)
    return file


def _taken(file: Path) -> FileExistsError:
    what = "a folder" if file.is_dir() else "a file"
    return FileExistsError(f"expected no file at {str(file)!r}, got {what}; take another name, or --force for a file")


def _put(part: Path, file: Path) -> None:
    try:
        os.link(part, file)  # in one step, which fails where somebody was quicker
    except FileExistsError as error:
        raise _taken(file) from error
    except OSError:  # a disk without links
        if os.path.lexists(file):
            raise _taken(file) from None
        part.replace(file)


def _as_the_model_takes(model: nn.Module, image: Tensor) -> Tensor:
    like = next((parameter for parameter in model.parameters() if parameter.is_floating_point()), torch.zeros(1))
    return image.to(device=like.device, dtype=like.dtype)


def _number(target: int | str | None, subject: Subject) -> int | None:
    if not isinstance(target, str):
        return target
    if target.isdecimal() and target not in subject.categories:
        return int(target)
    if not subject.categories:
        raise ValueError(f"expected the number of a class, got {target!r}; the network's classes have no names")
    if target not in subject.categories:
        raise ValueError(nearest(target, subject.categories, kind="class"))
    return subject.categories.index(target)
