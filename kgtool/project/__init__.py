"""A folder and its settings as one frozen `Project`: what is checked, queried and cited, and where it lies.

Settings come from the nearest `[tool.kgtool]` in pyproject.toml or from kgtool.toml, upwards from where the user
stands to the repository's root; `KGTOOL_*` variables override them and command-line options override those.
"""

from kgtool.project.audiences import AudienceRules, Audiences
from kgtool.project.exports import ExportProfile, Statements
from kgtool.project.files import REFUSED, ProjectFile, inside, project_files
from kgtool.project.presets import Preset
from kgtool.project.publication import Publication
from kgtool.project.remotes import Evaluate, Profile, Remote, Scope, remote_at
from kgtool.project.settings import Project, Setting, open_project
from kgtool.project.waivers import Waiver

__all__ = [
    "REFUSED",
    "AudienceRules",
    "Audiences",
    "Evaluate",
    "ExportProfile",
    "Preset",
    "Profile",
    "Project",
    "ProjectFile",
    "Publication",
    "Remote",
    "Scope",
    "Setting",
    "Statements",
    "Waiver",
    "inside",
    "open_project",
    "project_files",
    "remote_at",
]
