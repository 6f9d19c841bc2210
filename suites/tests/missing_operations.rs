//! A backend that lacks an operation fails no check that only wanted to use it: a check asks for the operation
//! (`Requirement::Has`), or leaves the scenario out (`Survey::supports`).

use std::rc::Rc;
use std::time::{Duration, SystemTime};

use sessionspec::backend::{
    Backend, BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture, in_process,
};
use sessionspec::engine::script::{Answer, Operation, OperationKind};
use sessionspec::reference::{Description, Memory};
use sessionspec::{Options, Verdict};

/// The reference without one operation.
struct Lacking {
    inner: Rc<dyn Backend>,
    operation: OperationKind,
}

impl Backend for Lacking {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        // What it declares is true of the whole reference.
        Box::pin(async { Ok(Description { declares: Default::default(), ..self.inner.describe().await? }) })
    }

    fn cycle(&self, mut request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        let kinds: Vec<OperationKind> = request.ops.iter().map(Operation::kind).collect();
        request.ops.retain(|op| op.kind() != self.operation);
        Box::pin(async move {
            let mut response = self.inner.cycle(request).await?;
            if let Body::Answers { results, .. } = &mut response.body {
                let lacking = kinds.iter().enumerate().filter(|(_, kind)| **kind == self.operation);
                lacking.for_each(|(at, _)| results.insert(at, Answer::Unsupported));
            }
            Ok(response)
        })
    }

    fn now(&self) -> SystemTime {
        self.inner.now()
    }

    fn wait(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        self.inner.wait(duration)
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        Box::pin(async {
            let inner = self.inner.on_virtual_time().await?;
            Some(Rc::new(Self { inner, operation: self.operation }) as Rc<dyn Backend>)
        })
    }
}

/// Without these there is no session: every check may use them.
const ASSUMED: [OperationKind; 8] = [
    OperationKind::Get,
    OperationKind::Items,
    OperationKind::Set,
    OperationKind::Permanent,
    OperationKind::Modified,
    OperationKind::New,
    OperationKind::SetPermanent,
    OperationKind::SetModified,
];

#[tokio::test(start_paused = true)]
async fn a_check_does_not_blame_a_backend_for_an_operation_that_it_lacks() {
    let mut accused = Vec::new();
    for operation in OperationKind::ALL.into_iter().filter(|operation| !ASSUMED.contains(operation)) {
        let inner = in_process(Memory::default());
        let backend: Rc<dyn Backend> = Rc::new(Lacking { inner, operation });
        let options = Options { cases: 8, ..Options::default() };
        let report = sessionspec::run(backend, options).await.expect("the reference answers");
        let failed = report.checks.iter().filter(|check| check.verdict == Verdict::Fail);
        accused.extend(failed.map(|check| format!("{} fails a backend that has no `{operation}`", check.id)));
    }
    assert!(
        accused.is_empty(),
        "{}\nask for the operation with `Requirement::Has` in `applies`, or leave the scenario out with `Survey::supports`",
        accused.join("\n")
    );
}
