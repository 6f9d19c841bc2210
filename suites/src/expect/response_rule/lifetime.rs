//! Rules for how long browsers keep a cookie.

use std::time::{Duration, SystemTime};

use super::{Received, name};
use crate::browser::SetCookie;

pub(super) fn lasts(
    received: &[Received],
    now: SystemTime,
    seconds: Option<f64>,
    grace: f64,
) -> Option<Result<(), String>> {
    let lifetime = |cookie: &SetCookie| match (cookie.max_age, cookie.expires) {
        #[expect(clippy::cast_precision_loss, reason = "no lifetime needs 52 bits of seconds")]
        (Some(max_age), _) => Some(max_age as f64),
        (None, Some(expires)) => Some(match expires.duration_since(now) {
            Ok(ahead) => ahead.as_secs_f64(),
            Err(_) => 0.0,
        }),
        (None, None) => None,
    };
    // A cookie counts in whole seconds, and the response took some time.
    let slack = Duration::from_secs(2).as_secs_f64() + grace;
    let near = |cookie: &SetCookie| match (lifetime(cookie), seconds) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(found), Some(wanted)) => (found - wanted).abs() <= slack,
    };
    let mut set = received.iter().filter(|received| !received.is_removal).peekable();
    set.peek()?;
    Some(match set.find(|received| !near(&received.cookie)) {
        None => Ok(()),
        Some(received) => Err(match lifetime(&received.cookie) {
            Some(found) => format!("{} that lasts about {found:.0} s", name(&received.cookie)),
            None => format!("{} without Max-Age and Expires", name(&received.cookie)),
        }),
    })
}
