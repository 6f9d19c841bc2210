"""Runs the command for the plugin: what it is run on, and what its report says."""

import contextlib
import json
import os
import re
import shlex
import subprocess
import tempfile
import threading

from sessionspec import _binary


class NothingJudged(Exception):
    """The command has written no report."""


def listed(app, level=None, known_failures=(), arguments=(), folder=None):
    """The level that decides a run on an application with these arguments in this folder, and everything about the checks
    that it judges. It is the level of `sessionspec.toml` where none is given here."""
    # What is served by this process has no port yet, and nobody asks for it.
    target = target_of(app) if isinstance(app, str) else ["http://127.0.0.1/probe"]
    listing = [_binary.find(), "run", "--list", *target, *options(level, known_failures, arguments)]
    done = subprocess.run(listing, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder)
    if done.returncode != 0:
        raise NothingJudged(done.stderr.decode("utf-8", "replace").strip())
    found = json.loads(done.stdout)
    return found["level"], found["checks"]


def target_of(app):
    return [app] if app.startswith(("http://", "https://")) else ["--launch", app]


def options(level, known_failures, arguments):
    words = ["--level", level] if level else []
    for file in known_failures or ():
        words += ["--known-failures", str(file)]
    return words + list(arguments or ())


def names_level(arguments):
    return any(word == "--level" or word.startswith("--level=") for word in arguments or ())


class Run:
    """One run of the command. It takes place when its first outcome is asked for."""

    def __init__(self, app, checks, level, known_failures=(), arguments=(), folder=None):
        self.app = app
        self.checks = checks
        # The level is named since checks that are selected would have a level of their own; it may be among the arguments.
        self.options = options(None if names_level(arguments) else level, known_failures, arguments)
        self.folder = folder
        self.report = None

    def outcome(self, check):
        """What became of a check: its entry in the report, with its failures in words as `text`. None if there is no such
        entry; that a run has ended without a report is told to the first who asks."""
        if self.report is None:
            self.report = {}
            self.report = self.judge()
        return self.report.get(check)

    def silence(self):
        """Why a check is not in the report. To tell the reason of all of them a hundred times would hide it."""
        if not self.report:
            return "nothing was judged, as the first check says"
        return "it was not run: the arguments or sessionspec.toml leave it out"

    def told(self, text, test):
        """A failure in words. Where this process has served the application, its port is gone when somebody reads them:
        then the command that shows it again is pytest's."""
        if isinstance(self.app, str):
            return text
        if "\n  whole run " in text:
            # Alone, its test has nothing to look at.
            test = test.partition("::")[0]
        return re.sub(r"\n  replay .*(\n {14}.*)*", lambda found: "\n  replay    pytest " + shlex.quote(test), text)

    def judge(self):
        with tempfile.TemporaryDirectory() as folder, reached(self.app, self.folder) as target:
            file = os.path.join(folder, "report.json")
            selected = [word for check in self.checks for word in ("--check", check)]
            arguments = [_binary.find(), "run", *target, *selected, *self.options, "--report", "json=" + file]
            done = subprocess.run(arguments, stderr=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.folder)
            if not os.path.isfile(file):
                raise NothingJudged(done.stderr.decode("utf-8", "replace").strip())
            with open(file, encoding="utf-8") as text:
                report = json.load(text)
        texts = {failed["check"]: failed["text"] for failed in report["summary"].get("failures", ())}
        return {check["id"]: dict(check, text=texts.get(check["id"], "")) for check in report["checks"]}


@contextlib.contextmanager
def reached(app, folder):
    """The arguments that lead the command to an application, which is served for as long as that takes."""
    if isinstance(app, str):
        yield target_of(app)
        return
    with served(app) as port:
        yield [f"http://127.0.0.1:{port}/probe"]


@contextlib.contextmanager
def served(app):
    """Serves an application on a thread, with the probe mounted in it where its framework is known."""
    before = os.environ.get("SESSIONSPEC_PROBE")
    os.environ["SESSIONSPEC_PROBE"] = "1"
    try:
        mount(app)
        with (served_asgi if is_asgi(app) else served_wsgi)(app) as port:
            yield port
    finally:
        if before is None:
            del os.environ["SESSIONSPEC_PROBE"]
        else:
            os.environ["SESSIONSPEC_PROBE"] = before


def frameworks_of(app):
    return {base.__module__.partition(".")[0] for base in type(app).__mro__}


def mount(app):
    """Mounts the probe in an application of Flask or Starlette. In any other it is expected to be there already."""
    names = frameworks_of(app)
    if "flask" in names and "/probe" not in {rule.rule for rule in app.url_map.iter_rules()}:
        from sessionspec.probes import flask

        flask.mount(app)
    if "starlette" in names and "/probe" not in {getattr(route, "path", None) for route in app.routes}:
        from sessionspec.probes import starlette

        starlette.mount(app)


def is_asgi(app):
    import inspect

    call = app if inspect.isfunction(app) else getattr(type(app), "__call__", None)
    return inspect.iscoroutinefunction(call)


@contextlib.contextmanager
def served_wsgi(app):
    from sessionspec.probes import _serving

    server = _serving.wsgi_server(app, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def served_asgi(app):
    import asyncio
    import socket

    from sessionspec.probes import _serving

    server = _serving.asgi_server(app, 0)
    # Connections that come before the server runs wait in the queue of the socket.
    # asyncio turns off Nagle's algorithm only where the protocol is named; with it, each answer takes 40 ms more.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
