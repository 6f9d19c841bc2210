//! The kill matrix through the HTTP door: the same verdicts, for the same reasons, as in-process.

use std::rc::Rc;

use sessionspec::Backend;
use sessionspec_backends::matrix::kill_matrix;
use sessionspec_harness::embedded::OverHttp;

#[test]
fn both_doors_give_the_same_matrix() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let over_http = runtime.block_on(tokio::task::LocalSet::new().run_until(kill_matrix(async |embedded| {
        let served: Rc<dyn Backend> = Rc::new(OverHttp::serve(embedded.open()).await.unwrap());
        served
    })));
    let in_process = runtime.block_on(kill_matrix(async |embedded| embedded.open()));
    for (http, here) in over_http.rows.iter().zip(&in_process.rows) {
        assert_eq!(http, here);
    }
    assert!(over_http.complaints().is_empty(), "{:#?}", over_http.complaints());
}
