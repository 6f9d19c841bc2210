//! What is simpler than a forgery: a part of it, an earlier place, a shorter value.

use super::Simpler;
use crate::script::Forgery;

impl Simpler for Forgery {
    fn simpler(&self) -> Vec<Self> {
        let simpler: Vec<Self> = match self {
            Self::Field { cookie, field, change } => {
                let of = |cookie, field| Self::Field { cookie, field, change: *change };
                vec![of(0, *field), of(*cookie, 0)]
            }
            Self::Byte { at, byte } => less(*at).map(|at| Self::Byte { at, byte: *byte }).into(),
            Self::Length(length) => less(*length).map(Self::Length).into(),
            Self::Only { cookie, forgery } => {
                let only = |cookie, forgery| Self::Only { cookie, forgery: Box::new(forgery) };
                let simpler = forgery.simpler().into_iter().map(|forgery| only(*cookie, forgery));
                let whole = [Self::clone(forgery), only(0, Self::clone(forgery))];
                whole.into_iter().chain(simpler).collect()
            }
            Self::Composed(parts) => {
                let mut simpler = parts.clone();
                for at in 0..parts.len() {
                    simpler.extend(parts[at].simpler().into_iter().map(|part| {
                        let mut parts = parts.clone();
                        parts[at] = part;
                        Self::Composed(parts)
                    }));
                }
                simpler
            }
            Self::Replayed | Self::Unknown | Self::Value(_) | Self::Among(_) => Vec::new(),
        };
        simpler.into_iter().filter(|simpler| weight(simpler) < weight(self)).collect()
    }
}

/// Not as far, or not as long: also two less, since whether it is odd may matter.
fn less(number: usize) -> [usize; 5] {
    [0, 1, number / 2, number.saturating_sub(1), number.saturating_sub(2)]
}

fn weight(forgery: &Forgery) -> usize {
    match forgery {
        Forgery::Field { cookie, field, .. } => cookie + field,
        Forgery::Byte { at, .. } => *at,
        Forgery::Length(length) => *length,
        Forgery::Only { cookie, forgery } => 1 + cookie + weight(forgery),
        Forgery::Composed(parts) => 1 + parts.iter().map(weight).sum::<usize>(),
        Forgery::Replayed | Forgery::Unknown | Forgery::Value(_) | Forgery::Among(_) => 0,
    }
}
