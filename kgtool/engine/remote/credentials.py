"""User and password of a remote: from the environment, else from netrc; never from the settings or an address.

For a remote `NAME` of the settings the variables are KGTOOL_REMOTE_<NAME>_USER and _PASSWORD (upper case, `-` as `_`), for
an address given on the command line KGTOOL_REMOTE_USER and KGTOOL_REMOTE_PASSWORD.
"""

from __future__ import annotations

import netrc
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kgtool.errors import UsageError, texts
from kgtool.project import Remote


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password; the password is in no repr."""

    user: str
    password: str = field(repr=False)


def credentials_of(remote: Remote, environ: Mapping[str, str]) -> Credentials | None:
    """Who to be at a remote; None where nothing says.

    Raises:
        UsageError: only one of user and password is set, or netrc does not parse.
    """
    stem = "KGTOOL_REMOTE_" + (remote.name.upper().replace("-", "_") + "_" if remote.name else "")
    user, password = environ.get(stem + "USER", ""), environ.get(stem + "PASSWORD", "")
    if user and password:
        return Credentials(user, password)
    if user or password:
        lacking = stem + ("PASSWORD" if user else "USER")
        raise _unusable(f"缺少 {lacking}", f"{lacking} is not set")
    return _from_netrc(remote, environ)


def _from_netrc(remote: Remote, environ: Mapping[str, str]) -> Credentials | None:
    home = environ.get("HOME", "")
    file = Path(environ.get("NETRC") or (Path(home) / ".netrc" if home else ""))
    if not file.is_file():
        return None
    try:
        found = netrc.netrc(str(file)).authenticators(urlsplit(remote.url).hostname or "")
    except (OSError, netrc.NetrcParseError, UnicodeDecodeError) as error:
        # The parser's own words may repeat a line, and so a password.
        raise _unusable(f"{file} 無法讀取", f"{file} cannot be read") from error
    return Credentials(found[0], found[2]) if found and found[2] else None


def _unusable(zh: str, en: str) -> UsageError:
    return UsageError(
        "E-REMOTE-CREDENTIALS",
        texts(zh=f"遠端引擎之帳號密碼有誤:{zh}。", en=f"user and password of the remote: {en}."),
        texts(zh="見 docs/remote.md。", en="See docs/remote.md."),
    )
