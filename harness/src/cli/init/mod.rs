//! `sessionspec init`: writes a `sessionspec.toml`, from what is in the folder, and asks nothing.

mod go;

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sessionspec::engine::report::quoted;

use super::{CliError, say};
use crate::bounded;
use crate::called_as::called_as;
use crate::exit::Exit;
use crate::project::FILE;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of the project.
    #[arg(default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,
}

/// The largest source that is looked at, in bytes.
const SOURCE: u64 = 1024 * 1024;

/// What leads to the application that is in a folder.
struct Found {
    launch: String,
    /// What it was told by.
    because: String,
    /// What has to be done by hand before it works.
    first: Option<&'static str>,
}

pub(super) fn init(arguments: &Arguments) -> Result<Exit, CliError> {
    let file = arguments.folder.join(FILE);
    let found = look_into(&arguments.folder);
    let cannot = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => CliError::usage(format!("{} is there already", file.display())),
        _ => CliError::usage(format!("cannot write {}: {error}", file.display())),
    };
    let mut opened = OpenOptions::new().write(true).create_new(true).open(&file).map_err(cannot)?;
    opened.write_all(text(found.as_ref()).as_bytes()).map_err(cannot)?;
    say(format_args!("wrote {}", file.display()));
    match found {
        Some(Found { because, first, .. }) => {
            say(format_args!("{because}"));
            first.iter().for_each(|first| say(format_args!("first: {first}")));
            say(format_args!("next: {0} doctor, then {0} run", called_as()));
        }
        None => {
            say(format_args!("no application was recognised in this folder"));
            say(format_args!("next: say in it how your service is started, then run {} doctor", called_as()));
        }
    }
    Ok(Exit::Conforms)
}

fn text(found: Option<&Found>) -> String {
    let launch = match found {
        Some(found) => format!("launch = {}\n", toml::Value::String(found.launch.clone())),
        None => "# launch = \"./service --port {port}\"\n".to_owned(),
    };
    format!(
        "# How the sessions of this project are tested: `sessionspec run` reads this in this folder and below.\n\
         # Options of the command line come before what is said here.\n\n\
         # The command that starts the service with its probe. `{{port}}` becomes a free port, which is also in PORT.\n\
         # Where it has a `{{lifetime}}`, sessions live for 5 seconds, so that their end is seen.\n\
         {launch}\n\
         # The level that decides: minimum, recommended or hardened. Only hardened asks whether a session ends, and whether\n\
         # an old id or a forged cookie opens one. Failures of the library itself can be listed, as [[known-failures]].\n\
         level = \"hardened\"\n\n\
         # More that can be said:\n\
         # url = \"http://127.0.0.1:5000/probe\"   # a service that runs already, in place of `launch`\n\
         # node = [\"http://127.0.0.1:5001/probe\"] # further nodes of such a service\n\
         # path = \"/probe\"                       # where the probe of a launched service is\n\
         # nodes = 2                             # so many processes of the command, which share their sessions\n\
         # beside = \"http://127.0.0.1:6000/probe\" # another service that runs, over the same store: its sessions are its own\n\
         # store = \"127.0.0.1:6379\"              # where its store listens: the command finds it at {{store_port}}\n\
         # toxiproxy = \"http://127.0.0.1:8474\"   # stands between the two, in the place of the harness\n\
         # break = \"mv sessions away\"            # takes a store away that has no port, for the suite outage\n\
         # mend = \"mv away sessions\"             # brings it back as it was\n\
         # flush = \"redis-cli flushall\"          # empties the store, for one check of the suite outage\n\
         # timeout = 10                          # how many seconds a request may take\n\
         # patience = 6                          # how many seconds a request is let wait for another one of its session\n\
         # start-timeout = 30                    # how many seconds the service may take until it listens\n\
         # lifetime = 5                          # how many seconds sessions live, where the command has a `{{lifetime}}`\n\
         # headers = [\"@secrets.txt\"]            # what goes with every request, one a line; or \"NAME: VALUE\"\n\
         # ca = \"ca.pem\"                         # the certificates that are believed, where the probe is at https\n\
         # origin = \"https://shop.example\"       # where browsers believe they are\n\
         # suites = [\"minimum\", \"cookie\"]        # these alone\n\
         # cases = 100                           # how many scripts each property is given\n\
         # reports = [\"html=report.html\", \"json=report.json\"] # of runs that no option narrows, as --check does\n\
         # baseline = \"last.json\"                # judge by what changed since this report\n\
         # strict = true                         # a capability that changed since then, too, ends the run with 1\n\n\
         # [[excluded]]\n\
         # check = \"cookie/same-site\"\n\
         # reason = \"a proxy in front of the service adds it\"\n\n\
         # [[known-failures]]                    # as `sessionspec known-failures report.json` writes them; or, above the\n\
         # # first table, the name of a file with them: known-failures = \"known.toml\"\n\
         # check = \"cookie/same-site\"\n\
         # reason = \"what happens, and why\"\n\n\
         # [profiles.redis]                      # another way to test it: `sessionspec run --profile redis`; each list in it\n\
         # # stands in the place of the one above, and an empty one says that there is nothing\n\
         # launch = \"python app.py --sessions redis --port {{port}}\"\n"
    )
}

