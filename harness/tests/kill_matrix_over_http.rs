//! The kill matrix through the HTTP door: the same verdicts, for the same reasons, as in-process. What fails is not made
//! smaller here, which would be most of the requests; other tests shrink over HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::rc::Rc;

use sessionspec::backend::Backend;
use sessionspec_backends::matrix::{kill_matrix, row_unshrunk};
use sessionspec_harness::builtin::OverHttp;

/// Here the doors differ: what HTTP forbids, the server in front refuses, and the backend never sees it.
const REFUSED_IN_FRONT: &str = "forgery/unlawful-bytes";

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn both_doors_give_the_same_matrix() {
    let over_http = kill_matrix(|builtin| {
        let judge = async {
            let served: Rc<dyn Backend> = Rc::new(OverHttp::serve(builtin.open()).await.unwrap());
            row_unshrunk(builtin, served).await
        };
        runtime().block_on(tokio::task::LocalSet::new().run_until(judge))
    });
    let in_process = kill_matrix(|builtin| runtime().block_on(row_unshrunk(builtin, builtin.open())));
    let complaints: Vec<String> =
        over_http.complaints().into_iter().filter(|said| !said.contains(REFUSED_IN_FRONT)).collect();
    assert!(complaints.iter().all(|said| said.ends_with("nothing caught it")), "{complaints:#?}");
    assert!(complaints.len() <= 1, "only what is refused in front may escape: {complaints:#?}");
    let mut different = Vec::new();
    for (http, here) in over_http.rows.into_iter().zip(in_process.rows) {
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
    assert_eq!(different, Vec::<String>::new());
}
