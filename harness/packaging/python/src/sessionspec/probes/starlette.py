"""The probe for Starlette, FastAPI and whatever else is built on Starlette: the sessions of its SessionMiddleware."""

import argparse
from importlib.metadata import PackageNotFoundError, version

from sessionspec import probe as core

TWO_WEEKS = 14 * 24 * 60 * 60


def mount(app, path="/probe", description=None):
    """Adds the probe to an application, where the environment has SESSIONSPEC_PROBE=1; otherwise it does nothing.

    `description` replaces or completes what the probe answers to `GET`.
    """
    if not core.is_allowed():
        return
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response

    def answer(body, status=200, headers=()):
        if status in core.WITHOUT_BODY:
            response = Response(status_code=status)
        else:
            response = Response(body, status_code=status, media_type="application/json")
        for name, value in headers:
            response.headers.append(name, value)
        return response

    async def sessionspec_probe(request):
        if request.method != "POST":
            return answer(core.encode({**described(app, request), **(description or {})}))
        try:
            ops = core.read_cycle(await request.body())
        except ValueError as error:
            return answer(core.encode({"error": str(error)}), 400)
        # In a thread, so that a held cycle does not stop the others.
        status, headers, body = await run_in_threadpool(core.run_cycle, ops, operations(request))
        return answer(body, status, headers)

    app.add_route(path, sessionspec_probe, methods=["GET", "POST"])


def described(app, request):
    derived = ["permanent", "set_permanent", "new"]
    declares = {"store": "client", "empty": "removed"}
    if is_tracked(request):
        declares.update({"modified": "tracked", "nested": "untracked"})
    else:
        derived += ["modified", "set_modified"]
    known = {"protocol": 1, "derived": derived, "without_body": core.WITHOUT_BODY}
    spellings = core.spellings_of(type(request.scope.get("session")))
    if spellings:
        known["spellings"] = spellings
    own = own_middleware(app)
    if own is None and not is_starlettes(request):
        return {**known, **other_library(app)}
    known.update({"name": "Starlette", "version": version("starlette")})
    if own is not None:
        known["browser_lifetime_seconds"] = own.kwargs.get("max_age", TWO_WEEKS)
        known["declares"] = declares
    return known


def own_middleware(app):
    """How the application adds Starlette's own SessionMiddleware; none where its sessions are another library's."""
    from starlette.middleware.sessions import SessionMiddleware

    return next((middleware for middleware in app.user_middleware if middleware.cls is SessionMiddleware), None)


def other_library(app):
    """What is known of a library whose sessions Starlette merely hands out."""
    named = (middleware.cls for middleware in app.user_middleware if "session" in middleware.cls.__name__.lower())
    package = next((found.__module__.partition(".")[0] for found in named), None)
    if package is None:
        return {"name": "a session library in Starlette"}
    try:
        return {"name": package, "version": version(package)}
    except PackageNotFoundError:
        return {"name": package}


def is_starlettes(request):
    """Whether the session is of the class that Starlette has for its own ones, from 1.0 on."""
    from starlette.middleware import sessions

    own = getattr(sessions, "Session", None)
    return own is not None and isinstance(request.scope.get("session"), own)


def is_tracked(request):
    """Whether the session knows that it was changed. Starlette's own does from 1.0 on; before that it is a dict, and so
    are those of other libraries, whatever Starlette they are used with."""
    session = request.scope.get("session")
    return isinstance(getattr(session, "modified", None), bool) and hasattr(session, "mark_modified")


def operations(request):
    def session():
        return request.session

    own = {
        **core.item_operations(session),
        **core.item_spellings(session),
        **core.stand_ins(session),
    }
    if is_tracked(request):
        own["modified"] = lambda op: session().modified
        own["set_modified"] = lambda op: session().mark_modified()
    return own


def create_app(target=None, lifetime=None):
    """The application that serves the probe: the target, or one with Starlette's own sessions."""
    from starlette.applications import Starlette
    from starlette.middleware.sessions import SessionMiddleware

    app = target
    if target is None:
        app = Starlette()
        secret = "known to everyone, so that cookies outlive a restart of the probe"
        app.add_middleware(SessionMiddleware, secret_key=secret)
    own = own_middleware(app)
    if lifetime is not None and own is not None:
        own.kwargs["max_age"] = lifetime
    mount(app)
    return app


def main():
    parser = argparse.ArgumentParser(description="Serve the sessionspec probe for Starlette's sessions.")
    parser.add_argument("target", nargs="?", metavar="package.module:app",
                        help="an application, or a function that makes one (default: one with Starlette's own sessions)")
    parser.add_argument("--lifetime", type=core.whole_seconds, metavar="SECONDS", help="max_age of the SessionMiddleware")
    options = core.read_arguments(parser)

    from sessionspec.probes import _serving

    target = core.load(options.target) if options.target else None
    _serving.serve_asgi(create_app(target, options.lifetime), options.port)


if __name__ == "__main__":
    main()