/// The text of a source, if it is one: a device is none, and a file without end is none either.
fn read(file: impl AsRef<Path>) -> Option<String> {
    if !file.as_ref().is_file() {
        return None;
    }
    bounded::read_file(file, SOURCE).ok()
}

fn look_into(folder: &Path) -> Option<Found> {
    django(folder).or_else(|| other_python(folder)).or_else(|| node(folder)).or_else(|| go::go(folder))
}

fn django(folder: &Path) -> Option<Found> {
    let manage = read(folder.join("manage.py"))?;
    let (_, rest) = manage.split_once("DJANGO_SETTINGS_MODULE")?;
    // The name is the next text in quotes.
    let settings = rest.split(['"', '\'']).nth(2)?;
    if let Some(tested) = tested_beside(folder, settings) {
        return Some(Found {
            launch: python("django", &tested, true),
            because: format!("the settings {tested} of a project of Django are there beside {settings}"),
            first: None,
        });
    }
    Some(Found {
        launch: python("django", settings, true),
        because: format!(
            "manage.py names the settings {settings} of a project of Django: where sessions are in their database, a run \
             leaves thousands there; settings for this alone, in a module `{TESTED}` beside them, are preferred"
        ),
        first: None,
    })
}

/// The name of the settings that are for tests alone, as the guide for Python has it.
const TESTED: &str = "tested";

/// The module with this name beside the settings, or beside the package that they are in.
fn tested_beside(folder: &Path, settings: &str) -> Option<String> {
    let mut packages: Vec<&str> = settings.split('.').collect();
    // A name that leads elsewhere is no module.
    if packages.iter().any(|package| package.is_empty() || package.contains(['/', '\\'])) {
        return None;
    }
    let is_at_the_top = packages.len() == 1;
    while packages.pop().is_some() {
        // Beside packages there may be modules of any kind.
        if packages.is_empty() && !is_at_the_top {
            return None;
        }
        let at: PathBuf = packages.iter().collect();
        if folder.join(at).join(format!("{TESTED}.py")).is_file() {
            packages.push(TESTED);
            return Some(packages.join("."));
        }
    }
    None
}

fn python(framework: &str, target: &str, takes_a_lifetime: bool) -> String {
    let lifetime = if takes_a_lifetime { " --lifetime {lifetime}" } else { "" };
    // A file may have any name, and a shell reads this.
    let target = quoted(target);
    format!("python -m sessionspec.probes.{framework} {target}{lifetime} --port {{port}}")
}

/// The first module of the folder in which an application is made, or the first package.
fn other_python(folder: &Path) -> Option<Found> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    let is_module = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "py");
    let (modules, others): (Vec<PathBuf>, Vec<PathBuf>) = entries.into_iter().partition(is_module);
    let packages = others.into_iter().map(|path| path.join("__init__.py"));
    for path in modules.into_iter().chain(packages) {
        let Some(source) = read(&path) else { continue };
        let named = if path.ends_with("__init__.py") { path.parent() } else { Some(path.as_path()) };
        let Some(module) = named.and_then(Path::file_stem) else { continue };
        let module = module.to_string_lossy();
        for (class, framework) in [
            ("Flask(", "flask"),
            ("FastAPI(", "starlette"),
            ("Starlette(", "starlette"),
            ("web.Application(", "aiohttp"),
        ] {
            let Some(name) = application(&source, class) else { continue };
            let file = path.strip_prefix(folder).unwrap_or(&path);
            return Some(Found {
                launch: python(framework, &format!("{module}:{name}"), true),
                because: format!(
                    "{} makes an application of {} in `{name}`",
                    file.display(),
                    class.trim_end_matches('(')
                ),
                first: None,
            });
        }
    }
    None
}

