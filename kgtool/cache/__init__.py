"""Results of checks kept by everything that they depend on, so that a project that did not change is not checked again.

A result is found by the digest of its inputs and of nothing else: there is nothing to invalidate and nothing to trust. What
cannot be digested is not kept. The folder is the user's own and is never named by a project's settings: else a project
could bring a result of its own along.
"""

from kgtool.cache.found import Found, from_bytes, to_bytes
from kgtool.cache.key import digest_of, inputs_key
from kgtool.cache.store import Cache, cache_folder

__all__ = ["Cache", "Found", "cache_folder", "digest_of", "from_bytes", "inputs_key", "to_bytes"]
