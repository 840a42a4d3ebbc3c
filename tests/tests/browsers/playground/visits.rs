//! What is done at the page, and what it has to show.

use std::fmt::Debug;
use std::thread;
use std::time::Duration;

use fantoccini::key::Key;

use crate::playground::page::Page;

/// A policy is written and put in force, a request is refused, and the line that the page proposes
/// lets it through.
pub(crate) fn edit_apply_and_amend(page: &Page) -> Result<(), String> {
    page.press(Key::Tab)?;
    check(page, "document.activeElement.matches('a.skip')")?;
    page.press(Key::Return)?;
    check(page, "document.activeElement === byId('source')")?;

    let origin = page.origin();
    let policy =
        format!("# By hand\nallow_origins = [\"{origin}\"]\nallow_headers = [\"content-type\"]\n");
    page.overwrite(&policy)?;
    page.wait("byId('policy-status').textContent === 'Changed, not yet in force'")?;
    page.press_with_control(Key::Return)?;
    page.wait("byId('policy-status').textContent === 'In force on all four servers'")?;
    check_eq(page.policy_in_force()?, &policy)?;
    page.settle()?;
    // What is missing is presented as a requirement, not as a fact.
    let because = page.evaluate(
        "[...document.querySelectorAll('#scenario-table tr')]
            .find((row) => row.innerText.includes('GET with credentials')).cells[1].innerText",
    )?;
    let because = because.as_str().unwrap_or_default();
    if !because.contains("not met: access-control-allow-credentials") {
        return Err(format!("no requirement: {because}"));
    }

    page.tab_to("#method")?;
    page.overwrite("PATCH")?;
    page.tab_to("#form .primary")?;
    page.press(Key::Return)?;
    page.wait(
        "byId('banner').textContent.includes('PATCH') && byId('verdict').ariaBusy === 'false'",
    )?;
    check(page, "byId('banner').dataset.verdict === 'blocked'")?;
    check(page, "byId('banner').querySelector('strong').textContent === 'blocked'")?;
    check(page, "[...document.querySelectorAll('#servers tbody .blocked')].length === 4")?;
    check(
        page,
        "[...document.querySelectorAll('#servers tbody tr')].every((row) => row.dataset.agrees === 'true')",
    )?;
    check(
        page,
        "byId('suggested-changes').querySelector('pre').textContent === 'allow_methods = [\"PATCH\"]'",
    )?;

    page.tab_to("#suggested-changes button")?;
    page.press(Key::Return)?;
    page.wait("byId('banner').dataset.verdict === 'allowed'")?;
    check(page, "document.activeElement === byId('banner')")?;
    check(page, "byId('suggested-changes').hidden && byId('stale').hidden")?;
    let amended = format!("{policy}allow_methods = [\"PATCH\"]\n");
    check_eq(page.draft()?, &amended)?;
    check_eq(page.policy_in_force()?, &amended)?;
    page.settle()?;
    check(page, "byId('problem').hidden")?;

    // What went as intended is folded, and a person can unfold it.
    let differing = "document.querySelectorAll('.matrix [data-agrees=false]').length";
    let open = "document.querySelectorAll('.matrix details[open]').length";
    check_eq(page.evaluate(differing)?, 0)?;
    check_eq(page.evaluate(open)?, 0)?;
    page.tab_to("#scenarios summary")?;
    page.press(Key::Return)?;
    check_eq(page.evaluate(open)?, 1)
}

