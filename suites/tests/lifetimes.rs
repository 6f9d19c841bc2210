//! A backend that is started again with other lifetimes of permanent sessions.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::rc::Rc;

use sessionspec::Options;
use sessionspec::backend::{Backend, in_process};
use sessionspec::backend::{BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::report::{CheckReport, Verdict};
use sessionspec::engine::script::{Answer, Operation};
use sessionspec::reference::{Description, Memory};

const CHECKS: [&str; 3] = ["expiry/own-lifetime", "expiry/past-lifetime", "expiry/long-lifetime"];

/// The reference without `set_lifetime`.
struct Launched {
    backend: Rc<dyn Backend>,
    takes_lifetimes: bool,
}

impl Backend for Launched {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async {
            let ops = request.ops.clone();
            let mut response = self.backend.cycle(request).await?;
            if let Body::Answers { results, .. } = &mut response.body {
                for (op, answer) in ops.iter().zip(results) {
                    if matches!(op, Operation::SetLifetime { .. }) {
                        *answer = Answer::Unsupported;
                    }
                }
            }
            Ok(response)
        })
    }

    fn takes_lifetimes(&self) -> bool {
        self.takes_lifetimes
    }

    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(async move { Err(format!("it does not start with {seconds} s")) })
    }
}

async fn judged(takes_lifetimes: bool) -> Vec<CheckReport> {
    let backend: Rc<dyn Backend> =
        Rc::new(Launched { backend: in_process(Memory::default()), takes_lifetimes });
    let options = Options { only: Some(CHECKS.map(str::to_owned).into()), ..Options::default() };
    sessionspec::run(backend, options).await.unwrap().checks
}

#[tokio::test]
async fn who_does_not_start_with_such_a_lifetime_has_refused_it() {
    for check in judged(true).await {
        assert_eq!(check.verdict, Verdict::NotApplicable, "{check:?}");
        let because = check.because.unwrap();
        assert!(because.starts_with("it does not start with "), "{because}");
    }
}

#[tokio::test]
async fn without_a_lifetime_in_the_command_nothing_is_asked() {
    for check in judged(false).await {
        assert_eq!(check.verdict, Verdict::NotApplicable, "{check:?}");
        assert!(check.because.unwrap().contains("no command starts it with another lifetime"));
    }
}
