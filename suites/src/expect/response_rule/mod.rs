//! Rules for a response as a whole, apart from the answers in it: for its cookies, and for what it says to caches.

mod beside;
mod caching;
mod cookies;
mod every;
mod ids;
mod left;
mod lifetime;
mod removal;

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::browser::{Refusal, SetCookie, Stored};
use crate::play::{Exchange, Outcome, Transcript};
use crate::script::Operation;
use beside::{cookies_as, other_cookies, sets_own};
use caching::{vary_cookie, vary_lists};
use cookies::{each_set, kept, once_per_name, sent_back};
pub(crate) use every::Every;
use ids::{GUESSABLE, distinct, drawn_anew, set_until, unpredictable};
use left::left;
use lifetime::lasts;
use removal::{leaves_none, removal_removes, removal_repeats};

/// A rule for one response. A rule about cookies does not judge a response without such cookies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseRule {
    /// The response comes from the handler, with a status below 400.
    Served,
    /// The request ends, answered or not, before the way to the store is mended.
    EndsWithoutStore,
    /// The response comes from the handler, and its session was saved.
    Saved,
    /// The response sets no cookie.
    NoSetCookie,
    /// The response sets no cookie that browsers would keep: it may have a removal.
    NoneKept,
    /// The response sets a cookie where this earlier one has set one, and removes one where that one has removed one.
    CookiesAsIn {
        /// The cycle, counted from zero.
        cycle: usize,
    },
    /// The response sets a cookie.
    SetsCookie,
    /// The response sets no cookie twice.
    OncePerName,
    /// Each cookie is `HttpOnly`, so that scripts cannot read it.
    HttpOnly,
    /// Each cookie has `SameSite`, which says whether it is sent with requests from other sites.
    SameSite,
    /// Each cookie is `Secure`, so that it is not sent over plain http.
    Secure,
    /// Browsers keep each cookie.
    Kept,
    /// Browsers send each cookie back to the path from which it came.
    SentBack,
    /// Each cookie outlives the browser, and lasts for about its lifetime where that is known.
    Lasts {
        /// The lifetime, in seconds.
        seconds: Option<f64>,
        /// How much shorter or longer the cookie may last, in seconds.
        grace: f64,
    },
    /// No cookie outlives the browser: none has `Max-Age` or `Expires`.
    EndsWithBrowser,
    /// Each removal removes a cookie of the browser.
    RemovalRemoves,
    /// Each removal leaves the browser, which has all its cookies by itself, no cookie of that name.
    RemovalLeavesNone,
    /// Each removal has the `Secure` and `SameSite` of the cookie that this earlier cycle set. `HttpOnly` is not
    /// compared, since browsers look at it only where a script asks for the change.
    RemovalRepeats {
        /// The cycle, counted from zero.
        cycle: usize,
    },
    /// The response tells caches that it depends on the cookie, or that they must not keep it.
    VaryCookie,
    /// The `Vary` of the response names this field, too, as the application has said.
    VaryAlso {
        /// The name of the field.
        field: String,
    },
    /// The response has this cookie of the application, just as the application has set it.
    SetsOwn {
        /// The whole value of its `Set-Cookie`.
        cookie: String,
    },
    /// No cookie has the value that it had in this earlier cycle.
    OtherCookies {
        /// The cycle, counted from zero.
        cycle: usize,
    },
    /// No two responses until now have set the same cookies.
    Distinct,
    /// The cookies that were set until now differ in so many bits that nobody can guess the next one.
    Unpredictable,
    /// The cookies that were set until now are not made from each other: one of them, at least, has as many bits that the one
    /// before it does not have as nobody can guess.
    DrawnAnew,
}

