//! The playground of the example fleet, used in each browser with nothing but its keyboard:
//! `cargo test -p tests --test browsers ::playground::`.

mod page;
mod visits;

use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::Trial;
use tokio::runtime::Handle;

use crate::engine;
use crate::playground::page::Page;
use crate::session::Browser;
use crate::suite;

/// A visit to a page that just opened.
type Visit = fn(&Page) -> Result<(), String>;

const VISITS: [(&str, Visit); 6] = [
    ("edit_apply_and_amend", visits::edit_apply_and_amend),
    ("reasons_belong_to_the_step_that_fails", visits::reasons_belong_to_the_step_that_fails),
    ("errors_are_about_the_text", visits::errors_are_about_the_text),
    ("typing_goes_on_while_applying", visits::typing_goes_on_while_applying),
    ("the_last_run_is_shown", visits::the_last_run_is_shown),
    ("a_story_is_looked_at", visits::a_story_is_looked_at),
];

/// A trial for every visit with every engine, in a window of its own beside the suite's.
pub(crate) fn trials(runtime: &Handle) -> Vec<Trial> {
    engine::ALL.into_iter().flat_map(|engine| trials_with(engine, runtime)).collect()
}

fn trials_with(engine: engine::Engine, runtime: &Handle) -> Vec<Trial> {
    let missing = engine.find().err();
    let browser = Browser::new(engine, runtime.clone(), "about:blank".into());
    // Only one visit at a time has the keyboard.
    let browser = Arc::new(Mutex::new(browser));
    let trial = |(name, visit): (&str, Visit)| {
        let name = format!("{}::playground::{name}", engine.name);
        let (browser, runtime) = (browser.clone(), runtime.clone());
        suite::trial(name, missing.clone(), move || {
            let browser = browser.lock().unwrap_or_else(PoisonError::into_inner);
            let page = Page::open(browser.client()?, runtime)?;
            visit(&page).map_err(|problem| format!("{problem}\n{}", page.describe()).into())
        })
    };
    VISITS.into_iter().map(trial).collect()
}
