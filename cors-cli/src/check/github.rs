//! [Workflow commands](https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#setting-an-error-message)
//! of GitHub Actions.

use std::io::{self, Write};

use cors_core::explain::Severity;

use super::problem::Problem;

pub(super) fn write(problems: &[Problem], out: &mut impl Write) -> io::Result<()> {
    for problem in problems {
        let command = match problem.severity() {
            Severity::Warning => "warning",
            _ => "error",
        };
        write!(out, "::{command} file={}", property(&problem.file))?;
        if let Some((line, column)) = problem.place() {
            write!(out, ",line={line},col={column}")?;
        }
        write!(out, ",title={}", property(problem.code()))?;
        writeln!(out, "::{}", message(&problem.text()))?;
    }
    Ok(())
}

fn message(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    // A terminal would act on these.
    text.replace(char::is_control, "\u{fffd}")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
