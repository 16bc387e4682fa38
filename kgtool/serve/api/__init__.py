"""Named queries as an HTTP API: calls, their list and help, and their description in OpenAPI."""

from kgtool.serve.api.endpoint import Api
from kgtool.serve.api.listing import Queries
from kgtool.serve.api.openapi import OpenApi

__all__ = ["Api", "OpenApi", "Queries"]
