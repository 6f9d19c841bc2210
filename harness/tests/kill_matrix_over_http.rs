//! The kill matrix through the HTTP door: the same verdicts, for the same reasons, as in-process. What fails is not made
//! smaller here, which would be most of the requests; other tests shrink over HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::rc::Rc;

use sessionspec::backend::Backend;
use sessionspec_backends::Embedded;
use sessionspec_backends::matrix::{Matrix, Row, everything, on_every_core, row_at_a_door};
use sessionspec_cli::builtin::OverHttp;
use tokio::runtime::Builder;
use tokio::task::LocalSet;

/// Here the doors differ: what HTTP forbids, the server in front refuses, and the backend never sees it.
const REFUSED_IN_FRONT: &str = "forgery/unlawful-bytes";

/// Over HTTP, and time passes.
fn over_http(builtin: &'static Embedded) -> Row {
    let judge = async {
        let served: Rc<dyn Backend> = Rc::new(OverHttp::serve(builtin.open()).await.unwrap());
        row_at_a_door(builtin, served).await
    };
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(LocalSet::new().run_until(judge))
}

/// In this process, where no time has to pass.
fn in_process(builtin: &'static Embedded) -> Row {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(row_at_a_door(builtin, builtin.open()))
}

#[test]
fn both_doors_give_the_same_matrix() {
    // `transport/connections.rs` beside this asks two processes at one address over HTTP.
    let (of_workers, others): (Vec<_>, Vec<_>) =
        everything().into_iter().partition(|builtin| builtin.has_workers());
    let mut rows = on_every_core(&others, over_http);
    assert_eq!(differences(&rows, &on_every_core(&others, in_process)), Vec::<String>::new());
    rows.extend(on_every_core(&of_workers, in_process));
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
