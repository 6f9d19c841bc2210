"""A plugin of pytest: each check of the suite is one test, and the harness runs once for all of them.

A `conftest.py` that has a fixture or a variable `sessionspec_app` names what is tested. Its checks are collected as tests
of that file.
"""

import pytest

from sessionspec import _harness

LEVELS = ("minimum", "recommended", "hardened")
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


def loaded(config, path):
    """The module of a `conftest.py`, which pytest has loaded as a plugin."""
    plugins = config.pluginmanager.get_plugins()
    return next((plugin for plugin in plugins if getattr(plugin, "__file__", None) == str(path)), None)


class Checks(pytest.Module):
    """The checks as tests of a `conftest.py`."""

    def _getobj(self):
        # Importing it again could find the conftest.py of another folder.
        return loaded(self.config, self.path)

    def collect(self):
        try:
            app = self.obj.sessionspec_app
            self.level, self.checks = _harness.listed(app, level_of(self.config), **self.options())
        except _harness.NothingJudged as error:
            raise self.CollectError(str(error)) from None
        for check in self.checks:
            test = pytest.Function.from_parent(self, name=check["id"], callobj=holds)
            test.add_marker("sessionspec")
            test.add_marker(check["level"])
            yield test


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
        pytest.fail(sessionspec_report.told(check["text"], request.node.nodeid), pytrace=False)
    if verdict in PROBLEMS:
        pytest.fail(f"{PROBLEMS[verdict]}: {because}", pytrace=False)


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
