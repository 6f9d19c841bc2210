//! A whole service that says anything at any moment: the reference, of whose answers some are altered, and one check that
//! is run against it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use sessionspec::Options;
use sessionspec::backend::{
    Backend, BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture, in_process,
};
use sessionspec::engine::checks::catalogue;
use sessionspec::engine::script::{Answer, Operation};
use sessionspec::engine::search::ShrinkBounds;
use sessionspec::reference::http::Headers;
use sessionspec::reference::{Description, Memory};
use sessionspec_cli::http::wire;
use sessionspec_cli::render::{Format, render};

use super::{is_harmless, split_first, status, text};

/// So many answers are left alone at most: a run has some hundred requests.
const MOST: u8 = 64;

/// Two bytes say which check is run. Then come alterations: how many answers are left alone before it, what is altered, how
/// long what follows is, and that, which is what takes the place of something.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let alterations: [(u8, u8, &[u8]); 14] = [
        (0, 0, b"{\"results\": []}"),
        (5, 0, b"{\"results\": [{\"ok\": null}, {\"error\": \"full\"}]}"),
        (9, 1, b"id=1; Path=/; HttpOnly; Max-Age=3; Expires=Thu, 26 Nov 2026 01:02:03 GMT"),
        (3, 2, b"session=; Max-Age=0; Domain=.app.test"),
        (7, 3, b"\x09"),
        (7, 4, b"\x00"),
        (1, 4, b"\x03"),
        (2, 5, b"\x06<html><title>Oh</title>no</html>"),
        (2, 5, b"\x08slowly"),
        (4, 6, b"\x00Cookie, Origin"),
        (4, 6, b"\x01no-store, max-age=1"),
        (8, 7, b"{\"ok\": {\"a\": 1}}"),
        (8, 7, b"{\"unsupported\": true}"),
        (8, 7, b"{\"ok\": -1e300}"),
    ];
    let spelt = |(skipped, kind, said): (u8, u8, &[u8])| {
        [&[skipped, kind, u8::try_from(said.len()).unwrap()], said].concat()
    };
    let one = (0..).step_by(7).zip(alterations).map(|(check, one)| [vec![check, 0], spelt(one)].concat());
    let all: Vec<u8> = alterations.into_iter().flat_map(spelt).collect();
    one.chain([[vec![3, 0], all].concat(), vec![0, 0]]).collect()
}

/// Whatever a service says, a run ends with a report in which the suite itself has not failed.
pub(super) fn run(bytes: &[u8]) {
    let (low, rest) = split_first(bytes);
    let (high, said) = split_first(rest);
    let catalogue = catalogue();
    let check = &catalogue[usize::from(u16::from_le_bytes([low, high])) % catalogue.len()];
    let options = Options {
        only: Some(vec![check.id.to_owned()]),
        cases: 2,
        shrink: ShrinkBounds { runs: 20, ..ShrinkBounds::default() },
        ..Options::default()
    };
    let backend =
        Rc::new(Altered { truth: in_process(Memory::default()), said: RefCell::new(said.to_vec()) });
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().start_paused(true).build().unwrap();
    let Ok(report) = runtime.block_on(sessionspec::run(backend as Rc<dyn Backend>, options)) else { return };
    let failed = report.checks.iter().filter_map(|check| check.because.as_deref());
    let mut failed = failed.filter(|because| because.contains("the suite itself has failed"));
    assert_eq!(failed.next(), None);
    assert!(is_harmless(&render(Format::Text, &[report])));
}

/// The reference, with other answers where the input says so.
struct Altered {
    truth: Rc<dyn Backend>,
    said: RefCell<Vec<u8>>,
}

impl Altered {
    /// What is altered in the next answer, and what takes its place, once as many were left alone as the input says.
    fn next(&self) -> Option<(u8, Vec<u8>)> {
        let mut said = self.said.borrow_mut();
        let &[skipped, kind, length, ..] = said.as_slice() else { return None };
        if skipped % MOST > 0 {
            said[0] = skipped % MOST - 1;
            return None;
        }
        let end = said.len().min(3 + usize::from(length));
        let payload = said[3..end].to_vec();
        said.drain(..end);
        Some((kind, payload))
    }
}

impl Backend for Altered {
    fn inner(&self) -> Option<&dyn Backend> {
        Some(&*self.truth)
    }

    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.truth.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            let (ops, raises) = (request.ops.len(), request.ops.contains(&Operation::Raise));
            let truth = self.truth.cycle(request).await?;
            match self.next() {
                Some((kind, payload)) => altered(truth, kind, &payload, ops, raises),
                None => Ok(truth),
            }
        })
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        Box::pin(async {
            let truth = self.truth.on_virtual_time().await?;
            Some(Rc::new(Self { truth, said: self.said.clone() }) as Rc<dyn Backend>)
        })
    }
}

/// The response, altered in this way.
fn altered(
    mut response: CycleResponse,
    kind: u8,
    payload: &[u8],
    ops: usize,
    raises: bool,
) -> Result<CycleResponse, BackendError> {
    let (first, rest) = split_first(payload);
    match kind % 8 {
        0 => response.body = wire::body(response.status, payload, ops, raises)?,
        1 => response.headers.append("Set-Cookie", payload),
        2 => {
            response.headers = Headers::default();
            response.headers.append("Set-Cookie", payload);
        }
        3 => response.status = status(first),
        4 => return Err(fault(first, text(rest).into_owned())),
        5 => {
            response.status = status(first);
            response.body = wire::body(response.status, rest, ops, raises)?;
        }
        6 => {
            let fields = ["Vary", "Cache-Control", "Retry-After", "Expires", "Age", "Location", "Date", "x"];
            response.headers.append(fields[usize::from(first) % fields.len()], rest);
        }
        _ => {
            let answer = serde_json::from_slice(payload).ok().and_then(|json| Answer::from_json(&json));
            let answer = answer.unwrap_or_else(|| Answer::Ok(text(payload).into()));
            if let Body::Answers { results, .. } = &mut response.body
                && let Some(last) = results.last_mut()
            {
                *last = answer;
            }
        }
    }
    Ok(response)
}

fn fault(kind: u8, said: String) -> BackendError {
    match kind % 8 {
        0 => BackendError::Dropped,
        1 => BackendError::CutOff(said),
        2 => BackendError::ConnectionLost,
        3 => BackendError::NoAnswer(Duration::from_secs(10)),
        4 => BackendError::NotAProbe(said),
        5 => BackendError::HeadTooLarge,
        6 => BackendError::Failed(said),
        _ => BackendError::Unreachable(said),
    }
}
