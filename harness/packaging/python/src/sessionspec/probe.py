"""The sessionspec probe for Flask, and the core of the probes for every other Python framework.

This is one file, without dependencies, for Python 2.7 and 3 and for every Flask from 0.7 on: where nothing can be
installed, copy it. Its first part, the core, knows no framework: it reads the operations of the probe protocol,
version 1, performs them on a session that has the methods of a dict, and writes the results. Its second part is
Flask's, and can also be imported as `sessionspec.probes.flask`.
"""

from __future__ import print_function

import argparse
import importlib
import inspect
import json
import logging
import os
import re
import socket
import sys
from datetime import timedelta

try:
    from http.client import HTTPConnection
    from urllib.parse import urlsplit
except ImportError:  # Python 2
    from httplib import HTTPConnection
    from urlparse import urlsplit


# ---- The core: one cycle ---------------------------------------------------------------------------------------------

TEXT = type(u"")
INTEGERS = (int,) if sys.version_info[0] > 2 else (int, long)  # noqa: F821
LONE_SURROGATE = re.compile(u"[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")

# What HTTP allows (RFC 9110, section 5), in ASCII.
FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
FIELD_VALUE = re.compile(r"([!-~]([ -~]*[!-~])?)?\Z")

# A session that is saved explicitly is saved after one of these was done.
WRITES = {
    "set", "delete", "pop", "setdefault", "update", "clear",
    "set_permanent", "set_modified", "regenerate", "set_lifetime",
}


# These may be asked in another spelling.
ON_ITEMS = {"get", "contains", "items", "len", "set", "delete", "pop", "setdefault", "update", "clear"}


# The statuses whose responses have no body, so that the results of their cycles are lost. An empty 205 is rarer.
WITHOUT_BODY = [204, 304]


class Absent(Exception):
    """There is no such item."""


class Unsupported(Exception):
    """The framework has nothing like this operation."""


class AskedToRaise(Exception):
    """The cycle contained the operation `raise`."""


def read_cycle(body):
    """The operations that the body of a POST names, or a `ValueError` if it is no such body."""
    try:
        cycle = json.loads(body)
    except RuntimeError as error:  # Nested deeper than Python's stack.
        raise ValueError(str(error))
    ops = cycle.get("ops") if isinstance(cycle, dict) else None
    if not isinstance(ops, list) or not all(isinstance(op, dict) and isinstance(op.get("op"), TEXT) for op in ops):
        raise ValueError('the body must be {"ops": [{"op": ...}, ...]}, and each `op` a string')
    return ops


def run_cycle(ops, operations, save=None):
    """Performs the operations in order, and returns the status, the header fields and the body of the answer. The body is
    empty where the status is one of `WITHOUT_BODY`, which descriptions declare.

    `operations` maps the name of an operation to a function that is given the operation; one in another spelling is mapped
    from both names. `save` belongs to frameworks
    that save only when they are told to: it is called once, after the last operation, if one of them wrote. Without
    operations the session is not touched, so that a lazy one stays closed.
    """
    operations = dict(operations, hold=hold, respond=respond, header=header)
    # Where several processes answer at one address, the survey says so.
    status, headers, results, wrote = 200, [("Sessionspec-Process", str(os.getpid()))], [], False
    for op in ops:
        name = op["op"]
        if name == "raise":
            raise AskedToRaise("the cycle asked for this exception")
        result = perform(operations, op)
        results.append(result)
        if "ok" in result:
            wrote = wrote or name in WRITES
            if name == "respond":
                status = op["status"]
            elif name == "header":
                headers.append((str(op["name"]), str(op["value"])))
            elif name == "destroy":
                wrote = False
    answer = {"results": results}
    if wrote and save is not None:
        try:
            save()
        except Exception as error:
            answer["save_error"] = repr(error)
    return status, headers, b"" if status in WITHOUT_BODY else encode(answer)


def perform(operations, op):
    try:
        name = asked_as(op)
        if name not in operations:
            raise Unsupported
        # Decoding takes a copy: a later `set_in` must not change this result.
        return {"ok": json.loads(encode(operations[name](op)))}
    except Absent:
        return {"absent": True}
    except Unsupported:
        return {"unsupported": True}
    except Exception as error:
        # A message may hold what cannot be encoded; its repr escapes that.
        return {"error": repr(error)}


def asked_as(op):
    if op["op"] not in ON_ITEMS or "spelling" not in op:
        return op["op"]
    if not isinstance(op["spelling"], TEXT):
        raise TypeError("`spelling` must be a string")
    return op["op"], op["spelling"]


