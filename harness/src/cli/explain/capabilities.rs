//! What each row of the survey means, and each of its values. A test holds this table against what is observed.

use sessionspec::engine::survey::UNTOLD;

/// One row of the survey.
#[derive(Debug)]
pub(super) struct Capability {
    /// The name, as reports have it.
    pub(super) name: &'static str,
    /// What it is about, and why it differs between good backends.
    pub(super) meaning: &'static str,
    /// What may be observed; nothing where it is a list of names.
    pub(super) values: &'static [(&'static str, &'static str)],
    /// The name of the claim in a backend's description, where there is one.
    pub(super) claim: Option<&'static str>,
}

impl Capability {
    /// Whether this is what somebody asks for, with spaces, hyphens or underscores.
    pub(super) fn is_called(&self, asked: &str) -> bool {
        let plain = |name: &str| name.replace(['_', '-'], " ");
        plain(self.name) == plain(asked)
    }
}

const STAND_IN: (&str, &str) = (
    "stand-in of the probe",
    "The framework has no such attribute, and the probe answers for it; it is not judged.",
);
const MISSING: (&str, &str) = ("missing", "It is unsupported, although level minimum asks for it.");
const SAVED: (&str, &str) = ("saved", "The next request finds what was changed.");
const DISCARDED: (&str, &str) = ("discarded", "The next request finds the session as it was before.");
const CANNOT_BE_SEEN: (&str, &str) =
    ("unknown", "The probe cannot end a request in this way, or nothing was kept at all.");

/// What each row says that needs a session to live while it is looked at.
const TOO_SLOW: (&str, &str) =
    (UNTOLD, "Each time that it was looked at, a session may have ended of itself before it had shown.");

