//! Every peer, for real: provisioned, started, judged. Its report is a snapshot in `fixtures/peers/reports`.
//!
//! Suites that are run where they are named are run on some peers, too: none of their checks fails that is not known to.
//!
//! A peer that cannot be provisioned is named as not run; where `CI` is set, that is a failure.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/lean.rs"]
mod lean;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use sessionspec_cli::peer::{ExpectedVerdict, Peer};

macro_rules! peers {
    ($list:ident, $judge:ident: $($test:ident = $name:literal),+ $(,)?) => {
        $(#[test]
        fn $test() {
            $judge($name);
        })+

        const $list: &[&str] = &[$($name),+];
    };
}

peers! {
    SETTLED, judge_by_report:
    beaker_1_14_1 = "beaker-1.14.1",
    cookie_session_2_1_1 = "cookie-session-2.1.1",
    django_5_2_19_cache = "django-5.2.19-cache",
    django_5_2_19_cache_redis = "django-5.2.19-cache-redis",
    django_5_2_19_db = "django-5.2.19-db",
    django_5_2_19_db_postgres = "django-5.2.19-db-postgres",
    django_5_2_19_file = "django-5.2.19-file",
    django_5_2_19_signed_cookies = "django-5.2.19-signed-cookies",
    express_session_connect_pg_simple = "express-session-connect-pg-simple",
    express_session_connect_redis = "express-session-connect-redis",
    express_session_memory = "express-session-memory",
    express_session_memory_resave = "express-session-memory-resave",
    fastify_session_10_8_0 = "fastify-session-10.8.0",
    fastify_session_10_9_0 = "fastify-session-10.9.0",
    fastify_session_11_1_3 = "fastify-session-11.1.3",
    flask_0_7_2_default = "flask-0.7.2-default",
    flask_0_7_2_glued = "flask-0.7.2-glued",
    flask_0_7_2_no_key = "flask-0.7.2-no-key",
    flask_0_7_2_snippet = "flask-0.7.2-snippet",
    flask_0_8_default = "flask-0.8-default",
    flask_0_8_glued = "flask-0.8-glued",
    flask_0_8_no_key = "flask-0.8-no-key",
    flask_0_8_snippet = "flask-0.8-snippet",
    flask_1_1_4_default = "flask-1.1.4-default",
    flask_1_1_4_glued = "flask-1.1.4-glued",
    flask_3_1_3_default = "flask-3.1.3-default",
    flask_3_1_3_default_3s = "flask-3.1.3-default-3s",
    flask_3_1_3_glued = "flask-3.1.3-glued",
    flask_3_1_3_no_key = "flask-3.1.3-no-key",
    flask_3_1_3_snippet = "flask-3.1.3-snippet",
    flask_session_0_8_0_filesystem = "flask-session-0.8.0-filesystem",
    flask_session_0_8_0_filesystem_not_permanent = "flask-session-0.8.0-filesystem-not-permanent",
    flask_session_0_8_0_redis = "flask-session-0.8.0-redis",
    flask_session_0_8_0_sqlalchemy = "flask-session-0.8.0-sqlalchemy",
    gorilla_sessions_1_2_1_cookie = "gorilla-sessions-1.2.1-cookie",
    gorilla_sessions_1_2_1_cookie_3s = "gorilla-sessions-1.2.1-cookie-3s",
    gorilla_sessions_1_2_1_filesystem = "gorilla-sessions-1.2.1-filesystem",
    gorilla_sessions_1_2_1_filesystem_3s = "gorilla-sessions-1.2.1-filesystem-3s",
    iron_session_8_0_4 = "iron-session-8.0.4",
    koa_session_7_0_2 = "koa-session-7.0.2",
    litestar_2_25_0_client_side = "litestar-2.25.0-client-side",
    php_8_2_default = "php-8.2-default",
    php_8_2_strict = "php-8.2-strict",
    rack_2_2_22_cookie = "rack-2.2.22-cookie",
    rack_2_2_22_pool = "rack-2.2.22-pool",
    starlette_0_52_1 = "starlette-0.52.1",
    starlette_1_0_0 = "starlette-1.0.0",
    starlette_1_10_0 = "starlette-1.10.0",
    tomcat_10_1 = "tomcat-10.1",
    tomcat_10_1_3s = "tomcat-10.1-3s",
}