def encode(value):
    """Strict JSON in UTF-8. NaN, infinities and lone surrogates are a `ValueError`: other languages refuse them."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if LONE_SURROGATE.search(text):  # Python 2 would encode them.
        raise ValueError("a lone surrogate cannot be written in UTF-8")
    return text.encode("utf-8")


# ---- The core: items of a session that has the methods of a dict -----------------------------------------------------


def item_operations(session):
    """The operations on items. `session()` gives the session as it is now: some frameworks exchange it on the way."""

    def get(op):
        key = op["key"]
        try:
            return session()[key]
        except KeyError:
            raise Absent

    def set_item(op):
        key, value = op["key"], op["value"]
        session()[key] = value

    def delete(op):
        key = op["key"]
        try:
            del session()[key]
        except KeyError:
            raise Absent

    def pop(op):
        missing = object()
        value = session().pop(op["key"], missing)
        if value is missing:
            raise Absent
        return value

    def set_in(op):
        path, value = op["path"], op["value"]
        if len(path) < 2:
            raise ValueError("a path has two or more keys and indexes")
        inside = session()[path[0]]
        for step in path[1:-1]:
            inside = inside[checked(inside, step)]
        inside[checked(inside, path[-1])] = value

    return {
        "get": get,
        "contains": lambda op: op["key"] in session(),
        "items": lambda op: dict(session().items()),
        "len": lambda op: len(session().keys()),
        "set": set_item,
        "delete": delete,
        "pop": pop,
        "setdefault": lambda op: session().setdefault(op["key"], op["value"]),
        "update": lambda op: session().update(op["items"]),
        "clear": lambda op: session().clear(),
        "set_in": set_in,
    }


def item_spellings(session):
    """Operations on items as Python also spells them, where the session can do so. A class that counts changes may have
    overridden some methods of a dict and not these."""

    def merge(op):
        current, items = session(), op["items"]
        if not isinstance(items, dict):
            raise TypeError("`items` must be an object")
        # A proxy in front of a dict has the attribute, and may lack the operator: whoever has a dict in mind does not see that.
        if not hasattr(current, "__ior__"):
            raise Unsupported
        # As a handler writes it; where the session has no such operator, Python makes a dict that is no session.
        current |= items

    def popitem(op):
        key, current = op["key"], session()
        keys = list(current.keys()) if hasattr(current, "popitem") else []
        # Since Python 3.7 a dict gives up what it was given last. Any other mapping chooses, unless it has one item.
        is_last = isinstance(current, dict) and sys.version_info >= (3, 7) and keys[-1:] == [key]
        if keys != [key] and not is_last:
            raise Unsupported
        return current.popitem()[1]

    return {("update", "|="): merge, ("pop", "popitem"): popitem}


def spellings_of(session_class):
    """What a description says of the spellings that sessions of this class have, or of none where the class is unknown."""
    known = [("update", "|=", "__ior__"), ("pop", "popitem", "popitem")]
    return {op: [spelling] for op, spelling, method in known if hasattr(session_class, method)}


def checked(container, step):
    # Python would also take an integer as a key of a dict, and count negative indexes from the end.
    if isinstance(container, list):
        fits = isinstance(step, INTEGERS) and not isinstance(step, bool) and step >= 0
    else:
        fits = isinstance(container, dict) and isinstance(step, TEXT)
    if not fits:
        raise TypeError("%r does not lead into %s" % (step, type(container).__name__))
    return step


def stand_ins(session):
    """Defaults for the attributes that a framework lacks. Its description lists the ones it takes as `derived`."""

    def set_permanent(op):
        if not isinstance(op["value"], bool):
            raise TypeError("`value` must be a boolean")
        session()["_permanent"] = op["value"]

    return {
        "permanent": lambda op: bool(session().get("_permanent", False)),
        "set_permanent": set_permanent,
        "modified": lambda op: True,
        "set_modified": lambda op: None,
        "new": lambda op: False,
    }


def attributes(session):
    """The operations on `permanent`, `modified` and `new` of a session that has them as Flask's has."""

    def read(name):
        def read_attribute(op):
            try:
                return bool(getattr(session(), name))
            except AttributeError:
                raise Unsupported

        return read_attribute

    def assign(name, value_of):
        def assign_attribute(op):
            value = value_of(op)
            # Python lets almost any object grow an attribute, which would invent what the framework lacks.
            if not hasattr(session(), name):
                raise Unsupported
            setattr(session(), name, value)

        return assign_attribute

    return {
        "permanent": read("permanent"),
        "modified": read("modified"),
        "new": read("new"),
        "set_permanent": assign("permanent", lambda op: op["value"]),
        "set_modified": assign("modified", lambda op: True),
    }


# ---- The core: operations that do not use the session ----------------------------------------------------------------


