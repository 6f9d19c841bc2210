//! The storage of a peer that starts with `with-storage`, for as long as several of its processes need it.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The script that gives a command storage of its own. Its options, which have no values, name the servers in it.
const SCRIPT: &str = "with-storage";

/// What holds the storage: it says where that is, and ends with its standard input.
const HOLDER: [&str; 3] = ["sh", "-c", r#"printf '%s\n' "$STORAGE"; exec cat >/dev/null"#];

/// A storage that lasts until this is dropped, or this process ends.
pub(crate) struct PeerStorage {
    /// Its standard input is open for as long.
    holder: Child,
    /// Where it is.
    pub(crate) folder: String,
}

/// The command as it is without storage of its own; none where it has none.
#[must_use]
pub(crate) fn without_storage(command: &[String]) -> Option<Vec<String>> {
    let is_script = Path::new(command.first()?).file_name().is_some_and(|name| name == SCRIPT);
    let rest = command.iter().skip(1).skip_while(is_option);
    is_script.then(|| rest.cloned().collect())
}

fn is_option(argument: &&String) -> bool {
    argument.starts_with("--")
}

impl PeerStorage {
    /// The storage that this command would have, in this folder.
    ///
    /// # Errors
    ///
    /// Where there is none.
    pub(crate) async fn of(command: &[String], folder: &Path) -> std::io::Result<Self> {
        let options = command.iter().skip(1).take_while(is_option);
        let mut holder = Command::new(&command[0])
            .args(options)
            .args(HOLDER)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // What a terminal sends to the harness is not for it.
            .process_group(0)
            .spawn()?;
        let Some(said) = holder.stdout.take() else { return Err(std::io::ErrorKind::BrokenPipe.into()) };
        let mut folder = String::new();
        BufReader::new(said).read_line(&mut folder).await?;
        let folder = folder.trim_end().to_owned();
        if folder.is_empty() {
            return Err(std::io::Error::other("the storage of the peer does not start"));
        }
        Ok(Self { holder, folder })
    }

    /// Ends it, and waits until it is gone.
    pub(crate) async fn end(mut self) {
        drop(self.holder.stdin.take());
        // It cannot be waited for where it is gone already.
        let _ = self.holder.wait().await;
    }
}
