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
        let is_foreign = |browser: &str, (name, _): &(Vec<u8>, Vec<u8>)| {
            self.is_foreign_to_all_that_has_seen(browser, name)
        };
        let (foreign, real): (Cookies, Cookies) =
            self.sent_by(from).into_iter().partition(|cookie| is_foreign(from, cookie));
        let others = with.map(|with| (with, self.sent_by(with)));
        let others = others.map(|(with, others)| {
            others.into_iter().filter(|cookie| !is_foreign(with, cookie)).collect::<Cookies>()
        });
        let others = others.unwrap_or_default();
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

    /// The cookies that this browser would send now, to the service or to the one beside it.
    fn sent_by(&self, browser: &str) -> Cookies {
        let Some(jar) = self.jars.get(browser) else { return Cookies::new() };
        let now = self.backend.now();
        let mut cookies = Vec::new();
        for is_beside in [false, true].into_iter().take(if self.neighbour.is_some() { 2 } else { 1 }) {
            let (backend, origin) = self.place(is_beside);
            for cookie in jar.sent_to(origin, backend.path(), now) {
                if !cookies.contains(&cookie) {
                    cookies.push(cookie);
                }
            }
        }
        cookies.into_iter().map(|cookie| (cookie.name.clone(), cookie.value.clone())).collect()
    }

    /// Whether this cookie is no part of the session of any service that the browser has been at.
    fn is_foreign_to_all_that_has_seen(&self, browser: &str, name: &[u8]) -> bool {
        let has_been = |is_beside: bool| {
            let mut exchanges = self.transcript.exchanges.iter();
            exchanges.any(|exchange| exchange.browser == browser && exchange.beside == is_beside)
        };
        let (here, there) = (&self.transcript.foreign, &self.transcript.foreign_beside);
        match (has_been(false), has_been(true)) {
            (_, false) => here.has(name),
            (false, true) => there.has(name),
            (true, true) => here.has(name) && there.has(name),
        }
    }
}
