//! What every response owes that sets a cookie of the session, or removes one: whatever was done, and however the request ended.
//!
//! A scenario says what it looks at, so that its author knows which cookies there can be. Here nobody does. So a response is left
//! out in which a cookie comes that is neither known to be the session's nor known not to be: it may be the application's, which
//! needs no attributes.

use std::time::Duration;

use super::{Received, ResponseRule, left_by, received_by};
use crate::browser::{SetCookie, Stored, expiry};
use crate::play::{Exchange, Moment, Transcript};
use crate::script::Operation;
use crate::survey::Survey;

/// The rules that hold for every response, and the names of the session's cookies.
#[derive(Debug, Clone)]
pub(crate) struct Every {
    rules: Vec<ResponseRule>,
    names: Vec<Vec<u8>>,
}

impl Every {
    /// These rules for the responses of the backend that was surveyed.
    pub(crate) fn of(rules: Vec<ResponseRule>, survey: &Survey) -> Self {
        let names = survey.cookies.iter().map(|name| name.clone().into_bytes()).collect();
        Self { rules, names }
    }

    /// The rules.
    pub(crate) fn rules(&self) -> &[ResponseRule] {
        &self.rules
    }

    /// What comes of each rule for this response; nothing where the rule is about nothing in it.
    pub(crate) fn judge(&self, transcript: &Transcript, cycle: usize) -> Vec<Option<Result<(), String>>> {
        let nothing = || vec![None; self.rules.len()];
        let Some(exchange) = transcript.exchanges.get(cycle) else { return nothing() };
        // What comes after a request that has failed may follow from that, which another check says.
        let has_failed =
            transcript.exchanges[..cycle].iter().any(|earlier| earlier.failed_request().is_some());
        let is_asked =
            exchange.answered.is_some() && exchange.refused().is_none() && !exchange.beside && !has_failed;
        if !is_asked || !self.sets_cookies_of_the_session(transcript, exchange) {
            return nothing();
        }
        let set = received_by(transcript, exchange);
        let left = left_by(transcript, exchange);
        let judged = self.rules.iter().map(|rule| match rule {
            ResponseRule::RemovalRemoves => {
                let is_had = |one: &Received| has_by_itself(transcript, cycle, &one.cookie.name);
                let removed = || set.iter().filter(|one| one.is_removal || one.is_meant_as_removal);
                let ended_on_its_way = removed().any(|one| may_have_ended_on_its_way(exchange, &one.cookie));
                let is_judged = !ended_on_its_way && removed().all(is_had);
                if is_judged { rule.of_cookies(transcript, exchange, &set, &left) } else { None }
            }
            // What the application sets may be dropped.
            ResponseRule::Kept if !set_by_script(exchange).is_empty() => None,
            // Whoever saves twice may set the cookie twice: browsers keep the last one.
            ResponseRule::OncePerName if exchange.ops.contains(&Operation::Save) => None,
            _ => rule.of_cookies(transcript, exchange, &set, &left),
        });
        judged.collect()
    }

    /// Whether cookies of the session are among those that it sets, and none of which nobody knows whose they are.
    fn sets_cookies_of_the_session(&self, transcript: &Transcript, exchange: &Exchange) -> bool {
        let own = set_by_script(exchange);
        let mut is_any = false;
        for field in exchange.headers.all("Set-Cookie") {
            let Ok(cookie) = SetCookie::parse(field) else { return false };
            if transcript.foreign_to(exchange).has(&cookie.name) || own.contains(&cookie.name) {
                continue;
            }
            if !self.names.iter().any(|name| is_part(&cookie.name, name)) {
                return false;
            }
            is_any = true;
        }
        is_any
    }
}

/// Whether this is the name of a session's cookie, or of one of the pieces or the signature beside it.
fn is_part(name: &[u8], of: &[u8]) -> bool {
    let Some(rest) = name.strip_prefix(of) else { return false };
    let is_joint = |byte: &&u8| b"._-".contains(*byte);
    let rest = &rest[rest.iter().take_while(is_joint).count()..];
    rest.iter().all(u8::is_ascii_digit) || rest == b"sig"
}

