"""Every rule has a page in both languages with a bad and a good example, and the examples are run: the bad one has that
finding and no other, the good one has none."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import ROOT, Ran

from kgtool.catalog import load_catalog
from kgtool.project import open_project
from kgtool.report.rulepages import rule_page, rules_of
from kgtool.rules import FAMILIES, Rule, builtin_rules, query_examples
from kgtool.terms import WELL_KNOWN

BASE = "https://example.org/harbour/id/"
KINDS = {
    "gov": "government", "place": "place", "body": "organisation", "per": "person", "post": "post", "ten": "tenure",
    "tie": "tie", "agr": "agreement", "evt": "event", "part": "participation", "clm": "claim", "sta": "status",
    "nam": "name", "cit": "citation", "src": "source",
}  # fmt: skip
PREFIXES = {prefix: f"{BASE}{kind}/" for prefix, kind in KINDS.items()}
TURTLE = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in sorted({**WELL_KNOWN, **PREFIXES}.items()))
SETTINGS = 'as-of = "2031-12-31"\nsources = "sources"\n'
# Rules whose situation is more than texts: a link, other bytes, a source with its digest. Built below.
BUILT = frozenset({"KG002", "KG003", "KG008", "KG401", "KG402", "KG403"})
# Rules about an ontology as a whole: test_profile.py and test_hygiene.py run a pair of projects for each of them.
ELSEWHERE = frozenset(f"KG{number}" for number in (*range(110, 118), *range(120, 145)))
WITHOUT = sorted(code for code, rule in builtin_rules().items() if not rule.example_bad)
WITH = sorted(builtin_rules().keys() - set(WITHOUT))
CATALOG = load_catalog(open_project(ROOT, {}, {}))
ALL = rules_of(CATALOG)
MAKE = Callable[..., Path]
RUN = Callable[..., Ran]


@pytest.fixture
def codes(make_project: MAKE, kgtool: RUN) -> Callable[..., set[str]]:
    """The codes that a project of these files is found with."""

    def run(files: Mapping[str, str | bytes]) -> set[str]:
        given = str(files.get("kgtool.toml", ""))
        settings = SETTINGS + given + "\n"
        if "prefixes" not in tomllib.loads(given):  # an example that has its own prefixes is whole as it stands
            files = {
                name: TURTLE + text if name.endswith(".ttl") and isinstance(text, str) else text
                for name, text in files.items()
            }
            settings += "[prefixes]\n" + "".join(f'{prefix} = "{iri}"\n' for prefix, iri in PREFIXES.items())
        folder = make_project(files)
        (folder / "kgtool.toml").write_text(settings, encoding="utf-8")
        return found(kgtool("check", folder, "--format", "json"))

    return run


def found(ran: Ran) -> set[str]:
    assert ran.status in {0, 1}, ran.err
    return {row["rule"] for row in json.loads(ran.out)["findings"]}


# ---------- examples


def test_the_rules_without_a_runnable_example_are_the_known_ones() -> None:
    assert set(WITHOUT) == BUILT | ELSEWHERE


@pytest.mark.parametrize("code", WITH)
def test_the_bad_example_has_that_finding_only(codes: Callable[..., set[str]], code: str) -> None:
    assert codes(builtin_rules()[code].example_bad) == {code}


@pytest.mark.parametrize("code", WITH)
def test_the_good_example_has_no_finding(codes: Callable[..., set[str]], code: str) -> None:
    assert codes(builtin_rules()[code].example_good) == set()


def queries() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "queries" / "check").glob("*.rq"))}


OF_QUERIES = {query.code: query.name for query in CATALOG.role("check") if query.code}


def test_every_check_query_that_ships_has_examples_and_none_is_left_over() -> None:
    assert set(query_examples()) == set(queries())
    assert set(OF_QUERIES.values()) == set(queries())


@pytest.mark.parametrize("code", sorted(OF_QUERIES))
def test_the_examples_of_a_check_query_differ_by_its_finding_only(codes: Callable[..., set[str]], code: str) -> None:
    """All check queries run over the example; whether a fragment is complete (labels, evidence) is not asked here."""
    rule = ALL[code]
    rq = {f"queries/check/{name}.rq": text for name, text in queries().items()}
    judged = set(OF_QUERIES) | {"KG001", "KG301", "KG302", "KG303"}
    assert codes({**rule.example_bad, **rq}) & judged == {code}
    assert codes({**rule.example_good, **rq}) & judged == set()


# ---------- rules that need more than texts


def test_kg002_a_link_that_leaves_its_folder(make_project: MAKE, kgtool: RUN) -> None:
    folder = make_project({"data/a.ttl": "", "elsewhere/b.ttl": ""})
    assert found(kgtool("check", folder, "--format", "json")) == set()
    (folder / "data" / "b.ttl").symlink_to(folder / "elsewhere" / "b.ttl")
    assert found(kgtool("check", folder, "--format", "json")) == {"KG002"}


def test_kg003_the_same_text_in_two_encodings(codes: Callable[..., set[str]]) -> None:
    text = TURTLE + 'gov:harbour skos:prefLabel "港灣市政府"@zh-Hant , "Harbour City Government"@en .\n'
    assert "KG003" in codes({"data/a.ttl": text.encode("big5")})
    assert "KG003" not in codes({"data/a.ttl": text.encode("utf-8")})


REPORT = "Guests came in May.\nThey left in June.\n"


def cited(text: str, words: str, digest_of: str) -> str:
    """A source with a passage of these words; `digest_of` is what the passage's digest is of."""
    start = text.index(words)
    end = start + len(words)
    lines = "\n".join(f"{len(line)} {digest(line)}" for line in text.split("\n"))
    return (
        f'src:report a cd:Source ; cd:fileName "report.txt" ; cd:codePoints {len(text)} ; cd:sha256 "{digest(text)}" ;\n'
        f'  cd:lineDigests """{lines}""" .\n'
        f"<{BASE}passage/report/{start}-{end}> a cd:Passage ; oa:hasSource src:report ;\n"
        f'  oa:hasSelector [ oa:start {start} ; oa:end {end} ] ; cd:sha256 "{digest(digest_of)}" .\n'
    )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("at_hand", "digest_of", "expected"),
    [
        pytest.param(REPORT, "in June", set(), id="good"),
        pytest.param(
            REPORT.replace("Guests", "Visitors"), "in June", {"KG401", "KG402"}, id="KG402: words before it changed"
        ),
        pytest.param(REPORT + "More.\n", "in June", {"KG401"}, id="KG401: a line was added"),
        pytest.param(REPORT, "in July", {"KG403"}, id="KG403: the digest is of other words"),
        pytest.param(REPORT.replace("June", "July"), "in June", {"KG401", "KG403"}, id="KG403: the words are gone"),
    ],
)
def test_kg401_to_kg403_the_source_beside_its_record(
    codes: Callable[..., set[str]], at_hand: str, digest_of: str, expected: set[str]
) -> None:
    record = cited(REPORT, "in June", digest_of)
    assert codes({"data/report.ttl": record, "sources/report.txt": at_hand}) == expected