def respond(op):
    status = op["status"]
    if not isinstance(status, INTEGERS) or not 200 <= status < 600 or status == 205:
        raise ValueError("a probe answer cannot carry the status %r" % (status,))


def header(op):
    if not FIELD_NAME.match(op["name"]) or not FIELD_VALUE.match(op["value"]):
        raise ValueError("no header field is %r: %r" % (op["name"], op["value"]))


def hold(op):
    parts = urlsplit(op["url"])
    if parts.scheme != "http" or "@" in parts.netloc or not may_hold_at(parts.hostname or ""):
        raise ValueError("a hold must be an http URL on loopback or on SESSIONSPEC_HOLD_HOST, without user info")
    # A bare connection knows no proxies, follows no redirects and waits as long as it takes.
    connection = HTTPConnection(parts.hostname, parts.port or 80)
    try:
        connection.request("GET", (parts.path or "/") + ("?" + parts.query if parts.query else ""))
        status = connection.getresponse().status
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise ValueError("the hold was answered with the status %d" % status)


def may_hold_at(host):
    if host and host in ("localhost", os.environ.get("SESSIONSPEC_HOLD_HOST", "").lower()):
        return True
    try:
        if ":" in host:
            return socket.inet_pton(socket.AF_INET6, host) == b"\0" * 15 + b"\1"
        return socket.inet_pton(socket.AF_INET, host).startswith(b"\x7f")
    except (socket.error, ValueError):
        return False


# ---- The core: starting ----------------------------------------------------------------------------------------------


def is_allowed():
    """Whether the owner of this process has allowed a probe in it, which lets anyone edit their session."""
    return os.environ.get("SESSIONSPEC_PROBE") == "1"


def read_arguments(parser):
    """The command line, with `--port`; ends the process unless its owner has allowed the probe."""
    parser.add_argument("--port", type=int, default=os.environ.get("PORT"), help="default: the environment's PORT")
    options = parser.parse_args()
    if options.port is None:
        parser.error("give a --port or set PORT")
    if not is_allowed():
        print("this probe lets anyone edit their session; to serve it, set SESSIONSPEC_PROBE=1", file=sys.stderr)
        sys.exit(2)
    return options


def whole_seconds(text):
    """A `--lifetime` for frameworks that count in whole seconds."""
    seconds = float(text)
    if seconds < 1 or seconds != int(seconds):
        raise argparse.ArgumentTypeError("the lifetime counts in whole seconds, and is at least 1: %s" % text)
    return int(seconds)


def whole_number(seconds):
    """A lifetime for frameworks that count in whole seconds: 3.0 is 3 in JSON."""
    if isinstance(seconds, float) and seconds.is_integer():
        return int(seconds)
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise TypeError("the framework counts a lifetime in whole seconds")
    return seconds


def load(name):
    """What `package.module:attribute` names, seen from the working directory. A class, or a function that takes nothing,
    is called."""
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    module, colon, attribute = name.partition(":")
    found = importlib.import_module(module)
    if not colon:
        raise ValueError("%s names a module; add what is meant in it, as in %s:app" % (name, name))
    for part in attribute.split("."):
        found = getattr(found, part)
    return found() if inspect.isclass(found) or takes_nothing(found) else found


def takes_nothing(function):
    if not inspect.isfunction(function):
        return False
    spec = getattr(inspect, "getfullargspec", None) or inspect.getargspec
    return not spec(function).args[len(spec(function).defaults or ()):]


def library_of(found):
    """Of a class of sessions: the class with its name, its distribution's name, and the version of that. It is the class itself,
    or the first one that it extends and that is installed, as an application may have its own class in a module of its own. None
    where nothing is known: what a description says is no reason to fail."""
    for one in inspect.getmro(found):
        package = one.__module__.partition(".")[0]
        if package in sys.builtin_module_names or package == "__main__":
            continue
        known = distribution_of(package)
        if known is not None:
            return one.__name__, known[0], known[1]
    return None


def distribution_of(package):
    """Name and version of the distribution that has installed this package, or none. Most have the name of their package."""
    try:
        from importlib import metadata
    except ImportError:  # Before Python 3.8
        try:
            import pkg_resources

            found = pkg_resources.get_distribution(package)
            return found.project_name, found.version
        except Exception:
            return None
    try:
        found = metadata.distribution(package)
    except Exception:
        try:
            names = set(metadata.packages_distributions()[package])
            # Several share a namespace.
            found = metadata.distribution(names.pop()) if len(names) == 1 else None
        except Exception:  # No such package, metadata that cannot be read, or Python before 3.10
            found = None
    name = found is not None and found.metadata["Name"]
    return (name, found.version) if name else None


