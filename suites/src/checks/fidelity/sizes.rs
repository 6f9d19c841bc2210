//! Large values, and sessions that become large.

use serde_json::json;

use super::{ANY, check, values};
use crate::checks::{Check, Fact};
use crate::expect::{Condition, Scenario};
use crate::script::incompressible;
use crate::script::ops::{get, set, update};
use crate::survey::{Store, Survey};

pub(super) const CHECK: Check = check(
    "fidelity/sizes",
    "A large value comes back whole, or is refused.",
    "MySQL's TEXT ends at 65535 bytes; memcached's items at 1 MiB; each has cut sessions off",
    &[Fact::of("minimum/values-survive", "long-text")],
    ANY,
    |survey| {
        // The lengths at which a field of one byte or two, a column or a page ends, and their neighbours.
        let mut sizes = vec![
            ("0-bytes", 0),
            ("1-byte", 1),
            ("254-bytes", 254),
            ("255-bytes", 255),
            ("256-bytes", 256),
            ("1-kB", 1_000),
            ("6-kB", 6_000),
            ("64-kB", 64_000),
        ];
        if survey.store != Store::Client {
            // In a cookie, the length of all that it holds decides, and not that of a value.
            sizes.extend([("4095-bytes", 4_095), ("4096-bytes", 4_096), ("4097-bytes", 4_097)]);
            sizes.extend([("16-kB", 16_000), ("32-kB", 32_000)]);
            sizes.extend([("65535-bytes", 65_535), ("65536-bytes", 65_536)]);
            // There it would be a header that no client reads to its end.
            sizes.extend([("1-MB", 1_000_000), ("beyond-1-MiB", 1_050_000), ("2-MB", 2_000_000)]);
        }
        let grown = grown(survey);
        let sizes = values(
            survey,
            sizes.into_iter().map(|(reason, size)| (reason, json!(incompressible(size)))).collect(),
        );
        let sizes = sizes.into_iter().map(|scenario| match scenario.reason.as_str() {
            "0-bytes" => scenario.relies_on(Fact::of("minimum/false-values-are-items", "empty-text")),
            _ => scenario,
        });
        sizes.chain(grown).collect()
    },
);

/// A session becomes large at once by another operation, or little by little; none where it lies in a cookie.
fn grown(survey: &Survey) -> Vec<Scenario> {
    if survey.store == Store::Client {
        return Vec::new();
    }
    let large = || json!(incompressible(6_000));
    let at_once = Scenario::new("6-kB-by-update")
        .cycle("ann", [set("before", "here").is_done()])
        .cycle("ann", [update([("value", large())]).unjudged()])
        .may_be_refused()
        .cycle("ann", [get("before").is("here"), get("value").is(large()).only_if(Condition::DoneIn(1))]);
    let item = || json!(incompressible(3_000));
    let keys = ["first", "second", "third", "fourth"];
    let begun = Scenario::new("12-kB-in-four-requests").cycle("ann", [set("before", "here").is_done()]);
    let written = keys
        .iter()
        .fold(begun, |scenario, key| scenario.cycle("ann", [set(key, item()).unjudged()]).may_be_refused());
    let read = keys
        .iter()
        .enumerate()
        .map(|(number, key)| get(key).is(item()).only_if(Condition::DoneIn(number + 1)));
    let little_by_little = written.cycle("ann", [get("before").is("here")].into_iter().chain(read));
    [at_once].into_iter().filter(|_| survey.supports("update")).chain([little_by_little]).collect()
}
