"""An application of Flask, as a user has one."""

import flask


def create_app():
    app = flask.Flask(__name__)
    app.secret_key = "only for tests"

    @app.route("/")
    def index():
        flask.session["seen"] = flask.session.get("seen", 0) + 1
        return "seen %d times" % flask.session["seen"]

    return app
