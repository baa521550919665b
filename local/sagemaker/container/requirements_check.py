"""Checks a requirements.txt against what is installed. pip is never run: the runtime has no package index."""

import importlib.metadata
import sys
from typing import List, Optional

try:
    from packaging.requirements import InvalidRequirement, Requirement
except ImportError:
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement


def problem_with(line: str) -> Optional[str]:
    """What is wrong with one line of a requirements file, or None when it is fulfilled, empty or a comment."""
    text = line.split(" #", 1)[0].strip()
    if not text or text.startswith("#"):
        return None
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return f'"{text}" can\'t be checked (only plain requirements such as name==1.2 can)'
    if requirement.marker is not None and not requirement.marker.evaluate():
        return None
    if requirement.url is not None:
        return f'"{text}" can\'t be checked (only plain requirements such as name==1.2 can)'
    try:
        installed = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{text} is not installed"
    if not requirement.specifier.contains(installed, prereleases=True):
        return f"{text} is asked for, {installed} is installed"
    return None


def check(path: str) -> None:
    """Raises ValueError naming every line of the file that the Python running this does not fulfil."""
    with open(path, encoding="utf-8") as file:
        problems: List[str] = [found for found in map(problem_with, file) if found is not None]
    if problems:
        raise ValueError(
            f"requirements.txt is not fulfilled: {'; '.join(problems)}. The laptop runtime does not run pip; "
            f"install what is missing with: {sys.executable} -m pip install <package>"
        )
