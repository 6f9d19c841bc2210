//! What a failure says that no script shows: a claim that does not hold, and glue.

use std::rc::Rc;

use sessionspec::backend::Glue;
use sessionspec::backend::IntoBackend;
use sessionspec::engine::report::Failure;
use sessionspec::reference::capability::Modified;
use sessionspec::reference::http::{Request, Response};
use sessionspec::reference::{self, Description, Memory, MemorySession, SessionInterface};
use sessionspec::{Options, Verdict};

/// The reference, which claims to be always modified and is not.
#[derive(Default)]
struct Boastful(Memory);

impl SessionInterface for Boastful {
    type Session = MemorySession;

    async fn open_session(&self, request: &Request) -> reference::Result<Option<MemorySession>> {
        self.0.open_session(request).await
    }

    async fn save_session(
        &self,
        session: &mut MemorySession,
        response: &mut Response,
    ) -> reference::Result<()> {
        self.0.save_session(session, response).await
    }

    fn describe(&self) -> Description {
        let mut description = self.0.describe();
        description.declares.modified = Some(Modified::Always);
        description
    }
}

/// The only failure of this check.
async fn failure(check: &str, options: Options) -> Failure {
    let options = Options { only: Some(vec![check.to_owned()]), ..options };
    let report = sessionspec::run(Boastful::default(), options).await.expect("the reference answers");
    let [check] = report.checks.as_slice() else { panic!("one check was asked for") };
    assert_eq!(check.verdict, Verdict::Fail);
    let [failure] = check.failures.as_slice() else { panic!("it fails once: {:?}", check.failures) };
    failure.clone()
}

#[tokio::test]
async fn a_claim_that_does_not_hold_is_told_with_what_was_observed_and_how() {
    let failure = failure("minimum/claims-hold", Options::default()).await;
    assert_eq!(failure.reason, "modified");
    assert_eq!(failure.expected, "modified: always, as declared");
    assert_eq!(failure.seen, "modified: tracked");
    assert_eq!(failure.done.as_deref(), Some("observed as follows: read first in an existing session"));
}

#[tokio::test]
async fn glue_that_does_nothing_is_told_with_what_it_was_given() {
    let idle: Glue = Rc::new(|_, _| {});
    let options = Options { glue: Some(idle), ..Options::default() };
    let failure = failure("glue/serves-new-apps", options).await;
    assert_eq!(failure.reason, "interface-not-used");
    assert_eq!(failure.expected, "opened by first, saved by first");
    assert_eq!(failure.seen, "opened by built in, saved by built in");
    assert_eq!(failure.done.as_deref(), Some("an application of 0.8"));
}

#[test]
fn a_snapshot_of_behaviour_names_what_fails_and_why() {
    let backend = async { Ok(Boastful::default().into_backend()) };
    let behaviour = sessionspec::__support::behaviour("a test", backend).expect("nothing is missing");
    let fails: Vec<&str> = behaviour.lines().filter(|line| line.starts_with("fail ")).collect();
    assert_eq!(fails, ["fail               minimum/claims-hold: modified"]);
}