/// The name under which a module has an application of this class: a variable, or a function that makes one.
fn application<'a>(source: &'a str, class: &str) -> Option<&'a str> {
    let mut function = None;
    for line in source.lines() {
        if let Some(rest) = line.strip_prefix("def ") {
            // A function that wants arguments cannot be called.
            function = rest.split_once('(').filter(|(_, rest)| takes_nothing(rest)).map(|(name, _)| name);
        }
        let made = line.split_once('=').filter(|(_, value)| value.trim_start().contains(class));
        if let Some((name, _)) = made {
            let at_top = !name.starts_with([' ', '\t']);
            return if at_top { name.split(':').next().map(str::trim) } else { function };
        }
        let returned = line.trim_start().strip_prefix("return ");
        if returned.is_some_and(|value| value.starts_with(class)) {
            return function;
        }
    }
    None
}

/// Whether a function can be called without arguments, whose parameters begin this text.
fn takes_nothing(parameters: &str) -> bool {
    let Some((parameters, _)) = parameters.split_once(')') else { return false };
    let mut parameters = parameters.split(',').map(str::trim).filter(|parameter| !parameter.is_empty());
    parameters.all(|parameter| parameter.contains('=') || parameter.starts_with('*') || parameter == "/")
}

fn node(folder: &Path) -> Option<Found> {
    let package: Value = serde_json::from_str(&read(folder.join("package.json"))?).ok()?;
    let known = [
        ("express-session", "wrap the sessions in `probed(…)` of sessionspec/express"),
        ("cookie-session", "wrap the sessions in `probed(…)` of sessionspec/cookie-session"),
        ("@fastify/session", "register sessionspec/fastify before @fastify/session"),
        ("koa-session", "wrap the sessions in `probed(…)` of sessionspec/koa"),
        ("hono-sessions", "wrap the sessions in `probed(…)` of sessionspec/hono"),
        ("h3", "mount the handler of sessionspec/h3"),
    ];
    let (library, first) =
        known.into_iter().find(|(library, _)| package["dependencies"].get(library).is_some())?;
    let script = package["scripts"]["start"].as_str().and_then(|start| start.strip_prefix("node "));
    let main = script
        .into_iter()
        .chain(package["main"].as_str())
        .chain(["server.js", "app.js", "index.js", "server.mjs", "app.mjs", "index.mjs"])
        .find(|file| folder.join(file).is_file())?;
    Some(Found {
        launch: format!("node {}", quoted(main)),
        because: format!(
            "package.json depends on {library}, and {main} is there; it has to listen on the port in PORT"
        ),
        first: (!has_a_probe(&folder.join(main))).then_some(first),
    })
}

/// Whether a file names one of our probes, so that it was mounted already.
fn has_a_probe(file: &Path) -> bool {
    read(file).is_some_and(|source| source.contains("sessionspec/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;

    #[test]
    fn everything_that_a_project_can_say_is_shown_as_it_is_written() {
        let text = text(None);
        let is_entry = |line: &&str| {
            let name = line.trim_start_matches(|c: char| c.is_ascii_lowercase() || c == '-');
            name.len() < line.len() && name.starts_with(" = ") || line.starts_with('[')
        };
        let shown = text.lines().map(|line| line.trim_start_matches("# "));
        // A service is started, or runs already.
        let shown: Vec<&str> = shown.filter(is_entry).filter(|line| !line.starts_with("url")).collect();
        let path = Path::new(FILE);
        assert!(Project::parse(path, &shown.join("\n"), Some("redis")).unwrap().launch.is_some());
        let project = Project::parse(path, &shown.join("\n"), None).unwrap();
        assert_eq!((project.ca, project.nodes), (Some(PathBuf::from("ca.pem")), Some(2)));
        let refused = Project::parse(path, "nothing = 1", None).unwrap_err().to_string();
        let (_, names) = refused.split_once("expected one of").unwrap();
        let names: Vec<&str> = names.split('`').skip(1).step_by(2).collect();
        assert!(names.contains(&"known-failures"), "{names:?}");
        for name in names {
            let forms = [
                format!("\n# {name} = "),
                format!("\n{name} = "),
                format!("[[{name}]]"),
                format!("[{name}."),
            ];
            assert!(forms.iter().any(|form| text.contains(form)), "{name} is not shown");
        }
    }
}