impl fmt::Display for ResponseRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Served => f.write_str("the answers of the handler"),
            Self::EndsWithoutStore => f.write_str("an end of the request, while the store is out of reach"),
            Self::Saved => f.write_str("the answers of the handler, and a session that is saved"),
            Self::NoSetCookie => f.write_str("no Set-Cookie"),
            Self::NoneKept => f.write_str("no cookie but one that has ended"),
            Self::CookiesAsIn { cycle } => write!(f, "a cookie, or a removal, as in cycle {}", cycle + 1),
            Self::SetsCookie => f.write_str("a Set-Cookie"),
            Self::Distinct => f.write_str("cookies that no other browser has"),
            Self::Unpredictable => write!(f, "cookies in which at least {GUESSABLE} bits vary"),
            Self::DrawnAnew => {
                write!(f, "cookies with at least {GUESSABLE} bits that are not those of the cookie before")
            }
            Self::OncePerName => f.write_str("at most one Set-Cookie of a name"),
            Self::HttpOnly => f.write_str("HttpOnly on each cookie"),
            Self::SameSite => f.write_str("SameSite on each cookie"),
            Self::Secure => f.write_str("Secure on each cookie, since this is https"),
            Self::Kept => f.write_str("cookies that browsers keep"),
            Self::SentBack => f.write_str("cookies that browsers send back to where they came from"),
            Self::Lasts { seconds: Some(seconds), grace } => {
                write!(f, "cookies that last {seconds} s, give or take {grace} s")
            }
            Self::Lasts { seconds: None, .. } => f.write_str("cookies with Max-Age or Expires"),
            Self::EndsWithBrowser => f.write_str("neither Max-Age nor Expires"),
            Self::RemovalRemoves => f.write_str("a removal that browsers obey"),
            Self::RemovalLeavesNone => f.write_str("a removal after which the cookie is gone"),
            Self::RemovalRepeats { cycle } => {
                write!(f, "a removal with the Secure and SameSite of cycle {}", cycle + 1)
            }
            Self::VaryCookie => f.write_str("`Vary: Cookie`, or `Cache-Control: no-store`"),
            Self::VaryAlso { field } => write!(f, "`Vary: {field}`, as the application has said"),
            Self::SetsOwn { cookie } => write!(f, "`Set-Cookie: {cookie}`, as the application has said"),
            Self::OtherCookies { cycle } => write!(f, "other cookies than in cycle {}", cycle + 1),
        }
    }
}

/// A `Set-Cookie` that browsers can read, and what the jar did with it.
struct Received {
    cookie: SetCookie,
    stored: Result<Stored, Refusal>,
    /// Whether the cookie had ended when it came, so that it is a removal.
    is_removal: bool,
    /// Whether its `Expires` had passed when it came, whatever its `Max-Age` says.
    is_meant_as_removal: bool,
}

impl ResponseRule {
    /// Judges a response. The error says what breaks the rule; `None` says that the rule is about nothing in the
    /// response.
    ///
    /// Whether a request failed, or was never answered, is not judged here but in `expect/judgement.rs`.
    pub(crate) fn judge(&self, transcript: &Transcript, cycle: usize) -> Option<Result<(), String>> {
        let exchange = transcript.exchanges.get(cycle)?;
        if *self == Self::EndsWithoutStore {
            return Some(match exchange.outlasted {
                true => Err("it lasted until the store could be reached again".to_owned()),
                false => Ok(()),
            });
        }
        exchange.answered?;
        let received = left_by(transcript, exchange);
        let earlier = |cycle: &usize| {
            transcript.exchanges.get(*cycle).map(|exchange| left_by(transcript, exchange)).unwrap_or_default()
        };
        match self {
            Self::Served => Some(match &exchange.outcome {
                _ if exchange.ended_without_body() => Ok(()),
                Outcome::NoAnswers { status, said } => Err(format!("a {status}: {said}")),
                _ => Ok(()),
            }),
            Self::EndsWithoutStore => None,
            Self::Saved => Some(match &exchange.outcome {
                _ if exchange.ended_without_body() => Ok(()),
                Outcome::NoAnswers { status, said } => Err(format!("a {status}: {said}")),
                Outcome::Answered { save_error: Some(error), .. } => Err(format!("not saved: {error}")),
                _ => Ok(()),
            }),
            Self::NoneKept => Some(match received.iter().find(|received| !received.is_removal) {
                Some(received) => Err(format!("a Set-Cookie of {}", name(&received.cookie))),
                None => Ok(()),
            }),
            Self::CookiesAsIn { cycle } => cookies_as(&received, &earlier(cycle)),
            Self::NoSetCookie => Some(match received_by(transcript, exchange).first() {
                Some(received) => Err(format!("a Set-Cookie of {}", name(&received.cookie))),
                None => Ok(()),
            }),
            Self::SetsCookie => Some(match received.iter().any(|received| !received.is_removal) {
                true => Ok(()),
                false => Err("none".to_owned()),
            }),
            Self::Distinct => distinct(&set_until(transcript, cycle)),
            Self::Unpredictable => unpredictable(&set_until(transcript, cycle)),
            Self::DrawnAnew => drawn_anew(&set_until(transcript, cycle)),
            Self::OncePerName
            | Self::HttpOnly
            | Self::SameSite
            | Self::Secure
            | Self::Kept
            | Self::SentBack
            | Self::RemovalRemoves
            | Self::VaryCookie => {
                self.of_cookies(transcript, exchange, &received_by(transcript, exchange), &received)
            }
            Self::Lasts { seconds, grace } => lasts(&received, exchange.answered?, *seconds, *grace),
            Self::EndsWithBrowser => each_set(
                &received,
                |cookie| cookie.max_age.is_none() && cookie.expires.is_none(),
                "with Max-Age or Expires",
            ),
            Self::RemovalLeavesNone => {
                let until = transcript.exchanges.iter().take(cycle + 1);
                let own = until.filter(|earlier| earlier.browser == exchange.browser);
                let all: Vec<Received> = own.flat_map(|earlier| received_by(transcript, earlier)).collect();
                leaves_none(&received, &all, transcript.path_of(exchange))
            }
            Self::RemovalRepeats { cycle } => removal_repeats(&received, &earlier(cycle)),
            Self::VaryAlso { field } => Some(vary_lists(exchange, field)),
            Self::SetsOwn { cookie } => Some(sets_own(&all_received(exchange), cookie)),
            Self::OtherCookies { cycle } => other_cookies(&received, &earlier(cycle)),
        }
    }
}

