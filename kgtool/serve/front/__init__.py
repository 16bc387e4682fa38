"""The process that clients reach: sockets, bounds, cache, fairness, deadlines. It never runs a query or holds data."""

from kgtool.serve.front.server import Server

__all__ = ["Server"]
