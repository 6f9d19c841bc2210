//! The kill matrix through the HTTP door: the same verdicts, for the same reasons, as in-process. What fails is not made
//! smaller here, which would be most of the requests; other tests shrink over HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::rc::Rc;
use std::sync::LazyLock;

use sessionspec::backend::Backend;
use sessionspec_backends::Embedded;
use sessionspec_backends::matrix::{Matrix, Row, everything, on_every_core, on_threads, row_unshrunk};
use sessionspec_cli::builtin::OverHttp;
use tokio::runtime::{Builder, Runtime};

/// Here the doors differ: what HTTP forbids, the server in front refuses, and the backend never sees it.
const REFUSED_IN_FRONT: &str = "forgery/unlawful-bytes";

/// How many backends wait for their store at the same time. They keep no core busy.
const WAITING: usize = 6;

/// Backends that leave request after request without an answer, each until nobody waits any longer.
const SILENT: &str = "flawed/lock-kept-by-a-";

/// The rows of the backends that wait: over HTTP, where time has to pass, and in this process, where none does.
static WAITED_FOR: LazyLock<[Vec<Row>; 2]> = LazyLock::new(|| {
    let (waited_for, _) = backends();
    let without_time = || Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    [
        on_threads(WAITING, &waited_for, over_http),
        on_every_core(&waited_for, |builtin| without_time().block_on(row_unshrunk(builtin, builtin.open()))),
    ]
});

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Those with which most of the time is spent waiting, since their store can be broken or no answer comes, and all others.
fn backends() -> (Vec<&'static Embedded>, Vec<&'static Embedded>) {
    let waits = |builtin: &&Embedded| builtin.is_breakable() || builtin.name.starts_with(SILENT);
    everything().into_iter().partition(waits)
}

fn over_http(builtin: &'static Embedded) -> Row {
    let judge = async {
        let served: Rc<dyn Backend> = Rc::new(OverHttp::serve(builtin.open()).await.unwrap());
        row_unshrunk(builtin, served).await
    };
    runtime().block_on(tokio::task::LocalSet::new().run_until(judge))
}

#[test]
fn both_doors_give_the_same_rows_where_answers_are_waited_for() {
    let [over_http, in_process] = &*WAITED_FOR;
    assert!(over_http.len() > 1);
    assert_eq!(differences(over_http, in_process), Vec::<String>::new());
}

#[test]
fn both_doors_give_the_same_matrix() {
    // `transport/connections.rs` beside this asks two processes at one address over HTTP.
    let (of_workers, others): (Vec<_>, Vec<_>) =
        backends().1.into_iter().partition(|builtin| builtin.has_workers());
    let here = |builtin: &'static Embedded| runtime().block_on(row_unshrunk(builtin, builtin.open()));
    let ([waited_for, _], mut rows) = std::thread::scope(|scope| {
        let waited_for = scope.spawn(|| &*WAITED_FOR);
        let rows = on_every_core(&others, over_http);
        (waited_for.join().unwrap(), rows)
    });
    assert_eq!(differences(&rows, &on_every_core(&others, here)), Vec::<String>::new());
    rows.extend(waited_for.iter().cloned());
    rows.extend(on_every_core(&of_workers, here));
    let complaints = Matrix { rows }.complaints();
    let complaints: Vec<String> =
        complaints.into_iter().filter(|said| !said.contains(REFUSED_IN_FRONT)).collect();
    assert!(complaints.iter().all(|said| said.ends_with("nothing caught it")), "{complaints:#?}");
    assert!(complaints.len() <= 1, "only what is refused in front may escape: {complaints:#?}");
}

/// What the doors say differently.
fn differences(over_http: &[Row], in_process: &[Row]) -> Vec<String> {
    let mut different = Vec::new();
    for (http, here) in over_http.iter().zip(in_process) {
        // Of a probe behind which nothing is, only that it conforms to nothing has to be the same.
        let is_hollow = here.name.starts_with("hollow/");
        if is_hollow {
            assert_eq!((http.conforms, here.conforms), (None, None), "{}", here.name);
        } else if here.fails.iter().all(|(check, _)| check != REFUSED_IN_FRONT) && http != here {
            let verdicts =
                http.verdicts.iter().filter(|(check, verdict)| here.verdicts.get(*check) != Some(verdict));
            let seen =
                http.capabilities.iter().filter(|(row, seen)| here.capabilities.get(*row) != Some(seen));
            let verdicts: Vec<_> = verdicts.collect();
            let seen: Vec<_> = seen.collect();
            different.push(format!("{}: over HTTP {verdicts:?}, {seen:?}, {:?}", here.name, http.fails));
        }
    }
    different
}
