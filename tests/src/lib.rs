//! Conformance tests of every adapter.