impl ResponseRule {
    /// Its name, in words with hyphens.
    pub(crate) fn name(&self) -> Option<String> {
        // One with fields is an object whose only key is its name.
        let rule = serde_json::to_value(self).ok()?;
        let name = rule.as_str().or_else(|| rule.as_object()?.keys().next().map(String::as_str))?;
        Some(name.replace('_', "-"))
    }

    /// Judges a response by a rule that asks for nothing but what the response itself has: the cookies of the session that it
    /// sets, and those that it leaves.
    fn of_cookies(
        &self,
        transcript: &Transcript,
        exchange: &Exchange,
        set: &[Received],
        left: &[Received],
    ) -> Option<Result<(), String>> {
        match self {
            Self::OncePerName => once_per_name(set),
            Self::HttpOnly => each_set(left, |cookie| cookie.http_only, "without HttpOnly"),
            Self::SameSite => each_set(left, |cookie| cookie.same_site.is_some(), "without SameSite"),
            Self::Secure => each_set(left, |cookie| cookie.secure, "without Secure"),
            Self::Kept => kept(transcript, exchange),
            Self::SentBack => sent_back(left, transcript.path_of(exchange)),
            Self::RemovalRemoves => removal_removes(set),
            Self::VaryCookie => Some(vary_cookie(exchange)),
            _ => None,
        }
    }
}

/// The cookies of the session that browsers have of this response in the end, with its removals. An id that a later one
/// replaces harms nobody: that there are two is judged by [`ResponseRule::OncePerName`] alone.
fn left_by(transcript: &Transcript, exchange: &Exchange) -> Vec<Received> {
    left(received_by(transcript, exchange), transcript.path_of(exchange))
}

/// The cookies of the session that this response sets: none that the script has set in the name of the application.
fn received_by(transcript: &Transcript, exchange: &Exchange) -> Vec<Received> {
    let set_by_script = |op: &Operation| match op {
        Operation::Header { name, value } if name.eq_ignore_ascii_case("Set-Cookie") => {
            SetCookie::parse(value.as_bytes()).ok().map(|cookie| cookie.name)
        }
        _ => None,
    };
    let own: Vec<Vec<u8>> = exchange.ops.iter().filter_map(set_by_script).collect();
    let mut received = all_received(exchange);
    received.retain(|received| {
        !transcript.foreign_to(exchange).has(&received.cookie.name) && !own.contains(&received.cookie.name)
    });
    received
}

/// All cookies that this response sets.
fn all_received(exchange: &Exchange) -> Vec<Received> {
    let fields = exchange.headers.all("Set-Cookie").zip(&exchange.stored);
    let readable = fields.filter_map(|(field, stored)| {
        let cookie = SetCookie::parse(field).ok()?;
        let is_removal = match (cookie.max_age, cookie.expires) {
            (Some(seconds), _) => seconds <= 0,
            (None, Some(expires)) => exchange.answered.is_some_and(|now| expires <= now),
            (None, None) => false,
        };
        let is_over = |expires: SystemTime| exchange.answered.is_some_and(|now| expires <= now);
        let is_meant_as_removal = cookie.expires.is_some_and(is_over);
        Some(Received { cookie, stored: stored.clone(), is_removal, is_meant_as_removal })
    });
    readable.collect()
}

fn name(cookie: &SetCookie) -> String {
    format!("`{}`", String::from_utf8_lossy(&cookie.name))
}