# ---- Flask's part ----------------------------------------------------------------------------------------------------


def mount(app, path="/probe", description=None):
    """Adds the probe to a Flask app, where the environment has SESSIONSPEC_PROBE=1; otherwise it does nothing.

    `description` replaces or completes what the probe answers to `GET`.
    """
    if not is_allowed():
        return
    from flask import request, session

    def described():
        interface = getattr(app, "session_interface", None)
        known = dict(protocol=1, without_body=WITHOUT_BODY, **named(interface))
        known["lifetime_seconds"] = app.permanent_session_lifetime.total_seconds()
        spellings = spellings_of(getattr(interface, "session_class", None))
        if spellings:
            known["spellings"] = spellings
        known.update(description or {})
        return encode(known)

    def current():
        return session

    def regenerate(_op):
        interface = getattr(app, "session_interface", None)
        if not hasattr(interface, "regenerate"):
            raise Unsupported
        interface.regenerate(session)

    operations = dict(item_operations(current), regenerate=regenerate, **attributes(current))
    operations.update(item_spellings(current))
    # Flask's session is asked as its documentation does it.
    operations.update({"items": lambda op: dict(session), "len": lambda op: len(session)})

    def answer(body, status=200, headers=()):
        if status in WITHOUT_BODY:
            response = app.response_class("", status=status)
        else:
            response = app.response_class(body, status=status, mimetype="application/json")
        for name, value in headers:
            response.headers.add(name, value)
        return response

    def sessionspec_probe():
        if request.method != "POST":
            return answer(described())
        try:
            ops = read_cycle(request.data)
        except ValueError as error:
            return answer(encode({"error": str(error)}), 400)
        status, headers, body = run_cycle(ops, operations)
        return answer(body, status, headers)

    # A request of the harness has no token of Flask-WTF.
    csrf = getattr(app, "extensions", {}).get("csrf")
    if csrf is not None:
        csrf.exempt(sessionspec_probe)
    app.add_url_rule(path, "sessionspec_probe", sessionspec_probe, methods=["GET", "POST"])


def create_app(target=None, secret_key=None, lifetime=None):
    """The app that serves the probe. `target` is an app, a session interface, or an extension; without it, an app with
    Flask's own sessions."""
    from flask import Flask

    app = target
    if not isinstance(target, Flask):
        app = Flask(__name__)
        app.config["SECRET_KEY"] = secret_key
    if lifetime is not None:
        app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(seconds=lifetime)
    if target is not None and app is not target:
        use(app, target)
    # An application that mounts the probe itself has it already.
    if "sessionspec_probe" not in app.view_functions:
        mount(app, description=getattr(target, "probe_description", None))
    return app


def use(app, target):
    """Lets the app use a session interface, or an extension with `init_app`."""
    if hasattr(target, "init_app"):
        target.init_app(app)
        return
    if not hasattr(app, "session_interface"):
        # Flask 0.7 has two hooks instead. They look the interface up when called, as later versions do.
        app.open_session = lambda request: app.session_interface.open_session(app, request)
        app.save_session = lambda session, response: app.session_interface.save_session(app, session, response)
    app.session_interface = target


def named(interface):
    """Name and version of what is tested: the library whose session interface it is, and else Flask."""
    own = {"name": "flask", "version": flask_version()}
    library = library_of(type(interface))
    if interface is None or library is None or library[1].lower() == "flask":
        return own
    name = "%(name)s %(version)s, " % own
    return {"name": name + "%s of %s" % library[:2], "version": library[2]}


def flask_version():
    try:
        from importlib.metadata import version
    except ImportError:  # Before Python 3.8
        import pkg_resources

        return pkg_resources.get_distribution("flask").version
    return version("flask")


def main():
    parser = argparse.ArgumentParser(description="Serve the sessionspec probe for Flask, or for an extension of it.")
    parser.add_argument("target", nargs="?", metavar="package.module:Name",
                        help="an app, a function that makes one, a session interface, or an extension with init_app "
                             "(default: Flask's own sessions)")
    parser.add_argument("--secret", default="only for tests", help="the secret key, where the target is no app")
    parser.add_argument("--no-secret-key", action="store_const", dest="secret", const=None, help="the null session")
    parser.add_argument("--lifetime", type=float, metavar="SECONDS", help="PERMANENT_SESSION_LIFETIME")
    options = read_arguments(parser)

    # Flask reports exceptions through logging. Access logs would bury them.
    logging.basicConfig()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)

    from werkzeug.serving import make_server

    app = create_app(load(options.target) if options.target else None, options.secret, options.lifetime)
    make_server("127.0.0.1", options.port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    main()
