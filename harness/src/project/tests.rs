use super::*;

#[test]
fn what_means_nothing_is_refused() {
    let refused = |toml: &str| Project::of_text(toml).unwrap_err();
    insta::assert_snapshot!(
        [
            refused("launch = 'a'\nurl = 'b'"),
            refused("lunch = 'a'"),
            refused("launch = 'a'\nlaunch = 'b'"),
            refused("[[excluded]]\ncheck = 'cookie/*'"),
            refused("[[excluded]]\ncheck = 'cookie/*'\nreason = ' '"),
            refused("[[known-failures]]\ncheck = 'minimum/persists'"),
            refused("[[known-failures]]\ncheck = 'minimum/persists'\nisue = 'r'"),
            refused("known-failures = 3"),
            refused("known-failures = ''"),
            refused("[profiles.redis]\nlaunch = 'a'\nurl = 'b'"),
            refused("[profiles.redis.profiles.other]"),
            Project::of_text("[profiles.redis]").unwrap().in_profile(Some("reddis")).unwrap_err(),
            Project::of_text("").unwrap().in_profile(Some("redis")).unwrap_err(),
        ]
        .join("\n")
    );
}

#[test]
fn a_profile_comes_before_what_stands_above() {
    let toml = "launch = 'a'\nlevel = 'minimum'\nheaders = ['A: b']\n\
                [profiles.redis]\nurl = 'http://127.0.0.1:1/probe'\nlevel = 'hardened'";
    let project = Project::of_text(toml).unwrap().in_profile(Some("redis")).unwrap();
    assert_eq!((project.launch, project.level.as_deref()), (None, Some("hardened")));
    assert_eq!(project.url.as_deref(), Some("http://127.0.0.1:1/probe"));
    assert_eq!(project.headers.as_deref(), Some(&["A: b".to_owned()][..]));
}

#[test]
fn a_list_of_a_profile_stands_in_the_place_of_the_one_above() {
    let toml = "headers = ['A: b']\nsuites = ['cookie']\nreports = ['json=a.json']\n\
                known-failures = [{ check = 'minimum/persists', reason = 'r' }, { check = 'minimum/mapping', reason = 'r' }]\n\
                [profiles.same]\nlevel = 'hardened'\n\
                [profiles.own]\nsuites = ['fault']\nknown-failures = [{ check = 'minimum/persists', reason = 's' }]\n\
                [profiles.none]\nheaders = []\nsuites = []\nreports = []\nknown-failures = []\n\
                [profiles.file]\nknown-failures = 'known.toml'";
    let of = |profile: &str| {
        let project = Project::of_text(toml).unwrap().in_profile(Some(profile)).unwrap();
        let known = match project.known_failures {
            None => "none".to_owned(),
            Some(KnownFailures::Here(entries)) => entries.len().to_string(),
            Some(KnownFailures::File(file)) => file.display().to_string(),
        };
        (project.suites.unwrap(), known, project.replaces_known_failures)
    };
    assert_eq!(of("same"), (vec!["cookie".to_owned()], "2".to_owned(), None));
    assert_eq!(of("own"), (vec!["fault".to_owned()], "1".to_owned(), Some("own".to_owned())));
    assert_eq!(of("none"), (vec![], "0".to_owned(), Some("none".to_owned())));
    assert_eq!(of("file"), (vec!["cookie".to_owned()], "known.toml".to_owned(), Some("file".to_owned())));
    let none = Project::of_text(toml).unwrap().in_profile(Some("none")).unwrap();
    assert_eq!((none.headers, none.reports), (Some(vec![]), Some(vec![])));
}

