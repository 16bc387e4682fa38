"""HTTP over the rows below: a core that is a function from `Request` to `Response`, and the processes around it."""

from kgtool.serve.message import Request, Response

__all__ = ["Request", "Response"]
