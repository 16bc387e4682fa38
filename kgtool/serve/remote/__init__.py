"""In front of an engine elsewhere: pages, linked data and named queries over a graph that is not on this machine.

Workers stay without sockets. A broker, one process for each data version, may speak to the one address of the settings and
carries their questions (docs/decisions/0055); what a document needs is gathered by questions until it is whole (0056).
"""

from kgtool.serve.remote.app import RemoteApp, open_app

__all__ = ["RemoteApp", "open_app"]
