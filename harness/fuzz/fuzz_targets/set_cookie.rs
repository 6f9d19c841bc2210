#![no_main]

sessionspec_fuzz::fuzz!("set_cookie");
