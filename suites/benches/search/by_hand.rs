//! What the player does, written out by hand: the reference is called directly, with a cookie kept for each browser.

use std::collections::BTreeMap;

use divan::black_box;
use sessionspec::engine::script::{Operation, Script, Step};
use sessionspec::reference::http::{Request, Response};
use sessionspec::reference::{Memory, Session, SessionInterface};

pub(crate) async fn play(sessions: &Memory, script: &Script) {
    let mut cookies: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for step in &script.steps {
        match step {
            Step::Cycle(cycle) => {
                let mut request = Request::default();
                if let Some(cookie) = cookies.get(cycle.browser.as_str()) {
                    request.headers.append("Cookie", cookie.clone());
                }
                let response = serve(sessions, &request, &cycle.ops).await;
                for cookie in response.headers.all("Set-Cookie") {
                    if cookie.ends_with(b"Max-Age=0") {
                        cookies.remove(cycle.browser.as_str());
                    } else {
                        let pair = cookie.split(|byte| *byte == b';').next().unwrap_or_default();
                        cookies.insert(&cycle.browser, pair.to_vec());
                    }
                }
            }
            Step::CopyCookies { from, to } => {
                match cookies.get(from.as_str()).cloned() {
                    Some(cookie) => cookies.insert(to, cookie),
                    None => cookies.remove(to.as_str()),
                };
            }
            Step::Start(_)
            | Step::Release(_)
            | Step::Forge { .. }
            | Step::Wait { .. }
            | Step::Launch { .. }
            | Step::Restart { .. }
            | Step::Apart { .. }
            | Step::Pause { .. }
            | Step::Wake { .. }
            | Step::Break { .. }
            | Step::Mend {}
            | Step::Flush {} => {}
        }
    }
}

async fn serve(sessions: &Memory, request: &Request, ops: &[Operation]) -> Response {
    let mut response = Response::default();
    let opened = sessions.open_session(request).await.expect("the reference has no faults");
    let mut session = opened.expect("the reference always opens");
    for op in ops {
        perform(&mut session, op).await.expect("nothing that is generated is refused");
    }
    sessions.save_session(&mut session, &mut response).await.expect("the reference has no faults");
    response
}

async fn perform(session: &mut impl Session, op: &Operation) -> sessionspec::reference::Result<()> {
    match op {
        Operation::Get { key } => drop(black_box(session.get(key).await?)),
        Operation::Contains { key } => drop(black_box(session.contains(key).await?)),
        Operation::Items => drop(black_box(session.items().await?)),
        Operation::Len => drop(black_box(session.len().await?)),
        Operation::Set { key, value } => session.set(key, value.clone()).await?,
        Operation::Delete { key } => drop(black_box(session.delete(key).await?)),
        Operation::Pop { key } => drop(black_box(session.pop(key).await?)),
        Operation::Setdefault { key, value } => {
            drop(black_box(session.setdefault(key, value.clone()).await?));
        }
        Operation::Update { items } => session.update(items.clone()).await?,
        Operation::Clear => session.clear().await?,
        Operation::SetIn { path, value } => session.set_in(path, value.clone()).await?,
        Operation::Permanent => drop(black_box(session.permanent().await?)),
        Operation::SetPermanent { value } => session.set_permanent(*value).await?,
        Operation::Modified => drop(black_box(session.modified().await?)),
        Operation::SetModified => session.set_modified().await?,
        Operation::New => drop(black_box(session.is_new().await?)),
        Operation::Regenerate => session.regenerate().await?,
        Operation::Destroy => session.destroy().await?,
        other => unreachable!("`{}` is not generated", other.name()),
    }
    Ok(())
}
