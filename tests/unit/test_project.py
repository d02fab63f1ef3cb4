"""The project around the code: dependencies agree, nothing private or rendered is in git, texts name what exists."""

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import lekp_lib

ROOT = Path(__file__).resolve().parents[2]
MAX_MODULE_LINES = 850

#: PyPI name -> conda-forge name, where the two differ.
CONDA_NAMES = {"brotli": "brotli-python", "dask": "dask-core", "matplotlib": "matplotlib-base"}

#: Folders of one machine. Addresses such as https://example.org/home/ are no match.
MACHINE_PATH = re.compile(rb"(?<![\w.-])/(?:work|root|home|Users)/\w")
LOCK_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[^\s;]+)")


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@cache
def declared() -> dict[str, Requirement]:
    lines = [*project()["dependencies"], *chain.from_iterable(project()["optional-dependencies"].values())]
    requirements = [Requirement(line) for line in lines]
    assert len({canonicalize_name(item.name) for item in requirements}) == len(lines), "a requirement is declared twice"
    return {canonicalize_name(item.name): item for item in requirements}


@cache
def lock_blocks() -> tuple[str, ...]:
    """One text per locked package: the pinned version, its hashes and who asked for it."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return tuple(re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:])


@cache
def conda_requirements() -> dict[str, Requirement]:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    from_pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    from_conda = [entry for entry in entries if isinstance(entry, str) and entry != "pip"]
    pypi_names = {conda: pypi for pypi, conda in CONDA_NAMES.items()}
    found: dict[str, Requirement] = {}
    for line in [*from_conda, *from_pip]:
        requirement = Requirement(line)
        name = canonicalize_name(pypi_names.get(requirement.name, requirement.name))
        assert name not in found, f"environment.yml names {name} twice"
        found[name] = requirement
    return found


@cache
def files_in_git() -> tuple[str, ...]:
    """Files that are tracked, and new ones that the next `git add` would take."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if answer.returncode:
        message = f"no git checkout: {answer.stderr.decode(errors='replace').strip()}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    names = {name for name in answer.stdout.decode().split("\0") if name}
    return tuple(sorted(name for name in names if (ROOT / name).is_file()))


def test_every_requirement_is_locked_within_its_bound():
    versions: dict[str, list[str]] = {}
    asked_by_us = set()
    for block in lock_blocks():
        entry = LOCK_ENTRY.match(block)
        assert entry, block.splitlines()[0]
        name = canonicalize_name(entry["name"])
        versions.setdefault(name, []).append(entry["version"])
        if "lekp (pyproject.toml)" in block:
            asked_by_us.add(name)
    assert asked_by_us == set(declared()), "requirements.lock is not of this pyproject.toml: run `make lock`"
    outside = [
        f"{name} {found}"
        for name, item in declared().items()
        for found in versions[name]
        if found not in item.specifier
    ]
    assert outside == []


def imported_packages(folder: Path) -> dict[str, set[str]]:
    """Names on PyPI of what the code of a folder imports, each with the files that do."""
    packages = importlib.metadata.packages_distributions()
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in (
                {module.partition(".")[0] for module in modules} - set(sys.stdlib_module_names) - {"lekp_lib"}
            ):
                for name in packages.get(module, [module]):
                    found.setdefault(canonicalize_name(name), set()).add(str(path.relative_to(ROOT)))
    return found


def test_what_the_library_imports_is_declared_and_nothing_else():
    optional = {
        name: set(map(canonicalize_name, (Requirement(line).name for line in lines)))
        for name, lines in project()["optional-dependencies"].items()
    }
    runtime = {canonicalize_name(Requirement(line).name) for line in project()["dependencies"]}
    imported = imported_packages(ROOT / "lekp_lib")
    assert {
        name: files for name, files in imported.items() if name not in runtime | optional["lab"] | optional["cluster"]
    } == {}
    # Plug-ins that another library loads by itself: letters for the web, the kernel of the notebooks.
    assert runtime - set(imported) <= {"brotli", "ipykernel"}


def test_page_on_dependencies_has_a_row_for_each():
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z][\w.-]+) \|", page, flags=re.MULTILINE)
    groups = [project()["dependencies"], *(project()["optional-dependencies"][name] for name in ("lab", "cluster"))]
    assert sorted(rows) == sorted(Requirement(line).name for group in groups for line in group)


def test_every_locked_package_has_hashes_and_no_address():
    without = [
        block.splitlines()[0] for block in lock_blocks() if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", block)
    ]
    assert without == []
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.findall(r"^.*(?:://|--(?!hash)|\bfile:).*$", text, flags=re.MULTILINE) == []


@pytest.mark.online
@pytest.mark.parametrize("python", re.findall(r":: (3\.\d+)", " ".join(project()["classifiers"])))
@pytest.mark.parametrize(
    "platform", ["x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "windows", "aarch64-apple-darwin"]
)
def test_every_locked_package_has_a_wheel_where_we_say_that_it_runs(platform, python, tmp_path):
    uv = shutil.which("uv") or pytest.skip("uv is not installed")
    command = f"{uv} pip install --quiet --dry-run --no-deps --require-hashes --only-binary :all: -r requirements.lock"
    where = ["--python-platform", platform, "--python-version", python, "--target", str(tmp_path)]
    there = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": "15.0"}
    subprocess.run([*command.split(), *where], cwd=ROOT, env=there, check=True)


def test_conda_environment_names_the_same_packages_and_bounds():
    conda = dict(conda_requirements())
    assert str(conda.pop("python").specifier) == project()["requires-python"]
    assert {name: item.specifier for name, item in conda.items()} == {
        name: item.specifier for name, item in declared().items()
    }


def test_version_is_the_same_everywhere():
    assert lekp_lib.__version__ == project()["version"]
    assert f"## {project()['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_no_file_names_a_folder_of_one_machine():
    found = [name for name in files_in_git() if MACHINE_PATH.search((ROOT / name).read_bytes())]
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_machine_path"),
    [
        (b"open('/home/" + b"me/x')", True),
        (b"/work/" + b"shared/spec", True),
        (b"https://example.org/home/page", False),
        (b"../work/shared", False),
    ],
)
def test_machine_paths_are_told_from_addresses(text, is_machine_path):
    assert bool(MACHINE_PATH.search(text)) is is_machine_path