/// The names of the cookies that the script sets in the name of the application.
fn set_by_script(exchange: &Exchange) -> Vec<Vec<u8>> {
    let fields = exchange.ops.iter().filter_map(|op| match op {
        Operation::Header { name, value } if name.eq_ignore_ascii_case("Set-Cookie") => Some(value),
        _ => None,
    });
    fields.filter_map(|field| SetCookie::parse(field.as_bytes()).ok()).map(|cookie| cookie.name).collect()
}

/// Whether the browser certainly had a cookie of this name when the response came: the service has set it there, it had not ended
/// since, nobody has passed cookies to this browser, and nothing else was at work.
fn has_by_itself(transcript: &Transcript, cycle: usize, name: &[u8]) -> bool {
    let exchange = &transcript.exchanges[cycle];
    let moments = &transcript.moments;
    let Some(sent) = moments.iter().position(|moment| *moment == Moment::Sent(cycle)) else { return false };
    let is_alone = moments.get(sent + 1) == Some(&Moment::Answered(cycle));
    let is_passed = |moment: &Moment| matches!(moment, Moment::Passed { to, .. } if *to == exchange.browser);
    let is_sent = || {
        let pairs = exchange.cookie.as_deref().unwrap_or_default().split(|byte| *byte == b';');
        let mut names = pairs.map(|pair| pair.split(|byte| *byte == b'=').next().unwrap_or_default());
        names.any(|sent| sent.trim_ascii() == name)
    };
    // A slow answer may come after the end of a cookie that was there when the request was sent.
    let is_there = || {
        let earlier = transcript.exchanges[..cycle].iter().filter(|one| one.browser == exchange.browser);
        let last = earlier.filter_map(|one| one.answered.zip(cookie_set_by(one, name))).next_back();
        last.is_some_and(|(set, cookie)| {
            expiry(&cookie, set).is_none_or(|end| exchange.answered.is_some_and(|answered| answered < end))
        })
    };
    is_alone && !moments[..sent].iter().any(is_passed) && is_sent() && is_there()
}

/// The cookie of this name that the browser has of this response, if it has one of it.
fn cookie_set_by(exchange: &Exchange, name: &[u8]) -> Option<SetCookie> {
    let fields = exchange.headers.all("Set-Cookie").zip(&exchange.stored);
    let stored = fields.filter(|(_, stored)| matches!(stored, Ok(Stored::Added | Stored::Replaced)));
    stored.filter_map(|(field, _)| SetCookie::parse(field).ok()).filter(|cookie| cookie.name == name).last()
}

/// Whether the cookie may be one that was set for a moment, which was over when a slow answer came. Dates have whole seconds.
fn may_have_ended_on_its_way(exchange: &Exchange, cookie: &SetCookie) -> bool {
    cookie.expires.is_some_and(|expires| expires + Duration::from_secs(1) >= exchange.sent)
}

#[cfg(test)]
mod tests {
    use sessionspec_reference::{COOKIE_NAME, Memory};

    use super::*;
    use crate::backend::in_process;
    use crate::play::{Outcome, play_judgeable};
    use crate::script::Script;
    use crate::script::ops::{clear, get, set};

    const RULES: [ResponseRule; 3] =
        [ResponseRule::HttpOnly, ResponseRule::RemovalRemoves, ResponseRule::VaryCookie];

    /// Which of the rules hold for the response to this cycle, with these fields in the place of its own.
    async fn held(script: Script, cycle: usize, fields: &[(&str, &str)]) -> Vec<Option<bool>> {
        held_to(&RULES, script, cycle, fields).await
    }

