//! How much of the answers a run keeps in memory.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::Cell;
use std::rc::Rc;

use serde_json::{Value, json};
use sessionspec::backend::{
    Backend, BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture, MOST_RETAINED, Retained,
    in_process,
};
use sessionspec::engine::script::{Answer, Operation};
use sessionspec::reference::{Description, Memory};
use sessionspec::{Options, Verdict};

/// The reference, whose framework keeps an item of this size of its own beside those of the application.
struct Stout {
    backend: Rc<dyn Backend>,
    size: usize,
    answered: Cell<usize>,
    most_kept: Cell<usize>,
}

impl Stout {
    fn new(size: usize) -> Rc<Self> {
        let backend = in_process(Memory::default());
        Rc::new(Self { backend, size, answered: Cell::new(0), most_kept: Cell::new(0) })
    }
}

impl Backend for Stout {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            self.most_kept.set(self.most_kept.get().max(Retained::all()));
            let ops = request.ops.clone();
            let mut response = self.backend.cycle(request).await?;
            let Body::Answers { results, .. } = &mut response.body else { return Ok(response) };
            for (op, answer) in ops.iter().zip(results) {
                match (op, answer) {
                    (Operation::Items, Answer::Ok(Value::Object(items))) => {
                        items.insert("_own".to_owned(), json!("x".repeat(self.size)));
                        self.answered.set(self.answered.get() + self.size);
                    }
                    (Operation::Len, Answer::Ok(len)) => *len = json!(len.as_u64().unwrap() + 1),
                    _ => {}
                }
            }
            Ok(response)
        })
    }
}

fn options() -> Options {
    let checks = ["minimum/opens-empty", "minimum/each-mutator-persists", "minimum/values-survive"];
    Options { only: Some(checks.map(str::to_owned).to_vec()), ..Options::default() }
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_judged_is_not_kept_at_its_full_length() {
    const SIZE: usize = 1024 * 1024;
    let backend = Stout::new(SIZE);
    let report = sessionspec::run(Rc::clone(&backend) as Rc<dyn Backend>, options()).await.unwrap();
    assert!(report.checks.iter().all(|check| check.verdict == Verdict::Pass), "{:?}", report.checks);
    let (answered, most_kept) = (backend.answered.get() / SIZE, backend.most_kept.get() / SIZE);
    assert!(answered > 30, "it answered {answered} MiB, which proves nothing");
    assert!(most_kept < 15, "of {answered} MiB that it answered, {most_kept} MiB were kept at one time");
    assert_eq!(Retained::all(), 0);
}

#[tokio::test(flavor = "current_thread")]
async fn where_there_is_no_room_left_nobody_is_accused() {
    let mut others = Retained::default();
    others.add(MOST_RETAINED - 512 * 1024).unwrap();
    let report = sessionspec::run(Stout::new(1024 * 1024) as Rc<dyn Backend>, options()).await.unwrap();
    let opens_empty = &report.checks[0];
    assert_eq!(opens_empty.verdict, Verdict::Error, "{opens_empty:?}");
    let because = opens_empty.because.as_deref().unwrap();
    assert!(because.contains("take more than the 512 MiB that are kept of them at one time"), "{because}");
    assert!(report.checks.iter().all(|check| check.verdict != Verdict::Fail), "{:?}", report.checks);
    assert_eq!(Retained::all(), others.bytes());
}
