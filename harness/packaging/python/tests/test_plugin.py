"""What the plugin makes of its checks: on a real application of Flask, with a few checks each."""

import pytest

from sessionspec import _harness

pytest_plugins = ["pytester"]

APP = """
import flask

class Careless(flask.sessions.SecureCookieSessionInterface):
    def save_session(self, app, session, response):
        session.pop("size", None)
        super().save_session(app, session, response)

def create_app():
    app = flask.Flask(__name__)
    app.secret_key = "only for tests"
    app.session_interface = Careless()
    return app
"""
CONFTEST = """
import pytest, shop

@pytest.fixture(scope="module")
def sessionspec_app():
    return shop.create_app()
"""
KNOWN = """
[[known-failures]]
check = "%s"
reason = "the item is dropped"
"""


@pytest.fixture
def careless(pytester):
    pytester.makepyfile(shop=APP, conftest=CONFTEST)
    return pytester


def run(pytester, *arguments):
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_a_check_is_a_test_and_its_report_the_text_of_the_failure(careless):
    result = run(careless, "-k", "each-mutator-persists or opens-empty")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([
        "minimum/each-mutator-persists (minimum, data loss): *",
        "  promised  Every way to change a session is saved, also as the only change of a",
        "  replay    pytest conftest.py::minimum/each-mutator-persists",
    ])


def test_the_short_summary_says_what_fails_and_names_the_check_once(careless, monkeypatch):
    # pytest cuts off what does not fit.
    monkeypatch.setenv("COLUMNS", "500")
    result = run(careless, "-k", "each-mutator-persists")
    summary = [line for line in result.outlines if line.startswith("FAILED ")]
    assert len(summary) == 1
    assert summary[0].count("each-mutator-persists") == 1
    result.stdout.fnmatch_lines([
        'FAILED * - *set-later: expected {"colour":"red","size":"small"}, seen {"colour":"red"}; and * more',
    ])


def test_what_a_whole_run_shows_is_shown_again_by_all_tests():
    shown = _harness.Run.__new__(_harness.Run)
    shown.app = object()
    text = "cookie/every-response\n%s  replay    sessionspec run URL"
    test = "conftest.py::cookie/every-response"
    alone = shown.told(text % "", test)
    assert alone.endswith("\n  replay    pytest conftest.py::cookie/every-response")
    together = shown.told(text % "  whole run cookie/every-response looks at all\n", test)
    assert together.endswith("\n  replay    pytest conftest.py")


def test_what_failed_last_can_be_run_alone(careless):
    careless.runpytest_subprocess("-k", "each-mutator-persists or opens-empty").assert_outcomes(passed=1, failed=1)
    careless.runpytest_subprocess("--lf").assert_outcomes(failed=1)


def test_a_check_is_named_by_its_node_id(careless):
    run(careless, "conftest.py::minimum/opens-empty").assert_outcomes(passed=1)


def test_the_level_says_which_checks_there_are_and_marks_them(careless):
    listed = run(careless, "--collect-only", "-q", "-m", "hardened", "--sessionspec-level", "hardened")
    listed.stdout.fnmatch_lines(["conftest.py::identity/*"])
    listed.stdout.no_fnmatch_line("conftest.py::minimum/persists")
    run(careless, "--collect-only", "-q").stdout.no_fnmatch_line("conftest.py::identity/*")
    careless.makefile(".toml", sessionspec="level = 'hardened'\n")
    run(careless, "--collect-only", "-q").stdout.fnmatch_lines(["conftest.py::identity/*"])


def test_what_is_tested_and_what_is_left_out_is_told(careless):
    run(careless, "--collect-only").stdout.fnmatch_lines([
        "sessionspec: conftest.py: * checks of level minimum; * of higher levels are left out, of the suites *expiry*",
    ])
    told = run(careless, "--collect-only", "--sessionspec-level", "hardened").stdout
    told.fnmatch_lines(["sessionspec: conftest.py: * checks of level hardened"])
    told.no_fnmatch_line("*left out*")


def test_a_conftest_that_is_not_collected_is_told(careless):
    careless.makeini("[pytest]\ntestpaths = tests")
    careless.mkdir("tests").joinpath("test_other.py").write_text("def test_other(): pass")
    result = run(careless)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["sessionspec: conftest.py has a `sessionspec_app`, and is not below what is collected *"])
    # Whoever names files knows which.
    run(careless, "tests/test_other.py").stdout.no_fnmatch_line("sessionspec: *")


def test_settings_that_mean_nothing_are_told(pytester):
    pytester.makeini("[pytest]\nsessionspec_level = hardened")
    pytester.makepyfile(conftest="sessionspec_ap = 'true'", test_other="def test_other(): pass")
    result = run(pytester)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["sessionspec: nothing is tested: no conftest.py that was loaded has a `sessionspec_app`"])


FORGETFUL = APP.replace('session.pop("size", None)', "return")


