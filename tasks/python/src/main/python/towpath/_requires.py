"""Writes what a pyproject.toml asks for as files that pip reads: ``_requires.py ROOT REQUIREMENTS CONSTRAINTS``.

For when there is no uv. The versions of a uv.lock become constraints. It needs the standard library, and before Python
3.11 the TOML reader that pip brings along.
"""

import os
import sys
from typing import Any, Dict, List

try:
    import tomllib  # type: ignore[import-not-found,unused-ignore]
except ModuleNotFoundError:
    from pip._vendor import tomli as tomllib  # type: ignore[no-redef,import-not-found,unused-ignore]


class Refused(Exception):
    """It asks for something that only uv can do."""


def load(path: str) -> Dict[str, Any]:
    with open(path, "rb") as file:
        try:
            return dict(tomllib.load(file))
        except tomllib.TOMLDecodeError as e:
            raise Refused("%s is no TOML: %s" % (os.path.basename(path), e)) from None


def wanted(pyproject: Dict[str, Any]) -> List[str]:
    """Its requirements."""
    project = pyproject.get("project", {})
    if "dependencies" in project.get("dynamic", []):
        raise Refused("the dependencies of pyproject.toml are dynamic; list them, or install uv")
    sources = pyproject.get("tool", {}).get("uv", {}).get("sources", {})
    if sources:
        raise Refused("%s in pyproject.toml has a source of its own, which needs uv" % sorted(sources)[0])
    return [str(d) for d in project.get("dependencies", [])]


def locked(lock: Dict[str, Any]) -> List[str]:
    """The versions of a lock; of a package that is there more than once, those that its markers tell apart."""
    packages: Dict[str, List[Dict[str, Any]]] = {}
    for package in lock.get("package", []):
        if "version" in package and "registry" in package.get("source", {}):
            packages.setdefault(package["name"], []).append(package)
    lines = []
    for name, versions in packages.items():
        if len(versions) == 1:
            lines.append("%s==%s" % (name, versions[0]["version"]))
            continue
        for package in versions:
            for marker in package.get("resolution-markers", []):
                lines.append("%s==%s ; %s" % (name, package["version"], marker))
    return lines


def main(root: str, requirements: str, constraints: str) -> int:
    try:
        asked = wanted(load(os.path.join(root, "pyproject.toml")))
        lock = os.path.join(root, "uv.lock")
        pinned = locked(load(lock)) if os.path.exists(lock) else []
    except Refused as e:
        print("ERROR: %s" % e)
        return 1
    for path, lines in ((requirements, asked), (constraints, pinned)):
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
