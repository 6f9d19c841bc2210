//! A service on which a request comes to its gate only once nobody waits for that any more: nothing has overlapped then, so that a race
//! shows nothing, neither for the backend nor against it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::rc::Rc;
use std::time::Duration;

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture, in_process};
use sessionspec::engine::script::Operation;
use sessionspec::reference::{Description, Memory};
use sessionspec::{CheckReport, Options, Verdict};

const PATIENCE: Duration = Duration::from_secs(10);

/// The reference, where each request of a race that has to be held takes so long to begin.
struct Late {
    backend: Rc<dyn Backend>,
    by: Duration,
}

impl Backend for Late {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            // The survey holds requests that read something else.
            let reads = |op: &Operation| matches!(op, Operation::Get { key } if key == "colour");
            let holds = |op: &Operation| matches!(op, Operation::Hold { .. });
            if request.ops.iter().any(reads) && request.ops.iter().any(holds) {
                tokio::time::sleep(self.by).await;
            }
            self.backend.cycle(request).await
        })
    }
}

async fn judged(check: &str, by: Duration) -> CheckReport {
    let late: Rc<dyn Backend> = Rc::new(Late { backend: in_process(Memory::default()), by });
    let options = Options { only: Some(vec![check.to_owned()]), patience: PATIENCE, ..Options::default() };
    sessionspec::run(late, options).await.unwrap().checks.remove(0)
}

#[tokio::test(start_paused = true)]
async fn a_request_that_comes_too_late_to_its_gate_passes_no_race() {
    for check in ["concurrency/strangers-are-served", "concurrency/read-does-not-undo-a-write"] {
        let in_time = judged(check, PATIENCE / 2).await;
        assert_eq!(in_time.verdict, Verdict::Pass, "{in_time:?}");
        let late = judged(check, PATIENCE * 2).await;
        assert_eq!(late.verdict, Verdict::Unverified, "{late:?}");
        assert!(late.because.as_ref().unwrap().contains("too late to its gate"), "{late:?}");
    }
}
