"""Ed25519 signatures over a package's list of digests. The only module that imports cryptography.

Source: RFC 8032 (Ed25519); RFC 8410 (keys in PKCS #8 and SubjectPublicKeyInfo).
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from kgtool.errors import UsageError, texts


class Signer:
    """A private key read from a PEM file (`openssl genpkey -algorithm ed25519`).

    Raises:
        UsageError: the file cannot be read or holds no Ed25519 key without a password.
    """

    def __init__(self, path: Path) -> None:
        key = _read(path, lambda data: load_pem_private_key(data, None))
        if not isinstance(key, Ed25519PrivateKey):
            raise _unusable(path)
        self._key = key

    @property
    def public(self) -> str:
        """The public key's 32 bytes in base64."""
        return base64.b64encode(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    def sign(self, message: bytes) -> bytes:
        """The signature in base64, with a LF."""
        return base64.b64encode(self._key.sign(message)) + b"\n"


def public_key(path: Path) -> str:
    """The public key of a PEM file, its 32 bytes in base64.

    Raises:
        UsageError: the file cannot be read or holds no Ed25519 public key.
    """
    key = _read(path, load_pem_public_key)
    if not isinstance(key, Ed25519PublicKey):
        raise _unusable(path)
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def is_signed(message: bytes, signature: bytes, public: str) -> bool:
    """Whether `signature` (as `Signer.sign` writes it, to the byte) is that key's over the message."""
    try:
        raw = base64.b64decode(signature.strip(), validate=True)
        if base64.b64encode(raw) + b"\n" != signature:
            return False
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True)).verify(raw, message)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _read(path: Path, load: object) -> object:
    try:
        return load(path.read_bytes())  # type: ignore[operator]
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(path) from error


def _unusable(path: Path) -> UsageError:
    return UsageError(
        "E-KEY",
        texts(zh=f"{path}:不是可用之 Ed25519 金鑰。", en=f"{path}: not a usable Ed25519 key."),
        texts(zh="私鑰:openssl genpkey -algorithm ed25519 -out key.pem;公鑰:openssl pkey -in key.pem -pubout。",
              en="Private: openssl genpkey -algorithm ed25519 -out key.pem; public: openssl pkey -in key.pem -pubout."),
    )  # fmt: skip
