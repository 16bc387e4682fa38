"""What happened to requests and workers since the start."""

from __future__ import annotations

from msgspec import Struct


class Counts(Struct):
    """What happened since the start; health shows it."""

    answered: int = 0
    died: int = 0
    stopped: int = 0
    recycled: int = 0
    refused: int = 0
