"""What is wrong with a term by itself: its characters, its IRI, its language tag, its lexical form. Own code, no floats.

Pure functions from texts to `Remark`s; which statement has the term, and where, is the caller's matter.
"""

from kgtool.lexical.characters import characters, usual
from kgtool.lexical.chinese import chinese
from kgtool.lexical.iris import iri
from kgtool.lexical.prefixes import Declaration, prefixes
from kgtool.lexical.remark import Remark
from kgtool.lexical.tags import bare_chinese, language_tag, tag_case, tags_in
from kgtool.lexical.xsd import typed

__all__ = [
    "Declaration", "Remark", "bare_chinese", "characters", "chinese", "iri", "language_tag", "prefixes", "tag_case",
    "tags_in", "typed", "usual",
]  # fmt: skip
