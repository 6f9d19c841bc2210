//! Scenarios in front of a slow service: a session may have ended of itself before the script is over. What that can change, what
//! shows that it has not happened, and the same scenario with sessions that live longer.

use std::collections::BTreeMap;

use super::{Expectation, Expected, ResponseRule, Scenario};
use crate::play::Transcript;
use crate::script::{Answer, Cycle, Operation, Step};

impl Scenario {
    /// Whether the end of a session changes nothing of what is expected: each cookie has its attributes, of whatever session it is,
    /// and each session takes an item.
    pub(crate) fn is_timeless(&self) -> bool {
        use ResponseRule::{HttpOnly, Kept, OncePerName, SameSite, Secure, SentBack};
        let cycles: Vec<&Cycle> = self.script.cycles().collect();
        let op = |of: &Expectation| cycles.get(of.cycle)?.ops.get(of.op?);
        let is_of_any_session = |expectation: &Expectation| match &expectation.expected {
            Expected::Response(rule) => {
                matches!(rule, HttpOnly | Kept | OncePerName | SameSite | Secure | SentBack)
            }
            Expected::Done => op(expectation).is_some_and(writes),
            _ => false,
        };
        let is_of_cookies = |expectation: &Expectation| matches!(expectation.expected, Expected::Response(_));
        self.expectations.iter().any(is_of_cookies) && self.expectations.iter().all(is_of_any_session)
    }

    /// Whether what happened shows that no session has ended of itself, however long it took: each browser that came back, and each
    /// whose cookies another one had, found in the end what had to be there.
    pub(crate) fn shows_life(&self, transcript: &Transcript) -> bool {
        let Some(visits) = Visits::of(self) else { return false };
        let finds = |expectation: &Expectation| {
            let has_to_be_there = match &expectation.expected {
                Expected::Answer(Answer::Ok(_)) => true,
                Expected::Items { items, .. } => !items.is_empty(),
                _ => false,
            };
            has_to_be_there && matches!(expectation.judge(transcript), Some(Ok(())))
        };
        visits.last_looks().is_some_and(|mut last| {
            last.all(|last| self.expectations.iter().any(|found| found.cycle == last && finds(found)))
        })
    }

    /// The same, with sessions that live for so many seconds: a browser that comes back, or whose cookies another one gets, asks
    /// for that by a request of its own, after the one that writes its first item; who does not come back asks for it beside what it
    /// writes. None where a longer lifetime may change what is asked, or may itself be changed by what is done.
    pub(crate) fn living_for(&self, seconds: f64) -> Option<Self> {
        let visits = Visits::of(self)?;
        let cycles: Vec<&Cycle> = self.script.cycles().collect();
        let leaves_lifetimes = |(number, cycle): (usize, &&Cycle)| {
            let is_last = visits.is_last(number);
            let leaves = |op: &Operation| leaves_the_lifetime(op) || (is_last && ends_the_session(op));
            cycle.node.is_none() && !cycle.beside && cycle.ops.iter().all(leaves)
        };
        if !cycles.iter().enumerate().all(leaves_lifetimes) {
            return None;
        }
        let begun_at =
            |of: &[usize]| of.iter().copied().find(|number| cycles[*number].ops.iter().any(writes));
        let mut begun: Vec<usize> = visits.returning().filter_map(|of| begun_at(of)).collect();
        if begun.iter().any(|number| visits.is_beside_others(*number)) {
            return None;
        }
        if begun.is_empty() {
            return None;
        }
        let lifetime = || Operation::SetLifetime { seconds };
        let is_lone = |number: usize, cycle: &Cycle| {
            cycle.ops.iter().any(writes) && visits.once().any(|once| once == number)
        };
        let mut longer = self.clone().with_last(&lifetime(), is_lone);
        begun.sort_unstable();
        for first in begun.into_iter().rev() {
            // A backend may have a longest lifetime.
            longer = longer.with_cycles_after(first, vec![vec![lifetime()]]).may_be_refused_in(first + 1);
        }
        Some(longer)
    }
}

/// When each browser comes to the service, and which browsers get the cookies of another one.
#[derive(Default)]
struct Visits<'a> {
    of: BTreeMap<&'a str, Vec<usize>>,
    copied: Vec<(&'a str, &'a str)>,
    /// Those that are held, or not waited for.
    beside_others: Vec<usize>,
    /// How many there were before the last one that was held could go on.
    released: usize,
}

