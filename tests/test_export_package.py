"""A package is whole or not there, the same everywhere, and whoever changes a byte of it is found out."""

from __future__ import annotations

import base64
import csv
import datetime
import hashlib
import io
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from conftest import ROOT, WANGJIN, Ran, needs, run_process
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from csvw import TableGroup

from kgtool.export.manifest import MANIFEST, SIGNATURE, BadManifestError, Entry, digests_text, read_digests
from kgtool.export.package import export
from kgtool.export.signature import Signer
from kgtool.export.verify import What, verify
from kgtool.export.xlsx import spreadsheet
from kgtool.project import open_project

Tool = Callable[..., Ran]
FULL = bool(os.environ.get("KGTOOL_FULL"))
KILLS = 200 if FULL else 20
NOW = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
PROFILES = """
[exports.all]
formats = ["ttl", "nt", "trig", "rdfxml", "jsonld", "csv", "xlsx", "geojson", "ics", "schemaorg"]
statements = "inferred"

[exports.partner]
resources = "neighbourhood"
formats = ["ttl", "xlsx"]
languages = ["en", "zh-Hant", "ja"]
audience = "partner"

[exports.sisters]
resources = "sister-city-of"
params = { asOf = "2021-12-31" }
formats = ["ttl"]

[exports.bulk]
formats = ["nq"]
bulk = true
"""


