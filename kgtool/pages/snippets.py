"""A question asked on a page, as it is asked on the command line, over HTTP and from Python."""

from __future__ import annotations

from urllib.parse import quote


def snippets(name: str, params: tuple[tuple[str, str], ...], base: str) -> tuple[tuple[str, str], ...]:
    """The same question on the command line, over HTTP and from Python."""
    options = "".join(f" --param {key}={_quoted(value)}" for key, value in params)
    asked = "&".join(f"{quote(key)}={quote(value, safe='')}" for key, value in params)
    address = f"{base}/api/{name}" + ("?" + asked if asked else "")
    given = ", ".join(f"({key!r}, {value!r})" for key, value in params)
    python = (
        "import json, urllib.parse, urllib.request\n"
        f"asked = urllib.parse.urlencode([{given}])\n"
        f'request = urllib.request.Request("{base}/api/{name}?" + asked, headers={{"Accept": "application/json"}})\n'
        "rows = json.load(urllib.request.urlopen(request))"
    )
    return (
        ("CLI", f"kgtool query {name}{options}"),
        ("HTTP", f"curl -H 'Accept: text/csv' '{address}'"),
        ("Python", python),
    )


def _quoted(value: str) -> str:
    return value if value.replace(":", "").replace("-", "").isalnum() else "'" + value.replace("'", "'\\''") + "'"