#[test]
fn a_store_belongs_to_the_service_that_is_started() {
    let toml = "launch = 'a'\nstore = '127.0.0.1:1'\nflush = 'b'\n\
                [profiles.same]\nlevel = 'hardened'\n\
                [profiles.flushed]\nflush = 'c'\n\
                [profiles.moved]\nstore = '127.0.0.1:2'\n\
                [profiles.other]\nlaunch = 'd'\n\
                [profiles.running]\nurl = 'http://127.0.0.1:3/probe'\nstore = '127.0.0.1:1'";
    let of = |profile: &str| {
        let project = Project::of_text(toml).unwrap().in_profile(Some(profile)).unwrap();
        project.of_one_service().map(|project| (project.store, project.flush))
    };
    let is = |store: &str, flush: &str| {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Ok((said(store), said(flush)))
    };
    assert_eq!(of("same"), is("127.0.0.1:1", "b"));
    assert_eq!(of("flushed"), is("127.0.0.1:1", "c"));
    assert_eq!(of("moved"), is("127.0.0.1:2", ""), "nobody says what empties the other store");
    assert_eq!(of("other"), is("", ""));
    assert!(of("running").unwrap_err().starts_with("it has `store` and `url`"));
    let nowhere = Project::of_text("flush = 'b'").unwrap().of_one_service();
    assert!(nowhere.unwrap_err().starts_with("it has `flush`, and neither `store` nor `break`"));
}

#[test]
fn a_toxiproxy_leads_to_a_store() {
    let toml = "launch = 'a'\nstore = '127.0.0.1:1'\ntoxiproxy = 'http://127.0.0.1:8474'\n\
                [profiles.moved]\nstore = '127.0.0.1:2'\n\
                [profiles.another]\ntoxiproxy = 'http://127.0.0.1:8475'\n\
                [profiles.other]\nlaunch = 'd'\n\
                [profiles.running]\nurl = 'http://127.0.0.1:3/probe'\ntoxiproxy = 'http://127.0.0.1:8474'";
    let of = |profile: &str| {
        let project = Project::of_text(toml).unwrap().in_profile(Some(profile)).unwrap();
        project.of_one_service().map(|project| project.toxiproxy.unwrap_or_default())
    };
    assert_eq!(of("moved").unwrap(), "http://127.0.0.1:8474");
    assert_eq!(of("another").unwrap(), "http://127.0.0.1:8475");
    assert_eq!(of("other").unwrap(), "");
    assert!(of("running").unwrap_err().starts_with("it has `toxiproxy`, and no `store`"));
}

#[test]
fn what_breaks_a_store_has_what_mends_it() {
    let toml = "launch = 'a'\nbreak = 'b'\nmend = 'c'\nflush = 'd'\n\
                [profiles.same]\nlevel = 'hardened'\n\
                [profiles.killed]\nbreak = 'e'\nmend = 'f'\n\
                [profiles.half]\nbreak = 'e'\n\
                [profiles.moved]\nstore = '127.0.0.1:2'\n\
                [profiles.running]\nurl = 'http://127.0.0.1:3/probe'\nbreak = 'b'\nmend = 'c'";
    let of = |profile: &str| {
        let project = Project::of_text(toml).unwrap().in_profile(Some(profile)).unwrap();
        project.of_one_service().map(|project| [project.breaking, project.mend, project.flush])
    };
    let is =
        |commands: [&str; 3]| Ok(commands.map(|command| (!command.is_empty()).then(|| command.to_owned())));
    assert_eq!(of("same"), is(["b", "c", "d"]));
    assert_eq!(of("killed"), is(["e", "f", "d"]));
    assert_eq!(of("moved"), is(["", "", ""]), "nobody says what breaks the other store");
    assert!(of("half").unwrap_err().starts_with("what `break` breaks, `mend` mends"));
    assert!(of("running").unwrap_err().starts_with("it has `break` and `url`"));
}

#[test]
fn a_file_of_somebody_else_says_nothing_here() {
    let (me, other, container) = (1000, 1001, 1002);
    assert!(may_speak(me, me, me) && may_speak(0, me, me));
    assert!(may_speak(container, container, 0), "a container runs as root in a folder of somebody else");
    assert!(may_speak(me, other, me), "my file in a folder of all");
    assert!(!may_speak(other, me, me) && !may_speak(other, 0, me) && !may_speak(other, container, 0));
}

#[test]
fn a_project_may_say_nothing() {
    assert!(Project::of_text("").unwrap().launch.is_none());
}