/// With credentials the browser stops at `*`, although the policy would refuse the method too.
/// Nothing on the page says that this origin is allowed, or that the method is what is wrong.
pub(crate) fn reasons_belong_to_the_step_that_fails(page: &Page) -> Result<(), String> {
    page.tab_to("#source")?;
    page.overwrite("allow_origins = [\"*\"]\nallow_headers = [\"content-type\"]\n")?;
    page.press_with_control(Key::Return)?;
    page.wait("byId('policy-status').textContent === 'In force on all four servers'")?;
    page.settle()?;
    check(
        page,
        "byId('origins').querySelector(':checked ~ small').textContent === 'origin is in the policy'",
    )?;
    check(page, "!byId('origins').textContent.includes('allowed')")?;

    page.tab_to("#method")?;
    page.overwrite("PUT")?;
    page.tab_to("#credentials")?;
    page.write(" ")?;
    page.wait(
        "byId('banner').textContent.includes('PUT') && byId('banner').textContent.includes('with cookies')
            && byId('verdict').ariaBusy === 'false'",
    )?;
    check(page, "byId('banner').dataset.verdict === 'blocked'")?;
    check(
        page,
        "byId('banner').textContent.includes('Not met: access-control-allow-origin must be')",
    )?;
    check(page, "!byId('verdict').textContent.includes('does not allow this method')")?;
    let button = "byId('suggested-changes').querySelector('button').textContent";
    check(page, "byId('suggested-changes').querySelectorAll('pre').length === 1")?;
    check(page, "byId('suggested-changes').querySelector('pre').textContent.includes('\\n')")?;
    check_eq(page.evaluate(button)?, "Write these lines into the policy")?;

    page.write(" ")?;
    page.wait(
        "!byId('banner').textContent.includes('with cookies') && byId('verdict').ariaBusy === 'false'",
    )?;
    check(
        page,
        "byId('banner').textContent.includes('The policy says the rule does not allow this method.')",
    )?;
    check_eq(page.evaluate(button)?, "Write this line into the policy")
}

/// While the text has errors, nothing on the page says that it is in force, and what a person
/// needs to get out of this is in view.
pub(crate) fn errors_are_about_the_text(page: &Page) -> Result<(), String> {
    let before = page.policy_in_force()?;
    let verdict = page.text("banner")?;
    page.tab_to("#source")?;
    let wrong: String = (10..70).map(|n| format!("k{n}=1\n")).collect();
    page.overwrite(&wrong)?;
    // Each key, and that no origins are allowed.
    page.wait("byId('policy-status').textContent === 'Not in force · 61 errors'")?;
    check(page, "byId('source').getAttribute('aria-invalid') === 'true'")?;
    check(page, "byId('notes').children.length === 51")?;
    check(page, "byId('notes').lastChild.textContent === 'and 11 more'")?;
    check(page, "!byId('apply').classList.contains('primary')")?;
    let stale = "This is the verdict of the policy in force. The text in the editor has 61 errors and is not in force.";
    check_eq(page.text("stale")?, stale)?;
    check_eq(page.text("banner")?, verdict)?;

    for (width, height) in [(1280, 900), (1280, 600), (390, 844)] {
        page.resize(width, height)?;
        page.evaluate("scrollTo(0, 0)")?;
        for id in ["apply", "revert", "policy-status"] {
            let in_view = format!(
                "[byId('{id}').getBoundingClientRect()].every(({{ top, bottom, left, right }}) =>
                    top >= 0 && bottom <= innerHeight && left >= 0 && right <= innerWidth && top < bottom)"
            );
            page.wait(&in_view).map_err(|error| format!("{width} x {height}: {error}"))?;
        }
        let fits = "document.documentElement.scrollWidth <= innerWidth";
        page.wait(fits).map_err(|error| format!("{width} x {height}: {error}"))?;
    }

    page.press_with_control(Key::Return)?;
    page.wait("document.activeElement === byId('source')")?;
    check_eq(page.policy_in_force()?, &before)?;
    check_eq(page.draft()?, wrong)?;
    page.tab_to("#revert")?;
    page.press(Key::Return)?;
    page.wait("byId('policy-status').textContent === 'In force on all four servers'")?;
    check_eq(page.draft()?, before)?;
    check(page, "byId('stale').hidden && byId('notes').children.length === 0")
}

