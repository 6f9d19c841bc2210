//! Names for cookie values: a number for each, in the order in which they are sent and set.
//!
//! Two values that are the same in one run may differ in the next one, where a time is in them. So a value is known by
//! whoever has it: what a browser sends has the name that it had when that browser got it.

use std::collections::BTreeMap;

use super::times::holds_a_time;

/// A cookie that a browser has, or had.
#[derive(Clone)]
struct Held {
    cookie: Vec<u8>,
    value: Vec<u8>,
    number: usize,
}

/// The numbers that were given so far.
pub(super) struct Names {
    /// Whether a time is in each value, since the data are in the cookie.
    vary: bool,
    /// Values that stay the same for as long as they stand for the same.
    lasting: BTreeMap<Vec<u8>, usize>,
    /// What each browser has got, in order.
    held: BTreeMap<String, Vec<Held>>,
    given: usize,
}

impl Names {
    pub(super) fn new(vary: bool) -> Self {
        Self { vary, lasting: BTreeMap::new(), held: BTreeMap::new(), given: 0 }
    }

    /// The number of a value that a browser sends.
    pub(super) fn sent(&mut self, browser: &str, cookie: &[u8], value: &[u8]) -> usize {
        let held = self.held.get(browser).map(Vec::as_slice).unwrap_or_default();
        let own = held.iter().rev().find(|held| held.cookie == cookie && held.value == value);
        // It may come under the name of another cookie.
        let own = own.or_else(|| held.iter().rev().find(|held| held.value == value));
        match own.map(|held| held.number) {
            Some(number) => number,
            // It is forged.
            None => self.keep(browser, cookie, value),
        }
    }

    /// The number of a value that a response sets.
    pub(super) fn set(&mut self, browser: &str, cookie: &[u8], value: &[u8]) -> usize {
        self.keep(browser, cookie, value)
    }

    /// Notes that a browser has the cookies of these others now, and none of its own.
    pub(super) fn passed(&mut self, from: &[String], to: &str) {
        // Those of the first one count where two have the same value.
        let held = from.iter().rev().flat_map(|from| self.held.get(from).cloned().unwrap_or_default());
        let held = held.collect();
        self.held.insert(to.to_owned(), held);
    }

    /// All values with their numbers.
    pub(super) fn all(&self) -> BTreeMap<&[u8], usize> {
        let mut all = BTreeMap::new();
        for held in self.held.values().flatten() {
            let number = all.entry(held.value.as_slice()).or_insert(held.number);
            *number = held.number.min(*number);
        }
        all
    }

    fn keep(&mut self, browser: &str, cookie: &[u8], value: &[u8]) -> usize {
        let number = self.number(value);
        let held = Held { cookie: cookie.to_vec(), value: value.to_vec(), number };
        self.held.entry(browser.to_owned()).or_default().push(held);
        number
    }

    fn number(&mut self, value: &[u8]) -> usize {
        let given = &mut self.given;
        let mut next = || {
            *given += 1;
            *given
        };
        if self.vary || holds_a_time(value) {
            return next();
        }
        *self.lasting.entry(value.to_vec()).or_insert_with(next)
    }
}
