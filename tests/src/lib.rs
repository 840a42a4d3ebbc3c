//! Conformance tests of every adapter.

/// The code blocks of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
