"""The dataset as a whole: what it is called, and under which licence. VoID and DCAT say the rest."""

from __future__ import annotations

from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot


def dataset_iri(settings: ServeSettings) -> str:
    """The IRI of the dataset that documents say they belong to. Source: VoID §6.2."""
    return settings.address + "/.well-known/void#dataset"


def licence_of(snapshot: Snapshot) -> str:
    """The IRI of the data's licence, "" where the settings give none."""
    return str(snapshot.project.settings["licence"].value) if "licence" in snapshot.project.settings else ""
