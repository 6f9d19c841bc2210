//! Every combination of the reference's modes, but for those that end in errors or need a clock.

use sessionspec::reference::modes::{Emptied, Modes, Modified, Nested, New, Permanent};

pub(crate) fn all() -> Vec<Modes> {
    let mut all = Vec::new();
    for (modified, new) in [(Modified::Tracked, New::Real), (Modified::Always, New::Constant)] {
        for permanent in [Permanent::InData, Permanent::Attribute, Permanent::ClearedAttribute] {
            for nested in [Nested::Untracked, Nested::Tracked, Nested::Copies] {
                for emptied in [Emptied::Removed, Emptied::Kept] {
                    for (permanent_default, write_back) in
                        [(false, false), (false, true), (true, false), (true, true)]
                    {
                        all.push(Modes {
                            modified,
                            new,
                            permanent,
                            permanent_default,
                            nested,
                            write_back,
                            emptied,
                            ..Modes::default()
                        });
                    }
                }
            }
        }
    }
    all
}