def test_what_relies_on_a_test_that_fails_is_skipped(careless):
    careless.makepyfile(shop=FORGETFUL)
    relying = "minimum/values-survive"
    assert FORGETFUL != APP
    result = run(careless, "-rs", "conftest.py::minimum/each-mutator-persists", "conftest.py::" + relying)
    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED * it could not be verified: relies on minimum/each-mutator-persists*"])
    # Where what it relies on is no test, nothing else would fail.
    run(careless, "conftest.py::" + relying).assert_outcomes(failed=1)


RECOMMENDED = "--collect-only", "-q", "--sessionspec-level", "recommended"


def test_what_is_run_only_where_it_is_named_is_a_test_only_there(careless):
    listed = run(careless, *RECOMMENDED)
    listed.stdout.fnmatch_lines(["conftest.py::concurrency/*"])
    for suite in ("promises", "nodes", "beside", "restart", "outage"):
        listed.stdout.no_fnmatch_line("conftest.py::%s/*" % suite)
    careless.makeini("[pytest]\nsessionspec_arguments = --suite minimum --suite=promises")
    run(careless, *RECOMMENDED).stdout.fnmatch_lines(["conftest.py::promises/*"])


def test_a_project_names_suites_too(careless):
    careless.makefile(".toml", sessionspec="suites = [\n  'minimum',\n  'restart',\n]\n")
    listed = run(careless, *RECOMMENDED)
    listed.stdout.fnmatch_lines(["conftest.py::restart/*"])
    listed.stdout.no_fnmatch_line("conftest.py::promises/*")
    careless.makefile(".toml", sessionspec="beside = 'http://127.0.0.1:6000/probe'\n")
    run(careless, *RECOMMENDED).stdout.fnmatch_lines(["conftest.py::beside/*"])
    careless.makefile(".toml", sessionspec="[profiles.several]\nsuites = ['restart']\n")
    run(careless, *RECOMMENDED).stdout.no_fnmatch_line("conftest.py::restart/*")


def test_what_the_arguments_leave_out_is_no_test(careless):
    careless.makeini("[pytest]\nsessionspec_arguments = --check minimum/opens-empty")
    run(careless).assert_outcomes(passed=1)


def test_the_arguments_name_the_level(careless):
    careless.makeini("[pytest]\nsessionspec_arguments = --level recommended --suite cookie")
    run(careless, "-k", "http-only").assert_outcomes(passed=1)


def test_the_arguments_ask_for_a_report_of_their_own(careless):
    careless.makeini("[pytest]\nsessionspec_arguments = --report markdown=report.md")
    run(careless, "-k", "opens-empty").assert_outcomes(passed=1)
    assert "minimum/opens-empty" in (careless.path / "report.md").read_text()


def test_arguments_that_mean_nothing_are_told_before_anything_is_run(careless):
    careless.makeini("[pytest]\nsessionspec_arguments = --suite minimun")
    result = run(careless)
    result.stdout.fnmatch_lines(["*no check matches*minimun*did you mean*"])
    result.stdout.no_fnmatch_line("sessionspec: conftest.py *")


def test_a_known_failure_is_expected_to_fail(careless):
    careless.makefile(".toml", known=KNOWN % "minimum/each-mutator-persists")
    careless.makeini("[pytest]\nsessionspec_known_failures = known.toml")
    run(careless, "-k", "each-mutator-persists").assert_outcomes(xfailed=1)


def test_a_known_failure_that_passes_fails(careless):
    careless.makefile(".toml", known=KNOWN % "minimum/opens-empty")
    careless.makeini("[pytest]\nsessionspec_known_failures = known.toml")
    result = run(careless, "-k", "opens-empty")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*known failure*does not fail: the item is dropped*"])


def test_a_service_that_does_not_start_is_told_once(pytester):
    pytester.makeconftest("sessionspec_app = 'echo no such database >&2; exit 1'")
    result = run(pytester, "-k", "opens-empty or each-mutator-persists")
    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*no such database*"])


def test_a_probe_that_runs_already_is_reached_by_its_url(careless):
    careless.makeconftest("""
        import pytest, shop
        from sessionspec import _harness

        @pytest.fixture(scope="module")
        def sessionspec_app():
            with _harness.served(shop.create_app()) as port:
                yield f"http://127.0.0.1:{port}/probe"
    """)
    run(careless, "-k", "opens-empty").assert_outcomes(passed=1)


DJANGO = """
SECRET_KEY = "only for tests"
INSTALLED_APPS = ["django.contrib.sessions"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
ROOT_URLCONF = "urls"
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
"""


def test_the_sessions_of_django_are_served_with_the_settings_of_pytest(pytester, monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "mysettings")
    pytester.makepyfile(mysettings=DJANGO, conftest="""
        import pytest

        @pytest.fixture(scope="module")
        def sessionspec_app():
            from sessionspec.probes import django
            return django.application()
    """)
    result = run(pytester)
    assert result.ret == 0 and result.parseoutcomes()["passed"] > 10


def test_other_tests_are_left_alone(careless):
    careless.makepyfile(test_other="def test_other(): pass")
    run(careless, "test_other.py").assert_outcomes(passed=1)