// What these do depends on the moment, so that their reports are not the same bytes in each run. In koa-session 5.8.1 a
// lifetime that one session gets becomes that of all, and sessions of several lifetimes are waited for at once. memorystore
// takes a lifetime of zero for none only where the session is stored within the same millisecond. Where Flask-Session and
// PHP keep sessions for three seconds, whether an answer comes in time to be judged depends on how busy the machine is. In
// Symfony, what a waiting request loses depends on whether it had opened the file of the session before that was removed.
// All of them, CherryPy, whose error pages name folders of the machine, and gunicorn's two workers, of which chance decides
// which one answers, are judged to the end, and what comes of them is not held to a snapshot.
peers! {
    UNSETTLED, judge_to_the_end:
    cherrypy_18_10_0 = "cherrypy-18.10.0",
    flask_3_1_3_gunicorn = "flask-3.1.3-gunicorn",
    flask_session_0_8_0_filesystem_3s = "flask-session-0.8.0-filesystem-3s",
    flask_session_0_8_0_redis_3s = "flask-session-0.8.0-redis-3s",
    flask_session_0_8_0_sqlalchemy_3s = "flask-session-0.8.0-sqlalchemy-3s",
    koa_session_5_8_1 = "koa-session-5.8.1",
    memorystore_1_5_1 = "memorystore-1.5.1",
    memorystore_1_6_0 = "memorystore-1.6.0",
    memorystore_1_6_8 = "memorystore-1.6.8",
    php_8_2_strict_3s = "php-8.2-strict-3s",
    symfony_5_4 = "symfony-5.4",
}

macro_rules! on_demand {
    ($($test:ident = $name:literal, $suite:literal);+ $(;)?) => {
        $(#[test]
        fn $test() {
            judge_on_demand($name, $suite);
        })+
    };
}

// What takes a minute or more is left out where another peer shows the same.
on_demand! {
    nodes_django_db_postgres = "django-5.2.19-db-postgres", "nodes";
    nodes_django_file = "django-5.2.19-file", "nodes";
    nodes_connect_pg_simple = "express-session-connect-pg-simple", "nodes";
    nodes_flask_session_redis = "flask-session-0.8.0-redis", "nodes";
    nodes_php_strict = "php-8.2-strict", "nodes";
    outage_django_cache_redis = "django-5.2.19-cache-redis", "outage";
    outage_django_db = "django-5.2.19-db", "outage";
    outage_django_file = "django-5.2.19-file", "outage";
    outage_php_strict = "php-8.2-strict", "outage";
    restart_connect_pg_simple = "express-session-connect-pg-simple", "restart";
    restart_php_strict = "php-8.2-strict", "restart";
}

#[test]
fn every_manifest_is_tested() {
    let files = std::fs::read_dir(peers()).unwrap().map(|entry| entry.unwrap().path());
    let mut manifests: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    manifests.sort_unstable();
    let mut tested = [SETTLED, UNSETTLED].concat();
    tested.sort_unstable();
    assert_eq!(manifests, tested);
}