    /// The same for these rules.
    async fn held_to(
        rules: &[ResponseRule],
        script: Script,
        cycle: usize,
        fields: &[(&str, &str)],
    ) -> Vec<Option<bool>> {
        let backend = in_process(Memory::default());
        let survey = Survey::of(std::rc::Rc::clone(&backend), Duration::from_secs(10)).await.unwrap();
        let mut transcript = play_judgeable(&backend, &script, Duration::from_secs(10)).await.unwrap();
        let exchange = &mut transcript.exchanges[cycle];
        if !fields.is_empty() {
            exchange.headers = Default::default();
            for (name, value) in fields {
                exchange.headers.append(name, value.replace("ID", COOKIE_NAME));
            }
            let cookies = exchange.headers.all("Set-Cookie").count();
            exchange.stored = vec![Ok(Stored::Replaced); cookies];
        }
        let judged = Every::of(rules.to_vec(), &survey).judge(&transcript, cycle);
        judged.into_iter().map(|result| result.map(|result| result.is_ok())).collect()
    }

    fn written() -> Script {
        Script::new().cycle("ann", [set("colour", "red")])
    }

    #[tokio::test]
    async fn each_response_with_a_cookie_of_the_session_is_judged_and_no_other() {
        assert_eq!(held(written(), 0, &[]).await, [Some(true), None, Some(true)]);
        let read = || written().cycle("ann", [get("colour")]);
        assert_eq!(held(read(), 1, &[]).await, [None; 3], "it sets none");
        let cookie = ("Set-Cookie", "ID=1; Path=/");
        assert_eq!(held(read(), 1, &[cookie]).await, [Some(false), None, Some(false)]);
        let vary = ("Vary", "Cookie");
        let signed = ("Set-Cookie", "ID.sig=1; Path=/");
        assert_eq!(held(read(), 1, &[vary, signed]).await, [Some(false), None, Some(true)]);
        assert_eq!(
            held(read(), 1, &[("Set-Cookie", "flash=saved; Path=/")]).await,
            [None; 3],
            "nobody knows whose"
        );
        let both = [cookie, ("Set-Cookie", "flash=saved; Path=/")];
        assert_eq!(held(read(), 1, &both).await, [None; 3], "nobody knows whose one of them is");
    }

    #[tokio::test]
    async fn a_cookie_comes_twice_only_from_whoever_saves_twice() {
        let twice = [("Set-Cookie", "ID=1; Path=/"), ("Set-Cookie", "ID=2; Path=/")];
        let rules = [ResponseRule::OncePerName, ResponseRule::HttpOnly];
        let once = held_to(&rules, written(), 0, &twice).await;
        assert_eq!(once, [Some(false), Some(false)]);
        let saved = Script::new().cycle("ann", [Operation::Save, set("colour", "red")]);
        assert_eq!(
            held_to(&rules, saved, 0, &twice).await,
            [None, Some(false)],
            "only the number may be another"
        );
    }

    #[tokio::test]
    async fn what_comes_after_a_request_that_has_failed_is_not_judged() {
        let cookie = [("Set-Cookie", "ID=1; Path=/")];
        let script = || written().cycle("ann", [get("colour")]);
        assert_eq!(held(script(), 1, &cookie).await[0], Some(false));
        let asked = Script::new()
            .cycle("ann", [set("colour", "red"), Operation::Raise])
            .cycle("ann", [get("colour")]);
        assert_eq!(held(asked, 1, &cookie).await[0], Some(false), "it was asked to fail");
        let backend = in_process(Memory::default());
        let survey = Survey::of(std::rc::Rc::clone(&backend), Duration::from_secs(10)).await.unwrap();
        let mut transcript = play_judgeable(&backend, &script(), Duration::from_secs(10)).await.unwrap();
        transcript.exchanges[1].headers.append("Set-Cookie", format!("{COOKIE_NAME}=1; Path=/"));
        transcript.exchanges[1].stored = vec![Ok(Stored::Replaced)];
        let every = Every::of(RULES.to_vec(), &survey);
        assert!(every.judge(&transcript, 1)[0].is_some());
        transcript.exchanges[0].outcome = Outcome::NoAnswers { status: 500, said: String::new() };
        assert_eq!(every.judge(&transcript, 1), vec![None; 3]);
    }

