//! Pages of documentation whose code is compiled.

/// A page, and the files whose code it shows.
pub(crate) struct Guide {
    pub(crate) page: &'static str,
    pub(crate) sources: &'static [&'static str],
}

impl Guide {
    /// Requires that each block of Rust is part of a file, and that each file is shown.
    pub(crate) fn check_code(&self) {
        let blocks: Vec<_> = blocks(self.page).collect();
        assert!(!blocks.is_empty(), "the guide has code");
        for block in &blocks {
            let is_compiled = self.sources.iter().any(|source| source.contains(block));
            assert!(is_compiled, "the guide shows code that is not in the files:\n{block}");
        }
        for source in self.sources {
            let is_shown = blocks.iter().any(|block| source.starts_with(block));
            assert!(is_shown, "the guide does not show the file:\n{source}");
        }
    }
}

fn blocks(page: &str) -> impl Iterator<Item = &str> {
    let blocks = page.split("```rust\n").skip(1);
    blocks.map(|rest| rest.split_once("```").map_or(rest, |(block, _)| block))
}
