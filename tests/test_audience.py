"""Who may see what: what hides, what goes with it, what stays, and that a project without rules hides nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, WANGJIN, Ran

from kgtool.errors import KgError
from kgtool.formats import Audience
from kgtool.project import open_project
from kgtool.snapshot import Snapshot, open_snapshot

NOW = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
EX = "https://example.org/isle/"
PREFIXES = f"""@prefix cd: <https://w3id.org/city-diplomacy/ns#> .
@prefix ex: <{EX}> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
SETTINGS = f'model = "city-diplomacy"\n[prefixes]\nex = "{EX}"\n'
Make = Callable[..., Path]


def seen(
    make: Make, data: str, audience: Audience = Audience.PARTNER, rules: str = "", **files: str
) -> tuple[str, Snapshot]:
    """What an audience sees of the data of a project: the quads as text, and the snapshot."""
    texts = {f"data/{name.replace('__', '/')}.ttl": PREFIXES + text for name, text in files.items()}
    folder = make({"data/a.ttl": PREFIXES + data, **texts}, SETTINGS + rules)
    snapshot = open_snapshot(open_project(folder, {}, {}), NOW, audience=audience)
    data_quads = (quad for quad in snapshot.stated if "urn:kgtool:model:" not in str(quad.graph_name))
    return "\n".join(str(quad) for quad in data_quads), snapshot


@pytest.mark.parametrize("project", [ROOT, WANGJIN], ids=["real", "wangjin"])
def test_a_project_without_rules_shows_everything_to_everybody(project: Path) -> None:
    public, internal = (
        open_snapshot(open_project(project, {}, {}), NOW, audience=audience)
        for audience in (Audience.PUBLIC, Audience.INTERNAL)
    )
    assert public.stated == internal.stated
    assert public.shapes == internal.shapes
    assert public.version == internal.version
    assert public.catalog == internal.catalog


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("public", "public partner internal"),
        ("partner", "partner internal"),
        ("internal", "internal"),
        ("secrt", "internal"),
    ],
)
def test_a_mark_hides_a_resource_from_those_further_out_and_an_unknown_mark_hides_most(
    make_project: Make, value: str, shown: str
) -> None:
    data = f'ex:a a cd:Organisation ; skos:prefLabel "A"@en ; cd:audience "{value}" .'
    visible = [str(level) for level in Audience if EX + "a" in seen(make_project, data, level)[0]]
    assert " ".join(visible) == shown


def test_marks_themselves_are_only_for_those_inside(make_project: Make) -> None:
    data = 'ex:a a cd:Organisation ; cd:audience "public" .'
    assert "ns#audience" not in seen(make_project, data)[0]
    assert "ns#audience" in seen(make_project, data, Audience.INTERNAL)[0]


def test_statements_that_name_a_hidden_resource_go_and_the_place_that_made_them_stays(make_project: Make) -> None:
    data = """ex:secret a schema:City ; cd:audience "internal" .
    ex:here a schema:City ; skos:prefLabel "Here"@en ; schema:containedInPlace ex:secret ."""
    text, _ = seen(make_project, data)
    assert "secret" not in text
    assert '"Here"@en' in text


