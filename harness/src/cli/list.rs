//! `sessionspec list`: all checks.

use sessionspec::catalogue;

use crate::exit::Exit;

pub(super) fn list() -> Exit {
    for check in catalogue() {
        println!("{:<44}{:<13}{}", check.id, check.level, check.promise);
    }
    Exit::Conforms
}
