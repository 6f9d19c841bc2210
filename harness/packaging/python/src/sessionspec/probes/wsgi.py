"""The probe for sessions that a WSGI middleware puts into the environment, such as Beaker's."""

import argparse
import http.client

from sessionspec import probe as core


class Probe:
    """A WSGI application that serves the probe. Wrap it in the middleware that is to be judged.

    `session` is the key of the environment under which the middleware puts the session, or a function of the environment.
    `description` completes what the probe answers to `GET`: name and version of the library, and what it promises. With
    `"spellings": core.spellings_of(Class)` it names what sessions of this class have beside the usual methods.
    `operations` gives those that are the library's own, each as a function of the session and the operation. Where the
    library saves only when it is told to, `save` is a function of the session.
    """

    def __init__(self, session, description=None, operations=None, save=None):
        self.session = session if callable(session) else lambda environ: environ[session]
        self.operations = operations or {}
        self.save = save
        derived = [name for name in STAND_INS if name not in self.operations]
        self.description = {"protocol": 1, "derived": derived, "without_body": core.WITHOUT_BODY, **(description or {})}
        if save is not None:
            self.description.setdefault("saves", "explicit")

    def __call__(self, environ, start_response):
        def answer(body, status=200, headers=()):
            about_body = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
            fields = [*(about_body if status not in core.WITHOUT_BODY else []), *headers]
            start_response("%d %s" % (status, http.client.responses.get(status, "Unknown")), fields)
            return [body] if body else []

        if not core.is_allowed():
            return answer(core.encode({"error": "to serve this probe, set SESSIONSPEC_PROBE=1"}), 404)
        if environ["REQUEST_METHOD"] != "POST":
            return answer(core.encode(self.description))
        try:
            ops = core.read_cycle(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        except ValueError as error:
            return answer(core.encode({"error": str(error)}), 400)
        return answer(*self.cycle(environ, ops))

    def cycle(self, environ, ops):
        opened = []

        def session():
            if not opened:
                opened.append(self.session(environ))
            return opened[0]

        def with_session(function):
            return lambda op: function(session(), op)

        own = {name: with_session(function) for name, function in self.operations.items()}
        on_items = {**core.item_operations(session), **core.item_spellings(session)}
        operations = {**on_items, **core.stand_ins(session), **own}
        save = self.save and (lambda: self.save(session()))
        status, headers, body = core.run_cycle(ops, operations, save)
        return body, status, headers


STAND_INS = ("permanent", "set_permanent", "modified", "set_modified", "new")


def main():
    parser = argparse.ArgumentParser(description="Serve a WSGI application in which a probe is mounted.")
    parser.add_argument("target", metavar="package.module:app", help="an application, or a function that makes one")
    options = core.read_arguments(parser)

    from sessionspec.probes import _serving

    _serving.serve_wsgi(core.load(options.target), options.port)


if __name__ == "__main__":
    main()
