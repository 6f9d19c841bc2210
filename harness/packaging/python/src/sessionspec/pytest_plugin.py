"""A plugin of pytest: each check of the suite is one test, and the harness runs once for all of them.

A `conftest.py` that has a fixture or a variable `sessionspec_app` names what is tested. Its checks are collected as tests
of that file.
"""

import pathlib
import re

import pytest

from sessionspec import _harness

LEVELS = ("minimum", "recommended", "hardened")
SETTINGS = ("sessionspec_level", "sessionspec_known_failures", "sessionspec_arguments")
PROBLEMS = {
    "unverified": "it could not be verified",
    "error": "the service did not answer as a probe does",
}


def pytest_addoption(parser):
    group = parser.getgroup("sessionspec", "sessions by sessionspec")
    group.addoption("--sessionspec-level", choices=LEVELS, help="The level whose checks are tests.")
    parser.addini("sessionspec_level", "The level whose checks are tests: minimum, recommended or hardened.")
    parser.addini("sessionspec_known_failures", "A file that lists the checks which are known to fail.", type="paths")
    parser.addini("sessionspec_arguments", "Further arguments of `sessionspec run`, as in `--cases 20`.", type="args")


def pytest_configure(config):
    config.addinivalue_line("markers", "sessionspec: a check of the session contract.")
    for level in LEVELS:
        config.addinivalue_line("markers", f"{level}: a check of the session contract that this level asks for.")


def pytest_collect_file(file_path, parent):
    if file_path.name != "conftest.py":
        return None
    if hasattr(loaded(parent.config, file_path), "sessionspec_app"):
        return Checks.from_parent(parent, path=file_path)
    return None


def pytest_report_collectionfinish(config):
    """What is tested and what is not: tests that nobody collects, and levels that nobody asks for, fail nothing."""
    collected = config.stash.get(COLLECTED, {})
    lines = ["sessionspec: %s: %s" % (beside(config, path), told) for path, told in collected.items() if told]
    if getattr(getattr(config, "args_source", None), "name", None) == "ARGS":
        return lines
    named = [plugin.__file__ for plugin in config.pluginmanager.get_plugins() if is_conftest_with_an_app(plugin)]
    for path in sorted(set(named) - set(collected)):
        lines.append(
            "sessionspec: %s has a `sessionspec_app`, and is not below what is collected (testpaths)" % beside(config, path)
        )
    if not named and any(config.getini(name) for name in SETTINGS):
        lines.append("sessionspec: nothing is tested: no conftest.py that was loaded has a `sessionspec_app`")
    return lines


def is_conftest_with_an_app(plugin):
    return str(getattr(plugin, "__file__", None)).endswith("conftest.py") and hasattr(plugin, "sessionspec_app")


def beside(config, path):
    try:
        return pathlib.Path(path).relative_to(config.rootpath)
    except ValueError:
        return path


def loaded(config, path):
    """The module of a `conftest.py`, which pytest has loaded as a plugin."""
    plugins = config.pluginmanager.get_plugins()
    return next((plugin for plugin in plugins if getattr(plugin, "__file__", None) == str(path)), None)


# What is told of each `conftest.py` that was collected: nothing, where its checks could not be listed.
COLLECTED = pytest.StashKey()


class Checks(pytest.Module):
    """The checks as tests of a `conftest.py`."""

    def _getobj(self):
        # Importing it again could find the conftest.py of another folder.
        return loaded(self.config, self.path)

    def collect(self):
        self.config.stash.setdefault(COLLECTED, {})[str(self.path)] = None
        try:
            app = self.obj.sessionspec_app
            self.level, self.checks = _harness.listed(app, level_of(self.config), **self.options())
        except _harness.NothingJudged as error:
            raise self.CollectError(str(error)) from None
        told = "%d checks of level %s%s" % (len(self.checks), self.level, self.left_out(app))
        self.config.stash[COLLECTED][str(self.path)] = told
        for check in self.checks:
            test = pytest.Function.from_parent(self, name=check["id"], callobj=holds)
            test.add_marker("sessionspec")
            test.add_marker(check["level"])
            yield test

    def left_out(self, app):
        """How many checks are above the level, where it is not the arguments that name it."""
        if self.level == LEVELS[-1] or _harness.names_level(self.options()["arguments"]):
            return ""
        _, every = _harness.listed(app, LEVELS[-1], **self.options())
        ids = {check["id"] for check in self.checks}
        above = [check["id"].partition("/")[0] for check in every if check["id"] not in ids]
        if not above:
            return ""
        suites = ", ".join(dict.fromkeys(above))
        return "; %d of higher levels are left out, of the suites %s (sessionspec_level)" % (len(above), suites)

    def options(self):
        return {
            "known_failures": self.config.getini("sessionspec_known_failures"),
            "arguments": self.config.getini("sessionspec_arguments"),
            "folder": self.config.rootpath,
        }


