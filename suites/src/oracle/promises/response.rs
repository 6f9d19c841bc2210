//! What a response owes, apart from the answers in it: its cookies, and what it says to caches.

use super::Asked;
use super::answers::tracks;
use super::life::{Life, has_permanent};
use super::open::{Ending, Kept, Open};
use crate::expect::{Condition, ResponseRule};
use crate::survey::{Expiry, Nested, Resent, Store, Survey};

/// A rule, and what has to be the case for it.
pub(super) type Owed = (ResponseRule, Option<Condition>);

/// A cookie that is older may be sent again, to prolong the session.
const OLD: f64 = 0.9;

/// So many sessions show whether their ids can be guessed.
const IDS: usize = 64;

/// So many rotations show whether an id is made from the one before: the odds that random ids look so are those of one alone, one
/// in a thousand, to this power.
pub(crate) const IDS_OF_ONE_SESSION: usize = 8;

/// What is owed of the response to this request.
pub(super) fn owed(
    open: &Open,
    life: &Life,
    kept: Kept,
    others: &[usize],
    survey: &Survey,
    asked: Asked,
) -> Vec<Owed> {
    let mut owed = Vec::new();
    if survey.store == Store::Unknown {
        return owed;
    }
    owed.extend(always(open, survey, asked).into_iter().map(|rule| (rule, None)));
    owed.extend(to_caches(open, survey));
    owed.extend(none_without_need(open, survey, asked).map(|rule| (rule, None)));
    owed.extend(for_how_long(open, life, kept, survey).map(|rule| (rule, None)));
    owed.extend(removals(open).into_iter().map(|rule| (rule, None)));
    if asked == Asked::Hardened && survey.store == Store::Server {
        owed.extend(ids(open, life, kept, others, survey).into_iter().map(|rule| (rule, None)));
    }
    owed
}

/// A stranger's cookie does not make the request fail.
pub(super) fn served(open: &Open) -> Option<Owed> {
    let is_short = open.beside.is_some_and(|stranger| !stranger.is_long());
    (is_short && open.ending.is_success()).then_some((ResponseRule::Served, None))
}

/// The attributes of whatever cookies of the session it sets. The cookies of the application are its own business, and change
/// nothing about those beside them.
fn always(open: &Open, survey: &Survey, asked: Asked) -> Vec<ResponseRule> {
    let mut rules = vec![ResponseRule::OncePerName, ResponseRule::HttpOnly];
    rules.extend((asked == Asked::Hardened).then_some(ResponseRule::SameSite));
    rules.extend(survey.https.then_some(ResponseRule::Secure));
    rules.extend([ResponseRule::Kept, ResponseRule::SentBack]);
    if open.ending.is_kept_well(survey) {
        rules.extend(open.own_cookies.iter().map(|cookie| ResponseRule::SetsOwn { cookie: cookie.clone() }));
    }
    rules
}

/// Where the session was looked at, or its cookie was set. A visitor who looks gets the page of nobody.
fn to_caches(open: &Open, survey: &Survey) -> Vec<Owed> {
    let mut owed = Vec::new();
    let looks_at_nothing = open.is_visitor && !open.writes;
    let depends = open.depends_on_items
        && (open.is_existing() || looks_at_nothing)
        && open.ending == Ending::Status(200);
    // Nothing tells a cookie of the application from one of the session.
    if depends || open.own_cookies.is_empty() {
        owed.push((ResponseRule::VaryCookie, (!depends).then_some(Condition::SetCookieIn(open.index))));
    }
    if open.ending.is_kept_well(survey) {
        owed.extend(
            open.own_vary.iter().map(|field| (ResponseRule::VaryAlso { field: field.clone() }, None)),
        );
    }
    owed
}

