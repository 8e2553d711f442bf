//! What the server tells while files change, without a browser.

use std::fs;

use serde_json::Value;

use super::server::{Desk, News, Server};
use crate::support::root;

fn spot<'a>(state: &'a Value, id: &str) -> &'a Value {
    let spots = state["spots"].as_array().expect("spots");
    spots.iter().find(|spot| spot["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

fn shows(state: &Value, figure: &str) -> bool {
    let spots = state["spots"].as_array().expect("spots");
    let own = spots.iter().find(|spot| spot["id"] == "proactive_disclosure.licensing");
    own.is_some_and(|spot| {
        spot["label"].as_str().is_some_and(|label| label.ends_with(&format!("：{figure}")))
    })
}

fn versions(state: &Value) -> Vec<String> {
    let pages = state["pages"].as_array().expect("pages");
    pages.iter().map(|page| page["version"].to_string()).collect()
}

fn opened(more: &[&str]) -> (Desk, Server, News) {
    let desk = Desk::new();
    let server = Server::start(&desk.file(), more);
    let mut news = server.listen(&format!("{}events", server.report()));
    let state = news.wait("first pages", |state| state["pages"][0].is_object());
    assert!(shows(&state, "63") && state["stale"].is_null(), "{state:.300}");
    (desk, server, news)
}

#[test]
fn an_edit_changes_its_page_alone() {
    let (desk, server, mut news) = opened(&[]);
    let before = server.get(&format!("{}state", server.report())).json();
    desk.save(&desk.with_licensing("64"));
    let after = news.wait("64", |state| shows(state, "64"));
    let page = spot(&after, "proactive_disclosure.licensing")["page"].as_u64().expect("a page");
    for (index, (old, new)) in versions(&before).iter().zip(versions(&after)).enumerate() {
        assert_eq!(*old != new, index as u64 + 1 == page, "page {}", index + 1);
    }
    desk.save(&desk.text);
    let again = news.wait("63 again", |state| shows(state, "63"));
    assert_eq!(versions(&before), versions(&again), "the same file gives the same pages");
}

#[test]
fn broken_files_keep_the_last_pages() {
    let (desk, server, mut news) = opened(&[]);
    let good = server.get(&format!("{}state", server.report())).json();
    desk.save(&desk.broken());
    let broken = news.wait("a broken state", |state| state["stale"].is_string());
    assert_eq!(versions(&good), versions(&broken), "the last good pages stay");
    assert_eq!(broken["health"], "broken");
    let finding = &broken["findings"][0];
    assert_eq!(finding["level"], "error");
    assert!(finding["message"].as_str().is_some_and(|m| m.chars().any(|c| c > '一')), "{finding}");
    let old = server.get(&format!("{}source?of=pages", server.report())).json();
    assert_eq!(
        old["text"],
        good_text(&desk),
        "what pages show is explained by the text they came from"
    );
    desk.save(&desk.text);
    let repaired = news.wait("a repaired state", |state| state["stale"].is_null());
    assert_eq!(versions(&good), versions(&repaired));
}

fn good_text(desk: &Desk) -> Value {
    Value::String(desk.text.clone())
}

#[test]
fn errors_in_figures_show_a_draft() {
    let (desk, _server, mut news) = opened(&[]);
    desk.save(&desk.with_error());
    let state = news.wait("a draft", |state| state["draft"] == true);
    assert!(state["stale"].is_null(), "the draft is of the file as it is");
    assert_eq!(state["label"], "有错");
    let finding = state["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|f| f["level"] == "error")
        .expect("one");
    let id = finding["spots"][0].as_str().expect("a place on the page");
    assert!(id.starts_with("requests."), "{id}");
    let _ = spot(&state, id);
    assert!(finding["region"]["line"].as_u64().expect("a line") > 1);
}

#[test]
fn files_may_vanish_and_come_back() {
    let (desk, _server, mut news) = opened(&[]);
    fs::remove_file(desk.file()).expect("removed");
    let gone = news.wait("a stale state", |state| state["stale"].is_string());
    assert!(gone["pages"][0].is_object(), "the pages stay");
    assert!(
        gone["stale"].as_str().is_some_and(|text| text.contains("不见了")),
        "{}",
        gone["stale"]
    );
    desk.save(&desk.with_licensing("65"));
    news.wait("65", |state| shows(state, "65") && state["stale"].is_null());
    // Editors that save by renaming never show a gap.
    for figure in 70..80 {
        desk.replace(&desk.with_licensing(&figure.to_string()));
        let state = news.wait("the next figure", |state| shows(state, &figure.to_string()));
        assert!(state["stale"].is_null(), "{}", state["stale"]);
    }
}

#[test]
fn polling_notices_too() {
    let (desk, _server, mut news) = opened(&["--poll"]);
    for figure in ["64", "65", "66"] {
        desk.save(&desk.with_licensing(figure));
        news.wait(figure, |state| shows(state, figure));
    }
    fs::remove_file(desk.file()).expect("removed");
    news.wait("a stale state", |state| state["stale"].is_string());
    desk.replace(&desk.with_licensing("67"));
    news.wait("67", |state| shows(state, "67") && state["stale"].is_null());
}

#[test]
fn last_years_file_is_watched() {
    let (desk, _server, mut news) = opened(&[]);
    let last = desk.changed("year = 2023", "year = 2022").replacen(
        "carried_forward = 0",
        "carried_forward = [3, 0, 0, 0, 0, 0]",
        1,
    );
    fs::write(desk.folder.path().join("2022.toml"), &last).expect("written");
    let state = news.wait("a finding about last year", |state| {
        state["findings"].to_string().contains("\"previous\":true")
    });
    assert_ne!(state["findings"].as_array().map(Vec::len), Some(0));
    fs::write(desk.folder.path().join("2022.toml"), desk.changed("year = 2023", "year = 2022"))
        .expect("written");
    news.wait("no finding about last year", |state| {
        !state["findings"].to_string().contains("\"previous\":true")
    });
}

#[test]
fn pictures_are_watched() {
    let (desk, _server, mut news) = opened(&[]);
    let with = desk.changed("[overview.requests]", "[overview.requests]").replacen(
        "渠道保持畅通。\n",
        "渠道保持畅通。\n![图](图.png)\n",
        1,
    );
    assert_ne!(with, desk.text);
    desk.save(&with);
    let without =
        news.wait("a missing picture", |state| state["errors"].as_u64().is_some_and(|n| n > 0));
    let picture =
        |name: &str| fs::read(root().join("tests/cases/preview").join(name)).expect("a picture");
    fs::write(desk.folder.path().join("图.png"), picture("black.png")).expect("written");
    let first = news.wait("the picture", |state| state["errors"] == 0 && state["draft"] == false);
    assert_ne!(versions(&without), versions(&first));
    fs::write(desk.folder.path().join("图.png"), picture("grey.png")).expect("written");
    news.wait("the other picture", |state| versions(state) != versions(&first));
}

#[test]
fn formats_are_watched() {
    let templates = tempfile::tempdir().expect("a folder");
    copy(&root().join("templates"), templates.path());
    let folder = templates.path().to_str().expect("a plain path").to_owned();
    let (_desk, _server, mut news) = opened(&["--templates", &folder]);
    let schema = templates.path().join("2021/schema.toml");
    let manifest = templates.path().join("2019/format.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(&manifest, "id = ").expect("written");
    let broken = news.wait("a notice", |state| state["notice"].is_string());
    assert!(broken["pages"][0].is_object(), "the pages stay");
    fs::write(&manifest, &text).expect("written");
    let good = news.wait("no notice", |state| state["notice"].is_null());
    let look = templates.path().join("layout/parts/sheet.typ");
    let sheet = fs::read_to_string(&look).expect("a layout");
    fs::write(&look, format!("{sheet}\n#let broken(")).expect("written");
    news.wait("a layout that fails", |state| {
        state["stale"].is_string() || state["notice"].is_string()
    });
    fs::write(&look, sheet).expect("written");
    let again = news.wait("pages", |state| state["stale"].is_null() && state["notice"].is_null());
    assert_eq!(versions(&good), versions(&again));
    assert!(schema.exists());
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).expect("made");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[test]
fn folders_list_their_reports() {
    let desk = Desk::new();
    let folder = desk.folder.path();
    fs::create_dir(folder.join("下级")).expect("made");
    fs::write(folder.join("下级/错.toml"), desk.with_error().replace("相山区人", "别的机关人"))
        .expect("written");
    fs::write(folder.join("坏.toml"), desk.broken().replace("相山区人", "又一机关人"))
        .expect("written");
    fs::write(folder.join("Cargo.toml"), "[package]\nname = \"x\"\n").expect("written");
    let server = Server::start(folder, &[]);
    assert!(server.get("/").body.contains("全部报告"));
    let mut news = server.listen("/events");
    let label = |list: &Value, name: &str| {
        let reports = list["reports"].as_array().expect("reports");
        let own = reports.iter().find(|report| report["name"] == name);
        own.map(|report| report["label"].as_str().expect("a label").to_owned())
    };
    let list = news.wait("all states", |list| {
        list["reports"]
            .as_array()
            .is_some_and(|all| all.len() == 3 && all.iter().all(|r| r["health"] != "unread"))
    });
    assert_eq!(label(&list, "报告 2023.toml").as_deref(), Some("通过"));
    assert_eq!(label(&list, "下级/错.toml").as_deref(), Some("有错"));
    assert_eq!(label(&list, "坏.toml").as_deref(), Some("有错"));
    // Each opens on its own.
    for report in list["reports"].as_array().expect("reports") {
        let path = format!("/reports/{}/", report["id"].as_str().expect("an id"));
        assert_eq!(server.get(&path).status, 200);
        let mut own = server.listen(&format!("{path}events"));
        own.wait("pages or reasons", |state| {
            state["pages"][0].is_object() || state["stale"].is_string()
        });
    }
    // A state follows its file, a new report comes, a deleted one goes.
    let warned = desk.changed(
        "reconsideration                  = [0, 0, 0, 0]",
        "reconsideration                  = [1, 0, 0, 0]",
    );
    desk.save(&warned);
    news.wait("有提醒", |list| label(list, "报告 2023.toml").as_deref() == Some("有提醒"));
    fs::write(folder.join("新.toml"), desk.text.replace("相山区人", "新的机关人"))
        .expect("written");
    news.wait("the new one", |list| label(list, "新.toml").as_deref() == Some("通过"));
    fs::remove_file(folder.join("新.toml")).expect("removed");
    news.wait("it gone", |list| label(list, "新.toml").is_none());
}

#[test]
fn a_named_port_is_used_or_refused() {
    let desk = Desk::new();
    let first = Server::start(&desk.file(), &[]);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(["preview", "--port", &first.port.to_string()])
        .arg(desk.file())
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains(&format!("端口 {} 已被占用", first.port)), "{told}");
}

#[test]
fn the_check_list_is_escaped() {
    let desk = Desk::new();
    desk.save(&desk.with_error().replace("相山区人力", "<script>alert(1)</script>区人力"));
    let server = Server::start(&desk.file(), &[]);
    let report = server.report();
    server
        .listen(&format!("{report}events"))
        .wait("a state", |state| state["revision"].as_u64() > Some(0));
    let list = server.get(&format!("{report}checklist"));
    assert_eq!(list.status, 200);
    assert!(list.body.contains("不可以报送") && list.body.contains("核对人"), "{}", list.body);
    assert!(!list.body.contains("<script"), "everything is escaped");
}

#[test]
fn a_thousand_edits_leave_memory_level() {
    let (desk, server, mut news) = opened(&[]);
    let mut edit = |number: usize| {
        let figure = number.to_string();
        desk.save(&desk.with_licensing(&figure));
        let state = news.wait("the figure", |state| shows(state, &figure));
        // A browser would draw the page that changed.
        let page = &spot(&state, "proactive_disclosure.licensing")["page"];
        assert_eq!(server.get(&format!("{}pages/{page}.svg", server.report())).status, 200);
    };
    (1000..1200).for_each(&mut edit);
    let before = server.memory();
    (1200..2200).for_each(&mut edit);
    let after = server.memory();
    eprintln!("memory: {before} KB after 200 edits, {after} KB after 1200");
    assert!(after < before + 16 * 1024, "{before} KB became {after} KB");
}