def copy_of_wangjin(folder: Path) -> Path:
    target = folder / "wangjin"
    shutil.copytree(WANGJIN, target)
    config = target / "kgtool.toml"
    config.write_text(config.read_text(encoding="utf-8") + PROFILES, encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_wangjin(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private key; its public half lies beside it."""
    folder = tmp_path_factory.mktemp("keys")
    made = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    (folder / "key.pem").write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "key.pub").write_bytes(made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return folder / "key.pem"


@pytest.fixture(scope="module")
def package(project: Path, key: Path) -> Path:
    """Everything in every format, signed."""
    return export(open_project(project, {}, {}), NOW, "all", target=project / "out" / "all", signer=Signer(key)).target


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


# ---------- what is in it


def test_it_is_checked_without_kgtool(package: Path) -> None:
    done = subprocess.run(["sha256sum", "-c", "--strict", MANIFEST], cwd=package, capture_output=True, check=False)
    assert done.returncode == 0
    listed = {line.rpartition(": ")[0] for line in done.stdout.decode().splitlines()}
    assert listed | {MANIFEST, SIGNATURE} == set(tree(package))


def test_it_says_what_it_is_and_where_from(package: Path) -> None:
    about = json.loads((package / "manifest.json").read_bytes())
    assert about["check"] | {"infos": 0} == {
        "run": True,
        "findings-allowed": False,
        "errors": 0,
        "warnings": 0,
        "infos": 0,
        "as-of": "2021-12-31",
    }
    assert about["dataset"]["rdfc-1.0"]
    assert (
        hashlib.sha256(
            b"".join(line + b"\n" for line in sorted(set((package / "data.nq").read_bytes().split(b"\n")[:-1])))
        ).hexdigest()
        == about["dataset"]["rdfc-1.0"]
    )
    assert {"README.md", "catalogue.ttl", "provenance.ttl", "ontology.ttl", "shapes.ttl"} <= set(tree(package))


def test_nothing_is_wrong_with_a_fresh_package(package: Path, key: Path, kgtool: Tool) -> None:
    for options in ((), ("--key", key.with_suffix(".pub"))):
        ran = kgtool("verify", package, *options, "--lang", "en")
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.endswith("nothing wrong\n")


@pytest.mark.parametrize(("language", "words"), [("en", "Checking it"), ("zh-Hant", "查驗"), ("ja", "検証")])
def test_the_readme_is_in_the_partners_language(language: str, words: str, tmp_path: Path) -> None:
    folder = copy_of_wangjin(tmp_path)
    config = folder / "kgtool.toml"
    config.write_text(config.read_text().replace('["en", "zh-Hant", "ja"]', f'["{language}", "zh-Hant", "en"]'))
    done = export(open_project(folder, {}, {}), NOW, "partner", city="kazamisaki")
    assert done.target == folder / "exports" / "partner-kazamisaki"
    assert words in (done.target / "README.md").read_text(encoding="utf-8")


def test_a_build_query_makes_a_package_of_its_triples(project: Path, tmp_path: Path) -> None:
    done = export(open_project(project, {}, {}), NOW, "sisters", target=tmp_path / "p")
    assert done.quads > 0
    assert all(b"sisterCityOf" in line for line in (done.target / "data.nq").read_bytes().splitlines())
    assert verify(done.target).faults == ()


def test_what_was_renamed_or_withdrawn_is_named(tmp_path: Path, kgtool: Tool) -> None:
    folder = copy_of_wangjin(tmp_path)
    graves = """@prefix dct: <http://purl.org/dc/terms/> . @prefix gov: <https://example.org/wangjin/id/government/> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> . gov:old owl:deprecated true ; dct:isReplacedBy gov:kazamisaki . gov:gone owl:deprecated true ."""
    (folder / "data" / "graves.ttl").write_text(graves, encoding="utf-8")
    done = export(open_project(folder, {}, {}), NOW, "all", allow_findings=True)
    base = "https://example.org/wangjin/id/government/"
    about = json.loads((done.target / "manifest.json").read_bytes())
    assert about["tombstones"] == [
        {"iri": base + "gone", "replaced-by": None},
        {"iri": base + "old", "replaced-by": base + "kazamisaki"},
    ]
    assert f"<{base}old> → <{base}kazamisaki>" in (done.target / "README.md").read_text(encoding="utf-8")
    near = export(open_project(folder, {}, {}), NOW, "partner", city="kazamisaki", allow_findings=True)
    assert [stone["iri"] for stone in json.loads((near.target / "manifest.json").read_bytes())["tombstones"]] == [
        base + "old"
    ]


# ---------- refusals


def test_a_graph_with_errors_is_refused_and_a_package_of_it_says_so(tmp_path: Path, kgtool: Tool) -> None:
    folder = copy_of_wangjin(tmp_path)
    (folder / "data" / "bad.ttl").write_text(
        '<https://example.org/x> <https://w3id.org/city-diplomacy/ns#when> "soon" .\n'
    )
    ran = kgtool("export", "all", "--project", folder, "--lang", "en")
    assert (ran.status, ran.out) == (2, "")
    assert "E-EXPORT-FINDINGS" in ran.err
    assert not (folder / "exports").exists()
    assert kgtool("export", "all", "--project", folder, "--allow-findings").status == 0
    about = json.loads((folder / "exports" / "all" / "manifest.json").read_bytes())
    assert about["check"]["errors"] > 0
    assert about["check"]["findings-allowed"] is True
    assert "--allow-findings" in (folder / "exports" / "all" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nothing",), "E-EXPORT-PROFILE"), (("partner",), "E-EXPORT-FOR"), (("all", "--for", "kazamisaki"), "E-EXPORT-FOR"),
        (("partner", "--for", "atlantis"), "E-EXPORT-CITY"), (("bulk",), "E-EXPORT-FINDINGS"), (("all", "--sign", "/nowhere"), "E-KEY"),
    ],
)  # fmt: skip
def test_what_cannot_be_exported_is_said(
    project: Path, kgtool: Tool, arguments: tuple[str, ...], code: str, tmp_path: Path
) -> None:
    ran = kgtool("export", *arguments, "--project", project, "--output", tmp_path / "p")
    assert ran.status == 2
    assert code in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_package_is_never_replaced(project: Path, kgtool: Tool, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    ran = kgtool("export", "all", "--project", project, "--output", tmp_path / "mine")
    assert (ran.status, "E-EXPORT-TARGET" in ran.err) == (2, True)
    assert tree(tmp_path) == {"mine/letter.txt": b"dear"}


# ---------- the same everywhere

DIFFERENT = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C", "umask": "022"},
    {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "umask": "077"},
]


def test_the_same_commit_gives_the_same_bytes_whatever_the_machine(tmp_path: Path) -> None:
    """Other hash seed, time zone, locale, umask, folder, and files made in another order on the disk, years apart."""
    made = []
    for number, env in enumerate(DIFFERENT):
        folder = copy_of_wangjin(tmp_path / str(number)) if number == 0 else _shuffled(tmp_path / str(number))
        _commit(folder)
        script = (
            f"umask {env['umask']} && exec {sys.executable} -m kgtool export all --project {folder} --output {folder}/p"
        )
        done = subprocess.run(
            ["sh", "-c", script],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        made.append(folder / "p")
    one, other = (tree(folder) for folder in made)
    assert {name for name in one if one[name] != other.get(name)} == set()
    assert set(one) == set(other)
    modes = [{path.name: path.stat().st_mode for path in folder.rglob("*")} for folder in made]
    assert modes[0] == modes[1]
    assert json.loads(one["manifest.json"])["commit"]["modified"] is False


def _shuffled(folder: Path) -> Path:
    source = copy_of_wangjin(folder / "first")
    target = folder / "second"
    files = [path for path in source.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: hashlib.sha256(path.name.encode()).digest()):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return target


def _commit(folder: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    env |= {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "n"), ("EMAIL", "e@example.org"), ("DATE", "2022-03-04T05:06:07+08:00"))
    }
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "m")):
        subprocess.run(["git", *command], cwd=folder, env=env, check=True)


