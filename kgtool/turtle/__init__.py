"""Our own reading of Turtle's text, token by token with offsets: for places and for formatting, never for meaning."""

from kgtool.turtle.blocks import Blocks
from kgtool.turtle.keys import literal_key, unescape
from kgtool.turtle.statements import Statement, statements
from kgtool.turtle.tokens import Kind, Lines, Token, tokens

__all__ = ["Blocks", "Kind", "Lines", "Statement", "Token", "literal_key", "statements", "tokens", "unescape"]