impl<'a> Visits<'a> {
    /// None where something else happens than requests.
    fn of(scenario: &'a Scenario) -> Option<Self> {
        let mut visits = Self::default();
        let mut number = 0;
        for step in &scenario.script.steps {
            match step {
                Step::Cycle(cycle) | Step::Start(cycle) => {
                    let is_waited_for = matches!(step, Step::Cycle(_)) && cycle.gates().is_empty();
                    visits.beside_others.extend((!is_waited_for).then_some(number));
                    visits.of.entry(&cycle.browser).or_default().push(number);
                    number += 1;
                }
                Step::Release(_) => visits.released = number,
                Step::CopyCookies { from, to } => visits.copied.push((from, to)),
                Step::Forge { from, with, to, .. } => {
                    visits.copied.push((from, to));
                    visits.copied.extend(with.iter().map(|with| (with.as_str(), to.as_str())));
                }
                _ => return None,
            }
        }
        Some(visits)
    }

    fn is_beside_others(&self, number: usize) -> bool {
        self.beside_others.contains(&number)
    }

    /// Whether its browser does not come again, and nobody has its cookies.
    fn is_last(&self, number: usize) -> bool {
        self.of.iter().any(|(browser, of)| of.last() == Some(&number) && !self.is_copied(browser))
    }

    fn is_copied(&self, browser: &str) -> bool {
        self.copied.iter().any(|(from, _)| *from == browser)
    }

    /// Of each browser to whose session somebody comes back, all visits of its own.
    fn returning(&self) -> impl Iterator<Item = &Vec<usize>> {
        let comes_back = |(browser, of): &(&&str, &Vec<usize>)| of.len() > 1 || self.is_copied(browser);
        self.of.iter().filter(comes_back).map(|(_, of)| of)
    }

    /// The visits of browsers that come once, and whose cookies nobody gets.
    fn once(&self) -> impl Iterator<Item = usize> {
        let is_once = |(browser, of): &(&&str, &Vec<usize>)| of.len() == 1 && !self.is_copied(browser);
        self.of.iter().filter(is_once).filter_map(|(_, of)| of.first().copied())
    }

    /// The last visit of each browser to whose session somebody comes back; nothing where it is not the last look at that session.
    fn last_looks(&self) -> Option<impl Iterator<Item = usize>> {
        let last = |browser: &str| self.of.get(browser).and_then(|of| of.last().copied());
        let is_seen_last = |(from, to): &(&str, &str)| last(from) > last(to);
        let looks: Vec<usize> = self.returning().filter_map(|of| of.last().copied()).collect();
        let comes_last = |look: &usize| *look >= self.released && !self.is_beside_others(*look);
        let are_last = self.copied.iter().all(is_seen_last) && looks.iter().all(comes_last);
        are_last.then(|| looks.into_iter())
    }
}

/// Whether a lifetime that the session was given is still its lifetime after this operation, as far as that is looked at: it may be
/// another one after an end, or where the session becomes permanent.
fn leaves_the_lifetime(op: &Operation) -> bool {
    let reads =
        matches!(op, Operation::Get { .. } | Operation::Contains { .. } | Operation::Items | Operation::Len);
    let removes = matches!(op, Operation::Delete { .. } | Operation::Pop { .. });
    let answers = matches!(op, Operation::Respond { .. } | Operation::Header { .. });
    let waits = matches!(op, Operation::Hold { .. });
    reads || removes || answers || waits || writes(op) || *op == Operation::Regenerate
}

/// Whether the session is another one, or gone, once the operation is done.
fn ends_the_session(op: &Operation) -> bool {
    matches!(op, Operation::Clear | Operation::Destroy)
}

