//! What the middlewares add to the bare frameworks, as the tables of the page.

use std::{fmt, thread};

use crate::count::{Build, allocations};
use crate::plot::Series;
use crate::stacks::scenario::{ONLY_OURS, scenarios};
use crate::stacks::{Framework, Middleware};

/// How many origins the plot shows.
const ORIGINS: [usize; 6] = [1, 10, 100, 1000, 10_000, 100_000];

const MIDDLEWARES: [Middleware; 5] =
    [Middleware::Floor, Middleware::Strict, Middleware::Ours, Middleware::Handle, Middleware::Peer];

/// In the build without LTO, which shows what the other build's tables are worth to most users.
const WITHOUT_LTO: [Middleware; 4] =
    [Middleware::Floor, Middleware::Strict, Middleware::Ours, Middleware::Peer];

/// In the table of allocations. The floors do not differ in these.
const ALLOCATING: [Middleware; 4] =
    [Middleware::Floor, Middleware::Ours, Middleware::Handle, Middleware::Peer];

pub(crate) struct Measured {
    frameworks: Vec<Measurements>,
}

struct Measurements {
    framework: Framework,
    with_lto: Vec<Column>,
    without_lto: Vec<Column>,
    allocations: Vec<Column>,
    origins: [Series; 2],
}

/// What a middleware adds in each scenario.
struct Column {
    middleware: Middleware,
    added: Vec<Option<i64>>,
}

impl Measured {
    pub(crate) fn new(frameworks: &[Framework]) -> Self {
        let (this, without_lto) = (&Build::this(), &Build::without_lto());
        // The frameworks wait for their own processes, and not for each other's.
        let frameworks = thread::scope(|scope| {
            let measure =
                |&framework| scope.spawn(move || Measurements::new(framework, this, without_lto));
            let threads: Vec<_> = frameworks.iter().map(measure).collect();
            threads.into_iter().map(|thread| thread.join().expect("it is measured")).collect()
        });
        Self { frameworks }
    }

    pub(crate) fn origins(&self) -> impl Iterator<Item = &Series> {
        self.frameworks.iter().flat_map(|measured| &measured.origins)
    }
}

impl Measurements {
    fn new(framework: Framework, this: &Build, without_lto: &Build) -> Self {
        let count = |build: &Build, middlewares: &[Middleware]| {
            columns(middlewares, |middleware, names| {
                build.instructions(framework, middleware, names)
            })
        };
        Self {
            framework,
            with_lto: count(this, &MIDDLEWARES),
            without_lto: count(without_lto, &WITHOUT_LTO),
            allocations: columns(&ALLOCATING, |middleware, names| {
                allocations(framework, middleware, names)
            }),
            origins: by_number_of_origins(framework, this),
        }
    }
}

fn columns(
    middlewares: &[Middleware],
    count: impl Fn(Middleware, &[String]) -> Vec<i64>,
) -> Vec<Column> {
    let names: Vec<_> = scenarios().iter().map(|scenario| scenario.name.to_owned()).collect();
    let compared: Vec<_> =
        names.iter().filter(|name| !ONLY_OURS.contains(&name.as_str())).cloned().collect();
    let bare = count(Middleware::None, &names);
    let column = |&middleware| {
        let names = if middleware == Middleware::Peer { &compared } else { &names };
        let all = count(middleware, names);
        let added = bare.iter().enumerate().map(|(row, bare)| all.get(row).map(|all| all - bare));
        Column { middleware, added: added.collect() }
    };
    middlewares.iter().map(column).collect()
}

fn by_number_of_origins(framework: Framework, build: &Build) -> [Series; 2] {
    let counts = ORIGINS.map(|count| count.to_string());
    let bare = build.instructions(framework, Middleware::None, &counts);
    [Middleware::Ours, Middleware::Peer].map(|middleware| {
        let is_ours = middleware == Middleware::Ours;
        let package = if is_ours { "this project" } else { framework.peer };
        let all = build.instructions(framework, middleware, &counts);
        let added = all.iter().zip(&bare).map(|(all, bare)| all - bare);
        Series {
            name: format!("{}: {package}", framework.name),
            is_ours,
            points: ORIGINS.into_iter().zip(added).collect(),
        }
    })
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n### Instructions\n")?;
        for measured in &self.frameworks {
            write_instructions(f, measured.framework, &measured.with_lto)?;
        }
        writeln!(f, "### Instructions, without LTO\n")?;
        for measured in &self.frameworks {
            write_instructions(f, measured.framework, &measured.without_lto)?;
        }
        write_allocations(f, &self.frameworks)?;
        self.write_origins(f)
    }
}

fn rows() -> impl Iterator<Item = (usize, String)> {
    let scenarios = scenarios().into_iter();
    scenarios.map(|scenario| scenario.name.replace('_', " ")).enumerate()
}

fn write_instructions(
    f: &mut fmt::Formatter<'_>,
    framework: Framework,
    columns: &[Column],
) -> fmt::Result {
    let titles = columns.iter().map(|column| format!(" {} |", title(column.middleware)));
    writeln!(f, "#### {}\n\n| |{}", framework.name, titles.collect::<String>())?;
    writeln!(f, "|---|{}", "---:|".repeat(columns.len()))?;
    for (row, name) in rows() {
        let cells = columns.iter().map(|column| format!(" {} |", cell(column, row)));
        writeln!(f, "| {name} |{}", cells.collect::<String>())?;
    }
    writeln!(f)
}

fn write_allocations(f: &mut fmt::Formatter<'_>, frameworks: &[Measurements]) -> fmt::Result {
    let titles = ALLOCATING.map(title).join(" / ");
    let names = frameworks.iter().map(|measured| format!(" {} |", measured.framework.name));
    writeln!(f, "### Allocations\n\n| {titles} |{}", names.collect::<String>())?;
    writeln!(f, "|---|{}", "---|".repeat(frameworks.len()))?;
    for (row, name) in rows() {
        let cells = frameworks.iter().map(|measured| {
            let cells: Vec<_> =
                measured.allocations.iter().map(|column| cell(column, row)).collect();
            format!(" {} |", cells.join(" / "))
        });
        writeln!(f, "| {name} |{}", cells.collect::<String>())?;
    }
    writeln!(f)
}

impl Measured {
    fn write_origins(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = ORIGINS.map(|count| format!(" {count} |")).concat();
        writeln!(f, "### Instructions by the number of origins\n\n| |{counts}")?;
        writeln!(f, "|---|{}", "---:|".repeat(ORIGINS.len()))?;
        for series in self.origins() {
            let points = series.points.iter().map(|(_, added)| format!(" {added} |"));
            writeln!(f, "| {} |{}", series.name, points.collect::<String>())?;
        }
        writeln!(f)
    }
}

fn title(middleware: Middleware) -> String {
    emphasized(middleware, middleware.name().to_owned())
}

fn cell(column: &Column, row: usize) -> String {
    let added = column.added.get(row).copied().flatten();
    emphasized(column.middleware, added.map_or_else(|| "–".into(), |added| added.to_string()))
}

fn emphasized(middleware: Middleware, text: String) -> String {
    if middleware == Middleware::Ours { format!("**{text}**") } else { text }
}
