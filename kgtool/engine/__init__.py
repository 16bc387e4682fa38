"""Where queries run: an embedded store now, behind one small interface."""

from kgtool.engine.store import Answer, EmbeddedStore, Solutions, Triples

__all__ = ["Answer", "EmbeddedStore", "Solutions", "Triples"]
