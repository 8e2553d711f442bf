//! Web pages and fragments: what the editors of websites leave of them, and what a screen reader needs.

use nianbao::export::Kind;
use scraper::{ElementRef, Html, Selector};

use super::{HOSTILE, Sample, hostile};

fn select<'a>(page: &'a Html, what: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(what).expect("a selector")).collect()
}

fn parse(text: &str, kind: Kind) -> Html {
    let page =
        if kind == Kind::Html { Html::parse_document(text) } else { Html::parse_fragment(text) };
    assert_eq!(page.errors, Vec::<String>::new());
    page
}

#[test]
fn a_fragment_has_nothing_that_an_editor_throws_away() {
    for sample in Sample::all() {
        let text = sample.text(Kind::HtmlFragment);
        let page = parse(&text, Kind::HtmlFragment);
        for none in ["script", "style", "link", "iframe", "form", "[class]", "[id]", "[onclick]"] {
            assert!(select(&page, none).is_empty(), "{}: {none}", sample.name);
        }
        assert!(select(&page, "table table").is_empty(), "one level deep");
        for table in select(&page, "table") {
            assert_eq!(table.attr("border"), Some("1"));
            let width: u32 = table.attr("width").and_then(|w| w.parse().ok()).expect("pixels");
            assert!(width <= 810, "{width}");
        }
        for cell in select(&page, "th, td") {
            let style = cell.attr("style").expect("a style");
            assert!(style.contains("border:1px solid") && style.contains("px;"), "{style}");
            assert!(cell.attr("width").is_some_and(|w| w.parse::<u32>().is_ok()));
        }
        for address in ["http:", "https:", "//", "url("] {
            assert!(!text.contains(address), "{}: {address}", sample.name);
        }
        assert!(select(&page, "th").iter().all(|head| head.attr("scope").is_some()));
        assert!(select(&page, "table caption").len() >= 3);
    }
}

#[test]
fn pictures_of_a_fragment_lie_beside_it() {
    for sample in Sample::all() {
        let files = sample.files(Kind::HtmlFragment);
        let text = String::from_utf8(files[0].bytes.clone()).expect("text");
        let page = parse(&text, Kind::HtmlFragment);
        let images = select(&page, "img");
        assert_eq!(images.len(), files.len() - 1, "{}", sample.name);
        for (image, file) in images.iter().zip(&files[1..]) {
            let name = format!("某局%202023{}", file.ending);
            assert_eq!(image.attr("src"), Some(name.as_str()));
            assert!(file.bytes.starts_with(b"\x89PNG"));
            assert!(image.attr("alt").is_some_and(|alt| !alt.is_empty()));
        }
    }
}

#[test]
fn a_page_holds_everything_and_reads_in_order() {
    for sample in Sample::all() {
        let text = sample.text(Kind::Html);
        let page = parse(&text, Kind::Html);
        assert_eq!(select(&page, "html")[0].attr("lang"), Some("zh-CN"));
        assert_eq!((select(&page, "h1").len(), select(&page, "h2").len()), (1, 6));
        assert!(select(&page, "script, link").is_empty());
        for image in select(&page, "img") {
            assert!(image.attr("src").is_some_and(|src| src.starts_with("data:image/")));
        }
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let whole: String = select(&page, "main")[0].text().collect();
        let whole = squeezed(&whole);
        let model = crate::support::generator().document(&sample.checked, false).expect("printed");
        let mut at = 0;
        for expected in nianbao::verify::texts::expected(&model.model) {
            let wanted = squeezed(&expected.text);
            let found = whole[at..].find(&wanted);
            at += found.unwrap_or_else(|| panic!("{}: {wanted}", sample.name));
        }
    }
}

#[test]
fn every_figure_has_its_heads() {
    for sample in Sample::all() {
        let page = parse(&sample.text(Kind::Html), Kind::Html);
        let report = sample.checked.report.as_ref().expect("a report");
        let printed: Vec<String> = select(&page, "td")
            .iter()
            .map(|cell| cell.text().next().unwrap_or_default().to_owned())
            .collect();
        let format = sample.checked.format().expect("a format");
        for index in nianbao::verify::figures::table_figures(format) {
            let figure = &report.figures[index].text;
            assert!(printed.contains(figure), "{}: {figure}", sample.name);
        }
    }
}

#[test]
fn hostile_texts_are_texts() {
    let sample = hostile();
    for kind in [Kind::Html, Kind::HtmlFragment] {
        let page = parse(&sample.text(kind), kind);
        assert!(select(&page, "script").is_empty());
        let whole: String = page.root_element().text().collect();
        assert_eq!(whole.matches(HOSTILE).count(), 2, "the text and the note");
    }
}
