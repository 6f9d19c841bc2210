"""What the probes say is tested: the installed library that sessions are from."""

import sys

import flask
import pytest
from sessionspec import probe

LIBRARY = """
from flask.sessions import SecureCookieSessionInterface

class StoreInterface(SecureCookieSessionInterface):
    pass
"""
ENGINE = """
from django.contrib.sessions.backends.base import SessionBase

class SessionStore(SessionBase):
    pass
"""
STORAGE = """
from aiohttp_session import SimpleCookieStorage

class Storage(SimpleCookieStorage):
    pass
"""


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A distribution of another name than its package, as pip installs one."""
    metadata = tmp_path / "Flask_Stores-1.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: Flask-Stores\nVersion: 1.2\n")
    (metadata / "top_level.txt").write_text("keptsessions\n")
    package = tmp_path / "keptsessions"
    package.mkdir()
    for name, source in (("__init__", LIBRARY), ("engine", ENGINE), ("storage", STORAGE)):
        (package / (name + ".py")).write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SESSIONSPEC_PROBE", "1")
    import keptsessions

    yield keptsessions
    for name in [name for name in sys.modules if name.partition(".")[0] == "keptsessions"]:
        del sys.modules[name]


def named(interface, description=None):
    app = flask.Flask(__name__)
    app.secret_key = "only for tests"
    app.session_interface = interface
    probe.mount(app, description=description)
    said = app.test_client().get("/probe").get_json()
    return said["name"], said["version"]


needs_names = pytest.mark.skipif(sys.version_info < (3, 10), reason="the package has another name than its distribution")


@needs_names
def test_the_library_of_a_session_interface_is_named(library):
    own = "flask %s, StoreInterface of Flask-Stores" % probe.flask_version()
    assert named(library.StoreInterface()) == (own, "1.2")
    assert named(type("Mine", (library.StoreInterface,), {})()) == (own, "1.2")
    assert named(library.StoreInterface(), {"name": "mine", "version": "3"}) == ("mine", "3")


@needs_names
def test_the_library_of_an_engine_of_django_is_named(library, monkeypatch):
    from django.conf import settings
    from sessionspec.probes import django as probe_of_django

    if not settings.configured:
        settings.configure()
    own = probe_of_django.version("Django")

    def named_with(engine):
        monkeypatch.setattr(settings, "SESSION_ENGINE", engine)
        said = probe_of_django.description()
        return said["name"], said["version"]

    assert named_with("django.contrib.sessions.backends.signed_cookies") == ("Django, signed_cookies", own)
    assert named_with("keptsessions.engine") == ("Django %s, keptsessions.engine of Flask-Stores" % own, "1.2")


@needs_names
def test_the_library_of_a_storage_of_aiohttp_is_named(library):
    from aiohttp_session import SimpleCookieStorage
    from keptsessions.storage import Storage
    from sessionspec.probes import aiohttp as probe_of_aiohttp

    own = probe_of_aiohttp.version("aiohttp-session")
    assert probe_of_aiohttp.named(SimpleCookieStorage()) == {"name": "aiohttp-session", "version": own}
    name = "aiohttp-session %s, Storage of Flask-Stores" % own
    assert probe_of_aiohttp.named(Storage()) == {"name": name, "version": "1.2"}


def test_flask_is_named_where_the_interface_is_its_own_or_nobody_knows(library):
    flasks = ("flask", probe.flask_version())
    assert named(flask.sessions.SecureCookieSessionInterface()) == flasks
    unknown = type("Mine", (flask.sessions.SecureCookieSessionInterface,), {"__module__": "no_such_package.sessions"})
    assert named(unknown()) == flasks


def test_metadata_that_cannot_be_read_is_no_reason_to_fail(library, tmp_path):
    (tmp_path / "Flask_Stores-1.2.dist-info" / "METADATA").write_bytes(b"\xff\xfe")
    assert named(library.StoreInterface()) == ("flask", probe.flask_version())
