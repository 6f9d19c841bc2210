//! The search engine: it accuses nobody wrongly, finds what is planted, and keeps what it finds.

mod cases;
mod legal;
mod modes;
mod planted;
mod shelf;
mod smallest;
