"""The file `.env`: what stands in it, and what is wrong with it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path


class EnvFileMistake(Exception):
    """The file cannot be read as what it should be: says why, and what would be right."""

    def __init__(self, path: Path, why: str, right: str) -> None:
        super().__init__(f"{path} {why}. {right}")


def read_env_file(path: Path | None) -> dict[str, str]:
    """All names of the file with their values; none where there is no file.

    Raises:
        EnvFileMistake: it is not UTF-8 text with a NAME=value on each line, or may not be read.
    """
    if path is None or not _is_meant(path):
        return {}
    from dotenv.parser import parse_stream  # noqa: PLC0415 -- only where there is a file

    values = {}
    for binding in parse_stream(StringIO(_decode(path))):
        if binding.error:
            said, line = binding.original.string, binding.original.line
            line += said.count("\n", 0, len(said) - len(said.lstrip()))
            raise EnvFileMistake(path, f"has no NAME=value on line {line}", "Correct it")
        if binding.key is not None:
            values[binding.key] = binding.value or ""
    return values


def _is_meant(path: Path) -> bool:
    """Whether something is there that is to be the file; a folder in which there is something is a virtual environment."""
    if path.is_dir():
        return not any(path.iterdir())
    return path.exists() or path.is_symlink()


def _decode(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except IsADirectoryError:
        raise EnvFileMistake(
            path, "is an empty folder", "Put a file there: docker makes a folder where it finds none"
        ) from None
    except FileNotFoundError:
        raise EnvFileMistake(
            path, "leads to a file that is not there", "Take the link away, or make the file"
        ) from None
    except OSError as error:
        raise EnvFileMistake(path, f"cannot be read ({error.strerror})", "Let the bot's user read it") from None
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise EnvFileMistake(path, "is not UTF-8 text", "Save it again with the encoding UTF-8")
    return text
