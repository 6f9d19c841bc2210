//! Sessions from their first save to their end: who kept their cookies, who forges them, and who comes too late.

use super::{AnyScripts, COMPANION};
use crate::oracle::promises::{IDS_OF_ONE_SESSION, SHORTEST};
use crate::script::ops::{contains, delete, get, items, pop, set, set_permanent, setdefault};
use crate::script::{Change, Forgery, Keyless, Operation, Spelling};
use crate::search::situations::{
    Action, Ending, OTHERS_OF_LIVES, Others, PASTS_OF_LIVES, Past, Plan, Prologue,
};
use crate::survey::Store;

/// Who comes when the session's time is over.
pub(super) const LATECOMER: &str = "latecomer";

/// Who comes after that, with the same cookies.
pub(super) const STRAGGLER: &str = "straggler";

/// Who says that there is more time.
const LENGTHENER: &str = "lengthener";

/// More sessions than a small store keeps.
const CROWD: usize = 105;

/// How many fields of a cookie's value are forged, one at a time.
const MOST_FIELDS: usize = 3;

/// A text that no cookie holds by chance.
const OWNER: &str = "annabelle";

/// As long as [`OWNER`], so that no length in the cookie has to change.
const IMPOSTOR: &str = "bernadine";

impl AnyScripts<'_> {
    /// Whether a crowd comes first.
    pub(super) fn is_crowded(&self) -> bool {
        Prologue::of(self.first) == Prologue::Crowd
    }

    /// Whether one session that gets id after id comes first.
    pub(super) fn is_about_one(&self) -> bool {
        Prologue::of(self.first) == Prologue::OneSession && self.survey().supports("regenerate")
    }

    /// A session from its beginning to its end, and those who have kept its cookies.
    pub(super) fn life(&mut self, browser: &'static str, number: usize) {
        let plan = Plan::of_life(number);
        (self.next, self.made_for_next) = (Some(plan.action), None);
        self.is_shared = plan.others == Others::WritingThief;
        self.keepers.clear();
        self.past(browser, plan.past, Ending::Status(200));
        self.keep(browser);
        if plan.others == Others::WritingThief {
            self.copy_cookies(browser, COMPANION);
        }
        // Who comes when the session's time is over comes with its cookies all the same.
        let is_late = plan.past == Past::Over && self.tracker.is_dead(browser);
        if is_late {
            let endings = [Ending::Status(302), plan.ending, Ending::Status(200)];
            self.late_request(LATECOMER, plan.action, endings[(number / PASTS_OF_LIVES.len()) % 3]);
        }
        if plan.action == Action::EndBesideHeaders && !is_late {
            self.end_and_begin_again(browser);
        }
        let ending = match is_late {
            true => self.late_request(STRAGGLER, plan.action, plan.ending),
            false => {
                let ops = self.action(browser, plan.action);
                self.request(browser, ops, plan.ending)
            }
        };
        let has_own =
            matches!(plan.past, Past::ShorterLifetime | Past::LongerLifetime | Past::OwnLifetimeUsed);
        // What is over at once is looked for at once; then the browser begins another session.
        let is_over = is_late || self.tracker.left_to_live(browser).is_some_and(|(there, _)| there <= 0.0);
        if is_over && plan.others != Others::LateKeeper {
            self.come_late(browser, has_own);
            self.write(browser);
        }
        let is_thief_known = self.tracker.is_known(COMPANION);
        let has_others = plan.others != Others::WritingThief || is_thief_known;
        self.note(plan, ending, has_others.then_some(plan.others));
        match plan.others {
            Others::WritingThief if is_thief_known => {
                let action = if self.rng.once_in(3) { Action::Rotate } else { Action::Set };
                self.stale_write(action, number / OTHERS_OF_LIVES.len(), plan.ending);
            }
            Others::LateKeeper => self.come_late(browser, has_own),
            Others::InTime => self.come_in_time(browser),
            Others::Visitor => self.visit(plan.ending),
            Others::Forger => self.forged(browser, number / OTHERS_OF_LIVES.len()),
            _ => {}
        }
        if has_own && matches!(plan.others, Others::Visitor | Others::WritingThief) {
            self.come_in_time(browser);
        }
        self.look(browser);
        self.keepers_look();
    }

    /// Somebody does this who comes when the session's time is over, and looks at what is there then. Returns how the request ends.
    fn late_request(&mut self, late: &str, action: Action, ending: Ending) -> Ending {
        if action == Action::EndBesideHeaders {
            self.end_and_begin_again(late);
        }
        let ops = self.action(late, action);
        let ending = self.request(late, ops, ending);
        self.look(late);
        ending
    }

    /// A client that keeps cookies for good looks when the session's time is over.
    fn come_late(&mut self, browser: &str, has_own: bool) {
        self.forge(browser, COMPANION, Forgery::Replayed);
        self.lengthen(browser);
        match self.rng.once_in(2) {
            true => self.use_meanwhile(browser, false),
            false if has_own => {
                self.wait_until_nearly_over(browser);
                self.look(browser);
            }
            false => {}
        }
        self.wait_until_over(browser);
        if self.tracker.is_dead(LENGTHENER) {
            self.look(LENGTHENER);
        }
        if self.rng.once_in(2) {
            self.late_use(COMPANION);
        }
        self.look(COMPANION);
    }

    /// The browser comes shortly before its session's time is over.
    fn come_in_time(&mut self, browser: &str) {
        if !self.rng.once_in(3) {
            let writes = self.rng.once_in(3);
            self.use_meanwhile(browser, writes);
        }
        self.wait_until_nearly_over(browser);
    }

    /// Somebody takes the browser's cookies, where a server can take them back.
    pub(super) fn keep(&mut self, browser: &str) {
        if self.survey().store == Store::Server && self.tracker.is_there(browser) {
            let keeper = format!("keeper{}", self.keepers.len() + 1);
            self.copy_cookies(browser, &keeper);
            self.keepers.push(keeper);
        }
    }

    /// Those look whose cookies lead to nothing any more.
    fn keepers_look(&mut self) {
        for keeper in std::mem::take(&mut self.keepers) {
            if self.tracker.is_dead(&keeper) {
                self.cycle(&keeper, vec![items()]);
            }
        }
    }

    /// Who took the cookies writes something, in the ways in which an id may be taken for a new one.
    fn stale_write(&mut self, action: Action, turn: usize, ending: Ending) {
        let mut ops = self.action(COMPANION, action);
        if turn.is_multiple_of(2) {
            let flipped = !self.survey().permanent_default;
            ops.extend(self.if_tried(set_permanent(flipped)));
        }
        let ending = [Ending::Status(302), ending, Ending::Status(200)][turn % 3];
        self.request(COMPANION, ops, ending);
        self.look(COMPANION);
    }

    /// Many sessions of many browsers; the first ones are there all the same.
    pub(super) fn crowd(&mut self) {
        let first = "first";
        self.write(first);
        let crowd: Vec<String> = (1..=CROWD).map(|number| format!("visitor{number}")).collect();
        for browser in &crowd {
            self.write(browser);
        }
        self.look(first);
        for browser in [&crowd[0], &crowd[CROWD / 2], &crowd[CROWD - 1]] {
            self.look(browser);
        }
    }

    /// One session gets id after id, and none is made from the one before.
    pub(super) fn rotated_often(&mut self) {
        let browser = "rotated";
        self.write(browser);
        for _ in 0..IDS_OF_ONE_SESSION {
            self.cycle(browser, vec![Operation::Regenerate]);
        }
        self.look(browser);
    }

    /// The session ends as the next one will, and the browser begins that one.
    fn end_and_begin_again(&mut self, browser: &str) {
        // The first of them may have been permanent.
        for _ in 0..2 {
            let end = self.end();
            self.cycle(browser, vec![end]);
            self.write(browser);
        }
    }

    /// Who comes too late does not look at first.
    fn late_use(&mut self, browser: &str) {
        let key = self.existing_key(browser).unwrap_or_else(|| "a".to_owned());
        let uses = [pop(&key), delete(&key), get(&key), contains(&key), setdefault(&key, "late")];
        let uses: Vec<Operation> = uses.into_iter().filter(|op| self.survey().supports(op.name())).collect();
        let one = self.rng.choose(&uses).cloned();
        self.cycle(browser, one.into_iter().collect());
    }

    /// Somebody takes the cookies of a session and raises a number in them, which may say until when it is there. That counts where
    /// the cookies bring their own data.
    fn lengthen(&mut self, from: &str) {
        let survey = self.survey();
        if survey.store == Store::Client && self.tracker.is_there(from) {
            let cookie = self.rng.below(survey.cookies.len());
            let field = self.rng.below(MOST_FIELDS);
            self.forge(from, LENGTHENER, Forgery::Field { cookie, field, change: Change::Raised });
        }
    }

    /// The session is used when half of its time is over.
    fn use_meanwhile(&mut self, browser: &str, writes: bool) {
        let Some((there, _)) = self.tracker.left_to_live(browser).filter(|_| self.survey().virtual_time)
        else {
            return;
        };
        if there > 10.0 {
            self.wait(there / 2.0);
            if writes {
                self.write(browser);
            } else {
                self.look(browser);
                self.look(browser);
            }
        }
    }

    /// Somebody comes with a cookie of which a part was changed, or its data rewritten, and comes back with what was answered.
    fn forged(&mut self, browser: &str, turn: usize) {
        let survey = self.survey();
        if survey.cookies.is_empty() {
            return;
        }
        let is_data = survey.store == Store::Client;
        if is_data {
            self.cycle(browser, vec![set("owner", OWNER)]);
        }
        for _ in 0..2 {
            let forgery = match self.rng.once_in(2) {
                true if is_data => self.rewritten(),
                true if survey.store == Store::Server => {
                    Forgery::Value(Spelling::PATTERNS[self.rng.below(Spelling::PATTERNS.len())])
                }
                _ => self.with_another_part(),
            };
            self.forge(browser, COMPANION, forgery);
            let ending = if self.rng.once_in(2) { Ending::Status(302) } else { Ending::Status(200) };
            self.request(COMPANION, vec![items()], ending);
            self.cycle(COMPANION, vec![items()]);
        }
        if survey.store == Store::Server {
            self.unknown_write(browser, turn);
        }
    }

    /// The data in the cookie are others, with a signature that is not theirs, or with one that anybody can make.
    fn rewritten(&mut self) -> Forgery {
        let (from, to) = (OWNER.to_owned(), IMPOSTOR.to_owned());
        let signatures = [
            None,
            Some(Change::Truncated),
            Some(Change::Emptied),
            Some(Change::Missing),
            Some(Change::Zeroed),
        ];
        let keyless = [Keyless::Digest, Keyless::NoAlgorithm, Keyless::NoAlgorithmRecased];
        let at = self.rng.below(signatures.len() + keyless.len());
        match signatures.get(at) {
            Some(signature) => Forgery::Rewritten { from, to, signature: *signature },
            None => Forgery::SignedWithoutKey { from, to, way: keyless[at - signatures.len()] },
        }
    }

    /// A part of the cookie is changed that is too long to be a mere name.
    fn with_another_part(&mut self) -> Forgery {
        let changes = [
            Change::Emptied,
            Change::Truncated,
            Change::Doubled,
            Change::Flipped,
            Change::Zeroed,
            Change::Missing,
        ];
        Forgery::LongField {
            cookie: self.rng.below(self.survey().cookies.len()),
            field: self.rng.below(MOST_FIELDS),
            change: changes[self.rng.below(changes.len())],
            shortest: SHORTEST,
        }
    }

    /// Two clients send the same id, which the server never gave, and one of them writes, in one of many ways.
    fn unknown_write(&mut self, browser: &str, turn: usize) {
        let forms = Spelling::FORMS;
        let form = forms.get(self.rng.below(2 * forms.len())).copied();
        for forger in [COMPANION, "accomplice"] {
            self.forge(browser, forger, form.map_or(Forgery::Unknown, Forgery::Value));
        }
        let flipped = !self.survey().permanent_default;
        let actions =
            [Action::Set, Action::Update, Action::Setdefault, Action::Nested, Action::Lengthen, Action::Set];
        let only_flips = self.if_tried(set_permanent(flipped)).filter(|_| self.rng.once_in(6));
        if let Some(flip) = only_flips {
            // What holds no items need not be kept: then it is the item that comes next which begins the session.
            self.cycle(COMPANION, vec![flip]);
        }
        let action = actions[self.rng.below(actions.len())];
        let mut ops = self.action(COMPANION, action);
        if turn.is_multiple_of(2) {
            ops.extend(self.if_tried(set_permanent(flipped)));
        }
        let ending = [Ending::Status(302), Ending::Status(404), Ending::Status(200)][turn % 3];
        self.request(COMPANION, ops, ending);
        self.cycle("accomplice", vec![items()]);
    }
}
