#![no_main]

sessionspec_fuzz::fuzz!("peer_manifests");
