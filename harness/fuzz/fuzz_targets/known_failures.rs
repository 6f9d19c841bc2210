#![no_main]

sessionspec_fuzz::fuzz!("known_failures");
