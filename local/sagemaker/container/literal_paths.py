"""Finds literal /opt/ml paths in a user's code.

Where the kernel allows no private mounts, the container's file tree lies in the job's own folder, and a path that is
written into the code would miss it. Such code is refused with its line, before it runs, instead of failing oddly.
"""

import ast
import os
import re
from typing import Iterable, List, Tuple

_LITERAL = re.compile(r"/opt/ml(?![\w-])")


def refuse_literal_paths(places: Iterable[str]) -> None:
    """Raises ValueError naming the first lines of the files (or of the files in the folders) that hold /opt/ml.

    Does nothing when /opt/ml is the real place. A default of `os.environ.get(...)` is fine: the variable is set.
    """
    if os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml") == "/opt/ml":
        return
    found = [hit for path in _files(places) for hit in _literals(path)]
    if found:
        lines = "; ".join(f"{os.path.basename(path)}:{line}" for path, line in found[:5])
        raise ValueError(
            f"The code has the literal path /opt/ml ({lines}), and this machine allows no private mounts "
            "(user and mount namespaces), so the path does not exist here. Take it from the environment "
            "(SM_MODEL_DIR, SM_CHANNEL_<NAME>, SAGEMAKER_BASE_DIR) or from an argument."
        )


def _files(places: Iterable[str]) -> Iterable[str]:
    for place in places:
        if os.path.isfile(place):
            if place.endswith((".py", ".sh")):
                yield place
            continue
        for folder, _, names in os.walk(place):
            yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith((".py", ".sh")))


def _literals(path: str) -> List[Tuple[str, int]]:
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if not _LITERAL.search(text):
        return []
    if path.endswith(".py"):
        try:
            return [(path, line) for line in _literal_lines(ast.parse(text))]
        except SyntaxError:
            return []
    return [
        (path, number)
        for number, line in enumerate(text.splitlines(), 1)
        if _LITERAL.search(line.split("#", 1)[0])
    ]


def _literal_lines(tree: ast.AST) -> List[int]:
    harmless = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            harmless.add(id(node.value))
        if isinstance(node, ast.Call) and len(node.args) == 2:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name == "getenv" or (name in ("get", "setdefault") and "environ" in ast.dump(node.func)):
                harmless.add(id(node.args[1]))
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _LITERAL.search(node.value)
        and id(node) not in harmless
    ]