def test_a_package_is_of_the_day_of_its_commit(tmp_path: Path) -> None:
    folder = copy_of_wangjin(tmp_path)
    config = folder / "kgtool.toml"
    config.write_text(config.read_text().replace('as-of = "2021-12-31"\n', ""))
    _commit(folder)
    done = export(open_project(folder, {}, {}), NOW, "all", target=tmp_path / "p", allow_findings=True)
    assert json.loads((done.target / "manifest.json").read_bytes())["date"] == "2022-03-04"


def test_blank_nodes_of_other_names_and_statements_in_another_order_give_the_same_digest(
    make_project: Callable[..., Path],
) -> None:
    found = []
    for name, text in (
        ("one", '_:a <urn:p> _:b . _:b <urn:q> "x" . _:c <urn:p> _:a .'),
        ("two", '_:z <urn:p> _:a . _:b <urn:q> "x" . _:a <urn:p> _:b .'),
    ):
        folder = make_project({"data/d.ttl": text}, '[exports.e]\nformats = ["nt"]\n', name)
        found.append(export(open_project(folder, {}, {}), NOW, "e", allow_findings=True))
    assert found[0].digest == found[1].digest
    assert (found[0].target / "data.nq").read_bytes() == (found[1].target / "data.nq").read_bytes()


# ---------- whoever changes something is found out


def spoilt(package: Path, folder: Path) -> Path:
    target = folder / "spoilt"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(package, target)
    return target