/// Whether an item is there once the operation is done.
fn writes(op: &Operation) -> bool {
    matches!(op, Operation::Set { .. } | Operation::Setdefault { .. } | Operation::Update { .. })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sessionspec_reference::Memory;
    use tokio::task::LocalSet;

    use super::*;
    use crate::backend::in_process;
    use crate::expect::Condition;
    use crate::play::play_judgeable;
    use crate::script::ops::{destroy, get, hold, items, set, set_permanent};

    fn told(scenario: &Scenario) -> Vec<String> {
        let ops = |cycle: &Cycle| cycle.ops.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let cycles = scenario.script.cycles();
        cycles.map(|cycle| format!("{}: {}", cycle.browser, ops(cycle))).collect()
    }

    fn begun() -> Scenario {
        Scenario::new("begun").cycle("ann", [set("colour", "red").is_done()])
    }

    #[test]
    fn whoever_comes_back_asks_for_a_lifetime_alone_and_whoever_does_not_beside_its_write() {
        let scenario = begun()
            .cycle("bob", [set("size", "small").unjudged()])
            .may_be_refused()
            .cycle("visitor", [get("colour").is_absent()])
            .cycle("ann", [get("colour").is("red"), get("size").is("large").only_if(Condition::DoneIn(1))]);
        let longer = scenario.living_for(600.0).unwrap();
        let [ann, asks, bob, visitor, again] = &told(&longer)[..] else { panic!("{longer:?}") };
        assert!(ann.starts_with("ann: ") && !ann.contains("600"), "{ann}");
        assert!(asks.starts_with("ann: ") && asks.contains("600"), "{asks}");
        assert!(bob.starts_with("bob: ") && bob.contains("small") && bob.contains("600"), "{bob}");
        assert!(!visitor.contains("600") && !again.contains("600"), "{visitor}, {again}");
        assert_eq!(longer.refusable.iter().copied().collect::<Vec<_>>(), [1, 2]);
        let cycles: Vec<usize> = longer.expectations.iter().map(|expectation| expectation.cycle).collect();
        assert_eq!(cycles, [0, 3, 4, 4]);
        assert_eq!(longer.expectations[3].only_if, Some(Condition::DoneIn(2)));
        assert!(longer.living_for(600.0).is_none(), "it has a lifetime");
    }

    #[test]
    fn what_has_to_do_with_lifetimes_itself_stays_as_it_is() {
        let again = |scenario: Scenario| scenario.cycle("ann", [get("colour").is("red")]);
        assert!(again(begun()).living_for(600.0).is_some());
        assert!(again(begun().copy_cookies("ann", "bob").cycle("bob", [])).living_for(600.0).is_some());
        assert!(begun().living_for(600.0).is_none(), "nobody comes back");
        for op in [set_permanent(true), destroy()] {
            assert!(again(begun().cycle("ann", [op.clone().unjudged()])).living_for(600.0).is_none(), "{op}");
        }
        assert!(again(begun().wait(1.0)).living_for(600.0).is_none(), "it waits");
        let ended = begun().cycle("ann", [destroy().is_done()]);
        assert!(ended.living_for(600.0).is_some(), "nobody comes back then");
        let at_first = [set("colour", "red").is_done(), hold("gate").is_done()];
        let held = Scenario::new("held").cycle("ann", at_first);
        assert!(again(held.release("gate")).living_for(600.0).is_none(), "it would be asked for meanwhile");
        let later = begun().cycle("ann", [hold("gate").is_done()]).release("gate");
        assert!(again(later).living_for(600.0).is_some());
    }

    #[test]
    fn only_the_attributes_of_cookies_are_timeless() {
        let cookies = || begun().response(ResponseRule::SameSite);
        assert!(cookies().is_timeless());
        assert!(!cookies().cycle("ann", [get("colour").is("red")]).is_timeless());
        assert!(!cookies().response(ResponseRule::SetsCookie).is_timeless());
        assert!(!Scenario::new("nothing").cycle("ann", []).is_timeless());
    }

    /// Whether what the reference does shows that its sessions lived.
    async fn lived(scenario: Scenario) -> bool {
        let backend = in_process(Memory::default());
        let played = play_judgeable(&backend, &scenario.script, Duration::from_secs(10));
        let transcript = LocalSet::new().run_until(played).await.unwrap();
        scenario.shows_life(&transcript)
    }

    #[tokio::test]
    async fn what_is_found_in_the_end_shows_that_it_was_there_all_the_time() {
        let red = || [get("colour").is("red")];
        assert!(lived(begun().cycle("bob", []).cycle("ann", red())).await);
        assert!(
            !lived(begun().cycle("ann", red()).cycle("ann", [])).await,
            "the last visit looks at nothing"
        );
        assert!(!lived(begun().cycle("ann", [get("colour").is("blue")])).await, "it is not found");
        assert!(!lived(begun().cycle("ann", [get("size").is_absent()])).await, "nothing has to be there");
        let copied = || begun().copy_cookies("ann", "bob");
        assert!(lived(copied().cycle("bob", [get("size").is_absent()]).cycle("ann", red())).await);
        let unseen = copied().cycle("ann", red()).cycle("bob", [items().unjudged()]);
        assert!(!lived(unseen).await, "another comes to it afterwards");
        let held = || begun().cycle("ann", [get("colour").unjudged(), hold("gate").is_done()]);
        assert!(lived(held().release("gate").cycle("ann", red())).await);
        assert!(!lived(held().cycle("ann", red()).release("gate")).await, "somebody is still at work");
        let once = |condition| get("colour").is("red").only_if(Condition::DoneIn(condition));
        assert!(lived(begun().cycle("ann", [once(0)])).await);
        assert!(!lived(begun().cycle("ann", [once(7)])).await, "nothing is compared");
    }
}
