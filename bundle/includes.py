"""`include-file://` and `include-base64://` values, resolved beside the file that holds them."""

from __future__ import annotations

import base64
from pathlib import Path

from . import problems, tree

_FILE, _BASE64 = "include-file://", "include-base64://"
_SECTIONS = {"applications": ("options", "annotations"), "machines": ("annotations",)}


def resolve(document: tree.Map, folder: Path, report: problems.Report) -> tree.Map:
    """Replaces the includes in options and annotations of one document.

    Args:
        document: a document that passed the shape check.
        folder: the folder of the file that the document stands in; relative paths start there.
        report: takes the errors.

    Returns:
        The document; `include-file` gives the file's text, `include-base64` the Base64 encoding of its bytes.
    """
    for section, fields in _SECTIONS.items():
        entries = document.map(section)
        for name, body in entries:
            if isinstance(body, tree.Map):
                entries = entries.put(name, _body(body, fields, folder, report), entries.where(name))
        if entries.entries:
            document = document.put(section, entries, document.where(section))
    return document


def _body(body: tree.Map, fields: tuple[str, ...], folder: Path, report: problems.Report) -> tree.Map:
    for field in fields:
        values = body.map(field)
        for key, node in values:
            if isinstance(node, tree.Scalar) and node.text.startswith((_FILE, _BASE64)):
                values = values.put(key, _include(node, values.where(key), folder, report), values.where(key))
        if values.entries:
            body = body.put(field, values, body.where(field))
    return body


def _include(node: tree.Scalar, place: problems.Place, folder: Path, report: problems.Report) -> tree.Scalar:
    encode = node.text.startswith(_BASE64)
    path = folder / Path(node.text.removeprefix(_BASE64 if encode else _FILE)).expanduser()
    text = ""
    try:
        text = base64.b64encode(path.read_bytes()).decode() if encode else path.read_text(encoding="utf-8")
    except FileNotFoundError:
        report.error(place, f'resolving include "{node.text}": include file not found: {path}; paths start at {folder}')
    except IsADirectoryError:
        report.error(place, f'resolving include "{node.text}": {path} is a folder; name a file in it')
    except UnicodeDecodeError:
        report.error(place, f'resolving include "{node.text}": {path} is not UTF-8 text; use {_BASE64}')
    except OSError as error:
        report.error(place, f'resolving include "{node.text}": cannot read {path}: {error.strerror}')
    return tree.Scalar(value=text, text=text, place=node.place, plain=False, verbatim=True)
