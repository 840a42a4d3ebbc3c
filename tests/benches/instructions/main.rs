//! Counts the instructions of one request under callgrind, in every framework, under every
//! middleware, in every scenario, less those of the bare framework; and their allocations. Needs
//! valgrind and some minutes:
//!
//! ```sh
//! cargo bench -p tests --bench instructions              # prints the tables
//! cargo bench -p tests --bench instructions -- --write   # renews cors-core/docs/performance.md
//! ```

#![expect(clippy::expect_used, reason = "a benchmark that cannot measure has to end")]

mod plot;
#[path = "../stacks/mod.rs"]
mod stacks;

use std::path::PathBuf;
use std::process::Command;
use std::{env, fmt, fs, thread};

use allocation_counter::measure;
use plot::{Plot, Series};
use stacks::scenario::{ONLY_OURS, Scenario, scenarios, with_origins};
use stacks::{FRAMEWORKS, Framework, Middleware};

/// How many origins the plot shows.
const ORIGINS: [usize; 6] = [1, 10, 100, 1000, 10_000, 100_000];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        // What this program runs under callgrind.
        ["--send", framework, middleware, scenario] => {
            let framework = FRAMEWORKS.into_iter().find(|known| known.name == *framework);
            let middleware = Middleware::ALL.into_iter().find(|known| known.name() == *middleware);
            let framework = framework.expect("a framework");
            let middleware = middleware.expect("a middleware");
            warm_up_and(framework, middleware, &scenario_named(scenario), send_while_counted);
        }
        ["--bench"] => println!("{}", Measured::new()),
        ["--write", "--bench"] => write_page(&Measured::new()),
        // As a test of cargo's.
        _ => {}
    }
}

/// How many requests are counted.
const COUNTED: i64 = 20;

/// The first requests have more to do, such as to fill pools and thread-locals.
fn warm_up_and(
    framework: Framework,
    middleware: Middleware,
    scenario: &Scenario,
    mut count: impl FnMut(&mut dyn FnMut()),
) {
    // With the first thread the allocator begins to lock, as it does in every server.
    thread::spawn(|| ()).join().expect("it does nothing");
    (framework.run)(middleware, scenario, &mut |send| {
        for _ in 0..5 {
            send();
        }
        count(send);
    });
}

/// callgrind counts only what happens in here, which it knows by its path.
#[inline(never)]
fn send_while_counted(send: &mut dyn FnMut()) {
    for _ in 0..COUNTED {
        send();
    }
}

/// One of the scenarios, or as many origins as a number says.
fn scenario_named(name: &str) -> Scenario {
    name.parse().map_or_else(
        |_| scenarios().into_iter().find(|known| known.name == name).expect("a scenario"),
        with_origins,
    )
}

/// The instructions of a request in each of the scenarios.
fn instructions(framework: Framework, middleware: Middleware, scenarios: &[String]) -> Vec<i64> {
    // Hash tables are seeded anew in each process, and some seeds make names collide.
    let least = |scenario: &String| {
        (0..3).map(|_| instructions_once(framework, middleware, scenario)).min().expect("three")
    };
    scenarios.iter().map(least).collect()
}

/// In a process of its own, as the state that others leave the allocator in would be measured too.
fn instructions_once(framework: Framework, middleware: Middleware, scenario: &str) -> i64 {
    let file = format!("callgrind.{}.{}.{scenario}", framework.name, middleware.name());
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file);
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=instructions::send_while_counted"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(env::current_exe().expect("this program has a path"))
        .args(["--send", framework.name, middleware.name(), scenario])
        .output()
        .expect("valgrind has to be installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let counts = fs::read_to_string(&file).expect("callgrind wrote what it counted");
    fs::remove_file(file).expect("the file is there");
    let total = counts.lines().find_map(|line| line.strip_prefix("totals: "));
    let total: i64 = total.and_then(|total| total.parse().ok()).expect("a total");
    total / COUNTED
}

fn allocations(framework: Framework, middleware: Middleware, scenarios: &[String]) -> Vec<i64> {
    let of = |name: &String| {
        let mut total = 0;
        warm_up_and(framework, middleware, &scenario_named(name), |send| {
            total = measure(|| (0..COUNTED).for_each(|_| send())).count_total.cast_signed();
        });
        total / COUNTED
    };
    scenarios.iter().map(of).collect()
}

type Count = fn(Framework, Middleware, &[String]) -> Vec<i64>;

