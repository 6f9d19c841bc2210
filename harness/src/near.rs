//! What somebody may have meant who mistyped a name.

use std::path::{Path, PathBuf};

use sessionspec::Level;

/// How alike two names are at least, from 0 to 1, where one is suggested for the other: two letters of five may differ.
const ALIKE: f64 = 0.6;

/// The name that is most like this one, if any is.
pub(crate) fn nearest<'a>(mistyped: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = mistyped.to_lowercase();
    let likeness = |name: &str| {
        let whole = strsim::normalized_damerau_levenshtein(&wanted, name);
        // A check may be asked for without its suite.
        let slug = name.split_once('/').filter(|_| !wanted.contains('/'));
        let part = slug.map(|(_, slug)| strsim::normalized_damerau_levenshtein(&wanted, slug));
        part.map_or(whole, |part| part.max(whole))
    };
    let rated =
        names.into_iter().map(|name| (likeness(name), name)).filter(|(likeness, _)| *likeness >= ALIKE);
    // Of equals the last one is the greatest, and the first one is wanted.
    let best = rated.fold(None, |best: Option<(f64, &str)>, rated| match best {
        Some(best) if best.0 >= rated.0 => Some(best),
        _ => Some(rated),
    });
    best.map(|(_, name)| name)
}

/// The end of a message about a mistyped name: what may have been meant, or nothing.
pub(crate) fn hint<'a>(mistyped: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(mistyped, names).map(|name| format!("did you mean `{name}`? ")).unwrap_or_default()
}

/// The end of a message about a manifest that is not there: which one may have been meant, beside it or in this folder.
pub(crate) fn manifest(mistyped: &Path, folder: &Path) -> String {
    let beside = mistyped.parent().unwrap_or(Path::new(""));
    let mut manifests: Vec<PathBuf> = [beside, folder].into_iter().flat_map(manifests_in).collect();
    // A folder has no order.
    manifests.sort();
    let name = |path: &PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
    let names: Vec<String> = manifests.iter().filter_map(name).collect();
    let wanted = mistyped.file_stem().unwrap_or_default().to_string_lossy();
    let near = nearest(&wanted, names.iter().map(String::as_str));
    let found = manifests.iter().find(|path| near.is_some() && name(path).as_deref() == near);
    found.map(|path| format!("did you mean `{}`? ", path.with_extension("").display())).unwrap_or_default()
}

fn manifests_in(folder: &Path) -> Vec<PathBuf> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let files = std::fs::read_dir(here).into_iter().flatten().filter_map(Result::ok);
    let paths = files.map(|file| folder.join(file.file_name()));
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect()
}

/// The level of this name, for an option of the command line.
pub(crate) fn level(name: &str) -> Result<Level, String> {
    name.parse().map_err(|complaint: String| {
        let hint = hint(name, Level::ALL.into_iter().map(Level::as_str));
        // The complaint ends with the levels that there are.
        match complaint.split_once("; ") {
            Some((unknown, there)) => format!("{unknown}; {hint}{there}"),
            None => complaint,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionspec::engine::checks::catalogue;

    fn check(mistyped: &str) -> Option<&'static str> {
        nearest(mistyped, catalogue().iter().map(|check| check.id))
    }

    #[test]
    fn a_mistyped_check_has_a_near_name() {
        assert_eq!(check("minimum/persits"), Some("minimum/persists"));
        assert_eq!(check("minimun/opens-empty"), Some("minimum/opens-empty"));
        assert_eq!(check("opens_emtpy"), Some("minimum/opens-empty"));
        assert_eq!(check("Cookie/HTTP-Only"), Some("cookie/http-only"));
    }

    #[test]
    fn what_is_like_nothing_has_none() {
        assert_eq!(check("colour"), None);
        assert_eq!(check(""), None);
    }
}
