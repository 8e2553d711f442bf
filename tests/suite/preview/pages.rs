//! The page in a real browser: what a clerk does and sees.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::browser::Browser;
use super::server::{Desk, PATIENCE, Server};

const CELL: &str = "proactive_disclosure.licensing";

/// A report on show in a browser; nothing without a browser.
fn opened() -> Option<(Desk, Server, Browser)> {
    let browser = Browser::open(1366, 768)?;
    let desk = Desk::new();
    let server = Server::start(&desk.file(), &[]);
    browser.go(&server.url("/"));
    browser.wait(
        "the first page",
        "document.querySelector('.page[data-version] img')?.naturalWidth > 0",
    );
    Some((desk, server, browser))
}

/// Brings the cell into view and waits until its page is drawn.
fn look_at(browser: &Browser, id: &str) {
    browser.run(&format!(
        "document.querySelector('[data-spot=\"{id}\"]').scrollIntoView({{block: 'center'}})"
    ));
    browser.wait(
        "its page",
        &format!("document.querySelector('[data-spot=\"{id}\"]').closest('.page').dataset.version"),
    );
}

/// Waits until the picture on show has this figure in the cell: the drawing is fetched and the glyphs are counted.
fn wait_for_figure(server: &Server, browser: &Browser, id: &str, figure: &str) {
    let start = Instant::now();
    let script = format!(
        "return document.querySelector('[data-spot=\"{id}\"]').closest('.page').querySelector('img').getAttribute('src')"
    );
    let mut seen = Vec::new();
    while start.elapsed() < PATIENCE {
        let address = browser.run(&script);
        let drawing = server
            .get(&format!("{}{}", server.report(), address.as_str().expect("an address")))
            .body;
        seen = glyphs(&drawing, id);
        if shape(&seen) == shape(&figure.chars().map(String::from).collect::<Vec<_>>()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no {figure} in {id}: {seen:?}");
}

/// The glyphs drawn in a labelled group.
fn glyphs(drawing: &str, id: &str) -> Vec<String> {
    let Some((_, group)) = drawing.split_once(&format!("data-typst-label=\"{id}\"")) else {
        return Vec::new();
    };
    let mut depth = 1;
    let mut end = group.len();
    for (at, _) in group.match_indices('<') {
        if group[at..].starts_with("<g") {
            depth += 1;
        } else if group[at..].starts_with("</g>") {
            depth -= 1;
        }
        if depth == 0 {
            end = at;
            break;
        }
    }
    let uses = group[..end].split("href=\"#").skip(1);
    uses.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
}

/// Which places of a sequence hold the same, whatever it is: `7778` and `aaab` have the same shape.
fn shape(sequence: &[String]) -> Vec<usize> {
    sequence
        .iter()
        .map(|each| sequence.iter().position(|other| other == each).unwrap_or_default())
        .collect()
}

fn assert_quiet(server: &Server, browser: &Browser) {
    assert_eq!(browser.complaints(), Vec::<String>::new(), "the console is quiet");
    let own = server.url("/");
    // The browser begins with a page of its own.
    let within = |url: &str| url.starts_with("data:") || url.starts_with("chrome://");
    let mut requests = browser.requests();
    assert!(requests.iter().any(|url| url.starts_with(&own)), "requests are seen at all");
    requests.retain(|url| !url.starts_with(&own) && !within(url));
    assert_eq!(requests, Vec::<String>::new(), "nothing leaves the origin");
}

#[test]
fn opens_and_loads_what_is_visible() {
    let Some((_desk, server, browser)) = opened() else { return };
    assert_eq!(browser.run("return document.querySelector('#health').textContent"), "通过");
    let total =
        browser.run("return document.querySelectorAll('.page').length").as_u64().expect("a number");
    let drawn = browser
        .run("return document.querySelectorAll('.page[data-version]').length")
        .as_u64()
        .expect("a number");
    assert!(drawn < total, "{drawn} of {total} pages are drawn before anybody scrolls");
    assert_eq!(browser.run("return document.querySelectorAll('#page-list button').length"), total);
    browser.click("#page-list button:last-child");
    browser.wait("the last page", "document.querySelector('.page:last-child').dataset.version");
    assert_quiet(&server, &browser);
}

/// Whether two measures are the same to a pixel: a place between two pixels is rounded to either.
fn is_same_place(one: &serde_json::Value, other: &serde_json::Value) -> bool {
    let (Some(one), Some(other)) = (one.as_array(), other.as_array()) else { return false };
    one.len() == other.len()
        && one.iter().zip(other).all(|(a, b)| match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() <= 1.0,
            _ => a == b,
        })
}

#[test]
fn an_edit_shows_and_keeps_place_and_zoom() {
    let Some((desk, server, browser)) = opened() else { return };
    browser.click("#zoom-in");
    look_at(&browser, CELL);
    let measure = format!(
        "const cell = document.querySelector('[data-spot=\"{CELL}\"]'); \
         const page = cell.closest('.page').getBoundingClientRect(); \
         return [Math.round(cell.getBoundingClientRect().top), Math.round(page.left), \
             Math.round(page.width), document.querySelector('#zoom').textContent]"
    );
    let measure = measure.as_str();
    wait_for_figure(&server, &browser, CELL, "63");
    let (before, picture) = (browser.run(measure), browser.picture());
    desk.save(&desk.with_licensing("7778"));
    wait_for_figure(&server, &browser, CELL, "7778");
    assert!(is_same_place(&before, &browser.run(measure)), "place and zoom are kept");
    assert_ne!(picture, browser.picture(), "the window shows something else");
    desk.save(&desk.with_error());
    browser.wait("a draft", "document.querySelector('.banner.draft')");
    assert!(
        is_same_place(&before, &browser.run(measure)),
        "a notice above moves nothing: {before}, {}",
        browser.run(measure)
    );
    // Loading the page anew comes back to the same place.
    browser.run("location.reload()");
    browser.wait(
        "the page again",
        "document.querySelector('.page[data-version]') && document.querySelector('.banner.draft')",
    );
    browser.wait("the same place", &format!("Math.abs(document.querySelector('[data-spot=\"{CELL}\"]').getBoundingClientRect().top - {}) < 60", before[0]));
    assert_eq!(browser.run("return document.querySelector('#zoom').textContent"), before[3]);
    assert_quiet(&server, &browser);
}

#[test]
fn a_break_shows_old_pages_and_the_reasons() {
    let Some((desk, server, browser)) = opened() else { return };
    desk.save(&desk.broken());
    browser.wait("the notice", "document.querySelector('.banner.stale button')");
    let notice = browser.run("return document.querySelector('#banners').innerText");
    let notice = notice.as_str().expect("a text");
    assert!(
        notice.contains("旧页面") && notice.contains("第 ") && notice.contains("行"),
        "{notice}"
    );
    assert_eq!(
        browser.run("return document.querySelector('#pages').classList.contains('old')"),
        true
    );
    assert!(
        browser.run("return document.querySelector('.page img').naturalWidth").as_u64() > Some(0),
        "the page stays"
    );
    browser.click(".banner.stale button");
    browser
        .wait("the line", "document.querySelector('.row.at')?.textContent.includes('penalties')");
    desk.save(&desk.text);
    browser.wait(
        "it is gone",
        "!document.querySelector('.banner') && !document.querySelector('#pages.old')",
    );
    std::fs::remove_file(desk.file()).expect("removed");
    browser.wait(
        "the notice",
        "document.querySelector('.banner.stale')?.innerText.includes('不见了')",
    );
    desk.replace(&desk.text);
    browser.wait("it is gone", "!document.querySelector('.banner')");
    assert_quiet(&server, &browser);
}

#[test]
fn a_finding_shows_its_cell_and_line() {
    let Some((desk, server, browser)) = opened() else { return };
    desk.save(&desk.with_error());
    browser.wait("the finding", "document.querySelector('.finding[data-level=error] button')");
    browser.click(".finding[data-level=error] button");
    browser.wait("the mark", "document.querySelector('.spot.marked')");
    let seen = "(() => { const cell = document.querySelector('.spot.marked').getBoundingClientRect(); \
        const frame = document.querySelector('#pages').getBoundingClientRect(); \
        return cell.top >= frame.top && cell.bottom <= frame.bottom; })()";
    browser.wait("it in view", seen);
    browser.wait("the line", "document.querySelector('.row.at mark')");
    let line = browser.run("return document.querySelector('.row.at').dataset.line");
    let told = browser.run("return document.querySelector('.finding.open .line').textContent");
    assert_eq!(told, format!("第 {} 行", line.as_str().expect("a line")));
    let link = browser.run("return document.querySelector('#open-editor').href");
    let link = link.as_str().expect("a link");
    assert!(
        link.starts_with("vscode://file/")
            && link.contains(&format!(":{}:", line.as_str().expect("a line"))),
        "{link}"
    );
    assert!(link.contains("%20") && !link.contains(' '), "the path is encoded: {link}");
    // An operand leads to its own cell.
    browser.click(".finding.open .terms button");
    browser.wait("one mark", "document.querySelectorAll('.spot.marked').length === 1");
    // What was chosen stays chosen when lines move.
    desk.save(&format!("# 一行\n{}", desk.with_error()));
    browser.wait(
        "the line has moved",
        &format!(
            "document.querySelector('.row.at')?.dataset.line !== '{}'",
            line.as_str().expect("a line")
        ),
    );
    assert_quiet(&server, &browser);
}

#[test]
fn a_figure_shows_its_line() {
    let Some((desk, server, browser)) = opened() else { return };
    look_at(&browser, CELL);
    browser.click(&format!("[data-spot=\"{CELL}\"]"));
    browser.wait("the line", "document.querySelector('.row.at mark')?.textContent === '63'");
    let line = desk.text.lines().position(|line| line.starts_with("licensing")).expect("there") + 1;
    assert_eq!(
        browser.run("return document.querySelector('.row.at').dataset.line"),
        line.to_string()
    );
    look_at(&browser, "overview.requests#0");
    browser.click("[data-spot=\"overview.requests#0\"]");
    browser.wait(
        "the paragraph",
        "document.querySelector('.row.at')?.textContent.startsWith('2023年，我局未收到')",
    );
    // And back: a line shows what is printed of it.
    browser.run("[...document.querySelectorAll('.row')].find((row) => row.textContent.startsWith('licensing')).click()");
    browser.wait(
        "the cell",
        &format!("document.querySelector('.spot.marked')?.dataset.spot === '{CELL}'"),
    );
    assert_quiet(&server, &browser);
}

#[test]
fn the_official_pdf_is_refused_then_made() {
    let Some((desk, server, browser)) = opened() else { return };
    desk.save(&desk.with_error());
    browser.wait("a draft", "document.querySelector('.banner.draft')");
    browser.click("#make-official");
    browser.wait(
        "the reasons",
        "document.querySelector('#result[open] .reasons li')?.textContent.includes('行：')",
    );
    let (official, draft) =
        (desk.file().with_extension("pdf"), desk.folder.path().join("报告 2023-草稿.pdf"));
    assert!(!official.exists());
    browser.click("#result button");
    browser.click("#make-draft");
    browser.wait(
        "the draft",
        "document.querySelector('#result[open] .path')?.textContent.endsWith('-草稿.pdf')",
    );
    assert!(std::fs::read(draft).expect("written").starts_with(b"%PDF-"));
    browser.click("#result button");
    desk.save(&desk.text);
    browser.wait("repaired", "!document.querySelector('.banner')");
    browser.click("#make-official");
    browser.wait(
        "the PDF",
        "document.querySelector('#result[open] .path')?.textContent.endsWith('.pdf')",
    );
    assert!(std::fs::read(official).expect("written").starts_with(b"%PDF-"));
    assert_quiet(&server, &browser);
}

#[test]
fn a_hundred_quick_edits_end_with_the_last() {
    let Some((desk, server, browser)) = opened() else { return };
    look_at(&browser, CELL);
    for figure in 1..=100 {
        desk.save(&desk.with_licensing(&figure.to_string()));
        std::thread::sleep(Duration::from_millis(10));
    }
    desk.save(&desk.with_licensing("99998"));
    wait_for_figure(&server, &browser, CELL, "99998");
    assert_eq!(
        browser.run("return document.querySelectorAll('.page img').length"),
        browser.run("return document.querySelectorAll('.page').length")
    );
    assert_quiet(&server, &browser);
}

#[test]
fn two_browsers_see_the_same() {
    let Some((desk, server, first)) = opened() else { return };
    let second = Browser::open(1024, 700).expect("there is one already");
    second.go(&server.url("/"));
    second.wait("the first page", "document.querySelector('.page[data-version]')");
    for browser in [&first, &second] {
        look_at(browser, CELL);
    }
    desk.save(&desk.with_licensing("7778"));
    for browser in [&first, &second] {
        wait_for_figure(&server, browser, CELL, "7778");
        assert_quiet(&server, browser);
    }
}

#[test]
fn it_goes_on_when_the_server_was_started_anew() {
    let Some((desk, server, browser)) = opened() else { return };
    look_at(&browser, CELL);
    let port = server.port.to_string();
    drop(server);
    browser.wait("the notice", "document.querySelector('.banner.lost')");
    assert!(
        browser
            .run("return document.querySelector('.page[data-version] img').naturalWidth")
            .as_u64()
            > Some(0),
        "the page stays"
    );
    desk.save(&desk.with_licensing("7778"));
    let server = Server::start(&desk.file(), &["--port", &port]);
    browser.wait("no notice", "!document.querySelector('.banner.lost')");
    wait_for_figure(&server, &browser, CELL, "7778");
    // The new token is known: buttons work.
    browser.click("#make-official");
    browser.wait("the PDF", "document.querySelector('#result[open] .path')");
}

#[test]
fn the_keyboard_is_enough() {
    let Some((desk, server, browser)) = opened() else { return };
    desk.save(&desk.with_error());
    browser.wait("the finding", "document.querySelector('.finding[data-level=error] button')");
    browser.press("j");
    browser.wait(
        "an open finding",
        "document.querySelector('.finding.open') && document.querySelector('.row.at')",
    );
    browser.press("2");
    browser.wait("two pages", "document.querySelector('#pages.two')");
    browser.press("2+");
    browser.wait("one page, larger", "!document.querySelector('#pages.two') && document.querySelector('#fit').ariaPressed === 'false'");
    browser.press("0");
    browser.wait("full width", "document.querySelector('#fit').ariaPressed === 'true'");
    browser.run("document.querySelector('.page').focus()");
    browser.press("\u{E014}\u{E014}");
    browser.wait("focus on the page", "document.activeElement.className.includes('spot')");
    browser.press("\u{E007}");
    browser.wait("the mark", "document.querySelector('.spot.marked') === document.activeElement");
    browser.press("?");
    browser.wait("the help", "document.querySelector('#settings').open");
    assert_quiet(&server, &browser);
}

#[test]
fn narrow_screens_have_tabs() {
    let Some((desk, server, browser)) = opened() else { return };
    browser.resize(390, 800, true);
    desk.save(&desk.with_error());
    browser.wait("a draft", "document.querySelector('.banner.draft')");
    let wide = "document.documentElement.scrollWidth <= innerWidth";
    browser.wait("no sideways scrolling", wide);
    browser.click(".tabs [data-tab=findings]");
    browser.wait("the findings", "document.querySelector('.finding button').offsetWidth > 0 && document.querySelector('#pages').offsetWidth === 0");
    browser.click(".finding button");
    browser.wait("the cell", "document.querySelector('#pages').offsetWidth > 0 && document.querySelector('.spot.marked')");
    browser.wait("no sideways scrolling", wide);
    assert_quiet(&server, &browser);
}

#[test]
fn everything_has_a_name() {
    let Some((desk, server, browser)) = opened() else { return };
    desk.save(&desk.with_error());
    browser.wait("a draft", "document.querySelector('.banner.draft')");
    let nameless = browser.run(
        "return [...document.querySelectorAll('button, a, input, select, img')] \
         .filter((each) => each.isConnected && !each.textContent.trim() && !each.getAttribute('aria-label') && !each.alt && !each.labels?.length && each.getAttribute('alt') === null) \
         .map((each) => each.outerHTML)",
    );
    assert_eq!(nameless, Value::Array(Vec::new()));
    assert_eq!(browser.run("return document.documentElement.lang"), "zh-CN");
    assert_eq!(browser.run("return document.querySelectorAll('h1').length"), 1);
    assert!(
        browser.run("return document.querySelectorAll('[aria-live]').length").as_u64() >= Some(2)
    );
    assert_quiet(&server, &browser);
}

#[test]
fn a_folder_is_listed_and_opened() {
    let Some(browser) = Browser::open(1366, 768) else { return };
    let desk = Desk::new();
    std::fs::write(
        desk.folder.path().join("错.toml"),
        desk.with_error().replace("相山区人", "别的机关人"),
    )
    .expect("written");
    let server = Server::start(desk.folder.path(), &[]);
    browser.go(&server.url("/"));
    browser.wait("both", "document.querySelectorAll('#reports tr').length === 2 && document.querySelector('[data-health=passed]')");
    browser.wait("the states", "document.querySelector('#reports').innerText.includes('通过') && document.querySelector('#reports').innerText.includes('有错')");
    browser.click("tr[data-health=errors] a");
    browser.wait(
        "its pages",
        "document.querySelector('.page[data-version]') && document.querySelector('.banner.draft')",
    );
    browser.click("#back");
    browser.wait("the list", "document.querySelectorAll('#reports tr').length === 2");
    assert_quiet(&server, &browser);
}
