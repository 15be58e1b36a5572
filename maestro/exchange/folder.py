"""A workspace as a folder of files: what a repository keeps."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from maestro.errors import InvalidInput

from .document import Document, as_text, read_text

SECTIONS = ("agents", "scores")


def write_folder(folder: Path, files: dict[str, Document]) -> list[Path]:
    """Write the files; those below it that no longer have a counterpart, to be deleted or not."""
    for name, document in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_text(document.content()), encoding="utf-8")
    written, parts = {folder / name for name in files}, [folder / part for part in SECTIONS]
    return [path for path in _files(filter(Path.is_dir, parts)) if path not in written]


def read_paths(paths: Iterable[Path]) -> Document:
    """Files, and those in folders, as one document. InvalidInput names the file at fault."""
    documents = [_read(path) for path in _files(paths)]
    return Document(
        agents=[agent for one in documents for agent in one.agents],
        scores=[score for one in documents for score in one.scores],
        orchestras=[orchestra for one in documents for orchestra in one.orchestras],
    )


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.yaml"))
        else:
            yield path


def _read(path: Path) -> Document:
    try:
        return read_text(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise InvalidInput(f"{path} cannot be read: {fault}") from None
    except InvalidInput as refusal:
        raise InvalidInput(f"{path}: {refusal.message}", **refusal.details) from None