def test_a_changed_byte_anywhere_is_found(package: Path, tmp_path: Path) -> None:
    """One byte in every file, at the start, the end and a random place; every byte of the list and of its signature."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    copy = spoilt(package, tmp_path)
    for name, content in tree(package).items():
        every = name in {MANIFEST, SIGNATURE} and FULL
        places = (
            range(len(content))
            if every
            else {
                0,
                len(content) - 1,
                *(chance.randrange(len(content)) for _ in range(8 if name in {MANIFEST, SIGNATURE} else 1)),
            }
        )
        for place in places:
            changed = bytearray(content)
            changed[place] ^= 1 << chance.randrange(8)
            (copy / name).write_bytes(changed)
            assert verify(copy).faults, (name, place)
        (copy / name).write_bytes(content)


def test_a_file_that_is_missing_added_shortened_or_swapped_is_found(package: Path, tmp_path: Path) -> None:
    for spoil, what in (
        (lambda copy: (copy / "data.ttl").unlink(), What.MISSING),
        (lambda copy: (copy / "extra.txt").write_text("x"), What.EXTRA),
        (lambda copy: (copy / "data.ttl").write_bytes((copy / "data.ttl").read_bytes()[:-1]), What.DIGEST),
        (
            lambda copy: (
                (copy / "data.ttl").rename(copy / "x"),
                (copy / "data.nt").rename(copy / "data.ttl"),
                (copy / "x").rename(copy / "data.nt"),
            ),
            What.DIGEST,
        ),
        (lambda copy: ((copy / "data.ttl").unlink(), (copy / "data.ttl").symlink_to(package / "data.ttl")), What.NAME),
        (lambda copy: ((copy / "data.ttl").unlink(), os.mkfifo(copy / "data.ttl")), What.NAME),
        (lambda copy: (copy / SIGNATURE).unlink(), What.SIGNATURE),
    ):
        copy = spoilt(package, tmp_path)
        spoil(copy)
        assert what in {fault.what for fault in verify(copy).faults}


def resealed(copy: Path) -> None:
    """The list of digests rewritten to fit what is there, as whoever changed it would."""
    names = [name for name in tree(copy) if name not in {MANIFEST, SIGNATURE}]
    (copy / MANIFEST).write_bytes(
        digests_text(Entry(name, hashlib.sha256((copy / name).read_bytes()).hexdigest()) for name in names)
    )


def test_a_package_made_to_fit_again_is_found_by_signature_dataset_catalogue_and_shapes(
    package: Path, tmp_path: Path
) -> None:
    def change(name: str, old: bytes, new: bytes) -> set[What]:
        copy = spoilt(package, tmp_path)
        content = (copy / name).read_bytes()
        assert old in content
        (copy / name).write_bytes(content.replace(old, new, 1))
        resealed(copy)
        signed = {fault.what for fault in verify(copy).faults}
        assert What.SIGNATURE in signed
        about = json.loads((copy / "manifest.json").read_bytes())
        about["signer"] = None
        (copy / "manifest.json").write_bytes(
            (json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
        )
        (copy / SIGNATURE).unlink()
        resealed(copy)
        return {fault.what for fault in verify(copy).faults}

    line = (package / "data.nq").read_bytes().split(b"\n")[5] + b"\n"
    assert change("data.nq", line, b"") >= {What.DATASET, What.CATALOGUE}
    assert change("data.ttl", b"PREFIX cd:", b"PREFIX  cd:") == {What.CATALOGUE}
    assert What.SHAPES in change("shapes.ttl", b"sh:maxCount 1", b"sh:maxCount 0")
    assert What.SYNTAX in change("ontology.ttl", b"PREFIX cd:", b"PREFX cd:")
    assert What.MANIFEST in change("manifest.json", b'"dataset": {', b'"dataseT": {')


def test_a_signature_by_another_key_is_found(package: Path, tmp_path: Path, project: Path) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public = base64.b64encode(other.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    assert What.SIGNATURE in {fault.what for fault in verify(package, public).faults}
    copy = spoilt(package, tmp_path)
    (copy / SIGNATURE).write_bytes(base64.b64encode(other.sign((copy / MANIFEST).read_bytes())) + b"\n")
    assert What.SIGNATURE in {fault.what for fault in verify(copy).faults}


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../b", "./a", "a//b", "a\\b", "C:x", "", "a\x01"])
def test_a_name_that_leads_out_of_the_package_is_refused(name: str) -> None:
    with pytest.raises(BadManifestError):
        read_digests(f"{'0' * 64}  {name}\n".encode())


@pytest.mark.parametrize(
    "text",
    [
        b"0" * 64 + b"  b\n" + b"0" * 64 + b"  a\n",
        (b"0" * 64 + b"  a\n") * 2,
        b"0" * 64 + b" *a\n",
        b"A" * 64 + b"  a\n",
        b"0" * 64 + b"  a",
        b"\xff",
    ],
)
def test_a_list_in_another_form_is_refused(text: bytes) -> None:
    with pytest.raises(BadManifestError):
        read_digests(text)


def test_verify_answers_with_an_exit_status_and_as_json(package: Path, tmp_path: Path, kgtool: Tool) -> None:
    assert kgtool("verify", tmp_path / "nothing").status == 2
    copy = spoilt(package, tmp_path)
    (copy / "data.ttl").write_bytes(b"")
    ran = kgtool("verify", copy, "--format", "json")
    assert ran.status == 1
    assert json.loads(ran.out)["faults"][0]["file"] == "data.ttl"


# ---------- whole or not at all


def test_a_kill_at_any_moment_leaves_the_old_package_or_the_new_one(make_project: Callable[..., Path]) -> None:
    """Killed from outside, at moments spread over the whole export; the folder must verify every time."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    lines = [
        f"<urn:x:{n}> a <urn:x:Thing> ; <urn:x:n> {n} ; <urn:x:next> <urn:x:{n + 1}> ; <urn:x:by> [ <urn:x:n> {n} ] ."
        for n in range(400)
    ]
    folder = make_project(
        {"data/a.ttl": "\n".join(lines)}, '[exports.all]\nformats = ["nt", "csv", "jsonld", "xlsx"]\n'
    )
    script = f"import test_export_package as t; t.kill_exports({str(folder)!r}, {seed}, {KILLS})"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["torn"] == []
    assert told["killed"] == KILLS
    assert told["packages"] >= KILLS // 4
    assert told["left"] == []


