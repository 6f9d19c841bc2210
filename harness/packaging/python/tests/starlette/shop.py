"""An application of Starlette, as a user has one."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route


def index(request):
    request.session["seen"] = request.session.get("seen", 0) + 1
    return PlainTextResponse("seen %d times" % request.session["seen"])


def create_app():
    return Starlette(
        routes=[Route("/", index)],
        middleware=[Middleware(SessionMiddleware, secret_key="only for tests")],
    )


app = create_app()