/// All rows, in the order in which reports list them; some are in few reports.
pub(super) const CAPABILITIES: &[Capability] = &[
    Capability {
        name: "modified",
        meaning: "What `modified` says when an existing session has just been opened.",
        values: &[
            ("always", "True: every session is saved with every request."),
            ("tracked", "False: the session notices changes, and only a changed one is saved."),
            STAND_IN,
            MISSING,
            TOO_SLOW,
        ],
        claim: Some("modified"),
    },
    Capability {
        name: "new",
        meaning: "What `new` says on a session that no request has saved. A backend that cannot tell says false, as Flask's \
                  mixin does.",
        values: &[
            ("real", "True."),
            ("constant", "False, as on every other session."),
            ("once changed", "False at first, and true from the first change on."),
            STAND_IN,
            MISSING,
        ],
        claim: Some("new"),
    },
    Capability {
        name: "permanent",
        meaning: "Where `permanent` is kept, which decides what `clear` does to it.",
        values: &[
            ("in-data", "Among the items, where the application sees it; `clear` removes it with them."),
            (
                "in-data, kept by clear",
                "Among the items, and `clear` leaves it there, as Flask-Session does.",
            ),
            ("attribute", "Apart from the items; `clear` leaves it alone."),
            ("attribute, reset by clear", "Apart from the items; `clear` resets it."),
            (
                "per response",
                "In one request only: the next one does not know it, and minimum/permanent-persists fails.",
            ),
            STAND_IN,
            MISSING,
            TOO_SLOW,
        ],
        claim: Some("permanent"),
    },
    Capability {
        name: "permanent default",
        meaning: "What `permanent` says until somebody sets it. It may be either, and may not change by itself.",
        values: &[
            ("false", "The session ends with the browser."),
            ("true", "The session outlives the browser."),
        ],
        claim: None,
    },
    Capability {
        name: "nested",
        meaning: "What becomes of a change inside of a value, as in session[\"cart\"].append(1).",
        values: &[
            ("tracked", "The session notices it, and it is saved."),
            (
                "written back",
                "The session does not notice it, and it is saved all the same: unmodified sessions are saved, too.",
            ),
            ("untracked", "It is seen until the request ends, and forgotten."),
            ("copies", "It is not even seen within the request: reading gives a copy."),
            ("unsupported", "The probe cannot change a value inside."),
            TOO_SLOW,
        ],
        claim: Some("nested"),
    },
    Capability {
        name: "store",
        meaning: "Where the data live, as seen when an older cookie is sent again after a change.",
        values: &[
            ("server", "On the server: an older cookie finds the newer data, or nothing."),
            (
                "client",
                "In the cookie: an older cookie still holds the older data, and nothing that was sent can be revoked.",
            ),
            ("unknown", "No cookie came back, so that nothing can be said."),
            TOO_SLOW,
        ],
        claim: Some("store"),
    },
    Capability {
        name: "empty",
        meaning: "What becomes of the browser's cookie when the session has been emptied by `clear`.",
        values: &[("removed", "The browser loses it."), ("kept", "The browser keeps a cookie."), TOO_SLOW],
        claim: Some("empty"),
    },
    Capability {
        name: "on_error",
        meaning: "What becomes of the changes of a request whose handler raises an exception.",
        values: &[SAVED, DISCARDED, CANNOT_BE_SEEN, TOO_SLOW],
        claim: Some("on_error"),
    },
    Capability {
        name: "on 404",
        meaning: "What becomes of the changes of a request that the handler answers with 404.",
        values: &[SAVED, DISCARDED, CANNOT_BE_SEEN, TOO_SLOW],
        claim: None,
    },
    Capability {
        name: "on 500",
        meaning: "What becomes of the changes of a request that the handler answers with 500.",
        values: &[SAVED, DISCARDED, CANNOT_BE_SEEN, TOO_SLOW],
        claim: None,
    },
    Capability {
        name: "cookie re-sent",
        meaning: "When the cookie of a session that was only read is sent again.",
        values: &[
            ("never", "It is sent only when something changed."),
            ("when permanent", "It is sent where the session is permanent, which prolongs it."),
            ("always", "It is sent with every response."),
            TOO_SLOW,
        ],
        claim: None,
    },
    Capability {
        name: "re-sent when older",
        meaning: "Whether the cookie of a session that is two seconds old is sent again when it is only read, as Pyramid does \
                  it with a cookie that is older than its `reissue_time`.",
        values: &[
            ("yes", "It is, which prolongs the session; reads and races are judged on older sessions."),
            ("no", "It is not."),
            ("unknown", "No check of this run waited for it, or sessions end too soon."),
        ],
        claim: None,
    },
    Capability {
        name: "values",
        meaning: "Which values are kept; others have to be refused with an error.",
        values: &[("json", "Any that JSON can say."), ("strings", "Strings; others are refused.")],
        claim: None,
    },
    Capability {
        name: "numbers",
        meaning: "Which numbers are told apart, as seen when 2^53+1 is set.",
        values: &[
            ("exact", "Integers of 64 bits, too."),
            ("doubles", "Those that a double can tell apart, as in JavaScript."),
            ("unknown", "They are refused, or altered even where a double would not be."),
            TOO_SLOW,
        ],
        claim: None,
    },
    Capability {
        name: "at once",
        meaning: "How many requests are served at the same time, as seen while one of them is held.",
        values: &[
            ("many", "Many, also of one session."),
            ("one per session", "One of each session."),
            ("one", "One: nobody else is served meanwhile."),
            ("unknown", "Nothing could be held, so that nothing can be said."),
        ],
        claim: None,
    },
    Capability {
        name: "concurrency",
        meaning: "What becomes of the changes of two requests of one session that overlap.",
        values: &[
            (
                "last-write-wins",
                "Those of the request that is saved last are there, and the other ones are lost.",
            ),
            ("merged", "Both are there."),
            ("serialised", "They cannot overlap: one request waits for the other."),
            ("refused", "Those of the request that is saved last are refused, with an error."),
            ("unknown", "Nothing could be held, or neither can be said."),
            TOO_SLOW,
        ],
        claim: Some("concurrency"),
    },
    Capability {
        name: "unsaved changes",
        meaning: "Whether a request sees what another one of its session has changed before that one is saved.",
        values: &[
            ("seen by others", "Requests share one live object, as a Servlet container documents it."),
            ("unseen", "Each request works on its own copy, or nothing could be held."),
            TOO_SLOW,
        ],
        claim: None,
    },
    Capability {
        name: "rotation over end",
        meaning: "What a rotation makes of a session that another request has destroyed meanwhile.",
        values: &[
            ("carried on", "Its items live on, under the new id."),
            ("stays ended", "It stays ended."),
            ("unknown", "There is no rotation on the server, or no `destroy`, or requests do not overlap."),
            TOO_SLOW,
        ],
        claim: None,
    },
    Capability {
        name: "two rotations",
        meaning: "What two rotations of one session at the same time leave.",
        values: &[
            ("both ids live", "Two sessions with the same items."),
            ("one id lives", "One session."),
            ("unknown", "There is no rotation on the server, or requests do not overlap."),
            TOO_SLOW,
        ],
        claim: None,
    },
    Capability {
        name: "expiry",
        meaning: "Whether the use of a permanent session prolongs it. The claim `absolute` says that reading does not.",
        values: &[
            ("sliding", "A request that only reads prolongs it."),
            ("prolonged by writing", "Only a request that writes prolongs it."),
            ("absolute", "Nothing prolongs it."),
            ("unknown", "Time would have to pass until it shows: the suite expiry waits for it."),
        ],
        claim: Some("expiry"),
    },
    Capability {
        name: "cookies",
        meaning: "The names of the cookies that were seen in Set-Cookie.",
        values: &[],
        claim: None,
    },
    Capability {
        name: "own keys",
        meaning: "Items that nobody wrote: the framework keeps its own data there, as `_permanent`. They are left out of \
                  every comparison.",
        values: &[],
        claim: None,
    },
    Capability {
        name: "unsupported",
        meaning: "The operations that the probe answers with {\"unsupported\": true}. What needs them is not judged.",
        values: &[],
        claim: None,
    },
    // The rows from here on are there where there is something to say.
    Capability {
        name: "spellings",
        meaning: "The further spellings of operations that the probe declares, as `|=` beside `update`. Those that were done \
                  are judged like the operation. Those that are declared and were not done are named, and never asked for again.",
        values: &[],
        claim: None,
    },
    Capability {
        name: "nodes",
        meaning: "How many processes the run was given that serve the same sessions, by --node or --nodes.",
        values: &[],
        claim: None,
    },
    Capability {
        name: "beside",
        meaning: "Where the service that --beside names keeps its data, and the cookies of its sessions.",
        values: &[],
        claim: None,
    },
    Capability {
        name: "processes",
        meaning: "How many processes answer at one address, where the probe names them and there are several. A browser \
                  comes to any of them, so that a store or a secret of one process alone loses sessions by chance. More \
                  than four are not counted, since it is chance how many of them answer.",
        values: &[],
        claim: None,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::rc::Rc;

    use sessionspec::engine::report::CapabilityReport;
    use sessionspec::{Options, Report};
    use sessionspec_backends::registry;

    use super::*;

    /// What is observed on each embedded backend.
    fn observed() -> Vec<Vec<CapabilityReport>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a test has a runtime");
        let options = Options {
            only: Some(vec!["minimum/opens-empty".to_owned()]),
            patience: std::time::Duration::from_secs(2),
            ..Options::default()
        };
        let report = |open: Rc<dyn sessionspec::backend::Backend>| -> Option<Report> {
            runtime.block_on(sessionspec::run(open, options.clone())).ok()
        };
        registry()
            .into_iter()
            .filter_map(|builtin| report(builtin.open()))
            .map(|report| report.survey)
            .collect()
    }

    #[test]
    fn every_row_of_the_survey_and_every_value_is_explained() {
        let observed = observed();
        let place = |row: &CapabilityReport| {
            let place = CAPABILITIES.iter().position(|capability| capability.name == row.name);
            place.unwrap_or_else(|| panic!("{} is not explained", row.name))
        };
        for row in observed.iter().flatten() {
            let values = CAPABILITIES[place(row)].values;
            let is_explained = values.is_empty() || values.iter().any(|(value, _)| *value == row.observed);
            assert!(is_explained, "{}: {}", row.name, row.observed);
        }
        for report in &observed {
            assert!(report.iter().is_sorted_by(|one, next| place(one) < place(next)), "{report:?}");
        }
        // No embedded backend names the process that answers.
        let rows = observed.iter().flatten().map(|row| row.name.as_str()).chain(["processes"]);
        let rows: BTreeSet<&str> = rows.collect();
        let explained: BTreeSet<&str> = CAPABILITIES.iter().map(|capability| capability.name).collect();
        assert_eq!(rows, explained);
    }
}
