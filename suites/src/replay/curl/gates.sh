command -v python3 >/dev/null || { echo 'this script needs python3, which serves its gates' >&2; exit 3; }
mkfifo "$jars/port"
python3 - "$held" >"$jars/port" <<'PYTHON' &
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

arrived = [threading.Event() for _ in range(int(sys.argv[1]))]
opened = [threading.Event() for _ in arrived]


class Gates(BaseHTTPRequestHandler):
    # /hold/N waits until the gate is open, /arrived/N until a request waits there, and /open/N/M opens gates.
    def do_GET(self):
        what, *numbers = self.path[1:].split("/")
        for number in map(int, numbers):
            if what != "arrived":
                arrived[number].set()
            if what == "open":
                opened[number].set()
            (opened if what == "hold" else arrived)[number].wait()
        self.answer([])

    # Sets the cookies of a late answer again. curl takes this server for the service, and so it keeps them.
    def do_POST(self):
        head = self.rfile.read(int(self.headers["Content-Length"])).decode("latin-1")
        self.answer([line for line in head.split("\r\n") if line.lower().startswith("set-cookie:")])

    def answer(self, lines):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        for line in lines:
            self.send_header("Set-Cookie", line.partition(":")[2].strip())
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Gates)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
server=$!
# When the server of the gates ends, every held request ends, too.
trap 'kill "$server" 2>/dev/null || :; wait; rm -rf "$jars"' EXIT
trap 'exit 3' HUP INT TERM
read -r port <"$jars/port" || { echo 'the gates cannot be served' >&2; exit 3; }
gates=http://127.0.0.1:$port

# gate WHAT: asks the server of the gates
gate() {
    curl --silent --show-error --fail --noproxy '*' --output /dev/null "$@"
}

# open GATE...: lets all requests go on that wait there
open() {
    [ $# = 0 ] || gate "$gates/open$(printf '/%s' "$@")"
}

# arrived GATE: waits until a request waits there, or was answered without coming there
arrived() {
    gate --max-time 10 "$gates/arrived/$1" || { echo "nobody has come to gate $1" >&2; exit 3; }
}