def kill_exports(project: str, seed: int, kills: int) -> None:
    """Fork an export again and again and kill it: half of them at any moment, half once files are being written.

    Every fifth is let end, which says how long one takes now: a machine is not always as busy as it was.
    """
    chance, folder = random.Random(seed), Path(project)
    target, told = folder / "p", {"torn": [], "killed": 0}
    whole, wrote = _forked(folder, target, None)
    packages = {(target / MANIFEST).read_bytes()}
    # A kill that comes too late, on a machine that was busy a moment ago, is tried again.
    for number in range(4 * kills):
        if told["killed"] == kills:
            break
        (folder / "data" / "more.ttl").write_text(f'<urn:x:m> <urn:x:n> "{number}" .\n')
        if number % 5 == 4:
            whole, wrote = _forked(folder, target, None)
            packages.add((target / MANIFEST).read_bytes())
            continue
        moment = chance.uniform(wrote, whole) if number % 2 else chance.uniform(0, whole)
        told["killed"] += _forked(folder, target, moment) == (0, 0)
        if verify(target).faults:
            told["torn"].append(number)
        packages.add((target / MANIFEST).read_bytes())
    _forked(folder, target, None)
    left = [path.name for path in folder.iterdir() if path.name.startswith(".")]
    print(json.dumps({**told, "packages": len(packages), "left": left}))


