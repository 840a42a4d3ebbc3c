//! What the programs weigh, as the table of the page.

use std::fmt;

use crate::programs::{FRAMEWORKS, Framework, Program};
use crate::project::{Project, Weight};

pub(crate) struct Measured(Vec<Measurements>);

struct Measurements {
    framework: &'static Framework,
    alone: Weight,
    programs: Vec<(&'static Program, Weight)>,
}

impl Measured {
    pub(crate) fn new() -> Self {
        Self(FRAMEWORKS.iter().map(Measurements::new).collect())
    }
}

impl Measurements {
    fn new(framework: &'static Framework) -> Self {
        let project = Project::new();
        let alone = project.alone(framework);
        let weigh = |program| (program, project.with(framework, program, &alone));
        let programs = framework.programs.iter().map(weigh).collect();
        Self { framework, alone, programs }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n| | binary, kB | grows by, kB | crates | adds crates | CPU, s |")?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|")?;
        for Measurements { framework, alone, programs } in &self.0 {
            let title = versioned(framework.name, alone);
            let (size, crates) = (kilobytes(alone.size), alone.packages.len());
            writeln!(f, "| {title} alone | {size} | – | {crates} | – | – |")?;
            for (program, weight) in programs {
                let title = titled(program, weight);
                let (size, crates) = (kilobytes(weight.size), weight.packages.len());
                let grows_by = kilobytes(weight.size - alone.size);
                let adds = weight.packages.difference(&alone.packages).count();
                let seconds = weight.seconds - alone.seconds;
                writeln!(
                    f,
                    "| {title} | {size} | {grows_by} | {crates} | {adds} | {seconds:.1} |"
                )?;
            }
        }
        writeln!(f)
    }
}

const fn kilobytes(bytes: u64) -> u64 {
    (bytes + 500) / 1000
}

fn titled(program: &Program, weight: &Weight) -> String {
    let Program { package, version, remark, .. } = program;
    let separator = if remark.is_empty() { "" } else { ", " };
    match version {
        Some(_) => format!("{}{separator}{remark}", versioned(package, weight)),
        None => format!("**{package}**{separator}{remark}"),
    }
}

/// The package with the version that is built.
fn versioned(package: &str, weight: &Weight) -> String {
    let is_it = |built: &&String| built.split_once(" v").is_some_and(|(name, _)| name == package);
    weight.packages.iter().find(is_it).expect("it is built").replace(" v", " ")
}
