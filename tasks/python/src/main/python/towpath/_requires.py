"""Looks whether a pyproject.toml and its uv.lock can be installed as they stand, and for pip writes what they ask for.

``_requires.py ROOT`` only looks; ``_requires.py ROOT REQUIREMENTS CONSTRAINTS`` writes files that pip reads, for when there
is no uv: the versions of a uv.lock become constraints. What is wrong is one line ``ERROR: FILE:LINE:COLUMN: message``, and
perhaps one ``HINT: ...``. It runs with the Python that is to be used, and needs the standard library and, before Python
3.11, the TOML reader that pip brings along; without one it leaves the looking to uv.
"""

import os
import re
import sys
from typing import Any, Dict, FrozenSet, Iterable, List, Optional, Sequence, Set, Tuple

try:
    import tomllib  # type: ignore[import-not-found,unused-ignore]
except ModuleNotFoundError:
    try:
        from pip._vendor import tomli as tomllib  # type: ignore[no-redef,import-not-found,unused-ignore]
    except ModuleNotFoundError:
        tomllib = None  # type: ignore[assignment,unused-ignore]

REQUIREMENT = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(@.*|\(?[^;]*\)?)(?:;.*)?$", re.DOTALL)
COMPARISON = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*([A-Za-z0-9.!+*_-]+)$")

ADDRESSED = {"git", "url", "path", "directory", "editable", "virtual"}


class Refused(Exception):
    """They cannot be installed: where, why, and what to do."""

    def __init__(self, file: str, place: Tuple[int, int], message: str, hint: Optional[str] = None) -> None:
        super().__init__(message)
        self.told = "ERROR: %s:%d:%d: %s" % (file, place[0], place[1], message) + ("\nHINT: " + hint if hint else "")