def _forked(folder: Path, target: Path, moment: float | None) -> tuple[float, float]:
    """Seconds of an export and until its first file; (0, 0) when it was killed at the moment."""
    began, first = time.monotonic(), 0.0
    child = os.fork()
    if child == 0:
        export(open_project(folder, {}, {}), NOW, "all", target=target)
        os._exit(0)
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        now = time.monotonic() - began
        if not first and list(target.parent.glob(f".{target.name}.staged-*")):
            first = now
        if moment is not None and now >= moment:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return 0, 0
        time.sleep(0.001)
    return time.monotonic() - began, first


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1.2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1200k", "tmpfs", folder], capture_output=True, check=False
    ).returncode:
        needs("mount", "mount -t tmpfs needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_leaves_the_old_package_whole(project: Path, small_disk: Path, kgtool: Tool) -> None:
    target = small_disk / "p"
    assert kgtool("export", "sisters", "--project", project, "--output", target).status == 0
    before = tree(target)
    ran = kgtool("export", "all", "--project", project, "--output", target, "--lang", "en")
    assert (ran.status, "No space left on device" in ran.err) == (2, True)
    assert tree(target) == before
    assert [path.name for path in small_disk.iterdir()] == ["p"]


def test_a_file_that_may_not_grow_leaves_the_old_package_whole(project: Path, tmp_path: Path) -> None:
    """The kernel refuses to write more than so many bytes of a file, as it does when a quota is used up."""
    target = tmp_path / "p"
    command = [
        sys.executable,
        "-m",
        "kgtool",
        "export",
        "all",
        "--project",
        str(project),
        "--output",
        str(target),
        "--lang",
        "en",
    ]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    export(open_project(project, {}, {}), NOW, "sisters", target=target)
    before = tree(target)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    done = subprocess.run(command, env=env, capture_output=True, check=False, preexec_fn=limit)
    assert done.returncode == 2
    assert b"E-FILE-WRITE" in done.stderr
    assert tree(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["p"]


# ---------- tables


def test_the_tables_are_valid_csvw(package: Path) -> None:
    group = TableGroup.from_file(package / "csv" / "metadata.json")
    assert len(group.tables) > 15
    for table in group.tables:
        rows = list(table)  # raises on a value that is not of its column's datatype
        assert len({row["id"] for row in rows}) == len(rows) > 0


def test_csvw_sees_a_value_that_is_not_of_its_columns_datatype(package: Path, tmp_path: Path) -> None:
    copy = spoilt(package, tmp_path)
    file = copy / "csv" / "Visit.csv"
    file.write_bytes(file.read_bytes().replace(b"2021-", b"soon-", 1).replace(b",2021-", b",soon-"))
    table = next(t for t in TableGroup.from_file(copy / "csv" / "metadata.json").tables if str(t.url) == "Visit.csv")
    with pytest.raises(ValueError, match="soon"):
        list(table)


def test_no_cell_of_a_spreadsheet_is_a_formula_and_texts_are_kept() -> None:
    texts = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        '=HYPERLINK("http://x")',
        "渡輪 𠮷",
        "#REF!",
        "2021-01-01",
        "1E5",
        "TRUE",
        "'x",
    ]
    book = openpyxl.load_workbook(
        io.BytesIO(spreadsheet([("s", [["v"], *([text] for text in texts)])], datetime.date(2031, 1, 1)))
    )
    cells = [row[0] for row in book["s"].iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s") for text in texts]
    assert all(cell.quotePrefix for cell, text in zip(cells, texts, strict=True) if text[0] in "=+-@\t")


def test_a_spreadsheet_has_no_clock_in_it_and_odd_sheets_and_texts_fit() -> None:
    sheets = [("a" * 40, [["x" * 40_000, "\x00\x0b", 12]]), ("A" * 40, [[1]]), ("[x]:*?/\\", [["y"]])]
    one, other = (spreadsheet(sheets, datetime.date(2031, 1, 1)) for _ in range(2))
    assert one == other
    book = openpyxl.load_workbook(io.BytesIO(one))
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert [len(book.worksheets[0]["A1"].value), book.worksheets[0]["B1"].value] == [32_767, "\ufffd\ufffd"]
    assert {info.date_time for info in zipfile.ZipFile(io.BytesIO(one)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_querys_answer_is_a_spreadsheet(project: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "kgtool",
        "query",
        "ties-of-city",
        "--param",
        "city=gov:wangjin",
        "--project",
        str(project),
        "--format",
    ]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    plain, sheet, again = (
        subprocess.run([*command, form], env=env, check=True, capture_output=True).stdout
        for form in ("csv", "xlsx", "xlsx")
    )
    rows = [
        ["" if cell is None else str(cell) for cell in row]
        for row in openpyxl.load_workbook(io.BytesIO(sheet)).active.iter_rows(values_only=True)
    ]
    assert rows == list(csv.reader(io.StringIO(plain.decode())))
    assert sheet == again


@pytest.fixture
def office(tmp_path: Path) -> Callable[[Path, str], Path]:
    """LibreOffice without a screen: a spreadsheet to another form."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        needs("libreoffice", "apt-get install --no-install-recommends libreoffice-calc-nogui")

    def convert(file: Path, form: str) -> Path:
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        done = subprocess.run(
            [str(program), profile, "--headless", "--convert-to", form, "--outdir", str(tmp_path), str(file)],
            capture_output=True, timeout=180, check=False, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return tmp_path / f"{file.stem}.{form.partition(':')[0]}"

    return convert


def test_libreoffice_opens_the_spreadsheet_with_its_signs_whole(
    package: Path, office: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    """All sheets are there, and the first one is, cell by cell, the CSV file of the same class."""
    converted = office(package / "data.xlsx", "ods")
    book = openpyxl.load_workbook(package / "data.xlsx")
    content = zipfile.ZipFile(converted).read("content.xml").decode("utf-8")
    assert all(f'table:name="{name}"' in content for name in book.sheetnames)
    assert all(
        text in content for text in ("汪津市", "風見崎") if text in (package / "data.nq").read_text(encoding="utf-8")
    )
    assert "table:formula" not in content
    labels = {
        cell
        for sheet in book
        for row in sheet.iter_rows(min_row=2, values_only=True)
        for cell in row
        if isinstance(cell, str)
        and any("\u4e00" <= sign <= "\u9fff" for sign in cell)
        and "&" not in cell
        and "<" not in cell
        and "\n" not in cell
        and "  " not in cell
    }
    assert len(labels) > 100
    assert {label for label in labels if label not in content} == set()


# ---------- bulk


def test_a_bulk_package_is_the_canonical_data_and_says_that_nothing_was_checked(
    project: Path, tmp_path: Path, kgtool: Tool
) -> None:
    ran = kgtool("export", "bulk", "--allow-findings", "--project", project, "--output", tmp_path / "b")
    assert (ran.status, ran.err) == (0, "")
    whole = export(open_project(project, {}, {}), NOW, "all", target=tmp_path / "a")
    plain = b"".join(
        line
        for line in (whole.target / "data.nq").read_bytes().splitlines(keepends=True)
        if b"urn:kgtool:graph:inferred" not in line
    )
    assert (tmp_path / "b" / "data.nq").read_bytes() == plain
    about = json.loads((tmp_path / "b" / "manifest.json").read_bytes())
    assert about["check"]["run"] is False
    assert verify(tmp_path / "b").faults == ()


def test_a_bulk_export_refuses_what_it_cannot_filter_or_read(make_project: Callable[..., Path], kgtool: Tool) -> None:
    settings = '[exports.b]\nbulk = true\nformats = ["nq"]\n'
    marked = make_project(
        {"data/a.ttl": '<urn:a> <https://w3id.org/city-diplomacy/ns#audience> "internal" .'}, settings, "marked"
    )
    ruled = make_project(
        {"data/a.ttl": "<urn:a> <urn:b> <urn:c> ."}, settings + '[audiences.public]\ndeny = ["urn:a"]\n', "ruled"
    )
    broken = make_project({"data/a.ttl": "<urn:a> <urn:b> <urn:c>"}, settings, "broken")
    long = make_project({"data/a.ttl": f'<urn:a> <urn:b> "{"x" * (17 << 20)}" .'}, settings, "long")
    files = ((marked, "E-EXPORT-BULK"), (ruled, "E-EXPORT-BULK"), (broken, "E-FILE-READ"), (long, "E-FILE-READ"))
    for folder, code in files:
        ran = kgtool("export", "b", "--allow-findings", "--project", folder)
        assert (ran.status, code in ran.err) == (2, True), ran.err
        assert not list((folder / "exports").glob("*"))


def test_the_command_line_of_its_own_lists_and_exports(project: Path, tmp_path: Path) -> None:
    listed = run_process("export", "--project", project, cwd=project)
    assert listed.out.splitlines()[0].startswith("all  public  all  ttl,nt,trig")
    done = run_process(
        "export", "partner", "--for", "kazamisaki", "--output", tmp_path / "p", "--lang", "en", cwd=project
    )
    assert (done.status, done.err) == (0, "")
    assert " files, " in done.out
