"""What a rule means: the page that `kgtool rule CODE` prints and the help that SARIF carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kgtool.catalog import Catalog, NamedQuery
from kgtool.lang import pick
from kgtool.rules import Rule, builtin_rules, query_examples

_WORDS = {
    "zh-Hant": {"why": "原因", "bad": "反例", "good": "正例", "fix": "作法", "file": "檔案", "query": "查詢"},
    "en": {"why": "Why", "bad": "Bad", "good": "Good", "fix": "Do", "file": "File", "query": "Query"},
}


def rules_of(catalog: Catalog | None) -> dict[str, Rule]:
    """Every rule by code: the program's own, then those of the catalog's check queries."""
    rules = dict(builtin_rules())
    for query in catalog.role("check") if catalog else ():
        if query.code:
            rules.setdefault(query.code, _of_query(query))
    return dict(sorted(rules.items()))


def _of_query(query: NamedQuery) -> Rule:
    examples = query_examples().get(query.name, {})
    return Rule(
        query.code, query.name, query.summary, query.description or query.summary, query.fix,
        example_bad=examples.get("example_bad", {}), example_good=examples.get("example_good", {}),
    )  # fmt: skip


def rule_page(rule: Rule, language: str, query: NamedQuery | None = None) -> Iterator[str]:
    """Lines of a rule's page: title, why, a bad and a good example, what to do.

    Args:
        query: the check query that the rule is of; without an example its own text says what it finds.
    """
    words = _WORDS[language]
    yield f"{rule.code} {rule.slug} ({pick(rule.family, language)})"
    yield pick(rule.title, language)
    yield ""
    yield f"{words['why']}: {pick(rule.why, language)}"
    bad, good = rule.lines(language)
    for word, line, files in ((words["bad"], bad, rule.example_bad), (words["good"], good, rule.example_good)):
        if line or files:
            yield f"{word}: {line}".rstrip()
        yield from _files(files, words)
    if query is not None and not rule.example_bad:
        yield f"{words['query']}:"
        yield from (f"    {line}".rstrip() for line in query.text.splitlines() if not line.startswith("#+"))
    yield f"{words['fix']}: {pick(rule.fix, language)}"
    if query is not None:
        yield f"{words['file']}: {query.file.name}"


def _files(files: Mapping[str, str], words: Mapping[str, str]) -> Iterator[str]:
    for name, text in files.items():
        yield f"    # {name}"
        yield from (f"    {line}".rstrip() for line in text.strip("\n").splitlines())
