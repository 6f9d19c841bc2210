//! What is simpler than a forgery: one part of it, an earlier place, a shorter value.

use std::collections::BTreeSet;

use super::{Shrink, Way, with_one_simpler};
use crate::script::Forgery;

impl Shrink for Forgery {
    type Weight = usize;

    fn weight(&self) -> usize {
        match self {
            Self::Field { cookie, field, .. } => cookie + field,
            Self::Byte { at, .. } => *at,
            Self::Length(length) => *length,
            Self::Only { cookie, forgery } => 1 + cookie + forgery.weight(),
            Self::Composed(parts) => 1 + parts.iter().map(Self::weight).sum::<usize>(),
            Self::Replayed
            | Self::Unknown
            | Self::Value(_)
            | Self::ValuesOfOther
            | Self::Among(_)
            | Self::LongField { .. }
            | Self::Beside { .. }
            | Self::Rewritten { .. }
            | Self::SignedWithoutKey { .. } => 0,
        }
    }

    fn ways() -> Vec<Way<Self>> {
        vec![simpler]
    }
}

fn simpler(forgery: &Forgery) -> Vec<Forgery> {
    match forgery {
        Forgery::Field { cookie, field, change } => {
            let of = |cookie, field| Forgery::Field { cookie, field, change: *change };
            vec![of(0, *field), of(*cookie, 0)]
        }
        Forgery::Byte { at, byte } => less(*at).map(|at| Forgery::Byte { at, byte: *byte }).collect(),
        Forgery::Length(length) => less(*length).map(Forgery::Length).collect(),
        Forgery::Only { cookie, forgery } => {
            let only = |cookie, forgery| Forgery::Only { cookie, forgery: Box::new(forgery) };
            let simpler = simpler(forgery).into_iter().map(|forgery| only(*cookie, forgery));
            let whole = [Forgery::clone(forgery), only(0, Forgery::clone(forgery))];
            whole.into_iter().chain(simpler).collect()
        }
        Forgery::Composed(parts) => {
            let simpler = with_one_simpler(parts, simpler).map(Forgery::Composed);
            parts.iter().cloned().chain(simpler).collect()
        }
        Forgery::Replayed
        | Forgery::Unknown
        | Forgery::Value(_)
        | Forgery::ValuesOfOther
        | Forgery::Among(_)
        | Forgery::LongField { .. }
        | Forgery::Beside { .. }
        | Forgery::Rewritten { .. }
        | Forgery::SignedWithoutKey { .. } => Vec::new(),
    }
}

/// Smaller numbers. Two less is among them, since it may matter whether the number is odd.
fn less(number: usize) -> impl Iterator<Item = usize> {
    BTreeSet::from([0, 1, number / 2, number.saturating_sub(2), number.saturating_sub(1)]).into_iter()
}