/// CVE-2024-35220 alone tells the two apart, and what nobody can see because of it: where no session ends, none ends too early.
#[test]
fn what_mends_a_vulnerability_shows_in_its_check_and_in_no_other() {
    let not_passed = |name: &str| -> BTreeSet<String> {
        let report = std::fs::read_to_string(peers().join(format!("reports/{name}.snap"))).unwrap();
        let (_, rest) = report.split_once("\nNot passed\n").unwrap();
        rest.lines().take_while(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let [vulnerable, mended] = ["fastify-session-10.8.0", "fastify-session-10.9.0"].map(not_passed);
    let told_apart = vulnerable.symmetric_difference(&mended);
    let told_apart: Vec<&String> =
        told_apart.filter(|line| !line.contains(" expiry/own-lifetime-stays: ")).collect();
    assert!(matches!(told_apart.as_slice(), [line] if line.contains(" expiry/gone: ")), "{told_apart:?}");
}

#[test]
fn a_report_is_the_same_however_many_requests_are_at_work() {
    for name in ["express-session-memory", "flask-3.1.3-default", "starlette-1.10.0"] {
        let report = |jobs| {
            let Judged { report, complaint, .. } = judge_with_jobs(name, jobs, &["--format", "json"])?;
            let mut report: serde_json::Value = serde_json::from_str(&report).expect(&complaint);
            report.as_object_mut().unwrap().remove("this_run");
            Some(serde_json::to_string_pretty(&report).unwrap())
        };
        let Some(alone) = report(1) else { continue };
        for jobs in [4, 16] {
            let beside_others = report(jobs).unwrap();
            assert_eq!(alone, beside_others, "{name}, with {jobs} requests at work");
        }
    }
}

/// What came of a peer.
struct Judged {
    peer: Peer,
    exit: Option<i32>,
    report: String,
    complaint: String,
}

/// Provisions a peer and judges it with one request at once, with these options; none where it cannot be provisioned on this
/// machine.
fn judge(name: &str, options: &[&str]) -> Option<Judged> {
    judge_with_jobs(name, 1, options)
}

fn judge_with_jobs(name: &str, jobs: u32, options: &[&str]) -> Option<Judged> {
    let peer = Peer::read(&peers().join(name)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if let Err(error) = runtime.block_on(peer.provision()) {
        assert!(std::env::var_os("CI").is_none(), "{error}");
        // Past the capture of the test's output: a peer that was not run has to be seen.
        let _ = writeln!(std::io::stderr(), "{error}");
        return None;
    }
    // As people call it: the report repeats the command.
    let output = Command::new(env!("CARGO_BIN_EXE_sessionspec"))
        .args(["run", "--jobs", &jobs.to_string(), "--peer", &format!("fixtures/peers/{name}")])
        .args(options)
        .current_dir(peers().join("../.."))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    // How far it is, which a long run says every 30 seconds, depends on the machine.
    let complaint = said.lines().filter(|line| !line.starts_with("sessionspec: http: "));
    Some(Judged {
        peer,
        exit: output.status.code(),
        report: String::from_utf8(output.stdout).unwrap(),
        complaint: complaint.map(|line| format!("{line}\n")).collect(),
    })
}

/// The peer comes to the verdict that its manifest expects, and its report is the snapshot.
fn judge_by_report(name: &str) {
    let Some(Judged { peer, exit, report, complaint }) = judge(name, &[]) else { return };
    let expected_exit = match peer.manifest.expect.verdict {
        ExpectedVerdict::Conforms => 0,
        ExpectedVerdict::Fails => 1,
        ExpectedVerdict::CannotRun => 3,
    };
    assert_eq!(exit, Some(expected_exit), "{report}{complaint}");
    if let Some(message) = &peer.manifest.expect.message {
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(complaint.contains(message), "{complaint}");
    }
    insta::with_settings!({
        snapshot_path => peers().join("reports"),
        prepend_module_to_snapshot => false,
        description => peer.manifest.description.clone(),
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, lean::lean(&format!("{report}{complaint}")));
    });
}

/// No check of this suite fails that is not known to, and some are passed.
fn judge_on_demand(name: &str, suite: &str) {
    let mut options = vec!["--suite", suite, "--level", "hardened", "--format", "json"];
    if suite == "nodes" {
        options.extend(["--nodes", "2"]);
    }
    let Some(Judged { report, complaint, .. }) = judge(name, &options) else { return };
    let judged: serde_json::Value = serde_json::from_str(&report).unwrap();
    let checks = judged["checks"].as_array().unwrap();
    let are = |verdict: &str| checks.iter().filter(|check| check["verdict"] == verdict).count();
    assert_eq!((are("fail"), are("error")), (0, 0), "{report}{complaint}");
    assert!(are("pass") > 0, "{report}{complaint}");
}

/// The run comes to its end, with a verdict for each level.
fn judge_to_the_end(name: &str) {
    let Some(Judged { exit, report, complaint, .. }) = judge(name, &[]) else { return };
    assert!(report.contains("\nminimum: ") && report.contains("\nhardened: "), "{report}{complaint}");
    assert!(!complaint.contains("the report is incomplete"), "{report}{complaint}");
    assert!(exit.is_some_and(|exit| exit != 2), "{report}{complaint}");
}

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/peers")
}
