"""The probe for Starlette, FastAPI and whatever else is built on Starlette: the sessions of its SessionMiddleware."""

import argparse
from importlib.metadata import version

from sessionspec import probe as core

TWO_WEEKS = 14 * 24 * 60 * 60


def mount(app, path="/probe", description=None):
    """Adds the probe to an application, where the environment has SESSIONSPEC_PROBE=1; otherwise it does nothing.

    `description` replaces or completes what the probe answers to `GET`.
    """
    if not core.is_allowed():
        return
    from starlette.concurrency import run_in_threadpool
    from starlette.middleware import sessions
    from starlette.responses import Response

    # From 1.0 on the session knows whether it was changed; before that it is a dict, and sent with every response.
    tracked = hasattr(sessions, "Session")

    def answer(body, status=200, headers=()):
        response = Response(body, status_code=status, media_type="application/json")
        for name, value in headers:
            response.headers.append(name, value)
        return response

    async def sessionspec_probe(request):
        if request.method != "POST":
            return answer(core.encode({**described(app, tracked), **(description or {})}))
        try:
            ops = core.read_cycle(await request.body())
        except ValueError as error:
            return answer(core.encode({"error": str(error)}), 400)
        # In a thread, so that a held cycle does not stop the others.
        status, headers, body = await run_in_threadpool(core.run_cycle, ops, operations(request, tracked))
        return answer(body, status, headers)

    app.add_route(path, sessionspec_probe, methods=["GET", "POST"])


def described(app, tracked):
    derived = ["permanent", "set_permanent", "new"]
    known = {"protocol": 1, "name": "Starlette", "version": version("starlette")}
    declares = {"store": "client", "empty": "removed"}
    if tracked:
        declares.update({"modified": "tracked", "nested": "untracked"})
    else:
        derived += ["modified", "set_modified"]
    own = own_middleware(app)
    if own is not None:
        known["browser_lifetime_seconds"] = own.kwargs.get("max_age", TWO_WEEKS)
        known["declares"] = declares
    known["derived"] = derived
    return known


def own_middleware(app):
    """How the application adds Starlette's own SessionMiddleware; none where its sessions are another library's."""
    from starlette.middleware.sessions import SessionMiddleware

    return next((middleware for middleware in app.user_middleware if middleware.cls is SessionMiddleware), None)


def operations(request, tracked):
    def session():
        return request.session

    own = {
        **core.item_operations(session),
        **core.stand_ins(session),
    }
    if tracked:
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
