//! What a script does to the cookies of browsers beside their requests: copies and forgeries.

use super::Player;
use crate::play::Moment;
use crate::script::{Cookies, Forgery};

impl Player {
    /// Gives `to` a copy of the cookies of `from`.
    pub fn copy_cookies(&mut self, from: &str, to: &str) {
        let copy = self.jars.get(from).cloned().unwrap_or_default();
        self.jars.insert(to.to_owned(), copy);
        self.passed([Some(from), None], to);
        match self.forged.get(from).cloned() {
            Some(header) => self.forged.insert(to.to_owned(), header),
            None => self.forged.remove(to),
        };
    }

    /// Gives `to` cookies that are forged from those of `from`, and of `with` where another's are needed.
    pub fn forge(&mut self, from: &str, with: Option<&str>, to: &str, forgery: &Forgery) {
        let is_foreign = |(name, _): &(Vec<u8>, Vec<u8>)| self.transcript.foreign.has(name);
        let (foreign, real): (Cookies, Cookies) = self.sent_by(from).into_iter().partition(is_foreign);
        let others = with.map(|with| self.sent_by(with)).unwrap_or_default();
        let others = others.into_iter().filter(|cookie| !is_foreign(cookie)).collect();
        // What is no part of the session goes along as it is.
        let mut headers =
            vec![forgery.header(&real, &others), Forgery::Replayed.header(&foreign, &Vec::new())];
        headers.retain(|header| !header.is_empty());
        self.jars.remove(to);
        self.forged.insert(to.to_owned(), headers.join(&b"; "[..]));
        self.passed([Some(from), with], to);
    }

    /// Gives `to` only those of the cookies of `from` whose names are wanted, as they are.
    pub(crate) fn send_only(&mut self, from: &str, to: &str, is_wanted: impl Fn(&[u8]) -> bool) {
        let cookies = self.sent_by(from).into_iter().filter(|(name, _)| is_wanted(name)).collect();
        self.jars.remove(to);
        self.forged.insert(to.to_owned(), Forgery::Replayed.header(&cookies, &Vec::new()));
        self.passed([Some(from), None], to);
    }

    fn passed(&mut self, from: [Option<&str>; 2], to: &str) {
        let from = from.into_iter().flatten().map(str::to_owned).collect();
        self.transcript.moments.push(Moment::Passed { from, to: to.to_owned() });
    }

    /// The cookies that this browser would send now.
    fn sent_by(&self, browser: &str) -> Cookies {
        let (path, now) = (self.backend.path(), self.backend.now());
        let cookies =
            self.jars.get(browser).map(|jar| jar.sent_to(&self.origin, path, now)).unwrap_or_default();
        cookies.into_iter().map(|cookie| (cookie.name.clone(), cookie.value.clone())).collect()
    }
}
