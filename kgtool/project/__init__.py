"""A folder and its settings as one frozen `Project`: what is checked, queried and cited, and where it lies.

Settings come from the nearest `[tool.kgtool]` in pyproject.toml or from kgtool.toml, upwards from where the user
stands to the repository's root; `KGTOOL_*` variables override them and command-line options override those.
"""

from kgtool.project.files import REFUSED, ProjectFile, project_files
from kgtool.project.settings import Preset, Project, Setting, open_project
from kgtool.project.waivers import Waiver

__all__ = ["REFUSED", "Preset", "Project", "ProjectFile", "Setting", "Waiver", "open_project", "project_files"]
