//! The command `sessionspec`.

use std::process::ExitCode;

fn main() -> ExitCode {
    sessionspec_cli::cli::main()
}
