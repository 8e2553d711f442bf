//! Word documents: the package holds together, tables are whole, nothing leads out of the file.

use std::collections::{BTreeMap, BTreeSet};

use nianbao::export::Kind;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{HOSTILE, Sample, hostile, unzipped};

/// An element of an XML file.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    fn parse(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).expect("UTF-8");
        let mut reader = Reader::from_str(text);
        let mut open = vec![Element::default()];
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Start(start) => open.push(Self::of(&start)),
                Event::Empty(start) => {
                    let element = Self::of(&start);
                    open.last_mut().expect("a parent").children.push(element);
                }
                Event::End(_) => {
                    let element = open.pop().expect("an element");
                    open.last_mut().expect("a parent").children.push(element);
                }
                Event::Text(text) => {
                    open.last_mut().expect("a parent").text += text.as_ref();
                }
                Event::GeneralRef(name) => {
                    let text = quick_xml::escape::unescape(&format!("&{};", name.as_ref()))
                        .expect("a known entity")
                        .into_owned();
                    open.last_mut().expect("a parent").text += &text;
                }
                Event::Eof => break,
                _ => {}
            }
        }
        open.remove(0).children.remove(0)
    }

    fn of(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.expect("an attribute");
            let value = quick_xml::escape::unescape(attribute.value.as_ref()).expect("escaped");
            (attribute.key.as_ref().to_owned(), value.into_owned())
        });
        Self {
            name: start.name().as_ref().to_owned(),
            attributes: attributes.collect(),
            ..Self::default()
        }
    }

    fn all<'a>(&'a self, name: &str, found: &mut Vec<&'a Element>) {
        if self.name == name {
            found.push(self);
        }
        self.children.iter().for_each(|child| child.all(name, found));
    }

    fn find(&self, name: &str) -> Vec<&Element> {
        let mut found = Vec::new();
        self.all(name, &mut found);
        found
    }

    fn value(&self) -> i64 {
        self.attributes["w:val"].parse().expect("a number")
    }

    fn whole_text(&self) -> String {
        self.find("w:t").iter().map(|text| text.text.as_str()).collect()
    }
}

fn document(sample: &Sample) -> (BTreeMap<String, Vec<u8>>, Element) {
    let parts = unzipped(&sample.files(Kind::Docx).remove(0).bytes);
    let document = Element::parse(&parts["word/document.xml"]);
    (parts, document)
}

#[test]
fn the_package_holds_together_and_leads_nowhere() {
    for sample in Sample::all() {
        let (parts, document) = document(&sample);
        let types = Element::parse(&parts["[Content_Types].xml"]);
        let known: BTreeSet<String> = types
            .find("Override")
            .iter()
            .map(|part| part.attributes["PartName"].trim_start_matches('/').to_owned())
            .collect();
        for name in &known {
            assert!(parts.contains_key(name), "{}: {name}", sample.name);
        }
        let relations = Element::parse(&parts["word/_rels/document.xml.rels"]);
        let mut ids = BTreeSet::new();
        for relation in relations.find("Relationship") {
            assert!(!relation.attributes.contains_key("TargetMode"), "nothing outside the file");
            let target = format!("word/{}", relation.attributes["Target"]);
            assert!(parts.contains_key(&target), "{}: {target}", sample.name);
            assert!(ids.insert(relation.attributes["Id"].clone()), "ids are distinct");
        }
        for blip in document.find("a:blip") {
            assert!(ids.contains(&blip.attributes["r:embed"]));
        }
        assert!(parts.keys().all(|name| !name.contains("vba") && !name.ends_with(".bin")));
        for (name, bytes) in parts.iter().filter(|(name, _)| name.ends_with(".xml")) {
            assert!(!Element::parse(bytes).name.is_empty(), "{name}");
        }
    }
}

#[test]
fn rows_fill_their_tables_and_are_not_split() {
    for sample in Sample::all() {
        let (_, document) = document(&sample);
        for table in document.find("w:tbl") {
            let grid: Vec<i64> = table
                .find("w:gridCol")
                .iter()
                .map(|column| column.attributes["w:w"].parse().expect("a width"))
                .collect();
            let width: i64 = table.find("w:tblW")[0].attributes["w:w"].parse().expect("a width");
            assert_eq!(grid.iter().sum::<i64>(), width, "{}", sample.name);
            assert_eq!(width, 8845, "156 mm");
            for row in table.find("w:tr") {
                assert_eq!(row.find("w:cantSplit").len(), 1);
                let cells = row.find("w:tc");
                let spans = cells
                    .iter()
                    .map(|cell| cell.find("w:gridSpan").first().map_or(1, |span| span.value()));
                assert_eq!(spans.sum::<i64>(), i64::try_from(grid.len()).expect("few"));
            }
        }
        let described = document.find("w:tblDescription");
        assert!(described.iter().all(|one| !one.attributes["w:val"].is_empty()));
        assert!(described.len() >= 3, "{}", sample.name);
    }
}

#[test]
fn the_long_table_repeats_its_head() {
    for sample in Sample::all() {
        let (_, document) = document(&sample);
        let tables = document.find("w:tbl");
        let long = tables.iter().max_by_key(|table| table.find("w:tr").len()).expect("a table");
        assert_eq!(long.find("w:tblHeader").len(), 3, "{}", sample.name);
    }
}

#[test]
fn every_text_and_figure_of_the_pages_is_in_the_document() {
    for sample in Sample::all() {
        let (_, document) = document(&sample);
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let text = squeezed(&document.whole_text());
        let model = crate::support::generator().document(&sample.checked, false).expect("printed");
        for expected in nianbao::verify::texts::expected(&model.model) {
            let wanted = squeezed(&expected.text);
            // The unit stands behind the chart's title, not on its own.
            assert!(text.contains(&wanted), "{}: {wanted}", sample.name);
        }
        let headings = document.find("w:pStyle");
        let parts = headings.iter().filter(|style| style.attributes["w:val"] == "Heading1").count();
        assert_eq!(parts, 6, "{}", sample.name);
    }
}

#[test]
fn hostile_texts_are_texts() {
    let (parts, document) = document(&hostile());
    assert!(document.whole_text().contains(HOSTILE));
    assert!(document.find("script").is_empty());
    assert!(parts.len() > 5);
}

#[test]
fn findings_of_a_draft_are_comments() {
    let text = std::fs::read_to_string(crate::support::root().join("templates/2021/sample.toml"))
        .expect("the sample");
    let wrong = text.replacen("\ngranted = [5,", "\ngranted = [6,", 1);
    let sample = Sample::of("draft", &wrong);
    assert!(sample.checked.counts().errors > 0, "the change is a mistake");
    let (parts, document) = document(&sample);
    let comments = Element::parse(&parts["word/comments.xml"]);
    let ids = |elements: Vec<&Element>| -> Vec<String> {
        elements.iter().map(|one| one.attributes["w:id"].clone()).collect()
    };
    let listed = ids(comments.find("w:comment"));
    assert!(!listed.is_empty());
    assert_eq!(ids(document.find("w:commentReference")), listed);
    assert_eq!(ids(document.find("w:commentRangeStart")), listed);
    assert!(comments.whole_text().contains("T3-"), "{}", comments.whole_text());
    let header = Element::parse(&parts["word/header1.xml"]);
    assert_eq!(header.whole_text(), "草稿");
}
