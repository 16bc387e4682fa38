"""Turtle and TriG laid out in one way, comments kept, meaning untouched: the text behind `kgtool fmt`.

What is decided here: white space, indentation, at most one blank line, the order of a block of prefixes, superfluous
`;`. What the author decides: the order of statements and predicates, and which of them share a line (a date with its
bounds, say). Only what stands between tokens is replaced, so literals and comments come out to the letter.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from kgtool.turtle import Kind, Token, tokens

_STEP = 2
_CLOSING = {"]": "[", ")": "("}


class _Piece(Struct, frozen=True):
    """A token that is not white space, and how many line ends stood before it."""

    token: Token
    newlines: int

    def is_mark(self, *texts: str) -> bool:
        return self.token.kind is Kind.PUNCTUATION and self.token.text in texts


def layout(text: str) -> str:
    """The text in its one layout; idempotent. The text must be syntactically right.

    Lines end in LF, the file in one LF, a byte-order mark goes. Cost: linear, about 5 µs a token.
    """
    pieces = _without_superfluous(_pieces(tokens(text.removeprefix("\ufeff"))))
    printer = _Printer()
    for piece in _ordered(pieces):
        printer.put(piece)
    return "".join(printer.out) + "\n" if printer.out else ""


def _pieces(stream: Iterable[Token]) -> list[_Piece]:
    out: list[_Piece] = []
    newlines = 0
    for token in stream:
        if token.kind is Kind.SPACE:
            newlines = token.text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
        else:
            out.append(_Piece(token, newlines))
            newlines = 0
    return out


def _without_superfluous(pieces: list[_Piece]) -> list[_Piece]:
    """Without a `;` that another `;`, a `.`, `]` or `}` follows: it separates nothing."""
    out: list[_Piece] = []
    for piece in pieces:
        if piece.is_mark(";", ".", "]", "}"):
            last = next((i for i in range(len(out) - 1, -1, -1) if out[i].token.kind is not Kind.COMMENT), -1)
            if last >= 0 and out[last].is_mark(";"):
                del out[last]
        out.append(piece)
    return out


def _ordered(pieces: list[_Piece]) -> list[_Piece]:
    """Each block of prefix declarations sorted by prefix, unless one is declared twice or a comment is about one."""
    out: list[_Piece] = []
    position = 0
    while position < len(pieces):
        run, end = _block_at(pieces, position)
        names = {declaration[1].token.text for declaration in run}
        if len(names) == len(run) > 1 and sum(map(len, run)) == end - position:
            first = run[0][0].newlines
            run.sort(key=lambda declaration: declaration[1].token.text)
            for number, declaration in enumerate(run):
                out.append(_Piece(declaration[0].token, 1 if number else first))
                out += declaration[1:]
        else:
            end = max(end, position + 1)
            out += pieces[position:end]
        position = end
    return out


def _block_at(pieces: list[_Piece], start: int) -> tuple[list[list[_Piece]], int]:
    """The prefix declarations from a position on, and where they end; comments among them, or behind one, are no end."""
    run: list[list[_Piece]] = []
    end = at = start
    while at < len(pieces):
        width = _prefix_at(pieces, at)
        comment = pieces[at].token.kind is Kind.COMMENT and bool(run)
        if width:
            run.append(pieces[at : at + width])
        elif not comment:
            break
        at += width or 1
        if width or not pieces[at - 1].newlines:
            end = at
    return run, end


def _prefix_at(pieces: list[_Piece], start: int) -> int:
    """How many tokens the prefix declaration at a position has, 0 when there is none (or a comment inside)."""
    word = pieces[start].token if start < len(pieces) else None
    if word is None or word.text.lower() not in {"@prefix", "prefix"} or word.kind not in {Kind.AT, Kind.WORD}:
        return 0
    width = 4 if word.kind is Kind.AT else 3
    kinds = [piece.token.kind for piece in pieces[start + 1 : start + width]]
    return width if kinds[:2] == [Kind.PNAME, Kind.IRI] and Kind.COMMENT not in kinds else 0


class _Printer(Struct):
    """Pieces put one behind the other, each with the separator that its neighbours ask for."""

    out: list[str] = field(default_factory=list)
    brackets: list[str] = field(default_factory=list)
    graphs: int = 0
    fresh: bool = True  # the next token begins a statement
    left: int = -1  # tokens to the end of a SPARQL-style directive, which has no `.`
    last: _Piece | None = None

    def put(self, piece: _Piece) -> None:
        text = piece.token.text
        if piece.token.kind is Kind.COMMENT:
            self.out += [self._before_comment(piece), text.rstrip()]
            self.last = piece
            return
        if piece.is_mark("}"):
            self.graphs, self.fresh = max(self.graphs - 1, 0), True
        elif piece.is_mark("]", ")") and self.brackets:
            self.brackets.pop()
        self.out += [self._before(piece), text]
        self._after(piece)
        self.last = piece

    def _after(self, piece: _Piece) -> None:
        began, self.fresh = self.fresh, False
        word = piece.token.text.lower() if piece.token.kind is Kind.WORD else ""
        if began and word in {"prefix", "base"}:
            self.left = 2 if word == "prefix" else 1
        elif self.left > 0:
            self.left -= 1
        if piece.is_mark("[", "("):
            self.brackets.append(piece.token.text)
        elif piece.is_mark("{"):
            self.graphs += 1
        if piece.is_mark(".", "{", "}") or self.left == 0:
            self.fresh, self.left = True, -1
            self.brackets.clear()

    def _indent(self, extra: int = 0) -> str:
        inside = 0 if self.fresh else 1 + len(self.brackets)
        return " " * (_STEP * (self.graphs + inside + extra))

    def _line(self, piece: _Piece, extra: int = 0) -> str:
        """A new line; a blank one before it only between statements, where the author left one."""
        if self.last is None:
            return ""
        blank = self.fresh and piece.newlines > 1 and not self.last.is_mark("{") and not piece.is_mark("}")
        return ("\n\n" if blank else "\n") + self._indent(extra)

    def _before_comment(self, piece: _Piece) -> str:
        # A superfluous `;` may have stood between two comments, on the line of the second.
        if self.last is None or piece.newlines or self.last.token.kind is Kind.COMMENT:
            return self._line(piece)
        return "  "

    def _before(self, piece: _Piece) -> str:
        last = self.last
        if last is None or self.fresh or last.token.kind is Kind.COMMENT:
            return self._line(piece)
        if piece.is_mark("^^") or last.is_mark("^^") or (piece.token.kind is Kind.AT):
            return ""
        if piece.is_mark(";", ",", "."):
            return " "
        if piece.is_mark("]", ")"):
            if last.is_mark(_CLOSING[piece.token.text]):
                return ""
            return self._line(piece) if piece.newlines else " "
        breaks = last.is_mark(";", ",", "[", "(") or self.brackets[-1:] == ["("]
        if breaks and piece.newlines:
            return self._line(piece, 1 if last.is_mark(",") else 0)
        return " "