@pytest.mark.parametrize(
    "record",
    [
        'ex:r a cd:Name ; cd:nameOf ex:secret ; cd:asWritten "WORDS"@en .',
        'ex:r a cd:StatusAssertion ; cd:about ex:secret ; cd:summary "WORDS"@en .',
        'ex:r a cd:Tenure ; cd:holder ex:secret ; cd:started "WORDS" .',
        'ex:r a cd:Visit ; cd:host ex:secret ; skos:prefLabel "WORDS"@en .',
        "ex:m a cd:Participation ; cd:event ex:v ; cd:role ex:WORDS . ex:v a cd:Visit ; cd:visitor ex:secret .",
        'ex:here ex:detail [ cd:about ex:secret ; rdfs:label "WORDS" ] .',
        'ex:here ex:list ( "WORDS" ex:secret "more" ) .',
        'ex:s a cd:Source . ex:r a cd:Passage ; oa:hasSource ex:s ; cd:summary "WORDS"@en . ex:secret cd:evidence ex:r .',
        'ex:s a cd:Source ; cd:fileName "WORDS" . ex:r a cd:Citation ; cd:source ex:s . ex:secret cd:evidence ex:r .',
        'ex:secret ex:detail [ rdfs:label "WORDS" ; ex:more [ rdfs:label "WORDS" ] ] .',
    ],
)
def test_what_is_only_there_for_a_hidden_resource_is_hidden_with_it(make_project: Make, record: str) -> None:
    data = f'ex:secret a cd:Organisation ; cd:audience "internal" . ex:here a schema:City ; skos:prefLabel "Here"@en . {record}'
    text, _ = seen(make_project, data)
    assert "WORDS" not in text
    assert "secret" not in text
    assert '"Here"@en' in text
    assert "WORDS" in seen(make_project, data, Audience.INTERNAL)[0]


def test_evidence_that_something_visible_has_too_stays_and_its_sources_digests_go(make_project: Make) -> None:
    data = """ex:secret a cd:Organisation ; cd:audience "internal" ; cd:evidence ex:p1 , ex:p2 .
    ex:here a schema:City ; cd:evidence ex:p1 .
    ex:s a cd:Source ; cd:fileName "report.txt" ; cd:sha256 "DIGEST" ; cd:lineDigests "DIGESTS" .
    ex:p1 a cd:Passage ; oa:hasSource ex:s ; cd:summary "One"@en . ex:p2 a cd:Passage ; oa:hasSource ex:s ; cd:summary "Two"@en ."""
    text, _ = seen(make_project, data)
    assert '"One"@en' in text
    assert "report.txt" in text
    assert '"Two"@en' not in text
    assert "DIGEST" not in text


def test_a_folder_is_internal_as_a_whole_and_what_only_it_describes_is_named_nowhere(make_project: Make) -> None:
    data = 'ex:here a schema:City ; skos:prefLabel "Here"@en ; ex:plans ex:plan .'
    rules = '[audiences.folders]\n"data/inside" = "internal"\n'
    dossier = 'ex:plan a cd:Agreement ; skos:prefLabel "Plan"@en . ex:here ex:note "a remark" .'
    text, snapshot = seen(make_project, data, rules=rules, inside__plan=dossier)
    assert "plan" not in text.lower()
    assert "remark" not in text
    assert '"Here"@en' in text
    assert "inside" not in repr(snapshot.project.settings)


def test_the_longest_folder_that_fits_decides(make_project: Make) -> None:
    rules = '[audiences.folders]\n"data/inside" = "internal"\n"data/inside/out" = "public"\n'
    text, _ = seen(make_project, "", rules=rules, inside__a="ex:a ex:b ex:c .", inside__out__b="ex:d ex:e ex:f .")
    assert EX + "a" not in text
    assert EX + "d" in text


def test_a_marked_graph_is_hidden_as_a_whole(make_project: Make) -> None:
    data = '<urn:kgtool:graph:data/a.ttl> cd:audience "internal" . ex:a a cd:Organisation .'
    assert seen(make_project, data)[0] == ""


def test_an_allow_list_of_classes_shows_them_and_their_subclasses_only(make_project: Make) -> None:
    data = """ex:v a cd:Visit , ex:Odd ; cd:host ex:o . ex:o a cd:Organisation . ex:n ex:untyped "no class" .
    ex:v schema:sameAs <https://example.net/v> . ex:w a cd:Name ; cd:nameOf ex:o ; cd:asWritten "O"@en ."""
    text, _ = seen(make_project, data, rules='[audiences.partner]\nclasses = ["cd:Event"]\n')
    assert sorted(line.removesuffix(" <urn:kgtool:graph:data/a.ttl>") for line in text.splitlines()) == [
        f"<{EX}v> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/city-diplomacy/ns#Visit>",
        f"<{EX}v> <https://schema.org/sameAs> <https://example.net/v>",
    ]


