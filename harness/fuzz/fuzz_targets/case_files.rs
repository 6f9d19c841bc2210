#![no_main]

sessionspec_fuzz::fuzz!("case_files");
