#![no_main]

sessionspec_fuzz::fuzz!("cookie_dates");
