"""The shape of the house, read from its source: who may import whom, and what must stay small."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
# Each may import those to its right, never to its left.
LAYERS = ("config", "finance", "requests_app", "audit")
PURE = (
    "audit/diffs",
    "audit/folding.py",
    "audit/kinds.py",
    "requests_app/durations.py",
    "requests_app/policies.py",
    "requests_app/transitions.py",
    "requests_app/working_time.py",
    "requests_app/importing/source",
    "requests_app/importing/progress.py",
    "requests_app/mail/reading",
    "requests_app/mail/writing.py",
    "requests_app/demo/cast.py",
)
# Modules and packages that stand between the outside and the services.
EDGES = {
    "views", "admin", "forms", "verbs", "filters", "templatetags", "commands", "due_views",
    "due_forms",
}  # fmt: skip
WRITES = {
    "save", "delete", "update", "create", "bulk_create", "bulk_update", "get_or_create",
    "update_or_create",
}  # fmt: skip
# Why each business table that has no versions has none.
NOT_VERSIONED = {
    "audit.Event": "it is the trail",
    "audit.Erasure": "it is the trail",
    "requests_app.ExportJob": "a file on its way to one person; events say what was exported",
    "requests_app.ExportPart": "a piece of that file",
    "audit.ExportPart": "a copy of what stands in the trail, dropped when it expires",
    "audit.ExportProgress": "a number that says how long to wait",
    "audit.FieldChange": "an index over versions, made again at will",
    "audit.FieldProgress": "how far that index is",
    "requests_app.MailboxFetch": "how the last look went; that it fails or works again, events say",
    "requests_app.NumberSeries": "its numbers stand on the rows they were given to",
}
LONGEST_FILE = 400
LONGEST_FUNCTION = 50


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def imported(path: Path) -> set[str]:
    """Full names of the modules a file imports, at the top or inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module}
    return names


def own_writes(source: str) -> list[str]:
    """The calls of a source that change rows, or open the recorder."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [ast.unparse(call) for call in calls if is_write(call)]


def is_write(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id == "recording"
    if not isinstance(call.func, ast.Attribute):
        return False
    name = call.func.attr
    if name == "update" and call.args:
        # Rows take their new values by name alone; this is a dict, a set or a digest.
        return False
    return name == "recording" or name.removeprefix("a") in WRITES


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_run_one_way(layer: str) -> None:
    above = set(LAYERS[: LAYERS.index(layer)])
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(layer)
        for name in imported(path)
        if name.partition(".")[0] in above | {"tests", "bench"}
    ]
    assert not wrong


@pytest.mark.parametrize("place", PURE)
def test_pure_modules_import_the_standard_library_only(place: str) -> None:
    own = place.removesuffix(".py").replace("/", ".")
    paths = [ROOT / place] if place.endswith(".py") else list(sources(place))
    assert paths
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in imported(path)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith(own)
    ]
    assert not wrong


def test_only_recording_opens_events() -> None:
    """The name of the SQL function stands in the recorder alone, and where rows come in bulk."""
    allowed = {"audit/opening.py", "audit/triggers.py"}
    found = {
        str(path.relative_to(ROOT))
        for path in sources(*LAYERS)
        if "public.audit_open" in path.read_text()
    }
    assert found <= allowed


def test_no_view_or_command_holds_a_write_of_its_own() -> None:
    """Views, admin and commands call services; the recorder is not theirs to open."""
    edges = [
        path for path in sources(*LAYERS) if EDGES & {path.stem, *path.relative_to(ROOT).parts}
    ]
    assert {path.relative_to(ROOT).parts[0] for path in edges} == set(LAYERS)
    wrong = [
        f"{path.relative_to(ROOT)}: {call}"
        for path in edges
        for call in own_writes(path.read_text())
    ]
    assert not wrong


@pytest.mark.parametrize(
    "write",
    [
        "form.save()",
        "found.asave(update_fields=['status'])",
        "SupportRequest.objects.filter(pk=1).delete()",
        "SupportRequest.objects.update(status='closed')",
        "found.update(**given)",
        "Customer.objects.create(name='Ana')",
        "Customer._default_manager.bulk_create(rows)",
        "Customer.objects.bulk_update(rows, ['name'])",
        "Customer.objects.get_or_create(name='Ana')",
        "Customer.objects.update_or_create(name='Ana')",
        "recording('request.closed', by=by)",
    ],
)
def test_a_write_in_a_view_is_found(write: str) -> None:
    view = f"def show(request):\n    with watched():\n        done = {write}\n    return done"
    assert own_writes(view) == [write]


def test_what_changes_no_row_is_no_write() -> None:
    view = """
def show(request):
    asked = request.GET.copy()
    asked.update({"page": "2"})
    chosen.update(asked)
    services.close(support_request=found, by=by)
    return found.delete
"""
    assert own_writes(view) == []


def test_every_business_model_is_versioned_or_says_why_not() -> None:
    own = [model for layer in LAYERS[1:] for model in apps.get_app_config(layer).get_models()]
    bare = {
        model._meta.label
        for model in own
        if not hasattr(model, "_versioned") and not getattr(model, "is_version", False)
    }
    assert bare == set(NOT_VERSIONED)


def test_files_and_functions_stay_small() -> None:
    long = []
    for path in sources(*LAYERS, "tests"):
        text = path.read_text()
        name = path.relative_to(ROOT)
        if text.count("\n") > LONGEST_FILE:
            long.append(f"{name}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{name}:{node.lineno} {node.name}: {length} lines")
    assert not long


def test_nothing_is_named_like_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "core", "misc"}
    found = [str(path.relative_to(ROOT)) for path in sources(*LAYERS) if path.stem in drawers]
    assert not found


def test_nothing_loads_from_another_host() -> None:
    wrong = []
    for folder, pattern in (("templates", "*.html"), ("static", "*.css"), ("static", "*.js")):
        for path in (ROOT / folder).rglob(pattern):
            text = path.read_text()
            if any(mark in text for mark in ('src="http', 'href="http', "url(http", "@import")):
                wrong.append(str(path.relative_to(ROOT)))
            if path.suffix == ".html" and any(
                m in text for m in (" style=", "|safe", "autoescape off")
            ):
                wrong.append(f"{path.relative_to(ROOT)}: inline style or unescaped text")
    assert not wrong
