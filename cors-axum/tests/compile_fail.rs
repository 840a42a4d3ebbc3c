//! The compiler says what to write instead of an argument of the wrong type.

#[test]
fn wrong_arguments_are_told_what_to_write() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
