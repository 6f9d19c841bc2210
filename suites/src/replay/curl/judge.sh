failed= unjudged=
cat >"$jars/judge.py" <<'PYTHON'
# Holds the answer to one request against what is expected of it, which comes as one JSON object a line, and says both. It
# ends with 1 where they differ, and with 3 where something could not be compared.
import json
import re
import sys

folder, number = sys.argv[1:]


def read(name):
    try:
        with open("%s/%s" % (folder, name), encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""


def status(number):
    found = re.findall(r"^HTTP/\S+ (\d+)", read("%s.head" % number), re.MULTILINE)
    return int(found[-1]) if found else None


def response(number):
    try:
        body = json.loads(read("%s.body" % number))
        return body if isinstance(body.get("results"), list) else {}
    except (ValueError, AttributeError):
        return {}


def answer(cycle, op):
    results = response(cycle + 1).get("results", [])
    return results[op] if op < len(results) else None


def same(a, b):
    # True is 1 in Python, and 1 is 1.0 in both.
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def done(answer):
    return isinstance(answer, dict) and ("ok" in answer or "absent" in answer)


def all_done(cycle):
    results = response(cycle + 1)
    return "save_error" not in results and bool(results) and all(map(done, results["results"]))


# True, False, or None where it is not known.
def holds(condition):
    (kind, about), = condition.items()
    if kind == "all":
        known = [holds(part) for part in about]
        return False if False in known else None if None in known else True
    if kind == "set_cookie_in":
        return bool(re.search("^set-cookie:", read("%s.head" % (about + 1)), re.MULTILINE | re.IGNORECASE))
    if kind == "done_in":
        return all_done(about)
    if kind == "done":
        return "save_error" not in response(about["cycle"] + 1) and done(answer(about["cycle"], about["op"]))
    if kind == "false_in":
        return (answer(about["cycle"], about["op"]) or {}).get("ok") is False
    if kind in ("absent_in", "found_in"):
        seen = answer(about["cycle"], about["op"]) or {}
        return ("absent" if kind == "absent_in" else "ok") in seen
    return None


def accepts(expected, seen):
    if expected == "done":
        return done(seen)
    if expected == "boolean":
        return isinstance(seen.get("ok"), bool)
    if expected == "refused":
        return "error" in seen
    (kind, wanted), = expected.items()
    if kind == "any_of":
        return any(accepts(one, seen) for one in wanted)
    if kind == "items":
        if not isinstance(seen.get("ok"), dict):
            return False
        own = wanted["own_keys"]
        return same(wanted["items"], {key: seen["ok"][key] for key in seen["ok"] if key not in own})
    if "ok" in wanted:
        return "ok" in seen and same(wanted["ok"], seen["ok"])
    return "error" in seen if "error" in wanted else seen == wanted


ended = 0


def say(text, code=0):
    global ended
    print("  " + text + ("  <- here" if code == 1 else ""))
    if ended != 1:
        ended = code or ended


about, *expectations = map(json.loads, sys.stdin)
code, came = status(number), response(number)
wanted = ([asked for op, asked in about["respond"] if done(answer(int(number) - 1, op))] or [200])[-1]
if not came:
    if about["may_fail"]:
        say("the request failed, as it may")
    elif code is None or code >= 500:
        say("the request failed: expected the answers of the handler, came %s" % (code or "nothing"), 1)
    else:
        say("a %s without the answers of the handler: nothing can be compared" % code, 3)
elif "save_error" in came:
    say("the session was not saved: %s" % came["save_error"], 1)
elif code != wanted and not about["may_fail"]:
    say("the response: expected a %s, came a %s" % (wanted, code), 1)
for one in expectations:
    if one["op"] is None:
        say("the response: expected %s; this script does not judge it, so look above" % one["words"], 3)
        continue
    is_meant = holds(one["only_if"]) if one["only_if"] else True
    seen = answer(int(number) - 1, one["op"])
    place = "operation %d, %s: expected %s" % (one["op"] + 1, one["name"], one["words"])
    if not isinstance(seen, dict) or is_meant is False:
        continue
    if is_meant is None:
        say(place + " under a condition that this script cannot see, came %s" % json.dumps(seen), 3)
    else:
        say(place + ", came %s" % json.dumps(seen), 0 if accepts(one["expected"], seen) else 1)
sys.exit(ended)
PYTHON

# judge NUMBER: holds the answer to this request against what is expected of it, which stands behind
judge() {
    if ! command -v python3 >/dev/null; then
        unjudged=yes
        return
    fi
    code=0
    python3 "$jars/judge.py" "$jars" "$1" || code=$?
    case $code in
        0) ;;
        1) failed=yes ;;
        *) unjudged=yes ;;
    esac
}

# verdict: ends the script, as the answers were
verdict() {
    if [ -n "$failed" ]; then
        echo 'it fails here, where the arrow points'
        [ -z "$kind" ] || echo "$kind"
        exit 1
    elif [ -n "$unjudged" ]; then
        command -v python3 >/dev/null || echo 'python3 is missing, which compares the answers'
        echo 'not everything was compared: look at what was expected'
        exit 3
    fi
    echo 'it does not fail here'
}
