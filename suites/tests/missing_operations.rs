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

/// The checks that fail where the reference lacks this operation.
async fn failing_without(operation: OperationKind) -> Vec<String> {
    let inner = in_process(Memory::default());
    let backend: Rc<dyn Backend> = Rc::new(Lacking { inner, operation });
    let options = Options { cases: 8, ..Options::default() };
    let report = sessionspec::run(backend, options).await.expect("the reference answers");
    let failed = report.checks.into_iter().filter(|check| check.verdict == Verdict::Fail);
    failed.map(|check| check.id).collect()
}

/// Level `minimum` asks for the attributes. One that is lacking is named once, and nobody says that items were changed by it.
#[tokio::test(start_paused = true)]
async fn an_attribute_that_is_lacking_fails_the_check_that_asks_for_it_and_no_other() {
    let asked = [
        (OperationKind::Permanent, "minimum/permanent-is-boolean"),
        (OperationKind::SetPermanent, "minimum/permanent-reads-back"),
        (OperationKind::Modified, "minimum/modified-is-boolean"),
        (OperationKind::SetModified, "minimum/modified-can-be-set"),
        (OperationKind::New, "minimum/new-is-boolean"),
    ];
    for (operation, check) in asked {
        assert_eq!(failing_without(operation).await, [check], "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_does_not_blame_a_backend_for_an_operation_that_it_lacks() {
    let mut accused = Vec::new();
    for operation in OperationKind::ALL.into_iter().filter(|operation| !ASSUMED.contains(operation)) {
        let failed = failing_without(operation).await.into_iter();
        accused.extend(failed.map(|check| format!("{check} fails a backend that has no `{operation}`")));
    }
    assert!(
        accused.is_empty(),
        "{}\nask for the operation with `Requirement::Has` in `applies`, or leave the scenario out with `Survey::supports`",
        accused.join("\n")
    );
}
