//! Observes whether a backend is tracked or always modified, what `new` says, what becomes of a change inside of a value,
//! and which values a session keeps.

use serde_json::json;
use sessionspec_reference::value::same_value;

use super::observer::{Observer, TEXT, boolean};
use super::{Attribute, Modified, Nested, New, Numbers, Values};
use crate::script::Answer;
use crate::script::ops::{get, modified, new, set, set_in};

impl Observer<'_> {
    /// A backend whose fresh session refuses a plain string cannot open a session: what it opens is a null session.
    pub(super) async fn null(&self) -> bool {
        let [fresh] = self.observe([vec![set("text", TEXT)]]).await;
        matches!(fresh.as_slice(), [Answer::Error(_)])
    }

    pub(super) async fn modified(&self) -> Attribute<Modified> {
        let [_, existing] = self.observe([vec![set("text", TEXT)], vec![modified()]]).await;
        let mode =
            boolean(&existing, 0).map(|modified| if modified { Modified::Always } else { Modified::Tracked });
        self.attribute("modified", mode)
    }

    pub(super) async fn new_on_fresh(&self) -> Attribute<New> {
        let [fresh] = self.observe([vec![new(), set("text", TEXT), new()]]).await;
        let mode = match (boolean(&fresh, 0), boolean(&fresh, 2)) {
            (None, _) => None,
            (Some(true), _) => Some(New::Real),
            (Some(false), Some(true)) => Some(New::OnceChanged),
            (Some(false), _) => Some(New::Constant),
        };
        self.attribute("new", mode)
    }

    pub(super) async fn nested(&self) -> Nested {
        let changed = json!({"n": "new"});
        let [_, second, third] = self
            .observe([
                vec![set("box", json!({"n": "old"}))],
                vec![set_in(["box".into(), "n".into()], "new"), get("box"), modified()],
                vec![get("box")],
            ])
            .await;
        let sees_change = |answer: Option<&Answer>| answer == Some(&Answer::Ok(changed.clone()));
        match second.first() {
            Some(Answer::Ok(_)) if sees_change(third.first()) => {
                // Where `modified` is always true, it says nothing about who noticed the change.
                let noticed = boolean(&second, 2) == Some(true)
                    && matches!(self.modified().await, Attribute::Observed(Modified::Tracked));
                if noticed { Nested::Tracked } else { Nested::WrittenBack }
            }
            Some(Answer::Ok(_)) if sees_change(second.get(1)) => Nested::Untracked,
            Some(Answer::Ok(_)) => Nested::Copies,
            _ => Nested::Unsupported,
        }
    }

    pub(super) async fn values(&self) -> Values {
        let [answers] = self.observe([vec![set("text", TEXT), set("number", 1), set("flag", true)]]).await;
        match answers.as_slice() {
            [Answer::Ok(_), Answer::Error(_), Answer::Error(_)] => Values::Strings,
            _ => Values::Json,
        }
    }

    pub(super) async fn numbers(&self) -> Numbers {
        const BEYOND_DOUBLES: i64 = (1 << 53) + 1;
        let [_, answers] = self.observe([vec![set("number", BEYOND_DOUBLES)], vec![get("number")]]).await;
        match answers.first() {
            Some(Answer::Ok(seen)) if same_value(seen, &json!(BEYOND_DOUBLES)) => Numbers::Exact,
            Some(Answer::Ok(seen)) if same_value(seen, &json!(BEYOND_DOUBLES - 1)) => Numbers::Doubles,
            _ => Numbers::Unknown,
        }
    }
}
