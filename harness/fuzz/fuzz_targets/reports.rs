#![no_main]

sessionspec_fuzz::fuzz!("reports");
