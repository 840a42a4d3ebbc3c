//! Compares the tables of two pages.

use std::collections::{BTreeMap, BTreeSet};

/// What names a cell: its heading, row and column, and its part of a cell with several numbers.
/// The names are a set, so that a table may turn its rows into columns or be split.
type Names = BTreeSet<String>;

/// A line for each cell of which the second page has a larger number than the first.
pub(crate) fn grown(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (cells(before), cells(after));
    let grown = |(names, after): (&Names, &i64)| {
        let before = before.get(names)?;
        let names = || names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        (after > before).then(|| format!("{}: {before}, now {after}", names()))
    };
    after.iter().filter_map(grown).collect()
}

/// How many cells both pages have.
pub(crate) fn shared(before: &str, after: &str) -> usize {
    let before = cells(before);
    cells(after).keys().filter(|names| before.contains_key(*names)).count()
}

fn cells(page: &str) -> BTreeMap<Names, i64> {
    let mut cells = BTreeMap::new();
    let mut headings = Vec::new();
    let mut columns: Option<Vec<Vec<String>>> = None;
    for line in page.lines() {
        if let Some((level, heading)) = heading(line) {
            headings.truncate(level - 1);
            headings.resize(level - 1, String::new());
            headings.push(heading);
        }
        let Some(row) = line.strip_prefix('|') else {
            columns = None;
            continue;
        };
        let mut row = row.trim_end_matches('|').split('|').map(parts);
        let Some(name) = row.next() else { continue };
        let Some(columns) = &columns else {
            columns = Some([name].into_iter().chain(row).collect());
            continue;
        };
        // The first column's title names the parts of the cells in the other columns.
        let Some((titles, columns)) = columns.split_first() else { continue };
        for (column, numbers) in columns.iter().zip(row) {
            for (part, number) in titles.iter().zip(numbers) {
                let Ok(number) = number.parse() else { continue };
                // Of the headings, those that say what is counted and where.
                let headings = headings.iter().skip(2).flat_map(|heading| heading.split(", "));
                let names = headings.chain([part.as_str()]).map(str::to_owned);
                let names = names.chain(name.clone()).chain(column.clone());
                cells.insert(names.filter(|name| !name.is_empty()).collect(), number);
            }
        }
    }
    cells
}

fn heading(line: &str) -> Option<(usize, String)> {
    let heading = line.trim_start_matches('#');
    let level = line.len() - heading.len();
    (level > 0).then(|| (level, heading.trim().to_owned()))
}

fn parts(cell: &str) -> Vec<String> {
    cell.split(" / ").map(|part| part.trim().trim_matches('*').to_owned()).collect()
}