/// No cookie where nothing was done, or nothing but reading.
fn none_without_need(open: &Open, survey: &Survey, asked: Asked) -> Option<ResponseRule> {
    let is_old = open.now - open.before.cookie_set > OLD;
    let may_be_prolonged = match survey.resent {
        Resent::Never => is_old,
        Resent::Permanent => is_old || !has_permanent(survey) || open.before.data.permanent() != Some(false),
        Resent::Always => true,
    };
    if !open.own_cookies.is_empty() {
        return None;
    }
    // Where something may have been there, a removal is no cookie to keep.
    let takes_nothing = open.is_visitor && open.writes && !open.gives && !open.saves_early;
    let opens_nothing = open.is_counterfeit && open.reads && !open.writes;
    if (takes_nothing || opens_nothing) && !open.reads_attributes && asked == Asked::Hardened {
        return Some(ResponseRule::NoneKept);
    }
    if open.is_forged {
        return None;
    }
    let is_owed = if open.leaves_alone() {
        open.is_visitor || (open.is_existing() && !may_be_prolonged)
    } else if open.reads && !open.writes && !open.reads_attributes {
        let only_changes = tracks(survey) && survey.nested != Nested::WrittenBack;
        (open.is_existing() && only_changes && !may_be_prolonged)
            || (open.is_visitor && asked == Asked::Hardened)
    } else {
        false
    };
    is_owed.then_some(ResponseRule::NoSetCookie)
}

/// For how long browsers keep the cookie, where a change was saved and no lifetime of its own was set.
fn for_how_long(open: &Open, life: &Life, kept: Kept, survey: &Survey) -> Option<ResponseRule> {
    let is_judged = has_permanent(survey)
        && kept == Kept::Yes
        && life.own.is_none()
        && open.before.own.is_none()
        && !life.data.is_lost()
        && !life.data.items().is_empty()
        && open.differs(life);
    // What was promised at the beginning may be counted from there.
    let is_young = !open.before.is_saved
        || open.now - open.before.born < OLD
        || matches!(survey.expiry, Expiry::Sliding | Expiry::Writes);
    if !is_judged || !is_young {
        return None;
    }
    // What `permanent` is until somebody sets it says nothing about the cookie where it is true.
    let permanent = life.data.permanent()?;
    if survey.permanent_default && !life.data.permanent_was_set() {
        return None;
    }
    match permanent {
        true => Some(ResponseRule::Lasts {
            seconds: survey.description.lifetime_seconds,
            grace: survey.description.lifetime_grace_seconds.unwrap_or(1.0),
        }),
        false => Some(ResponseRule::EndsWithBrowser),
    }
}

/// A removal removes the cookie that the browser certainly has.
fn removals(open: &Open) -> Vec<ResponseRule> {
    match open.before.set_in {
        Some(cycle) if open.is_existing() && !open.is_forged => {
            vec![ResponseRule::RemovalRemoves, ResponseRule::RemovalRepeats { cycle }]
        }
        _ => Vec::new(),
    }
}

/// Whose id it is.
fn ids(open: &Open, life: &Life, kept: Kept, others: &[usize], survey: &Survey) -> Vec<ResponseRule> {
    let mut rules = Vec::new();
    let is_saved = kept == Kept::Yes && open.ending.is_kept_well(survey) && !life.data.is_lost();
    let has_items = !life.data.items().is_empty();
    if !open.own_cookies.is_empty() || !is_saved || !has_items {
        return rules;
    }
    if open.rotates && !open.destroys && open.is_existing() && survey.supports("regenerate") {
        rules.push(ResponseRule::SetsCookie);
        rules.extend(open.before.set_in.map(|cycle| ResponseRule::OtherCookies { cycle }));
        let is_one_of_many = others.is_empty() && open.before.rotations + 1 >= IDS_OF_ONE_SESSION;
        rules.extend(is_one_of_many.then_some(ResponseRule::DrawnAnew));
    }
    rules.extend(open.dead.map(|cycle| ResponseRule::OtherCookies { cycle }));
    if !open.before.is_saved && survey.cookies.len() == 1 {
        rules.extend(others.iter().map(|cycle| ResponseRule::OtherCookies { cycle: *cycle }));
        rules.extend((others.len() + 1 == IDS).then_some(ResponseRule::Unpredictable));
    }
    rules
}
