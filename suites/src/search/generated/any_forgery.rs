//! Draws any forgery: any mutation of a cookie at any place, or one mutation after another.

use proptest::prelude::*;
use proptest::sample::select;

use crate::script::{Change, Forgery, Neighbours, Spelling};
use crate::survey::Survey;

/// Any forgery, or two of them, one after the other.
pub(super) fn forgeries(survey: &Survey) -> BoxedStrategy<Forgery> {
    let cookies = survey.cookies.len().max(1);
    let one = move || {
        let one = prop_oneof![4 => changes(cookies), 4 => spellings(), 2 => neighbours()];
        let only = (0..cookies, prop_oneof![changes(1), spellings()])
            .prop_map(|(cookie, forgery)| Forgery::Only { cookie, forgery: Box::new(forgery) });
        // Of a single cookie, that is no other forgery.
        prop_oneof![3 => one, u32::from(cookies > 1) => only]
    };
    prop_oneof![
        3 => one(),
        1 => Just(Forgery::Value(Spelling::Long)),
        3 => (one(), one()).prop_map(|(one, other)| composed(one, other)),
    ]
    .boxed()
}

/// Two forgeries, one after the other. Other cookies are added last, since a hundred cookies that are each made longer are
/// too long for any server.
fn composed(one: Forgery, other: Forgery) -> Forgery {
    let comes_last = matches!(one, Forgery::Among(_));
    Forgery::Composed(if comes_last { vec![other, one] } else { vec![one, other] })
}

fn changes(cookies: usize) -> impl Strategy<Value = Forgery> {
    const CHANGES: &[Change] = &[
        Change::Emptied,
        Change::Truncated,
        Change::Doubled,
        Change::Flipped,
        Change::Recased,
        Change::Swapped,
    ];
    const USED: &[u8] = b"\"',;\\ %+/=.:-_&|~gG0A\x80\xc3\xff";
    // Ids are of some 32 characters; columns, and fields that count in one byte, have 255, and other columns 1024.
    let lengths = prop_oneof![4 => 0_usize..70, 1 => 254_usize..258, 1 => 1020_usize..1030];
    prop_oneof![
        2 => (0..cookies, 0_usize..6, select(CHANGES))
            .prop_map(|(cookie, field, change)| Forgery::Field { cookie, field, change }),
        2 => lengths.prop_map(Forgery::Length),
        2 => (0_usize..70, select(USED)).prop_map(|(at, byte)| Forgery::Byte { at, byte }),
    ]
}

/// Each spelling but [`Spelling::Long`], which together with another forgery is too long for any server.
fn spellings() -> impl Strategy<Value = Forgery> {
    const SPELLINGS: &[Spelling] = &[
        Spelling::Empty,
        Spelling::NameOnly,
        Spelling::Dots,
        Spelling::Quoted,
        Spelling::Octal,
        Spelling::Percent,
        Spelling::HalfPercent,
        Spelling::NonAscii,
        Spelling::NonUtf8,
        Spelling::Control,
        Spelling::Nul,
        Spelling::Path,
        Spelling::Json,
    ];
    select(SPELLINGS).prop_map(Forgery::Value)
}

fn neighbours() -> impl Strategy<Value = Forgery> {
    const NEIGHBOURS: &[Neighbours] = &[
        Neighbours::WorthlessFirst,
        Neighbours::WorthlessLast,
        Neighbours::OthersFirst,
        Neighbours::OthersLast,
        Neighbours::Many,
    ];
    select(NEIGHBOURS).prop_map(Forgery::Among)
}