class Toml:
    """A file as text and as what it says."""

    def __init__(self, root: str, name: str) -> None:
        self.name = name
        with open(os.path.join(root, name), encoding="utf-8", errors="replace") as file:
            self.text = file.read()
        try:
            self.content: Dict[str, Any] = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as e:
            found = re.search(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$", str(e))
            place = (int(found.group(1)), int(found.group(2))) if found and found.group(1) else self.end()
            why = str(e)[: found.start()] if found else str(e)
            hint = "uv lock writes it anew" if name == "uv.lock" else "text stands in quotes, and lists in [ and ]"
            raise Refused(name, place, "this is no TOML: %s" % why, hint) from None

    def end(self) -> Tuple[int, int]:
        lines = self.text.rstrip().split("\n")
        return len(lines), len(lines[-1]) + 1

    def place(self, *texts: str) -> Tuple[int, int]:
        """Of the first of some texts that is there; else the start."""
        for text in texts:
            at = self.text.find(text)
            if at >= 0:
                return self.text.count("\n", 0, at) + 1, at - (self.text.rfind("\n", 0, at) + 1) + 1
        return 1, 1

    def refused(self, place: Tuple[int, int], message: str, hint: Optional[str] = None) -> Refused:
        return Refused(self.name, place, message, hint)


def wanted(pyproject: Toml) -> List[str]:
    """Its requirements."""
    project = pyproject.content.get("project", {})
    listed = project.get("dependencies", [])
    if not isinstance(listed, list) or not all(isinstance(d, str) for d in listed):
        raise pyproject.refused(
            pyproject.place("dependencies"), '"dependencies" must be a list of texts', 'write dependencies = ["pandas>=2.2"]'
        )
    for dependency in listed:
        if parts(dependency) is None:
            raise pyproject.refused(
                pyproject.place('"%s"' % dependency, "'%s'" % dependency),
                '"%s" is no requirement' % dependency,
                "write the name of a package and its versions, such as pandas>=2.2",
            )
    return [str(d) for d in listed]


def for_this_python(pyproject: Toml, version: Sequence[int]) -> None:
    """Refuses a project that asks for another Python."""
    asked = pyproject.content.get("project", {}).get("requires-python")
    if isinstance(asked, str) and not fits(asked, version):
        raise pyproject.refused(
            pyproject.place("requires-python"),
            "the project asks for Python %s, and this is %s" % (asked, ".".join(str(n) for n in version[:3])),
            "set TOWPATH_PYTHON to another Python",
        )


def fits(asked: str, version: Sequence[int]) -> bool:
    """Whether a version is one of those; what is not understood is left to others."""
    for part in asked.split(","):
        found = COMPARISON.match(part.strip())
        if found is None:
            continue
        sign, text = found.groups()
        numbers = re.match(r"\d+(?:\.\d+)*", text)
        if numbers is None:
            continue
        bound = [int(n) for n in numbers.group().split(".")]
        here = (list(version[:3]) + [0] * 9)[: max(len(bound), 3)]
        full = bound + [0] * (len(here) - len(bound))
        same = here[: len(bound)] == bound if text.endswith(".*") else here == full
        good = {
            "==": same,
            "===": same,
            "!=": not same,
            ">=": here >= full,
            "<=": here <= full,
            ">": here > full,
            "<": here < full,
            "~=": here >= full and here[: len(bound) - 1] == bound[:-1],
        }[sign]
        if not good:
            return False
    return True


def for_pip(pyproject: Toml) -> None:
    """Refuses what only uv can do."""
    if "dependencies" in pyproject.content.get("project", {}).get("dynamic", []):
        raise pyproject.refused(pyproject.place("dynamic"), "the dependencies are dynamic", "list them, or install uv")
    sources = pyproject.content.get("tool", {}).get("uv", {}).get("sources", {})
    if sources:
        name = sorted(sources)[0]
        raise pyproject.refused(pyproject.place("[tool.uv.sources"), "%s has a source of its own" % name, "install uv")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def parts(requirement: str) -> Optional[Tuple[str, Optional[Set[str]]]]:
    """The name of a package and its conditions, or None for those when it is one address; None when it is no requirement."""
    found = REQUIREMENT.match(requirement.strip())
    if found is None:
        return None
    name, _, rest = found.groups()
    rest = rest.strip()
    if rest.startswith("@"):
        return normal(name), None
    conditions = [c.strip() for c in rest.strip("()").split(",")] if rest else []
    if not all(COMPARISON.match(c) for c in conditions if c):
        return None
    return normal(name), {re.sub(r"\s+", "", c) for c in conditions if c}


def in_step(pyproject: Toml, asked: List[str], lock: Toml) -> None:
    """Refuses a lock that was not made of these requirements. uv looks itself, and knows more."""
    if "dependencies" in pyproject.content.get("project", {}).get("dynamic", []):
        return
    packages = [p for p in lock.content.get("package", []) if isinstance(p, dict)]
    names = {normal(str(p.get("name", ""))) for p in packages}
    pairs = [p for p in (parts(a) for a in asked) if p is not None]
    stale = any(name not in names for name, _ in pairs)
    own = own_package(packages)
    if own is not None and "requires-dist" in own.get("metadata", {}):
        entries = [e for e in own["metadata"]["requires-dist"] if "extra ==" not in str(e.get("marker", ""))]
        addressed = {normal(str(e["name"])) for e in entries if ADDRESSED.intersection(e)}
        addressed |= {name for name, conditions in pairs if conditions is None}
        told = {(normal(str(e["name"])), plain(str(e.get("specifier", "")).split(","))) for e in entries}
        mine = {(name, plain(conditions)) for name, conditions in pairs if conditions is not None}
        stale = stale or {t for t in told if t[0] not in addressed} != {m for m in mine if m[0] not in addressed}
    if stale:
        raise lock.refused((1, 1), "uv.lock is older than pyproject.toml, which asks for something else", "bring it up to date: uv lock")


def plain(conditions: Iterable[str]) -> FrozenSet[str]:
    """Conditions that are spelled in one way only; uv writes versions such as 1.0-rc1 in a way of its own."""
    tight = (re.sub(r"\s+", "", c) for c in conditions)
    return frozenset(c for c in tight if re.match(r"[=<>!~]+\d+(\.\d+)*(\.\*)?$", c))


def own_package(packages: List[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
    for package in packages:
        source = package.get("source", {})
        if any(source.get(kind) == "." for kind in ("virtual", "editable", "directory")):
            return package
    return None


def locked(lock: Toml) -> List[str]:
    """The versions of a lock; of a package that is there more than once, those that its markers tell apart."""
    packages: Dict[str, List[Dict[str, Any]]] = {}
    for package in lock.content.get("package", []):
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


def main(root: str, requirements: Optional[str] = None, constraints: Optional[str] = None) -> int:
    if tomllib is None:
        print("ERROR: this Python cannot read pyproject.toml: it has neither tomllib nor pip")
        return 0 if requirements is None else 1
    try:
        pyproject = Toml(root, "pyproject.toml")
        for_this_python(pyproject, sys.version_info)
        if requirements is not None:
            for_pip(pyproject)
        asked = wanted(pyproject)
        pinned: List[str] = []
        if os.path.exists(os.path.join(root, "uv.lock")):
            lock = Toml(root, "uv.lock")
            if requirements is not None:
                in_step(pyproject, asked, lock)
            pinned = locked(lock)
    except Refused as e:
        print(e.told)
        return 1
    if requirements is not None and constraints is not None:
        for path, lines in ((requirements, asked), (constraints, pinned)):
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(line + "\n" for line in lines)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