# ---------- pages


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
@pytest.mark.parametrize("code", sorted(ALL))
def test_every_page_says_why_gives_examples_and_what_to_do(code: str, language: str) -> None:
    rule = ALL[code]
    assert all(rule.title[tag] and rule.why[tag] and rule.fix[tag] for tag in ("en", "zh-Hant")), code
    page = "\n".join(rule_page(rule, language, CATALOG.queries.get(rule.slug)))
    words = ("Why: ", "Bad:", "Good:", "Do: ") if language == "en" else ("原因: ", "反例:", "正例:", "作法: ")
    for word in words:
        assert word in page
    assert rule.why[language] in page
    assert rule.fix[language] in page
    assert code[2] in FAMILIES


# Words in a row that no code has.
ENGLISH = re.compile(
    r"(?<![\w\"'#:<@])[a-z]+ (?:is|on|at|of|as|the|no|and|with|by|for|saved|has|to|in|before|without) [a-z]+"
)


@pytest.mark.parametrize("code", sorted(builtin_rules()))
def test_an_example_that_takes_words_takes_them_in_the_language_of_the_page(code: str) -> None:
    rule = builtin_rules()[code]
    told = [line for line in rule_page(rule, "zh-Hant") if line.startswith(("反例:", "正例:"))]
    assert told == [f"反例: {rule.lines('zh-Hant')[0]}", f"正例: {rule.lines('zh-Hant')[1]}"]
    assert not any(ENGLISH.search(line) for line in told), told
    for line in (rule.bad, rule.good):
        assert isinstance(line, str) or {"en", "zh-Hant"} == set(line)
        assert line


def test_the_command_prints_a_page_with_its_examples(kgtool: RUN) -> None:
    ran = kgtool("rule", "kg201", "--lang", "en")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("KG201 shape (shapes)\nThe data does not have the required shape\n\nWhy: ")
    assert "\nBad: tie:harbour a cd:Tie ; cd:party gov:harbour .\n    # shapes/tie.ttl\n" in ran.out


def test_a_check_query_has_a_page_too(kgtool: RUN) -> None:
    ran = kgtool("rule", "KG241", "--lang", "en", cwd=ROOT)
    assert "\nBad:\n    # data/example.ttl\n    ten:mira-mayor cd:holder per:mira" in ran.out
    assert ran.out.endswith(
        "Do: Name a tenure whose holder is the participant.\nFile: queries/check/capacity-of-another-person.rq\n"
    )


def test_outside_of_a_project_it_is_said_where_the_rules_of_check_queries_are(kgtool: RUN, tmp_path: Path) -> None:
    ran = kgtool("rule", "KG613", "--lang", "en", cwd=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.endswith("`kgtool rule` lists them all; in a project, those of its check queries too.\n")
    assert kgtool("rule", "KG613", cwd=ROOT).status == 0


def test_the_page_of_an_own_check_query_shows_what_it_finds(make_project: MAKE, kgtool: RUN) -> None:
    query = (
        '#+ summary: {en: "Own guest", zh-Hant: "自訪"}\n#+ code: KG901\n#+ fix: {en: "Look.", zh-Hant: "請看。"}\n'
        "SELECT ?focus WHERE { ?focus cd:host ?c ; cd:visitor ?c }\n"
    )
    ran = kgtool("rule", "KG901", "--lang", "en", "--project", make_project({"queries/check/own-guest.rq": query}))
    assert ran.status == 0
    assert (
        "Query:\n    SELECT ?focus WHERE { ?focus cd:host ?c ; cd:visitor ?c }\nDo: Look.\nFile: queries/check/own-guest.rq\n"
        in ran.out
    )


def test_all_rules_are_listed_by_code(kgtool: RUN) -> None:
    lines = kgtool("rule", "--lang", "en", cwd=ROOT).out.splitlines()
    assert lines == [f"{code}  {rule.title['en']}" for code, rule in sorted(ALL.items())]
    assert kgtool("rule", "KG000", "--lang", "en").status == 2


def test_a_rule_is_equal_to_itself_with_and_without_examples() -> None:
    rule = Rule("KG001", "s", {}, {}, {})
    assert rule == Rule("KG001", "s", {}, {}, {}, example_bad={"a": "b"})
