//! Counts the instructions of one request under callgrind, in every framework, under every
//! middleware, in every scenario, less those of the bare framework; and their allocations. Counts
//! them with LTO and, in a build that this program makes, without. Needs valgrind, and some
//! minutes:
//!
//! ```sh
//! cargo bench -p tests --bench instructions                # prints the tables
//! cargo bench -p tests --bench instructions -- axum        # prints those of one framework
//! cargo bench -p tests --bench instructions -- --write     # renews cors-core/docs/performance.md
//! cargo bench -p tests --bench instructions -- --compare PAGE   # what grew since that page
//! ```

#![expect(clippy::expect_used, reason = "a benchmark that cannot measure has to end")]

mod compare;
mod count;
#[path = "../page/mod.rs"]
mod page;
mod plot;
#[path = "../stacks/mod.rs"]
mod stacks;
mod tables;

use std::{env, fs};

use count::{COUNTED, warm_up_and};
use page::docs;
use plot::Plot;
use stacks::{FRAMEWORKS, Framework, Middleware};
use tables::Measured;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        // What this program runs under callgrind.
        ["--send", framework, middleware, scenario] => {
            let middleware = Middleware::ALL.into_iter().find(|known| known.name() == *middleware);
            let middleware = middleware.expect("a middleware");
            let framework = framework_named(framework);
            warm_up_and(framework, middleware, scenario, send_while_counted);
        }
        ["--write", "--bench"] => write_page(&Measured::new(&FRAMEWORKS)),
        ["--compare", before, "--bench"] => {
            print_grown(&fs::read_to_string(before).expect("a page"));
        }
        ["--bench"] => println!("{}", Measured::new(&FRAMEWORKS)),
        [names @ .., "--bench"] => {
            let frameworks: Vec<_> = names.iter().map(|name| framework_named(name)).collect();
            println!("{}", Measured::new(&frameworks));
        }
        // As a test of cargo's.
        _ => {}
    }
}

/// callgrind counts only what happens in here, which it knows by its path.
#[inline(never)]
fn send_while_counted(send: &mut dyn FnMut()) {
    for _ in 0..COUNTED {
        send();
    }
}

fn framework_named(name: &str) -> Framework {
    FRAMEWORKS.into_iter().find(|known| known.name == name).expect("a framework")
}

/// Prints which cells of the page are larger than in an earlier page.
fn print_grown(before: &str) {
    let page = fs::read_to_string(docs().join("performance.md")).expect("the page is there");
    let grown = compare::grown(before, &page);
    println!("{} of {} cells grew", grown.len(), compare::shared(before, &page));
    for line in grown {
        println!("{line}");
    }
}

/// Renews the tables of the page, and the plot beside it.
fn write_page(measured: &Measured) {
    page::renew("measured", measured);
    let origins: Vec<_> = measured.origins().collect();
    let plot = Plot(&origins).to_string();
    fs::write(docs().join("origins.svg"), plot).expect("it is written");
}