def test_nothing_rendered_is_in_git():
    outputs = [name for name in files_in_git() if name.startswith("outputs/")]
    assert outputs == ["outputs/README.md"]
    kinds = {".pdf", ".xlsx", ".docx", ".html", ".woff2", ".ttf", ".otf"}
    rendered = [
        name
        for name in files_in_git()
        if Path(name).suffix.lower() in kinds and not name.startswith(("lekp_lib/", "tests/"))
    ]
    assert rendered == []


def test_notebooks_are_clean_and_have_parameters():
    faults = []
    for name in files_in_git():
        if not (name.startswith("notebooks/") and name.endswith(".ipynb")):
            continue
        code = [cell for cell in nbformat.read(ROOT / name, as_version=4).cells if cell.cell_type == "code"]
        if any(cell.outputs or cell.execution_count for cell in code):
            faults.append(f"{name}: has outputs; run `.venv/bin/nbstripout {name}`")
        tagged = [cell for cell in code if "parameters" in cell.metadata.get("tags", [])]
        # The start page holds text only.
        if code and len(tagged) != 1:
            faults.append(f"{name}: {len(tagged)} cells tagged `parameters`, expected one")
    assert faults == []


def test_modules_are_short():
    lines = {
        name: len((ROOT / name).read_text(encoding="utf-8").splitlines())
        for name in files_in_git()
        if name.startswith("lekp_lib/") and name.endswith(".py")
    }
    assert {name: count for name, count in lines.items() if count > MAX_MODULE_LINES} == {}


@pytest.mark.parametrize("text", ["README.md", "CONTRIBUTING.md", "docs/decisions.md"])
def test_texts_name_only_make_targets_and_files_that_exist(text):
    written = (ROOT / text).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", written, flags=re.MULTILINE)) <= targets
    links = re.findall(r"\]\((?!https?:)([^)#]+)", written)
    assert [link for link in links if not (ROOT / text).parent.joinpath(link).exists()] == []


def test_rooms_are_those_of_the_architecture_page():
    """One list of rooms: on the page, as folders, and in the contract of imports, in the same order."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("\n## Size\n")[0]
    told = [
        name
        for row in re.findall(r"^\| (`[^|]+`) \|", page, flags=re.MULTILINE)
        for name in re.findall(r"`(\w+)/?`", row)
    ]
    folders = {path.parent.name for path in (ROOT / "lekp_lib").glob("*/__init__.py")}
    assert {name for name in told if (ROOT / "lekp_lib" / name).is_dir()} == folders
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (contract,) = [item for item in settings["contracts"] if item["type"] == "layers"]
    layers = [re.findall(r"\w+", line) for line in reversed(contract["layers"])]
    assert [name for layer in layers for name in layer] == told
    (order,) = re.findall(r"^   (`errors` < .*)\.$", page, flags=re.MULTILINE)
    assert [re.findall(r"`(\w+)`", part) for part in order.split("<")] == layers


def test_what_catalogues_of_public_software_read_is_valid():
    """The fields that publiccode.yml 0.4 demands, within their limits, and in line with the other files."""
    read = yaml.safe_load
    found, cited = (read((ROOT / name).read_text(encoding="utf-8")) for name in ("publiccode.yml", "CITATION.cff"))
    assert found["publiccodeYmlVersion"] == "0.4" and found["name"] == project()["name"]
    # No address that does not exist: it comes into both files together.
    assert found.get("url") == cited.get("repository-code")
    assert found["legal"]["license"] == project()["license"] == cited["license"]
    assert found["developmentStatus"] == "beta" and "Development Status :: 4 - Beta" in project()["classifiers"]
    assert found["softwareType"] == "standalone/desktop" and set(found["platforms"]) == {"linux", "mac", "windows"}
    assert found["categories"] == ["data-analytics", "data-visualization", "geographic-information-systems"]
    assert found["maintenance"]["type"] == "community" and found["maintenance"]["contacts"][0]["name"]
    assert found["localisation"] == {"localisationReady": False, "availableLanguages": ["nl"]}
    for texts in found["description"].values():
        assert set(texts) == {"genericName", "shortDescription", "longDescription", "features"} and texts["features"]
        assert len(texts["genericName"]) <= 35 and len(texts["shortDescription"]) <= 150
        assert 500 <= len(texts["longDescription"]) <= 10_000


def test_actions_of_others_are_pinned_to_one_commit():
    used = [
        line
        for path in (ROOT / ".github" / "workflows").glob("*.yml")
        for line in re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    ]
    assert used and [line for line in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", line)] == []


def test_readme_fits_on_a_screen():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 80


def test_install_script_of_the_checks_is_executable():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