    #[tokio::test]
    async fn a_removal_is_judged_where_the_browser_has_the_cookie_by_itself() {
        let removed = written().cycle("ann", [clear()]);
        assert_eq!(held(removed.clone(), 1, &[]).await, [None, Some(true), Some(true)]);
        let removal = [("Set-Cookie", "ID=; Path=/; Max-Age=0"), ("Vary", "Cookie")];
        assert_eq!(held(removed, 1, &removal).await[1], Some(false), "it has removed nothing");
        let copied = written().copy_cookies("ann", "bob").cycle("bob", [clear()]);
        assert_eq!(held(copied, 1, &removal).await[1], None, "the cookie is another's");
        let visited = Script::new().cycle("ann", [clear()]);
        assert_eq!(held(visited, 0, &removal).await[1], None, "there is none");
    }

    #[tokio::test]
    async fn a_cookie_that_ended_while_a_slow_answer_came_is_no_removal() {
        let backend = in_process(Memory::default());
        let survey = Survey::of(std::rc::Rc::clone(&backend), Duration::from_secs(10)).await.unwrap();
        let script = written().cycle("ann", [get("colour")]);
        let mut transcript = play_judgeable(&backend, &script, Duration::from_secs(10)).await.unwrap();
        let field = format!("{COOKIE_NAME}=1; Path=/; Max-Age=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT");
        let ends = SetCookie::parse(field.as_bytes()).unwrap().expires.unwrap();
        transcript.exchanges[1].headers.append("Set-Cookie", field);
        transcript.exchanges[1].stored = vec![Ok(Stored::Replaced)];
        let every = Every::of(RULES.to_vec(), &survey);
        for (sent, is_judged) in [(0.3, false), (3.0, true)] {
            let exchange = &mut transcript.exchanges[1];
            exchange.sent = ends + Duration::from_secs_f64(sent);
            exchange.answered = Some(exchange.sent + Duration::from_secs(1));
            assert_eq!(every.judge(&transcript, 1)[1].is_some(), is_judged, "sent {sent} s after its end");
        }
    }

    #[tokio::test]
    async fn a_removal_of_a_cookie_that_ended_while_a_slow_answer_came_is_not_judged() {
        let backend = in_process(Memory::default());
        let survey = Survey::of(std::rc::Rc::clone(&backend), Duration::from_secs(10)).await.unwrap();
        let script = written().cycle("ann", [clear()]);
        let mut transcript = play_judgeable(&backend, &script, Duration::from_secs(10)).await.unwrap();
        let set = format!("{COOKIE_NAME}=1; Path=/; Max-Age=3");
        transcript.exchanges[0].headers = Default::default();
        transcript.exchanges[0].headers.append("Set-Cookie", set);
        transcript.exchanges[0].stored = vec![Ok(Stored::Added)];
        transcript.exchanges[1].stored = vec![Ok(Stored::NothingToRemove)];
        let began = transcript.exchanges[0].answered.unwrap();
        let every = Every::of(RULES.to_vec(), &survey);
        for (seconds, is_judged) in [(2, true), (4, false)] {
            transcript.exchanges[1].answered = Some(began + Duration::from_secs(seconds));
            let judged = every.judge(&transcript, 1).swap_remove(1);
            assert_eq!(judged.is_some(), is_judged, "answered after {seconds} s");
            assert!(judged.is_none_or(|judged| judged.is_err()), "it removes nothing");
        }
    }

    #[test]
    fn the_pieces_of_a_cookie_are_known_by_its_name() {
        for piece in ["id", "id.sig", "id0", "id.1", "id_12", "id-3"] {
            assert!(is_part(piece.as_bytes(), b"id"), "{piece}");
        }
        for other in ["", "i", "idea", "id_hint", "id.signature", "theme"] {
            assert!(!is_part(other.as_bytes(), b"id"), "{other}");
        }
    }
}
