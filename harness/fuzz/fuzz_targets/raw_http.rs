#![no_main]

sessionspec_fuzz::fuzz!("raw_http");
