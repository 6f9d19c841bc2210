//! `sessionspec list`: all checks.

use sessionspec::engine::checks::catalogue;

use super::say;
use crate::exit::Exit;

pub(super) fn list() -> Exit {
    for check in catalogue() {
        say(format_args!("{:<44}{:<13}{}", check.id, check.level, check.promise));
    }
    Exit::Conforms
}