/// What is typed while a policy is put in force stays in the editor, and is not in force.
pub(crate) fn typing_goes_on_while_applying(page: &Page) -> Result<(), String> {
    page.tab_to("#source")?;
    let policy = format!("allow_origins = [\"{}\"]\n", page.origin());
    page.overwrite(&policy)?;
    page.hold_answer("/policy")?;
    page.press_with_control(Key::Return)?;
    page.wait_for_held_answer()?;
    page.write("allow_methods = [\"PUT\"]\n")?;
    page.release_answer()?;
    page.wait("byId('policy-status').textContent === 'Changed, not yet in force'")?;
    page.settle()?;
    let typed = format!("{policy}allow_methods = [\"PUT\"]\n");
    check_eq(page.draft()?, &typed)?;
    check_eq(page.policy_in_force()?, &policy)?;
    check(page, "!byId('stale').hidden && byId('apply').classList.contains('primary')")?;
    check(page, "byId('suggested-changes').inert")?;

    // Two at once: the last one is in force in the end, whatever is answered first.
    page.hold_answer("/policy")?;
    page.press_with_control(Key::Return)?;
    page.wait_for_held_answer()?;
    page.write("max_age = 5\n")?;
    page.press_with_control(Key::Return)?;
    page.release_answer()?;
    page.wait("byId('policy-status').textContent === 'In force on all four servers'")?;
    check_eq(page.policy_in_force()?, format!("{typed}max_age = 5\n"))
}

/// All requests are sent again, from another origin, before those of the first have answers.
pub(crate) fn the_last_run_is_shown(page: &Page) -> Result<(), String> {
    page.tab_to("#source")?;
    page.overwrite(&format!("allow_origins = [\"{}\"]\n", page.other_origin()))?;
    page.press_with_control(Key::Return)?;
    page.wait("byId('policy-status').textContent === 'In force on all four servers'")?;
    page.settle()?;
    let first = page.text("scenario-table")?;

    page.tab_to("#run")?;
    page.hold_answer("/explain")?;
    page.press(Key::Return)?;
    page.wait_for_held_answer()?;
    page.evaluate("byId('origins').querySelector(':checked').focus()")?;
    page.press(Key::Down)?;
    let other = format!("byId('scenarios-origin').textContent === '{}'", page.other_origin());
    page.wait(&other)?;
    page.settle()?;
    let second = page.text("scenario-table")?;
    if second == first {
        return Err(format!("nothing else is shown for the other origin: {second}"));
    }
    page.release_answer()?;
    page.settle()?;
    thread::sleep(Duration::from_millis(500));
    check_eq(page.text("scenario-table")?, second)?;
    page.wait(&other)
}

/// A request of a story is sent under the policy of its step, which no button changes.
pub(crate) fn a_story_is_looked_at(page: &Page) -> Result<(), String> {
    page.tab_to("#express .link")?;
    page.press(Key::Return)?;
    page.wait("byId('banner').textContent.includes('/stories/express/1-no-policy/items')")?;
    page.wait("byId('verdict').ariaBusy === 'false'")?;
    check(page, "document.activeElement === byId('method')")?;
    check(page, "byId('banner').dataset.verdict === 'blocked'")?;
    check(page, "byId('banner').textContent.includes('There is no CORS layer')")?;

    page.tab_to("#express table[aria-label$='The preflight is answered'] .link")?;
    page.press(Key::Return)?;
    page.wait(
        "byId('banner').textContent.includes('/stories/express/2-preflight-answered/items')",
    )?;
    page.wait("byId('verdict').ariaBusy === 'false'")?;
    check(
        page,
        "!byId('suggested-changes').hidden && !byId('suggested-changes').querySelector('button')",
    )
}

/// That an expression is true in the page.
fn check(page: &Page, condition: &str) -> Result<(), String> {
    match page.evaluate(condition)? == true {
        true => Ok(()),
        false => Err(format!("this is not so: {condition}")),
    }
}

fn check_eq<T: Debug + PartialEq>(found: T, expected: impl Into<T>) -> Result<(), String> {
    let expected = expected.into();
    match found == expected {
        true => Ok(()),
        false => Err(format!("{found:?} instead of {expected:?}")),
    }
}
