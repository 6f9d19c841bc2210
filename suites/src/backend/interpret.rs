//! Performs operations on a session: what a handler behind a probe does.

use std::collections::BTreeMap;

use sessionspec_reference::http::Headers;
use sessionspec_reference::{Error, Result, Session, Value};

use super::Gate;
use crate::script::{Answer, Operation};

/// How a handler ended.
pub(crate) enum Handled {
    /// With these answers, and a response of this status and with these header fields of its own.
    Answered { results: Vec<Answer>, status: u16, headers: Headers },
    /// With an exception.
    Raised,
}

/// Performs the operations in order; a refused one does not end the cycle.
pub(crate) async fn interpret(
    session: &mut impl Session,
    ops: &[Operation],
    gates: &BTreeMap<String, Gate>,
) -> Handled {
    let mut results = Vec::with_capacity(ops.len());
    let mut status = 200;
    let mut headers = Headers::default();
    for op in ops {
        let result = match op {
            Operation::Raise => return Handled::Raised,
            Operation::Respond { status: wanted } => {
                status = *wanted;
                done(Ok(()))
            }
            Operation::Header { name, value } => {
                headers.append(name, value.as_str());
                done(Ok(()))
            }
            Operation::Hold { gate } => match gates.get(gate) {
                Some(gate) => gate.pass().await.map_or_else(Answer::Error, |()| Answer::Ok(Value::Null)),
                None => Answer::Error(format!("there is no gate `{gate}` in this request")),
            },
            op => perform(session, op).await,
        };
        results.push(result);
    }
    Handled::Answered { results, status, headers }
}

async fn perform(session: &mut impl Session, op: &Operation) -> Answer {
    match op {
        Operation::Get { key } => value_or_absent(session.get(key).await),
        Operation::Pop { key } => value_or_absent(session.pop(key).await),
        Operation::Contains { key } => value(session.contains(key).await),
        Operation::Items => value(session.items().await),
        Operation::Len => value(session.len().await),
        Operation::Set { key, value } => done(session.set(key, value.clone()).await),
        Operation::Delete { key } => match session.delete(key).await {
            Ok(true) => Answer::Ok(Value::Null),
            Ok(false) => Answer::Absent,
            Err(error) => refused(error),
        },
        Operation::Setdefault { key, value: default } => {
            value(session.setdefault(key, default.clone()).await)
        }
        Operation::Update { items } => done(session.update(items.clone()).await),
        Operation::Clear => done(session.clear().await),
        Operation::SetIn { path, value } => done(session.set_in(path, value.clone()).await),
        Operation::Permanent => value(session.permanent().await),
        Operation::SetPermanent { value } => done(session.set_permanent(*value).await),
        Operation::Modified => value(session.modified().await),
        Operation::SetModified => done(session.set_modified().await),
        Operation::New => value(session.is_new().await),
        Operation::Regenerate => done(session.regenerate().await),
        Operation::Destroy => done(session.destroy().await),
        Operation::SetLifetime { seconds } => done(session.set_lifetime(*seconds).await),
        Operation::Save => done(session.save().await),
        Operation::Respond { .. } | Operation::Header { .. } | Operation::Raise | Operation::Hold { .. } => {
            unreachable!("these are no operations on the session; `interpret` performs them")
        }
    }
}

fn done(result: Result<()>) -> Answer {
    result.map_or_else(refused, |()| Answer::Ok(Value::Null))
}

fn value(result: Result<impl Into<Value>>) -> Answer {
    result.map_or_else(refused, |value| Answer::Ok(value.into()))
}

fn value_or_absent(result: Result<Option<Value>>) -> Answer {
    result.map_or_else(refused, |value| value.map_or(Answer::Absent, Answer::Ok))
}

fn refused(error: Error) -> Answer {
    match error {
        Error::Unsupported => Answer::Unsupported,
        error => Answer::Error(error.to_string()),
    }
}
