"""HTTP/1.1 as bytes: requests read strictly, responses written plainly. No sockets here."""

from kgtool.serve.http.reader import Arrived, Bounds, Reader
from kgtool.serve.http.writer import KNOWN, Dated, head_bytes

__all__ = ["KNOWN", "Arrived", "Bounds", "Dated", "Reader", "head_bytes"]
