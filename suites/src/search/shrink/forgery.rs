//! What is simpler than a forgery: one part of it, an earlier place, a shorter value.

use std::collections::BTreeSet;

use super::{Shrink, with_one_simpler};
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
            Self::Replayed | Self::Unknown | Self::Value(_) | Self::Among(_) => 0,
        }
    }

    fn simpler(&self) -> Vec<Self> {
        match self {
            Self::Field { cookie, field, change } => {
                let of = |cookie, field| Self::Field { cookie, field, change: *change };
                vec![of(0, *field), of(*cookie, 0)]
            }
            Self::Byte { at, byte } => less(*at).map(|at| Self::Byte { at, byte: *byte }).collect(),
            Self::Length(length) => less(*length).map(Self::Length).collect(),
            Self::Only { cookie, forgery } => {
                let only = |cookie, forgery| Self::Only { cookie, forgery: Box::new(forgery) };
                let simpler = forgery.simpler().into_iter().map(|forgery| only(*cookie, forgery));
                let whole = [Self::clone(forgery), only(0, Self::clone(forgery))];
                whole.into_iter().chain(simpler).collect()
            }
            Self::Composed(parts) => {
                let simpler = with_one_simpler(parts, Self::simpler).map(Self::Composed);
                parts.iter().cloned().chain(simpler).collect()
            }
            Self::Replayed | Self::Unknown | Self::Value(_) | Self::Among(_) => Vec::new(),
        }
    }
}

/// Smaller numbers. Two less is among them, since it may matter whether the number is odd.
fn less(number: usize) -> impl Iterator<Item = usize> {
    BTreeSet::from([0, 1, number / 2, number.saturating_sub(2), number.saturating_sub(1)]).into_iter()
}
