"""Our own reading of Turtle's text, token by token with offsets: for places and for formatting, never for meaning."""

from kgtool.turtle.statements import Statement, literal_key, statements
from kgtool.turtle.tokens import Kind, Lines, Token, tokens

__all__ = ["Kind", "Lines", "Statement", "Token", "literal_key", "statements", "tokens"]
