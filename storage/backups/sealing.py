"""Encrypting backups with age: whoever finds one without the key has found nothing."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from storage.errors import BackupRefused

_MAGIC = b"age-encryption.org/"
_INSTALL = "Encrypting needs the package pyrage: pip install 'passalong[backup]'."


def is_sealed(file: Path) -> bool:
    """Whether a file is encrypted."""
    with file.open("rb") as opened:
        return opened.read(len(_MAGIC)) == _MAGIC


def seal(plain: Path, sealed: Path, recipient: str) -> Path:
    """Encrypt a file for a public key, and return the new one.

    Raises:
        BackupRefused: it is no such key, or the package is missing.
    """
    pyrage = _import()
    pyrage.encrypt_file(str(plain), str(sealed), [_read_recipient(pyrage, recipient)])
    return sealed


def open_sealed(sealed: Path, plain: Path, identity: Path | None) -> Path:
    """Decrypt a file, and return the new one.

    Raises:
        BackupRefused: the identity is missing or another one, or the package is missing.
    """
    pyrage = _import()
    if identity is None or not identity.is_file():
        raise BackupRefused(f"{sealed} is encrypted. Give the file with the age identity: --identity key.txt")
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in _list_keys(identity)]
        pyrage.decrypt_file(str(sealed), str(plain), keys)
    except (pyrage.DecryptError, pyrage.IdentityError):
        raise BackupRefused(f"{sealed} cannot be decrypted with {identity}.") from None
    return plain


def _read_recipient(pyrage: ModuleType, recipient: str) -> object:
    try:
        return pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise BackupRefused("The key to encrypt backups for is no age public key, which begins with age1.") from None


def _list_keys(identity: Path) -> list[str]:
    lines = (line.strip() for line in identity.read_text("utf-8", "replace").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _import() -> ModuleType:
    try:
        import pyrage  # noqa: PLC0415  # optional, and only for this
    except ImportError:
        raise BackupRefused(_INSTALL) from None
    module: ModuleType = pyrage
    return module
