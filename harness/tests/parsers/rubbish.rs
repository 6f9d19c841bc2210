//! Input that nobody would write.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

use crate::targets::TOKENS;

/// What a normal run gives to each test.
pub(crate) const CASES: u32 = 1_500;

/// Gives this many inputs of this strategy to the test, or as many as SESSIONSPEC_FUZZ_CASES says.
///
/// Whatever else stands in the environment is nobody's business: an input that failed is told, and kept by whoever mends it.
pub(crate) fn each<S: Strategy>(cases: u32, strategy: S, test: impl Fn(S::Value)) {
    let cases = std::env::var("SESSIONSPEC_FUZZ_CASES").map_or(cases, |cases| cases.parse().unwrap());
    let config =
        Config { cases, failure_persistence: None, max_global_rejects: u32::MAX, ..Config::default() };
    let tested = TestRunner::new(config).run(&strategy, |value| {
        test(value);
        Ok(())
    });
    if let Err(failure) = tested {
        panic!("{failure}");
    }
}

/// One change of some bytes.
#[derive(Debug, Clone)]
enum Edit {
    Cut(Index, Index),
    Double(Index, Index),
    Move(Index, Index, Index),
    Insert(Index, Vec<u8>),
    Replace(Index, u8),
}

impl Edit {
    fn of(&self, bytes: &mut Vec<u8>) {
        let range = |from: &Index, to: &Index| {
            let (from, to) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
            from.min(to)..from.max(to)
        };
        match self {
            Self::Cut(from, to) => drop(bytes.drain(range(from, to))),
            Self::Double(from, to) => {
                let range = range(from, to);
                let part = bytes[range.clone()].to_vec();
                bytes.splice(range.end..range.end, part);
            }
            Self::Move(from, to, there) => {
                let part: Vec<u8> = bytes.drain(range(from, to)).collect();
                let there = there.index(bytes.len() + 1);
                bytes.splice(there..there, part);
            }
            Self::Insert(at, part) => {
                let at = at.index(bytes.len() + 1);
                bytes.splice(at..at, part.iter().copied());
            }
            Self::Replace(at, byte) if !bytes.is_empty() => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Self::Replace(..) => {}
        }
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    let token = proptest::sample::select(TOKENS.to_vec()).prop_map(<[u8]>::to_vec);
    let part = prop_oneof![4 => token, 1 => proptest::collection::vec(any::<u8>(), 0..40)];
    prop_oneof![
        any::<(Index, Index)>().prop_map(|(from, to)| Edit::Cut(from, to)),
        any::<(Index, Index)>().prop_map(|(from, to)| Edit::Double(from, to)),
        any::<(Index, Index, Index)>().prop_map(|(from, to, there)| Edit::Move(from, to, there)),
        (any::<Index>(), part).prop_map(|(at, part)| Edit::Insert(at, part)),
        any::<(Index, u8)>().prop_map(|(at, byte)| Edit::Replace(at, byte)),
    ]
}

/// Bytes: some that mean nothing, and one of these in which parts were changed.
pub(crate) fn given(good: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changed = (proptest::sample::select(good), proptest::collection::vec(edit(), 0..6));
    let changed = changed.prop_map(|(mut bytes, edits)| {
        edits.iter().for_each(|edit| edit.of(&mut bytes));
        bytes
    });
    let tokens = proptest::collection::vec(proptest::sample::select(TOKENS.to_vec()), 0..20);
    prop_oneof![
        8 => changed,
        1 => tokens.prop_map(|tokens| tokens.concat()),
        1 => proptest::collection::vec(any::<u8>(), 0..200),
    ]
}
