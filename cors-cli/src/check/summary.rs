use std::fmt;

use cors_core::explain::Severity;

use super::problem::{Problem, plural};

/// How many files were checked, and how many problems they have. `Display` writes it in a line.
#[derive(Debug, Default)]
pub(super) struct Summary {
    files: usize,
    invalid_files: usize,
    errors: usize,
    warnings: usize,
}

impl Summary {
    /// Adds the problems of one file.
    pub(super) fn add(&mut self, problems: &[Problem]) {
        let is_error = |problem: &&Problem| problem.severity() == Severity::Error;
        let errors = problems.iter().filter(is_error).count();
        self.files += 1;
        self.invalid_files += usize::from(errors > 0);
        self.errors += errors;
        self.warnings += problems.len() - errors;
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, invalid_files, errors, warnings } = self;
        write!(f, "{files} file{}: ", plural(*files))?;
        match (files - invalid_files, invalid_files) {
            (_, 0) => f.write_str("valid")?,
            (0, _) => f.write_str("not valid")?,
            (valid, invalid) => write!(f, "{valid} valid, {invalid} not valid")?,
        }
        for (count, name) in [(errors, "error"), (warnings, "warning")] {
            if *count > 0 {
                write!(f, ", {count} {name}{}", plural(*count))?;
            }
        }
        Ok(())
    }
}