/// What the middlewares add to the bare frameworks.
struct Measured {
    instructions: Table,
    allocations: Table,
    origins: Vec<Series>,
}

impl Measured {
    fn new() -> Self {
        Self {
            instructions: Table::new(instructions),
            allocations: Table::new(allocations),
            origins: for_each_framework(&by_number_of_origins).into_iter().flatten().collect(),
        }
    }
}

/// The frameworks wait for their own processes, and not for each other's.
fn for_each_framework<T: Send>(measure: &(impl Fn(Framework) -> T + Sync)) -> Vec<T> {
    thread::scope(|scope| {
        let threads = FRAMEWORKS.map(|framework| scope.spawn(move || measure(framework)));
        threads.map(|thread| thread.join().expect("it is measured")).into()
    })
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n### Instructions\n\n{}", self.instructions)?;
        writeln!(f, "### Allocations\n\n{}", self.allocations)?;
        let counts = ORIGINS.map(|count| format!(" {count} |")).concat();
        writeln!(f, "### Instructions by the number of origins\n\n| |{counts}")?;
        writeln!(f, "|---|{}", "---:|".repeat(ORIGINS.len()))?;
        for series in &self.origins {
            let points = series.points.iter().map(|(_, added)| format!(" {added} |"));
            writeln!(f, "| {} |{}", series.name, points.collect::<String>())?;
        }
        writeln!(f)
    }
}

/// A row for each scenario, a column for each framework: floor, ours and peer.
struct Table(Vec<(String, Vec<[Option<i64>; 3]>)>);

impl Table {
    fn new(count: Count) -> Self {
        let names: Vec<_> = scenarios().iter().map(|scenario| scenario.name.to_owned()).collect();
        let compared: Vec<_> = names.iter().filter(|name| *name != ONLY_OURS).cloned().collect();
        let column = |framework| {
            let floor = count(framework, Middleware::Floor, &names);
            let ours = count(framework, Middleware::Ours, &names);
            let peer = count(framework, Middleware::Peer, &compared);
            (count(framework, Middleware::None, &names), [floor, ours, peer])
        };
        let columns = for_each_framework(&column);
        let cells = |row: usize| {
            let columns = columns.iter().filter_map(|(bare, all)| {
                let bare = bare.get(row)?;
                Some(all.each_ref().map(|counts| counts.get(row).map(|count| count - bare)))
            });
            columns.collect()
        };
        let rows = names.iter().enumerate();
        Self(rows.map(|(row, name)| (name.replace('_', " "), cells(row))).collect())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = FRAMEWORKS.map(|framework| format!(" {} |", framework.name)).concat();
        writeln!(f, "| floor / **ours** / peer |{names}")?;
        writeln!(f, "|---|{}", "---|".repeat(FRAMEWORKS.len()))?;
        for (name, cells) in &self.0 {
            write!(f, "| {name} |")?;
            for cell in cells {
                let [floor, ours, peer] =
                    cell.map(|added| added.map_or_else(|| "–".into(), |added| added.to_string()));
                write!(f, " {floor} / **{ours}** / {peer} |")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn by_number_of_origins(framework: Framework) -> [Series; 2] {
    let counts = ORIGINS.map(|count| count.to_string());
    let bare = instructions(framework, Middleware::None, &counts);
    [Middleware::Ours, Middleware::Peer].map(|middleware| {
        let is_ours = middleware == Middleware::Ours;
        let package = if is_ours { "this project" } else { framework.peer };
        let all = instructions(framework, middleware, &counts);
        let added = all.iter().zip(&bare).map(|(all, bare)| all - bare);
        Series {
            name: format!("{}: {package}", framework.name),
            is_ours,
            points: ORIGINS.into_iter().zip(added).collect(),
        }
    })
}

/// Renews what stands between the page's marks, and the plot beside it.
fn write_page(measured: &Measured) {
    const START: &str = "<!-- measured -->\n";
    const END: &str = "<!-- end of measured -->";
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../cors-core/docs");
    let page = docs.join("performance.md");
    let text = fs::read_to_string(&page).expect("the page is there");
    let (before, rest) = text.split_once(START).expect("the page marks what is measured");
    let (_, after) = rest.split_once(END).expect("the page marks what is measured");
    fs::write(&page, format!("{before}{START}{measured}{END}{after}")).expect("it is written");
    let plot = Plot(&measured.origins).to_string();
    fs::write(docs.join("origins.svg"), plot).expect("it is written");
}