def test_an_allow_list_of_properties_holds_for_what_is_inferred_too(make_project: Make) -> None:
    data = 'ex:b a cd:PublicBody ; skos:prefLabel "B"@en ; skos:altLabel "C"@en ; cd:organOf ex:g . ex:g a cd:LocalGovernment .'
    text, snapshot = seen(
        make_project, data, rules='[audiences.partner]\nproperties = ["skos:prefLabel", "cd:organOf"]\n'
    )
    assert '"B"@en' in text
    assert '"C"@en' not in text
    about = {t.predicate.value for t in snapshot.inferred if str(t.subject) == f"<{EX}b>"}
    assert about <= {"http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}
    free = seen(make_project, data)[1].inferred
    assert {t.predicate.value for t in free if str(t.subject) == f"<{EX}b>"} > about


def test_personal_data_is_limited_to_what_the_policy_allows(make_project: Make) -> None:
    data = """ex:p a cd:Person ; skos:prefLabel "P"@en ; skos:altLabel "Q"@en ; ex:birthday "1970-01-01" .
    ex:t a cd:Tenure ; cd:holder ex:p ; cd:started "2020" . ex:m a cd:Participation ; cd:participant ex:p .
    ex:n a cd:Participation ; cd:participant ex:unknown ."""
    text, _ = seen(make_project, data, rules='[audiences.partner]\npersons = ["skos:prefLabel", "cd:holder"]\n')
    assert '"P"@en' in text
    assert "holder" in text
    assert all(word not in text for word in ('"Q"@en', "birthday", "#participant", "unknown"))


@pytest.mark.parametrize("deny", ["ex:o", "cd:Organisation", "cd:Body", "cd:host"])
def test_what_is_denied_is_not_there(make_project: Make, deny: str) -> None:
    data = "ex:v a cd:Visit ; cd:host ex:o . ex:o a cd:Organisation . ex:here a schema:City ."
    text, _ = seen(make_project, data, rules=f'[audiences.partner]\ndeny = ["{deny}"]\n')
    assert "ns#host" not in text
    assert EX + "here" in text
    assert (EX + "o>" in text) == (deny == "cd:host")


def test_a_rule_for_one_audience_leaves_the_others_alone(make_project: Make) -> None:
    rules = '[audiences.public]\ndeny = ["ex:o"]\n'
    assert EX in seen(make_project, "ex:o a cd:Organisation .", rules=rules)[0]
    assert EX not in seen(make_project, "ex:o a cd:Organisation .", Audience.PUBLIC, rules)[0]


QUERY = """#+ summary: {{en: Q, zh-Hant: 問}}
#+ params: {{city: {{type: iri, required: true, example: "{example}"}}}}
#+ tests:
#+   - {{params: {{city: "ex:open"}}, empty: true}}
#+   - {{params: {{city: "ex:secret"}}, min_rows: 1}}
PREFIX x: <https://example.org/isle/>
SELECT ?x WHERE {{ ?x ?city {term} }}
"""


@pytest.mark.parametrize(
    ("example", "term", "kept", "shown"),
    [
        ("ex:open", "x:open", True, "ex:open"),
        ("ex:secret", "x:open", True, None),
        ("Hidden Isle", "x:open", True, None),
        ("ex:open", "x:secret", False, ""),
        ("ex:open", "<https://example.org/isle/secret>", False, ""),
        ("ex:open", "<https://example.org/isle/\\u0073ecret>", False, ""),
        ("ex:open", '"Hidden Isle"', False, ""),
    ],
)
def test_a_query_that_names_something_hidden_is_left_out_and_an_example_that_does_is_taken_out(
    make_project: Make, example: str, term: str, kept: bool, shown: str | None
) -> None:
    files = {
        "data/a.ttl": PREFIXES
        + 'ex:secret a cd:Organisation ; skos:prefLabel "Hidden Isle"@en ; cd:audience "internal" .',
        "queries/ask/q.rq": QUERY.format(example=example, term=term),
    }
    presets = '[presets.p]\nquery = "q"\nparams = { city = "ex:secret" }\n[presets.o]\nquery = "q"\nparams = { city = "ex:open" }\n'
    snapshot = open_snapshot(
        open_project(make_project(files, SETTINGS + presets), {}, {}), NOW, audience=Audience.PARTNER
    )
    query = snapshot.catalog.queries.get("q")
    assert (query is not None) == kept
    assert [*snapshot.project.presets] == ["o"]
    if query is not None:
        assert query.params["city"].example == shown
        assert len(query.tests) == 1
        assert "secret" not in query.text
        assert "Hidden" not in query.text
        assert query.text.count("\n") == files["queries/ask/q.rq"].count("\n")


def test_a_shape_that_names_something_hidden_is_hidden_and_its_neighbour_stays(make_project: Make) -> None:
    files = {
        "data/a.ttl": PREFIXES + 'ex:secret a owl:Class ; cd:audience "internal" . ex:a a ex:secret .',
        "shapes/s.ttl": PREFIXES
        + """ex:S a sh:NodeShape ; sh:targetClass ex:secret ; sh:property ex:P .
            ex:P a sh:PropertyShape ; sh:path ex:p ; sh:class ex:open .
            ex:T a sh:NodeShape ; sh:targetClass ex:open ; sh:property ex:P , [ sh:path ex:q ; sh:class ex:secret ] .
            ex:U a sh:NodeShape ; sh:targetClass ex:open ; sh:message "See ex:secret." .""",
    }
    snapshot = open_snapshot(
        open_project(make_project(files, f'[prefixes]\nex = "{EX}"\n'), {}, {}), NOW, audience=Audience.PARTNER
    )
    text = "\n".join(str(quad) for quad in snapshot.shapes)
    assert "secret" not in text
    assert all(f"<{EX}{name}>" in text for name in "PT")
    assert all(f"<{EX}{name}>" not in text for name in ("S", "U", "q"))


def test_the_version_says_nothing_about_what_is_hidden(make_project: Make) -> None:
    data = "ex:here a schema:City ; cd:evidence ex:c . ex:c a cd:Citation ."
    one, two = (
        seen(
            make_project, f'{data} ex:secret a cd:Organisation ; skos:prefLabel "{label}"@en ; cd:audience "internal" .'
        )[1]
        for label in "AB"
    )
    assert one.version == two.version


def test_a_name_without_a_known_prefix_stops_the_program(make_project: Make) -> None:
    with pytest.raises(KgError, match="nix:a"):
        seen(make_project, "", rules='[audiences.partner]\ndeny = ["nix:a"]\n')


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("[audiences.everyone]\ndeny = []\n", "unknown key 'everyone'"),
        ("[audiences.internal]\ndeny = []\n", "unknown key 'internal'"),
        ("[audiences.public]\nhide = []\n", "unknown key 'hide'"),
        ('[audiences.public]\ndeny = "ex:a"\n', "must be a list of strings"),
        ('[audiences.folders]\n"data" = "nobody"\n', "write one of public, partner, internal"),
        ('[audiences.folders]\n"../x" = "internal"\n', "a folder or file of the project"),
    ],
)
def test_a_wrong_rule_is_an_error_that_names_it(
    make_project: Make, kgtool: Callable[..., Ran], rules: str, said: str
) -> None:
    folder = make_project({}, rules)
    ran = kgtool("config", "--project", folder, "--lang", "en")
    assert ran.status == 2
    assert "E-CONFIG-VALUE" in ran.err
    assert said in ran.err
