//! `sessionspec init`: the file that it writes follows from what is in the folder.

use insta::assert_snapshot;

use crate::support::{Project, said};

#[test]
fn a_project_is_written_from_what_is_in_its_folder() {
    let launch = |name: &str, files: &[(&str, &str)]| {
        let project = Project::new(name, "");
        files.iter().for_each(|(file, text)| project.write(file, text));
        assert_eq!(project.run("init").status.code(), Some(0));
        let toml: toml::Table = project.read("sessionspec.toml").parse().unwrap();
        toml.get("launch").map_or("none".to_owned(), |launch| launch.as_str().unwrap().to_owned())
    };
    let manage = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n";
    let package = r#"{"main": "app.js", "dependencies": {"express-session": "1"}}"#;
    let package_of_flask = "def create_app(test_config=None):\n    app = Flask(__name__)\n    return app\n";
    let started = r#"{"scripts": {"start": "node web.mjs"}, "dependencies": {"koa-session": "7"}}"#;
    assert_snapshot!(
        [
            launch("django", &[("manage.py", manage)]),
            launch("flask", &[("shop.py", "app = Flask(__name__)\n")]),
            launch(
                "factory",
                &[("shop.py", "def create_app():\n    app = Flask(__name__)\n    return app\n")]
            ),
            launch(
                "wants",
                &[("shop.py", "def create_app(settings):\n    app = Flask(__name__)\n    return app\n")]
            ),
            launch("package", &[("flaskr/__init__.py", package_of_flask)]),
            launch("aiohttp", &[("chat.py", "app = web.Application()\n")]),
            launch("fastapi", &[("main.py", "app: FastAPI = FastAPI()\n")]),
            launch("express", &[("package.json", package), ("app.js", "")]),
            launch("start", &[("package.json", started), ("web.mjs", "")]),
            launch("go", &[("go.mod", "require github.com/gorilla/sessions v1.2.1\n")]),
            launch("other-go", &[("go.mod", "module shop\n")]),
            launch("go-without-module", &[("main.go", "package main\n")]),
            launch("go-library", &[("sessions.go", "package sessions\n")]),
            launch("empty", &[]),
        ]
        .join("\n")
    );
}

#[test]
fn settings_of_django_that_are_for_tests_alone_come_before_those_of_development() {
    let said = |name: &str, settings: &str, files: &[&str]| {
        let project = Project::new(name, "");
        project
            .write("manage.py", &format!("os.environ.setdefault('DJANGO_SETTINGS_MODULE', '{settings}')\n"));
        files.iter().for_each(|file| project.write(file, ""));
        let said = project.said("init");
        let toml: toml::Table = project.read("sessionspec.toml").parse().unwrap();
        let launch = toml["launch"].as_str().unwrap().split(' ').nth(3).unwrap().to_owned();
        (launch, said)
    };
    let launched = |name: &str, settings: &str, files: &[&str]| said(name, settings, files).0;
    assert_eq!(launched("tested", "shop.settings", &["shop/tested.py"]), "shop.tested");
    assert_eq!(launched("tested-package", "shop.settings.dev", &["shop/tested.py"]), "shop.tested");
    let both = ["shop/settings/tested.py", "shop/tested.py"];
    assert_eq!(launched("tested-twice", "shop.settings.dev", &both), "shop.settings.tested");
    assert_eq!(launched("tested-top", "settings", &["tested.py"]), "tested");
    assert_eq!(launched("tested-elsewhere", "shop.settings", &["tested.py"]), "shop.settings");
    let (launch, said) = said("untested", "shop.settings", &["shop/settings.py"]);
    assert_eq!(launch, "shop.settings");
    assert!(said.contains("a module `tested` beside them"), "{said}");
}

#[test]
fn what_is_to_be_done_first_follows_from_the_library() {
    let said = |name: &str, files: &[(&str, &str)]| {
        let project = Project::new(name, "");
        files.iter().for_each(|(file, text)| project.write(file, text));
        project.said("init")
    };
    let imports = "package main\n\nimport \"github.com/gorilla/sessions\"\n";
    let told = [
        said("scs", &[("go.mod", "require github.com/alexedwards/scs/v2 v2.8.0\n")]),
        said("own-go", &[("go.mod", "module shop\n")]),
        said("imports", &[("cart.go", "package main\n"), ("main.go", imports)]),
        said("nothing", &[("notes.txt", "")]),
    ];
    assert_snapshot!(told.join("\n"));
}

#[test]
fn the_level_that_is_written_decides_of_whatever_is_selected() {
    let project = Project::new("selected", "");
    assert_eq!(project.run("init").status.code(), Some(0));
    let output = project.run("run --backend flawed/expired-session-returned --check expiry/gone");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
}

#[test]
fn a_project_is_not_written_over() {
    let project = Project::new("over", "level = 'minimum'\n");
    assert_snapshot!(project.said("init"));
}
