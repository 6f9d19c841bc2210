failed= unjudged=
cat >"$jars/judge.py" <<'PYTHON'
# Holds the answer to one request against what is expected of it, which comes as one JSON object a line, and says both. It
# ends with 1 where they differ, and with 3 where something could not be compared.
import email.utils
import json
import os
import re
import sys
import time

folder, number, jar = sys.argv[1:]


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


# The fields of a response with this name, in its last head: others may come before it, such as a 100.
def fields(name):
    last = re.split(r"\r?\n\r?\n", read("%s.head" % number).strip())[-1]
    pairs = (line.partition(":") for line in last.splitlines()[1:])
    return [value.strip() for field, _, value in pairs if field.strip().lower() == name]


def lists(field, *wanted):
    members = ",".join(fields(field)).lower().split(",")
    return any(member.strip() in wanted for member in members)


class Cookie:
    def __init__(self, line):
        pair, *attributes = line.split(";")
        self.name = pair.partition("=")[0].strip()
        pairs = (attribute.partition("=") for attribute in attributes)
        self.has = {name.strip().lower(): value.strip() for name, _, value in pairs}
        age = self.has.get("max-age", "")
        ends = email.utils.parsedate_tz(self.has.get("expires", ""))
        is_over = ends is not None and email.utils.mktime_tz(ends) <= time.time()
        self.is_removal = int(age) <= 0 if re.fullmatch("-?[0-9]+", age) else is_over
        self.is_meant_as_removal = self.is_removal or is_over
        self.place = self.name, self.has.get("domain", ""), self.has.get("path", "")


# The cookies of the response, apart from those of the application. SESSION_COOKIES names the session's, with spaces.
def cookies(own):
    meant = os.environ.get("SESSION_COOKIES", "").split()
    all_set = [Cookie(line) for line in fields("set-cookie") if "=" in line.partition(";")[0]]
    return [one for one in all_set if one.name not in own and (not meant or one.name in meant)]


def is_in_jar(name):
    lines = (line.rstrip("\n").split("\t") for line in read(jar).splitlines())
    return any(len(line) == 7 and line[5] == name for line in lines)


# What breaks a rule for the response as a whole: a text, or nothing where it holds. LookupError where it is not judged here.
def broken(rule, received):
    kept = [one for one in {one.place: one for one in received}.values() if not one.is_removal]
    name, about = (rule, None) if isinstance(rule, str) else next(iter(rule.items()))

    def first(of, such, words):
        return next(("%s of %s" % (words, json.dumps(one.name)) for one in of if such(one)), None)

    if name in ("served", "saved"):
        return None if came or ended_without_body else "came a %s" % code
    if name == "vary_cookie":
        is_said = lists("vary", "cookie", "*") or lists("cache-control", "no-store", "private")
        return None if is_said else "came neither"
    if name == "vary_also":
        return None if lists("vary", about["field"].lower(), "*") else "came %s" % json.dumps(fields("vary"))
    if name == "sets_cookie":
        return None if kept else "came none"
    if name == "removal_removes":
        return first(received, lambda one: one.is_meant_as_removal and is_in_jar(one.name), "came a removal that leaves it,")
    if name == "once_per_name":
        names = [one.name for one in received]
        return first(received, lambda one: names.count(one.name) > 1, "came several")
    of, such = {
        "no_set_cookie": (received, lambda one: True),
        "none_kept": (kept, lambda one: True),
        "http_only": (kept, lambda one: "httponly" not in one.has),
        "same_site": (kept, lambda one: one.has.get("samesite", "").lower() not in ("strict", "lax", "none")),
        "secure": (kept, lambda one: "secure" not in one.has),
        "ends_with_browser": (kept, lambda one: "max-age" in one.has or "expires" in one.has),
    }[name]
    return first(of, such, "came a Set-Cookie")


def judge_response(rule, words, received):
    place = "the response: expected %s" % words
    if rule in ("served", "saved") and not came and not ended_without_body and 400 <= code < 500:
        # What refuses a request is not the handler, as was said before.
        return
    try:
        seen = broken(rule, received)
    except LookupError:
        say(place + "; this script does not judge it, so look above", 3)
        return
    if seen is None:
        say(place + ", so it came")
    elif len({one.name for one in received}) > 1 and not os.environ.get("SESSION_COOKIES"):
        say("%s, %s; SESSION_COOKIES has to name those of the session" % (place, seen), 3)
    else:
        say("%s, %s" % (place, seen), 1)


ended = 0


def say(text, code=0):
    global ended
    print("  " + text + ("  <- here" if code == 1 else ""))
    if ended != 1:
        ended = code or ended


about, *expectations = map(json.loads, sys.stdin)
code, came = status(number), response(number)
# The status without a body that was asked for last, if it was: the answers of the handler are lost then.
without_body = about.get("without_body")
ended_without_body = without_body is not None and code == without_body
wanted = ([asked for op, asked in about["respond"] if done(answer(int(number) - 1, op))] or [200])[-1]
if ended_without_body:
    say("a %s, which has no body" % code)
elif not came and without_body is not None and code is not None and code < 400:
    say("the response: expected a %s, came a %s" % (without_body, code), 1)
elif not came:
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
    is_meant = holds(one["only_if"]) if one["only_if"] else True
    if one["op"] is None:
        if is_meant is None:
            say("the response: expected %s under a condition that this script cannot see" % one["words"], 3)
        elif is_meant and code is not None:
            judge_response(one["expected"]["response"], one["words"], cookies(about["own_cookies"]))
        continue
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

# judge NUMBER BROWSER: holds the answer to this request against what is expected of it, which stands behind
judge() {
    if ! command -v python3 >/dev/null; then
        unjudged=yes
        return
    fi
    code=0
    python3 "$jars/judge.py" "$jars" "$1" "$2" || code=$?
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
