//! What a search begins with. A test writes it for the fuzzer, so that no corpus has to be kept.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::targets::{TARGETS, TOKENS};

#[test]
fn seeds_are_read_and_can_be_written_for_the_fuzzer() {
    let corpus = std::env::var_os("SESSIONSPEC_FUZZ_CORPUS");
    for target in &TARGETS {
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        seeds.iter().for_each(|seed| (target.read)(seed));
        let Some(corpus) = &corpus else { continue };
        let folder = Path::new(corpus).join(target.name);
        fs::create_dir_all(&folder).unwrap();
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), seed).unwrap();
        }
    }
    if let Some(corpus) = corpus {
        let entry = |token: &&[u8]| {
            let mut spelt = String::new();
            token.iter().for_each(|byte| write!(spelt, "\\x{byte:02x}").unwrap());
            format!("\"{spelt}\"\n")
        };
        fs::write(Path::new(&corpus).join("tokens.dict"), TOKENS.iter().map(entry).collect::<String>())
            .unwrap();
    }
}

/// The workspace of the fuzzer is not built with the others, so that its list of programs could grow old unseen.
#[test]
fn each_target_has_a_program_that_feeds_it() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz"));
    let manifest: toml::Table = fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
    let programs =
        manifest["bin"].as_array().unwrap().iter().map(|program| program["name"].as_str().unwrap());
    let targets: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(programs.collect::<Vec<_>>(), targets);
    for target in targets {
        let program = fs::read_to_string(folder.join(format!("fuzz_targets/{target}.rs"))).unwrap();
        assert!(program.contains(&format!("fuzz!(\"{target}\")")), "{target}");
    }
}