def level_of(config):
    """The level that pytest is told. Without it, sessionspec.toml or the arguments say which one decides."""
    level = config.getoption("--sessionspec-level") or config.getini("sessionspec_level") or None
    if level not in (None, *LEVELS):
        raise pytest.UsageError(f"sessionspec_level: there is no level `{level}`; choose one of {', '.join(LEVELS)}")
    return level


def holds(request, sessionspec_report):
    """One check: what became of it is looked up in the report."""
    try:
        check = sessionspec_report.outcome(request.node.name)
    except _harness.NothingJudged as error:
        pytest.fail(str(error), pytrace=False)
    if check is None:
        pytest.skip(sessionspec_report.silence())
    verdict, because = check["verdict"], check.get("because", "")
    known = check.get("known_failure")
    if known is not None and known["state"] == "stale":
        pytest.fail(f"it is listed as a known failure, and does not fail: {known['reason']}", pytrace=False)
    if verdict in ("not-applicable", "excused"):
        pytest.skip(f"{verdict.replace('-', ' ')}: {because}")
    if verdict == "known-failure":
        request.node.add_marker(pytest.mark.xfail(reason=known["reason"], strict=True))
    if verdict in ("fail", "known-failure"):
        told = sessionspec_report.told(check["text"], request.node.nodeid)
        pytest.fail(in_short(check["failures"]) + "\n\n" + told, pytrace=False)
    if verdict == "unverified" and is_echo(because, request, sessionspec_report):
        pytest.skip(f"{PROBLEMS[verdict]}: {because}")
    if verdict in PROBLEMS:
        pytest.fail(f"{PROBLEMS[verdict]}: {because}", pytrace=False)


def in_short(failures):
    """What fails, in one line: pytest repeats the first line of a failure in its summary, behind the name of the test."""
    first = failures[0]
    seen = "%s: expected %s, seen %s" % (first["reason"], first["expected"], first["seen"])
    # Whatever a service said must not act on a terminal.
    line = "".join(letter if letter.isprintable() else " " for letter in " ".join(seen.split()))
    return line if len(failures) == 1 else "%s; and %d more" % (line, len(failures) - 1)


def is_echo(because, request, report):
    """Whether nothing is known of a check because of another one that is a test of this run, and fails it."""
    relied_on = re.match(r"relies on ([a-z-]+/[a-z-]+)", because)
    if relied_on is None:
        return False
    name = relied_on.group(1)
    is_test = any(item.name == name and item.parent is request.node.parent for item in request.session.items)
    return is_test and report.outcome(name)["verdict"] == "fail"


@pytest.fixture(scope="module")
def sessionspec_report(request):
    """The one run of the harness, on the checks that were selected."""
    app = request.module.sessionspec_app
    if is_fixture(app):
        app = request.getfixturevalue("sessionspec_app")
    checks = [item.name for item in request.session.items if item.parent is request.node]
    return _harness.Run(
        app,
        # Where none is deselected, none is named: then a sessionspec.toml may leave some out.
        checks=checks if len(checks) < len(request.node.checks) else [],
        level=request.node.level,
        **request.node.options(),
    )


def is_fixture(value):
    # A fixture is an object of its own from pytest 8.4 on, and before that a function with a mark.
    return hasattr(value, "_pytestfixturefunction") or type(value).__name__ == "FixtureFunctionDefinition"
