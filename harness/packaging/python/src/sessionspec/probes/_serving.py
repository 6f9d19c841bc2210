"""Serves a WSGI or an ASGI application on loopback, with what is installed, in as many threads as requests are held."""

import logging
import socketserver
import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer


class ThreadingServer(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        """Access logs would bury what matters."""


def wsgi_server(application, port):
    """The standard library's server: it needs nothing, and closes each connection after its answer."""
    server = ThreadingServer(("127.0.0.1", port), QuietHandler)
    server.set_app(application)
    return server


def serve_wsgi(application, port):
    """Serves until the process ends: by waitress, where that is installed."""
    logging.basicConfig()
    try:
        import waitress
    except ImportError:
        wsgi_server(application, port).serve_forever()
    else:
        waitress.serve(application, host="127.0.0.1", port=port, threads=16)


def asgi_server(application, port):
    """A server of uvicorn's, not yet started."""
    try:
        import uvicorn
    except ImportError:
        sys.exit("sessionspec: an ASGI application is served by uvicorn, which is not installed: pip install uvicorn")
    return uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=port, log_level="warning"))


def serve_asgi(application, port):
    """Serves until the process ends."""
    logging.basicConfig()
    asgi_server(application, port).run()
